"""Street networks of any origin: split where they meet, as long as they are on the ground or as their source says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from pyproj import CRS

from geoplan import crs as crs_room
from geoplan.catalogue import Catalogue
from geoplan.errors import ColumnError, CoverageError, SourceError, StudyError
from geoplan.layer import Layer, LayerSpec
from geoplan.ops import ellipsoid

Open = Callable[..., Layer]
Write = Callable[..., Path]
STUDY = CRS.from_epsg(4548)


@pytest.fixture
def spec() -> LayerSpec:
    return Catalogue.for_study().layer("walk_network")


def line(*points: tuple[float, float]) -> Any:
    return shapely.LineString([(500_000 + x, 4_334_000 + y) for x, y in points])


@pytest.fixture
def cross(folder: Path, write: Write) -> Path:
    """A street of three vertices, one that ends on its middle vertex, and one that crosses both without a vertex."""
    lines = [line((0, 0), (100, 0), (300, 0)), line((100, 0), (100, 100)), line((200, -50), (200, 50))]
    columns = {"BSM": ["a", "b", "c"], "DLMC": ["一路", "二路", "三路"], "CD": [600.0, 100.0, 100.0]}
    return write(folder / "dl.gpkg", columns, lines)


def test_lines_are_split_at_the_vertices_they_share(cross: Path, opened: Open, spec: LayerSpec) -> None:
    layer = opened(spec, path="dl.gpkg")
    assert layer.frame["id"].tolist() == ["a/1", "a/2", "b", "c"]
    assert layer.frame["name"].tolist() == ["一路", "一路", "二路", "三路"]
    assert layer.frame["length"].tolist() == pytest.approx([100, 200, 100, 100], rel=1e-6)
    u, v = (layer.frame[c].to_numpy() for c in "uv")
    assert u.dtype == v.dtype == np.int64
    assert v[0] == u[1] == u[2]
    assert len({*u, *v}) == 6
    assert (layer.ledger.read, layer.ledger.used) == (3, 3)


def test_an_edge_runs_from_its_first_node_to_its_second(cross: Path, opened: Open, spec: LayerSpec) -> None:
    frame = opened(spec, path="dl.gpkg").frame
    where: dict[int, tuple[float, float]] = {}
    for u, v, shape in zip(frame["u"], frame["v"], frame.geometry, strict=True):
        for node, at in ((u, shape.coords[0]), (v, shape.coords[-1])):
            assert where.setdefault(node, at) == at


def test_streets_that_cross_without_a_vertex_meet_only_where_asked(cross: Path, opened: Open, spec: LayerSpec) -> None:
    assert len(opened(spec, path="dl.gpkg").frame) == 4
    assert len(opened(spec, path="dl.gpkg", at_crossings=True).frame) == 6


def test_a_named_length_is_shared_among_the_pieces(cross: Path, opened: Open, spec: LayerSpec) -> None:
    # the bureau says 600 m for 300 m of map: the pieces of 100 and 200 are 200 and 400
    layer = opened(spec, path="dl.gpkg", length="CD")
    assert layer.frame["length"].tolist() == pytest.approx([200, 400, 100, 100], rel=1e-12)
    with pytest.raises(ColumnError):
        opened(spec, path="dl.gpkg", length="长度")


def test_lengths_are_those_on_the_ground_not_in_the_plane(
    folder: Path, write: Write, opened: Open, spec: LayerSpec
) -> None:
    # 130 km east of the meridian the plane stretches by 0.02 %
    far = shapely.LineString([(630_000, 4_334_000), (630_000, 4_335_000)])
    write(folder / "far.gpkg", {"BSM": ["a"]}, [far])
    (length,) = opened(spec, path="far.gpkg").frame["length"]
    assert length == pytest.approx(float(ellipsoid.length(np.array([far], dtype=object), STUDY)[0]), rel=1e-12)
    assert 999.7 < length < 999.9


def test_edges_that_do_not_meet_the_area_are_left_out(
    cross: Path, opened: Open, spec: LayerSpec, square: Callable[..., Any]
) -> None:
    layer = opened(spec, square(250, -10, 40), path="dl.gpkg")
    # street b, which splits a, does not meet the area and is not read
    assert layer.frame["id"].tolist() == ["a"]
    assert layer.ledger.read == 1


def test_files_of_one_network_meet_where_they_share_a_vertex(
    folder: Path, write: Write, opened: Open, spec: LayerSpec
) -> None:
    write(folder / "东.gpkg", {"BSM": ["1"]}, [line((0, 0), (100, 0))])
    write(folder / "西.gpkg", {"BSM": ["1"]}, [line((100, 0), (100, 100))])
    frame = opened(spec, path=["东.gpkg", "西.gpkg"]).frame
    assert frame["id"].tolist() == ["东/1", "西/1"]
    assert frame["v"].iloc[0] == frame["u"].iloc[1]


def test_lines_of_no_length_are_set_aside(folder: Path, write: Write, opened: Open, spec: LayerSpec) -> None:
    write(folder / "a.gpkg", {"BSM": ["a", "b"]}, [line((0, 0), (9, 0)), line((5, 5), (5, 5))])
    layer = opened(spec, path="a.gpkg")
    assert [(e.feature, e.reason) for e in layer.ledger.entries] == [("b", "no_length")]


@pytest.fixture
def osm(folder: Path) -> Callable[[str], Path]:
    """A tiny town written by pyosmium: nodes on a line 0.001 degrees apart, ways of every kind."""

    def make(name: str) -> Path:
        path = folder / name
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path)) as out:
            for i in range(8):
                out.add_node(osmium.osm.mutable.Node(id=i + 1, location=(117.0 + 0.001 * i, 39.14)))
            for i in range(4):
                out.add_node(osmium.osm.mutable.Node(id=i + 11, location=(117.002, 39.141 + 0.001 * i)))
            ways = [
                (101, [1, 2, 3, 4], {"highway": "residential", "name": "一路", "oneway": "yes"}),
                (102, [3, 11, 12], {"highway": "footway"}),
                (103, [4, 5], {"highway": "motorway"}),
                (104, [5, 6], {"highway": "service", "access": "private"}),
                (105, [5, 6, 7], {"highway": "service", "access": "private", "foot": "yes"}),
                (106, [6, 7, 8, 6], {"highway": "pedestrian", "area": "yes"}),
                (107, [12, 13, 99, 14], {"highway": "path"}),
                (108, [1, 8], {"building": "yes"}),
            ]
            for number, nodes, tags in ways:
                out.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
        return path

    return make


@pytest.mark.parametrize("name", ["town.osm", "town.osm.pbf"])
def test_the_walking_network_of_openstreetmap_is_read_offline(
    name: str, osm: Callable[[str], Path], opened: Open, spec: LayerSpec
) -> None:
    osm(name)
    layer = opened(spec, path=name)
    frame = layer.frame
    # 101 is split at node 3, where 102 begins; of 107 only the stretch before the missing node 99 is known
    assert list(zip(frame["id"], frame["u"], frame["v"], strict=True)) == [
        ("w101/1", 1, 3), ("w101/2", 3, 4), ("w102", 3, 12), ("w105", 5, 7), ("w107", 12, 13),
    ]  # fmt: skip
    assert frame["kind"].tolist() == ["residential", "residential", "footway", "service", "path"]
    assert frame["name"].iloc[0] == "一路"
    assert layer.source.crs == "EPSG:4326"
    # 0.001 degrees of longitude are 86.4 m here, of latitude 111.0 m
    assert frame["length"].tolist() == pytest.approx([172.8, 86.4, 222.0, 172.8, 111.0], abs=0.2)


def test_only_ways_near_the_area_are_read(
    osm: Callable[[str], Path], opened: Open, spec: LayerSpec, square: Callable[..., Any]
) -> None:
    osm("town.osm")
    near = opened(spec, square(0, 20, 60), path="town.osm")
    assert near.frame["id"].tolist() == ["w101"]  # way 102, which splits it, is not near
    with pytest.raises(CoverageError) as error:
        opened(spec, square(400, -1000, 60), path="town.osm")
    assert error.value.id == "source.none_here"
    nothing = opened(spec, square(400, -1000, 60), path="town.osm", covers="boundary")
    assert list(nothing.frame.columns)[:4] == ["id", "u", "v", "length"]
    assert len(nothing.frame) == 0


@pytest.mark.parametrize("keys", [{"where": "highway = 'path'"}, {"at_crossings": True}])
def test_keys_that_cannot_apply_to_a_graph_are_refused(
    keys: dict[str, Any], osm: Callable[[str], Path], opened: Open, spec: LayerSpec
) -> None:
    osm("town.osm")
    with pytest.raises(StudyError):
        opened(spec, path="town.osm", **keys)


def test_broken_and_empty_files_of_openstreetmap_are_refused(
    folder: Path, osm: Callable[[str], Path], opened: Open, spec: LayerSpec
) -> None:
    (folder / "a.osm").write_text("<osm version='0.6'><node id='1'")
    with pytest.raises(SourceError) as error:
        opened(spec, path="a.osm")
    assert error.value.id == "source.osm_broken"
    data = osm("town.osm.pbf").read_bytes()
    (folder / "b.osm.pbf").write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError):
        opened(spec, path="b.osm.pbf")
    (folder / "c.osm").write_text("<osm version='0.6'></osm>")
    with pytest.raises(CoverageError):
        opened(spec, path="c.osm")


GRAPH = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/><key id="d1" for="node" attr.name="x" attr.type="string"/>
<key id="d2" for="node" attr.name="y" attr.type="string"/><key id="d3" for="edge" attr.name="length" attr.type="string"/>
<key id="d4" for="edge" attr.name="geometry" attr.type="string"/><key id="d5" for="edge" attr.name="highway" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="10"><data key="d1">117.0</data><data key="d2">39.14</data></node>
<node id="20"><data key="d1">117.001</data><data key="d2">39.14</data></node>
<node id="30"><data key="d1">117.001</data><data key="d2">39.141</data></node>
<edge source="10" target="20" id="0"><data key="d3">99.0</data><data key="d5">residential</data></edge>
<edge source="20" target="10" id="0"><data key="d3">99.0</data><data key="d5">residential</data></edge>
<edge source="20" target="30" id="0"><data key="d3">111.0</data><data key="d4">LINESTRING (117.001 39.14, 117.0015 39.1405, 117.001 39.141)</data></edge>
<edge source="30" target="20" id="0"><data key="d3">111.0</data><data key="d4">LINESTRING (117.001 39.141, 117.0015 39.1405, 117.001 39.14)</data></edge>
<edge source="20" target="30" id="1"><data key="d3">111.0</data></edge>
</graph></graphml>"""


