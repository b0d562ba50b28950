"""Text in the encoding it is really in, whatever the file says of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoplan.errors import EncodingError
from geoplan.layer import Layer, LayerSpec
from geoplan.read import dataset, encoding, guards

Write = Callable[..., Path]
NAMES = ["和平区", "南开区", "镕基路"]


@pytest.fixture
def shapefile(folder: Path, write: Write, square: Callable[..., Any]) -> Callable[..., Path]:
    def make(said: str, *, cpg: str | None = None, column: str = "小区名称", names: list[str] = NAMES) -> Path:
        shapes = [square(200 * i, 0) for i in range(len(names))]
        path = write(folder / "小区.shp", {column: names, "RK": range(len(names))}, shapes, encoding=said)
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg)
        return path

    return make


@pytest.mark.parametrize(
    ("said", "cpg"),
    [
        ("GB18030", None), ("GB18030", "GBK"), ("GB18030", "936"), ("GB18030", "UTF-8"), ("GB18030", "ISO-8859-1"),
        ("GB18030", "nonsense"), ("UTF-8", None), ("UTF-8", "UTF-8"), ("UTF-8", "GBK"), ("UTF-8", "ISO-8859-1"),
    ],
)  # fmt: skip
def test_a_chinese_shapefile_is_read_right_whatever_its_cpg_says(
    said: str,
    cpg: str | None,
    shapefile: Callable[..., Path],
    opened: Callable[..., Layer],
    contract: Callable[..., LayerSpec],
) -> None:
    shapefile(said, cpg=cpg)
    spec = contract(columns={"name": {"aliases": ["小区名称"]}})
    layer = opened(spec, path="小区.shp")
    assert layer.frame["name"].tolist() == NAMES


def test_a_found_out_encoding_is_said(
    shapefile: Callable[..., Path], opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    shapefile("GB18030")
    (note,) = opened(contract(), path="小区.shp").notes
    assert note.sentence == "read.encoding"
    assert note.fields["encoding"] == "GB18030"


def test_names_of_columns_cut_in_the_middle_of_a_character_are_read(
    folder: Path, shapefile: Callable[..., Path], opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    # 小区名称 is 12 bytes in UTF-8: the file holds 10, which end in the first byte of 称
    shapefile("UTF-8", cpg="UTF-8", column="小区名称")
    with dataset.opened(guards.locate("小区.shp", folder)) as data:
        assert list(data.fields) == ["小区名", "RK"]
    layer = opened(
        contract(columns={"name": {"aliases": ["小区名称"]}}), path="小区.shp", where="\"小区名\" = '和平区'"
    )
    assert layer.frame["name"].tolist() == ["和平区"]


def test_a_full_value_cut_in_the_middle_of_a_character_loses_only_that(
    shapefile: Callable[..., Path], opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    long = "津" * 90  # 270 bytes in UTF-8, the field holds 254
    shapefile("UTF-8", cpg="UTF-8", column="XQMC", names=[long, "b"])
    layer = opened(contract(columns={"name": {"aliases": ["XQMC"]}}), path="小区.shp")
    assert layer.frame["name"].tolist() == ["津" * 84, "b"]


def test_a_filter_in_chinese_works_on_a_gbk_shapefile(
    shapefile: Callable[..., Path], opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    shapefile("GB18030")
    layer = opened(contract(), path="小区.shp", where="\"小区名称\" = '南开区'")
    assert layer.ledger.read == 1


def test_text_in_no_known_encoding_is_refused_until_one_is_declared(
    shapefile: Callable[..., Path], opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    shapefile("ISO-8859-1", column="NAME", names=["Málaga", "Añaza"])
    with pytest.raises(EncodingError) as error:
        opened(contract(), path="小区.shp")
    assert error.value.id == "read.encoding_unknown"
    assert opened(contract(), path="小区.shp", encoding="CP1252").frame["name"].tolist() == ["Málaga", "Añaza"]


@pytest.mark.parametrize(
    ("declared", "sentence"), [("UTF-8", "read.encoding_declared"), ("klingon", "read.encoding_name")]
)
def test_a_declared_encoding_must_exist_and_fit(
    declared: str,
    sentence: str,
    shapefile: Callable[..., Path],
    opened: Callable[..., Layer],
    contract: Callable[..., LayerSpec],
) -> None:
    shapefile("GB18030")
    with pytest.raises(EncodingError) as error:
        opened(contract(), path="小区.shp", encoding=declared)
    assert error.value.id == sentence


@pytest.mark.parametrize("said", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_and_filtered_in_any_of_the_encodings_of_a_spreadsheet(
    said: str, folder: Path, opened: Callable[..., Layer], contract: Callable[..., LayerSpec]
) -> None:
    text = 'id,名称,wkt\n1,和平区,"POINT (500100 4334100)"\n2,南开区,"POINT (500200 4334200)"\n'
    (folder / "点.csv").write_bytes(text.encode(said))
    layer = opened(contract(geometry="point"), path="点.csv", crs="EPSG:4548", where="\"名称\" = '南开区'")
    assert layer.frame[["id", "name"]].values.tolist() == [["2", "南开区"]]


def test_text_that_looks_like_nothing_is_not_taken_for_chinese() -> None:
    for data in ("Málaga, Añaza".encode("cp1252"), bytes(range(128, 160))):
        with pytest.raises(EncodingError):
            encoding.of_text(data, "", layer="parks", path="parks.csv")


def test_half_a_character_at_the_end_is_left_out_and_one_in_the_middle_is_not() -> None:
    assert encoding.decoded("和平".encode()[:5], "UTF-8") == "和"
    with pytest.raises(UnicodeDecodeError):
        encoding.decoded(b"\xff" * 5 + b"abc", "UTF-8")
