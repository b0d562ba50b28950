"""The register of an intake: what planners filled in stays, what they got wrong is told, nothing is checked in part."""

import csv
import json

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan import sample
from geoplan.cli import main
from geoplan.desk import Claim, Desk
from geoplan.errors import DefinitionError, GeometryError, SourceError, StudyError
from geoplan.mailbag import collect, intake, read_register
from geoplan.plot import Attachment, Plot, Project
from geoplan.sites.duplicates import twice
from geoplan.sites.intake import columns_of, entered, entry_of
from geoplan.sites.projects import projects_of
from geoplan.sites.site import Site

STUDY = CRS("EPSG:4548")
DESK = Desk(STUDY, shapely.box(499_000, 4_330_000, 503_000, 4_336_000))
E, N = 500_000.0, 4_333_000.0


def square(x=0.0, y=0.0, side=100.0):
    return shapely.box(E + x, N + y, E + x + side, N + y + side)


def plot(shape=None, number="", **said):
    shape = square() if shape is None else shape
    return Plot(number, "", shape, shape, STUDY, **said)


def attached(*plots, **said):
    return Attachment("a.wkt", "0" * 64, "wkt", "EPSG:4548", plots or (plot(),), **said)


def put(folder, name, *shapes):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text("".join(f"SRID=4548;{s.wkt}\n" for s in shapes or (square(),)), encoding="utf-8")


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def save(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def said(register):
    return {one.file: one.reason.sentence for one in register.unread}


# --- rows ---


def test_cells_somebody_filled_in_stay_and_empty_ones_are_filled():
    rows = [{"收件编号": "甲-7", "文件": "a.wkt", "项目名称": "我的项目", "建设单位": "", "经办": "李工"}]
    given = attached(attributes={"项目名称": "文件里的项目", "建设单位": "示例公司"})
    header, kept = entered(rows, {"a.wkt": given, "b.wkt": None}, folder="收件")
    assert (kept[0]["收件编号"], kept[0]["项目名称"], kept[0]["建设单位"], kept[0]["经办"]) == (
        "甲-7", "我的项目", "示例公司", "李工",
    )  # fmt: skip
    assert (kept[1]["收件编号"], kept[1]["文件"], kept[1]["项目名称"]) == ("001", "b.wkt", "b")
    assert header[-1] == "经办"
    assert entered(kept, {"a.wkt": given, "b.wkt": None}, folder="收件") == (header, kept)


def test_receipts_go_on_from_the_last_of_the_same_date():
    rows = [{"收件编号": n, "文件": f"{n}.txt"} for n in ("20261120-009", "20261119-044", "X-1")]
    _, kept = entered(rows, {"2026-11-19_收件/b.txt": None, "2026-11-20_收件/c.txt": None, "d.txt": None})
    assert [row["收件编号"] for row in kept[3:]] == ["20261119-045", "20261120-010", "001"]


def test_an_attachment_is_known_however_its_path_is_written():
    decomposed, windows = "Cafe\u0301/a.txt", "二期\\b.txt"
    _, kept = entered([{"文件": decomposed}, {"文件": windows}], {"Café/a.txt": None, "二期/b.txt": None})
    assert [row["文件"] for row in kept] == [decomposed, windows]


def test_no_text_of_an_attachment_becomes_a_formula_of_a_spreadsheet():
    given = attached(plot(use="+1"), attributes={"项目名称": '=HYPERLINK("x")', "建设单位": "@a\nb"})
    _, (row,) = entered([], {"=1.txt": given})
    assert (row["文件"], row["项目名称"], row["建设单位"], row["申报用途"]) == (
        "./=1.txt", "'=HYPERLINK(\"x\")", "'@a b", "'+1",
    )  # fmt: skip


def test_attachments_under_one_receipt_keep_what_is_empty():
    rows = [{"收件编号": "1", "文件": f"{n}.txt", "项目名称": name} for n, name in (("a", "甲"), ("b", ""))]
    _, kept = entered(rows, {"a.txt": attached(), "b.txt": attached(plot(role="代征"))})
    assert [row["项目名称"] for row in kept] == ["甲", ""]
    assert [row["地块角色"] for row in kept] == ["", "代征"]


@pytest.mark.parametrize(
    ("column", "value"), [("送审面积(平方米)", "约3公顷"), ("地块角色", "A:临时|B:道路"), ("地块角色", "净")]
)
def test_a_cell_that_cannot_be_honoured_is_told_by_row_and_column(column, value):
    row = {"文件": "a.txt", column: value}
    with pytest.raises(DefinitionError) as caught:
        entry_of(5, row, columns_of([row], "sites.csv"), "sites.csv")
    assert caught.value.id == "intake.cell"
    assert caught.value.fields["row"] == 5
    assert column in caught.value.say("zh")


def test_a_register_that_names_no_attachments_is_refused():
    with pytest.raises(DefinitionError) as caught:
        columns_of([{"附件": "a.txt"}], "sites.csv")
    assert caught.value.id == "intake.no_file_column"


# --- projects ---


def entries(*rows):
    return [entry_of(n, row, columns_of([row], ""), "") for n, row in enumerate(rows, start=2)]


def row(receipt, file, **cells):
    return {"收件编号": receipt, "文件": file, **cells}


def test_a_project_is_not_checked_without_one_of_its_attachments():
    found, unread = projects_of(
        entries(row("1", "a.txt"), row("1", "b.txt"), row("2", "c.txt")),
        {2: attached(), 3: GeometryError("site_file.no_area", file="b.txt", where=""), 4: attached()},
    )
    assert [site.receipt for site in found] == ["2"]
    assert [(one.file, one.reason.sentence) for one in unread] == [
        ("b.txt", "site_file.no_area"),
        ("a.txt", "intake.project_incomplete"),
    ]


@pytest.mark.parametrize(
    ("column", "first", "second"), [("申报用途", "住宅", "工业"), ("活动类别", "5", "6"), ("项目代码", "A", "B")]
)
def test_rows_of_one_project_that_disagree_are_not_checked(column, first, second):
    both = entries(row("1", "a.txt", **{column: first}), row("1", "b.txt", **{column: second}))
    found, unread = projects_of(both, {2: attached(), 3: attached()})
    assert found == ()
    assert {one.reason.sentence for one in unread} == {"intake.disagree"}
    assert column in unread[0].reason.say("zh")


def test_a_project_takes_the_first_name_and_the_sum_of_the_areas():
    both = entries(
        row("1", "a.txt", 项目名称="甲", **{"送审面积(平方米)": "1,000.5"}),
        row("1", "b.txt", 项目名称="乙", **{"送审面积(平方米)": "99.5"}, 备注="补"),
    )
    (site,), _ = projects_of(both, {2: attached(plot(number="1")), 3: attached(plot(number="1"))})
    assert (site.project, site.submitted_area, site.remark) == ("甲", 1100.0, "补")
    assert [p.number for p in site.plots] == ["1", "1#2"]
    assert site.file == "a.txt, b.txt"
    assert site.sha256 not in {"", "0" * 64}


def test_a_role_of_the_register_stands_over_that_of_the_file():
    given = attached(plot(number="A", role="临时"), plot(square(200), number="B", role="临时"))
    for cell, roles in (("", ["临时", "临时"]), ("净用地", ["净用地"] * 2), ("B：代征", ["临时", "代征"])):
        (site,), _ = projects_of(entries(row("1", "a.txt", 地块角色=cell)), {2: given})
        assert [p.role for p in site.plots] == roles
    _, (unread,) = projects_of(entries(row("1", "a.txt", 地块角色="C:代征")), {2: given})
    assert unread.reason.sentence == "intake.no_plot"


# --- ground handed in twice ---


def site(receipt, *shapes):
    return Site(receipt, f"{receipt}.txt", "", receipt, tuple(plot(s, str(n)) for n, s in enumerate(shapes, 1)))


def test_plots_that_share_99_percent_of_each_are_the_same_plot():
    one, nearly, other = site("1", square()), site("2", square(0.99)), site("3", square(1.01))
    duplicates, overlaps = twice([one, nearly], [], STUDY)
    assert (duplicates[0][:4], overlaps) == (("2", "1", "1", "1"), ())
    assert duplicates[0][4] == pytest.approx(0.9901, abs=1e-6)
    assert twice([one, other], [], STUDY)[0] == ()


def test_a_plot_inside_another_overlaps_it_and_is_not_the_same():
    duplicates, overlaps = twice([site("1", square()), site("2", square(10, 10, 20))], [], STUDY)
    assert duplicates == ()
    assert overlaps[0][4] == pytest.approx(400, rel=1e-4)


def test_plots_that_only_touch_are_not_told():
    assert twice([site("1", square(), square(100)), site("2", square(0, 100))], [], STUDY) == ((), ())


def test_plots_of_one_project_are_compared_too_and_earlier_ones_with_the_new_alone():
    earlier = [site("old-1", square(), square()), site("old-2", square())]
    duplicates, _ = twice([site("1", square(), square(50))], earlier, STUDY)
    assert {(a, p, b, q) for a, p, b, q, _ in duplicates} == {
        ("1", "1", "old-1", "1"), ("1", "1", "old-1", "2"), ("1", "1", "old-2", "1"),
    }  # fmt: skip
    _, overlaps = twice([site("1", square(), square(50))], [], STUDY)
    assert [pair[:4] for pair in overlaps] == [("1", "2", "1", "1")]


# --- folders ---


def test_a_file_that_breaks_the_reader_does_not_end_the_batch(tmp_path, monkeypatch):
    from geoplan.read import wkt_text

    put(tmp_path, "好.wkt")
    put(tmp_path, "坏.wkt", square(300))
    readable = wkt_text.survey_of

    def broken(content, file):
        if "坏" in file:
            raise RuntimeError("segment 7")
        return readable(content, file)

    monkeypatch.setattr(wkt_text, "survey_of", broken)
    done = intake(tmp_path, DESK)
    assert [s.file for s in done.register.sites] == ["好.wkt"]
    assert said(done.register) == {"坏.wkt": "intake.broken"}
    assert "RuntimeError" in done.register.unread[0].reason.say("en")


def test_new_attachments_are_added_and_those_that_went_stay_listed(tmp_path):
    put(tmp_path, "a.wkt")
    put(tmp_path, "b.wkt", square(200))
    intake(tmp_path, DESK)
    (tmp_path / "a.wkt").unlink()
    put(tmp_path / "补件", "c.wkt", square(400))
    done = intake(tmp_path, DESK)
    assert (done.rows, done.added) == (3, 1)
    assert [row["文件"] for row in rows_of(done.path)] == ["a.wkt", "b.wkt", "补件/c.wkt"]
    assert said(done.register) == {"a.wkt": "site_file.missing"}


def test_rows_added_by_hand_are_numbered_and_a_row_without_a_file_is_told(tmp_path):
    put(tmp_path, "a.wkt")
    path = tmp_path / "sites.csv"
    save(path, [{"文件": "a.wkt", "项目名称": "甲"}, {"文件": "", "项目名称": "乙"}, {"文件": "", "项目名称": ""}])
    register = read_register(path, DESK)
    assert [(s.receipt, s.project) for s in register.sites] == [("001", "甲")]
    assert [one.reason.sentence for one in register.unread] == ["intake.no_file"]


def test_a_row_with_a_wrong_cell_takes_its_project_with_it(tmp_path):
    put(tmp_path, "a.wkt")
    put(tmp_path, "b.wkt", square(200))
    cells = {"收件编号": "1", "文件": "a.wkt", "送审面积(平方米)": "很大"}
    save(tmp_path / "sites.csv", [cells, {**cells, "文件": "b.wkt", "送审面积(平方米)": ""}])
    register = read_register(tmp_path / "sites.csv", DESK)
    assert said(register) == {"a.wkt": "intake.cell", "b.wkt": "intake.project_incomplete"}
    assert register.sites == ()


def test_attachments_named_one_by_one_take_what_is_claimed(tmp_path):
    put(tmp_path, "a.wkt")
    put(tmp_path / "x", "a.wkt", square(200))
    claim = Claim(crs="EPSG:4548", by="王工", use="公路用地", activities=("6",))
    register = collect([tmp_path / "a.wkt", tmp_path / "x" / "a.wkt"], DESK, claim)
    assert [(s.receipt, s.declared_by, s.planned_use, s.activities) for s in register.sites] == [
        ("001", "王工", "公路用地", ("6",)),
        ("002", "王工", "公路用地", ("6",)),
    ]
    with pytest.raises(StudyError, match="must stand alone"):
        collect([tmp_path / "a.wkt", tmp_path / "x"], DESK)


def test_what_is_claimed_of_a_register_belongs_in_its_columns(tmp_path):
    put(tmp_path, "a.wkt")
    assert [s.file for s in collect([tmp_path], DESK).sites] == ["a.wkt"]
    assert not (tmp_path / "sites.csv").exists()
    with pytest.raises(StudyError, match="columns of the register"):
        collect([tmp_path], DESK, Claim(activities=("6",)))
    with pytest.raises(SourceError):
        collect([tmp_path / "nowhere.csv"], DESK)


# --- on the command line ---


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOPLAN_LANG", "en")
    return sample.gridtown_folder()


def test_intake_tells_what_it_could_not_read_first_and_counts_at_the_end(town, tmp_path, capsys):
    put(tmp_path / "mail", "a.wkt", shapely.box(500_100, 4_430_100, 500_200, 4_430_200))
    (tmp_path / "mail" / "b.pdf").write_bytes(b"%PDF")
    code = main(["intake", str(tmp_path / "mail"), "--study", str(town), "--lang", "en"])
    told = capsys.readouterr()
    assert code == 0
    assert "b.pdf" in told.err.splitlines()[-1]
    assert "2 attachments registered (2 new)" in told.out.splitlines()[-1]
    assert main(["intake", str(tmp_path / "mail"), "--study", str(town), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rows"], answer["added"]) == (2, 0)
    assert "site_file.document" in {one["code"] for one in answer["unread"]}


def test_intake_of_no_folder_is_a_usage_error(town, tmp_path, capsys):
    assert main(["intake", str(tmp_path / "nowhere"), "--study", str(town), "--lang", "en"]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_convert_writes_the_format_of_the_ending(town, tmp_path, capsys):
    put(tmp_path, "a.wkt")
    for name in ("a.txt", "a.xlsx", "a.dxf", "a.kml", "a.geojson", "a.gpkg", "a.shp"):
        assert main(["convert", str(tmp_path / "a.wkt"), str(tmp_path / name), "--lang", "en"]) == 0
        assert (tmp_path / name).stat().st_size > 0
        assert name in capsys.readouterr().out.splitlines()[-1]
    assert main(["convert", str(tmp_path / "a.txt"), str(tmp_path / "b.wkt"), "--crs", "EPSG:4548"]) == 0
    back = shapely.from_wkt((tmp_path / "b.wkt").read_text(encoding="utf-8").partition(";")[2])
    assert shapely.hausdorff_distance(back, square()) < 0.001
    assert main(["convert", str(tmp_path / "a.wkt"), str(tmp_path / "a.dwg"), "--lang", "en"]) == 3


def test_convert_says_what_it_read_as_json(town, tmp_path, capsys):
    (tmp_path / "a.wkt").write_text(square().wkt, encoding="utf-8")
    assert main(["convert", str(tmp_path / "a.wkt"), str(tmp_path / "a.txt"), "--lang", "en"]) == 3
    assert "--declare-crs" in capsys.readouterr().err
    claim = ["--declare-crs", "EPSG:4548", "--declared-by", "Wang"]
    assert main(["convert", str(tmp_path / "a.wkt"), str(tmp_path / "a.txt"), *claim, "--json", "--lang", "en"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["plots"], answer["format"], answer["crs"]) == (1, "wkt", "EPSG:4548")
    assert any("Wang" in note for note in answer["notes"])


def test_an_empty_folder_is_nothing_to_check(town, tmp_path, capsys):
    (tmp_path / "mail").mkdir()
    assert (
        main(["check", str(tmp_path / "mail"), "--study", str(town), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    )
    assert "no attachment" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["intake", str(tmp_path / "mail"), "--study", str(town)]) == 0
    assert main(["check", str(tmp_path / "mail"), "--study", str(town), "-o", str(tmp_path / "out")]) == 2


# --- several projects in one file ---


def table(path, **columns):
    """A file of plots side by side, one row a plot, with these columns."""
    rows = len(next(iter(columns.values())))
    frame = gpd.GeoDataFrame(columns, geometry=[square(200.0 * n) for n in range(rows)], crs=STUDY)
    frame = frame.to_crs("EPSG:4326") if path.suffix == ".geojson" else frame
    path.parent.mkdir(exist_ok=True)
    frame.to_file(path, engine="pyogrio", **({"encoding": "GBK"} if path.suffix == ".shp" else {}))
    return path


@pytest.mark.parametrize("ending", ["shp", "gpkg", "geojson"])
@pytest.mark.parametrize("heads", [("XMMC", "XMDM"), ("项目名称", "项目代码"), ("project", "spare")])
def test_a_table_that_names_projects_is_read_as_them(tmp_path, ending, heads):
    names, codes = ["小学", "厂房", "小学"], ["2025-1", "2025-2", "2025-1"]
    path = table(tmp_path / f"批次.{ending}", **dict(zip(heads, (names, codes), strict=True)), DKBH=["1", "1", "2"])
    sites = collect([path], DESK).sites
    assert [(s.receipt, s.project, s.keys) for s in sites] == [
        ("001-1", "小学", ("1", "2")), ("001-2", "厂房", ("1",)),
    ]  # fmt: skip
    assert {s.code for s in sites} == ({""} if heads[1] == "spare" else {"2025-1", "2025-2"})
    assert all(s.notes[0].sentence == "site_note.one_of_several" for s in sites)
    assert all(s.notes[0].say(language) for s in sites for language in ("zh", "en"))


def test_use_role_developer_and_activity_stand_with_each_project(tmp_path):
    path = table(
        tmp_path / "a.gpkg", project=["路", "坝"], JSDW=["甲公司", "乙公司"], planned_use=["公路用地", "水工设施用地"],
        role=["净用地", "临时"], activity=["6", "1|4"],
    )  # fmt: skip
    road, dam = collect([path], DESK, Claim(use="商业用地", activities=("9",))).sites
    assert (road.developer, road.planned_use, road.activities, road.plots[0].role) == (
        "甲公司", "公路用地", ("6",), "净用地",
    )  # fmt: skip
    assert (dam.developer, dam.planned_use, dam.activities, dam.plots[0].role) == (
        "乙公司", "水工设施用地", ("1", "4"), "临时",
    )  # fmt: skip


@pytest.mark.parametrize("said", [["6", ""], ["6", "1"], ["管护设施", "管护设施"]])
def test_an_activity_that_not_every_plot_claims_or_that_is_no_code_softens_nothing(tmp_path, said):
    for names in (["路", "路"], ["路", "路", "坝"]):
        path = table(tmp_path / f"{len(names)}.gpkg", project=names, activity=[*said, "6"][: len(names)])
        site = collect([path], DESK).sites[0]
        assert site.activities == ()
        assert "site_note.activities" in {note.sentence for note in site.notes}


def test_a_plot_that_names_no_project_among_others_that_do_is_one_of_its_own(tmp_path):
    path = table(tmp_path / "a.gpkg", project=["路", None, "路", None], DKBH=["1", "2", "3", "4"])
    assert [(s.project, s.keys) for s in collect([path], DESK).sites] == [
        ("路", ("1", "3")), ("a 2", ("2",)), ("a 4", ("4",)),
    ]  # fmt: skip


def test_plots_of_a_name_without_a_code_join_the_one_project_of_that_name():
    def said(name, code=""):
        return plot(project=Project(name, code))

    entry = entry_of(2, {"文件": "a.gpkg"}, {"file": "文件"}, "")
    plots = said("路", "1"), said("路"), said("坝", "2"), said("坝", "3"), said("坝")
    sites, _ = projects_of([entry], {2: attached(*plots)})
    assert [(s.project, s.code, len(s.plots)) for s in sites] == [
        ("路", "1", 2), ("坝", "2", 1), ("坝", "3", 1), ("坝", "", 1),
    ]  # fmt: skip


def test_the_same_ground_of_two_projects_is_checked_for_both(tmp_path):
    frame = gpd.GeoDataFrame({"project": ["路", "坝"], "DKBH": ["1", "1"]}, geometry=[square(), square()], crs=STUDY)
    frame.to_file(tmp_path / "a.gpkg")
    register = collect([tmp_path / "a.gpkg"], DESK)
    assert [s.project for s in register.sites] == ["路", "坝"]
    assert register.duplicates


def test_a_register_that_names_a_file_of_several_projects_makes_one_of_them(tmp_path):
    table(tmp_path / "收件" / "批次.gpkg", project=["路", "坝"])
    done = intake(tmp_path / "收件", DESK)
    assert [s.project for s in done.register.sites] == ["路", "坝"]
    assert [s.project for s in read_register(done.path, DESK).sites] == ["路", "坝"]
    rows = rows_of(done.path)
    rows[0]["项目名称"] = "防潮堤工程"
    save(done.path, rows)
    (whole,) = read_register(done.path, DESK).sites
    assert (whole.project, len(whole.plots)) == ("防潮堤工程", 2)


def test_a_submitted_area_of_a_file_is_compared_with_no_single_project(tmp_path):
    entry = entry_of(
        2, {"文件": "a.gpkg", "送审面积(平方米)": "20000"}, {"file": "文件", "area": "送审面积(平方米)"}, ""
    )
    two = attached(plot(project=Project("路")), plot(square(200), project=Project("坝")))
    sites, _ = projects_of([entry], {2: two})
    assert [s.submitted_area for s in sites] == [None, None]
    assert all("site_note.area_of_several" in {n.sentence for n in s.notes} for s in sites)
    assert all(n.say(language) for s in sites for n in s.notes for language in ("zh", "en"))


def test_one_project_in_a_table_gives_its_name_to_the_register(tmp_path):
    table(tmp_path / "收件" / "批次.gpkg", project=["路", "路"], activity=["6", "6"])
    done = intake(tmp_path / "收件", DESK)
    assert (rows_of(done.path)[0]["项目名称"], rows_of(done.path)[0]["活动类别"]) == ("路", "6")
    assert [(s.project, s.activities) for s in done.register.sites] == [("路", ("6",))]