def test_a_street_that_runs_both_ways_stands_once_and_a_second_street_is_another(
    folder: Path, opened: Open, spec: LayerSpec
) -> None:
    (folder / "net.graphml").write_text(GRAPH, encoding="utf-8")
    frame = opened(spec, path="net.graphml").frame
    assert list(zip(frame["id"], frame["u"], frame["v"], strict=True)) == [
        ("10-20-0", 10, 20), ("20-30-0", 20, 30), ("20-30-1", 20, 30),
    ]  # fmt: skip
    assert shapely.get_num_coordinates(frame.geometry.to_numpy()).tolist() == [2, 3, 2]
    assert frame["length"].tolist() == pytest.approx([86.4, 140.8, 111.0], abs=0.2)
    assert frame["kind"].iloc[0] == "residential"


def test_the_length_a_graph_brings_is_taken_where_it_is_named(folder: Path, opened: Open, spec: LayerSpec) -> None:
    (folder / "net.graphml").write_text(GRAPH, encoding="utf-8")
    assert opened(spec, path="net.graphml", length="length").frame["length"].tolist() == [99, 111, 111]
    with pytest.raises(ColumnError) as error:
        opened(spec, path="net.graphml", length="lenght")
    assert error.value.fields["nearest"] == "length"


@pytest.mark.parametrize(
    "text",
    [
        "<graphml",
        "<html/>",
        GRAPH.replace("117.001</data>", "east</data>"),
        GRAPH.replace('target="20"', 'target="77"'),
        GRAPH.replace("LINESTRING (117.001 39.14,", "LINESTRING (117.001,"),
    ],
)
def test_a_broken_graph_is_refused(text: str, folder: Path, opened: Open, spec: LayerSpec) -> None:
    (folder / "net.graphml").write_text(text, encoding="utf-8")
    with pytest.raises((SourceError, CoverageError)) as error:
        opened(spec, path="net.graphml")
    assert error.value.say("zh")


