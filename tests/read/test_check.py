"""Everything wrong with a source is said before a run, without reading all of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoplan import read, sample
from geoplan.catalogue import Catalogue
from geoplan.layer import LayerSpec

Write = Callable[..., Path]
Square = Callable[..., Any]
CATALOGUE = Catalogue.for_study()


def said(folder: Path, spec: str | LayerSpec | None = None, **declared: Any) -> list[str]:
    contract = CATALOGUE.layer(spec) if isinstance(spec, str) else spec
    found = read.check_source(declared, folder, contract)
    assert all(e.say("zh") and e.say("en") for e in found)
    return [e.id for e in found]


def test_every_source_of_gridtown_is_in_order() -> None:
    import tomllib

    folder = sample.gridtown_folder()
    study = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    for name, declared in study["layers"].items():
        assert said(folder, name, **declared) == [], name


def test_several_things_wrong_are_said_at_once(folder: Path, write: Write, square: Square) -> None:
    write(folder / "a.gpkg", {"BSM": ["1"]}, [square(0, 0)], crs=None)
    declared = {"path": ["a.gpkg", "b.gpkg", "https://example.org/c.gpkg"], "covers": "nowhere.gpkg", "secrecy": "涉密"}
    assert said(folder, **declared) == [
        "source.secret", "layer.no_crs", "source.missing", "source.nearest", "source.missing", "source.remote", "source.missing",
    ] or said(folder, **declared)[:2] == ["source.secret", "layer.no_crs"]  # fmt: skip


def test_keys_written_wrongly_are_all_said(folder: Path) -> None:
    assert said(folder, path="a.gpkg", where=1, columns=[], band=0) == ["source.key"] * 3
    assert said(folder) == ["source.no_source"]


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ({"layer": "现状"}, "source.no_layer"), ({"where": "RK >< 1"}, "source.where"), ({"crs": "EPSG:4490"}, "crs.metres_as_degrees"),
        ({"columns": {"population": "人口"}}, "column.declared"), ({"columns": {"populaton": "RK"}}, "column.no_such"),
    ],
)  # fmt: skip
def test_what_can_be_told_from_the_head_is_told(
    declared: dict[str, Any], sentence: str, folder: Path, write: Write, square: Square
) -> None:
    write(folder / "a.gpkg", {"BSM": ["1"], "RK": [3]}, [square(0, 0)])
    assert said(folder, "residential", path="a.gpkg", **declared) == [sentence]
    assert said(folder, "residential", path="a.gpkg") == []


def test_cells_and_codes_are_looked_at(folder: Path, write: Write, square: Square) -> None:
    write(folder / "a.gpkg", {"RK": ["约500"], "DLBM": ["0701"]}, [square(0, 0)])
    assert said(folder, "residential", path="a.gpkg") == ["column.not_number"]
    assert said(folder, "land_use_current", path="a.gpkg") == ["layer.no_scheme"]
    assert said(folder, "land_use_current", path="a.gpkg", scheme="三调") == []


def test_a_filter_that_keeps_nothing_is_told_unless_somebody_says_that_is_right(
    folder: Path, write: Write, square: Square
) -> None:
    write(folder / "a.gpkg", {"BSM": ["1"], "JSZT": ["已建成"]}, [square(0, 0)])
    assert said(folder, "residential", path="a.gpkg", where="JSZT = '在建'") == ["source.where_nothing"]
    assert said(folder, "residential", path="a.gpkg", where="JSZT = '在建'", covers="boundary") == []
    assert said(folder, "residential", path="a.gpkg", where="JSZT = '已建成'") == []


def test_shapes_of_another_kind_than_the_contract_asks_for_are_told(folder: Path, write: Write, square: Square) -> None:
    write(folder / "lines.gpkg", {"BSM": ["1"]}, [square(0, 0).boundary])
    write(folder / "none.gpkg", {"BSM": ["1", "2"]}, [square(0, 0), None])
    assert said(folder, "residential", path="lines.gpkg") == ["layer.kind"]
    assert said(folder, "residential", path="none.gpkg") == []


def test_only_a_part_of_a_large_source_is_read(
    folder: Path, write: Write, square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geoplan.read import layers

    monkeypatch.setattr(layers, "_LOOKED_AT", 2)
    write(folder / "a.gpkg", {"RK": ["1", "2", "约500"]}, [square(200 * i, 0) for i in range(3)])
    assert said(folder, "residential", path="a.gpkg") == []


def test_a_boundary_is_checked_without_a_contract(folder: Path, write: Write, square: Square) -> None:
    write(folder / "b.gpkg", {"n": [1]}, [square(0, 0)])
    assert said(folder, path="b.gpkg") == []
    assert said(folder, path="b.gpkg", crs="EPSG:4490") == ["crs.metres_as_degrees"]


def test_grids_graphs_and_files_of_openstreetmap_are_looked_at_too(folder: Path) -> None:
    import rasterio
    from affine import Affine

    with rasterio.open(
        folder / "a.tif",
        "w",
        driver="GTiff",
        height=2,
        width=2,
        count=1,
        dtype="uint8",
        crs="EPSG:4548",
        transform=Affine(10, 0, 500_000, 0, -10, 4_335_000),
    ) as made:
        made.write(np.zeros((1, 2, 2), dtype="uint8"))
    (folder / "a.osm").write_text("<osm version='0.6'></osm>")
    (folder / "a.graphml").write_text("<graphml/>")
    (folder / "b.osm.pbf").write_bytes(b"nothing")
    (folder / "b.graphml").write_text("<html/>")
    assert said(folder, "ndvi", path="a.tif") == []
    assert said(folder, "ndvi", path="a.tif", band=2) == ["source.no_band"]
    assert said(folder, path="a.tif") == []
    assert said(folder, "walk_network", path="a.osm") == []
    assert said(folder, "walk_network", path="b.osm.pbf") == ["source.osm_broken"]
    assert said(folder, "walk_network", path="a.graphml") == []
    assert said(folder, "walk_network", path="b.graphml") == ["source.graphml"]
    assert said(folder, "ndvi", path="a.osm") == ["source.unreadable"]
