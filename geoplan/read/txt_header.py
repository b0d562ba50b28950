"""The head of a 界址点 text file: its encoding, its sections, and what it says about its coordinate system."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geoplan.errors import CRSError, EncodingError, SourceError
from geoplan.read import site_words as words
from geoplan.read.site_claim import claim_of_name
from geoplan.read.survey import Claim, at_line

__all__ = ["MOST_TEXT", "Line", "Sections", "claim_of", "decoded", "sections"]

MOST_TEXT = 64 * 1024**2
"""Bytes of a text attachment: a million boundary points fit in it."""
_SECTION = re.compile(r"\s*[\[【［](.+?)[\]】］]\s*")
_PAIR = re.compile(r"([^=＝:：,，]+)[=＝:：](.*)")
_SYSTEM_KEYS = {
    words.CRS_KEY, words.UNIT_KEY, words.PROJECTION_KEY, words.CONVERSION, *words.WIDTH_KEYS, *words.ZONE_KEYS,
}  # fmt: skip
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that is not blank, and which it is, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Sections:
    """A text file taken apart: attributes by key, where each stands, and the lines that hold plots and points."""

    attributes: Mapping[str, str]
    lines_of: Mapping[str, int]
    body: tuple[Line, ...]


def decoded(content: bytes, file: str) -> str:
    """The text of a file in UTF-8, in UTF-16 that says so, or else in GB 18030.

    Raises:
        SourceError: nothing in it, no text at all, or more than anybody would send.
        EncodingError: bytes that are none of the three.

    >>> decoded("坐标系".encode("gb18030"), "a.txt") == decoded("坐标系".encode("utf-8-sig"), "a.txt")
    True
    """
    if not content.strip():
        raise SourceError("site_file.empty", file=file)
    if len(content) > MOST_TEXT:
        raise SourceError("site_file.large", file=file, most=MOST_TEXT // 1024**2)
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    if encodings[0] != "utf-16" and b"\0" in content:
        raise SourceError("site_file.not_text", file=file)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EncodingError("site_file.encoding", file=file)


def sections(text: str, file: str) -> Sections:
    r"""The sections of a text file; a file without any is all plots and points.

    Raises:
        SourceError: a key that is given twice with different values: two files in one, of different systems.

    >>> parts = sections("[属性描述]\n几度分带=3\n[地块坐标]\nJ1,1,2,3\n", "a.txt")
    >>> parts.attributes["几度分带"], parts.body[0].number
    ('3', 4)
    >>> sections("", "a.txt").body
    ()
    """
    attributes: dict[str, str] = {}
    lines_of: dict[str, int] = {}
    body: list[Line] = []
    current = ""
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.strip("\ufeff\x1a \t\u3000")
        title = _SECTION.fullmatch(line)
        if title:
            current = words.folded(title[1])
        elif line and _is_body(line, current):
            body.append(Line(number, line))
        elif line:
            key, value = _pair(line)
            attributes[key] = _told(attributes.get(key), value, key, number, file)
            lines_of.setdefault(key, number)
    return Sections(attributes, lines_of, tuple(body))


def claim_of(parts: Sections, file: str) -> Claim:
    """What the head says about the coordinate system.

    Raises:
        CRSError: a projection, a zone width, a unit or conversion parameters that cannot be honoured.
    """
    said = {words.folded(key): (value, parts.lines_of[key]) for key, value in parts.attributes.items()}
    name, line = said.get(words.CRS_KEY, ("", 0))
    named = claim_of_name(name, file=file, where=at_line(line))
    width = _width(*_first(said, words.WIDTH_KEYS), file)
    zones = [_zone(*said[key], file) for key in words.ZONE_KEYS if said.get(key, ("", 0))[0]]
    _check_projection(said, file)
    zone = next((int(z) for z in zones if z <= 60), None)
    meridian = next((z for z in zones if z > 60), None)
    for second, first in ((width, named.width), (zone, named.zone), (meridian, named.meridian)):
        if first and second and first != second:
            raise CRSError("site_file.contradiction", file=file, first=f"{first:g}", second=f"{second:g}", crs=name)
    return replace(
        named,
        width=width or named.width,
        zone=zone or named.zone,
        meridian=meridian or named.meridian,
        unit=_unit(said, file),
    )


def _is_body(line: str, section: str) -> bool:
    if section == words.PLOTS_SECTION:
        return True
    return section in {"", words.ATTRIBUTES_SECTION} and _PAIR.fullmatch(line) is None


def _told(before: str | None, value: str, key: str, line: int, file: str) -> str:
    """What a key says when it is given twice: the same, or both; two coordinate systems are two files in one."""
    if before is None or before == value or not value:
        return before or value
    if words.folded(key) in _SYSTEM_KEYS:
        raise SourceError("site_file.two_heads", file=file, where=at_line(line), key=key, first=before, second=value)
    return f"{before}; {value}"


def _pair(line: str) -> tuple[str, str]:
    match = _PAIR.fullmatch(line)
    return (match[1].strip(), match[2].strip(" \t\u3000,，")) if match else (line, "")


def _first(said: Mapping[str, tuple[str, int]], keys: Sequence[str]) -> tuple[str, int]:
    return next((said[key] for key in keys if said.get(key, ("", 0))[0]), ("", 0))


def _width(value: str, line: int, file: str) -> int | None:
    """3 or 6; a width of 1.5 degrees is that of city grids, whose planes nobody can know."""
    if not value:
        return None
    number = _NUMBER.search(unicodedata.normalize("NFKC", value))
    if number is None or float(number[0]) not in {3.0, 6.0}:
        raise CRSError("site_file.width", file=file, where=at_line(line), value=value)
    return int(float(number[0]))


def _zone(value: str, line: int, file: str) -> float:
    """A zone number (13 to 45) or, where somebody wrote it in its place, a central meridian (75 to 135).

    A meridian of 117 degrees 10 minutes is that of a city grid: read as 117 it would move a site by 14 km.
    """
    plain = unicodedata.normalize("NFKC", value)
    number = _NUMBER.search(plain)
    found = float(number[0]) if number else 0.0
    rest = _NUMBER.findall(plain[number.end() :]) if number else []
    zone = found.is_integer() and (13 <= found <= 23 or 25 <= found <= 45)
    meridian = 75 <= found <= 135 and found % 3 == 0
    if not (zone or meridian) or any(float(part) for part in rest):
        raise CRSError("site_file.zone", file=file, where=at_line(line), value=value)
    return found


def _unit(said: Mapping[str, tuple[str, int]], file: str) -> Literal["m", "deg", ""]:
    value, line = said.get(words.UNIT_KEY, ("", 0))
    if not value:
        return ""
    unit = words.UNITS.get(words.folded(value))
    if unit is None:
        raise CRSError("site_file.unit", file=file, where=at_line(line), value=value)
    return unit


def _check_projection(said: Mapping[str, tuple[str, int]], file: str) -> None:
    projection, line = said.get(words.PROJECTION_KEY, ("", 0))
    if projection and not words.PROJECTION.search(words.folded(projection)):
        raise CRSError("site_file.projection", file=file, where=at_line(line), value=projection)
    conversion, line = said.get(words.CONVERSION, ("", 0))
    if any(float(n) for n in re.findall(r"\d+(?:\.\d+)?", conversion)):
        raise CRSError("site_file.conversion", file=file, where=at_line(line), value=conversion)
