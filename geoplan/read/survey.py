"""What somebody's file says about plots, as written: before anyone has settled where on the ground the numbers lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from geoplan.errors import GeoplanError
from geoplan.measure import Note
from geoplan.plot import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.plot import Role

__all__ = [
    "Claim",
    "Figure",
    "Kind",
    "Loop",
    "RawPlot",
    "Spot",
    "Survey",
    "at_entity",
    "at_feature",
    "at_file",
    "at_line",
    "at_row",
]

Kind: TypeAlias = Literal["polygon", "line", "point"]
Spot: TypeAlias = Callable[[int], GeoplanError]
"""Where the n-th point of something stands in the file, as a sentence."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file, or whoever declares it, says about its coordinate system.

    Attributes:
        text: as written.
        datum: `CGCS2000`, `WGS84`, `XIAN80`, `BEIJING54`, `GCJ02`, `local` (a name no register knows), or empty.
        width: degrees of a zone, 3 or 6; None where nothing is said.
        zone: the zone number; None where nothing is said.
        meridian: the central meridian in degrees; None where nothing is said.
        unit: `m`, `deg`, or empty.
        crs: the whole coordinate system where it is said completely (.prj, EPSG number, KML).
    """

    text: str = ""
    datum: str = ""
    width: int | None = None
    zone: int | None = None
    meridian: float | None = None
    unit: Literal["m", "deg", ""] = ""
    crs: "CRS | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One ring (or line, or point) of corners, as written and without the closing one.

    Attributes:
        number: of the ring, as written.
        labels: names of the points, or empty texts.
        xy: shape (n, 2): the first and the second number of each row.
        spot: where the n-th corner stands in the file.
        sides: metres of a side as the file states it, or None; which side of its row it is, the numbers must show.
        closed: whether the file repeats the first corner at the end.
    """

    number: str
    labels: tuple[str, ...]
    xy: "NDArray[np.float64]"
    spot: Spot
    sides: tuple[float | None, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """An area as written, its unit not yet believed.

    Attributes:
        value: the number; None where none is written.
        unit: `ha`, `m2` or `mu` where the file names the unit, else empty.
        step: the unit of its last digit as written (0.0001 of 1.0000); 0 where nobody can tell.
    """

    value: float | None = None
    unit: str = ""
    step: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RawPlot:
    """One plot as written: either loops of corners, or a shape whose holes the file itself tells apart.

    Attributes:
        spot: where the plot stands in the file.
        area: what it states as its area.
        nested: whether a loop inside another is a hole of it, or leaves open whether it is a plot of its own.
        doubts: what makes the boundary doubtful; refused, unless the stated area or the sides confirm the corners.
    """

    spot: GeoplanError
    number: str = ""
    name: str = ""
    kind: Kind = "polygon"
    loops: tuple[Loop, ...] = ()
    shape: "BaseGeometry | None" = None
    area: Figure = Figure()
    role: "Role" = ""
    use: str = ""
    code: str = ""
    sheet: str = ""
    nested: Literal["hole", "open"] = "hole"
    notes: tuple[Note, ...] = ()
    project: Project = field(default_factory=Project)
    doubts: tuple[GeoplanError, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """A whole file as written.

    Attributes:
        northing_first: whether the first number of a point is said to be the northing (or the latitude).
        area: what the file states for all its plots together.
        units: metres per unit of the numbers that are possible, the likeliest first; a drawing may claim millimetres.
    """

    format: str
    claim: Claim
    plots: tuple[RawPlot, ...]
    northing_first: bool
    attributes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    units: tuple[float, ...] = (1.0,)
    area: Figure = Figure()


def at_line(line: int) -> GeoplanError:
    """A line of a text file.

    >>> str(at_line(12))
    'line 12'
    """
    return GeoplanError("site_at.line", line=line)


def at_row(sheet: str, row: int) -> GeoplanError:
    """A row of a worksheet.

    >>> str(at_row("Sheet1", 3))
    "sheet 'Sheet1', row 3"
    """
    return GeoplanError("site_at.row", sheet=sheet, row=row)


def at_feature(layer: str, n: int) -> GeoplanError:
    """A feature of a layer, counted from 1.

    >>> str(at_feature("plots", 1))
    "layer 'plots', shape 1"
    """
    return GeoplanError("site_at.feature", layer=layer, n=n)


def at_entity(layer: str, handle: str) -> GeoplanError:
    """An entity of a drawing, by its handle.

    >>> str(at_entity("0", "2F"))
    "drawing layer '0', entity 2F"
    """
    return GeoplanError("site_at.entity", layer=layer, handle=handle)


def at_file() -> GeoplanError:
    """The file as a whole.

    >>> str(at_file())
    'the file'
    """
    return GeoplanError("site_at.file")
