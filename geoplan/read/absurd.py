"""Coordinates that no CRS has: they come of damaged bytes, and the arithmetic of the Earth would never end on them."""

from typing import TYPE_CHECKING

from geoplan import crs as crs_room
from geoplan.errors import GeometryError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["refuse_absurd"]

_FARTHEST = 1e8
"""Beyond what any CRS counts to, its zone written in front."""
_WIDEST = 1e6
"""Metres across, from which a shape is looked at more closely."""


def refuse_absurd(frame: "gpd.GeoDataFrame", path: str) -> None:
    """Refuse features with coordinates that are nowhere; those that are no numbers are left to the ledger.

    Raises:
        GeometryError: a coordinate is beyond those of any CRS.

    >>> import geopandas, shapely
    >>> refuse_absurd(geopandas.GeoDataFrame(geometry=[shapely.Point(117, 39)]), "a.shp")
    >>> try:
    ...     refuse_absurd(geopandas.GeoDataFrame(geometry=[shapely.Point(1e300, 0)]), "a.shp")
    ... except GeometryError as error:
    ...     error.id
    'source.absurd'
    >>> refuse_absurd(geopandas.GeoDataFrame(geometry=[]), "a.shp")
    """
    import numpy as np
    import shapely

    bounds = shapely.bounds(frame.geometry.to_numpy())
    absurd = (np.isfinite(bounds) & (np.abs(bounds) > _FARTHEST)).any(axis=1)
    if frame.crs is not None and frame.crs.is_projected:
        # a plane ends where its projection does, far beyond any country
        wide = np.flatnonzero(np.ptp(bounds.reshape(-1, 2, 2), axis=1).max(axis=1) > _WIDEST)
        corners = shapely.points(bounds[wide].reshape(-1, 2))
        turned = shapely.get_coordinates(crs_room.to_crs(corners, frame.crs, crs_room.parse(crs_room.LONLAT)))
        absurd[wide] |= ~np.isfinite(turned).reshape(-1, 4).all(axis=1)
    if absurd.any():
        raise GeometryError("source.absurd", path=path, feature=frame.index[absurd][0], count=int(absurd.sum()))
