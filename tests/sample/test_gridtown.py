"""The sums in gridtown's README, worked out again by brute force: every street as steps of ten metres."""

import csv
import math
import tomllib
from itertools import pairwise

import networkx as nx
import pytest
import shapely

from geoplan.sample import gridtown_folder

# parcels without surveyed entrances: the points of their outline nearest the streets, as drawn in the README
ESTIMATED = {"R3": [(500360, 4334310), (500310, 4334360)], "R9": [(500900, 4334690)]}
SERVED = {"R1": 350, "R2": 250, "R3": 70, "R4": 270, "R5": 500, "R6": 560, "R7": 210, "R8": 160, "R9": 1010, "R10": 460}
TO_PARK = {
    "R1": 230,
    "R2": 210,
    "R3": 230,
    "R4": 180,
    "R5": 440,
    "R6": 280,
    "R7": 260,
    "R8": 120,
    "R9": 970,
    "R10": 520,
}
TO_TRAIN = {
    "R1": 550,
    "R2": 340,
    "R3": 270,
    "R4": 470,
    "R5": 820,
    "R6": 880,
    "R7": 590,
    "R8": 580,
    "R9": 930,
    "R10": 780,
}


def rows(name, **kept):
    with (gridtown_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = [{**row, "shape": shapely.from_wkt(row["wkt"])} for row in csv.DictReader(file)]
    return [row for row in found if all(row[key] == value for key, value in kept.items())]


@pytest.fixture(scope="module")
def streets():
    graph = nx.Graph()
    for row in rows("walk_network"):
        points = [tuple(map(int, xy)) for xy in shapely.get_coordinates(row["shape"])]
        for a, b in pairwise(points):
            steps = round(math.dist(a, b) / 10)
            walk = [(a[0] + (b[0] - a[0]) * i // steps, a[1] + (b[1] - a[1]) * i // steps) for i in range(steps + 1)]
            nx.add_path(graph, walk, weight=10)
    return graph


def walks(streets, supply):
    """Metres from every parcel to the nearest of these points; parcels without a way there are missing."""
    nodes = list(streets)
    tree = shapely.STRtree(shapely.points(nodes))

    def onto(point):
        at = int(tree.nearest(point))
        return nodes[at], point.distance(shapely.Point(nodes[at]))

    reached = {}
    for point in supply:
        start, off = onto(point)
        for node, metres in nx.single_source_dijkstra_path_length(streets, start).items():
            reached[node] = min(reached.get(node, math.inf), metres + off)
    found = {}
    for parcel in rows("residential"):
        doors = [d["shape"] for d in rows("residential_entrances", parcel=parcel["id"])]
        doors = doors or [shapely.Point(xy) for xy in ESTIMATED.get(parcel["id"], [])]
        best = min((reached.get(node, math.inf) + off for node, off in map(onto, doors)), default=math.inf)
        if best < math.inf:
            found[parcel["id"]] = best
    return found


def shares(within):
    """Count, area and people of the parcels named, as numbers to hold against the README."""
    parcels = [p for p in rows("residential") if p["id"] in within]
    return len(parcels), sum(p["shape"].area for p in parcels), sum(int(p["population"] or 0) for p in parcels)


def test_coordinates_are_whole_tens_of_metres():
    for path in gridtown_folder().glob("*.csv"):
        for row in rows(path.stem):
            assert (shapely.get_coordinates(row["shape"]) % 10 == 0).all(), (path.name, row["id"])


def test_every_layer_of_the_study_is_there():
    study = tomllib.loads((gridtown_folder() / "study.toml").read_text(encoding="utf-8"))
    states = [s for layer in study["layers"].values() for s in (layer, *layer.get("at", {}).values())]
    declared = {state["path"] for state in states}
    declared |= {study["place"]["boundary"]} | {zone["path"] for zone in study["place"]["zones"].values()}
    assert declared == {path.name for path in gridtown_folder().glob("*.csv")}


def test_streets_are_7240_m_in_two_components(streets):
    assert sum(row["shape"].length for row in rows("walk_network")) == 7240
    assert sorted(map(len, nx.connected_components(streets)))[:-1] == [17]


def test_walks_to_facilities_are_as_the_readme_says(streets):
    found = walks(streets, [f["shape"] for f in rows("community_facilities", status="已建成")])
    assert found == {**SERVED}
    assert shares([k for k, m in found.items() if m <= 500]) == (8, 62400, 1700)


def test_with_the_planned_facility_the_far_bank_is_reached_too(streets):
    assert walks(streets, [f["shape"] for f in rows("community_facilities")])["R9"] == 210


def test_walks_to_parks_are_as_the_readme_says(streets):
    found = walks(streets, [g["shape"] for g in rows("park_entrances")])
    assert found == TO_PARK
    assert shares([k for k, m in found.items() if m <= 500]) == (8, 62400, 1850)
    large = walks(streets, [g["shape"] for g in rows("park_entrances") if g["parcel"] != "P3"])
    assert shares([k for k, m in large.items() if m <= 500]) == (7, 56400, 1750)


def test_walks_to_the_open_station_are_as_the_readme_says(streets):
    found = walks(streets, [x["shape"] for x in rows("station_entrances", status="运营")])
    assert found == TO_TRAIN
    assert shares([k for k, m in found.items() if m <= 800]) == (7, 51400, 1400)


def test_circles_are_as_the_readme_says():
    parcels = rows("residential")
    facilities = [f["shape"] for f in rows("community_facilities", status="已建成")]
    assert all(min(p["shape"].distance(f) for f in facilities) <= 500 for p in parcels)
    stair = rows("station_entrances", status="运营")[0]["shape"]
    assert shares([p["id"] for p in parcels if p["shape"].distance(stair) <= 800]) == (10, 72800, 1900)
    assert {p["id"] for p in parcels if p["shape"].distance(stair) <= 500} == {"R1", "R2", "R3", "R4", "R8", "R10"}


def test_one_parcel_is_beyond_the_longest_snap_and_one_on_an_island(streets):
    lines = shapely.union_all([row["shape"] for row in rows("walk_network")])
    far = {p["id"]: p["shape"].distance(lines) for p in rows("residential")}
    assert [key for key, metres in far.items() if metres > 150] == ["R12"]
    assert "R11" not in walks(streets, [f["shape"] for f in rows("community_facilities")])


def test_green_is_counted_once():
    canopy = [row["shape"] for row in rows("canopy")]
    built = rows("built_up")[0]["shape"]
    green = shapely.union_all(canopy).intersection(built)
    assert (sum(c.area for c in canopy), green.area, built.area) == (112000, 100000, 1_000_000)
    by_zone = {
        z["id"]: green.intersection(z["shape"]).area for name in ("districts", "communities") for z in rows(name)
    }
    assert by_zone == {"D1": 24400, "D2": 75600, "S1": 8000, "S2": 16400, "S3": 52000}
    parks = shapely.union_all([row["shape"] for row in rows("parks")])
    assert (parks.area, parks.union(green).area) == (24200, 108200)


def test_the_shore_is_a_kilometre_and_its_parts_are_as_the_readme_says():
    lines = rows("coastline")
    by = {}
    for row in lines:
        key = row["class_cn"], row["certified"]
        by[key] = by.get(key, 0) + row["shape"].length
    assert by == {
        ("自然", ""): 300,
        ("整治修复", "是"): 150,
        ("整治修复", "否"): 50,
        ("", ""): 50,
        ("河口", ""): 100,
        ("人工", ""): 350,
    }
    south = rows("districts", id="D1")[0]["shape"]
    assert sum(row["shape"].intersection(south).length for row in lines) == pytest.approx(610)


def test_districts_fill_the_town_and_communities_leave_34_ha():
    town = rows("boundary")[0]["shape"]
    assert shapely.union_all([z["shape"] for z in rows("districts")]).equals(town)
    assert sum(z["shape"].area for z in rows("districts")) == town.area == 1_200_000
    assert town.area - sum(z["shape"].area for z in rows("communities")) == 340_000
