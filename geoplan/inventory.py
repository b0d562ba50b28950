"""What there is of something: how many, how much ground, how long, the sum of a column; for sure, and in doubt.

Ground is united and cut at borders, lines are taken once and cut at borders, things belong whole where their
representative point lies.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoplan import borders, units
from geoplan.errors import LayerError
from geoplan.measure import Table, slack
from geoplan.ops import ellipsoid, lines, overlay

if TYPE_CHECKING:
    from geoplan.layer import Layer
    from geoplan.place import Place

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.object_]
Measured: TypeAlias = Literal["count", "area", "length", "sum"]

__all__ = [
    "COLUMN",
    "DIMENSION",
    "Inventory",
    "Measured",
    "amounts",
    "by_class",
    "called",
    "carried",
    "certified_only",
    "classes_of",
    "counted_or_unknown",
    "sized",
    "spots",
    "take",
    "twins",
    "unit_of",
]

COLUMN = {"count": "count", "area": "area_m2", "length": "length_m", "sum": "amount"}
"""The column of the evidence that says how much each feature holds."""
DIMENSION = {"length": 1, "area": 2}
"""Which shapes can be measured so."""
ENGINE = {"area": "m2", "length": "m", "people": "people", "volume": "m3"}


class Inventory(NamedTuple):
    """How much there is.

    Attributes:
        sure: by account, what is counted.
        doubt: by account, what may have to be counted too.
        rows: the features that hold something of the place, with `status` and the column of the measure.
        unit: of the amounts.
        told: what must be said beside the number, by name of the fact.
    """

    sure: Floats
    doubt: Floats
    rows: gpd.GeoDataFrame
    unit: str
    told: dict[str, float]


def take(
    place: "Place", frame: gpd.GeoDataFrame, status: Texts, measure: Measured, numbers: Floats, *, unit: str = "count",
    ground: NDArray[np.object_] | None = None, beside: float = 0.0,
) -> Inventory:  # fmt: skip
    """How much the features of a place hold.

    Args:
        place: where.
        frame: features.
        status: per feature `counted`, `unknown` or `left_out`.
        measure: how many, how much ground, how long, or the sum of `numbers`.
        numbers: per feature, the amount that is summed; NaN where nobody knows.
        unit: of the numbers.
        ground: polygons, where only what lies on them is asked about.
        beside: how far from a border a line may run and still belong to it, in metres.

    Raises:
        LayerError: there are features to count, and nobody knows the amount of a single one.
    """
    wanted, shapes = status != "left_out", frame.geometry.to_numpy()
    if measure in DIMENSION:
        numbers = np.where(shapely.get_dimensions(shapes) == DIMENSION[measure], 1.0, np.nan)
    elif measure == "count":
        numbers = np.ones(len(frame))
    if wanted.any() and not np.isfinite(numbers[wanted]).any():
        raise LayerError("inventory.nobody_knows", measure=measure, count=int(wanted.sum()))
    known = np.isfinite(numbers)
    points = spots(frame)
    mine = place.owns(points) & _on(points, ground)
    told = {"amount_unknown": float((mine & wanted & ~known).sum())}
    if measure in DIMENSION:
        kept = frame[known].reset_index(drop=True), status[known]
        ways = {"area": _ground, "length": _lines}
        return _counted(ways[measure](place, *kept, ground, told, beside))
    sure, doubt = (
        borders.counted(place, points[chosen], numbers[chosen])
        for chosen in (mine & known & (status == "counted"), mine & known & (status == "unknown"))
    )
    named = frame[[c for c in ("id", "name", "class", "geometry") if c in frame]]
    status = np.where(wanted & ~known, "unknown", status).astype(object)
    rows = named.assign(status=status, area_m2=ellipsoid.area(shapes, place.crs), **{COLUMN[measure]: numbers})[mine]
    if not (shapely.get_dimensions(shapes) == DIMENSION["area"]).any():
        rows = rows.drop(columns="area_m2")
    return _counted(Inventory(sure, doubt, rows.reset_index(drop=True), "count" if measure == "count" else unit, told))


def _counted(found: Inventory) -> Inventory:
    """The same, told how many features are counted, and how many in doubt; those of unknown amount are neither."""
    known = found.rows["amount"].notna() if "amount" in found.rows else np.ones(len(found.rows), dtype=bool)
    counted, doubtful = ((found.rows["status"] == word) & known for word in ("counted", "unknown"))
    numbers = {"counted": float(counted.sum()), "in_doubt": float(doubtful.sum())}
    return found._replace(told=numbers | found.told)


def _on(points: NDArray[np.object_], ground: NDArray[np.object_] | None) -> Flags:
    on = np.full(len(points), ground is None)
    if ground is not None and len(points):
        on[shapely.STRtree(points).query(ground, predicate="covers")[1]] = True
    return on


def _ground(
    place: "Place", frame: gpd.GeoDataFrame, status: Texts, ground: NDArray[np.object_] | None, told: dict[str, float],
    _beside: float,
) -> Inventory:  # fmt: skip
    shapes, sure = frame.geometry.to_numpy(), status == "counted"
    cut = borders.ground(place, ground)
    part, either, whole = (
        *borders.under(place, cut, shapes[sure], shapes[status != "left_out"]),
        borders.areas(place, cut),
    )
    unknown = borders.less(either, part, float(whole[0]))
    held = borders.within(place, cut, shapes)
    rows = borders.listed(frame, place, status=status, area_m2=held)
    told = {**told, "overlap": borders.surplus(held[sure], float(part[0]))}
    return Inventory(part, unknown, rows, "m2", told)


def _lines(
    place: "Place", frame: gpd.GeoDataFrame, status: Texts, ground: NDArray[np.object_] | None, told: dict[str, float],
    beside: float,
) -> Inventory:  # fmt: skip
    order = [*np.flatnonzero(status == "counted"), *np.flatnonzero(status == "unknown")]
    frame, status = frame.iloc[order].reset_index(drop=True), status[order]
    # a stretch is of the first line that draws it, and what is counted comes first: it is there, whoever else draws it
    drawn = lines.once(frame.geometry.to_numpy(), np.zeros(len(frame), dtype=np.int64))
    shapes, parent = drawn.lines, drawn.parent
    if ground is not None:
        inside = lines.cut(shapes, overlay.disjoint(ground))
        on = inside.zone >= 0
        shapes, parent = inside.lines[on], parent[inside.parent[on]]
    cut = borders.stretches(place, shapes, beside)
    metres, owner = ellipsoid.length(cut.shapes, place.crs), parent[cut.parent]
    is_in, mine = cut.account != borders.OUTSIDE, cut.account == 0
    sure, doubt = (
        borders.by_account(place, cut.account[chosen], metres[chosen])
        for chosen in (is_in & (status[owner] == "counted"), is_in & (status[owner] == "unknown"))
    )
    rows = borders.stretched(frame, place, cut.shapes[mine], owner[mine], metres[mine], status=status)
    doubled, beyond = ellipsoid.length(drawn.doubled, place.crs), metres[~is_in]
    return Inventory(sure, doubt, rows, "m", {**told, "doubled": float(doubled.sum()), "outside": float(beyond.sum())})


def by_class(place: "Place", found: Inventory, measure: Measured) -> Table:
    """How many features of each class there are, and how much they hold: certain ones alone, ground once a class."""
    rows = found.rows[found.rows["status"] == "counted"]
    column = COLUMN[measure]
    classes = classes_of(rows)
    masks = {name: classes == name for name in sorted(set(classes), key=lambda name: (not name, name))}
    table: dict[str, tuple[str, list[object]]] = {
        "class": ("", [name or None for name in masks]),
        "count": ("count", [int(mask.sum()) for mask in masks.values()]),
    }
    if measure == "area":
        shapes = rows.geometry.to_numpy()
        sums = [float(ellipsoid.area(overlay.disjoint(shapes[m]), place.crs).sum()) for m in masks.values()]
        table[column] = ("m2", [*sums])
    elif measure != "count":
        table[column] = (found.unit, [float(rows[column][mask].sum()) for mask in masks.values()])
    return Table.of(table)


def classes_of(frame: gpd.GeoDataFrame) -> Texts:
    """The class of each feature, an empty text where nobody knows."""
    cells = frame["class"] if "class" in frame else pd.Series([None] * len(frame), dtype=object)
    return np.array(["" if pd.isna(cell) else str(cell) for cell in cells], dtype=object)


def spots(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The representative point of each feature: where it belongs, with all it has."""
    return np.asarray(shapely.point_on_surface(frame.geometry.to_numpy()), dtype=object)


