"""The map of a worked example as an SVG file of its own: the picture of the report with its legend under it."""

from collections.abc import Iterator
from html import escape

from geoplan.draw.picture import WIDTH, legends, picture
from geoplan.draw.sheet import Entry, Sheet
from geoplan.draw.swatch import HIGH, WIDE, Patterns, swatch
from geoplan.draw.theme import Theme

__all__ = ["still"]

_ROW, _MARGIN = 22, 12
_FONT = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"


def still(chinese: Sheet, english: Sheet, theme: Theme) -> str:
    """The drawing of a sheet; its legend is told in both languages.

    Args:
        chinese: the sheet in Chinese, which is what the map itself speaks.
        english: the same in English.
        theme: inks of the page.
    """
    patterns = Patterns()
    drawn = picture(chinese, patterns, theme)
    opening, _, body = drawn.partition(">")
    high = float(opening.split('viewBox="')[1].split('"')[0].split()[3])
    rows = list(_legend(chinese, english, high, patterns, theme))
    whole = high + _ROW * len(rows) + _MARGIN * bool(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole:g}" width="{WIDTH}" height="{whole:g}" '
        f'font-family="{_FONT}" font-size="12" role="img" aria-label="{escape(chinese.title)}">\n'
        f'<defs>{patterns.svg()}</defs>\n<rect width="{WIDTH}" height="{whole:g}" fill="{theme.inks["paper"]}"/>\n'
        f"{body.removesuffix('</svg>')}\n{_lines(rows)}</svg>\n"
    )


def _legend(chinese: Sheet, english: Sheet, top: float, patterns: Patterns, theme: Theme) -> Iterator[str]:
    """The rows of the legend: for each part its title, then two samples a row."""
    row = 0
    for part, told in zip(legends(chinese), legends(english), strict=True):
        yield _text(_MARGIN, top + _ROW * row, _beside(part.title, told.title), theme, weight=' font-weight="bold"')
        row += 1
        for entries in _rows([(one, _said(one, other)) for one, other in zip(part.entries, told.entries, strict=True)]):
            yield "".join(
                _sample(entry, said, _MARGIN + column * WIDTH / 2, top + _ROW * row, patterns, theme)
                for column, (entry, said) in enumerate(entries)
            )
            row += 1


def _rows(entries: list[tuple[Entry, str]]) -> Iterator[list[tuple[Entry, str]]]:
    """Two samples a row where both are short, else one."""
    row: list[tuple[Entry, str]] = []
    for entry, said in entries:
        long = sum(12 if ord(letter) > 0x2E80 else 7 for letter in said) > WIDTH / 2 - WIDE - 2 * _MARGIN
        if row and long:
            yield row
            row = []
        row.append((entry, said))
        if long or len(row) == 2:
            yield row
            row = []
    if row:
        yield row


def _said(entry: Entry, other: Entry) -> str:
    return f"{_beside(entry.text, other.text)}{f'  {entry.amount}' if entry.amount else ''}"


def _sample(entry: Entry, said: str, x: float, y: float, patterns: Patterns, theme: Theme) -> str:
    box = swatch(entry.paint, entry.kind, patterns).replace("<svg ", f'<svg x="{x:g}" y="{y + 2:g}" ', 1)
    return box + _text(x + WIDE + 8, y, said, theme)


def _text(x: float, y: float, said: str, theme: Theme, weight: str = "") -> str:
    ink = theme.inks["ink"]
    return f'<text x="{x:g}" y="{y + HIGH - 3:g}" fill="{ink}"{weight}>{escape(said)}</text>'


def _beside(chinese: str, english: str) -> str:
    return chinese if chinese == english else f"{chinese} {english}"


def _lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
