"""A table of a database is read like a file: the same rows, nothing written, nothing told that is secret."""

import os
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geoplan import crs as crs_room
from geoplan import postgres
from geoplan.errors import CRSError, SourceError
from geoplan.layer import LayerSpec
from geoplan.read import check_source, open_layer

STUDY = crs_room.parse("EPSG:4548")
SPEC = LayerSpec.from_toml(
    "parks",
    {
        "title": {"zh": "公园", "en": "Parks"},
        "geometry": "polygon",
        "columns": {
            "area": {"aliases": ["面积"], "kind": "number"},
            "opened": {"kind": "date"},
            "free": {"kind": "flag"},
        },
    },
)
SETUP = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE SCHEMA plan;
CREATE TABLE plan.parks (id int PRIMARY KEY, "名称" text, "面积" numeric(12, 2), opened date, free bool, geom geometry(Polygon, 4548));
INSERT INTO plan.parks SELECT i, '公园' || i, i * 1.5, date '2020-01-01' + i, i % 2 = 0,
  ST_MakeEnvelope(500000 + i * 10, 4334000, 500005 + i * 10, 4334005, 4548) FROM generate_series(1, 200) i;
CREATE TABLE plan."公园; DROP TABLE parks" (id int PRIMARY KEY, geom geometry(Polygon, 4490));
INSERT INTO plan."公园; DROP TABLE parks" SELECT id, ST_Transform(geom, 4490) FROM plan.parks WHERE id < 4;
CREATE TABLE plan.round (id int PRIMARY KEY, geom geometry(CurvePolygon, 4548));
INSERT INTO plan.round VALUES (1, ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(500000 4334000, 500010 4334010, 500020 4334000, 500010 4333990, 500000 4334000))', 4548));
CREATE TABLE plan.bare (name text, geom geometry);
INSERT INTO plan.bare SELECT 'a' || i, ST_SetSRID(ST_MakePoint(500000 + i, 4334000), 4548) FROM generate_series(1, 3) i;
CREATE TABLE plan.globe (id int PRIMARY KEY, name text, geog geography(Polygon, 4326));
INSERT INTO plan.globe SELECT id, "名称", ST_Transform(geom, 4326)::geography FROM plan.parks WHERE id <= 20;
CREATE VIEW plan.small AS SELECT * FROM plan.parks WHERE id <= 5;
CREATE MATERIALIZED VIEW plan.kept AS SELECT * FROM plan.parks WHERE id <= 6;
CREATE TABLE plan.nowhere (id int PRIMARY KEY, geom geometry);
INSERT INTO plan.nowhere SELECT id, ST_SetSRID(geom, 0) FROM plan.parks WHERE id <= 7;
CREATE TABLE plan.two (id int PRIMARY KEY, outline geometry(Polygon, 4548), middle geometry(Point, 4548));
INSERT INTO plan.two SELECT id, geom, ST_Centroid(geom) FROM plan.parks WHERE id <= 8;
CREATE TABLE plan.many (id int PRIMARY KEY, name text, geom geometry(Polygon, 4548));
INSERT INTO plan.many SELECT i, 'n' || i, ST_MakeEnvelope(500000 + i % 200 * 10, 4334000 + i / 200 * 5, 500005 + i % 200 * 10, 4334004 + i / 200 * 5, 4548) FROM generate_series(1, 20000) i;
CREATE ROLE guest LOGIN PASSWORD 'guest-word';
"""


@pytest.fixture(scope="module")
def address(postgis):
    running, secret = postgis
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", secret)
        with postgres.connected(running, writing=True) as link, link.cursor() as cursor:
            for command in filter(str.strip, SETUP.split(";\n")):
                cursor.execute(command)
    return running


@pytest.fixture(autouse=True)
def password(monkeypatch, postgis):
    monkeypatch.setenv("PGPASSWORD", postgis[1])
    return postgis[1]


def opened(address, table="plan.parks", area=None, **keys):
    declared = {"path": address, "layer": table, "covers": "boundary", **keys}
    area = shapely.box(499_000, 4_333_000, 503_000, 4_335_000) if area is None else area
    return open_layer(SPEC, declared, folder=Path(), crs=STUDY, area=area)


def said(address, table="plan.parks", **keys):
    with pytest.raises(SourceError) as caught:
        opened(address, table, **keys)
    text = str(caught.value)
    assert os.environ["PGPASSWORD"] not in text
    assert "guest-word" not in text
    return caught.value


def test_a_table_holds_what_a_file_of_the_same_rows_holds(address, tmp_path):
    there = opened(address)
    rows = there.frame
    gpd.GeoDataFrame(
        {
            "id": rows["id"].astype(int),
            "名称": rows["name"],
            "面积": rows["area"],
            "opened": rows["opened"],
            "free": rows["free"].astype(bool),
        },
        geometry=rows.geometry,
        crs=4548,
    ).to_file(tmp_path / "parks.gpkg")
    file = open_layer(
        SPEC,
        {"path": "parks.gpkg", "covers": "boundary"},
        folder=tmp_path,
        crs=STUDY,
        area=shapely.box(499_000, 4_333_000, 503_000, 4_335_000),
    )
    assert there.frame.drop(columns="geometry").equals(file.frame.drop(columns="geometry"))
    assert np.abs(shapely.area(there.frame.geometry) - shapely.area(file.frame.geometry)).max() < 1e-9
    assert there.source.crs == "EPSG:4548"
    assert len(there.source.sha256) == 64


def test_only_the_rows_of_the_box_cross_the_wire(address):
    found = opened(address, area=shapely.box(500_100, 4_333_000, 500_150, 4_335_000))
    assert found.ledger.read == len(found.frame) == 6


def test_a_filter_is_handed_over_as_it_stands(address):
    assert list(opened(address, where='"面积" > 298').frame["id"]) == ["199", "200"]


def test_rows_that_change_change_the_hash(address):
    before = opened(address, where="id < 5").source.sha256
    assert opened(address, where="id < 5").source.sha256 == before
    assert opened(address, where="id < 6").source.sha256 != before


def test_names_are_quoted_and_the_number_of_the_crs_is_honoured(address):
    found = opened(address, "plan.公园; DROP TABLE parks")
    assert list(found.frame["id"]) == ["1", "2", "3"]
    assert found.source.crs == "EPSG:4490"
    assert found.frame.geometry.area.sum() == pytest.approx(75, abs=1e-4)
    assert len(opened(address).frame) == 200


def test_arcs_come_out_as_many_short_edges(address):
    layer = opened(address, "plan.round")
    area = float(layer.frame.geometry.area.iloc[0])
    assert 0 < 1 - area / (np.pi * 100) < 1e-6
    assert [(note.sentence, note.fields["count"]) for note in layer.notes] == [("read.curves", 1)]
    assert not opened(address, "plan.round", where="id = 7", covers="boundary").notes


def test_a_table_without_key_or_declared_crs_says_it_by_its_shapes(address):
    spec = LayerSpec.from_toml("stops", {"title": {"zh": "站", "en": "Stops"}, "geometry": "point"})
    found = open_layer(
        spec,
        {"path": address, "layer": "bare", "covers": "boundary"},
        folder=Path(),
        crs=STUDY,
        area=shapely.box(499_000, 4_333_000, 503_000, 4_335_000),
    )
    assert list(found.frame["name"]) == ["a1", "a2", "a3"]


@pytest.mark.parametrize(
    "where",
    [
        "true); DROP TABLE plan.parks; --",
        "true; DELETE FROM plan.parks",
        "id IN (SELECT 1) UNION SELECT 1",
        "set_config('transaction_read_only', 'off', true) = 'off'",
        "nextval('plan.counter') > 0",
    ],
)
def test_a_filter_cannot_write(address, where):
    said(address, where=where)
    assert len(opened(address).frame) == 200


@pytest.mark.parametrize(
    ("change", "table", "sentence"),
    [
        (lambda a: a.replace("gis@", "nobody@"), "plan.parks", "database.login"),
        (lambda a: a.replace("/postgres", "/nope"), "plan.parks", "database.no_database"),
        (lambda a: a.replace("127.0.0.1:", "127.0.0.1:1"), "plan.parks", None),
        (lambda a: a, "plan.prks", "source.no_layer"),
        (lambda a: a, "", "source.which_layer"),
        (lambda a: a.replace("gis@", "gis:open-word@"), "plan.parks", "database.password"),
        (lambda a: a + "?password=open-word", "plan.parks", "database.password"),
        (lambda a: a.replace("gis@", "gis:$NOBODY_SET_THIS@"), "plan.parks", "source.variable"),
    ],
)
def test_what_cannot_be_reached_is_said_without_secrets(address, change, table, sentence):
    error = said(change(address), table)
    assert sentence in {error.id, None}
    assert "open-word" not in str(error)
    assert "open-word" not in error.say("zh")


def test_a_wrong_password_is_said_and_not_shown(address, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "wrong-word")
    error = said(address)
    assert error.id == "database.login"
    assert "wrong-word" not in str(error)


def test_a_password_may_come_from_a_variable_or_a_pgpass_file(address, password, monkeypatch, tmp_path):
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("OUR_WORD", password)
    assert len(opened(address.replace("gis@", "gis:$OUR_WORD@")).frame) == 200
    (tmp_path / "pgpass").write_text(f"127.0.0.1:*:*:gis:{password}\n")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    found = opened(address)
    assert len(found.frame) == 200
    assert found.source.path == address.replace("gis@", "")


def test_a_table_nobody_lets_us_read_is_not_offered(address, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "guest-word")
    assert said(address.replace("gis@", "guest@")).id in {"database.no_shapes", "source.no_layer"}


def test_a_connection_lost_in_the_middle_is_said(address):
    from geoplan.read import database, guards

    found = guards.locate(address, Path())

    def read_and_lose():
        with database.opened(found, "plan.parks") as table:
            with postgres.connected(address, writing=True) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
                cursor.fetchall()
            table.read(None)

    with pytest.raises(SourceError) as caught:
        read_and_lose()
    assert caught.value.id == "database.lost"


def test_a_check_looks_at_the_table_before_a_run(address):
    assert check_source({"path": address, "layer": "plan.parks"}, Path(), SPEC) == []
    (error,) = check_source({"path": address, "layer": "plan.nope"}, Path(), SPEC)
    assert error.id == "source.no_layer"


def test_shapes_on_the_globe_are_read_like_those_of_a_plane(address):
    found = opened(address, "plan.globe", area=shapely.box(500_000, 4_333_000, 500_100, 4_335_000))
    assert found.source.crs == "EPSG:4326"
    assert list(found.frame["id"]) == [str(n) for n in range(1, 11)]
    assert found.frame.geometry.area.sum() == pytest.approx(250, abs=1e-3)


@pytest.mark.parametrize(("table", "count"), [("plan.small", 5), ("plan.kept", 6)])
def test_views_are_tables(address, table, count):
    found = opened(address, table)
    assert sorted(found.frame["id"]) == [str(n) for n in range(1, count + 1)]
    assert found.source.crs == "EPSG:4548"


def test_shapes_of_no_crs_want_a_declared_one(address):
    with pytest.raises(CRSError) as caught:
        opened(address, "plan.nowhere")
    assert caught.value.id == "crs.none_said"
    found = opened(address, "plan.nowhere", crs="EPSG:4548", area=shapely.box(500_000, 4_333_000, 500_035, 4_335_000))
    assert list(found.frame["id"]) == ["1", "2", "3"]


def test_of_several_columns_of_shapes_one_is_named(address):
    wrong = said(address, "plan.two")
    assert "plan.two.middle" in str(wrong)
    found = opened(address, "plan.two.outline")
    assert len(found.frame) == 8
    assert found.source.layer == "plan.two.outline"
    spec = LayerSpec.from_toml("stops", {"title": {"zh": "站", "en": "Stops"}, "geometry": "point"})
    declared = {"path": address, "layer": "two.middle", "covers": "boundary"}
    middle = open_layer(spec, declared, folder=Path(), crs=STUDY, area=None)
    assert shapely.within(middle.frame.geometry.to_numpy(), found.frame.geometry.to_numpy()).all()


def test_twenty_thousand_rows_are_read_in_seconds(address):
    began = time.process_time()
    found = opened(address, "plan.many")
    assert len(found.frame) == 20_000
    assert time.process_time() - began < 10
