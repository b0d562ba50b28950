"""Which column of a file is which of the engine's, and what its cells say."""

import numpy as np
import pandas as pd
import pytest

from geoplan.errors import ColumnError
from geoplan.layer import ColumnSpec, LayerSpec
from geoplan.read import columns


def spec(**aliases: tuple[str, ...]) -> LayerSpec:
    return LayerSpec("land", {}, "polygon", {n: ColumnSpec(n, a) for n, a in aliases.items()})


def match(contract: LayerSpec, fields: list[str], **declared: str) -> dict[str, str]:
    return columns.matched(contract, declared, fields, path="land.shp")


@pytest.mark.parametrize("field", ["DLBM", "dlbm", "Dlbm", "ＤＬＢＭ", " DLBM "])
def test_case_width_and_blanks_do_not_matter(field: str) -> None:
    assert match(spec(code=("DLBM",)), [field]) == {"code": field}


def test_names_cut_at_ten_bytes_are_recognised_in_both_encodings() -> None:
    # 永久基本农田面积 is 16 bytes in GBK and 24 in UTF-8; a shapefile holds 10 of them
    contract = spec(area=("永久基本农田面积",))
    assert match(contract, ["永久基本农"]) == {"area": "永久基本农"}
    assert match(contract, ["永久基"]) == {"area": "永久基"}
    assert match(contract, ["永久"]) == {}
    assert match(spec(number=("YJJBNTTBBH",)), ["YJJBNTTBBH"]) == {"number": "YJJBNTTBBH"}
    assert match(spec(area=("YJJBNTTBMJ_M2",)), ["YJJBNTTBMJ"]) == {"area": "YJJBNTTBMJ"}


def test_what_study_toml_declares_comes_first_then_the_order_of_the_aliases() -> None:
    contract = spec(population=("RK", "RKS"))
    assert match(contract, ["RKS", "RK"]) == {"population": "RK"}
    assert match(contract, ["RKS", "population", "RK"]) == {"population": "population"}
    assert match(contract, ["RKS", "RK", "人口2020"], population="人口2020") == {"population": "人口2020"}


def test_a_column_of_the_file_is_one_thing_only() -> None:
    assert match(spec(population=("RK",), people=("RK",)), ["RK"]) == {"population": "RK"}
    assert match(spec(population=("RK",), people=("RK",)), ["RK"], people="RK") == {"people": "RK"}


def test_generic_names_are_taken_only_when_no_other_column_fits() -> None:
    contract = spec(name=("GYMC", "MC"), kind=("LX",), area=("MJ",))
    assert match(contract, ["MC", "GYMC", "LX", "MJ"]) == {"name": "GYMC", "kind": "LX", "area": "MJ"}
    assert match(contract, ["MC"]) == {"name": "MC"}
    # MC is a specific name of nothing here, but SQMC is: MC must not be taken for the second one first
    assert match(spec(owner=("MC",), name=("SQMC",)), ["SQMC", "MC"]) == {"owner": "MC", "name": "SQMC"}


def test_dlmc_is_the_name_of_a_road_and_the_class_of_a_parcel() -> None:
    from geoplan.catalogue import Catalogue

    built_in = Catalogue.for_study()
    road = columns.matched(built_in.layer("roads"), {}, ["DLMC", "DLDJ"], path="")
    land = columns.matched(built_in.layer("land_use_current"), {}, ["DLMC", "DLBM"], path="")
    assert road["name"] == "DLMC"
    assert land["kind"] == "DLMC"
    assert "name" not in land


def test_a_missing_required_column_names_its_usual_names_and_what_there_is() -> None:
    contract = LayerSpec("land", {}, "polygon", {"code": ColumnSpec("code", ("DLBM",), required=True)})
    with pytest.raises(ColumnError, match=r"DLBM.*OBJECTID"):
        match(contract, ["OBJECTID"])


