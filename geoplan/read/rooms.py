"""Tables that are not read as a file of GDAL: which room opens them."""

import contextlib
from typing import TYPE_CHECKING

from geoplan.postgres import is_address
from geoplan.read.copied import PARQUETS
from geoplan.read.service import is_service

if TYPE_CHECKING:
    from geoplan.read.dataset import Dataset
    from geoplan.read.guards import Found

__all__ = ["opened"]


def opened(found: "Found", layer: str, stack: contextlib.ExitStack) -> "Dataset | None":
    """A table of a database, of a service or of a GeoParquet; None of any other file.

    Args:
        found: the source.
        layer: the name of the table; may be left out where there is only one.
        stack: what is closed when the reading is over.

    Raises:
        SourceError: it cannot be opened, has no such table, or several to choose from.
    """
    # each loads what the others do without
    if is_address(found.gdal):
        from geoplan.read import database

        return stack.enter_context(database.opened(found, layer))
    if is_service(found.gdal):
        from geoplan.read import remote

        return remote.opened(found, layer, stack)
    if found.suffix in PARQUETS and found.file is not None:
        from geoplan.read import parquet

        return parquet.opened(found, layer, stack)
    return None
