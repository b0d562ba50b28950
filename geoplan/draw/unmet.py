"""What is not covered, feature by feature: the list behind every gap."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geoplan import units
from geoplan.draw.cells import WORDS, missing
from geoplan.draw.counted import feature_said
from geoplan.draw.figures import WIDTH, printed_unit
from geoplan.draw.look import Looks
from geoplan.draw.tables import NOTHING, Cell, Head, Printed, head
from geoplan.draw.voice import Voice
from geoplan.result import Result

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["unmet_tables"]

_COLUMNS = {
    "id": "", "name": "", "class": "", "reason": "", "facility": "", "metres": "m", "straight": "m", "area_m2": "m2",
    "length_m": "m", "population": "people",
}  # fmt: skip
_DISTANCES = frozenset({"metres", "straight"})
_PLAIN = "zones"


def unmet_tables(result: Result, looks: Mapping[str, Mapping[str, Any]], voice: Voice) -> tuple[Printed, ...]:
    """One table for each layer of evidence with features its look calls unmet: farthest first, then by name.

    Features that the shortest list to a target holds are marked with the year of that target.
    """
    evidence = result.outcome.evidence if result.outcome else {}
    look = Looks.of(looks, result.analysis.map or _PLAIN).sheet
    tables = []
    for layer in look.layers:
        unmet = [name for name, kind in layer.classes.items() if kind.unmet]
        frame = evidence.get(layer.evidence)
        if frame is None or not unmet or layer.by not in frame.columns:
            continue
        rows = frame[frame[layer.by].isin(unmet)]
        if len(rows):
            tables.append(_table(result, rows, voice.title(layer.title), voice, down=layer.down))
    return tuple(tables)


def _table(result: Result, frame: "gpd.GeoDataFrame", title: str, voice: Voice, *, down: bool) -> Printed:
    columns = [name for name in _COLUMNS if name in frame.columns]
    closing = _closing(result) if "id" in columns else {}
    if "metres" in columns:
        # gaps between things have no id of their own
        by = [name for name in ("metres", "id") if name in columns]
        frame = frame.sort_values(by, ascending=[False, True][: len(by)], na_position="last", kind="stable")
    heads = [Head(voice.say("scorecard_table.number"), numeric=True)]
    heads += [head(voice, voice.name("column", c), _printed(c), numeric=bool(_COLUMNS[c])) for c in columns]
    if closing:
        heads.append(Head(voice.say("report.closing")))
    rows = []
    for number, values in enumerate(frame[columns].itertuples(index=False, name=None), start=1):
        cells = [Cell(str(number), number, 0, "number")]
        cells += [
            Cell(feature_said(result, str(value), voice)) if name == "id" else _cell(name, value, voice, down=down)
            for name, value in zip(columns, values, strict=True)
        ]
        if closing:
            cells.append(Cell(closing.get(str(values[columns.index("id")]), NOTHING)))
        rows.append(tuple(cells))
    named = voice.say("report.unmet", title=voice.title(result.analysis.title), layer=title, count=f"{len(rows):,}")
    return Printed("unmet", named, tuple(heads), tuple(rows))


def _printed(column: str) -> str:
    # an area or a length of its own stands in hectares or kilometres, a distance in metres
    return "m" if column in _DISTANCES else printed_unit(_COLUMNS[column])


def _cell(column: str, value: Any, voice: Voice, *, down: bool) -> Cell:
    if missing(value):
        return Cell(NOTHING)
    unit = _COLUMNS[column]
    if not unit:
        return Cell(voice.name(WORDS[column], str(value)) if column in WORDS else str(value))
    shown_in = _printed(column)
    # what is too far is never rounded to within reach, what is too narrow never to wide enough
    turned = (-1 if down else 1) if column in _DISTANCES else 0
    amount = float(value) * units.factor(unit) / units.factor(shown_in)
    return Cell.of(voice.figure(amount, WIDTH if down and column in _DISTANCES else shown_in, turned))


def _closing(result: Result) -> dict[str, str]:
    """Feature -> the years of the targets whose shortest list holds it."""
    years: dict[str, list[str]] = {}
    for judged in result.judged:
        for feature, _, _ in judged.verdict.closing:
            years.setdefault(feature, []).append(str(judged.target.year or "*"))
    return {feature: ", ".join(dict.fromkeys(found)) for feature, found in years.items()}
