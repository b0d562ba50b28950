"""The questions of a study that somebody reports: which it asks, what its table says, and how each is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import GeoplanError, Problems, SourceError
from geoplan.judging import judged_entries
from geoplan.measure import Note
from geoplan.reported import Entry, Question, nearest_state, read_entries
from geoplan.result import Result
from geoplan.trend import of_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geoplan.study import Study
    from geoplan.target import Target

__all__ = ["Reports", "reported_faults", "reported_origin", "reported_results", "reports_of"]

_NAME = "analyses/reported.csv"


@dataclass(frozen=True, slots=True)
class Reports:
    """What a study reports.

    Attributes:
        entries: the rows of its table, in order; none where it has no table.
        error: why the table could not be read; None where it could, or there is none.
        path: of the table, as study.toml writes it; empty where there is none.
        sha256: of the table.
    """

    entries: tuple[Entry, ...] = ()
    error: GeoplanError | None = None
    path: str = ""
    sha256: str = ""


def reports_of(study: "Study", questions: "Mapping[str, Question] | None" = None) -> Reports:
    """The reported values of a study; a table that cannot be opened is said, and stands for no values.

    Raises:
        Problems: rows that cannot be honoured, everything that is wrong at once.
        DefinitionError: a table without a header, or with cells beyond it.
    """
    from geoplan.read import guards
    from geoplan.read.spreadsheet import read_rows

    said = study.table.get("reported", "")
    if not said:
        return Reports()
    try:
        found = guards.locate(said, study.folder)
        rows = read_rows(Path(found.gdal), found.text)
    except SourceError as error:
        return Reports(error=error, path=str(said))
    known = study.catalogue.questions() if questions is None else questions
    entries = read_entries(rows, found.text, known, study.table["place"].get("areas", []))
    return Reports(entries, None, found.text, guards.digest(found))


def reported_origin(reports: Reports) -> dict[str, dict[str, object]]:
    """The table of reported values as provenance names it; nothing where there is none."""
    if not reports.path:
        return {}
    return {"reported": {"path": reports.path, "sha256": reports.sha256, "rows": len(reports.entries)}}


def reported_faults(study: "Study") -> Iterator[GeoplanError]:
    """Everything wrong with the table of reported values, row by row."""
    try:
        reports = reports_of(study)
    except Problems as problems:
        yield from (e for e in problems.exceptions if isinstance(e, GeoplanError))
    except GeoplanError as error:
        yield error
    else:
        if reports.error is not None:
            yield reports.error


def reported_results(
    study: "Study", targets: "Iterable[Target]", only: tuple[str, ...] = ()
) -> tuple[tuple[Result, ...], Reports]:
    """The answers to the questions that somebody reports, in the order of their table, and what they rest on.

    Asked is what the study names; of `all`, what a target that binds here names, or its own table answers.
    """
    questions = study.catalogue.questions()
    reports = reports_of(study, questions)
    bound: dict[str, list[Target]] = {}
    for target in targets:
        bound.setdefault(target.analysis, []).append(target)
    asked = study.table.get("ask", {}).get("analyses", "all")
    answered = {e.name for e in reports.entries}
    wanted = {*bound, *answered} if asked == "all" else set(asked)
    chosen = [q for q in questions.values() if (q.name in only if only else q.name in wanted)]
    return tuple(_answer(study, q, reports, bound.get(q.name, [])) for q in chosen), reports


def _answer(study: "Study", question: Question, reports: Reports, targets: "list[Target]") -> Result:
    areas = study.table["place"].get("areas", []) or [""]
    entries = tuple(e for e in reports.entries if e.name == question.name)
    # the first area of the study that has a value gives the headline; each target is judged on that of its own area
    nearest = (nearest_state(entries, area, study.year) for area in areas)
    entry = next((e for e in nearest if e is not None), None)
    asked = question.asked(_NAME)
    if entry is None:
        reason = _why_not(asked.title, entries, reports, study.year)
        result = Result(asked, "no_data", reason, entries=entries)
    else:
        result = Result(asked, "ok", as_of=str(entry.year), entries=entries, entry=entry)
    result = replace(result, trend=of_entries(entries, question.unit))
    return judged_entries(result, targets, study.year)


def _why_not(title: "Mapping[str, str]", entries: tuple[Entry, ...], reports: Reports, year: int | None) -> Note:
    if reports.error is not None:
        return Note("run.failed", {"reason": reports.error})
    if entries:
        return Note("reported.later", {"title": title, "year": min(e.year for e in entries), "as_of": year})
    return Note("reported.missing", {"title": title})
