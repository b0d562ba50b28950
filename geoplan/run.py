"""Runs the questions of a study: each source is read once, and dropped after the last question that needs it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from geoplan import read
from geoplan.asking import answered
from geoplan.errors import GeoplanError
from geoplan.examine import quick
from geoplan.judging import judged
from geoplan.measure import Note
from geoplan.ops.kept import keeping
from geoplan.place import Place
from geoplan.provenance import origin_of
from geoplan.reporting import reported_origin, reported_results
from geoplan.result import Result, Results
from geoplan.sensitivity import Variant, compared, variants
from geoplan.study_file import state_title
from geoplan.trend import in_years, rule, trend

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.analysis import Analysis
    from geoplan.layer import Layer
    from geoplan.study import Study
    from geoplan.words import Language

__all__ = ["Shelf", "layer_of", "place_faults", "place_of", "results_of", "surroundings"]


def place_of(study: "Study", context: float) -> Place:
    """Where a study is: its boundary and zones in the one metre CRS it measures in.

    Raises:
        SourceError: the boundary or a level of zones cannot be read.
        CRSError: no metre CRS, or one that cannot be measured in.
    """
    place, levels = _bare(study, context), study.table["place"].get("zones", {})
    opened = partial(read.open_zones, folder=study.folder, place=place, allow_remote=study.allow_remote)
    return replace(place, zones={n: opened(n, level) for n, level in levels.items()})


def place_faults(study: "Study", context: float) -> Iterator[GeoplanError]:
    """Everything wrong with the boundary and with each level of zones."""
    try:
        place = _bare(study, context)
    except GeoplanError as error:
        yield error
        return
    for name, level in study.table["place"].get("zones", {}).items():
        try:
            read.open_zones(name, level, study.folder, place, allow_remote=study.allow_remote)
        except GeoplanError as error:
            yield error


def surroundings(study: "Study", context: float) -> "tuple[CRS, BaseGeometry]":
    """The CRS a study measures in, and the ground that is read: its place with the context."""
    place = _bare(study, context)
    return place.crs, place.boundary.buffer(place.context)


def _bare(study: "Study", context: float) -> Place:
    declared = study.table["place"]
    boundary, crs = read.open_boundary(
        declared["boundary"], study.folder, declared.get("crs"), allow_remote=study.allow_remote
    )
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
        spec, study.state(name) or {}, folder=study.folder, crs=place.crs, area=area, boundary=place.boundary,
        allow_remote=study.allow_remote,
    )  # fmt: skip


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
        given = self.study.extra.get(name)
        layer = layer_of(self.study, self.place, name) if given is None else given
        doubts = tuple(odd.note for odd in quick(layer, self.place, state="@" in name))
        return replace(layer, notes=(*layer.notes, *doubts)) if doubts else layer


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a run, with the years and the conventions it is asked again for.

    Attributes:
        analysis: the question.
        years: year -> the question as it is asked of that year.
        variants: the question with one convention changed each.
    """

    analysis: "Analysis"
    years: "Mapping[int, Analysis]"
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, analysis: "Analysis", study: "Study", *, sensitivity: bool, trends: bool) -> "Ask":
        """The question with what it is asked again for."""
        return cls(analysis, in_years(analysis, study) if trends else {}, variants(analysis) if sensitivity else ())

    @property
    def every(self) -> "tuple[Analysis, ...]":
        """Each time it is asked, the headline first; a year whose layers are those of the headline is that one."""
        others = (a for a in self.years.values() if a.roles != self.analysis.roles)
        return (self.analysis, *others, *(v.analysis for v in self.variants))

    def answered(self, shelf: Shelf) -> Result:
        """The answer, with its values in other years and under other conventions beside it."""
        result = answered(self.analysis, shelf)
        again = {
            year: result if other.roles == self.analysis.roles else answered(other, shelf)
            for year, other in self.years.items()
        }
        found = [(variant, answered(variant.analysis, shelf)) for variant in self.variants]
        own = {u.name for layers in result.used.values() for u in layers}
        others = {u.name: u for r in again.values() for layers in r.used.values() for u in layers if u.name not in own}
        result = replace(result, trend=trend(self.analysis, again), beside=tuple(others.values()))
        result = replace(result, sensitivity=compared(result, found))
        if result.outcome is None or result.trend is None:
            return result
        notes = (*result.outcome.notes, rule(self.analysis, shelf.study))
        return replace(result, outcome=replace(result.outcome, notes=notes))


def results_of(
    study: "Study",
    only: tuple[str, ...],
    language: "Language",
    stamp: str,
    progress: Callable[[str], None] | None = None,
    *,
    sensitivity: bool = False,
    trends: bool = True,
) -> Results:
    """The answers of a study, in the order its questions stand.

    Args:
        study: that asks.
        only: names of the questions to answer; all when empty.
        language: of the pages.
        stamp: the date printed on them.
        progress: called with the name of each question before it is answered.
        sensitivity: whether each question is asked again with every convention its definition names.
        trends: whether each question is asked of every year its layers have states of.
    """
    ready, lacking = study.analyses(only)
    asks = [Ask.of(a, study, sensitivity=sensitivity, trends=trends) for a in ready]
    every = tuple(analysis for ask in asks for analysis in ask.every)
    place = place_of(study, study.context(every))
    theme = study.catalogue.look("page") if "page" in study.catalogue.names("maps") else {}
    drawn = tuple(n for n in theme.get("base", ()) if study.declares(n))
    uses = Counter(n for a in every for names in a.roles.values() for n in names if study.declares(n))
    shelf = Shelf(study, place, uses, keep=frozenset(drawn))
    targets = tuple(sorted(study.targets(), key=lambda t: (t.year or 9999, t.source)))
    results = []
    with keeping():
        for ask in asks:
            if progress is not None:
                progress(ask.analysis.name)
            bound = tuple(t for t in targets if t.analysis == ask.analysis.name)
            results.append(judged(ask.answered(shelf), bound, place))
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
        provenance=origin_of(study, place, results, (u for r in results for u in r.beside)) | reported_origin(reports),
        asked=only or study.asked,
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
