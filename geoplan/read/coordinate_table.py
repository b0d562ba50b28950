"""Tables of boundary points in workbooks: found by their headings, wherever on the sheet they stand."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from geoplan.errors import GeoplanError, LayerError, SourceError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.site_claim import claim_of_texts
from geoplan.read.survey import Survey, at_row
from geoplan.read.table_header import Row, columns_of, text_of
from geoplan.read.table_rows import Table, Title, agreed_area, areas_in, is_stray, plots_of_table, totals_in

__all__ = ["survey_of"]

MOST_UNPACKED = 512 * 1024**2
"""Bytes a workbook may hold unpacked."""
MOST_ROWS = 300_000
"""Rows a sheet of boundary points may have."""
_LONGEST_TITLE = 40
"""Characters: a longer text that names a plot is a remark, not the title of a table."""
_OLD = b"\xd0\xcf\x11\xe0"
"""How workbooks of before 2007 begin, and those with a password."""


@dataclass(slots=True)
class _Found:
    """What the sheets hold: tables, and every text outside them with its place."""

    tables: list[Table] = field(default_factory=list)
    texts: list[tuple[str, GeoplanError]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    totals: list[tuple[float, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def survey_of(content: bytes, file: str) -> Survey:
    """What a workbook with boundary points says.

    Raises:
        SourceError: no workbook, one with a password, or one that holds only a picture.
        LayerError: a row that cannot be read one way only; the sentence names sheet and row.
    """
    found = _Found()
    for name, rows in _sheets(content, file, found.notes):
        _read_sheet(name, rows, found, file)
    if not found.tables:
        raise SourceError("site_file.picture" if _pictures(content) else "site_file.no_table", file=file)
    others = [table for table in found.tables if table.title.other]
    plots = tuple(plot for table in found.tables if not table.title.other for plot in plots_of_table(table, file))
    found.notes += [Note("site_note.other_points", {"where": at_row(t.sheet, t.rows[0][0])}) for t in others if t.rows]
    if not plots:
        raise LayerError("site_file.no_plot", file=file)
    notes = list(found.notes)
    if any(block.both for table in found.tables for block in table.blocks):
        notes.append(Note("site_note.degrees_beside", {}))
    if len(plots) == 1 and plots[0].area.value is None:
        plots = (replace(plots[0], area=agreed_area(found.totals)),)
        found.totals.clear()
    claim = claim_of_texts(found.texts, file)
    whole = agreed_area(found.totals)
    return Survey("xlsx", claim, plots, northing_first=True, attributes=found.said, notes=tuple(notes), area=whole)


def _sheets(content: bytes, file: str, notes: list[Note]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of every sheet that can be seen."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if content.startswith(_OLD):
        raise SourceError("site_file.old_workbook", file=file)
    try:
        _check_size(content, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out (drawings, validations) holds no coordinates
            book = load_workbook(io.BytesIO(content), data_only=True)
            sheets = [(s.title, s.sheet_state, list(s.iter_rows(values_only=True))) for s in book.worksheets]
    except SourceError:
        raise
    except (InvalidFileException, *_BROKEN) as error:
        raise SourceError("site_file.broken_workbook", file=file) from error
    for title, state, rows in sheets:
        if state != "visible":
            notes.append(Note("site_note.hidden_sheet", {"sheet": title}))
        elif len(rows) > MOST_ROWS:
            raise SourceError("site_file.many_rows", file=file, where=at_row(title, len(rows)), most=MOST_ROWS)
        else:
            yield title, rows


def _check_size(content: bytes, file: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
            raise SourceError("site_file.large", file=file, most=MOST_UNPACKED // 1024**2)


_BROKEN = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, SyntaxError, EOFError, OSError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What workbooks raise that are damaged, encrypted or packed in a way nobody packs them."""


def _pictures(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return any(name.startswith("xl/media/") for name in parts.namelist())


def _read_sheet(name: str, rows: Sequence[Row], found: _Found, file: str) -> None:
    """Tell tables from texts: a title between points begins another plot, an area below points is theirs."""
    table: Table | None = None
    above = Title()
    for n, row in enumerate(rows):
        blocks = columns_of(rows, n)
        if blocks:
            again = table is not None and [b.at for b in blocks] == [b.at for b in table.blocks]
            if table is None or not again or above.begins or above.said or above.other:
                table, above = Table(name, blocks, above), Title()
                found.tables.append(table)
            found.texts += [(text_of(c), at_row(name, n + 1)) for c in row if text_of(c)]
        elif table is not None and table.is_data(row):
            if above.begins or above.other:
                table, above = Table(name, table.blocks, above), Title()
                found.tables.append(table)
            table.rows.append((n + 1, row))
        else:
            if is_stray(row):
                raise LayerError("site_file.stray_point", file=file, where=at_row(name, n + 1))
            below = _title(row, at_row(name, n + 1), found)
            if table is not None and not above.begins and not below.begins:
                table.title.areas += below.areas
                below.areas = []
            other = above.other or below.other
            above = Title(below.name or above.name, above.said | below.said, above.areas + below.areas, other)


def _title(row: Row, spot: GeoplanError, found: _Found) -> Title:
    """The name of a plot, the keys with values and the areas in a row of text."""
    cells = [c for c in row if c not in (None, "")]
    title = Title(other=any(words.NO_BOUNDARY.search(str(c)) for c in cells))
    for n, text in enumerate(map(text_of, cells)):
        if not text:
            continue
        found.texts.append((text, spot))
        keyed = words.KEYED.fullmatch(text)
        key = words.folded(keyed[1] if keyed else text)
        value = (keyed[2] or "").strip() if keyed else ""
        value = value or (str(cells[n + 1]).strip() if n + 1 < len(cells) else "")
        meaning = next((m for m, p in words.TITLES.items() if p.fullmatch(key)), None)
        if meaning and value:
            found.said.setdefault(key, value)
            found.texts += [(f"{key}:{value}", spot)] if meaning == "crs" else []
            title.said[meaning] = value
        elif len(text) <= _LONGEST_TITLE and (name := words.PLOT_TITLE.search(text)):
            title.name = name[1]
    line = " ".join(str(c).strip() for c in cells)
    title.areas += areas_in(line)
    found.totals += totals_in(line)
    return title
