"""Small synthetic files, in a folder with a name no program expects, and contracts to read them by."""

import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.layer import Layer, LayerSpec

if "read_serving" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location("read_serving", Path(__file__).with_name("serving.py"))
    _MODULE = importlib.util.module_from_spec(_SPEC)
    sys.modules["read_serving"] = _MODULE
    _SPEC.loader.exec_module(_MODULE)

STUDY = CRS.from_epsg(4548)
WEST, SOUTH = 500_000.0, 4_334_000.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study folder with Chinese, accents, blanks and signs in its name."""
    made = tmp_path / "数据 体检é ß (1) #2026%"
    made.mkdir()
    return made


@pytest.fixture
def square() -> Callable[..., Any]:
    """Squares of a side, by the metres their corner lies east and north of the corner of the town."""

    def make(x: float, y: float, side: float = 100.0) -> Any:
        return shapely.box(WEST + x, SOUTH + y, WEST + x + side, SOUTH + y + side)

    return make


@pytest.fixture
def write() -> Callable[..., Path]:
    """Write a table of shapes with GDAL, whatever it remarks about names it had to cut."""
    import pyogrio

    def make(path: Path, columns: dict[str, Any], shapes: Any, *, crs: Any = STUDY, **options: Any) -> Path:
        frame = gpd.GeoDataFrame(columns, geometry=np.array(shapes, dtype=object), crs=crs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, path, **options)
        return path

    return make


@pytest.fixture
def contract() -> Callable[..., LayerSpec]:
    """A contract as a file of layers/ would say it."""

    def make(name: str = "homes", geometry: str = "polygon", **table: Any) -> LayerSpec:
        return LayerSpec.from_toml(name, {"title": {"zh": "层", "en": "layer"}, "geometry": geometry, **table})

    return make


@pytest.fixture
def opened(folder: Path) -> Callable[..., Layer]:
    """A layer of the study folder, in EPSG:4548, everything there is unless an area is given."""

    def make(spec: LayerSpec, area: Any = None, **declared: Any) -> Layer:
        return read.open_layer(spec, declared, folder=folder, crs=STUDY, area=area)

    return make


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server of WFS and OGC API Features on this machine."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with sys.modules["read_serving"].running() as told:
        yield told
