"""The verbs of the site check on the command line: parse, call, print."""

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from geoplan.errors import StudyError
from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from geoplan.desk import Claim
    from geoplan.sites.finding import SiteReport
    from geoplan.sites.site import Register
    from geoplan.study import Study

__all__ = ["VERBS"]

DONE, FOUND, UNREADABLE, NOT_CHECKED = 0, 1, 3, 4
ORDER = ("forbidden", "conditional", "not_checked", "caution", "clear")


def _intake(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.answering import earlier_sites
    from geoplan.desk import Desk
    from geoplan.mailbag import intake
    from geoplan.study import open_study

    began = time.monotonic()
    study = open_study(options.study, allow_remote=options.allow_remote)
    language = options.lang or study.language
    earlier, refused = earlier_sites(study, options.folder)
    for error in refused:
        print(error.say(language), file=sys.stderr)
    done = intake(options.folder, Desk.of(study, **_given(options), earlier=earlier))
    if options.json:
        rows = {"register": str(done.path), "rows": done.rows, "added": done.added, "sites": len(done.register.sites)}
        print(json.dumps({**rows, **_told(done.register, language)}, ensure_ascii=False, indent=1, sort_keys=True))
        return DONE
    _warn(done.register, language)
    print(done.path)
    counts = {"rows": done.rows, "added": done.added, "read": len(done.register.sites)}
    unread, twice = len(done.register.unread), len(done.register.duplicates) + len(done.register.overlaps)
    seconds = f"{time.monotonic() - began:.1f}"
    print(say(language, "cli.intake_done", **counts, unread=unread, twice=twice, seconds=seconds))
    return DONE


def _check(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.answering import answer, earlier_sites, outcomes, unreadable
    from geoplan.study import open_study

    began = time.monotonic()
    study = open_study(options.study, allow_remote=options.allow_remote)
    language = options.lang or study.language
    if options.audience == "public":
        raise StudyError("intake.public")
    if bool(options.sites) == bool(options.replay):
        raise StudyError("intake.sites_or_bundle")
    if options.replay:
        return _repeat(options, study, language)
    out: Path = options.out or study.folder / "check"
    earlier, refused = earlier_sites(study, out)
    for error in refused:
        print(error.say(language), file=sys.stderr)
    report = answer(
        options.sites, study, out, claim=_claim(options), near=options.near or None, language=language,
        stamp=options.stamp, docx=options.docx, template=options.template,
        earlier=earlier, **_given(options),
    )  # fmt: skip
    failed = unreadable(study, report)
    code = _exit_code(report, failed)
    if options.json:
        print((out / "results.json").read_text(encoding="utf-8"), end="")
        return code
    _warn(report.register, language)
    for name in failed:
        title = study.catalogue.layer(name).title[language]
        print(say(language, "cli.check_unreadable", name=title), file=sys.stderr)
    print((out / "check.xlsx").resolve())
    counts = {word: n for word in ORDER if (n := outcomes(report)[word])}
    said = ", ".join(f"{say(language, f'site_word.word.{word}')} {n}" for word, n in counts.items())
    sites, unread = len(report.register.sites), len(report.register.unread)
    seconds = f"{time.monotonic() - began:.1f}"
    print(say(language, "cli.check_done", sites=sites, unread=unread, verdicts=said, seconds=seconds))
    return code


def _repeat(options: "argparse.Namespace", study: "Study", language: Language) -> int:
    from geoplan.answering import repeat

    began = time.monotonic()
    done = repeat(options.replay, study)
    said = [note.say(language) for note in done.differences]
    if options.json:
        print(json.dumps({"code": done.code, "differences": said}, ensure_ascii=False, indent=1))
        return done.code
    for sentence in said:
        print(sentence)
    seconds = f"{time.monotonic() - began:.1f}"
    print(say(language, f"cli.replay_{done.code}", count=len(said), seconds=seconds))
    return done.code


def _exit_code(report: "SiteReport", failed: list[str]) -> int:
    if failed:
        return UNREADABLE
    verdicts = {finding.verdict for finding in report.findings}
    if verdicts & {"forbidden", "conditional", "caution"}:
        return FOUND
    return DONE if report.verdict == "clear" and report.complete else NOT_CHECKED


def _convert(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.desk import convert
    from geoplan.study import open_study

    study = open_study(options.study, allow_remote=options.allow_remote) if options.study else None
    found = convert(
        options.source, options.out, study=study, crs=options.crs, declared_crs=options.declare_crs,
        declared_by=options.declared_by, **_given(options),
    )  # fmt: skip
    notes = [*found.notes, *(note for plot in found.plots for note in plot.notes)]
    if options.json:
        told = {"written": str(options.out), "plots": len(found.plots), "crs": found.crs, "format": found.format}
        print(json.dumps({**told, "notes": [note.say(language) for note in notes]}, ensure_ascii=False, indent=1))
        return DONE
    for note in notes:
        print(note.say(language), file=sys.stderr)
    print(say(language, "cli.written", path=options.out))
    return DONE


def _given(options: "argparse.Namespace") -> dict[str, Any]:
    """What was given to read attachments with."""
    from geoplan.units import quantity

    width = quantity(options.width, "Metres") if options.width else None
    return {"parameters": options.parameters, "width": width, "converter": options.converter}


def _claim(options: "argparse.Namespace") -> "Claim":
    from geoplan.desk import Claim

    return Claim(options.declare_crs, options.declared_by, options.use, tuple(options.activity))


def _told(register: "Register", language: Language) -> dict[str, Any]:
    """What could not be read and what is there twice, for machines."""
    names = ("receipt", "plot", "other", "other_plot")
    return {
        "unread": [
            {
                "receipt": one.receipt, "file": one.file, "code": one.reason.sentence,
                "reason": one.reason.say(language), "remedy": one.remedy.say(language),
            }
            for one in register.unread
        ],
        "duplicates": [dict(zip((*names, "share"), pair, strict=True)) for pair in register.duplicates],
        "overlaps": [dict(zip((*names, "m2"), pair, strict=True)) for pair in register.overlaps],
    }  # fmt: skip


def _warn(register: "Register", language: Language) -> None:
    """What could not be read comes first, then what is there twice."""
    for one in register.unread:
        print(f"{one.receipt} {one.reason.say(language)}", file=sys.stderr)
    for receipt, plot, other, other_plot, share in register.duplicates:
        # never rounded up: 100 % is the whole plot
        percent = f"{int(share * 1e4) / 1e2:.2f}"
        print(_pair(language, "cli.twice", receipt, plot, other, other_plot, amount=percent), file=sys.stderr)
    for receipt, plot, other, other_plot, metres in register.overlaps:
        print(_pair(language, "cli.overlap", receipt, plot, other, other_plot, amount=f"{metres:.2f}"), file=sys.stderr)


def _pair(language: Language, sentence: str, *names: str, amount: str) -> str:
    slots = dict(zip(("receipt", "plot", "other", "other_plot"), names, strict=True))
    return say(language, sentence, amount=amount, **slots)


VERBS = {"check": _check, "intake": _intake, "convert": _convert}
