"""Networks with holes: islands, edges of no length, gaps at junctions, minutes nobody knows; and what depends on them."""

import numpy as np
import pytest
from bad_inputs_bench import CATALOGUE, PLACE, STUDY, Desk, both, put, refused, repaired, right, rows

from geoplan import read
from geoplan.errors import GeometryError
from geoplan.methods.reach import reach
from geoplan.methods.travel_time import travel_time
from geoplan.place import Place

STREETS, RAILS = "walk_network", "rail_network"
TOWN = Place("小镇", PLACE, STUDY, year=2025)
MAIN = "1,LINESTRING (0 0, 500 0)"
GRAPH = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="x" attr.name="x"/><key id="y" attr.name="y"/>'
    '<key id="c" attr.name="crs"/><graph><data key="c">EPSG:4548</data>{}</graph></graphml>'
)
NODE = '<node id="{}"><data key="x">{}</data><data key="y">{}</data></node>'


def streets(*lines, header="id,wkt", **declared):
    return lambda desk: {"path": desk.csv("路.csv", header, *lines), "crs": "EPSG:4548", **declared}


def edges(count, metres, **columns):
    def check(layer):
        assert len(layer.frame) == count
        assert layer.frame["length"].sum() == pytest.approx(metres, rel=1e-4)
        for name, wanted in columns.items():
            assert np.allclose(layer.frame[name].to_numpy(float), wanted, equal_nan=True)

    return check


def parts(count):
    """Into how many pieces that hang together a network falls."""

    def check(layer):
        import networkx as nx

        graph = nx.Graph(zip(layer.frame["u"], layer.frame["v"], strict=True))
        assert nx.number_connected_components(graph) == count

    return check


def graph(text, **declared):
    return lambda desk: {"path": desk.text("路.graphml", text), **declared}


EVERY = (
    repaired("an edge of no length", STREETS, streets(MAIN, "2,LINESTRING (500 0, 500 0)"), "no_length", area=0),
    repaired("an edge without a shape", STREETS, streets(MAIN, "2,"), "no_shape", area=0),
    repaired("an edge of one point", STREETS, streets(MAIN, "2,POINT (500 0)"), "kind", area=0),
    repaired("a square among streets", STREETS, streets(MAIN, "2,POLYGON ((0 0, 9 0, 9 9, 0 0))"), "kind", area=0),
    refused("nothing but squares", STREETS, lambda d: {"path": d.write("路.gpkg", {"n": [1]}, [PLACE.buffer(-4000)])}, "layer.kind", "路.gpkg", "network"),
    refused("streets elsewhere", STREETS, streets("1,LINESTRING (90000 0, 90500 0)"), "source.elsewhere", "路.csv", STREETS),
    refused("streets of the neighbouring meridian", STREETS, lambda d: {**streets(MAIN)(d), "crs": "EPSG:4549"}, "source.elsewhere_as", "路.csv", 'crs = "EPSG:4548"'),
    refused("streets whose lengths are in a column that is not there", STREETS, streets(MAIN, length="CD"), "column.declared", "CD", "路.csv"),
    refused("a length below nothing", STREETS, streets("1,-5,LINESTRING (0 0, 500 0)", header="id,CD,wkt", length="CD"), "column.too_low", "CD", "-5"),
    refused("a length in words", STREETS, streets("1,约五百,LINESTRING (0 0, 500 0)", header="id,CD,wkt", length="CD"), "column.not_number", "约五百"),
    refused("a width with its unit", STREETS, streets("1,12米,LINESTRING (0 0, 500 0)", header="id,KD,wkt"), "column.with_unit", "12米", "KD"),
    refused("minutes below nothing", RAILS, streets("1,-5,LINESTRING (0 0, 500 0)", header="id,分钟,wkt"), "column.too_low", "分钟", "-5"),
    refused("minutes in words", RAILS, streets("1,五,LINESTRING (0 0, 500 0)", header="id,分钟,wkt"), "column.not_number", "分钟", "五"),
    refused("minutes in hours", RAILS, streets("1,1:30,LINESTRING (0 0, 500 0)", header="id,分钟,wkt"), "column.not_number", "1:30"),
    right("minutes nobody knows stay unknown", RAILS, streets("1,5,LINESTRING (0 0, 500 0)", "2,,LINESTRING (500 0, 900 0)", header="id,分钟,wkt"), edges(2, 900, minutes=[5, np.nan])),
    right("streets that cross without a vertex do not meet", STREETS, streets(MAIN, "2,LINESTRING (250 -100, 250 100)"), parts(2)),
    right("streets that cross without a vertex meet where asked", STREETS, streets(MAIN, "2,LINESTRING (250 -100, 250 100)", at_crossings=True), parts(1)),
    right("a gap of half a metre is a gap", STREETS, streets(MAIN, "2,LINESTRING (500.5 0, 900 0)"), parts(2)),
    right("a vertex that stands twice", STREETS, streets("1,LINESTRING (0 0, 250 0, 250 0, 500 0)"), edges(1, 500)),
    right("a street with a loop", STREETS, streets("1,LINESTRING (0 0, 100 0, 100 100, 0 100, 0 0)"), edges(1, 400)),
    refused("a graph that is none", STREETS, graph("<html></html>"), "source.graphml", "路.graphml"),
    refused("a graph cut in the middle", STREETS, graph(GRAPH.format(NODE.format(1, 500000, 4334000))[:-20]), "source.graphml", "路.graphml", checked=False),
    refused("a graph whose edge leads to no node", STREETS, graph(GRAPH.format(NODE.format(1, 500000, 4334000) + '<edge source="1" target="9"/>')), "source.graphml", "路.graphml", checked=False),
    refused("a node without a place", STREETS, graph(GRAPH.format('<node id="1"/><node id="2"/><edge source="1" target="2"/>')), "source.graphml", "路.graphml", checked=False),
    refused("a node in words", STREETS, graph(GRAPH.format(NODE.format(1, "东", "北"))), "source.graphml", "路.graphml", checked=False),
    refused("a graph of no edges", STREETS, graph(GRAPH.format("")), "source.none_here", "路.graphml", checked=False),
    refused("a filter on a graph", STREETS, graph(GRAPH.format(""), where="1 = 1"), "source.graph_keys", "路.graphml", checked=False),
    refused("a graph beside another source", STREETS, lambda d: {"path": [graph(GRAPH.format(""))(d)["path"], streets(MAIN)(d)["path"]]}, "source.one_network", STREETS, checked=False),
    refused("a file of OpenStreetMap that is none", STREETS, lambda d: {"path": d.text("路.osm.pbf", "nothing of the kind")}, "source.osm_broken", "路.osm.pbf"),
    refused("a file of OpenStreetMap cut in the middle", STREETS, lambda d: {"path": d.text("路.osm", '<?xml version="1.0"?><osm version="0.6"><node id="1" lat="39.1" lon="117.0"')}, "source.osm_broken", "路.osm", checked=False),
)  # fmt: skip