def amounts(layers: "tuple[Layer, ...]", column: str | None) -> Floats:
    """A column of pooled layers as numbers, NaN where nobody knows; without a column nobody knows anything."""
    return np.concatenate([layer.numbers(column or "") for layer in layers])


def carried(layers: "tuple[Layer, ...]", column: str) -> Flags:
    """Per feature of pooled layers, whether its layer carries a column at all: somebody filled it in somewhere."""
    has = [bool(np.isfinite(layer.numbers(column)).any()) for layer in layers]
    return np.repeat(np.array(has, dtype=bool), [len(layer.frame) for layer in layers])


def called(layers: "tuple[Layer, ...]", column: str | None) -> dict[str, str]:
    """What a reader calls a column: the first of its usual names that is not Latin, and its own name in English."""
    usual = [alias for layer in layers if (spec := layer.spec.columns.get(column or "")) for alias in spec.aliases]
    chinese = next((alias for alias in usual if not alias.isascii()), column or "")
    return {"zh": chinese or "—", "en": (column or "—").replace("_", " ")}


def unit_of(layers: "tuple[Layer, ...]", column: str | None) -> str:
    """The engine's unit of a column, as the contracts of its layers declare it: square metres, metres, people, count.

    Raises:
        LayerError: the layers count it in units that cannot be added.
    """
    specs = [spec for layer in layers if (spec := layer.spec.columns.get(column or "")) is not None]
    found = {ENGINE.get(units.dimension_of(spec.unit), "count") for spec in specs} or {"count"}
    if len(found) > 1:
        raise LayerError("inventory.mixed_units", column=column, units=", ".join(sorted(found)))
    return found.pop()


