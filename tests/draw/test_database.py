"""Results in a database: the same as in results.gpkg, all or nothing, and nobody else's table is touched."""

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geoplan import postgres
from geoplan.draw.database import write_database
from geoplan.draw.geopackage import write_geopackage
from geoplan.errors import SourceError, StudyError


@pytest.fixture
def address(postgis, monkeypatch):
    running, secret = postgis
    monkeypatch.setenv("PGPASSWORD", secret)
    with postgres.connected(running, writing=True) as link, link.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        cursor.execute("DROP SCHEMA IF EXISTS geoplan CASCADE")
    return running


def asked(address, query):
    with postgres.connected(address) as link, link.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def names(address):
    return {row[0] for row in asked(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'geoplan'")}


def test_a_database_holds_what_the_geopackage_holds(address, results, tmp_path):
    written = write_database(results, address)
    write_geopackage(results, tmp_path / "results.gpkg")
    layers = [name for name, _ in pyogrio.list_layers(tmp_path / "results.gpkg")]
    assert set(written) == {*layers, "scorecard"} == names(address)
    for layer in layers:
        file = gpd.read_file(tmp_path / "results.gpkg", layer=layer)
        table = f"geoplan.{postgres.quoted(layer)}"
        ((count, area, srid),) = asked(
            address,
            f"SELECT count(*), COALESCE(sum(ST_Area(geom)), 0), max(ST_SRID(geom)) FROM {table}",  # noqa: S608  (quoted)
        )
        assert count == len(file)
        assert area == pytest.approx(
            float(shapely.area(file.geometry.to_numpy()[~file.geometry.isna()]).sum()), rel=1e-12
        )
        assert srid == 4548


def test_values_are_those_of_the_run(address, results):
    write_database(results, address)
    rows = asked(address, "SELECT analysis, value FROM geoplan.scorecard WHERE value IS NOT NULL")
    found = {analysis: float(value) for analysis, value in rows}
    for result in results.results:
        if result.value is not None:
            assert found[result.name] == pytest.approx(result.value, rel=1e-12)


def test_a_second_run_replaces_the_first_and_leaves_other_tables_alone(address, results):
    write_database(results, address)
    with postgres.connected(address, writing=True) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE geoplan.ours_too (id int)")
    write_database(results, address)
    assert "ours_too" in names(address)


def test_somebody_elses_table_is_never_replaced(address, results):
    with postgres.connected(address, writing=True) as link, link.cursor() as cursor:
        cursor.execute("CREATE SCHEMA geoplan")
        cursor.execute("CREATE TABLE geoplan.boundary (id int)")
    with pytest.raises(StudyError, match="not written by geoplan"):
        write_database(results, address)
    assert names(address) == {"boundary"}


def test_a_run_that_fails_in_the_middle_leaves_the_old_results_whole(address, results, monkeypatch):
    from geoplan.draw import database

    write_database(results, address)
    before = asked(address, "SELECT count(*) FROM geoplan.boundary"), names(address)
    write, done = database._write, []

    def lost(cursor, *given):
        write(cursor, *given)
        done.append(given)
        if len(done) == 2:
            with postgres.connected(address, writing=True) as link, link.cursor() as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state LIKE 'idle in%'"
                )
                other.fetchall()

    monkeypatch.setattr(database, "_write", lost)
    with pytest.raises(SourceError) as caught:
        write_database(results, address)
    assert caught.value.id == "database.lost"
    assert (asked(address, "SELECT count(*) FROM geoplan.boundary"), names(address)) == before


def test_a_name_too_long_for_a_table_stays_one_of_a_kind():
    from geoplan.draw.database import _short

    one, other = _short("analysis__" + "社区" * 20 + "1"), _short("analysis__" + "社区" * 20 + "2")
    assert one != other
    assert max(len(one.encode()), len(other.encode())) <= 63
    assert _short("service_500m__片区") == "service_500m__片区"
