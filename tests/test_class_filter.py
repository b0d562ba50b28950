"""The one filter of a definition: classes, by column; what nobody knows stays in and is unknown."""

import geopandas as gpd
import pytest
import shapely

from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.errors import DefinitionError, GeoplanError, Problems, SourceError
from geoplan.layer import ColumnSpec, Layer, LayerSpec
from geoplan.read.classes import worded
from geoplan.study import open_study

SPEC = LayerSpec(
    "schools",
    {"zh": "学校", "en": "Schools"},
    "point",
    {
        "smart": ColumnSpec("smart", kind="flag"),
        "opened": ColumnSpec("opened", kind="date"),
        "status": ColumnSpec("status", words={"done": ("已建成",), "planned": ("规划",)}),
        "capacity": ColumnSpec("capacity", kind="number"),
        "owner": ColumnSpec("owner"),
    },
    words={"primary": ("小学",), "junior": ("初中",)},
)


def schools(**columns):
    count = len(next(iter(columns.values())))
    points = shapely.points([(i, 0) for i in range(count)])
    return Layer(SPEC, gpd.GeoDataFrame({"id": [str(i) for i in range(count)], **columns}, geometry=points))


def ids(layer):
    return list(layer.frame["id"])


def test_a_feature_must_be_of_one_class_of_every_column():
    town = schools(**{"class": ["primary", "primary", "junior"], "status": ["done", "planned", "done"]})
    assert ids(town.of_classes({"class": ("primary",), "status": ("done",)})) == ["0"]


def test_what_nobody_knows_stays_in_and_is_unknown_unless_another_column_rules_it_out():
    town = schools(**{"class": ["primary", "primary", "junior", None], "status": ["done", None, None, "done"]})
    kept = town.of_classes({"class": ("primary",), "status": ("done",)})
    assert ids(kept) == ["0", "1", "3"]
    assert kept.unclassed.tolist() == [False, True, True]


def test_flags_are_yes_or_no_and_dates_are_their_year():
    town = schools(smart=[True, False, None], opened=["2021-09-01", "2019", None])
    assert ids(town.of_classes({"smart": ("yes",)})) == ["0", "2"]
    assert ids(town.of_classes({"opened": ("2021", "2022")})) == ["0", "2"]


def test_a_column_the_data_do_not_have_makes_everything_unknown():
    kept = schools(smart=[True]).of_classes({"status": ("done",)})
    assert kept.unclassed.tolist() == [True]


def test_two_filters_on_one_layer_hold_both():
    town = schools(**{"class": ["primary", "primary"], "smart": [True, None]})
    twice = town.of_classes(("primary",)).of_classes({"smart": ("yes",)})
    assert ids(twice) == ["0", "1"]
    assert twice.unclassed.tolist() == [False, True]


def test_words_of_a_column_come_in_as_its_classes_and_strange_ones_are_said():
    import pandas as pd

    found, notes = worded(pd.Series(["已建成", "done", "拆除", ""]), SPEC.columns["status"], layer="schools", path="x")
    assert found.tolist() == ["done", "done", None, None]
    assert notes[0].fields["count"] == 1


def asks(by_column):
    table = {
        "title": {"zh": "学校", "en": "Schools"}, "method": "quantity", "unit": "个", "better": "none",
        "layers": {"of": "schools"}, "classes": {"of": by_column},
    }  # fmt: skip
    return Analysis.from_toml("schools_count", table, "analyses/schools_count.toml")


@pytest.fixture
def catalogue(tmp_path):
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers/schools.toml").write_text(
        """
title = { zh = "学校", en = "Schools" }
geometry = "point"
[columns.kind]
[columns.smart]
kind = "flag"
[columns.capacity]
kind = "number"
[columns.status]
words = { done = ["已建成"] }
[codes]
column = "kind"
[codes.words]
primary = ["小学"]
""",
        encoding="utf-8",
    )
    return Catalogue((tmp_path,))


@pytest.mark.parametrize(
    ("by_column", "said"),
    [
        (["primry"], "no class 'primry'.*primary"),
        ({"smart": ["maybe"]}, "no class 'maybe'.*yes"),
        ({"status": ["finished"]}, "no class 'finished'.*done"),
        ({"capacity": ["500"]}, "'capacity'.*sorts nothing"),
        ({"colour": ["red"]}, "'colour'.*sorts nothing"),
    ],
)
def test_a_class_no_feature_can_be_of_is_refused_before_the_run(catalogue, by_column, said):
    with pytest.raises(DefinitionError, match=said):
        catalogue.check_classes(asks(by_column))


def test_classes_the_layer_has_are_accepted(catalogue):
    catalogue.check_classes(asks({"class": ["primary"], "smart": ["yes"], "status": ["done"], "kind": ["小学"]}))


def test_a_list_is_the_main_class():
    assert asks(["primary"]).classes == {"of": {"class": ("primary",)}}


def study_of(folder, source, by_column):
    frame = gpd.GeoDataFrame(
        {"kind": ["小学", "小学"]}, geometry=shapely.points([(500_000, 4_334_000), (500_100, 4_334_000)]), crs=4548
    )
    frame.to_file(folder / "schools.gpkg")
    gpd.GeoDataFrame(geometry=[shapely.box(499_000, 4_333_000, 502_000, 4_335_000)], crs=4548).to_file(
        folder / "town.gpkg"
    )
    (folder / "analyses").mkdir()
    (folder / "analyses/new_schools.toml").write_text(
        'title = { zh = "新校", en = "New schools" }\nmethod = "quantity"\nunit = "所"\nbetter = "higher"\n'
        f'[layers]\nof = "schools"\n[classes.of]\n{by_column}\n',
        encoding="utf-8",
    )
    (folder / "study.toml").write_text(
        f'[place]\nname = "t"\nboundary = "town.gpkg"\ncrs = "EPSG:4548"\n[ask]\nanalyses = ["new_schools"]\n'
        f'[layers.schools]\npath = "schools.gpkg"\n{source}\n',
        encoding="utf-8",
    )
    return open_study(folder).run().results[0]


def test_a_column_the_data_lack_altogether_is_named_instead_of_everything_being_unknown(tmp_path):
    with pytest.raises(SourceError) as caught:
        study_of(tmp_path, "", 'smart = ["yes"]')
    assert "no column 'smart'" in caught.value.say("en")
    assert 'class = { smart = "…" }' in caught.value.say("zh")


def test_a_study_may_say_of_all_features_what_their_columns_would(tmp_path):
    result = study_of(
        tmp_path, 'class = { class = "primary", smart = "yes", opened = "2022" }', 'smart = ["yes"]\nopened = ["2022"]'
    )
    assert (result.status, result.value) == ("ok", 2)


@pytest.mark.parametrize(
    ("said", "wrong"), [('{ smart = "perhaps" }', "perhaps"), ('{ colour = "red" }', "colour"), ("7", "class")]
)
def test_what_a_study_says_of_all_features_must_be_something_they_can_be(tmp_path, said, wrong):
    with pytest.raises((GeoplanError, Problems)) as caught:
        study_of(tmp_path, f"class = {said}", 'smart = ["yes"]')
    assert wrong in str(caught.value)
