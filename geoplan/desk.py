"""The desk where attachments are opened for a study, and handed on in another format."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import GeoplanError, SourceError

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.plot import Attachment
    from geoplan.sites.site import Site
    from geoplan.study import Study

__all__ = ["Claim", "Desk", "convert"]

# a file no reader was written for may break one of them: it is told as unread, and the batch goes on
_BREAKS = (OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError, MemoryError)


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """Where attachments are opened: the study they are for, and what was given to read them with.

    Attributes:
        crs: of the study, in metres.
        boundary: the study area in it.
        parameters: the user's file of 4 or 7 parameters, for sites in a local grid.
        width: metres a line is wide, or a point across.
        converter: the program that turns DWG into DXF.
        earlier: sites answered before, to tell what comes in again.
    """

    crs: "CRS"
    boundary: "BaseGeometry | None" = None
    parameters: Path | None = None
    width: float | None = None
    converter: str = ""
    earlier: "tuple[Site, ...]" = ()

    @classmethod
    def of(
        cls,
        study: "Study",
        *,
        parameters: Path | None = None,
        width: float | None = None,
        converter: str = "",
        earlier: "tuple[Site, ...]" = (),
    ) -> "Desk":
        """The desk of a study.

        Raises:
            SourceError: its boundary cannot be read.
        """
        from geoplan.run import place_of

        place = place_of(study, 0.0)
        return cls(place.crs, place.boundary, parameters, width, converter, earlier)

    def open(self, path: Path, declared: str = "", by: str = "") -> "Attachment":
        """The attachment.

        Raises:
            SourceError: it cannot be opened, or holds no coordinates.
            LayerError: it can be read in several ways, or contradicts itself.
        """
        from geoplan.read.attachments import open_attachment

        return open_attachment(
            path, crs=self.crs, boundary=self.boundary, declared_crs=declared, declared_by=by,
            parameters=self.parameters, width=self.width, converter=self.converter,
        )  # fmt: skip

    def opened(self, path: Path, declared: str = "", by: str = "") -> "Attachment | GeoplanError":
        """The attachment, or why it cannot be read."""
        try:
            return self.open(path, declared, by)
        except GeoplanError as error:
            return error
        except _BREAKS as error:
            return SourceError("intake.broken", file=path.name, kind=type(error).__name__, reason=str(error)[:200])


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of the attachments they hand over, outside any register."""

    crs: str = ""
    by: str = ""
    use: str = ""
    activities: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return self == Claim()


def convert(
    source: Path | str,
    out: Path | str,
    *,
    study: "Study | Path | str | None" = None,
    crs: str = "",
    declared_crs: str = "",
    declared_by: str = "",
    **given: Any,
) -> "Attachment":
    """Write an attachment in another format: that of the ending of `out`.

    Args:
        source: a file with the boundary of a site.
        out: a TXT, XLSX, Shapefile (also zipped), GeoJSON, GeoPackage, geodatabase, KML, DXF or WKT.
        study: where the site is; without one only files that state their coordinate system completely are read.
        crs: the coordinate system to write in, where another one is wanted than the format's own.
        declared_crs: the coordinate system somebody declares for the file; their word replaces the file's.
        declared_by: the name of who declares it.
        given: parameters, width and converter of `Desk`.

    Raises:
        SourceError: the file cannot be opened, or the other one not be written.
        LayerError: it can be read in several ways, or contradicts itself.
    """
    from geoplan.crs import parse
    from geoplan.read import attachments
    from geoplan.study import open_study

    to = parse(crs, where="--crs") if crs else None
    if study is None:
        return attachments.convert(
            Path(source), Path(out), to=to, declared_crs=declared_crs, declared_by=declared_by, **given
        )
    desk = Desk.of(open_study(study) if isinstance(study, (str, Path)) else study, **given)
    found = desk.open(Path(source), declared_crs, declared_by)
    attachments.write_attachment(found, Path(out), crs=desk.crs, to=to)
    return found
