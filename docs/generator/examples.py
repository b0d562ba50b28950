"""The worked example of each definition, answered on gridtown: its figures, what is said of them, and its map."""

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from generator.still import still
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN, make_sheet
from geoplan.draw.voice import Voice
from geoplan.example import answered
from geoplan.result import Results
from geoplan.sample import gridtown_folder
from geoplan.study import open_study
from geoplan.words import LANGUAGES

__all__ = ["Example", "examples"]

_TOGETHER = 16
"""Questions of one run: few enough that every processor has its share."""


@dataclass(frozen=True)
class Example:
    """What the pages tell of a worked example, by language where it is told in words.

    Attributes:
        figure: the headline with its unit, and what stands beside it.
        notes: what a report says of the number.
        drawing: the map, as an SVG file.
    """

    figure: dict[str, str]
    notes: dict[str, tuple[str, ...]]
    drawing: str


def examples(catalogue: Catalogue, names: Iterable[str]) -> dict[str, Example]:
    """Every worked example by name; those that keep the same features are answered together."""
    questions = [catalogue.analysis(name) for name in names]
    fresh = multiprocessing.get_context("spawn")  # whoever asks may have threads, which must not be forked
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh) as pool:
        found = {name: one for group in pool.map(_told, _groups(questions)) for name, one in group.items()}
    return {question.name: found[question.name] for question in questions}


def _groups(questions: Sequence[Analysis]) -> list[tuple[Analysis, ...]]:
    """Questions one run can answer without one changing another: of the same features, looking as far around."""
    town = open_study(gridtown_folder() / "study.toml")
    together: dict[object, list[Analysis]] = {}
    for question in questions:
        key = (repr(question.example.get("layers")), town.context((question.bound(),)))
        together.setdefault(key, []).append(question)
    return [tuple(mine[i : i + _TOGETHER]) for mine in together.values() for i in range(0, len(mine), _TOGETHER)]


def _told(questions: Sequence[Analysis]) -> dict[str, Example]:
    """What one run tells of its questions; the one whose example fails is named."""
    catalogue = Catalogue.for_study()
    try:
        results = answered(questions[0], catalogue, beside=questions[1:])
    except Exception as error:
        error.add_note(f"in the worked examples of {', '.join(question.origin for question in questions)}")
        raise
    return {question.name: _example(question, results, catalogue) for question in questions}


def _example(question: Analysis, results: Results, catalogue: Catalogue) -> Example:
    looks = Looks.of(catalogue.looks(), question.map or PLAIN)
    spoken = {language: replace(results, language=language) for language in LANGUAGES}
    sheets = {language: make_sheet(run[question.name], run, looks) for language, run in spoken.items()}
    return Example(
        {language: " ".join(part for part in sheet.figure if part) for language, sheet in sheets.items()},
        {language: _notes(run, question.name) for language, run in spoken.items()},
        still(sheets["zh"], sheets["en"], looks.theme),
    )


def _notes(results: Results, name: str) -> tuple[str, ...]:
    outcome = results[name].outcome
    return tuple(Voice(results.language).note(note) for note in outcome.notes) if outcome else ()
