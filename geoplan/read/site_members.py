"""The files of one archive: which of them are sites, and whether several say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from geoplan.errors import LayerError
from geoplan.measure import Note
from geoplan.plot import Plot
from geoplan.read import site_words as words

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geoplan.read.survey import Kind

__all__ = ["READ", "SHAPES", "Opened", "candidates", "joined", "meant"]

SHAPES = (".shp", ".gpkg", ".gdb", ".geojson", ".json", ".kml", ".kmz", ".ovkml")
READ = (".txt", ".xlsx", ".xlsm", ".dxf", ".dwg", ".wkt", *SHAPES)
"""Endings of what can be read."""
_BETTER = ("txt", "shp", "gpkg", "gdb", "xlsx", "dxf", "dwg", "geojson", "kml", "wkt")
"""Of files that say the same, which is read: the one that keeps names and numbers of points first."""
_AGREE = 1e-3
"""Share of their area by which files of one archive may differ and still say the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """One file read: its plots in the CRS of the study, and what it says of itself."""

    name: str
    format: str
    crs: str
    study: "CRS"
    plots: tuple[Plot, ...]
    attributes: Mapping[str, str]
    notes: tuple[Note, ...]

    @property
    def whole(self) -> "BaseGeometry":
        """All its plots together."""
        return shapely.union_all([plot.shape for plot in self.plots])


def candidates(members: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """The files of an archive that may be sites; a text among others only if it says so."""
    found: dict[str, Path] = {}
    for name, where in members:
        database = next((p for p in where.parents if p.suffix.lower() == ".gdb"), None)
        if database is not None:
            found[name[: name.lower().index(".gdb") + 4]] = database
        elif where.suffix.lower() in READ:
            found[name] = where
    texts = [name for name in found if name.lower().endswith(".txt")]
    for name in texts:
        if len(found) > 1 and not _is_boundary_text(found[name]):
            del found[name]
    return found


def _is_boundary_text(path: Path) -> bool:
    content = path.read_bytes()
    return any(words.PLOTS_SECTION.encode(encoding) in content for encoding in ("utf-8", "gb18030", "utf-16-le"))


def meant(found: Mapping[str, Path]) -> dict[str, Path]:
    """Of shapefiles in one archive, those with areas; of those, the ones named like sites where some are."""
    from geoplan.read.site_vector import kinds_of

    kinds: dict[str, set[Kind]] = {n: kinds_of(p, n) for n, p in found.items() if p.suffix.lower() == ".shp"}
    if len(kinds) < 2:
        return dict(found)
    areal = {name for name, shapes in kinds.items() if "polygon" in shapes} or set(kinds)
    named = {n for n in areal if words.SITE_LAYER.search(Path(n).stem) and not words.NOT_A_SITE.search(Path(n).stem)}
    dropped = set(kinds) - (named or areal)
    return {name: path for name, path in found.items() if name not in dropped}


def joined(opened: Sequence[Opened], file: str) -> Opened:
    """Files of one archive as one attachment: all the same, or shapefiles that each are a role of one project."""
    first = min(opened, key=lambda o: _BETTER.index(o.format))
    if len(opened) == 1 or all(_says_the_same(first, other) for other in opened):
        return first
    roles = [plot.role or words.role_of(Path(o.name).stem) for o in opened for plot in o.plots]
    if all(roles) and {o.format for o in opened} == {first.format}:
        plots = tuple(replace(p, role=r) for p, r in zip((p for o in opened for p in o.plots), roles, strict=True))
        notes = tuple(note for o in opened for note in o.notes)
        attributes = {k: v for o in reversed(opened) for k, v in o.attributes.items()}
        return Opened(file, first.format, first.crs, first.study, plots, attributes, notes)
    raise LayerError("site_file.which_member", file=file, names=", ".join(o.name.partition("/")[2] for o in opened))


def _says_the_same(a: Opened, b: Opened) -> bool:
    larger = max(float(a.whole.area), float(b.whole.area))
    return float(shapely.symmetric_difference(a.whole, b.whole).area) <= _AGREE * larger
