"""In which planes the numbers of a file can lie: with or without a zone number, of 3 or 6 degrees, axes swapped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.crs import is_web_mercator, parse, to_crs
from geoplan.read.site_claim import twin
from geoplan.read.survey import Claim, Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.read.grid_parameters import Grid

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["NEAR", "Reading", "inside", "moved", "near", "readings"]

NEAR = 50_000.0
"""Metres around the study area in which a site may lie; the next zone of 3 degrees is 250 km away."""
_EDGE = 5e4, 9.5e5
"""Eastings without zone number, in metres: nobody maps farther from a meridian."""
_DEGREES = "EPSG:4490"
_AROUND = -180.0, -90.0, 180.0, 90.0
_AROUND_ZONE = np.array([-1.5, -1.5, 1.5, 1.5])
"""Degrees beyond the zone a coordinate system is meant for: sites lie across its border."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read the two numbers of a point.

    Attributes:
        source: the coordinate system they are then in.
        reverse: whether the second number is the easting (or the longitude).
        swapped: whether that is the other way round than the file says.
        unit: metres per unit of the numbers.
        grid: the local grid the numbers are in, where the user has its parameters.
        prefixed: whether eastings begin with a zone number though the file's CRS has none, or the reverse.
        agrees: whether the file (or whoever declared it) says the same.
    """

    source: "CRS"
    reverse: bool
    swapped: bool
    unit: float = 1.0
    prefixed: bool = False
    agrees: bool = True
    grid: "Grid | None" = None

    def placed(self, written: "Points") -> "Points":
        """Points as x, y of the source."""
        return np.asarray((written[:, ::-1] if self.reverse else written) * self.unit, dtype=np.float64)

    def on(self, placed: "Points", target: "CRS") -> "Points":
        """Points of the source in another CRS."""
        if self.grid is not None:
            return moved(self.grid.moved(placed), self.grid.target, target)
        return moved(placed, self.source, target)

    @property
    def plane(self) -> "CRS | None":
        """The plane the numbers measure areas in; None for degrees, and for the plane of web maps."""
        flat = self.grid is not None or self.source.is_projected
        return self.source if flat and not is_web_mercator(self.source) else None


def readings(survey: Survey, claim: Claim, points: "Points", grid: "Grid | None" = None) -> Iterator[Reading]:
    """Every way the numbers of a file can be read; those that contradict its own words among them.

    Args:
        survey: the file.
        claim: what it says about its coordinate system, or what was declared.
        points: all its points as written, shape (n, 2).
        grid: the local grid it names, where the user has its parameters.
    """
    middle = np.median(points, axis=0)
    if grid is not None:
        for swapped in (False, True):
            yield Reading(grid.plane, survey.northing_first != swapped, swapped, survey.units[0], grid=grid)
        return
    for unit in survey.units:
        for swapped in (False, True):
            reverse = survey.northing_first != swapped
            east, north = (middle[::-1] if reverse else middle) * unit
            for source, prefixed, agrees in _sources(claim, float(east), float(north)):
                if unit == 1.0 or not source.is_geographic:
                    yield Reading(source, reverse, swapped, unit, prefixed, agrees)


def moved(xy: "Points", source: "CRS", target: "CRS") -> "Points":
    """Points in another CRS; between the two namings of one zone only its number is added or taken away.

    >>> moved(np.array([[39565274.25, 4334317.75]]), parse("EPSG:4527"), parse("EPSG:4548")).tolist()
    [[565274.25, 4334317.75]]
    """
    if source.equals(target, ignore_axis_order=True):
        return xy
    other = twin(source)
    if other is not None and other.equals(target, ignore_axis_order=True):
        return np.add(xy, [_false_easting(target) - _false_easting(source), 0.0])
    return np.asarray(shapely.get_coordinates(to_crs(shapely.points(xy), source, target)), dtype=np.float64)


def near(
    reading: Reading, written: "Points", crs: "CRS | None", boundary: "BaseGeometry | None"
) -> "NDArray[np.bool_]":
    """Whether points, so read, lie near the study area; without one, where their coordinate system is meant for."""
    with np.errstate(invalid="ignore"):
        if crs is not None and boundary is not None and not boundary.is_empty:
            x, y = reading.on(reading.placed(written), crs).T
            west, south, east, north = np.array(boundary.bounds) + np.array([-NEAR, -NEAR, NEAR, NEAR])
        else:
            x, y = reading.on(reading.placed(written), parse(_DEGREES)).T
            meant = reading.source.area_of_use
            west, south, east, north = _AROUND if meant is None else np.array(meant.bounds) + _AROUND_ZONE
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def inside(written: "Points", ellipsoid: str, crs: "CRS", boundary: "BaseGeometry") -> int:
    """How many points lie in the study area as Gauss-Kruger coordinates of an ellipsoid: the best of all zones.

    The shift between the datums, about a hundred metres, is left out: nobody has published it.
    """
    from pyproj import Proj

    best = 0
    area = shapely.prepared.prep(boundary)
    for east, north in ((written[:, 1], written[:, 0]), (written[:, 0], written[:, 1])):
        for meridian in _meridians(float(np.median(east))):
            plane = Proj(f"+proj=tmerc +lon_0={meridian} +x_0=500000 +ellps={ellipsoid}")
            lonlat = np.column_stack(plane(east % 1e6, north, inverse=True))
            if np.isfinite(lonlat).all():
                there = shapely.points(moved(lonlat, parse(_DEGREES), crs))
                best = max(best, sum(area.covers(p) for p in there))
    return best


def _sources(claim: Claim, east: float, north: float) -> Iterator[tuple["CRS", bool, bool]]:
    """Coordinate systems in which such a point can be: whether its zone number is odd, whether the claim agrees."""
    degrees = abs(east) <= 360 and abs(north) <= 90
    whole = claim.crs
    if whole is not None and whole.is_geographic:
        if degrees:
            yield whole, False, claim.unit != "m"
    elif whole is not None:
        other = twin(whole)
        fits = other is None or _prefix(whole) == int(max(east, 0.0) // 1e6)
        if fits and not degrees:
            yield whole, False, _meridian_agrees(claim, _meridian(whole))
        if other is not None and not fits and _prefix(other) == int(max(east, 0.0) // 1e6):
            yield other, True, _meridian_agrees(claim, _meridian(whole))
    elif degrees:
        yield parse("EPSG:4326" if claim.datum == "WGS84" else _DEGREES), False, claim.unit != "m"
    elif 0 <= north < 1e7:
        yield from _zones(claim, east)


def _zones(claim: Claim, east: float) -> Iterator[tuple["CRS", bool, bool]]:
    for meridian in _meridians(east):
        prefix = int(east // 1e6)
        # a zone of 6 degrees and one of 3 share every second meridian: then they are one plane
        six = prefix in range(13, 24) if prefix else claim.width == 6
        if six and meridian % 6 != 3:
            continue
        agrees = claim.unit != "deg" and _meridian_agrees(claim, meridian)
        if prefix and claim.zone is not None:
            agrees = agrees and claim.zone == prefix
        yield parse(f"EPSG:{_code(int(meridian), six=six, prefixed=bool(prefix))}"), False, agrees


def _meridians(east: float) -> list[float]:
    """Central meridians an easting can belong to: one where it begins with a zone number, else every one."""
    prefix, rest = divmod(east, 1e6)
    if not _EDGE[0] <= rest < _EDGE[1]:
        return []
    if prefix == 0:
        return [float(m) for m in range(75, 136, 3)]
    if prefix in range(13, 24):
        return [6 * prefix - 3]
    return [3 * prefix] if prefix in range(25, 46) else []


def _code(meridian: int, *, six: bool, prefixed: bool) -> int:
    """The EPSG number of a zone of CGCS2000.

    >>> _code(117, six=False, prefixed=False), _code(117, six=True, prefixed=True)
    (4548, 4498)
    """
    if six:
        return (4491 if prefixed else 4502) + (meridian - 75) // 6
    return (4513 if prefixed else 4534) + (meridian - 75) // 3


def _meridian_agrees(claim: Claim, meridian: float | None) -> bool:
    if meridian is None:
        return True
    if claim.meridian is not None and abs(claim.meridian - meridian) > 1e-9:
        return False
    if claim.zone is None:
        return True
    if claim.zone in range(13, 24):
        return 6 * claim.zone - 3 == meridian
    return claim.zone in range(25, 46) and 3 * claim.zone == meridian


def _meridian(crs: "CRS") -> float | None:
    return _parameter(crs, "Longitude of natural origin")


def _prefix(crs: "CRS") -> int:
    return int(_false_easting(crs) // 1e6)


def _false_easting(crs: "CRS") -> float:
    return _parameter(crs, "False easting") or 0.0


def _parameter(crs: "CRS", name: str) -> float | None:
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    return next((float(p.value) for p in operation.params if p.name == name), None)
