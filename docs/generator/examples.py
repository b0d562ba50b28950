"""The worked example of each definition, answered on gridtown: its figures, what is said of them, and its map."""

import multiprocessing
import os
from collections.abc import Iterable
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
from geoplan.words import LANGUAGES

__all__ = ["Example", "examples"]


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
    """Every worked example, several at a time: each is a run of its own."""
    asked = tuple(names)
    fresh = multiprocessing.get_context("spawn")  # whoever asks may have threads, which must not be forked
    with ProcessPoolExecutor(max(1, min(len(asked), os.cpu_count() or 1)), mp_context=fresh) as pool:
        return dict(zip(asked, pool.map(_example, (catalogue.analysis(n) for n in asked), chunksize=4), strict=True))


def _example(analysis: Analysis) -> Example:
    catalogue = Catalogue.for_study()
    try:
        results = answered(analysis, catalogue)
    except Exception as error:
        error.add_note(f"in the worked example of {analysis.origin}")
        raise
    looks = Looks.of(catalogue.looks(), analysis.map or PLAIN)
    spoken = {language: replace(results, language=language) for language in LANGUAGES}
    sheets = {language: make_sheet(run[analysis.name], run, looks) for language, run in spoken.items()}
    return Example(
        {language: " ".join(part for part in sheet.figure if part) for language, sheet in sheets.items()},
        {language: _notes(run, analysis.name) for language, run in spoken.items()},
        still(sheets["zh"], sheets["en"], looks.theme),
    )


def _notes(results: Results, name: str) -> tuple[str, ...]:
    outcome = results[name].outcome
    return tuple(Voice(results.language).note(note) for note in outcome.notes) if outcome else ()
