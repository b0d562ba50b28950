"""Plots of land as an attachment describes them: what a surveyor's file says, settled into the study's metres."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from geoplan.measure import Note

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["Attachment", "Plot", "Project", "Role"]

Role = Literal["净用地", "代征", "临时", ""]


@dataclass(frozen=True, slots=True)
class Project:
    """What a file says, plot by plot, of the project a plot belongs to: 项目名称, 项目代码, 建设单位, 活动类别."""

    name: str = ""
    code: str = ""
    developer: str = ""
    activities: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """One plot of a project.

    Attributes:
        number: 地块编号, as written.
        name: 地块名称, as written.
        shape: polygon or multipolygon in the study CRS, x = easting.
        surveyed: the same shape in the plane its coordinates were given in, where 用地面积 is measured.
        plane: the CRS of `surveyed`; None where the coordinates came in degrees.
        labels: names of the boundary points (J1, J2, ...), ring by ring, outer ring first, in the order of the shape's
            coordinates without the closing one; empty where the file names none.
        declared_area: 面积 the file states, in m2; None where it states none.
        role: 净用地 | 代征 | 临时, or empty.
        use: 地块用途, as written.
        sheet: 图幅号, as written.
        code: 地类编码, as written.
        notes: what was odd and how it was read.
        project: the project it belongs to, where the file says so of each plot.
    """

    number: str
    name: str
    shape: "BaseGeometry"
    surveyed: "BaseGeometry"
    plane: "CRS | None"
    labels: tuple[tuple[str, ...], ...] = ()
    declared_area: float | None = None
    role: Role = ""
    use: str = ""
    sheet: str = ""
    notes: tuple[Note, ...] = ()
    code: str = ""
    project: Project = field(default_factory=Project)


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A file somebody sent: its plots, and what it says about itself.

    Attributes:
        file: its name, without the folder; for a member of an archive `archive.zip/member`.
        sha256: of its bytes.
        format: `txt`, `xlsx`, `shp`, `geojson`, `gpkg`, `gdb`, `kml`, `dxf`, `dwg`, `wkt`.
        crs: the coordinate system as the file (or whoever declared it) names it.
        declared_by: who declared the coordinate system with `--declare-crs`, or empty.
        plots: at least one.
        attributes: what else the file says (产生单位, 产生日期, 项目名称 ...), by its own keys.
        notes: what was odd about the file as a whole.
    """

    file: str
    sha256: str
    format: str
    crs: str
    plots: tuple[Plot, ...]
    declared_by: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
