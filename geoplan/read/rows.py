"""Rows as GDAL hands them, at about the memory of their shapes: the bytes of each are let go when its shape is made.

GDAL's streams of Arrow batches would hold less still, and are not used: where a page of a GeoPackage or a record of a
Shapefile is broken they end without a word, as if the table ended there.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from geoplan import crs as crs_room

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.crs import Bounds

__all__ = ["features", "move"]

_SHAPES = 64
"""Shapes that are made of their bytes at a time."""
_VERTICES = 16_384
"""Vertices that are moved to another CRS at a time."""


def features(
    path: str,
    layer: str,
    columns: list[str] | None = None,
    *,
    where: str = "",
    box: "Bounds | None" = None,
    most: int | None = None,
    fids: "NDArray[np.int64] | None" = None,
    options: Mapping[str, str],
) -> "gpd.GeoDataFrame | None":
    """Rows by their number in the file, times as texts, what is no shape as none; nothing of a table without shapes.

    Args:
        path: what GDAL is handed.
        layer: the name of the table.
        columns: names of the columns wanted; all where left out.
        where: a filter, handed to GDAL as it stands.
        box: in the CRS of the file.
        most: read at most so many rows.
        fids: numbers of the rows wanted; all where left out.
        options: of the driver.

    Raises:
        pyogrio.errors.DataSourceError: and its kin; the file cannot be read.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import pyogrio.raw
    import shapely

    meta, numbers, held, cells = pyogrio.raw.read(
        path, layer=layer, columns=columns, where=where or None, bbox=box, max_features=most, fids=fids,
        return_fids=True, datetime_as_string=True, **options,
    )  # fmt: skip
    if held is None:
        return None
    shapes = np.empty(len(held), dtype=object)
    for first in range(0, len(held), _SHAPES):
        part = slice(first, first + _SHAPES)
        shapes[part] = shapely.from_wkb(held[part], on_invalid="ignore")
        held[part] = None
    names = [str(name) for name in meta["fields"]]
    table = pd.DataFrame(dict(zip(names, cells, strict=True)), columns=names, index=pd.Index(numbers, name="fid"))
    # pyogrio keeps hold of its arrays until the next round of the garbage collector
    for cell in cells:
        if cell.dtype == object:
            cell.fill(None)
    for name, kind, subtype in zip(names, meta["dtypes"], meta["ogr_subtypes"], strict=True):
        if kind.startswith("datetime") and not pd.api.types.is_string_dtype(table[name].dtype):
            table[name] = table[name].astype("str").str.replace(" ", "T")
        elif subtype == "OFSTJSON":
            table[name] = _unfolded(table[name])
    return gpd.GeoDataFrame(table, geometry=shapes, crs=meta["crs"])


def move(shapes: "NDArray[np.object_]", source: "CRS", target: "CRS") -> None:
    """Put shapes in another CRS, flat, in their own array: each is let go when the moved one stands in its place.

    Raises:
        CRSError: as `geoplan.crs.to_crs`.

    >>> import shapely
    >>> there = shapely.points([[117.755, 39.14]])
    >>> move(there, crs_room.parse("EPSG:4326"), crs_room.parse("EPSG:4548"))
    >>> print(*shapely.get_coordinates(there)[0].round(3))
    565274.241 4334317.814
    >>> move(there[:0], crs_room.parse("EPSG:4326"), crs_room.parse("EPSG:4548"))
    """
    for part in _parts(shapes):
        shapes[part] = crs_room.to_crs(shapes[part], source, target)


def _parts(shapes: "NDArray[np.object_]") -> Iterator[slice]:
    """Runs of shapes of about so many vertices together."""
    import numpy as np
    import shapely

    run = np.cumsum(shapely.get_num_coordinates(shapes)) // _VERTICES
    edges = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(shapes)]
    yield from (slice(first, last) for first, last in pairwise(edges) if last > first)


def _unfolded(texts: "Any") -> "Any":
    """A column of JSON as what its texts hold; as it stands where one of them is no JSON."""
    import json

    import pandas as pd

    if pd.api.types.infer_dtype(texts) != "string":
        return texts
    try:
        return texts.map(json.loads, na_action="ignore")
    except ValueError:
        return texts
