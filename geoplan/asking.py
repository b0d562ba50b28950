"""One question answered on the layers of a run, and what of the answer its data do not cover."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.errors import ColumnError, CoverageError, GeoplanError
from geoplan.layer import CLASS
from geoplan.measure import Halves, Note, Outcome, Ratio, Row, Total
from geoplan.ops.ellipsoid import area
from geoplan.result import Result, Used
from geoplan.signature import parameters_of
from geoplan.study_file import iso

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.layer import Layer
    from geoplan.place import Place
    from geoplan.run import Shelf

__all__ = ["answered"]


def answered(analysis: "Analysis", shelf: "Shelf") -> Result:
    """The answer to a question, not judged yet; a layer that cannot be read leaves no data, with the reason.

    Whatever becomes of it, the question has then been asked: its layers are given back.
    """
    several = {p.name for p in parameters_of(analysis.method) if p.kind == "role" and p.several}
    declared = {r: tuple(n for n in ns if shelf.study.declares(n)) for r, ns in analysis.roles.items()}
    names = {role: kept for role, kept in declared.items() if kept}
    try:
        taken = {role: tuple(shelf.take(n) for n in kept) for role, kept in names.items()}
        handed = {r: tuple(_kept(layer, analysis.classes.get(r, {})) for layer in ls) for r, ls in taken.items()}
        roles = {r: ls if r in several else ls[0] for r, ls in handed.items()}
        outcome = analysis.answer(roles, shelf.place)
    except GeoplanError as error:
        return Result(analysis, "no_data", Note("run.failed", {"reason": error}))
    finally:
        for name in (n for kept in names.values() for n in kept):
            shelf.give_back(name)
    used = {
        r: tuple(Used(n, at.spec, at.source, at.ledger, at.notes) for n, at in zip(names[r], ls, strict=True))
        for r, ls in taken.items()
    }
    return _covered(_result(analysis, outcome, used), taken, shelf.place)


def _kept(layer: "Layer", classes: Mapping[str, tuple[str, ...]]) -> "Layer":
    for column in classes:
        if column != CLASS and not layer.is_raster and column not in layer.frame:
            aliases = ", ".join(layer.spec.columns[column].aliases[:6]) or column
            raise ColumnError("run.no_column", layer=layer.name, column=column, aliases=aliases)
    return layer.of_classes(classes) if classes else layer


def _result(analysis: "Analysis", outcome: Outcome, used: Mapping[str, tuple[Used, ...]]) -> Result:
    rests_on = [u for layers in used.values() for u in layers]
    # an earlier state is what an answer compares with; it speaks of the date of the others
    now = [u for u in rests_on if "@" not in u.name] or rests_on
    dates = sorted(d for u in now if (d := iso(u.source.as_of)))
    as_of = dates[0] if dates else ""
    if outcome.measure.value is None:
        reason = Note(f"run.empty.{analysis.empty}")
        return Result(analysis, analysis.empty, reason, outcome, used, as_of=as_of)
    return Result(analysis, "ok", None, outcome, used, as_of=as_of)


def _covered(result: Result, taken: "Mapping[str, tuple[Layer, ...]]", place: "Place") -> Result:
    """The result, with every zone its data do not cover left without a value, and the total too if one is."""
    outcome = result.outcome
    short = {}
    for layer in (layer for layers in taken.values() for layer in layers):
        covers = layer.source.covers
        if covers is not None and not shapely.covers(shapely.buffer(covers, 0.01), place.boundary):
            both = np.array([shapely.difference(place.boundary, covers), place.boundary], dtype=object)
            rest, whole = area(both, place.crs)
            short[layer.name] = (covers, 100 * float(rest / whole))
    if outcome is None or not short:
        return result
    worst = max(short, key=lambda name: short[name][1])
    error = CoverageError("run.not_covered", layer=worst, percent=f"{short[worst][1]:.2f}")
    measure = outcome.measure
    if isinstance(measure, Ratio):
        rows = _seen(measure.by_zone, Halves(0, 0), place, short)
        outcome = replace(outcome, measure=replace(measure, by_zone=rows))
    if isinstance(measure, Total):
        rows = _seen(measure.by_zone, None, place, short)
        outcome = replace(outcome, measure=replace(measure, by_zone=rows))
    return replace(result, status="no_data", reason=Note("run.failed", {"reason": error}), outcome=outcome)


def _seen(by_zone: Mapping[str, tuple[Row[Any], ...]], nothing: Any, place: "Place", short: Any) -> dict[str, Any]:
    """The rows of each level, with nothing in those of zones the data do not cover."""
    return {
        level: tuple(
            Row(row.zone, row.name, row.value if _whole(shape, short) else nothing)
            for row, shape in zip(rows, (*place.zones[level].shapes, None), strict=True)
        )
        for level, rows in by_zone.items()
    }


def _whole(shape: Any, short: Mapping[str, tuple[Any, float]]) -> bool:
    return shape is not None and all(shapely.covers(shapely.buffer(c, 0.01), shape) for c, _ in short.values())
