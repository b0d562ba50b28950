"""Sponge facilities and what drains to them: catchments, surfaces, volumes and rain, as one thing that can be asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.errors import LayerError
from geoplan.ops import ellipsoid, rainfall, runoff

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.layer import Layer

    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]
    Indices: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]
    Texts: TypeAlias = NDArray[np.object_]

__all__ = ["Basins", "Storage", "basins", "curve_of", "storage"]

MM, YEAR = 1000.0, 365
GRADIENT = 1.0
"""J where a facility says none: water that soaks straight down."""


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """What facilities hold.

    Attributes:
        volume: m3 of each; NaN where nobody knows (n,).
        catchment: which catchment each serves, -1 where none (n,).
        certain: whether its class and its volume are known (n,).
        alone: whether nothing is known of it but its storage: what soaks away is not counted (n,).
    """

    volume: "Floats"
    catchment: "Indices"
    certain: "Flags"
    alone: "Flags"


@dataclass(frozen=True, slots=True, eq=False)
class Basins:
    """Catchments of known class, in the order of their ids.

    Attributes:
        frame: their features.
        shapes: their ground; where two are drawn over each other it is the first's.
        square: m2 of each.
        psi: the runoff coefficient of each, and its bounds.
        volume: m3 its facilities hold for sure.
        most: m3 they may hold; infinite where nobody knows.
        served: whether it has facilities for sure.
        perhaps: whether it has others.
        covers: surfaces that share no ground.
        takes: the share of rain each surface captures by itself.
        curve: of the place.
        crs: of the shapes.
    """

    frame: "gpd.GeoDataFrame"
    shapes: "Shapes"
    square: "Floats"
    psi: runoff.Bounds
    volume: "Floats"
    most: "Floats"
    served: "Flags"
    perhaps: "Flags"
    covers: "Shapes"
    takes: "Floats"
    curve: rainfall.Curve
    crs: "CRS"

    @property
    def depth(self) -> "Floats":
        """Millimetres of rain the facilities of each answer for: h = V / (10 psi F)."""
        return runoff.controlled_depth(self.volume, self.psi.high, self.square)

    def captured(self, ground: "Shapes", of: "Indices") -> runoff.Bounds:
        """Which share of annual rain each piece of ground captures, at least and at most.

        Args:
            ground: pieces of catchments.
            of: which catchment each is of.
        """
        free = runoff.averaged(ground, self.covers, self.takes, self.crs)
        best = self.curve.rate_of(runoff.controlled_depth(self.most, self.psi.low, self.square))
        best = np.where(np.isinf(self.most), 1.0, best)[of]
        least = self.curve.rate_of(self.depth)[of]
        high = np.where(self.perhaps[of], np.maximum(best, free.high), free.high)
        served = self.served[of]
        return runoff.Bounds(np.where(served, least, free.low), np.where(served, np.maximum(best, least), high))


def basins(
    catchments: "Layer",
    surfaces: "Layer",
    pervious: "Layer | None",
    held: Storage,
    curve: rainfall.Curve,
    *,
    loss: float | None,
    crs: "CRS",
) -> Basins:
    """What drains where, and what is held of it.

    Raises:
        LayerError: a runoff coefficient over 1.
    """
    psi, frame = surfaces.numbers("psi"), _known(catchments)
    if (psi > 1).any():
        raise LayerError("runoff_capture.psi", layer=surfaces.name)
    takes = _takes(surfaces, pervious, loss, curve)
    # what is known is taken before what is not, and of two surfaces on one ground the one that lets more run off
    covers = runoff.first_come(surfaces.frame.geometry.to_numpy(), np.lexsort((takes, -psi)))
    shapes = runoff.first_come(frame.geometry.to_numpy(), np.arange(len(frame)))
    some = held.catchment >= 0
    owner, sure = held.catchment[some], held.certain[some]
    volume, n = held.volume[some], len(frame)
    return Basins(
        frame,
        shapes,
        ellipsoid.area(shapes, crs),
        runoff.averaged(shapes, covers, psi, crs),
        np.bincount(owner[sure], volume[sure], minlength=n).astype(np.float64),
        np.bincount(owner, np.where(np.isfinite(volume), volume, np.inf), minlength=n).astype(np.float64),
        np.bincount(owner[sure], minlength=n) > 0,
        np.bincount(owner[~sure], minlength=n) > 0,
        covers,
        takes,
        curve,
        crs,
    )


def storage(facilities: "Layer", catchments: "Layer", hours: float) -> Storage:
    """What each facility holds, and which catchment of known class it serves: that its column names, or it lies in.

    Args:
        facilities: columns volume; or storage, and soak, gradient, soak_area, hours or emptying; catchment.
        catchments: those they may serve.
        hours: how long rain lasts where a facility says nothing.
    """
    given, store, soak, area, emptying = (
        facilities.numbers(c) for c in ("volume", "storage", "soak", "soak_area", "emptying")
    )
    lasts, steep = facilities.numbers("hours"), facilities.numbers("gradient")
    lasts, steep = np.where(np.isfinite(lasts), lasts, hours), np.where(np.isfinite(steep), steep, GRADIENT)
    soaks, slow = np.isfinite(soak * area), np.isfinite(emptying)
    volume = np.select(
        [np.isfinite(given), slow, soaks],
        [
            given,
            runoff.delayed_volume(store, emptying, lasts),
            runoff.retention_volume(store, soak, steep, area, lasts),
        ],
        default=store,
    )
    alone = ~np.isfinite(given) & ~slow & ~soaks & np.isfinite(store)
    owner = _served(facilities, _known(catchments))
    return Storage(volume, owner, ~facilities.unclassed & np.isfinite(volume), alone)


def curve_of(
    rain: "Layer | None", depths: tuple[float, ...] | None, rates: tuple[float, ...] | None
) -> tuple[rainfall.Curve, float | None]:
    """The curve of a table, else of at least 30 years of daily rain, with those years (None of a table).

    A row of the rain is a day; one with a day `until` stands for all days to then (a record, or a dry spell).

    Raises:
        LayerError: neither; a table that does not rise; too few years; a day that is none, or twice wet.
    """
    if depths is not None or rates is not None:
        table = np.array([depths or (), rates or ()] if len(depths or ()) == len(rates or ()) else [(), ()])
        if not table.size or (np.diff(np.c_[np.zeros(2), table]) <= 0).any() or table[1, -1] > 1:
            raise LayerError("runoff_capture.bad_table")
        return rainfall.Curve(np.r_[0.0, MM * table[0]], np.r_[0.0, table[1]]), None
    if rain is None:
        raise LayerError("runoff_capture.no_rain")
    fallen, (first, last) = rain.numbers("mm"), _days(rain)
    wet = first[fallen > 0]
    if len(np.unique(wet)) < len(wet) or (last < first).any() or (last > first)[fallen > 0].any():
        raise LayerError("runoff_capture.twice", layer=rain.name)
    years = rainfall.days_on_record(first, last, first[np.isnan(fallen)]) / YEAR
    if years < rainfall.YEARS:
        raise LayerError("runoff_capture.years", layer=rain.name, years=f"{years:.1f}", least=rainfall.YEARS)
    snow = np.array([said == "yes" for said in rain.said("snow")], dtype=bool)
    return rainfall.capture_curve(fallen, snow), years


def _known(catchments: "Layer") -> "gpd.GeoDataFrame":
    return catchments.frame[~catchments.unclassed].sort_values("id", kind="stable").reset_index(drop=True)


def _takes(surfaces: "Layer", pervious: "Layer | None", loss: float | None, curve: rainfall.Curve) -> "Floats":
    """What each surface captures by itself: paved nothing, pervious ground alpha of its loss; NaN: nobody knows."""
    if pervious is None:
        return np.zeros(len(surfaces.frame))
    lost = surfaces.numbers("loss")
    lost = np.where(np.isfinite(lost), lost, np.nan if loss is None else loss * MM)
    ids = surfaces.frame["id"]
    soft, doubtful = (ids.isin(pervious.frame["id"][m]).to_numpy() for m in (~pervious.unclassed, pervious.unclassed))
    return np.select([doubtful, soft], [np.full(len(ids), np.nan), curve.rate_of(lost)], default=0.0)


def _served(facilities: "Layer", frame: "gpd.GeoDataFrame") -> "Indices":
    """Which catchment each facility serves: the one it names, else the first it lies in; -1 for none."""
    found = np.full(len(facilities.frame), len(frame), dtype=np.intp)
    if len(frame) and len(found):
        points = shapely.point_on_surface(facilities.frame.geometry.to_numpy())
        point, catchment = shapely.STRtree(frame.geometry.to_numpy()).query(points, predicate="covered_by")
        np.minimum.at(found, point, catchment)
    found[found == len(frame)] = -1
    if "catchment" not in facilities.frame:
        return found
    number = {str(name): i for i, name in enumerate(frame["id"])}
    named = facilities.frame["catchment"]
    says = np.array([number.get(str(n), -1) for n in named], dtype=np.intp)
    return np.where(named.notna() & (named != ""), says, found)


def _days(rain: "Layer") -> "tuple[NDArray[np.datetime64], NDArray[np.datetime64]]":
    said = [str(d) for d in rain.frame["date"]] if "date" in rain.frame else ["" for _ in range(len(rain.frame))]
    until = rain.frame["until"].tolist() if "until" in rain.frame else [None] * len(said)
    ends = [str(u) if isinstance(u, str) and u else d for d, u in zip(said, until, strict=True)]
    if any(len(d) != len("2020-01-31") for d in (*said, *ends)):
        raise LayerError("runoff_capture.days", layer=rain.name)
    first, last = (np.array(d, dtype="datetime64[D]") for d in (said, ends))
    return first, last
