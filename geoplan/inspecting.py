"""Does this look right? Every layer a study declares is read, examined, compared with the others, and dropped again."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan import examine, read
from geoplan.column_words import column_said
from geoplan.errors import GeoplanError
from geoplan.health import Amounts, Figures, Health, LayerHealth
from geoplan.layer import Layer, LayerSpec, Ledger, Source
from geoplan.measure import Note
from geoplan.oddity import Oddity, worst_first
from geoplan.provenance import software
from geoplan.run import layer_of, place_of
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.place import Place, Zones
    from geoplan.study import Study
    from geoplan.words import Language

__all__ = ["health_of"]

DRAWN = 3_000
"""Features of a layer a page draws; the largest, or of points every second, third …"""
_PIXELS = 900
_ELSEWHERE = frozenset({"source.elsewhere", "source.none_here"})


def health_of(
    study: "Study",
    language: "Language",
    *,
    previous: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Health:
    """What can be said of the data of a study before anything is computed of them.

    Args:
        study: that declares them.
        language: of the page.
        previous: the folder of an earlier run to compare with; nothing is compared where there is none.
        progress: called with the name of each layer before it is read.

    Raises:
        SourceError: the boundary cannot be read.
        CRSError: no metre CRS, or one that cannot be measured in.
        UnknownName: a layer nobody defined.
    """
    place = place_of(study, study.context(study.analyses()[0]))
    desk = _Desk(study, place, _before(previous))
    layers = []
    for key in _keys(study):
        if progress is not None:
            progress(key)
        layers.append(desk.looked_at(key))
    layers += [desk.examined(level, _zones_layer(level, zones, place)) for level, zones in place.zones.items()]
    title: dict[str, str] = {spoken: say(spoken, "oddity.of_place") for spoken in LANGUAGES}
    odd = examine.shifted([*desk.traces, *examine.place_traces(place, title)], place)
    return Health(
        study.name,
        place,
        language,
        tuple(_with(layer, tuple(o for o in odd if o.layer == layer.name)) for layer in layers),
        stamp=study.stamp,
        previous=str(previous) if desk.before else "",
        provenance={"software": software()},
        synthetic=bool(study.table["place"].get("synthetic")),
    )


@dataclass(slots=True)
class _Desk:
    """Where the layers of a study are looked at, one after another; what is kept of each is a trace."""

    study: "Study"
    place: "Place"
    before: Mapping[str, Any]
    traces: list[examine.Trace] = field(default_factory=list)

    def looked_at(self, key: str) -> LayerHealth:
        """A layer, or why it cannot be used."""
        name, _, year = key.partition("@")
        spec = self.study.catalogue.layer(name)
        if year:
            title: dict[str, str] = {k: say(k, "health.state_of", layer=spec.title[k], year=year) for k in LANGUAGES}
            spec = replace(spec, name=key, title=title)
        try:
            layer = self.study.extra[key] if key in self.study.extra else layer_of(self.study, self.place, key)
        except GeoplanError as error:
            return self._refused(key, spec, error)
        return self.examined(key, replace(layer, spec=spec) if year else layer, state=bool(year))

    def examined(self, key: str, layer: Layer, *, state: bool = False) -> LayerHealth:
        """What there is to say of a layer that can be read."""
        odd = examine.examined(layer, self.place, before=self.before.get(key), state=state)
        if not layer.is_raster and layer.source.path and not state:
            trace = examine.trace_of(layer, self.place)
            self.traces += [trace] if trace is not None else []
        return LayerHealth(
            key, layer.spec, layer.source, layer.ledger, _amounts(layer, self.place), _drawn(layer, self.place),
            odd, layer.notes,
        )  # fmt: skip

    def _refused(self, key: str, spec: LayerSpec, error: GeoplanError) -> LayerHealth:
        import numpy as np

        said = self.study.state(key) or {}
        told = {k: str(said[k]) for k in ("as_of", "valid_to", "document", "provider", "scheme", "crs") if k in said}
        source = Source(path=read.told(said.get("path", said.get("source", ""))), **told)
        refused = Oddity("refused", key, "refused", Note("oddity.refused", {"layer": spec.title, "reason": error}))
        fits = tuple(self._fits(key, spec, error))
        nothing = np.empty(0, dtype=object)
        return LayerHealth(key, spec, source, Ledger(0, 0), Amounts(), nothing, (refused, *fits), refused=error)

    def _fits(self, key: str, spec: LayerSpec, error: GeoplanError) -> Iterator[Oddity]:
        """What coordinate system would fit a source whose coordinates do not."""
        if not (error.id.startswith("crs.") or error.id in {*_ELSEWHERE, "layer.no_crs"}):
            return
        bounds = read.bounds_of(self.study.state(key) or {}, self.study.folder, allow_remote=self.study.allow_remote)
        if bounds is None:
            return
        found = examine.crs_that_fit(bounds, self.place)
        slots = {"layer": spec.title, "name": key.partition("@")[0]}
        for crs, swapped in found[:1]:
            note = Note("oddity.fits_swapped" if swapped else "oddity.fits", {**slots, "crs": crs})
            yield Oddity("fits", key, "remark", note)
        if not found:
            yield Oddity("fits_nowhere", key, "remark", Note("oddity.fits_nowhere", slots))


def _with(layer: LayerHealth, odd: tuple[Oddity, ...]) -> LayerHealth:
    """The layer with what the others say of it; the whole of it is drawn as odd."""
    shown = tuple(replace(o, shapes=layer.shapes) for o in odd)
    return replace(layer, oddities=worst_first((*layer.oddities, *shown))) if odd else layer


def _keys(study: "Study") -> Iterator[str]:
    """Every layer and every earlier state of one."""
    for name, declared in study.table.get("layers", {}).items():
        if declared.keys() & {"path", "source"} or study.state(name):
            yield name
        for year in declared.get("at", {}):
            yield f"{name}@{year}"
    yield from (name for name in study.extra if name not in study.table.get("layers", {}))


def _before(folder: Path | None) -> Mapping[str, Any]:
    """What provenance.json of an earlier run says of its layers; nothing where there is none, or it is not ours."""
    if folder is None:
        return {}
    try:
        told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    layers = told.get("layers", {}) if isinstance(told, dict) else {}
    return layers if isinstance(layers, dict) else {}


def _zones_layer(level: str, zones: "Zones", place: "Place") -> Layer:
    """A level of zones as a layer whose features lie side by side."""
    import geopandas as gpd

    title: dict[str, str] = {language: say(language, "health.level", level=level) for language in LANGUAGES}
    frame: gpd.GeoDataFrame = gpd.GeoDataFrame(
        {"id": zones.ids, "name": zones.names}, geometry=zones.shapes, crs=place.crs
    )
    count = len(frame)
    return Layer(LayerSpec(level, title, "polygon", coverage=True), frame, Source(), Ledger(count, count))


def _amounts(layer: Layer, place: "Place") -> Amounts:
    """How much there is of a layer, as it was read and not cut to the place."""
    import shapely

    from geoplan.ops import ellipsoid

    if layer.is_raster:
        return Amounts(grid=layer.raster.shape)
    frame = layer.frame
    shapes = frame.geometry.to_numpy()
    dimensions = shapely.get_dimensions(shapes)
    counts = frame["class"].value_counts(dropna=False).sort_index() if "class" in frame else {}
    classes = {name if isinstance(name, str) else "": int(n) for name, n in counts.items()}
    return Amounts(
        features=len(frame),
        area=float(ellipsoid.area(shapes[dimensions == 2], place.crs).sum()),
        length=float(ellipsoid.length(shapes[dimensions == 1], place.crs).sum()),
        classes=classes if set(classes) - {""} else {},
        columns=tuple(_figures(layer)),
    )


def _figures(layer: Layer) -> Iterator[Figures]:
    import numpy as np

    for name, spec in layer.spec.columns.items():
        if name not in layer.frame or spec.kind not in {"number", "integer"}:
            continue
        values = layer.numbers(name)
        known = values[np.isfinite(values)]
        said = [float(f(known)) for f in (np.min, np.median, np.max, np.sum)] if len(known) else [None] * 4
        yield Figures(name, column_said(layer.spec, name), spec.unit, len(known), len(values) - len(known), *said)


def _drawn(layer: Layer, place: "Place") -> "NDArray[np.object_]":
    """Some features, as simple as a small picture of the place needs them."""
    import numpy as np
    import shapely

    if layer.is_raster:
        from geoplan.crs import transform_bounds

        grid = layer.raster
        (rows, columns), t = grid.shape, grid.transform
        corners = [(column, row) for column in (0, columns) for row in (0, rows)]
        x = [t.a * column + t.b * row + t.c for column, row in corners]
        y = [t.d * column + t.e * row + t.f for column, row in corners]
        box = transform_bounds((min(x), min(y), max(x), max(y)), grid.crs, place.crs)
        return np.array([shapely.box(*box)], dtype=object)
    shapes = layer.frame.geometry.to_numpy()
    size = np.where(shapely.get_dimensions(shapes) == 2, shapely.area(shapes), shapely.length(shapes))
    if len(shapes) > DRAWN:
        points = not size.any()
        every = np.arange(len(shapes))[:: -(-len(shapes) // DRAWN)] if points else np.argsort(-size)[:DRAWN]
        shapes = shapes[np.sort(every)]
    west, south, east, north = place.boundary.bounds
    return np.asarray(shapely.simplify(shapes, max(east - west, north - south) / _PIXELS), dtype=object)
