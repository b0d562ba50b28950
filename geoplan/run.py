"""Runs the questions of a study: each source is read once, and dropped after the last question that needs it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan import read
from geoplan.errors import CoverageError, GeoplanError
from geoplan.judging import judged
from geoplan.measure import Halves, Note, Outcome, Ratio, Row
from geoplan.ops.ellipsoid import area
from geoplan.place import Place
from geoplan.provenance import origin_of
from geoplan.reporting import reported_origin, reported_results
from geoplan.result import Result, Results, Used
from geoplan.signature import parameters_of
from geoplan.study_file import iso, state_title
from geoplan.target import Target

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.layer import Layer
    from geoplan.study import Study
    from geoplan.words import Language

__all__ = ["layer_of", "place_faults", "place_of", "results_of"]


def place_of(study: "Study", context: float) -> Place:
    """Where a study is: its boundary and zones in the one metre CRS it measures in.

    Raises:
        SourceError: the boundary or a level of zones cannot be read.
        CRSError: no metre CRS, or one that cannot be measured in.
    """
    place, levels = _bare(study, context), study.table["place"].get("zones", {})
    return replace(place, zones={n: read.open_zones(n, level, study.folder, place) for n, level in levels.items()})


def place_faults(study: "Study", context: float) -> Iterator[GeoplanError]:
    """Everything wrong with the boundary and with each level of zones."""
    try:
        place = _bare(study, context)
    except GeoplanError as error:
        yield error
        return
    for name, level in study.table["place"].get("zones", {}).items():
        try:
            read.open_zones(name, level, study.folder, place)
        except GeoplanError as error:
            yield error


def _bare(study: "Study", context: float) -> Place:
    declared = study.table["place"]
    boundary, crs = read.open_boundary(declared["boundary"], study.folder, declared.get("crs"))
    return Place(study.name, boundary, crs, context=context, year=study.year)


def layer_of(study: "Study", place: Place, name: str) -> "Layer":
    """The layer a role names, read from the source the study declares, over the place and its context.

    Raises:
        SourceError: the source cannot be read.
        LayerError: its data do not meet the contract.
    """
    spec = study.catalogue.layer(name.partition("@")[0])
    area = place.boundary.buffer(place.context)
    return read.open_layer(
        spec, study.state(name) or {}, folder=study.folder, crs=place.crs, area=area, boundary=place.boundary
    )


@dataclass(slots=True)
class Shelf:
    """The layers of a run: read once, refused once, dropped after the last question that needs them."""

    study: "Study"
    place: Place
    uses: Counter[str]
    open: dict[str, "Layer"] = field(default_factory=dict)
    refused: dict[str, GeoplanError] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()

    def take(self, name: str) -> "Layer":
        """The layer, or the error that was raised when it was first asked for."""
        if name in self.refused:
            raise self.refused[name]
        if name not in self.open:
            try:
                self.open[name] = self._read(name)
            except GeoplanError as error:
                self.refused[name] = error
                raise
        return self.open[name]

    def give_back(self, name: str) -> None:
        """One question less needs the layer."""
        self.uses[name] -= 1
        if self.uses[name] <= 0 and name not in self.keep:
            self.open.pop(name, None)

    def _read(self, name: str) -> "Layer":
        return self.study.extra[name] if name in self.study.extra else layer_of(self.study, self.place, name)


def results_of(
    study: "Study",
    only: tuple[str, ...],
    language: "Language",
    stamp: str,
    progress: Callable[[str], None] | None = None,
) -> Results:
    """The answers of a study, in the order its questions stand."""
    ready, lacking = study.analyses(only)
    place = place_of(study, study.context(ready))
    theme = study.catalogue.look("page") if "page" in study.catalogue.names("maps") else {}
    drawn = tuple(n for n in theme.get("base", ()) if study.declares(n))
    uses = Counter(n for a in ready for names in a.roles.values() for n in names if study.declares(n))
    shelf = Shelf(study, place, uses, keep=frozenset(drawn))
    targets = tuple(sorted(study.targets(), key=lambda t: (t.year or 9999, t.source)))
    results = []
    for analysis in ready:
        if progress is not None:
            progress(analysis.name)
        bound = tuple(t for t in targets if t.analysis == analysis.name)
        results.append(_answer(analysis, shelf, bound))
    told, reports = reported_results(study, targets, only)
    results += told
    base = {n: layer for n in drawn if (layer := _drawn(shelf, n)) is not None}
    return Results(
        study=study.name,
        place=place,
        language=language,
        results=tuple(results),
        not_asked=lacking,
        titles=_titles(study, lacking),
        base=base,
        stamp=stamp,
        notices=(Note("notice.synthetic"),) if study.table["place"].get("synthetic") else (),
        provenance=origin_of(study, place, tuple(results)) | reported_origin(reports),
    )


def _titles(study: "Study", lacking: Mapping[str, tuple[str, ...]]) -> dict[str, Mapping[str, str]]:
    layers = {n for names in lacking.values() for n in names}
    return {name: study.catalogue.analysis(name).title for name in lacking} | {
        name: state_title(study.catalogue.layer(name.partition("@")[0]).title, name.partition("@")[2])
        for name in layers
    }


def _drawn(shelf: Shelf, name: str) -> "Layer | None":
    # a base layer that cannot be read is missing from the picture, never from an answer
    try:
        layer = shelf.take(name)
    except GeoplanError:
        return None
    return None if layer.is_raster else layer


def _answer(analysis: "Analysis", shelf: Shelf, targets: tuple[Target, ...]) -> Result:
    several = {p.name for p in parameters_of(analysis.method) if p.kind == "role" and p.several}
    names = {r: tuple(n for n in ns if shelf.study.declares(n)) for r, ns in analysis.roles.items()}
    names = {role: kept for role, kept in names.items() if kept}
    try:
        taken = {role: tuple(shelf.take(n) for n in kept) for role, kept in names.items()}
        handed = {r: tuple(_kept(layer, analysis.classes.get(r, {})) for layer in ls) for r, ls in taken.items()}
        roles = {r: ls if r in several else ls[0] for r, ls in handed.items()}
        outcome = analysis.answer(roles, shelf.place)
    except GeoplanError as error:
        return judged(Result(analysis, "no_data", Note("run.failed", {"reason": error})), targets, shelf.place)
    used = {
        r: tuple(Used(n, at.spec, at.source, at.ledger, at.notes) for n, at in zip(names[r], ls, strict=True))
        for r, ls in taken.items()
    }
    for name in (n for kept in names.values() for n in kept):
        shelf.give_back(name)
    return judged(_covered(_result(analysis, outcome, used), taken, shelf.place), targets, shelf.place)


def _kept(layer: "Layer", classes: Mapping[str, tuple[str, ...]]) -> "Layer":
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


def _covered(result: Result, taken: "Mapping[str, tuple[Layer, ...]]", place: Place) -> Result:
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
        by_zone = {
            level: tuple(
                Row(row.zone, row.name, row.value if _whole(shape, short) else Halves(0, 0))
                for row, shape in zip(rows, (*place.zones[level].shapes, None), strict=True)
            )
            for level, rows in measure.by_zone.items()
        }
        outcome = replace(outcome, measure=replace(measure, by_zone=by_zone))
    return replace(result, status="no_data", reason=Note("run.failed", {"reason": error}), outcome=outcome)


def _whole(shape: Any, short: Mapping[str, tuple[Any, float]]) -> bool:
    return shape is not None and all(shapely.covers(shapely.buffer(c, 0.01), shape) for c, _ in short.values())
