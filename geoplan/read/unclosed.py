"""Rings whose ends do not meet: they are joined, which changes nothing a planner has drawn, and the ledger says so."""

import warnings
from typing import TYPE_CHECKING

from geoplan.layer import Entry
from geoplan.ops.ellipsoid import area
from geoplan.read.dataset import worded

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from geoplan.read.dataset import Dataset

__all__ = ["closed", "entries"]


def closed(rows: "gpd.GeoDataFrame", data: "Dataset") -> "tuple[gpd.GeoDataFrame, frozenset[int]]":
    """The rows with the shapes that could not be made for want of a last point, and the numbers of those.

    Args:
        rows: as they were read, by their number in the file.
        data: the table they are from.
    """
    import numpy as np
    import pyogrio

    lacking = rows.index[rows.geometry.isna()]
    if not len(lacking) or not data.path or data.found.file is None:
        return rows, frozenset()
    with warnings.catch_warnings(), worded(data.found):
        warnings.simplefilter("ignore")
        again = pyogrio.read_dataframe(
            data.path, layer=data.layer, columns=[], fids=lacking.to_numpy(), on_invalid="fix", fid_as_index=True,
            **data.options,
        )  # fmt: skip
    found = again[again.geometry.notna() & again.index.isin(lacking)]
    if not len(found):
        return rows, frozenset()
    shapes = rows.geometry.to_numpy().copy()
    shapes[rows.index.get_indexer(found.index)] = found.geometry.to_numpy()
    return rows.set_geometry(np.asarray(shapes, dtype=object), crs=rows.crs), frozenset(found.index.tolist())


def entries(
    frame: "gpd.GeoDataFrame", joined: frozenset[int], told: tuple[Entry, ...], crs: "CRS"
) -> tuple[Entry, ...]:
    """An entry for each feature in use whose ring was joined, unless another repair stands there already.

    Args:
        frame: the features in use, by their number in the file.
        joined: the numbers of those whose ring was joined.
        told: the entries there are.
        crs: of the study.

    >>> entries(None, frozenset(), (), None)
    ()
    """
    if not joined:
        return ()
    named = {entry.feature for entry in told}
    mine = frame[frame.index.isin(joined) & ~frame["id"].isin(named)]
    sizes = area(mine.geometry.to_numpy(), crs)
    return tuple(Entry(name, "repaired", "unclosed", float(m2)) for name, m2 in zip(mine["id"], sizes, strict=True))
