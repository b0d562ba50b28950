"""What a path in study.toml may be, and what is refused with a sentence."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from geoplan.errors import SourceError
from geoplan.read import archive, guards


def refused(text: object, folder: Path, **keys: object) -> str:
    with pytest.raises(SourceError) as error:
        guards.locate(text, folder, **keys)
    assert error.value.say("zh")
    assert error.value.say("en")
    return error.value.id


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/roads.geojson", "HTTP://example.org/a.shp", "ftp://example.org/a.zip", "s3://bucket/a.tif",
        "/vsicurl/https://example.org/a.tif", "/vsis3/bucket/a.tif", "/vsizip//vsicurl/https://example.org/a.zip",
        "/vsizip/data.zip", "/vsimem/a", r"\\server\share\a.shp", "//server/share/a.shp",
    ],
)  # fmt: skip
def test_files_that_are_not_on_this_machine_are_refused_whatever_is_allowed(text: str, folder: Path) -> None:
    assert refused(text, folder) == "source.remote"
    assert refused(text, folder, allow_remote=True) == "source.remote"


def test_services_may_be_asked_where_the_caller_allows_it(folder: Path) -> None:
    assert refused("WFS:https://example.org/wfs", folder) == "remote.not_allowed"
    found = guards.locate("WFS:https://example.org/wfs", folder, allow_remote=True)
    assert (found.gdal, found.file, guards.digest(found)) == ("WFS:https://example.org/wfs", None, "")


@pytest.mark.parametrize(
    "text",
    [
        "PG:host=db dbname=plan", "PG:service=x", "MySQL:plan", "CSW:https://example.org/csw", "MSSQL:server=.",
        "<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", " <VRTDataset/>", '{"type":"FeatureCollection"}',
        "ODBC:x", "GPKG:a.gpkg:roads", "CSV:a.csv", "DERIVED_SUBDATASET:LOGAMPLITUDE:a.tif",
    ],
)  # fmt: skip
def test_connections_and_inline_data_are_refused_even_where_addresses_are_allowed(text: str, folder: Path) -> None:
    assert refused(text, folder) == "source.connection"
    assert refused(text, folder, allow_remote=True) == "source.connection"


@pytest.mark.parametrize("text", ["", "  ", None, 7, ["a.shp"]])
def test_a_path_is_text(text: object, folder: Path) -> None:
    assert refused(text, folder) == "source.no_path"


def test_a_missing_file_names_the_nearest_one(folder: Path) -> None:
    (folder / "居住小区.gpkg").write_bytes(b"")
    assert refused("居住小区.shp", folder) == "source.nearest"
    assert refused("zzz/qqq.shp", folder) == "source.missing"


def test_a_folder_is_no_source_unless_it_is_a_geodatabase(folder: Path) -> None:
    (folder / "data").mkdir()
    assert refused("data", folder) == "source.folder"
    (folder / "a.gdb").mkdir()
    (folder / "a.gdb" / "gdb").write_bytes(b"x")
    found = guards.locate("a.gdb", folder)
    assert found.suffix == ".gdb"
    assert guards.digest(found)


@pytest.mark.parametrize("name", ["a!b.geojson", "a;b.geojson"])
def test_names_that_would_be_taken_apart_are_refused(name: str, folder: Path) -> None:
    (folder / name).write_text("{}")
    assert refused(name, folder) == "source.awkward"


def test_absolute_paths_parents_and_variables_are_allowed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.csv").write_text("wkt\n")
    (folder / "study").mkdir()
    monkeypatch.setenv("PLAN_DATA", str(folder))
    for text in (str(folder / "a.csv"), "../a.csv", "$PLAN_DATA/a.csv", "${PLAN_DATA}/a.csv"):
        found = guards.locate(text, folder / "study")
        assert found.file is not None
        assert found.file.samefile(folder / "a.csv")
        assert found.text == text


def test_a_variable_nobody_set_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAN_DATA", raising=False)
    assert refused("$PLAN_DATA/a.csv", folder) == "source.variable"


def test_a_variable_cannot_smuggle_an_address_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_DATA", "https://example.org")
    assert refused("$PLAN_DATA/a.geojson", folder) == "source.remote"


@pytest.mark.parametrize(
    "head",
    [
        "<OGRVRTDataSource>\n<OGRVRTLayer",
        "\ufeff<VRTDataset rasterXSize='1'>",
        '{"type": "gdal_streamed_alg"}',
        "<GDAL_WMS>",
    ],
)
def test_a_file_that_only_points_elsewhere_is_refused_whatever_its_name(head: str, folder: Path) -> None:
    (folder / "roads.gpkg").write_text(head, encoding="utf-8")
    assert refused("roads.gpkg", folder) == "source.indirect"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def test_the_only_dataset_of_an_archive_is_the_one_meant(folder: Path) -> None:
    zipped(folder / "数据.zip", {"现状/a.shp": b"", "现状/a.dbf": b"", "说明.txt": b"", "__MACOSX/a.shp": b""})
    found = guards.locate("数据.zip", folder)
    assert (found.member, found.suffix, found.stem) == ("现状/a.shp", ".shp", "a")
    assert guards.locate("数据.zip/现状/a.shp", folder) == guards.Found(
        "数据.zip/现状/a.shp", found.gdal, found.file, found.member
    )


def test_a_geodatabase_in_an_archive_is_one_dataset(folder: Path) -> None:
    zipped(folder / "a.zip", {"plan.gdb/a1.gdbtable": b"", "plan.gdb/a2.gdbtable": b""})
    assert guards.locate("a.zip", folder).member == "plan.gdb"


def test_an_archive_of_several_datasets_lists_them(folder: Path) -> None:
    zipped(folder / "a.zip", {"a.shp": b"", "b.geojson": b""})
    with pytest.raises(SourceError, match=r"a\.shp, b\.geojson"):
        guards.locate("a.zip", folder)
    assert guards.locate("a.zip/b.geojson", folder).member == "b.geojson"
    assert refused("a.zip/c.shp", folder) == "source.archive_member"
    assert refused("a.zip", folder, wanted=(".tif",)) == "source.archive_which"


def test_archives_in_archives_are_refused(folder: Path) -> None:
    inner = zipped(folder / "inner.zip", {"a.shp": b""}).read_bytes()
    zipped(folder / "outer.zip", {"inner.zip": inner})
    assert refused("outer.zip", folder) == "source.nested"
    assert refused("outer.zip/inner.zip", folder) == "source.nested"


def test_indirect_sources_in_archives_are_refused(folder: Path) -> None:
    zipped(folder / "a.zip", {"a.gml": b"<OGRVRTDataSource>"})
    assert refused("a.zip", folder) == "source.indirect"


def test_archives_that_are_too_large_or_hold_too_much_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped(folder / "a.zip", {"a.shp": b"0" * 100, "a.dbf": b"0" * 100})
    monkeypatch.setattr(archive, "MOST_BYTES", 199)
    assert refused("a.zip", folder) == "source.large_archive"
    monkeypatch.setattr(archive, "MOST_BYTES", 200)
    assert guards.locate("a.zip", folder).member == "a.shp"
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    assert refused("a.zip", folder) == "source.many_members"


def test_broken_and_locked_archives_are_refused(folder: Path) -> None:
    (folder / "a.zip").write_bytes(b"PK nothing")
    assert refused("a.zip", folder) == "source.broken_archive"
    with pytest.raises(SourceError) as caught:
        guards.locate("a.zip", folder)
    assert caught.value.say("zh") == "压缩包“a.zip”无法读取：文件头不是压缩包；请重新打包。"
    data = bytearray(zipped(folder / "b.zip", {"a.shp": b"x"}).read_bytes())
    # the bit that says a member has a password, in its own head and in the list at the end
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "b.zip").write_bytes(data)
    assert refused("b.zip", folder) == "source.locked_archive"


def test_tar_archives_are_read_in_place_too(folder: Path) -> None:
    (folder / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    with tarfile.open(folder / "a.tar.gz", "w:gz") as made:
        made.add(folder / "a.geojson", "in/a.geojson")
    found = guards.locate("a.tar.gz", folder)
    assert found.gdal.startswith("/vsitar/")
    assert found.member == "in/a.geojson"


def test_the_hash_of_a_shapefile_is_that_of_all_its_parts(folder: Path) -> None:
    for ending in (".shp", ".shx", ".dbf", ".prj", ".txt"):
        (folder / f"a{ending}").write_text(ending)
    first = guards.digest(guards.locate("a.shp", folder))
    (folder / "a.txt").write_text("a note beside it")
    assert guards.digest(guards.locate("a.shp", folder)) == first
    (folder / "a.dbf").write_text("another table")
    assert guards.digest(guards.locate("a.shp", folder)) != first


def test_the_hash_of_a_file_is_its_sha256(folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"wkt\n")
    # printf 'wkt\n' | sha256sum
    assert guards.digest(guards.locate("a.csv", folder)) == (
        "3d406ebe9210cf9a561b7fb13a61f2c092c90351dea12406fcf7e3b7623bb0f5"
    )
