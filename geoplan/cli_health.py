"""The page of `geoplan validate --report`: look at the data, write what is odd, print what came of it."""

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from geoplan.oddity import GRAVES
from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse

    from geoplan.study import Study

__all__ = ["report"]

DONE, UNREADABLE = 0, 3


def report(study: "Study", options: "argparse.Namespace", language: Language) -> int:
    """Write the check-up of the data of a study, print what came of it, and return the exit code."""
    began = time.monotonic()
    out = options.out or study.folder / "checkup"
    health = study.check_up(out, language=language, previous=options.against, progress=_progress(began))
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    code = UNREADABLE if health.refused else DONE
    if options.json:
        print(json.dumps(health.document(), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False))
        return code
    for oddity in health.oddities:
        if oddity.grave != GRAVES[-1]:
            print(f"{say(language, f'health.grave.{oddity.grave}')}: {oddity.note.say(language)}")
    print((out / "index.html").resolve())
    counts = {grave: sum(o.grave == grave for o in health.oddities) for grave in GRAVES}
    told = {"layers": len(health.layers), "refused": len(health.refused), "seconds": f"{time.monotonic() - began:.1f}"}
    print(say(language, "cli.checked_up", doubts=counts["doubt"], remarks=counts["remark"], **told))
    return code


def _progress(began: float) -> Callable[[str], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(name: str) -> None:
        if time.monotonic() - began > 2:
            print(f"\r\x1b[K{name} …", end="", file=sys.stderr, flush=True)

    return show
