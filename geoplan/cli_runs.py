"""The verbs that run a study and compare two runs: parse, call, print."""

import json
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from geoplan.units import symbol
from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse

    from geoplan.result import Results
    from geoplan.runs import Comparison, Difference

__all__ = ["VERBS", "answered", "lacked"]

DONE, DIFFERS, UNREADABLE = 0, 1, 3
HASH = 64


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
        "pictures": getattr(options, "pictures", None),
    }
    if getattr(options, "grid", None):
        pages["grid"] = quantity(options.grid, "Metres")
    results = open_study(options.study, allow_remote=getattr(options, "allow_remote", False)).run(
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


def _compare(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.runs import compare

    found = compare(options.before, options.after)
    language = options.lang or language
    if options.json:
        print(json.dumps(found.table(), ensure_ascii=False, indent=1, sort_keys=True))
        return DONE if found.same else DIFFERS
    for line in _lines(found, language):
        print(line)
    counts = {kind: len(found.of(kind)) for kind in ("value", "verdict", "input", "parameter")}
    print(say(language, "runs.same" if found.same else "runs.differ", **counts))
    return DONE if found.same else DIFFERS


def _lines(found: "Comparison", language: Language) -> Iterator[str]:
    """A table as wide as its cells: what changed, where, from what to what, and why."""
    heads = tuple(say(language, f"runs.head.{name}") for name in ("kind", "name", "what", "before", "after", "because"))
    rows = [
        (
            say(language, f"runs.kind.{d.kind}"), found.titles.get(d.name, {}).get(language) or d.name, d.what,
            _shown(d, d.before, language), _shown(d, d.after, language), ", ".join(d.because),
        )
        for d in found.differences
    ]  # fmt: skip
    if rows:
        widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
        for row in (heads, *rows):
            yield "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip()


def _shown(difference: "Difference", value: Any, language: Language) -> str:
    if value is None:
        return "—"
    if difference.kind == "verdict":
        return say(language, f"verdict.{value}")
    if isinstance(value, float):
        return f"{value:.10g} {symbol(difference.unit, language)}".strip()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # of a hash the beginning tells it apart
    return text[:12] if len(text) == HASH else text


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese takes two a sign."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


VERBS = {"run": _run, "compare": _compare}