@rows(*EVERY)
def test_networks(row, folder, record_property):
    put(row, folder, record_property)


def opened(folder, name, *lines, header="id,wkt", **declared):
    given = {"path": Desk(folder).csv(f"{name}.csv", header, *lines), "crs": "EPSG:4548", **declared}
    return read.open_layer(CATALOGUE.layer(name), given, folder=folder, crs=STUDY, area=PLACE)


def home(number, x):
    return f"{number},10,POLYGON (({x} 10, {x + 40} 10, {x + 40} 50, {x} 50, {x} 10))"


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("2,LINESTRING (2000 0, 2500 0)", "an island no facility stands on"),
        ("2,LINESTRING (500.5 0, 2500 0)", "a gap of half a metre at the junction"),
    ],
    ids=["island", "gap"],
)
def test_homes_on_an_island_of_streets_are_unknown_and_never_far(second, why, folder, record_property):
    homes = opened(folder, "residential", home("A", 100), home("B", 2200), header="id,人口,wkt")
    shops = opened(folder, "community_facilities", "s,POINT (300 10)")
    found = reach(homes, (shops,), opened(folder, STREETS, MAIN, second), place=TOWN, weight="count")
    halves = found.measure.overall
    assert (halves.part, halves.unknown, halves.whole) == (1, 1, 2), why
    rows_ = found.evidence["demand"].set_index("id")
    assert rows_["status"].to_dict() == {"A": "reached", "B": "unknown"}
    assert rows_.loc["B", "reason"] == "island"
    for note in found.notes:
        both(note)
    record_property("bad_input", "noted")


def test_homes_far_from_every_street_are_unknown(folder, record_property):
    homes = opened(folder, "residential", home("A", 100), home("B", 4000), header="id,人口,wkt")
    shops = opened(folder, "community_facilities", "s,POINT (300 10)")
    found = reach(homes, (shops,), opened(folder, STREETS, MAIN), place=TOWN, weight="count")
    assert (found.measure.overall.part, found.measure.overall.unknown) == (1, 1)
    assert found.evidence["demand"].set_index("id").loc["B", "reason"] == "unsnapped"
    record_property("bad_input", "noted")


def test_people_nobody_counted_leave_the_share_of_people_in_doubt(folder, record_property):
    homes = opened(folder, "residential", home("A", 100), home("B", 300).replace(",10,", ",,"), header="id,人口,wkt")
    shops = opened(folder, "community_facilities", "s,POINT (300 10)")
    found = reach(homes, (shops,), opened(folder, STREETS, MAIN), place=TOWN, weight="count")
    assert found.facts["people_unknown"] == 1
    record_property("bad_input", "noted")


def test_a_way_over_an_edge_of_unknown_minutes_is_unknown(folder, record_property):
    hubs = opened(folder, "rail_hubs", "津,津城,POINT (0 0)", "滨,滨城,POINT (900 0)", header="id,SSCQ,wkt")
    lines = opened(folder, RAILS, "1,5,LINESTRING (0 0, 500 0)", "2,,LINESTRING (500 0, 900 0)", header="id,分钟,wkt")
    found = travel_time(hubs.of_classes(("coastal",)), (hubs.of_classes(("city",)),), lines, place=TOWN, weight="count")
    assert (found.measure.overall.part, found.measure.overall.unknown) == (0, 1)
    said = {note.sentence: note for note in found.notes}
    both(said["travel_time.blank"], ("1",))
    record_property("bad_input", "noted")


def test_lengths_nobody_knows_are_refused_where_they_are_walked(folder, record_property):
    homes = opened(folder, "residential", home("A", 100), header="id,人口,wkt")
    shops = opened(folder, "community_facilities", "s,POINT (300 10)")
    lines = opened(folder, STREETS, "1,,LINESTRING (0 0, 500 0)", header="id,CD,wkt", length="CD")
    with pytest.raises(GeometryError) as caught:
        reach(homes, (shops,), lines, place=TOWN, weight="count")
    assert caught.value.id == "network.length"
    both(caught.value, ("1",))
    record_property("bad_input", "refused")
