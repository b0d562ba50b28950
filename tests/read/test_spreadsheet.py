"""Tables as planners save them: any usual encoding, or a workbook."""

import datetime as dt

import pytest
from openpyxl import Workbook

from geoplan.errors import DefinitionError, EncodingError, SourceError
from geoplan.read.spreadsheet import read_rows

TEXT = "layer,依据\neco_redline,自然资发〔2022〕142号\n,\nparks,\n"
ROWS = [
    {"layer": "eco_redline", "依据": "自然资发〔2022〕142号"},
    {"layer": "", "依据": ""},
    {"layer": "parks", "依据": ""},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_file_reads_alike_in_every_usual_encoding(tmp_path, encoding, newline):
    path = tmp_path / "规则.csv"
    path.write_bytes(TEXT.replace("\n", newline).encode(encoding))
    assert read_rows(path) == ROWS


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_marks_between_cells_are_seen(tmp_path, mark):
    path = tmp_path / "a.csv"
    path.write_text(TEXT.replace(",", mark), encoding="utf-8")
    assert read_rows(path) == ROWS


def test_a_workbook_reads_like_the_csv_file(tmp_path):
    book = Workbook()
    for row in (["layer", "依据"], ["eco_redline", "自然资发〔2022〕142号"], [None, None], ["parks", None]):
        book.active.append(row)
    book.save(tmp_path / "规则.xlsx")
    assert read_rows(tmp_path / "规则.xlsx") == ROWS


def test_numbers_dates_and_flags_of_a_workbook_become_plain_text(tmp_path):
    book = Workbook()
    for row in (["a", "b", "c", "d", "e"], [200.0, 0.5, dt.date(2025, 6, 30), True, "0701"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read_rows(tmp_path / "a.xlsx") == [{"a": "200", "b": "0.5", "c": "2025-06-30", "d": "yes", "e": "0701"}]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n"two\nlines",1\n\nlast,2\n\n', encoding="utf-8")
    rows = read_rows(tmp_path / "a.csv")
    assert [r["a"] for r in rows] == ["two\nlines", "", "last"]


def test_a_short_row_ends_in_empty_cells_and_a_long_one_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1\n", encoding="utf-8")
    assert read_rows(tmp_path / "a.csv") == [{"a": "1", "b": ""}]
    (tmp_path / "b.csv").write_text("a,b\n1,2,3\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"b\.csv, row 2"):
        read_rows(tmp_path / "b.csv")


def test_cells_under_a_column_without_a_name_are_kept_under_its_letter(tmp_path):
    (tmp_path / "a.csv").write_text("a,,b,,C,\n1,seen,2,,3,\n4,,5,,6,\n", encoding="utf-8")
    assert read_rows(tmp_path / "a.csv") == [
        {"a": "1", "B": "seen", "b": "2", "C": "3"}, {"a": "4", "B": "", "b": "5", "C": "6"},
    ]  # fmt: skip
    (tmp_path / "b.csv").write_text("B,\n1,2\n", encoding="utf-8")
    assert read_rows(tmp_path / "b.csv") == [{"B": "1", "B*": "2"}]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("none.csv", None, SourceError),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 60, SourceError),
        ("broken.xlsx", b"PK\x03\x04 no workbook", SourceError),
        ("what.csv", b"a,b\n\xff\xff\x81,1\n", EncodingError),
        ("empty.csv", b"", DefinitionError),
        ("twice.csv", b"a,b,a\n1,2,3\n", DefinitionError),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence_that_names_it(tmp_path, name, data, kind):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(kind, match=name.split(".")[0]):
        read_rows(tmp_path / name)
