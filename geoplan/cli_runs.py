"""The verbs that run a study and compare two runs: parse, call, print."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse

    from geoplan.result import Results

__all__ = ["VERBS", "answered", "lacked"]

DONE, DIFFERS, UNREADABLE = 0, 1, 3


def lacked(layers: Sequence[str], language: Language) -> str:
    """The layers a question lacks, by name; of a layer that is there, the state that is not."""
    from geoplan.study_file import state_title

    every = (({"zh": name, "en": name}, state) for name, _, state in (layer.partition("@") for layer in layers))
    return ", ".join(state_title(*each)[language] for each in every)


def _run(options: "argparse.Namespace", _: Language) -> int:
    if options.out is None:
        folder = options.study if options.study.is_dir() else options.study.parent
        options.out = folder / "out"
    return answered(options, options.lang or None)


def answered(options: "argparse.Namespace", language: Language | None) -> int:
    """Run a study, print what came of it, and return the exit code."""
    from geoplan.study import open_study
    from geoplan.units import quantity

    began = time.monotonic()
    pages: dict[str, Any] = {
        "audience": getattr(options, "audience", "internal"),
        "review_number": getattr(options, "review_number", ""),
        "to": getattr(options, "to", ""),
        "schema": getattr(options, "schema", "geoplan"),
    }
    if getattr(options, "grid", None):
        pages["grid"] = quantity(options.grid, "Metres")
    results = open_study(options.study).run(
        options.out,
        only=tuple(getattr(options, "only", ())),
        language=language,
        stamp=getattr(options, "stamp", ""),
        progress=_progress(began),
        sensitivity=getattr(options, "sensitivity", False),
        **pages,
    )
    _report(options, results, time.monotonic() - began)
    return UNREADABLE if results.failed else DONE


def _progress(began: float) -> Callable[[str], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(name: str) -> None:
        if time.monotonic() - began > 2:
            print(f"\r\x1b[K{name} …", end="", file=sys.stderr, flush=True)

    return show


def _report(options: "argparse.Namespace", results: "Results", seconds: float) -> None:
    language = results.language
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if options.json:
        print((options.out / "results.json").read_text(encoding="utf-8"), end="")
        return
    unreported = [r for r in results.results if r.reason is not None and r.reason.sentence == "reported.missing"]
    if unreported:
        print(say(language, "cli.unreported", count=len(unreported)), file=sys.stderr)
    for result in results.results:
        if result.reason is not None and result not in unreported:
            print(f"{result.analysis.title[language]}: {result.reason.say(language)}", file=sys.stderr)
    for name, layers in results.not_asked.items():
        if name in getattr(options, "only", ()):
            print(say(language, "cli.not_asked", name=name, layers=lacked(layers, language)), file=sys.stderr)
    words = Counter(judged.verdict.word for r in results.results for judged in r.judged)
    verdicts = ", ".join(f"{say(language, f'verdict.{w}')} {n}" for w, n in sorted(words.items()))
    print((options.out / "index.html").resolve())
    status = Counter(r.status for r in results.results)
    counts = {"ok": status["ok"], "no_data": status["no_data"], "not_asked": len(results.not_asked)}
    print(say(language, "cli.done", **counts, verdicts=verdicts or "—", seconds=f"{seconds:.1f}"))


VERBS = {"run": _run}
