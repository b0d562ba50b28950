"""Features of an OpenStreetMap file by their tags: points, areas and lines, of the class their tag says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmium
import pytest

from geoplan.catalogue import Catalogue
from geoplan.errors import CoverageError, SourceError, StudyError
from geoplan.layer import Layer, LayerSpec

Open = Callable[..., Layer]
Way = osmium.osm.mutable.Way
CATALOGUE = Catalogue.for_study()


@pytest.fixture(params=["town.osm", "town.osm.pbf"])
def town(request: pytest.FixtureRequest, folder: Path) -> str:
    """Schools as a point, an area and an open line; a park of two rings; a shore; a station."""
    with osmium.SimpleWriter(str(folder / request.param)) as out:
        places = [(0, 0), (1, 0), (1, 1), (0, 1), (5, 0), (6, 0), (6, 1), (5, 1), (2, 5), (3, 5), (9, 9)]
        tags = {11: {"amenity": "school", "name": "第一小学"}}
        for i, (x, y) in enumerate(places, start=1):
            node = osmium.osm.mutable.Node(id=i, location=(117.0 + x / 1000, 39.14 + y / 1000), tags=tags.get(i, {}))
            out.add_node(node)
        out.add_way(Way(id=21, nodes=[1, 2, 3, 4, 1], tags={"amenity": "school", "name": "第二小学"}))
        out.add_way(Way(id=22, nodes=[5, 6, 7, 8, 5]))
        out.add_way(Way(id=23, nodes=[9, 10], tags={"amenity": "school"}))
        out.add_way(Way(id=24, nodes=[1, 2, 9], tags={"natural": "coastline"}))
        out.add_way(Way(id=25, nodes=[5, 6, 7, 8, 5], tags={"natural": "coastline"}))
        out.add_way(Way(id=26, nodes=[1, 2, 3, 4, 1], tags={"building": "school", "building:levels": "4"}))
        members = [("w", 22, "outer")]
        out.add_relation(
            osmium.osm.mutable.Relation(id=31, members=members, tags={"type": "multipolygon", "leisure": "park"})
        )
    return str(request.param)


def test_points_areas_and_open_lines_come_as_they_are_drawn(town: str, opened: Open) -> None:
    frame = opened(CATALOGUE.layer("schools"), path=town).frame.set_index("id")
    assert frame["name"].dropna().to_dict() == {"n11": "第一小学", "w21": "第二小学"}
    assert frame.geom_type.to_dict() == {"n11": "Point", "w21": "MultiPolygon", "w23": "LineString"}
    assert set(frame["class"]) == {"school"}


def test_a_multipolygon_is_one_park_and_what_is_no_area_is_set_aside(
    town: str, opened: Open, contract: Callable[..., LayerSpec]
) -> None:
    layer = opened(CATALOGUE.layer("parks"), path=town)
    assert layer.frame[["id", "class"]].to_numpy().tolist() == [["r31", "park"]]
    assert layer.frame.geometry.area.iloc[0] == pytest.approx(86.4 * 111.0, rel=0.01)
    assert layer.source.crs == "EPSG:4326"
    areas = opened(contract("homes", "polygon", osm={"school": ["amenity=school"]}), path=town)
    assert areas.frame["id"].tolist() == ["w21"]
    assert sorted((e.feature, e.reason) for e in areas.ledger.entries) == [("n11", "kind"), ("w23", "kind")]


def test_the_shore_is_lines_of_no_class_closed_ones_too(town: str, opened: Open) -> None:
    layer = opened(CATALOGUE.layer("coastline"), path=town)
    assert layer.frame["id"].tolist() == ["w24", "w25"]
    assert layer.frame["class"].tolist() == [None, None]
    assert set(layer.frame.geom_type) == {"LineString"}


def test_study_toml_may_choose_other_tags_or_one_class_for_all(town: str, opened: Open) -> None:
    shore = CATALOGUE.layer("coastline")
    assert (
        opened(shore, path=town, classes={"natural": ["natural=coastline"]}).frame["class"].tolist() == ["natural"] * 2
    )
    one = opened(shore, path=town, **{"class": "artificial"})
    assert one.frame["class"].tolist() == ["artificial"] * 2


def test_tags_are_columns_under_their_names_and_any_value_may_be_asked_for(town: str, opened: Open) -> None:
    buildings = opened(CATALOGUE.layer("buildings"), path=town)
    assert buildings.frame[["id", "floors"]].to_numpy().tolist() == [["w26", 4.0]]


def test_only_what_meets_the_area_is_kept(town: str, opened: Open, square: Callable[..., Any]) -> None:
    layer = opened(CATALOGUE.layer("schools"), square(-10, 0, 300), path=town)
    assert layer.frame["id"].tolist() == ["w21"]
    assert layer.ledger.read == 1


def test_tags_nobody_bears_are_a_question_not_an_answer(town: str, opened: Open) -> None:
    hospitals = CATALOGUE.layer("hospitals")
    with pytest.raises(CoverageError):
        opened(hospitals, path=town)
    assert len(opened(hospitals, path=town, covers="boundary").frame) == 0


def test_keys_and_layers_that_do_not_apply_are_refused(
    town: str, opened: Open, contract: Callable[..., LayerSpec]
) -> None:
    with pytest.raises(StudyError) as keys:
        opened(CATALOGUE.layer("schools"), path=town, where="amenity = 'school'")
    assert keys.value.id == "source.osm_keys"
    with pytest.raises(SourceError) as tags:
        opened(contract(), path=town)
    assert tags.value.id == "source.no_osm"


def test_a_broken_file_is_refused(folder: Path, opened: Open) -> None:
    (folder / "a.osm").write_text("<osm version='0.6'><node id=")
    with pytest.raises(SourceError) as error:
        opened(CATALOGUE.layer("schools"), path="a.osm")
    assert error.value.id == "source.osm_broken"
