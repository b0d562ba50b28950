"""Features of any format, in the study CRS, under the engine's names, every one of them accounted for."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import CRS

from geoplan import crs as crs_room
from geoplan.errors import ColumnError, CoverageError, CRSError, LayerError, SourceError, StudyError
from geoplan.layer import Layer, LayerSpec

Write = Callable[..., Path]
Open = Callable[..., Layer]
Contract = Callable[..., LayerSpec]
Square = Callable[..., Any]
STUDY = CRS.from_epsg(4548)
HOMES = {"columns": {"population": {"aliases": ["RK"], "kind": "number", "unit": "people", "minimum": 0}}}


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("homes.shp", "ESRI Shapefile"), ("homes.gpkg", "GPKG"), ("homes.gdb", "OpenFileGDB"), ("homes.fgb", "FlatGeobuf"),
        ("homes.geojson", "GeoJSON"), ("homes.gml", "GML"), ("homes.sqlite", "SQLite"), ("homes.tab", "MapInfo File"),
        ("homes.kml", "KML"),
    ],
)  # fmt: skip
def test_the_same_homes_come_out_of_every_format(
    name: str, driver: str, folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    degrees = driver in {"GeoJSON", "KML"}
    shapes = np.array([square(0, 0), square(300, 0, 200)], dtype=object)
    if degrees:
        shapes = crs_room.to_crs(shapes, STUDY, crs_room.parse("EPSG:4326"))
    columns = {"BSM": ["A", "B"], "RK": [7, 12]}
    # a KML has its own table of columns; this one names the ids as it does
    columns = {"Name": ["A", "B"], "RK": [7, 12]} if driver == "KML" else columns
    options = {"COORDINATE_PRECISION": 15} if driver == "GeoJSON" else {}
    write(folder / name, columns, shapes, crs=4326 if degrees else STUDY, driver=driver, **options)
    declared = {"columns": {"id": "Name"}} if driver == "KML" else {}
    layer = opened(contract(**HOMES), path=name, **declared)
    frame = layer.frame.sort_values("id")  # FlatGeobuf puts features in the order of its index
    assert frame["id"].tolist() == ["A", "B"]
    assert frame["population"].tolist() == [7.0, 12.0]
    assert frame.crs == STUDY
    # MapInfo rounds coordinates to centimetres
    close = 2e-4 if driver == "MapInfo File" else 1e-6
    assert shapely.area(frame.geometry.to_numpy()) == pytest.approx([10_000, 40_000], rel=close)
    assert list(layer.frame.columns) == ["id", "population", "class", "geometry"]
    assert layer.source.sha256
    assert (layer.ledger.read, layer.ledger.used) == (2, 2)


@pytest.fixture
def homes(folder: Path, write: Write, square: Square) -> Path:
    """Four homes, the last of them 5 km away, and one without a shape."""
    shapes = [square(0, 0), square(300, 0), square(600, 0), square(5000, 0), None]
    columns = {"BSM": list("ABCDE"), "RK": [1.0, np.nan, 3.0, 4.0, 5.0], "JSZT": ["有", "有", "无", "有", "有"]}
    return write(folder / "homes.gpkg", columns, shapes)


def test_only_what_meets_the_area_is_read_and_what_is_nowhere_is_set_aside(
    homes: Path, opened: Open, contract: Contract, square: Square
) -> None:
    layer = opened(contract(**HOMES), square(-10, -10, 350), path="homes.gpkg")
    assert layer.frame["id"].tolist() == ["A", "B"]
    assert (layer.ledger.read, layer.ledger.used, layer.ledger.set_aside) == (3, 2, 1)
    assert [(e.feature, e.reason) for e in layer.ledger.entries] == [("E", "no_shape")]


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile", "OpenFileGDB", "GeoJSON", "SQLite"])
def test_shapeless_features_are_accounted_for_in_every_format(
    driver: str, folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    name = {
        "GPKG": "a.gpkg",
        "ESRI Shapefile": "a.shp",
        "OpenFileGDB": "a.gdb",
        "GeoJSON": "a.geojson",
        "SQLite": "a.sqlite",
    }[driver]
    write(folder / name, {"BSM": ["A", "B"], "n": [1, 2]}, [square(0, 0), None], driver=driver)
    layer = opened(contract(), square(0, 0), path=name, crs="EPSG:4548", where="n >= 1")
    assert (layer.ledger.read, layer.ledger.set_aside) == (2, 1)


def test_a_feature_is_kept_whole_and_one_beside_the_area_is_not_read(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    # the box of the slanted area holds both homes, the area itself only the first
    area = shapely.Polygon([(499_990, 4_333_990), (500_200, 4_333_990), (499_990, 4_334_200)])
    write(folder / "a.gpkg", {"BSM": ["A", "B"]}, [square(0, 0), square(150, 150, 40)])
    layer = opened(contract(), area, path="a.gpkg")
    assert layer.frame["id"].tolist() == ["A"]
    assert layer.frame.geometry.area.tolist() == [10_000.0]


def test_a_filter_is_handed_over_as_it_stands_and_recorded(homes: Path, opened: Open, contract: Contract) -> None:
    layer = opened(contract(**HOMES), path="homes.gpkg", where="RK > 1 AND JSZT = '有'")
    assert layer.frame["id"].tolist() == ["D"]
    assert layer.source.where == "RK > 1 AND JSZT = '有'"


@pytest.mark.parametrize("driver", ["ESRI Shapefile", "OpenFileGDB", "FlatGeobuf"])
def test_a_filter_may_name_columns_the_contract_does_not_know(
    driver: str, folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    name = {"ESRI Shapefile": "a.shp", "OpenFileGDB": "a.gdb", "FlatGeobuf": "a.fgb"}[driver]
    write(folder / name, {"BSM": ["A", "B"], "QT": [1, 2]}, [square(0, 0), square(200, 0)], driver=driver)
    assert opened(contract(), path=name, where="QT = 2").frame["id"].tolist() == ["B"]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [("RK >< 1", "source.where"), ("nowhere = 1", "source.where"), ("RK > 99", "source.where_nothing")],
)
def test_a_filter_that_cannot_be_applied_or_fits_nothing_is_refused(
    where: str, sentence: str, homes: Path, opened: Open, contract: Contract
) -> None:
    with pytest.raises(SourceError) as error:
        opened(contract(), path="homes.gpkg", where=where)
    assert error.value.id == sentence
    assert where in error.value.say("zh")


def test_nothing_of_the_kind_is_an_answer_only_where_the_data_cover_the_place(
    folder: Path, write: Write, homes: Path, opened: Open, contract: Contract, square: Square
) -> None:
    far = square(90_000, 0)
    with pytest.raises(CoverageError) as error:
        opened(contract(), far, path="homes.gpkg")
    assert error.value.id == "source.elsewhere"
    assert len(opened(contract(), far, path="homes.gpkg", covers="boundary").frame) == 0
    write(folder / "none.gpkg", {"BSM": []}, [])
    with pytest.raises(CoverageError) as empty:
        opened(contract(), path="none.gpkg")
    assert empty.value.id == "source.nothing"
    assert len(opened(contract(), square(0, 0), path="none.gpkg", covers="boundary").frame) == 0


def test_a_place_between_the_features_is_an_answer(
    homes: Path, opened: Open, contract: Contract, square: Square
) -> None:
    layer = opened(contract(**HOMES), square(2000, 0), path="homes.gpkg")
    assert len(layer.frame) == 0
    assert {"id", "class", "geometry", "population"} <= set(layer.frame.columns)


def test_unknown_people_stay_unknown(homes: Path, opened: Open, contract: Contract) -> None:
    people = opened(contract(**HOMES), path="homes.gpkg").frame["population"]
    assert people.isna().tolist() == [False, True, False, False]


def test_the_crs_of_the_file_is_taken_and_a_declared_one_wins_once_that_of_the_file_is_said_to_be_wrong(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    write(folder / "a.gpkg", {"BSM": ["A"]}, [square(0, 0)], crs=4549)
    moved = opened(contract(), path="a.gpkg")
    assert moved.source.crs == "EPSG:4549"
    assert moved.frame.geometry.iloc[0].bounds[0] > 700_000
    with pytest.raises(CRSError) as contradicted:
        opened(contract(), path="a.gpkg", crs="EPSG:4548")
    assert contradicted.value.id == "crs.contradicts"
    declared = opened(contract(), path="a.gpkg", crs="EPSG:4548", crs_instead_of="EPSG:4549")
    assert declared.frame.geometry.iloc[0].bounds[0] == 500_000
    assert [n.sentence for n in declared.notes] == ["read.crs"]
    assert opened(contract(), path="a.gpkg", crs="EPSG:4549").notes == ()


@pytest.mark.parametrize(
    ("crs", "declared", "x", "y", "sentence"),
    [
        (None, "", 500_000, 4_334_000, "layer.no_crs"),
        (None, "EPSG:4548", 117.7, 39.1, "crs.degrees_as_metres"),
        (None, "EPSG:4490", 500_000, 4_334_000, "crs.metres_as_degrees"),
        (None, "EPSG:4548", 39_500_000, 4_334_000, "crs.zone_prefix"),
        (None, "EPSG:4527", 500_000, 4_334_000, "crs.no_zone_prefix"),
        (None, "EPSG:4548", 4_334_000, 500_000, "crs.swapped"),
        (None, "EPSG:4326", 39.1, 117.7, "crs.swapped"),
        (2384, "", 500_000, 4_334_000, "crs.no_transformation"),
        (None, "EPSG:nonsense", 500_000, 4_334_000, "crs.unknown"),
    ],
)
def test_coordinates_that_are_not_what_they_claim_are_refused(
    crs: int | None,
    declared: str,
    x: float,
    y: float,
    sentence: str,
    folder: Path,
    write: Write,
    opened: Open,
    contract: Contract,
) -> None:
    write(folder / "a.gpkg", {"BSM": ["A"]}, [shapely.box(x, y, x + 0.1, y + 0.1)], crs=crs)
    with pytest.raises(CRSError) as error:
        opened(contract(), path="a.gpkg", **({"crs": declared} if declared else {}))
    assert error.value.id == sentence
    assert error.value.say("zh")


def test_a_local_drawing_grid_is_no_crs(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    local = 'ENGCRS["天津90",EDATUM["local"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    write(folder / "a.gpkg", {"BSM": ["A"]}, [square(0, 0)], crs=local)
    with pytest.raises(CRSError) as error:
        opened(contract(), path="a.gpkg")
    assert error.value.id == "layer.no_crs"


def test_screen_coordinates_are_transformed_but_areas_measured_there_are_refused(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    web = crs_room.parse("EPSG:3857")
    shapes = crs_room.to_crs(np.array([square(0, 0)], dtype=object), STUDY, web)
    write(folder / "a.gpkg", {"BSM": ["A"], "MJ": [16_646.0]}, shapes, crs=3857)
    assert opened(contract(), path="a.gpkg").frame.geometry.area.iloc[0] == pytest.approx(10_000, rel=1e-6)
    sized = contract(columns={"stated_area": {"aliases": ["MJ"], "kind": "number", "unit": "m2"}})
    with pytest.raises(CRSError) as error:
        opened(sized, path="a.gpkg")
    assert error.value.id == "crs.measured"
    assert opened(sized, path="a.gpkg", area_basis="椭球面积").frame["stated_area"].tolist() == [16_646.0]


def test_layers_of_a_file_are_named_or_there_is_only_one(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    write(folder / "a.gpkg", {"BSM": ["A"]}, [square(0, 0)], layer="现状")
    assert opened(contract(), path="a.gpkg").source.layer == "现状"
    write(folder / "a.gpkg", {"BSM": ["B"]}, [square(0, 0)], layer="规划", append=True)
    # a table without shapes (styles, say) is no layer
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"style": ["x"]}, geometry=[None]).drop(columns="geometry"),
        folder / "a.gpkg",
        layer="layer_styles",
        append=True,
    )
    with pytest.raises(SourceError) as several:
        opened(contract(), path="a.gpkg")
    assert several.value.id == "source.which_layer"
    assert "layer_styles" not in several.value.fields["names"]
    with pytest.raises(SourceError) as unknown:
        opened(contract(), path="a.gpkg", layer="规画")
    assert unknown.value.fields["nearest"] == "规划"
    assert opened(contract(), path="a.gpkg", layer="规划").frame["id"].tolist() == ["B"]


def test_several_sources_are_appended_with_ids_by_file(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    write(folder / "东.gpkg", {"BSM": ["1", "1"], "RK": [5, 6]}, [square(0, 0), square(300, 0)])
    write(folder / "西.shp", {"BSM": ["1"]}, [square(600, 0)], encoding="UTF-8")
    layer = opened(contract(**HOMES), path=["东.gpkg", {"path": "西.shp", "where": "BSM = '1'"}])
    assert layer.frame["id"].tolist() == ["东/1", "东/1#2", "西/1"]
    assert layer.frame["population"].tolist()[:2] == [5.0, 6.0]
    assert layer.frame["population"].isna().tolist() == [False, False, True]
    assert layer.source.path == "东.gpkg; 西.shp"
    assert len(layer.source.sha256.split("; ")) == 2
    assert [n.sentence for n in layer.notes] == ["read.ids"]
    assert layer.ledger.read == 3


def test_the_same_file_may_be_read_in_parts_of_different_classes(
    folder: Path, write: Write, opened: Open, square: Square
) -> None:
    from geoplan.catalogue import Catalogue

    lines = [shapely.LineString([(500_000, 4_334_000 + 100 * i), (500_100, 4_334_000 + 100 * i)]) for i in range(3)]
    write(folder / "shore.gpkg", {"n": [1, 2, 3]}, lines)
    layer = opened(
        Catalogue.for_study().layer("coastline"),
        source=[
            {"path": "shore.gpkg", "where": "n = 1", "class": "natural"},
            {"path": "shore.gpkg", "where": "n = 2", "class": "artificial"},
            {"path": "shore.gpkg", "where": "n = 3"},
        ],
    )
    assert layer.frame["class"].tolist() == ["natural", "artificial", None]
    assert layer.frame["id"].tolist() == ["shore/1", "shore#2/2", "shore#3/3"]


def test_an_archive_is_read_in_place_also_where_its_names_are_in_gbk(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    write(folder / "a.shp", {"小区": ["和平"]}, [square(0, 0)], encoding="GB18030")
    (folder / "a.cpg").unlink()
    parts = [p for p in folder.glob("a.*") if p.suffix != ".zip"]
    with zipfile.ZipFile(folder / "数据.zip", "w") as made:
        for part in parts:
            # as Windows packs it: the bytes of the name are GBK and nothing says so
            info = zipfile.ZipInfo(f"数据/现状{part.suffix}".encode("gbk").decode("cp437"))
            info.flag_bits = 0
            made.writestr(info, part.read_bytes())
    spec = contract(columns={"name": {"aliases": ["小区"]}})
    layer = opened(spec, path="数据.zip")
    assert layer.frame["name"].tolist() == ["和平"]
    assert layer.source.path == "数据.zip"


def test_ids_are_those_of_the_file_else_its_numbers_and_missing_ones_say_so(
    folder: Path, write: Write, opened: Open, contract: Contract, square: Square
) -> None:
    shapes = [square(0, 0), square(300, 0), square(600, 0)]
    write(folder / "a.gpkg", {"x": [1, 2, 3]}, shapes)
    assert opened(contract(), path="a.gpkg").frame["id"].tolist() == ["1", "2", "3"]
    write(folder / "b.gpkg", {"BSM": [120101.0, np.nan, 120103.0]}, shapes)
    assert opened(contract(), path="b.gpkg").frame["id"].tolist() == ["120101", "#2", "120103"]


def test_points_of_a_csv_come_from_columns_of_degrees(folder: Path, opened: Open, contract: Contract) -> None:
    (folder / "poi.csv").write_text("名称,经度,纬度\n和平,117.0,39.14\n没有,,\n", encoding="utf-8")
    layer = opened(contract(geometry="point"), path="poi.csv", crs="EPSG:4490")
    assert layer.frame["name"].tolist() == ["和平"]
    assert layer.frame.geometry.iloc[0].x == pytest.approx(500_000, abs=1e-6)
    assert layer.ledger.set_aside == 1
    with pytest.raises(CRSError):
        opened(contract(geometry="point"), path="poi.csv")


def test_a_table_without_shapes_is_refused(folder: Path, opened: Open, contract: Contract) -> None:
    (folder / "a.csv").write_text("名称,人口\n和平,3\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        opened(contract(), path="a.csv", crs="EPSG:4548")
    assert error.value.id == "source.no_geometry"


@pytest.mark.parametrize("data", [b"", b"not a map at all", b"\x00" * 64])
def test_a_broken_file_is_refused_with_a_sentence(data: bytes, folder: Path, opened: Open, contract: Contract) -> None:
    for name in ("a.shp", "a.gpkg", "a.geojson", "a.bin"):
        (folder / name).write_bytes(data)
        with pytest.raises(SourceError) as error:
            opened(contract(), path=name)
        assert error.value.say("zh")


def test_state_secrets_are_refused_before_anything_is_opened(folder: Path, opened: Open, contract: Contract) -> None:
    with pytest.raises(LayerError) as error:
        opened(contract(), path="不存在.gpkg", secrecy="涉密")
    assert error.value.id == "source.secret"


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": 7},
        {"columns": ["RK"]},
        {"classes": {"natural": "自然"}},
        {"at_crossings": "yes"},
        {"band": 0},
        {"columns": {"name": 3}},
        {"band": True},
        {"path": 7},
        {},
    ],
)
def test_a_key_that_is_not_written_as_it_should_be_is_refused(
    wrong: dict[str, Any], opened: Open, contract: Contract
) -> None:
    with pytest.raises(StudyError) as error:
        opened(contract(), **({"path": "a.gpkg", **wrong} if wrong else {}))
    assert error.value.say("zh")


def test_codes_are_read_under_the_declared_scheme_and_counted_when_they_are_of_none(
    folder: Path, write: Write, opened: Open, square: Square
) -> None:
    from geoplan.catalogue import Catalogue

    land = Catalogue.for_study().layer("land_use_current")
    write(
        folder / "dltb.shp",
        {"BSM": ["1", "2", "3"], "DLBM": ["0702", "1104A", "ZZ"]},
        [square(0, 0), square(200, 0), square(400, 0)],
    )
    layer = opened(land, path="dltb.shp", scheme="三调")
    assert layer.frame["class"].tolist() == ["rural_residential", "aquaculture", None]
    assert [n.sentence for n in layer.notes] == ["read.no_class"]
    assert layer.source.scheme == "三调"
    with pytest.raises(LayerError) as error:
        opened(land, path="dltb.shp")
    assert error.value.id == "layer.no_scheme"


def test_a_scheme_without_a_column_of_codes_is_refused(homes: Path, opened: Open) -> None:
    from geoplan.catalogue import Catalogue

    with pytest.raises(ColumnError) as error:
        opened(Catalogue.for_study().layer("parks"), path="homes.gpkg", scheme="CJJ85-2017")
    assert error.value.id == "column.missing"


def test_what_the_data_cover_is_the_boundary_the_extent_or_a_file(
    folder: Path, write: Write, homes: Path, opened: Open, contract: Contract, square: Square
) -> None:
    area = square(0, 0, 1000)
    assert opened(contract(), area, path="homes.gpkg").source.covers is None
    assert opened(contract(), area, path="homes.gpkg", covers="boundary").source.covers.equals(area)
    extent = opened(contract(), area, path="homes.gpkg", covers="extent").source.covers
    assert extent.bounds == (500_000, 4_334_000, 505_100, 4_334_100)
    write(
        folder / "范围.geojson",
        {"n": [1]},
        crs_room.to_crs(np.array([square(0, 0, 500)], dtype=object), STUDY, crs_room.parse("EPSG:4326")),
        crs=4326,
        COORDINATE_PRECISION=15,
    )
    drawn = opened(contract(), area, path="homes.gpkg", covers="范围.geojson").source.covers
    assert drawn.area == pytest.approx(250_000, rel=1e-6)
    with pytest.raises(LayerError) as error:
        opened(contract(control=True), area, path="homes.gpkg", covers="extent")
    assert error.value.id == "source.covers_control"


def test_a_boundary_given_apart_is_what_is_covered(
    homes: Path, folder: Path, contract: Contract, square: Square
) -> None:
    from geoplan import read

    declared = {"path": "homes.gpkg", "covers": "boundary"}
    layer = read.open_layer(
        contract(), declared, folder=folder, crs=STUDY, area=square(-500, -500, 2000), boundary=square(0, 0, 1000)
    )
    assert layer.source.covers.equals(square(0, 0, 1000))


def test_what_is_declared_of_the_source_is_kept(homes: Path, opened: Open, contract: Contract) -> None:
    import datetime as dt

    source = opened(
        contract(),
        path="homes.gpkg",
        as_of=dt.date(2025, 6, 30),
        document="津政〔2025〕1号",
        provider="规资局",
        scale="1:2000",
        secrecy="内部",
    ).source
    assert (source.as_of, source.document, source.provider, source.scale, source.secrecy) == (
        "2025-06-30",
        "津政〔2025〕1号",
        "规资局",
        "1:2000",
        "内部",
    )
    assert opened(contract(), path="homes.gpkg", as_of=2025).source.as_of == "2025"


def test_reading_twice_gives_the_same(homes: Path, opened: Open, contract: Contract) -> None:
    one, two = (opened(contract(**HOMES), path="homes.gpkg") for _ in range(2))
    assert one.frame.equals(two.frame)
    assert one.source == two.source
    assert one.ledger == two.ledger


def test_shapes_that_are_all_of_another_kind_are_refused_in_one_sentence(
    homes: Path, opened: Open, contract: Contract, square: Square
) -> None:
    with pytest.raises(LayerError) as error:
        opened(contract(**{**HOMES, "geometry": "line"}), square(-10, -10, 350), path="homes.gpkg", where="RK > 0")
    assert (error.value.id, error.value.fields["wanted"]) == ("layer.kind", "line")
