"""Curves of a file: GDAL makes them straight on the way in, here so finely that no area shows it, and says nothing.

GDAL's own step of 4 degrees takes 0.081 % off the area of a circle: a sector of angle t holds t / 2, its triangle
sin(t) / 2, so that about t * t / 6 of it is lost. At `STEP` that is 0.8 millionths.
"""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from geoplan.measure import Note
from geoplan.read.database import Table
from geoplan.read.dataset import worded
from geoplan.read.drivers import STEP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.crs import Bounds
    from geoplan.read.dataset import Dataset

__all__ = ["noted"]

_SINGLE, _SEVERAL = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON"), ("MULTICURVE", "MULTISURFACE")
_MARKS = (b"CURVE", b"CIRCULARSTRING", b"MULTISURFACE", b"Arc", b"Circle")
"""What a text that holds curves has in it somewhere: as well-known text, or as GML."""
_PLAIN = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_BLOCK = 1 << 24


def noted(data: "Dataset", where: str = "", box: "Bounds | None" = None) -> tuple[Note, ...]:
    """How many features with curves were made straight, and how finely; nothing where there are none.

    Args:
        data: the table, open.
        where: the filter it is read with.
        box: the box it is read by, in its own CRS.
    """
    with worded(data.found), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        count = data.curved(where, box) if isinstance(data, Table) else _count(data, where, box)
    return (Note("read.curves", {"path": data.found.text, "count": count, "step": f"{STEP:g}"}),) if count else ()


def _count(data: "Dataset", where: str, box: "Bounds | None") -> int:
    """The features of a file that hold curves."""
    if not _may_hold(data):
        return 0
    # what is told to be several surfaces may all the same be several plain polygons
    several = _found(data, _SEVERAL, where, box)
    return len(_found(data, _SINGLE, where, box)) + (_of_arcs(data, several) if len(several) else 0)


def _found(data: "Dataset", names: Sequence[str], where: str, box: "Bounds | None") -> "NDArray[np.int64]":
    """The numbers of the features whose shapes are of these kinds."""
    import numpy as np
    import pyogrio.raw

    kind = f'ST_GeometryType("{data.geometry_column}")' if data.driver == "GPKG" else "OGR_GEOMETRY"
    curved = " OR ".join(f"{kind} LIKE '{name}%'" for name in names)
    # what tells the kind of a shape to a GeoPackage needs no shape to be read; elsewhere it is the shape
    kept = f"({where}) AND ({curved})" if where else curved
    columns: list[str] | None = None if where else []
    options = {"bbox": box, "return_fids": True, "read_geometry": data.driver != "GPKG", **data.options}
    found = pyogrio.raw.read(data.path, layer=data.layer, columns=columns, where=kept, **options)
    return np.asarray(found[1], dtype=np.int64)


def _of_arcs(data: "Dataset", fids: "NDArray[np.int64]") -> int:
    """How many of these features have more vertices the finer arcs are chorded."""
    import numpy as np
    import pyogrio
    import shapely

    counts = []
    try:
        for step in (90.0, STEP):
            pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": f"{step:g}"})
            read = pyogrio.raw.read(data.path, layer=data.layer, columns=[], fids=fids, **data.options)
            counts.append(shapely.get_num_coordinates(shapely.from_wkb(read[2], on_invalid="ignore")))
    finally:
        pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": None})
    return int(np.count_nonzero(counts[0] != counts[1]))


def _may_hold(data: "Dataset") -> bool:
    """Whether a file may hold curves, as far as that is told without reading its shapes."""
    import pyogrio.raw

    if data.driver == "GPKG":
        query = f"SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = '{_quoted(data.layer)}'"  # noqa: S608  (quoted)
        kinds = pyogrio.raw.read(data.path, sql=query, read_geometry=False, **data.options)[3]
        return not all(str(kind).upper() in _PLAIN for column in kinds for kind in column)
    if data.driver not in {"CSV", "GML"} or data.found.file is None or data.found.member:
        return data.driver in {"OpenFileGDB", "CSV", "GML"}
    with data.found.file.open("rb") as file:
        rest = b""
        while block := file.read(_BLOCK):
            if any(mark in rest + block for mark in _MARKS):
                return True
            rest = block[-16:]
    return False


def _quoted(name: str) -> str:
    return name.replace("'", "''")
