"""Curves are made straight so finely that no area shows it, and that is said."""

import math
import sqlite3
import struct
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.layer import Layer, LayerSpec
from geoplan.read.drivers import STEP

STUDY = CRS.from_epsg(4548)
X, Y, RADIUS = 500_000.0, 4_334_000.0, 100.0
HOMES = LayerSpec.from_toml("homes", {"title": {"zh": "小区", "en": "Homes"}, "geometry": "polygon"})
CORNERS = [(X - RADIUS, Y), (X, Y + RADIUS), (X + RADIUS, Y), (X, Y - RADIUS), (X - RADIUS, Y)]
GML = """<?xml version="1.0"?><ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/"
xmlns:gml="http://www.opengis.net/gml/3.2" gml:id="a"><ogr:featureMember><ogr:homes gml:id="h.0"><ogr:geometryProperty>
<gml:Surface srsName="urn:ogc:def:crs:EPSG::32650" gml:id="g"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>
<gml:curveMember><gml:Curve gml:id="c"><gml:segments><gml:ArcString><gml:posList>{corners}</gml:posList></gml:ArcString>
</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>
</ogr:geometryProperty></ogr:homes></ogr:featureMember></ogr:FeatureCollection>"""


def opened(folder: Path, name: str, area: Any = None, **keys: Any) -> Layer:
    return read.open_layer(HOMES, {"path": name, "crs": "EPSG:4548", **keys}, folder=folder, crs=STUDY, area=area)


def curved(layer: Layer) -> list[int]:
    return [note.fields["count"] for note in layer.notes if note.sentence == "read.curves"]


def geopackage(path: Path, kind: str, *, round_first: bool = True) -> None:
    """Two polygons of a layer declared as of a kind, the first of them a circle of two arcs."""
    shapes = [shapely.box(X - RADIUS, Y - RADIUS, X + RADIUS, Y + RADIUS), shapely.box(X, Y, X + 10, Y + 10)]
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs=STUDY).to_file(path)
    with sqlite3.connect(path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        if round_first:
            (blob,) = db.execute(f'SELECT geom FROM "{path.stem}" WHERE fid = 1').fetchone()  # noqa: S608  (our own)
            arcs = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *corner) for corner in CORNERS)
            circle = blob[:40] + struct.pack("<BII", 1, 10, 1) + arcs
            db.execute(f'UPDATE "{path.stem}" SET geom = ? WHERE fid = 1', (circle,))  # noqa: S608  (our own)
        db.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (kind,))
        db.execute("PRAGMA writable_schema = 1")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'POLYGON', ?) WHERE name = ?", (kind, path.stem))


@pytest.mark.parametrize("kind", ["CURVEPOLYGON", "GEOMETRY"])
def test_the_arcs_of_a_geopackage_are_said_and_cost_less_than_a_millionth(tmp_path: Path, kind: str) -> None:
    geopackage(tmp_path / "homes.gpkg", kind)
    layer = opened(tmp_path, "homes.gpkg")
    assert curved(layer) == [1]
    circle = layer.frame.geometry.iloc[0]
    # a regular polygon of n corners holds n / 2 * sin(2 pi / n) of the pi of its circle
    n = 360 / STEP
    assert circle.area / (math.pi * RADIUS**2) == pytest.approx(n / 2 * math.sin(2 * math.pi / n) / math.pi, rel=1e-8)
    assert 0 < 1 - circle.area / (math.pi * RADIUS**2) < 1e-6


def test_a_table_that_could_hold_curves_and_holds_none_says_nothing(tmp_path: Path) -> None:
    geopackage(tmp_path / "homes.gpkg", "GEOMETRY", round_first=False)
    assert curved(opened(tmp_path, "homes.gpkg")) == []


def test_arcs_that_are_filtered_away_or_lie_elsewhere_are_not_said(tmp_path: Path) -> None:
    geopackage(tmp_path / "homes.gpkg", "GEOMETRY")
    assert curved(opened(tmp_path, "homes.gpkg", where="name = 'b'")) == []
    assert curved(opened(tmp_path, "homes.gpkg", where="name = 'a'")) == [1]
    near = shapely.box(X + 5, Y + 5, X + 8, Y + 8)
    assert curved(opened(tmp_path, "homes.gpkg", near)) == [1]


def test_the_arcs_of_gml_are_said(tmp_path: Path) -> None:
    text = GML.format(corners=" ".join(f"{x} {y}" for x, y in CORNERS))
    (tmp_path / "homes.gml").write_text(text, encoding="utf-8")
    layer = opened(tmp_path, "homes.gml", crs="EPSG:32650")
    assert curved(layer) == [1]
    assert len(layer.frame.geometry.iloc[0].exterior.coords) > 2_000


def test_a_file_without_a_word_of_curves_is_not_read_twice(tmp_path: Path) -> None:
    rows = f'name,wkt\na,"POLYGON (({X} {Y}, {X + 9} {Y}, {X + 9} {Y + 9}, {X} {Y}))"\n'
    (tmp_path / "homes.csv").write_text(rows, encoding="utf-8")
    assert curved(opened(tmp_path, "homes.csv")) == []
