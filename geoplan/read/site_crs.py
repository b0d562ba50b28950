"""Where on the ground the numbers of a file lie: settled by the file, its numbers and the study area, or refused.

Only one way of reading the numbers may be left. An old national datum, a city grid or a map of the web cannot be told
from numbers alone (they differ by a hundred metres), so they are never guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan.crs import choose, is_web_mercator, label, parse
from geoplan.errors import CRSError, GeometryError, GeoplanError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.site_claim import declared
from geoplan.read.site_planes import Reading, inside, near, readings
from geoplan.read.survey import Claim, Survey, at_file

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.read.grid_parameters import Grid

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["Ground", "Settled", "settle"]

_DEGREES = "EPSG:4490"
_SAME = 1.0
"""Metres: words that put a file no farther apart than this say the same."""
_ELLIPSOIDS = {"XIAN80": "IAU76", "BEIJING54": "krass"}


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What the numbers are held against, and what somebody has declared about them.

    Attributes:
        crs: of the study; None where there is none, and the zone the plots lie in is taken.
        boundary: the study area in it; None where there is no study, and then only complete statements are believed.
        declared: the coordinate system somebody declares, or empty.
        by: who declares it.
        grid: a local grid the user has the parameters of.
    """

    crs: "CRS | None" = None
    boundary: "BaseGeometry | None" = None
    declared: str = ""
    by: str = ""
    grid: "Grid | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """The one way to read a file.

    Attributes:
        name: the coordinate system as the file, or whoever declared it, names it.
        plane: the plane its numbers measure areas in; None for degrees.
        surveyed: from points as written to points in that plane (or in degrees).
        crs: of the study.
        study: from points of that plane to the CRS of the study.
    """

    name: str
    plane: "CRS | None"
    crs: "CRS"
    surveyed: Callable[["Points"], "Points"]
    study: Callable[["Points"], "Points"]
    declared_by: str = ""
    notes: tuple[Note, ...] = ()


def settle(survey: Survey, points: "Points", spot: Callable[[int], GeoplanError], ground: Ground, file: str) -> Settled:
    """The one way to read the numbers of a file.

    Args:
        survey: the file as written.
        points: all its points as written, shape (n, 2), at least one.
        spot: where the n-th of them stands.
        ground: the study area, and what was declared.
        file: its name.

    Raises:
        CRSError: no coordinate system named, an old or local one, several readings possible, or none; or a declaration
            that moves a file which could be read as it says.
        GeometryError: most points fit one reading, one does not; the sentence names its line.
    """
    claim, notes = _claimed(survey, ground, file)
    grid = ground.grid if ground.grid is not None and ground.grid.named(claim.text) else None
    if grid is None:
        _check_datum(survey, claim, points, ground, file)
    found = _Readings(list(readings(survey, claim, points, grid)), points, spot, ground)
    reading = found.only(claim, file)
    crs = ground.crs or _home(reading, points)
    if ground.declared:
        _refuse_contradiction(
            survey, points, spot, replace(ground, crs=crs), file, reading.on(reading.placed(points), crs)
        )
    return Settled(
        claim.text,
        reading.plane,
        crs,
        reading.placed,
        lambda xy: reading.on(xy, crs),
        ground.by if ground.declared else "",
        (*notes, *_odd(survey, claim, reading), *_outside(reading, points, crs, ground.boundary)),
    )


def _refuse_contradiction(
    survey: Survey,
    points: "Points",
    spot: Callable[[int], GeoplanError],
    ground: Ground,
    file: str,
    placed: "Points",
) -> None:
    """Refuse a declaration that puts a file elsewhere than its own words, where those alone would have been believed.

    It was made for files that say nothing, or what nobody can use; this one only went along with them.
    """
    try:
        own = settle(survey, points, spot, replace(ground, declared="", by=""), file)
    except GeoplanError:
        return
    off = placed - own.study(own.surveyed(points))
    east, north = off[int(np.argmax(np.hypot(*off.T)))]
    if np.hypot(east, north) > _SAME:
        raise CRSError(
            "site_file.contradicts", file=file, crs=survey.claim.text, declared=ground.declared, by=ground.by,
            off=f"{np.hypot(east, north):.0f}", north=f"{north:+.0f}", east=f"{east:+.0f}",
        )  # fmt: skip


def _outside(reading: Reading, points: "Points", crs: "CRS", boundary: "BaseGeometry | None") -> tuple[Note, ...]:
    """The note that corners lie beyond the study area, and how far: nothing is checked there."""
    if boundary is None or boundary.is_empty:
        return ()
    corners = shapely.points(reading.on(reading.placed(points), crs))
    shapely.prepare(boundary)
    beyond = corners[~shapely.covers(boundary, corners)]
    if not len(beyond):
        return ()
    far = float(shapely.distance(boundary, beyond).max())
    return (Note("site_note.outside", {"count": len(beyond), "whole": len(points), "metres": f"{far:.0f}"}),)


def _home(reading: Reading, points: "Points") -> "CRS":
    """The metre CRS of the place the points lie in."""
    lonlat = reading.on(reading.placed(points), parse(_DEGREES))
    return choose(shapely.box(*lonlat.min(axis=0), *lonlat.max(axis=0)))


def _claimed(survey: Survey, ground: Ground, file: str) -> tuple[Claim, tuple[Note, ...]]:
    """What the file says, or what was declared over it, and the note that says so."""
    claim = survey.claim
    if not ground.declared:
        return claim, ()
    said = {"crs": ground.declared, "by": ground.by}
    over = claim.text and words.folded(claim.text) != words.folded(ground.declared)
    note = (
        Note("site_note.declared_over", {**said, "file_crs": claim.text}) if over else Note("site_note.declared", said)
    )
    return declared(ground.declared, ground.by, claim, file), (note,)


def _check_datum(survey: Survey, claim: Claim, points: "Points", ground: Ground, file: str) -> None:
    """Refuse datums nobody can be sure of, saying how the numbers would fit."""
    if claim.datum in _ELLIPSOIDS:
        old, new = (_inside(points, e, ground) for e in (_ELLIPSOIDS[claim.datum], "GRS80"))
        sentence = "site_file.old_declared" if ground.declared else "site_file.old_crs"
        raise CRSError(sentence, file=file, crs=claim.text, old=old, new=new, count=len(points))
    if claim.datum == "local":
        raise CRSError("site_file.local_crs", file=file, crs=claim.text)
    if claim.datum == "GCJ02":
        raise CRSError("site_file.web_map", file=file, crs=claim.text)
    if claim.datum == "WGS84" and claim.crs is None and np.abs(points).max() > 360:
        raise CRSError("site_file.no_plane", file=file, crs=claim.text)
    if not claim.datum:
        found = _Readings(list(readings(survey, claim, points)), points, lambda _: at_file(), ground)
        names = ", ".join(sorted({label(r.source) for r in found.whole()})) or "-"
        raise CRSError("site_file.no_crs", file=file, fits=names)


def _inside(points: "Points", ellipsoid: str, ground: Ground) -> int | str:
    if ground.crs is None or ground.boundary is None or ground.boundary.is_empty:
        return "-"
    return inside(points, ellipsoid, ground.crs, ground.boundary)


@dataclass(frozen=True, slots=True, eq=False)
class _Readings:
    """The ways to read a file, and the points they are tried on."""

    all: list[Reading]
    points: "Points"
    spot: Callable[[int], GeoplanError]
    ground: Ground

    def fit(self, reading: Reading, points: "Points") -> "NDArray[np.bool_]":
        """Whether points lie near the study area, so read."""
        return near(reading, points, self.ground.crs, self.ground.boundary)

    def possible(self) -> list[Reading]:
        """Readings that put the middle of the file near the study area."""
        middle = np.median(self.points, axis=0)[None]
        return [r for r in self.all if self.fit(r, middle).all()]

    def whole(self) -> list[Reading]:
        """Readings that put every point there."""
        return [r for r in self.possible() if self.fit(r, self.points).all()]

    def only(self, claim: Claim, file: str) -> Reading:
        """The one reading that is left."""
        whole = self.whole()
        agreed = [r for r in whole if r.agrees]
        if len(agreed) > 1:
            # axes that can be read both ways: as the file says, if only that lies in the study area itself
            agreed = [r for r in agreed if self._within(r)] or agreed
        if len(agreed) == 1 and (not agreed[0].swapped or sum(r.agrees for r in whole) == 1):
            return agreed[0]
        if agreed:
            raise CRSError("site_file.several", file=file, readings=", ".join(_named(r) for r in agreed[:4]))
        if whole:
            fits = ", ".join(_named(r) for r in whole[:4])
            raise CRSError("site_file.conflict", file=file, crs=_said(claim), fits=fits)
        for reading in (r for r in self.possible() if r.agrees):
            self._refuse_far(reading, file)
        raise CRSError(
            "site_file.nowhere", file=file, where=self.spot(0), value=_shown(self.points[0]), crs=_said(claim)
        )

    def _within(self, reading: Reading) -> bool:
        boundary = self.ground.boundary
        if boundary is None or boundary.is_empty or self.ground.crs is None:
            return False
        x, y = reading.on(reading.placed(self.points), self.ground.crs).T
        west, south, east, north = boundary.bounds
        return bool(((x >= west) & (x <= east) & (y >= south) & (y <= north)).all())

    def _refuse_far(self, reading: Reading, file: str) -> None:
        """Name the point that does not lie where the others do."""
        far = np.flatnonzero(~self.fit(reading, self.points))
        if 2 * len(far) > len(self.points):
            return
        n = int(far[0])
        turned = self.fit(reading, self.points[n : n + 1, ::-1]).all()
        sentence = "site_file.swapped_point" if turned else "site_file.far_point"
        raise GeometryError(sentence, file=file, where=self.spot(n), value=_shown(self.points[n]))


def _odd(survey: Survey, claim: Claim, reading: Reading) -> tuple[Note, ...]:
    """What was read otherwise than the file says, in words."""
    source, notes = label(reading.source), []
    if reading.swapped:
        notes.append(Note("site_note.swapped", {}))
    if reading.prefixed:
        notes.append(Note("site_note.prefix", {"crs": claim.text, "found": source}))
    if reading.unit != survey.units[0]:
        notes.append(Note("site_note.unit", {"said": f"{survey.units[0]:g}", "unit": f"{reading.unit:g}"}))
    elif reading.unit != 1.0:
        notes.append(Note("site_note.scaled", {"unit": f"{reading.unit:g}"}))
    if survey.format in {"kml", "geojson"} and claim is survey.claim and claim.datum == "WGS84":
        notes.append(Note("site_note.by_format", {}))
    if is_web_mercator(reading.source):
        notes.append(Note("site_note.web_mercator", {}))
    if claim.crs is None and reading.plane is not None:
        if claim.zone is None and claim.meridian is None:
            notes.append(Note("site_note.zone_by_numbers", {"found": source}))
        elif claim.width is not None and claim.zone is not None and (claim.width == 3) != (claim.zone >= 25):
            notes.append(Note("site_note.width", {"width": claim.width, "zone": claim.zone, "found": source}))
    return tuple(notes)


def _named(reading: Reading) -> str:
    turned = "Y, X" if reading.reverse else "X, Y"
    return f"{label(reading.source)} ({turned}{'' if reading.unit == 1.0 else f', {reading.unit:g} m'})"


def _said(claim: Claim) -> str:
    parts = [claim.text, *(f"{v:g}" for v in (claim.width, claim.zone, claim.meridian) if v is not None)]
    return " / ".join(p for p in parts if p)


def _shown(point: "Points") -> str:
    return ", ".join(f"{v:.6f}" if abs(v) <= 360 else f"{v:.3f}" for v in point)
