"""Errors carry an id and slots, and speak two languages."""

import pickle

import pytest

from geoplan.errors import CRSError, DefinitionError, GeoplanError, LayerError, Problems, StudyError, UnitError, nearest


def test_an_error_says_where_what_and_what_would_be_right_in_both_languages():
    error = LayerError("layer.no_crs", layer="parks", path="公园.shp")
    assert "parks" in str(error)
    assert "EPSG:4548" in str(error)
    assert "未说明坐标系" in error.say("zh")


def test_an_error_inside_a_sentence_speaks_its_language_too():
    inner = UnitError("unit.bare", text="500", example="500 m")
    outer = DefinitionError("definition.value", file="a.toml", key="distance", reason=inner)
    assert "请写成" in outer.say("zh")
    assert "write it like" in outer.say("en")


def test_errors_are_the_ordinary_kinds_too():
    assert issubclass(CRSError, ValueError)
    assert issubclass(CRSError, LayerError)
    assert issubclass(DefinitionError, ValueError)


def test_an_error_survives_a_process_border():
    error = pickle.loads(pickle.dumps(StudyError("study.no_file", path="x")))  # noqa: S301  (our own bytes)
    assert isinstance(error, StudyError)
    assert error.fields == {"path": "x"}


def test_problems_says_one_sentence_a_line():
    problems = Problems([StudyError("study.no_file", path="x"), StudyError("study.no_file", path="y")])
    assert problems.say("zh").count("\n") == 1
    assert isinstance(problems.exceptions[0], GeoplanError)


@pytest.mark.parametrize(("word", "right"), [("serivce_500m", "service_500m"), ("zzzz", "")])
def test_the_nearest_name_is_one_that_is_like_it(word, right):
    assert nearest(word, ["service_500m", "park_500m"]) == right
