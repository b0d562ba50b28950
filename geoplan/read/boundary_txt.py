"""界址点 text files, as surveyors hand them in: every variant read one way, or refused by the line that is wrong."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from geoplan.errors import GeometryError, GeoplanError, LayerError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.point_names import text_order
from geoplan.read.ring_closing import Corner, loops_of
from geoplan.read.survey import Figure, RawPlot, Survey, at_line
from geoplan.read.txt_header import Line, claim_of, decoded, sections

__all__ = ["survey_of"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_AREA = re.compile(r"(\d+(?:\.\d*)?)\s*(\S*)")
_COMMAS = str.maketrans("，;；\t", ",,,,")
MOST_FIELDS = 5
"""A row of a point: name, ring, X, Y, and perhaps a height."""


@dataclass(slots=True)
class _Plot:
    """A plot being read: its row, and the rows of its points."""

    line: int
    fields: tuple[str, ...] = ()
    rows: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def survey_of(content: bytes, file: str) -> Survey:
    r"""What a 界址点 text file says.

    Raises:
        LayerError: a line that cannot be read one way only; the sentence names it.
        SourceError: the file is empty, or no text.

    >>> text = "[属性描述]\n坐标系=2000国家大地坐标系\n[地块坐标]\n3,,1,A,面,,,,@\n"
    >>> text += "J1,1,4335424.4,39564832.7\nJ2,1,4335524.4,39564832.7\nJ3,1,4335424.4,39564932.7\n"
    >>> survey = survey_of(text.encode("gb18030"), "a.txt")
    >>> survey.claim.datum, survey.plots[0].name, survey.plots[0].loops[0].labels
    ('CGCS2000', 'A', ('J1', 'J2', 'J3'))
    >>> survey_of(b"", "a.txt")
    Traceback (most recent call last):
    ...
    geoplan.errors.SourceError: a.txt: the file is empty; send it again.
    """
    parts = sections(decoded(content, file), file)
    claim = claim_of(parts, file)
    plots = tuple(_read(plot, file) for plot in _plots(parts.body, file))
    if not plots:
        raise LayerError("site_file.no_plot", file=file)
    return Survey("txt", claim, plots, northing_first=True, attributes=parts.attributes)


def _plots(body: Iterable[Line], file: str) -> Iterator[_Plot]:
    """The rows of each plot: it begins with a row that ends in @; a file without any is one plot."""
    current: _Plot | None = None
    for line in body:
        fields = _plot_row(line)
        if fields is not None:
            if current is not None and not current.fields:
                raise LayerError("site_file.before_plot", file=file, where=at_line(current.line))
            if current is not None:
                yield current
            current = _Plot(line.number, fields)
            if not line.text.rstrip().endswith(("@", "＠")):
                current.notes.append(Note("site_note.no_at", {"where": at_line(line.number)}))
        else:
            current = current or _Plot(line.number)
            current.rows.append(line)
    if current is not None:
        yield current


def _plot_row(line: Line) -> tuple[str, ...] | None:
    """The fields of a row that begins a plot; None for any other row."""
    text = line.text.replace("＠", "@").strip()
    if "," not in text:
        text = text.replace("，", ",")
    fields = tuple(f.strip() for f in text.split(","))
    if text.endswith("@"):
        return (*fields[:-1], *([fields[-1][:-1].strip()] if fields[-1] != "@" else []))
    named = len(fields) > MOST_FIELDS and any(f in words.KINDS for f in fields)
    return fields if named else None


def _read(plot: _Plot, file: str) -> RawPlot:
    spot = at_line(plot.line)
    if not plot.rows:
        raise GeometryError("site_file.no_points", file=file, where=spot)
    named, count = _named(plot, file) if plot.fields else (RawPlot(spot), None)
    corners = [_corner(row, file, plot.notes) for row in plot.rows]
    loops, notes = loops_of(corners, named.kind, file)
    doubts: tuple[GeoplanError, ...] = (
        () if count is None else _miscounted(count, len(corners), [loop.closed for loop in loops], file, spot)
    )
    if doubts and all(loop.closed for loop in loops) and named.area.value is None:
        notes = (*notes, Note("site_note.count", doubts[0].fields))
        doubts = ()
    doubts = (*doubts, *(d for d in (text_order(loop, file) for loop in loops) if d is not None))
    return replace(
        named,
        spot=spot,
        loops=loops,
        role=words.role_of(named.name),
        notes=(*plot.notes, *notes),
        doubts=doubts,
    )


def _named(plot: _Plot, file: str) -> tuple[RawPlot, int | None]:
    """What the row of a plot says, and the number of points it claims."""
    spot, fields = at_line(plot.line), plot.fields
    usual = len(fields) > 4 and fields[4] in words.KINDS
    at = 4 if usual else next((n for n, f in enumerate(fields) if f in words.KINDS), None)
    if at is None and len(fields) >= 7 and not fields[4]:
        at = 4
        plot.notes.append(Note("site_note.no_kind", {"where": spot}))
    if at is None or at < 3:
        raise LayerError("site_file.plot_row", file=file, where=spot, row=",".join(fields))
    # one public writer leaves the count out: its rows begin with the area
    head = fields[:at] if at > 3 else ("", *fields[:at])
    sheet, use, code = (*fields[at + 1 :], "", "", "")[:3]
    rest = [f for f in fields[at + 4 :] if f]
    if rest:
        plot.notes.append(Note("site_note.more_fields", {"where": spot, "fields": ", ".join(rest)}))
    area = _area(head[1], file, plot.line)
    kind = words.KINDS.get(fields[at], "polygon")
    named = RawPlot(spot, head[2], ",".join(head[3:]), kind, area=area, use=use, code=code, sheet=sheet)
    return named, _count(head[0], file, plot.line)


def _count(text: str, file: str, line: int) -> int | None:
    if not text:
        return None
    if not unicodedata.normalize("NFKC", text).isdecimal():
        raise LayerError("site_file.count", file=file, where=at_line(line), value=text)
    return int(unicodedata.normalize("NFKC", text)) or None


def _area(text: str, file: str, line: int) -> Figure:
    """The area, its unit where the row names it, and the unit of its last digit; 0 and nothing are no statement."""
    if not text:
        return Figure()
    match = _AREA.fullmatch(unicodedata.normalize("NFKC", text))
    unit = words.AREA_UNITS.get(match[2].upper()) if match and match[2] else ""
    if match is None or unit is None:
        raise LayerError("site_file.area", file=file, where=at_line(line), value=text)
    return Figure(float(match[1]) or None, unit, 10.0 ** -len(match[1].partition(".")[2]))


def _corner(row: Line, file: str, notes: list[Note]) -> Corner:
    """A row of a point: name, ring, X, Y; the ring, or both names, may be left out."""
    fields = _point_fields(row.text)
    spot = at_line(row.number)
    if len(fields) == MOST_FIELDS and fields[4]:
        notes.append(Note("site_note.height", {"where": spot, "value": fields[4]}))
    if not 2 <= len(fields) <= MOST_FIELDS:
        raise LayerError("site_file.point_row", file=file, where=spot, row=row.text)
    label, ring = {2: ("", ""), 3: (fields[0], "")}.get(len(fields), (fields[0], fields[1]))
    first, second = fields[:2] if len(fields) == 2 else fields[-2:] if len(fields) == 3 else fields[2:4]
    # three figures may be a height at the end as well as a name at the start
    if len(fields) == 3 and _NUMBER.fullmatch(label) and "." in label:
        raise LayerError("site_file.point_row", file=file, where=spot, row=row.text)
    x, y = (_number(f, file, row.number) for f in (first, second))
    return Corner(unicodedata.normalize("NFKC", label), unicodedata.normalize("NFKC", ring), x, y, spot)


def _point_fields(text: str) -> tuple[str, ...]:
    text = text.translate(_COMMAS)
    fields = [f.strip(" \u3000") for f in text.split(",")] if "," in text else text.split()
    while len(fields) > 4 and not fields[-1]:
        fields.pop()
    return tuple(fields)


def _number(text: str, file: str, line: int) -> float:
    plain = unicodedata.normalize("NFKC", text)
    if _NUMBER.fullmatch(plain) is None:
        raise GeometryError("site_file.number", file=file, where=at_line(line), value=text)
    return float(plain)


def _miscounted(
    count: int, rows: int, closed: Sequence[bool], file: str, spot: GeoplanError
) -> tuple[GeoplanError, ...]:
    """The doubt that rows are missing: a count may or may not include the closing points, and no other number."""
    if count in {rows, rows - sum(closed), rows + sum(not c for c in closed)}:
        return ()
    return (LayerError("site_file.miscounted", file=file, where=spot, count=count, rows=rows),)
