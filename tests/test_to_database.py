"""A study whose layers lie in a database says what it says of files, and hands its results back to one."""

import json
import re
import shutil

import pyogrio
import pytest

from geoplan import postgres
from geoplan.cli import main
from geoplan.sample import gridtown_folder

ASKED = ("service_500m", "green_coverage", "park_per_capita", "natural_shoreline")


@pytest.fixture(scope="module")
def town(tmp_path_factory, postgis):
    """Gridtown twice: from its files, and with parks, homes and canopy in a database."""
    address, secret = postgis
    folder = tmp_path_factory.mktemp("town")
    shutil.copytree(gridtown_folder(), folder / "files")
    shutil.copytree(gridtown_folder(), folder / "base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", secret)
        with postgres.connected(address, writing=True) as link, link.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            cursor.execute("DROP SCHEMA IF EXISTS town CASCADE")
            cursor.execute("CREATE SCHEMA town")
            for name in ("parks", "residential", "canopy"):
                _load(cursor, folder / "base" / f"{name}.csv", name)
    study = folder / "base" / "study.toml"
    text = study.read_text(encoding="utf-8")
    for name in ("parks", "residential", "canopy"):
        text = text.replace(f'path = "{name}.csv"\n', f'path = "{address}"\nlayer = "town.{name}"\n')
        (folder / "base" / f"{name}.csv").unlink()
    study.write_text(text, encoding="utf-8")
    return folder, address, secret


def _load(cursor, path, name):
    import pyarrow as pa

    table = pyogrio.read_dataframe(path, read_geometry=False)
    cursor.adbc_ingest(name, pa.Table.from_pandas(table, preserve_index=False), mode="create", db_schema_name="town")
    cursor.execute(f"ALTER TABLE town.{name} ADD geom geometry(Geometry, 4548)")
    cursor.execute(f"UPDATE town.{name} SET geom = ST_GeomFromText(wkt, 4548)")  # noqa: S608  (names of this test)
    cursor.execute(f"ALTER TABLE town.{name} DROP wkt")


def run(folder, *more):
    only = [word for name in ASKED for word in ("--only", name)]
    return main(["run", str(folder), "-o", str(folder / "out"), *only, *more])


def numbers(folder):
    told = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    return {r["analysis"]: (r["value"], r["part"], r["whole"], r["unknown"], r["by_zone"]) for r in told["results"]}


def flat(value):
    if isinstance(value, dict):
        return [n for v in value.values() for n in flat(v)]
    if isinstance(value, (list, tuple)):
        return [n for v in value for n in flat(v)]
    return [value]


def test_layers_of_a_database_give_the_results_of_files(town, monkeypatch, capsys):
    folder, _address, secret = town
    monkeypatch.setenv("PGPASSWORD", secret)
    assert run(folder / "files") == 0
    assert run(folder / "base") == 0
    files, base = numbers(folder / "files"), numbers(folder / "base")
    assert sorted(base) == sorted(ASKED)
    for name in ASKED:
        assert [v for v in flat(base[name]) if isinstance(v, str)] == [
            v for v in flat(files[name]) if isinstance(v, str)
        ]
        one, other = ([v for v in flat(told[name]) if isinstance(v, float)] for told in (base, files))
        assert len(one) > 8
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


def test_nothing_a_run_writes_holds_a_user_or_a_password(town, monkeypatch, capsys):
    folder, _address, secret = town
    monkeypatch.setenv("PGPASSWORD", secret)
    assert run(folder / "base") == 0
    said = capsys.readouterr()
    texts = [said.out, said.err]
    texts += [
        p.read_text(encoding="utf-8", errors="ignore") for p in (folder / "base" / "out").rglob("*") if p.is_file()
    ]
    assert not [t for t in texts if secret in t or "gis@" in t]
    assert re.search(
        r"postgresql://127\.0\.0\.1:\d+/postgres", (folder / "base" / "out" / "provenance.json").read_text()
    )


def test_results_go_back_in_one_transaction(town, monkeypatch, capsys):
    folder, address, secret = town
    monkeypatch.setenv("PGPASSWORD", secret)
    assert run(folder / "files", "--to", address, "--schema", "results of ours") == 0
    with postgres.connected(address) as link, link.cursor() as cursor:
        cursor.execute('SELECT analysis, value FROM "results of ours".scorecard')
        found = {name: float(value) for name, value in cursor.fetchall()}
    assert found == pytest.approx({name: told[0] for name, told in numbers(folder / "files").items()})


def test_a_database_that_cannot_be_written_is_said_before_the_work(town, monkeypatch, capsys):
    folder, address, _secret = town
    monkeypatch.setenv("PGPASSWORD", "wrong-word")
    stamp = (folder / "files" / "out" / "index.html").stat().st_mtime_ns
    assert run(folder / "files", "--to", address) == 3
    said = capsys.readouterr().err
    assert "PGPASSWORD" in said
    assert "wrong-word" not in said
    assert "Traceback" not in said
    assert (folder / "files" / "out" / "index.html").stat().st_mtime_ns == stamp


def test_a_connection_lost_in_the_middle_of_a_run_is_a_sentence_and_the_rest_is_written(town, monkeypatch, capsys):
    from geoplan.read import database

    folder, address, secret = town
    monkeypatch.setenv("PGPASSWORD", secret)
    rows, lost = database.Table._rows, []

    def cut(table, *more):
        if not lost and table.layer == "town.canopy":
            lost.append(table.layer)
            with postgres.connected(address, writing=True) as link, link.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
                cursor.fetchall()
        return rows(table, *more)

    monkeypatch.setattr(database.Table, "_rows", cut)
    assert run(folder / "base", "--lang", "en") == 3
    assert lost
    said = capsys.readouterr()
    assert "connection" in said.err
    assert "Traceback" not in said.err
    assert secret not in said.err + said.out
    told = json.loads((folder / "base" / "out" / "results.json").read_text(encoding="utf-8"))
    found = {r["analysis"]: (r["status"], r["value"]) for r in told["results"]}
    assert found["green_coverage"] == ("no_data", None)
    assert found["park_per_capita"][0] == "ok"
