"""Data that do not cover the place, are of another time, or mean nothing where they lie; grids included."""

import warnings

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from bad_inputs_bench import PLACE, STUDY, both, contract, problems, put, refused, right, rows, shown, square

from geoplan import read
from geoplan.errors import GeoplanError
from geoplan.ops.raster import greener

HOMES = contract()
PEOPLE = contract(columns={"population": {"aliases": ["RK"], "kind": "number", "unit": "people"}})
CONTROL = contract(name="red_line", control=True)


HERE = Affine(10, 0, 500_000, 0, -10, 4_335_000)


def homes(*shapes, **declared):
    def make(desk):
        made = [square(0, 0)] if not shapes else list(shapes)
        return {"path": desk.write("小区.gpkg", {"RK": [3.0] * len(made)}, made), **declared}

    return make


def cover(*shapes, **declared):
    """Homes, with a file of polygons that says what they cover."""

    def make(desk):
        desk.write("范围.gpkg", {"n": range(len(shapes))}, list(shapes))
        return {**homes()(desk), "covers": "范围.gpkg", **declared}

    return make


def covers(share):
    def check(layer):
        whole = shapely.area(PLACE)
        held = shapely.area(shapely.intersection(layer.source.covers, PLACE))
        assert held == pytest.approx(share * whole)

    return check


def grid(
    name,
    values=None,
    *,
    transform=HERE,
    crs="EPSG:4548",
    scale=None,
    offset=None,
    nodata=None,
    dtype="float32",
    count=1,
    **declared,
):
    """A grid of a hundred cells a side."""

    def make(desk):
        held = np.full((100, 100), 0.5) if values is None else values
        profile = {"driver": "GTiff", "width": 100, "height": 100, "count": count, "dtype": dtype, "nodata": nodata}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = rasterio.open(desk.folder / name, "w", transform=transform, crs=crs, **profile)
        with made:
            for band in range(1, count + 1):
                made.write(held.astype(dtype), band)
            if scale is not None:
                made.scales, made.offsets = (scale,), (offset or 0.0,)
        return {"path": name, **declared}

    return make


def holds(low, high, unknown=0):
    def check(layer):
        held = np.concatenate([block.ravel() for _, block in layer.raster.blocks()])
        assert np.nanmin(held) == pytest.approx(low)
        assert np.nanmax(held) == pytest.approx(high)
        assert int(np.isnan(held).sum()) == unknown

    return check


HALF = np.where(np.arange(10_000).reshape(100, 100) < 5_000, 0.2, 0.6)
WITH_NOTHING = np.where(np.arange(10_000).reshape(100, 100) < 100, -9999.0, 0.6)

COVERAGE = (
    refused("all features outside the place", HOMES, homes(square(90_000, 0)), "source.elsewhere", "小区.gpkg", 'covers = "boundary"'),
    right("nothing here, and the data say they cover the place", HOMES, homes(square(90_000, 0), covers="boundary"), covers(1)),
    right("a feature across the border of the place is read whole", HOMES, homes(square(8_950, 0)), lambda layer: shapely.area(layer.frame.geometry.to_numpy()).sum() == pytest.approx(10_000)),
    refused("control lines that cover their own extent", CONTROL, homes(covers="extent"), "source.covers_control", "red_line", "covers", checked=False),
    refused("a file of the ground that is covered, which is not there", HOMES, homes(covers="bounary"), "source.missing", "bounary"),
    refused("a file of the ground that is covered, misspelt", HOMES, lambda d: {**cover(square(0, 0))(d), "covers": "范围.gpgk"}, "source.nearest", "范围.gpgk", "范围.gpkg"),
    refused("covers that is no text", HOMES, homes(covers=True), "source.key", 'covers = "boundary"'),
    shown("data that cover half of the place", HOMES, cover(shapely.box(499_000, 4_333_000, 504_000, 4_343_000)), "not_covered", "doubt", "50"),
    right("data that say what they cover", HOMES, cover(shapely.box(499_000, 4_333_000, 504_000, 4_343_000)), covers(0.5)),
)  # fmt: skip

