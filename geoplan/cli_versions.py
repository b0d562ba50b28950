"""The verb that compares two versions of a layer: parse, call, print."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import StudyError
from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse

    from geoplan.sites.version_report import VersionReport

__all__ = ["VERBS"]

DONE, REMOVED = 0, 1


def _diff(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.comparing import diff
    from geoplan.study import open_study

    if options.audience == "public":
        raise StudyError("intake.public")
    began = time.monotonic()
    study = open_study(options.study, allow_remote=options.allow_remote) if options.study else None
    language = options.lang or (study.language if study else language)
    out = options.out or (study.folder if study else Path()) / "diff"
    report = diff(
        options.before,
        options.after,
        layer=options.layer,
        study=study,
        causes=options.causes or (),
        confirm_shift=options.confirm_shift,
        scheme=options.scheme,
        out=out,
        language=language,
    )
    document = out / "versions.json"
    if options.json:
        print(document.read_text(encoding="utf-8"), end="")
    else:
        _told(report, document, language, time.monotonic() - began)
    return REMOVED if report.unfounded else DONE


def _told(report: "VersionReport", document: Path, language: Language, seconds: float) -> None:
    """The sentences of the report, where it is, and the count of each outcome."""
    import json

    for sentence in json.loads(document.read_text(encoding="utf-8"))["sentences"]:
        print(sentence, file=sys.stdout)
    print((document.parent / "versions.xlsx").resolve())
    counts = {kind: len(report.of(kind)) for kind in ("lost", "gained", "reclassified")}
    thin, bare = sum(p.sliver for p in report.patches), len(report.unfounded)
    print(say(language, "versions.say.done", **counts, slivers=thin, unfounded=bare, seconds=f"{seconds:.1f}"))


VERBS = {"diff": _diff}
