"""Where a file lies, and in which metres it can be measured, before anything of it is read."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from geoplan import crs as crs_room
from geoplan.errors import GeoplanError
from geoplan.read import dataset, guards
from geoplan.read.declared import sources_of
from geoplan.read.source_crs import crs_of

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["bounds_of", "extent_of"]


def extent_of(declared: Mapping[str, Any], folder: Path, *, allow_remote: bool = False) -> "tuple[BaseGeometry, CRS]":
    """The box around the features of a file, in the metre CRS chosen for where they lie.

    Args:
        declared: a table with a path, as study.toml declares layers.
        folder: where relative paths start.
        allow_remote: whether services on the network may be asked.

    Raises:
        SourceError: the file cannot be read.
        CRSError: it says no CRS, or lies where none can be chosen.
    """
    (said,) = sources_of("extent", declared)
    found = guards.locate(said.path, folder, allow_remote=allow_remote)
    with dataset.opened(found, layer=said.table, declared=said.encoding) as data:
        own, _ = crs_of(data.crs, said, data.bounds)
        crs_room.check_range(data.bounds, own, layer=said.owner, path=found.text)
        degrees = crs_room.transform_bounds(data.bounds, own, crs_room.parse(crs_room.LONLAT))
    metres = crs_room.choose(shapely.box(*degrees))
    return shapely.box(*crs_room.transform_bounds(degrees, crs_room.parse(crs_room.LONLAT), metres)), metres


def bounds_of(declared: Mapping[str, Any], folder: Path, *, allow_remote: bool = False) -> "crs_room.Bounds | None":
    """The box of the coordinates of a source as they stand in it, whatever system they are in.

    None where the source cannot be opened, holds nothing, or is several.

    Args:
        declared: its table in study.toml.
        folder: where relative paths start.
        allow_remote: whether services on the network may be asked.
    """
    try:
        said = sources_of("extent", declared)
        found = guards.locate(said[0].path, folder, allow_remote=allow_remote)
        with dataset.opened(found, layer=said[0].table, declared=said[0].encoding) as data:
            bounds = data.bounds
    except GeoplanError:
        return None
    return bounds if len(said) == 1 and all(map(math.isfinite, bounds)) else None