@pytest.mark.parametrize(
    ("declared", "sentence"), [({"populaton": "RK"}, "column.no_such"), ({"population": "RKK"}, "column.declared")]
)
def test_a_declared_column_must_be_of_the_contract_and_of_the_file(declared: dict[str, str], sentence: str) -> None:
    with pytest.raises(ColumnError) as error:
        match(spec(population=("RKS",)), ["RK"], **declared)
    assert error.value.id == sentence
    assert error.value.fields["nearest"] in {"population", "RK"}


def test_two_columns_of_one_name_are_refused_unless_one_is_exact() -> None:
    with pytest.raises(ColumnError) as error:
        match(spec(population=("RK",)), ["rk", "Rk"])
    assert error.value.id == "column.several"
    assert match(spec(population=("RK",)), ["rk", "RK"]) == {"population": "RK"}


def read(kind: str, *cells: object, minimum: float | None = None, dtype: object = object) -> list[object]:
    column = ColumnSpec("x", kind=kind, minimum=minimum)
    found = columns.values(pd.Series(cells, dtype=dtype, name="RK"), column, layer="land", path="land.shp")
    return [None if pd.isna(v) else v for v in found]


def test_numbers_have_thousands_full_width_and_blanks() -> None:
    assert read("number", "1,234", " 1 234 ", "１２．５", "-3", "1e3", 7, 7.5) == [1234, 1234, 12.5, -3, 1000, 7, 7.5]


@pytest.mark.parametrize("cell", ["", " ", "-", "—", "/", "NA", "n/a", "NaN", "<Null>", "不详", "待核", None, np.nan])
def test_what_nobody_knows_stays_unknown(cell: object) -> None:
    for kind in ("number", "integer", "date", "flag", "text"):
        assert read(kind, cell) == [None]


@pytest.mark.parametrize("cell", ["约500", "1,2", "1.234,5", "inf", "12人"])
def test_what_is_no_number_is_refused_by_row(cell: str) -> None:
    with pytest.raises(ColumnError) as error:
        read("number", "1", cell)
    assert error.value.id == "column.not_number"
    assert error.value.fields["first"] == f"{cell} (1)"
    assert error.value.fields["count"] == 1


def test_a_number_below_the_least_is_refused_and_an_empty_cell_is_not() -> None:
    assert read("number", 0, None, minimum=0) == [0, None]
    with pytest.raises(ColumnError) as error:
        read("number", 0, -9999, minimum=0)
    assert error.value.id == "column.too_low"


def test_whole_numbers_are_whole() -> None:
    assert read("integer", "3", 4.0) == [3, 4]
    with pytest.raises(ColumnError):
        read("integer", "3.5")


def test_flags_say_yes_no_or_nothing() -> None:
    assert read("flag", "是", "否", "有", "无", "Y", 0, 1, "√", "") == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
        True,
        None,
    ]
    assert read("flag", True, False, dtype=bool) == [True, False]
    with pytest.raises(ColumnError):
        read("flag", "部分")


def test_dates_are_as_exact_as_they_are_given() -> None:
    cells = ("2025", "2025年", "2025-6", "2025年6月", "20250630", "2025/6/3", "2025-06-30T00:00:00", 2025)
    assert read("date", *cells) == [
        "2025",
        "2025",
        "2025-06",
        "2025-06",
        "2025-06-30",
        "2025-06-03",
        "2025-06-30",
        "2025",
    ]
    for wrong in ("2025-13-01", "二〇二五年", "30.06.2025"):
        with pytest.raises(ColumnError):
            read("date", wrong)


def test_codes_keep_their_zeros_and_whole_numbers_lose_their_decimals() -> None:
    assert read("text", "0701", " 0701 ", "701.0") == ["0701", "0701", "701.0"]
    assert read("text", 701.0, None, dtype=float) == ["701", None]


def test_ids_that_stand_twice_are_told_apart_without_taking_one_that_is_there() -> None:
    assert columns.unique(["7", "7", "7#2", "7"]) == (["7", "7#3", "7#2", "7#4"], 2)
