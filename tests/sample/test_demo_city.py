"""The demo city is a city: no gaps, no overlaps, one network, and the faults that were put in, no others."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan.sample.demo import city_layers

OPEN = "已建成"


def shapes(layers, name, **kept):
    frame = layers[name]
    for column, value in kept.items():
        frame = frame[frame[column] == value]
    return frame.geometry.to_numpy()


def whole(layers, name):
    return shapely.union_all(shapely.make_valid(shapes(layers, name)))


def overlaps(geometries):
    """m2 that two of these shapes have in common, pair by pair."""
    one, two = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    pairs = one < two
    return shapely.area(shapely.intersection(geometries[one[pairs]], geometries[two[pairs]]))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_city_and_another_seed_another(layers):
    again, other = city_layers(), city_layers(7)
    assert layers.keys() == again.keys() == other.keys()
    for name, frame in layers.items():
        assert (shapely.to_wkb(frame.geometry.to_numpy()) == shapely.to_wkb(again[name].geometry.to_numpy())).all(), (
            name
        )
        pd.testing.assert_frame_equal(frame.drop(columns="geometry"), again[name].drop(columns="geometry"))
    assert len(other["buildings"]) != len(layers["buildings"])


def test_it_is_as_large_as_it_says(layers):
    homes = layers["residential"]
    assert 28e6 < whole(layers, "land").area < 34e6
    assert 250 <= len(homes) <= 400
    assert 120_000 < homes["population"].sum() < 150_000
    assert homes["name"].is_unique


def test_ids_are_unique_in_every_layer(layers):
    for name, frame in layers.items():
        assert frame["id"].is_unique, name


def test_parcels_do_not_overlap(layers):
    assert overlaps(shapely.make_valid(shapes(layers, "residential"))).max() < 0.5


@pytest.mark.parametrize(("name", "ground"), [("land_use_current", "land"), ("land_use_plan", "boundary")])
def test_land_use_fills_the_city_without_gaps(layers, name, ground):
    area = whole(layers, ground).area
    assert shapely.area(shapes(layers, name)).sum() == pytest.approx(area, abs=30.0)
    assert shapely.union_all(shapes(layers, name)).area == pytest.approx(area, abs=30.0)


def test_codes_are_text_of_one_scheme(layers):
    survey = set(layers["land_use_current"]["code"])
    assert {"0701", "0702", "05H1", "1105"} <= survey
    assert not survey & {"1401", "16", "070102"}
    assert {"070102", "0702", "1401", "16", "24"} <= set(layers["land_use_plan"]["code"])


def test_districts_part_the_place_and_communities_leave_some_out(layers):
    place = whole(layers, "boundary")
    districts = shapes(layers, "districts")
    assert len(districts) == 5
    assert shapely.area(districts).sum() == pytest.approx(place.area, rel=1e-13)
    assert overlaps(districts).max() == 0
    communities = shapes(layers, "communities")
    assert shapely.area(communities).sum() < 0.6 * place.area
    assert overlaps(communities).max() < 3.0


def components(lines):
    graph = nx.Graph()
    for line in lines:
        xy = shapely.get_coordinates(line)
        graph.add_edge(tuple(xy[0]), tuple(xy[-1]), weight=line.length)
    return sorted(nx.connected_components(graph), key=len)


def test_the_network_hangs_together_but_for_the_island(layers):
    small, large = components(shapes(layers, "walk_network"))
    assert len(small) == 2
    assert len(large) > 1_000
    (island,) = (p for p in layers["residential"].itertuples() if p.name == "湖心岛小筑")
    assert shapely.distance(island.geometry, shapely.MultiPoint(list(small))) < 100
    assert island.id in set(layers["residential_entrances"]["parcel"])


def test_streets_meet_only_where_they_share_a_vertex(layers):
    lines = shapes(layers, "walk_network")
    assert shapely.STRtree(lines).query(lines, predicate="crosses").size == 0
    assert shapely.length(lines).min() > 0


def test_the_canal_and_the_river_are_crossed_by_three_bridges_each(layers):
    walk = shapes(layers, "walk_network")
    for name in ("南引河", "清苇河"):
        water = shapes(layers, "barriers", kind=name)[0]
        wet = shapely.length(shapely.intersection(walk, water))
        crossing = shapely.union_all(walk[wet > 1.0])
        assert len(shapely.get_parts(shapely.line_merge(shapely.intersection(crossing, water)))) == 3, name


def test_gates_lie_on_the_boundary_of_their_parcel_and_beside_a_street(layers):
    for gates, parcels in (("residential_entrances", "residential"), ("park_entrances", "parks")):
        own = layers[parcels].set_index("id").geometry
        points = shapes(layers, gates)
        edges = shapely.boundary(shapely.make_valid(own.loc[layers[gates]["parcel"]].to_numpy()))
        off = shapely.distance(points, edges)
        # the knot in the outline that crosses itself takes the place of one gate
        assert (off > 0.02).sum() <= 1, gates
        assert off.max() < 2.0, gates
        street = shapely.STRtree(shapes(layers, "walk_network")).query_nearest(points, return_distance=True)[1]
        assert street.max() < 30.0, gates


def test_some_parcels_have_no_surveyed_gate(layers):
    without = ~layers["residential"]["id"].isin(layers["residential_entrances"]["parcel"])
    assert 0.05 < without.mean() < 0.2


def test_one_parcel_is_beyond_reach(layers):
    streets = shapely.union_all(shapes(layers, "walk_network"))
    far = layers["residential"][shapely.distance(shapes(layers, "residential"), streets) > 150.0]
    assert len(far) == 1


def test_the_faults_that_were_put_in_are_there_and_no_others(layers):
    wrong = {name: int((~shapely.is_valid(frame.geometry.to_numpy())).sum()) for name, frame in layers.items()}
    assert {name: n for name, n in wrong.items() if n} == {"residential": 1}
    bad = shapes(layers, "residential")[~shapely.is_valid(shapes(layers, "residential"))][0]
    assert abs(shapely.make_valid(bad).area / bad.area - 1) < 0.01
    assert layers["residential"]["population"].isna().sum() == 1
    assert (layers["coastline"]["class_cn"] == "").sum() == 1
    assert (layers["parks"]["class"] == "").sum() == 1
    facilities = layers["community_facilities"]
    assert (facilities["status"] == "").sum() == 1
    place = shapely.to_wkt(facilities.geometry.to_numpy())
    assert pd.Series(place).duplicated().sum() == 1


def test_every_class_of_shore_and_of_park_is_there(layers):
    shore = layers["coastline"].groupby(["class_cn", "certified"]).size()
    assert set(shore.index) == {
        ("自然", ""),
        ("整治修复", "是"),
        ("整治修复", "否"),
        ("河口", ""),
        ("人工", ""),
        ("", ""),
    }
    assert set(layers["parks"]["class"]) == {"G11", "G12", "G139", "G14", ""}
    assert set(layers["rail_stations"]["status"]) == {"运营", "在建", "规划"}


def test_reaches_of_the_shore_join_and_do_not_overlap(layers):
    lines = shapes(layers, "coastline")
    merged = shapely.line_merge(shapely.union_all(lines))
    assert merged.geom_type == "LineString"
    assert merged.length == pytest.approx(shapely.length(lines).sum(), abs=1e-6)


def test_buildings_stand_on_built_plots_and_not_in_each_other(layers):
    land = whole(layers, "land")
    houses = shapes(layers, "buildings")
    assert shapely.covers(land, houses).all()
    assert overlaps(houses).max(initial=0.0) < 1.0


def test_green_from_above_overlaps_and_covers_less_than_half_of_the_built_up_area(layers):
    built = whole(layers, "built_up")
    green = shapes(layers, "canopy")
    once = shapely.intersection(shapely.union_all(green), built).area
    assert shapely.area(green).sum() > 1.1 * once
    assert 0.38 < once / built.area < 0.5


def test_wetlands_of_two_years_differ_by_the_changes_named(layers):
    now, before = (layers[name].set_index("id") for name in ("wetlands", "wetlands_2020"))
    assert len(before.index.difference(now.index)) == 2
    assert len(now.index.difference(before.index)) == 1
    both = now.index.intersection(before.index)
    assert (now.loc[both, "code"] != before.loc[both, "code"]).sum() == 1


def test_red_line_and_growth_boundary_share_only_the_ridge(layers):
    lines = layers["eco_redline"]
    grow = whole(layers, "growth_boundary")
    shared = shapely.area(shapely.intersection(lines.geometry.to_numpy(), grow))
    assert list(lines["name"][shared > 1.0]) == ["古贝壳堤生态保护红线"]
    assert set(lines["domain"]) == {"陆域", "海域"}
    assert np.isin(["核心保护区", "一般控制区"], lines["zone"]).all()