def test_a_graph_that_says_no_crs_takes_the_declared_one(folder: Path, opened: Open, spec: LayerSpec) -> None:
    (folder / "net.graphml").write_text(GRAPH.replace("epsg:4326", ""), encoding="utf-8")
    with pytest.raises(ValueError, match="no coordinate system"):
        opened(spec, path="net.graphml")
    assert opened(spec, path="net.graphml", crs="EPSG:4490").source.crs == "EPSG:4490"


def test_a_graph_is_not_joined_with_other_sources(folder: Path, cross: Path, opened: Open, spec: LayerSpec) -> None:
    (folder / "net.graphml").write_text(GRAPH, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        opened(spec, path=["dl.gpkg", "net.graphml"])
    assert error.value.id == "source.one_network"


def test_the_same_town_is_as_long_in_every_format(
    folder: Path, osm: Callable[[str], Path], write: Write, opened: Open, spec: LayerSpec
) -> None:
    osm("town.osm")
    network = opened(spec, path="town.osm").frame
    degrees = crs_room.to_crs(network.geometry.to_numpy(), STUDY, crs_room.parse("EPSG:4326"))
    write(folder / "town.gpkg", {"BSM": network["id"]}, degrees, crs=4326)
    lines = opened(spec, path="town.gpkg").frame
    assert lines["length"].sum() == pytest.approx(network["length"].sum(), rel=1e-9)
    assert len(lines) == len(network)
