"""Which share of an area is something: canopy, protection, a class of land; overlaps counted once, on the ellipsoid."""

from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geoplan import borders
from geoplan.errors import LayerError
from geoplan.layer import Layer
from geoplan.measure import Note, Outcome, Ratio, Table
from geoplan.ops import raster
from geoplan.place import Place
from geoplan.role import pooled
from geoplan.units import Ndvi, percent

Floats: TypeAlias = NDArray[np.float64]


def area_share(
    part: tuple[Layer, ...], whole: Layer | None = None, grid: Layer | None = None, *, place: Place,
    ndvi: Ndvi | None = None, lowest: int | None = None, highest: int | None = None, grid_counts: bool = False,
    coarser: int = 1,
) -> Outcome:  # fmt: skip
    """The share of the whole (without one: of the place) that lies under the part; both are cut to the place.

    Polygons are united: ground under two of them counts once. A grid says yes where its NDVI is at least `ndvi`, or its
    class lies from `lowest` to `highest`: beside the headline as a reference, or (`grid_counts`, and where the part is
    a grid) added to it on ground no polygon covers, its cells `coarser` times as wide. Unknown: only polygons of no
    known class, cells without data.

    Raises:
        LayerError: more than one grid, a grid without a rule, or values the rule cannot be asked of.
    """
    grids = [layer for layer in (*part, grid) if layer is not None and layer.is_raster]
    polygons = tuple(layer for layer in part if not layer.is_raster)
    if len(grids) > 1:
        raise LayerError("area_share.grids", layers=", ".join(layer.name for layer in grids))
    frame, unclassed = pooled(polygons) if polygons else (gpd.GeoDataFrame({"id": []}, geometry=[]), np.zeros(0, bool))
    shapes, (cut, doubt) = frame.geometry.to_numpy(), _ground(whole, place)
    cover = borders.cover(place, cut, shapes[~unclassed], shapes[unclassed], bare=bool(grids))
    covered, wholes, unknown = cover.part, borders.areas(place, cut) + doubt, cover.unknown + doubt
    held = borders.within(place, cut, shapes)
    told: dict[str, float | None] = {"overlap": borders.surplus(held[~unclassed], covered[0])}
    words = ["definition" if whole else "definition_place"]
    said: dict[str, Any] = {"threshold": ndvi, "lowest": lowest, "highest": highest}
    if grids:
        cells = _grid(grids[0], coarser, mean=ndvi is not None)
        said |= {"grid": grids[0].spec.title, "as_of": grids[0].source.as_of, "cell": raster.cell_side(cells)}
        counts = grid_counts or not polygons
        asked = cover.bare if counts else cut
        yes, dark = borders.seen(place, asked, cells, _answer(grids[0], ndvi, lowest, highest))
        words.append(f"{'classes' if ndvi is None else 'ndvi'}_{'counted' if counts else 'beside'}")
        covered, unknown = (covered + yes, unknown + dark) if counts else (covered, unknown)
        beside = borders.ratio(place, part=yes, whole=wholes, unknown=dark + doubt).overall
        told |= {f"grid.{half}": getattr(beside, half) for half in ("part", "unknown", *["value"] * (not counts))}
        said |= {"beside": percent(beside.value), "beside_ceiling": percent(beside.ceiling)}
    ratio = borders.ratio(place, part=covered, whole=wholes, unknown=unknown)
    said |= {"place": place.name, "part": [layer.spec.title for layer in part], "overlap": told["overlap"]}
    said |= {"whole": whole.spec.title if whole else {}, "unknown": ratio.overall.unknown}
    notes = tuple(Note(f"area_share.{word}", said) for word in words + [w for w in ("overlap", "unknown") if said[w]])
    rows = borders.listed(frame, place, status=np.where(unclassed, "unknown", "part"), area_m2=held)
    return Outcome(ratio, {"area": ratio}, {"part": rows}, {"classes": _classes(frame, cut, place, ratio)}, notes, told)


def _ground(whole: Layer | None, place: Place) -> tuple[borders.Ground, Floats]:
    """The ground that is asked about, and by account the square metres nobody knows whether it is."""
    if whole is None:
        return borders.ground(place), np.zeros(borders.count(place))
    shapes, unclassed = whole.frame.geometry.to_numpy(), whole.unclassed
    cut = borders.ground(place, shapes[~unclassed])
    if not unclassed.any():
        return cut, np.zeros(borders.count(place))
    wide = borders.ground(place, shapes)
    return cut, borders.cover(place, wide, shapes[~unclassed], shapes[unclassed], bare=False).unknown


def _answer(grid: Layer, ndvi: float | None, lowest: int | None, highest: int | None) -> raster.Answer:
    if ndvi is not None:
        return raster.greener(ndvi)
    if lowest is None or highest is None:
        raise LayerError("area_share.no_rule", layer=grid.name)
    return raster.between(lowest, highest)


def _grid(layer: Layer, coarser: int, *, mean: bool) -> raster.Grid:
    cells = layer.raster
    return raster.coarser(raster.Grid(cells.crs, cells.transform, cells.shape, cells.blocks), coarser, mean=mean)


def _classes(frame: gpd.GeoDataFrame, cut: borders.Ground, place: Place, ratio: Ratio) -> Table:
    """The ground under each class; classes may lie on one another, so the rows can add up to more than the part."""
    whole, rows, mine = ratio.overall.whole, {}, cut.account == 0
    here = borders.Ground(cut.shapes[mine], cut.account[mine])
    for name in sorted(set(frame["class"].dropna())) if "class" in frame else ():
        shapes = frame.geometry.to_numpy()[frame["class"] == name]
        rows[name] = borders.under(place, here, shapes)[0][0]
    shares = [100 * m2 / whole if whole else None for m2 in rows.values()]
    return Table.of({"class": ("", list(rows)), "area_m2": ("m2", list(rows.values())), "share": ("%", shares)})