TIMES = (
    shown("data older than the study", HOMES, homes(as_of="2018-12-31"), "older_than_target", "doubt", "2018", "2025"),
    shown("people of another year", PEOPLE, homes(as_of="2020-11-01"), "older_population", "doubt", "2020", "2025"),
    shown("data of last year", HOMES, homes(as_of="2024"), "older_than_target", "remark", "2024"),
    shown("data newer than the study", HOMES, homes(as_of="2026-01-01"), "newer_than_target", "remark", "2026"),
    shown("data that are no longer valid", HOMES, homes(as_of="2025", valid_to="2022-12-31"), "expired", "doubt", "2022-12-31"),
    shown("data of no date", HOMES, homes(), "undated", "remark", "as_of"),
)  # fmt: skip

NDVI = "ndvi"
GRIDS = (
    right("a scale and an offset", NDVI, grid("n.tif", HALF * 100 + 100, scale=0.01, offset=-1.0, dtype="uint8"), holds(0.2, 0.6)),
    right("a value that means nothing, said by the file", NDVI, grid("n.tif", WITH_NOTHING, nodata=-9999), holds(0.6, 0.6, 100)),
    right("a value that means nothing, said by the study", NDVI, lambda d: {**grid("n.tif", WITH_NOTHING)(d), "nodata": -9999}, holds(0.6, 0.6, 100)),
    refused("no CRS", NDVI, grid("n.tif", crs=None), "crs.none_said", "n.tif", NDVI),
    refused("nothing says where the cells lie", NDVI, grid("n.tif", transform=Affine.identity()), "source.not_placed", "n.tif"),
    refused("a band that is not there", NDVI, lambda d: {**grid("n.tif")(d), "band": 4}, "source.no_band", "4", "1"),
    refused("a band of nothing", NDVI, lambda d: {**grid("n.tif")(d), "band": 0}, "source.key", "band = 1"),
    refused("a grid elsewhere", NDVI, grid("n.tif", transform=Affine(10, 0, 900_000, 0, -10, 4_335_000)), "source.elsewhere", "n.tif"),
    refused("a grid with the meridian of its neighbour", NDVI, grid("n.tif", crs="EPSG:4549"), "source.elsewhere_as", "n.tif", 'crs = "EPSG:4548"'),
    refused("a grid of metres labelled degrees", NDVI, grid("n.tif", crs="EPSG:4490"), "crs.metres_as_degrees", "n.tif"),
    refused("a grid with a zone number", NDVI, grid("n.tif", transform=Affine(10, 0, 39_500_000, 0, -10, 4_335_000)), "crs.zone_prefix", "39", "n.tif"),
    refused("a picture that is no grid", NDVI, lambda d: {"path": d.text("n.tif", "not a map at all")}, "source.unreadable", "n.tif"),
    refused("a table where a grid is asked for", NDVI, lambda d: {"path": d.csv("n.csv", "x,y", "1,2")}, "source.unreadable", "n.csv"),
    refused("two grids for one", NDVI, lambda d: {**grid("n.tif")(d), "path": [grid("a.tif")(d)["path"], "n.tif"]}, "source.one_raster", NDVI, checked=False),
    refused("a grid that only points to another", NDVI, lambda d: {"path": d.text("n.tif", '<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')}, "source.indirect", "n.tif"),
)  # fmt: skip


@rows(*COVERAGE, *TIMES, *GRIDS)
def test_coverage(row, folder, record_property):
    put(row, folder, record_property)


@pytest.mark.parametrize(
    ("values", "scale"),
    [(np.full((100, 100), 180.0), None), (np.full((100, 100), 6_000.0), None), (WITH_NOTHING, None), (HALF * 1e4, 0.001), (HALF - 2, None)],
    ids=["bytes without a scale", "ten thousandths without a scale", "a value that means nothing, unsaid", "a scale ten times too large", "below -1"],
)  # fmt: skip
def test_a_greenness_no_plant_has_is_refused(values, scale, folder, record_property):
    from bad_inputs_bench import CATALOGUE, Desk

    layer = read.open_layer(
        CATALOGUE.layer(NDVI), grid("n.tif", values, scale=scale)(Desk(folder)), folder=folder, crs=STUDY, area=PLACE
    )
    held = np.concatenate([block.ravel() for _, block in layer.raster.blocks()])
    with pytest.raises(GeoplanError) as caught:
        greener(0.3)(held)
    assert caught.value.id == "raster.not_ndvi"
    both(caught.value, (f"{np.nanmax(held):g}",))
    assert problems(lambda: greener(0.3)(np.array([0.2, np.nan]))) == []
    record_property("bad_input", "refused")
