"""Land cover of a park: a boundary in degrees, a grid in a projection of its own, and pixels counted one by one."""

import os
from pathlib import Path

import pytest
import shapely

from geoplan.ops.ellipsoid import area
from geoplan.ops.raster import Grid, between, shares

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif("GEOPLAN_REAL_DATA" not in os.environ, reason="GEOPLAN_REAL_DATA is not set"),
]


@pytest.fixture(scope="module")
def folder():
    return Path(os.environ["GEOPLAN_REAL_DATA"]) / "nlcd_zion_zonal"


def test_the_share_of_evergreen_forest_is_that_of_the_pixels_inside(folder):
    import geopandas as gpd
    import rasterio
    from pyproj import CRS
    from rasterio.features import geometry_mask

    park = gpd.read_file(folder / "zion.gpkg")
    with rasterio.open(folder / "nlcd.tif") as source:
        values, transform, crs = source.read(1), source.transform, CRS.from_wkt(source.crs.to_wkt())

        def blocks(_box):
            for _, window in source.block_windows(1):
                yield (
                    window,
                    values[
                        window.row_off : window.row_off + window.height, window.col_off : window.col_off + window.width
                    ],
                )

        grid = Grid(crs, transform, values.shape, blocks)
        degrees = park.to_crs(4326).geometry.to_numpy()
        found = shares(degrees, CRS(4326), grid, between(42, 42))
    there = park.to_crs(crs.to_wkt()).geometry.to_numpy()
    inside = ~geometry_mask(there, values.shape, transform)
    assert found.unknown[0] == 0
    # some 600,000 pixels, of which a few thousand lie on the border: by their centres they are in or out
    assert found.part[0] == pytest.approx((values[inside] == 42).mean(), abs=5e-4)
    assert shapely.area(there)[0] == pytest.approx(inside.sum() * abs(transform.determinant), rel=2e-3)
    # the same zone in the projection of the grid is another polygon by the bend of its edges only
    assert shares(there, crs, grid, between(42, 42)).part[0] == pytest.approx(found.part[0], abs=1e-5)
    # and so is its ground
    assert area(degrees, CRS(4326))[0] == pytest.approx(area(there, crs)[0], rel=1e-6)