def counted_or_unknown(unclassed: Flags) -> Texts:
    """The status of features of which only the class decides."""
    return np.where(unclassed, "unknown", "counted").astype(object)


def sized(
    frame: gpd.GeoDataFrame, place: "Place", smallest: float | None, largest: float | None
) -> tuple[Flags, Flags]:
    """Which features are smaller or larger than asked for (limits are inside), and which have no area to tell by."""
    shapes = frame.geometry.to_numpy()
    area, areal = ellipsoid.area(shapes, place.crs), shapely.get_dimensions(shapes) == DIMENSION["area"]
    low, high = smallest or 0.0, np.inf if largest is None else largest
    asked = smallest is not None or largest is not None
    wrong = areal & ((area < low - slack(low)) | (area > high + slack(0.0 if largest is None else largest)))
    return wrong & asked, ~areal & asked


def certified_only(frame: gpd.GeoDataFrame, column: str | None) -> tuple[Flags, Flags]:
    """Which restored features the column says no of, and of which it says nothing; the others need no certificate."""
    if column is None:
        return np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    restored = classes_of(frame) == "restored"
    proof = frame[column].astype(object) if column in frame else np.full(len(frame), None, dtype=object)
    # a flag nobody answered is NA, which compares with nothing: told apart by identity first
    answers = [said if isinstance(said, bool | np.bool_ | str) else None for said in proof]
    denied = np.array([said in (False, "no") for said in answers], dtype=bool)
    proven = np.array([said in (True, "yes") for said in answers], dtype=bool)
    return restored & denied, restored & ~denied & ~proven


def twins(frame: gpd.GeoDataFrame, rows: gpd.GeoDataFrame, metres: float) -> int:
    """How many rows have another feature of the frame with the same name within so many metres of the plane."""
    if "name" not in frame or not len(rows):
        return 0
    named = frame[frame["name"].notna() & (frame["name"] != "") & frame["name"].duplicated(keep=False)]
    asked = rows[rows["name"].isin(named["name"])]
    pairs = shapely.STRtree(named.geometry.to_numpy()).query(asked.geometry.to_numpy(), "dwithin", distance=metres)
    name, other = asked["name"].to_numpy()[pairs[0]], named["name"].to_numpy()[pairs[1]]
    same = (name == other) & (asked["id"].to_numpy()[pairs[0]] != named["id"].to_numpy()[pairs[1]])
    return len(np.unique(pairs[0][same]))
