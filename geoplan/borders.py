"""What is cut at borders: areas and lengths, by place, by zone, and what lies in no zone. Each is an account.

Account 0 is the place (its window, where it has one). Then, level by level, one account a zone in file order and one
for what lies in no zone of that level. Zones may overlap or leak: each account is cut for itself, none is a sum.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.measure import Halves, Ratio, Row, Total, slack
from geoplan.ops import ellipsoid, lines, overlay, raster
from geoplan.ops.kept import kept

if TYPE_CHECKING:
    from geoplan.place import Place

Geometries: TypeAlias = NDArray[np.object_]
Indices: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
T = TypeVar("T")

__all__ = [
    "OUTSIDE",
    "Cover",
    "Ground",
    "Stretches",
    "areas",
    "by_account",
    "count",
    "counted",
    "cover",
    "ground",
    "less",
    "listed",
    "ratio",
    "seen",
    "split",
    "stretched",
    "stretches",
    "surplus",
    "total",
    "under",
    "within",
    "zoned",
]

OUTSIDE = -1
"""The account of stretches beyond the place: in no number, but said."""


class Ground(NamedTuple):
    """Ground cut at borders: pieces that share no area within an account, and the account each is of."""

    shapes: Geometries
    account: Indices


class Stretches(NamedTuple):
    """Lines, or polygons, cut at borders: pieces, the one each comes from, and the account each is of."""

    shapes: Geometries
    parent: Indices
    account: Indices


class Cover(NamedTuple):
    """What lies on ground, by account: square metres for sure, square metres in doubt, and the ground left bare."""

    part: Floats
    unknown: Floats
    bare: Ground


def count(place: "Place") -> int:
    """How many accounts a place has."""
    return 1 + sum(len(zones.ids) + 1 for zones in place.zones.values())


def ground(place: "Place", whole: Geometries | None = None) -> Ground:
    """The ground of a place, or what polygons cover of it, cut at the borders of its zones."""
    shapes = overlay.disjoint(np.array([place.area]))
    found = split(place, shapes if whole is None else overlay.pieces(shapes, overlay.disjoint(whole)).shapes)
    return Ground(found.shapes, found.account)


def split(place: "Place", shapes: Geometries) -> Stretches:
    """Polygons that lie in a place and share no ground, cut at the borders of its zones, each piece with its parent."""
    return _split(shapes, *(zones.shapes for zones in place.zones.values()))


@kept
def _split(shapes: Geometries, *levels: Geometries) -> Stretches:
    everyone = np.arange(len(shapes), dtype=np.intp)
    pieces, parents, accounts = [shapes], [everyone], [np.zeros(len(shapes), dtype=np.intp)]
    first = 1
    for zones in levels:
        inside = overlay.pieces(shapes, zones)
        rest = overlay.outside(shapes, overlay.disjoint(zones))
        pieces += [inside.shapes, rest]
        parents += [inside.left, everyone]
        accounts += [first + inside.right, np.full(len(rest), first + len(zones))]
        first += len(zones) + 1
    return Stretches(np.concatenate(pieces), np.concatenate(parents), np.concatenate(accounts).astype(np.intp))


def cover(place: "Place", cut: Ground, sure: Geometries, doubtful: Geometries, *, bare: bool = True) -> Cover:
    """Square metres (ellipsoidal) of ground under polygons that may overlap, by account; nothing counts twice.

    Ground under both a sure polygon and a doubtful one is sure. Where nobody asks for the ground that is left `bare`,
    nothing is subtracted on the map, which is much faster; the bare ground is then none.
    """
    if not bare:
        both = [sure, *([np.concatenate([sure, doubtful])] if len(doubtful) else [])]
        part, every = (under(place, cut, *both) * 2)[:2]
        whole = float(areas(place, Ground(cut.shapes[cut.account == 0], cut.account[cut.account == 0]))[0])
        return Cover(part, less(every, part, whole), Ground(cut.shapes[:0], cut.account[:0]))
    tiles = overlay.disjoint(sure)
    held = overlay.pieces(cut.shapes, tiles)
    rest = overlay.outside(cut.shapes, tiles)
    maybe = overlay.disjoint(doubtful)
    in_doubt = overlay.pieces(rest, maybe)
    m2 = [ellipsoid.area(found.shapes, place.crs) for found in (held, in_doubt)]
    part, unknown = (by_account(place, cut.account[f.left], a) for f, a in zip((held, in_doubt), m2, strict=True))
    return Cover(part, unknown, Ground(overlay.outside(rest, maybe), cut.account))


def under(place: "Place", cut: Ground, *layers: Geometries) -> tuple[Floats, ...]:
    """Square metres (ellipsoidal) of ground under the polygons of each of several layers, by account.

    Much faster than `cover`, since nothing is subtracted on the ground; amounts are subtracted with `less`.
    """
    found = []
    for shapes in layers:
        on = overlay.pieces(cut.shapes, overlay.disjoint(shapes))
        found.append(by_account(place, cut.account[on.left], ellipsoid.area(on.shapes, place.crs)))
    return tuple(found)


def less(more: Floats, taken: Floats, whole: float) -> Floats:
    """What is left of amounts when others are taken from them; what is within the tolerance of a whole is nothing."""
    left = more - taken
    return np.where(left > slack(whole), left, 0.0)


def by_account(place: "Place", account: Indices, amounts: Floats) -> Floats:
    """The sum of amounts of each account."""
    return np.bincount(account, amounts, minlength=count(place)).astype(np.float64)


def areas(place: "Place", cut: Ground) -> Floats:
    """Square metres (ellipsoidal) of ground, by account."""
    return by_account(place, cut.account, ellipsoid.area(cut.shapes, place.crs))


def seen(place: "Place", cut: Ground, grid: raster.Grid, answer: raster.Answer) -> tuple[Floats, Floats]:
    """Square metres (ellipsoidal) of ground that a grid says yes to, and that it knows nothing about, by account."""
    shares = raster.shares(cut.shapes, place.crs, grid, answer)
    each = ellipsoid.area(cut.shapes, place.crs)
    return by_account(place, cut.account, shares.part * each), by_account(place, cut.account, shares.unknown * each)


def within(place: "Place", cut: Ground, shapes: Geometries) -> Floats:
    """Square metres (ellipsoidal) of each polygon that lie on the ground of the place."""
    found = overlay.pieces(shapes, cut.shapes[cut.account == 0])
    return np.bincount(found.left, ellipsoid.area(found.shapes, place.crs), minlength=len(shapes)).astype(np.float64)


def surplus(each: Floats, united: float) -> float:
    """How much blind addition would count again: the sum of each less what they cover together, 0 within rounding."""
    blind = math.fsum(each)
    return float(blind - united) if blind - united > slack(blind) else 0.0


def listed(frame: gpd.GeoDataFrame, place: "Place", **columns: NDArray[Any]) -> gpd.GeoDataFrame:
    """The features that hold something of the place, cut to it, with their names and these columns.

    The column `area_m2` says how much they hold; features that hold nothing are left out.
    """
    named = frame[[c for c in ("id", "name", "class") if c in frame]].assign(**columns)
    shapes = overlay.clip(frame.geometry.to_numpy(), place.area)
    rows = gpd.GeoDataFrame(named, geometry=shapes, crs=place.crs)
    return rows[rows["area_m2"] > 0].reset_index(drop=True)


def stretched(
    frame: gpd.GeoDataFrame, place: "Place", shapes: Geometries, owner: Indices, metres: Floats, **columns: NDArray[Any]
) -> gpd.GeoDataFrame:
    """The lines that have stretches in the place, as long as those (`length_m`), with their names and these columns.

    Args:
        frame: the lines.
        place: for its CRS.
        shapes: stretches in the place.
        owner: which line each stretch is of.
        metres: how long each is.
        columns: one value a line of the frame.
    """
    rows, of = np.unique(owner, return_inverse=True)
    parts, stretch = shapely.get_parts(shapes, return_index=True)
    order = np.argsort(of[stretch], kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(parts[order], indices=of[stretch][order]))
    named = frame[[c for c in ("id", "name", "class") if c in frame]].assign(**columns).iloc[rows]
    found = gpd.GeoDataFrame(named, geometry=np.asarray(joined, dtype=object), crs=place.crs)
    return found.assign(length_m=np.bincount(of, metres, minlength=len(rows))).reset_index(drop=True)


def counted(place: "Place", points: Geometries, amounts: Floats) -> Floats:
    """Amounts that are counted whole where their point lies (people), by account."""
    mine = place.owns(points)
    found = [float(amounts[mine].sum())]
    for zones in place.zones.values():
        at = zones.locate(points)[mine]
        at[at < 0] = len(zones.ids)
        found += np.bincount(at, amounts[mine], minlength=len(zones.ids) + 1).tolist()
    return np.array(found)


def stretches(place: "Place", of: Geometries, beside: float) -> Stretches:
    """Lines cut at the borders of a place and its zones; those beyond the place have the account `OUTSIDE`.

    A line drawn up to `beside` metres off a border belongs to the nearest place or zone (see `ops.lines.cut`).
    """
    all_of_it = lines.cut(of, np.array([place.boundary]), beside=beside)
    pieces, parents, accounts = [all_of_it.lines], [all_of_it.parent], [all_of_it.zone]
    mine = all_of_it.zone == 0
    first = 1
    for zones in place.zones.values():
        cut = lines.cut(all_of_it.lines[mine], zones.shapes, beside=beside)
        pieces.append(cut.lines)
        parents.append(all_of_it.parent[mine][cut.parent])
        accounts.append(first + np.where(cut.zone < 0, len(zones.ids), cut.zone))
        first += len(zones.ids) + 1
    shapes = np.concatenate(pieces)
    if place.window is not None:
        shapes = lines.in_window(shapes, place.window)
    kept = shapely.length(shapes) > 0
    return Stretches(shapes[kept], np.concatenate(parents)[kept], np.concatenate(accounts)[kept])


def ratio(
    place: "Place",
    *,
    part: Floats,
    whole: Floats,
    unknown: Floats,
    bounded: bool = True,
    units: tuple[str, str] = ("m2", "m2"),
) -> Ratio:
    """The ratio of amounts that were cut at borders, one of each an account.

    Args:
        place: whose accounts they are.
        part: how much of each account is in the part.
        whole: how much of it there is.
        unknown: how much of it nobody knows about.
        bounded: True for shares, False for amounts per head.
        units: of the part and of the whole.
    """
    # pieces of an account are cut at other places than the account itself: they agree to the tolerance of the place
    beyond = np.clip(part + unknown - whole, 0, slack(float(whole[0]))) if bounded else np.zeros(len(whole))
    unknown, part, whole = np.maximum(unknown - beyond, 0), part - np.maximum(beyond - unknown, 0), whole.copy()
    # what reaches into a zone by less than the tolerance of the place does not lie in it
    most = slack(float(whole[0] if bounded else part[0])), slack(float(whole[0]))
    for amount, least in ((part, most[0]), (unknown, most[0]), (whole, most[1])):
        amount[1:][amount[1:] <= least] = 0.0
    rows = zip(part.tolist(), whole.tolist(), unknown.tolist(), strict=True)
    halves = [Halves(*row, bounded=bounded) for row in rows]
    return Ratio(halves[0], zoned(place, halves), *units)


def total(place: "Place", *, amount: Floats, unknown: Floats, unit: str) -> Total:
    """The total of amounts that were cut at borders, or counted where their point lies, one of each an account.

    Args:
        place: whose accounts they are.
        amount: how much each account holds for sure.
        unknown: how much more it may hold.
        unit: of both.
    """
    least = slack(float(amount[0] + unknown[0]))
    sure, maybe = (np.where((each > least) | (np.arange(len(each)) == 0), each, 0.0) for each in (amount, unknown))
    rows, doubts = zoned(place, sure.tolist()), zoned(place, maybe.tolist())
    return Total(float(sure[0]), rows, unit, float(maybe[0]), doubts)


def zoned(place: "Place", values: Sequence[T]) -> dict[str, tuple[Row[T], ...]]:
    """One value an account, as the rows of each level of zones."""
    by_zone, first = {}, 1
    for level, zones in place.zones.items():
        last = first + len(zones.ids)
        named = zip(zones.ids, zones.names, values[first:last], strict=True)
        by_zone[level] = (*(Row(*row) for row in named), Row(None, "", values[last]))
        first = last + 1
    return by_zone
