"""Places and their zones: from files or laid over the place, with what they count twice and what they leave out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan import crs as crs_room
from geoplan import read, sample
from geoplan.errors import CoverageError, CRSError, GeometryError, SourceError, StudyError, UnitError
from geoplan.ops import ellipsoid
from geoplan.place import Place
from geoplan.read.zones import grid_of

Write = Callable[..., Path]
Square = Callable[..., Any]
STUDY = CRS.from_epsg(4548)


@pytest.fixture
def town(square: Square) -> Place:
    return Place("town", square(0, 0, 1000), STUDY)


def test_gridtown_has_two_levels_one_of_which_leaves_34_hectares_out() -> None:
    folder = sample.gridtown_folder()
    boundary, crs = read.open_boundary("boundary.csv", folder, "EPSG:4548")
    place = Place("gridtown", boundary, crs)
    districts = read.open_zones("片区", {"path": "districts.csv", "id": "id", "name": "name"}, folder, place)
    communities = read.open_zones("社区", {"path": "communities.csv", "id": "id", "name": "name"}, folder, place)
    assert (districts.ids, districts.names, districts.additive) == (("D1", "D2"), ("河南片区", "河北片区"), True)
    assert (districts.overlap, districts.left_out) == (0, 0)
    assert not communities.additive
    assert communities.overlap == 0
    assert communities.left_out == pytest.approx(340_000, rel=1e-6)


def test_zones_that_overlap_say_by_how_much_each_place_counted_once(
    town: Place, folder: Path, write: Write, square: Square
) -> None:
    # three zones over one another between x = 400 and 600: that strip is 200 x 1000 m, counted twice or thrice
    shapes = [
        shapely.box(500_000, 4_334_000, 500_600, 4_335_000),
        shapely.box(500_400, 4_334_000, 501_000, 4_335_000),
        shapely.box(500_400, 4_334_000, 500_600, 4_335_000),
    ]
    write(folder / "z.gpkg", {"id": ["a", "b", "c"]}, shapes)
    zones = read.open_zones("catchments", {"path": "z.gpkg"}, folder, town)
    assert not zones.additive
    assert zones.overlap == pytest.approx(200_000, rel=1e-6)
    assert zones.left_out == 0


def test_zones_share_borders_without_overlapping(town: Place, folder: Path, write: Write, square: Square) -> None:
    degrees = crs_room.to_crs(
        np.array([square(0, 0, 500), square(500, 0, 500), square(0, 500, 500), square(500, 500, 500)], dtype=object),
        STUDY,
        crs_room.parse("EPSG:4326"),
    )
    write(folder / "z.gpkg", {"id": list("abcd")}, degrees, crs=4326)
    zones = read.open_zones("quarters", {"path": "z.gpkg"}, folder, town)
    # the borders came through degrees: they are the same numbers on both sides
    assert (zones.additive, zones.overlap, zones.left_out) == (True, 0, 0)


def test_zones_that_only_touch_the_place_are_none_of_it(
    town: Place, folder: Path, write: Write, square: Square
) -> None:
    write(folder / "z.gpkg", {"id": ["in", "beside"]}, [square(0, 0, 1000), square(1000, 0, 500)])
    assert read.open_zones("districts", {"path": "z.gpkg"}, folder, town).ids == ("in",)


def test_a_zone_is_called_by_its_name_else_by_its_id(town: Place, folder: Path, write: Write, square: Square) -> None:
    write(
        folder / "z.gpkg",
        {"XZQDM": ["120101", "120102"], "XZQMC": ["和平区", None]},
        [square(0, 0, 500), square(500, 0, 500)],
    )
    zones = read.open_zones("districts", {"path": "z.gpkg"}, folder, town)
    assert (zones.ids, zones.names) == (("120101", "120102"), ("和平区", "120102"))


def test_zones_of_several_files_keep_ids_of_their_own(town: Place, folder: Path, write: Write, square: Square) -> None:
    for name, x in (("a.gpkg", 0), ("b.gpkg", 500)):
        write(folder / name, {"id": ["1"]}, [square(x, 0, 500)])
    assert read.open_zones("z", {"path": ["a.gpkg", "b.gpkg"]}, folder, town).ids == ("1", "1#2")


@pytest.mark.parametrize(
    ("declared", "kind", "sentence"),
    [
        ({"path": "z.gpkg", "idd": "x"}, StudyError, "study.key"),
        ({"grid": "triangle", "size": "500 m"}, StudyError, "zones.grid"),
        ({"grid": "hexagon"}, StudyError, "zones.grid"),
        ({"grid": "hexagon", "size": "1 m"}, StudyError, "zones.size"),
        ({"grid": "hexagon", "size": "0 m"}, StudyError, "zones.size"),
        ({"grid": "hexagon", "size": "500"}, UnitError, "unit.bare"),
        ({"path": "nowhere.gpkg"}, SourceError, "source.missing"),
    ],
)
def test_a_level_that_is_not_written_as_it_should_be_is_refused(
    declared: dict[str, str], kind: type[Exception], sentence: str, town: Place, folder: Path
) -> None:
    with pytest.raises(kind) as error:
        read.open_zones("level", declared, folder, town)
    assert error.value.id == sentence
    assert error.value.say("zh")


def test_zones_elsewhere_and_broken_zones_are_refused(town: Place, folder: Path, write: Write, square: Square) -> None:
    write(folder / "far.gpkg", {"id": ["a"]}, [square(50_000, 0)])
    with pytest.raises(CoverageError):
        read.open_zones("z", {"path": "far.gpkg"}, folder, town)
    write(folder / "beside.gpkg", {"id": ["a", "b"]}, [square(1000, 0), square(-100, 0)])
    with pytest.raises(GeometryError) as none:
        read.open_zones("z", {"path": "beside.gpkg"}, folder, town)
    assert none.value.id == "zones.none"
    bow = shapely.Polygon([(500_000, 4_334_000), (500_900, 4_334_900), (500_900, 4_334_000), (500_000, 4_334_900)])
    write(folder / "bow.gpkg", {"id": ["a"]}, [bow])
    with pytest.raises(GeometryError) as broken:
        read.open_zones("z", {"path": "bow.gpkg"}, folder, town)
    assert broken.value.id == "zones.broken"


def test_hexagons_are_as_wide_as_asked_and_fill_the_place(town: Place) -> None:
    zones = grid_of("cells", "hexagon", 200.0, town)
    assert zones.additive
    west, _, east, _ = shapely.bounds(zones.shapes).T
    assert east - west == pytest.approx(np.full(len(west), 200.0))
    # a hexagon 200 m from side to side: sqrt(3) / 2 x 200 x 200
    assert shapely.area(zones.shapes) == pytest.approx(np.full(len(west), 34_641.016), rel=1e-6)
    assert len(set(zones.ids)) == len(zones.ids)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["hexagon", "square"]), size=st.floats(60, 900),
    x=st.floats(-2e5, 2e5), y=st.floats(-2e5, 2e5), turned=st.floats(0, 90),
)  # fmt: skip
def test_cells_fill_any_place_and_share_no_ground(kind: str, size: float, x: float, y: float, turned: float) -> None:
    from shapely import affinity

    shape = affinity.rotate(shapely.box(500_000 + x, 4_334_000 + y, 501_000 + x, 4_334_700 + y), turned)
    place = Place("anywhere", shape, STUDY)
    zones = grid_of("cells", kind, size, place)
    assert zones.additive
    parts = shapely.intersection(zones.shapes, shape)
    whole = ellipsoid.area(np.array([shape], dtype=object), STUDY)[0]
    # where cells are cut, corners are rounded to a nanometre: 1e-9 of some hundred metres each
    assert ellipsoid.area(parts, STUDY).sum() == pytest.approx(whole, rel=1e-9)


def test_the_same_cells_lie_under_two_places(square: Square) -> None:
    one = grid_of("cells", "hexagon", 300.0, Place("a", square(0, 0, 1000), STUDY))
    other = grid_of("cells", "hexagon", 300.0, Place("b", square(400, 0, 1000), STUDY))
    shared = set(one.ids) & set(other.ids)
    assert shared
    for cell in shared:
        assert one.shapes[one.ids.index(cell)].equals_exact(other.shapes[other.ids.index(cell)], 0)


def test_the_crs_of_a_place_is_chosen_from_where_it_lies(folder: Path, write: Write, square: Square) -> None:
    degrees = crs_room.to_crs(np.array([square(0, 0, 1000)], dtype=object), STUDY, crs_room.parse("EPSG:4326"))
    write(folder / "b.geojson", {"n": [1]}, degrees, crs=4326, COORDINATE_PRECISION=15)
    boundary, crs = read.open_boundary("b.geojson", folder)
    assert crs.to_epsg() == 4548
    assert boundary.area == pytest.approx(1e6, rel=1e-9)
    _, given = read.open_boundary("b.geojson", folder, "EPSG:4549")
    assert given.to_epsg() == 4549


def test_one_district_of_many_is_a_place(folder: Path, write: Write, square: Square) -> None:
    write(folder / "d.gpkg", {"name": ["和平区", "南开区", "南开区"]}, [square(0, 0), square(100, 0), square(200, 0)])
    boundary, _ = read.open_boundary({"path": "d.gpkg", "where": "name = '南开区'"}, folder)
    assert boundary.area == pytest.approx(20_000)
    assert boundary.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [("EPSG:3857", "crs.web_mercator"), ("EPSG:4490", "crs.not_projected"), ("EPSG:4534", "crs.too_far")],
)
def test_a_place_is_not_measured_where_it_cannot_be(
    declared: str, sentence: str, folder: Path, write: Write, square: Square
) -> None:
    write(folder / "b.gpkg", {"n": [1]}, [square(0, 0)])
    with pytest.raises(CRSError) as error:
        read.open_boundary("b.gpkg", folder, declared)
    assert error.value.id == sentence


def test_a_boundary_on_screen_coordinates_is_a_place_all_the_same(folder: Path, write: Write, square: Square) -> None:
    web = crs_room.to_crs(np.array([square(0, 0, 1000)], dtype=object), STUDY, crs_room.parse("EPSG:3857"))
    write(folder / "b.gpkg", {"n": [1]}, web, crs=3857)
    boundary, crs = read.open_boundary("b.gpkg", folder)
    assert crs.to_epsg() == 4548
    assert boundary.area == pytest.approx(1e6, rel=1e-9)


def test_a_boundary_must_be_sound_and_have_an_area_and_a_crs(folder: Path, write: Write, square: Square) -> None:
    bow = shapely.Polygon([(500_000, 4_334_000), (500_900, 4_334_900), (500_900, 4_334_000), (500_000, 4_334_900)])
    write(folder / "bow.gpkg", {"n": [1]}, [bow])
    with pytest.raises(GeometryError):
        read.open_boundary("bow.gpkg", folder)
    write(folder / "line.gpkg", {"n": [1]}, [shapely.LineString([(500_000, 4_334_000), (500_900, 4_334_900)])])
    with pytest.raises(GeometryError):
        read.open_boundary("line.gpkg", folder)
    write(folder / "none.gpkg", {"n": [1]}, [square(0, 0)], crs=None)
    with pytest.raises(CRSError):
        read.open_boundary("none.gpkg", folder)
    write(folder / "empty.gpkg", {"n": []}, [])
    with pytest.raises((GeometryError, CRSError)):
        read.open_boundary("empty.gpkg", folder)
