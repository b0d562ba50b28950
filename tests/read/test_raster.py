"""Grids of any file, block by block: what means nothing is not a number, and each keeps its own CRS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from geoplan.errors import CoverageError, CRSError, LayerError, SourceError, StudyError
from geoplan.layer import Layer, LayerSpec
from geoplan.read import raster

Open = Callable[..., Layer]
NORTH_UP = Affine(10, 0, 500_000, 0, -10, 4_335_000)


@pytest.fixture
def tif(folder: Path) -> Callable[..., Path]:
    def make(
        values: Any, name: str = "ndvi.tif", *, crs: Any = "EPSG:4548", transform: Affine = NORTH_UP,
        scale: float = 1.0, offset: float = 0.0, **options: Any,
    ) -> Path:  # fmt: skip
        bands = np.atleast_3d(np.asarray(values).T).T if np.ndim(values) == 2 else np.asarray(values)
        profile = {
            "driver": "GTiff", "height": bands.shape[1], "width": bands.shape[2], "count": bands.shape[0], "dtype": bands.dtype,
            "crs": crs, "transform": transform, **options,
        }  # fmt: skip
        with rasterio.open(folder / name, "w", **profile) as made:
            made.write(bands)
            made.scales, made.offsets = (scale,) * made.count, (offset,) * made.count
        return folder / name

    return make


@pytest.fixture
def ndvi() -> LayerSpec:
    from geoplan.catalogue import Catalogue

    return Catalogue.for_study().layer("ndvi")


def whole(layer: Layer, box: Any = None) -> np.ndarray:
    """The values of all blocks, put where they belong."""
    values = np.full(layer.raster.shape, -99.0)
    for window, block in layer.raster.blocks(box):
        rows, columns = window.toslices()
        assert block.shape == (window.height, window.width)
        assert (values[rows, columns] == -99).all(), "a cell came twice"
        values[rows, columns] = block
    return values


def test_values_are_scaled_and_offset_and_what_means_nothing_is_not_a_number(
    tif: Callable[..., Path], opened: Open, ndvi: LayerSpec
) -> None:
    # bytes: 200 * 0.01 - 1 = 1.0 would overflow in bytes; 255 is the file's nodata, 7 the study's
    tif(np.array([[0, 100], [200, 255], [7, 150]], dtype=np.uint8), scale=0.01, offset=-1.0, nodata=255)
    layer = opened(ndvi, path="ndvi.tif", nodata=7)
    assert whole(layer) == pytest.approx(np.array([[-1, 0], [1, np.nan], [np.nan, 0.5]]), nan_ok=True)
    assert whole(layer).dtype == np.float64


def test_a_band_is_chosen_from_one(tif: Callable[..., Path], opened: Open, ndvi: LayerSpec) -> None:
    tif(np.stack([np.zeros((2, 2)), np.ones((2, 2))]).astype("float32"))
    assert whole(opened(ndvi, path="ndvi.tif", band=2)).tolist() == [[1, 1], [1, 1]]
    with pytest.raises(SourceError) as error:
        opened(ndvi, path="ndvi.tif", band=3)
    assert error.value.id == "source.no_band"


@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 32}, {"blockysize": 3}])
def test_blocks_cover_every_cell_once_whatever_the_layout_of_the_file(
    layout: dict[str, Any], tif: Callable[..., Path], opened: Open, ndvi: LayerSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raster, "_CELLS", 500)
    values = np.random.default_rng(1).random((70, 50))
    tif(values, **layout)
    layer = opened(ndvi, path="ndvi.tif")
    assert len(list(layer.raster.blocks())) > 1
    assert (whole(layer) == values).all()
    assert (whole(layer) == values).all(), "a grid can be gone through again"


def test_a_box_reads_the_cells_that_meet_it_and_no_others(
    tif: Callable[..., Path], opened: Open, ndvi: LayerSpec
) -> None:
    values = np.arange(100.0).reshape(10, 10)
    tif(values)
    layer = opened(ndvi, path="ndvi.tif")
    # x 500015..500031 are columns 1 to 3, y 4334965..4334985 rows 1 to 3
    got = whole(layer, (500_015, 4_334_965, 500_031, 4_334_985))
    assert (got[1:4, 1:4] == values[1:4, 1:4]).all()
    assert (got == -99).sum() == 91
    assert list(layer.raster.blocks((600_000, 4_334_965, 600_031, 4_334_985))) == []


def test_a_grid_drawn_from_south_to_north_is_read_too(tif: Callable[..., Path], opened: Open, ndvi: LayerSpec) -> None:
    values = np.arange(6.0).reshape(3, 2)
    tif(values, transform=Affine(10, 0, 500_000, 0, 10, 4_334_000))
    layer = opened(ndvi, path="ndvi.tif")
    assert whole(layer, (500_000, 4_334_000, 500_020, 4_334_010))[0].tolist() == [0, 1]


def test_the_grid_keeps_its_crs_and_the_layer_knows_where_it_is_from(
    tif: Callable[..., Path], opened: Open, ndvi: LayerSpec, square: Callable[..., Any]
) -> None:
    tif(np.zeros((10, 10)), crs="EPSG:32650", transform=Affine(10, 0, 499_950, 0, -10, 4_332_400))
    layer = opened(ndvi, square(0, 0), path="ndvi.tif", covers="extent", as_of="2025-06")
    assert layer.is_raster
    assert layer.raster.crs.to_epsg() == 32650
    assert (layer.source.crs, layer.source.as_of) == ("EPSG:32650", "2025-06")
    assert layer.source.covers.area == pytest.approx(10_000, rel=0.01)
    assert layer.source.sha256


@pytest.mark.parametrize(
    ("options", "sentence", "kind"),
    [
        ({"crs": None}, "crs.none_said", CRSError),
        ({"transform": Affine.identity()}, "source.not_placed", LayerError),
        ({"transform": Affine(0.01, 0, 117.7, 0, -0.01, 39.2)}, "crs.degrees_as_metres", CRSError),
        ({"transform": Affine(10, 0, 700_000, 0, -10, 4_335_000)}, "source.elsewhere", CoverageError),
    ],
)
def test_a_grid_that_is_nowhere_or_elsewhere_is_refused(
    options: dict[str, Any],
    sentence: str,
    kind: type[Exception],
    tif: Callable[..., Path],
    opened: Open,
    ndvi: LayerSpec,
    square: Callable[..., Any],
) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rasterio remarks on a file it is asked to leave without a place
        tif(np.zeros((3, 3)), **options)
        with pytest.raises(kind) as error:
            opened(ndvi, square(0, 0, 1000), path="ndvi.tif")
    assert error.value.id == sentence


def test_a_grid_without_crs_takes_the_declared_one(tif: Callable[..., Path], opened: Open, ndvi: LayerSpec) -> None:
    tif(np.zeros((3, 3)), crs=None)
    assert opened(ndvi, path="ndvi.tif", crs="EPSG:4549").raster.crs.to_epsg() == 4549


def test_what_is_no_raster_and_several_rasters_are_refused(
    folder: Path, opened: Open, ndvi: LayerSpec, tif: Callable[..., Path]
) -> None:
    (folder / "a.tif").write_bytes(b"not a picture")
    with pytest.raises(SourceError):
        opened(ndvi, path="a.tif")
    tif(np.zeros((3, 3)))
    with pytest.raises(StudyError):
        opened(ndvi, path=["ndvi.tif", "ndvi.tif"])


def test_a_grid_that_vanished_says_so_when_it_is_read(tif: Callable[..., Path], opened: Open, ndvi: LayerSpec) -> None:
    path = tif(np.zeros((3, 3)))
    layer = opened(ndvi, path="ndvi.tif")
    path.unlink()
    with pytest.raises(SourceError):
        list(layer.raster.blocks())
