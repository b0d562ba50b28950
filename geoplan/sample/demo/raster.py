"""The greenness seen by a satellite: 10 m cells in UTM, consistent with what grows there, clouds left out."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.nature import blob
from geoplan.sample.demo.text import text

__all__ = ["CELL", "write_ndvi"]

CELL = 10.0
_GRID = "EPSG:32650"
_NODATA, _SCALE = -32768, 1e-4
# what a surface looks like when nothing else covers it
_BARE = {
    "river": -0.18, "canal": -0.12, "lake": -0.2, "pond": -0.05, "road": 0.06, "express": 0.05, "lane": 0.2,
    "reserve": 0.16,
    "flat": 0.08, "bank": 0.3, "marsh": 0.46, "meadow": 0.52, "wood": 0.72, "paddy": 0.62, "field": 0.55, "park": 0.42,
    "river_bank": 0.42, "canal_bank": 0.5, "buffer": 0.55, "port": 0.03, "industry": 0.1, "storage": 0.07,
}  # fmt: skip
_CANOPY = {"grove": 0.74, "lawn": 0.5, "street": 0.6, "estate": 0.52, "belt": 0.68, "roof": 0.38}
_CLOUDS = ((1150.0, 4750.0, 260.0), (2650.0, 4480.0, 170.0), (5150.0, 900.0, 140.0), (6500.0, 1500.0, 300.0))


def write_ndvi(city: City, canopy: gpd.GeoDataFrame, crs: object, origin: tuple[float, float], path: Path) -> None:
    """A GeoTIFF of 16-bit integers with scale 0.0001; cells under cloud, and beyond the survey, are nodata."""
    rng = city.rng("ndvi")
    kinds = {text()["canopy"][kind]: value for kind, value in _CANOPY.items()}
    bare = city.cover.assign(
        value=[_BARE.get(u, 0.12) if b else 0.2 for u, b in zip(city.cover["use"], city.cover["built"], strict=True)]
    )
    sea = gpd.GeoDataFrame({"value": [-0.25]}, geometry=[city.ground.sea])
    green = canopy.assign(value=canopy["kind"].map(kinds)).sort_values("value")
    drawn = _moved(stack([sea, bare, green])[["value", "geometry"]], crs, origin)
    clouds = _moved(gpd.GeoDataFrame(geometry=[blob(*c, rng) for c in _CLOUDS]), crs, origin)
    west, south, east, north = (float(v) for v in drawn.total_bounds)
    west, north = np.floor(west / CELL) * CELL, np.ceil(north / CELL) * CELL
    shape = (int(np.ceil((north - south) / CELL)), int(np.ceil((east - west) / CELL)))
    # four samples a cell: mixed cells at the edge of a park are mixed
    fine = rasterize(
        zip(drawn.geometry, drawn["value"], strict=True), out_shape=(2 * shape[0], 2 * shape[1]), fill=np.nan,
        transform=rasterio.Affine(CELL / 2, 0.0, west, 0.0, -CELL / 2, north), dtype="float32",
    )  # fmt: skip
    seen = fine.reshape(shape[0], 2, shape[1], 2).mean(axis=(1, 3)) + _texture(shape, rng)
    transform = rasterio.Affine(CELL, 0.0, west, 0.0, -CELL, north)
    seen[rasterize(clouds.geometry, out_shape=shape, transform=transform).astype(bool)] = np.nan
    _store(np.clip(seen, -1.0, 1.0), transform, path)


def _moved(frame: gpd.GeoDataFrame, crs: object, origin: tuple[float, float]) -> gpd.GeoDataFrame:
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy + np.asarray(origin))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=crs)).to_crs(_GRID)


def _texture(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Unevenness of a few cells across, about 0.03."""
    noise = rng.normal(0.0, 0.06, (shape[0] + 2, shape[1] + 2))
    rows = noise[:-2] + noise[1:-1] + noise[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 6.0)


def _store(values: NDArray[np.float64], transform: rasterio.Affine, path: Path) -> None:
    whole = np.where(np.isnan(values), _NODATA, np.round(values / _SCALE)).astype("int16")
    with rasterio.open(
        path, "w", driver="GTiff", height=whole.shape[0], width=whole.shape[1], count=1, dtype="int16", crs=_GRID,
        transform=transform, nodata=_NODATA, compress="deflate", tiled=True, blockxsize=256, blockysize=256,
    ) as tif:  # fmt: skip
        tif.write(whole, 1)
        tif.scales, tif.offsets = (_SCALE,), (0.0,)
        tif.set_band_description(1, "NDVI")
