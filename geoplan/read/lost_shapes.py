"""What GDAL passes over in silence: areas of a KML or a GeoJSON it cannot make out are counted, lest they be missed."""

import json
import mmap
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from geoplan.errors import GeometryError, SourceError
from geoplan.read.survey import RawPlot, at_line

if TYPE_CHECKING:
    from geoplan.read.guards import Found

__all__ = ["refuse_broken_kml", "refuse_lost", "refuse_mixed_parts", "refuse_strange_features"]

_POLYGON = re.compile(rb"<(?:\w+:)?Polygon[\s>]")
_COORDINATES = re.compile(rb"<(?:\w+:)?coordinates[^>]*>(.*?)</", re.DOTALL)
_MARK = re.compile(rb'"coordinates"\s*:\s*[\[\]0-9\s.,eE+\-]*+|"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)
"""A text or a bracket of a JSON, and all coordinates of a shape at once."""
_NUMBER = rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PLACE = re.compile(rb"%b,%b(?:,%b)?" % (_NUMBER, _NUMBER, _NUMBER))


def refuse_broken_kml(found: "Found") -> None:
    """Refuse a KML one of whose coordinates is none: GDAL would leave out the whole shape and say nothing.

    Other files, and those in archives, are not looked at.

    Raises:
        GeometryError: with the line, and what stands there.
    """
    if found.suffix != ".kml" or found.file is None or found.member:
        return
    text = found.file.read_bytes()
    _polygons(text, found.text)
    for match in _COORDINATES.finditer(text):
        if not match[1].split():
            line = text[: match.start(1)].count(b"\n") + 1
            raise GeometryError("site_file.number", file=found.text, where=at_line(line), value="")


def refuse_strange_features(found: "Found") -> None:
    """Refuse a GeoJSON one of whose features does not say that it is one: GDAL would leave it out and say nothing.

    Other files, and those in archives, are not looked at.

    Raises:
        GeometryError: with how many features there are, and how many of them say so.
    """
    if found.suffix not in {".geojson", ".json"} or found.file is None or found.member:
        return
    with found.file.open("rb") as opened:
        if not opened.read(1):
            return
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
            drawn, said = _features_of(text)
    if said < drawn:
        raise GeometryError("site_file.lost_shapes", file=found.text, drawn=drawn, read=said)


def refuse_mixed_parts(found: "Found") -> None:
    """Refuse a Shapefile whose parts hold different numbers of rows: one of them belongs to another file.

    Other files, and those in archives, are not looked at.

    Raises:
        GeometryError: with the greater and the lesser number.
    """
    if found.suffix != ".shp" or found.file is None or found.member:
        return
    counts = []
    for part in found.file.parent.iterdir():
        if part.stem == found.file.stem and part.suffix.lower() == ".shx":
            counts.append((part.stat().st_size - 100) // 8)
        if part.stem == found.file.stem and part.suffix.lower() == ".dbf":
            with part.open("rb") as opened:
                counts.append(int.from_bytes(opened.read(8)[4:], "little"))
    if counts and min(counts) < max(counts):
        raise GeometryError("site_file.lost_shapes", file=found.text, drawn=max(counts), read=min(counts))


def _features_of(text: "mmap.mmap | bytes") -> tuple[int, int]:
    """How many things a collection of features lists, and how many of them say that they are features.

    >>> _features_of(b'{"type": "FeatureCollection", "features": [{"type": "Feature"}, {"typ": "Feature"}]}')
    (2, 1)
    >>> _features_of(b'{"type": "Point", "coordinates": [1, 2]}'), _features_of(b"")
    ((0, 0), (0, 0))
    """
    drawn = said = 0
    collection = False
    within = key = last = b""
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark in b"{[":
            within += mark
            drawn += within == b"{[{" and key == b'"features"'
        elif mark in b"]}":
            within = within[:-1]
        elif within == b"{":
            collection |= (key, mark) == (b'"type"', b'"FeatureCollection"')
            key = mark
        elif within == b"{[{":
            said += (key, last, mark) == (b'"features"', b'"type"', b'"Feature"')
        last = mark
    return (drawn, said) if collection else (0, 0)


def refuse_lost(path: Path, rows: int, plots: Sequence[RawPlot], file: str) -> None:
    """Refuse a KML or a GeoJSON of which not every shape was read.

    Args:
        path: of the file.
        rows: features that were read.
        plots: what became of them.
        file: its name.

    Raises:
        GeometryError: fewer areas or features were read than there are, or a coordinate is none.
        SourceError: the text is not what its ending says.
    """
    suffix = path.suffix.lower()
    if suffix in {".kml", ".kmz"}:
        drawn = sum(_polygons(text, file) for text in _texts(path))
        read = sum(len(shapely.get_parts(plot.shape)) for plot in plots if plot.kind == "polygon")
    elif suffix in {".geojson", ".json"}:
        drawn, read = _features(path, file), rows
    else:
        return
    if read < drawn:
        raise GeometryError("site_file.lost_shapes", file=file, drawn=drawn, read=read)


def _features(path: Path, file: str) -> int:
    """How many features a GeoJSON says it has; none for other kinds of JSON."""
    try:
        said = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceError("source.unreadable", path=file, reason=error) from error
    features = said.get("features") if isinstance(said, dict) else None
    return len(features) if isinstance(features, list) else 0


def _texts(path: Path) -> list[bytes]:
    if path.suffix.lower() != ".kmz":
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as opened:
        return [opened.read(name) for name in opened.namelist() if name.lower().endswith(".kml")]


def _polygons(text: bytes, file: str) -> int:
    """How many areas a KML draws; a coordinate that is none is named by its line."""
    for found in _COORDINATES.finditer(text):
        for place in found[1].split():
            if _PLACE.fullmatch(place) is None:
                line = text[: found.start(1)].count(b"\n") + 1
                shown = place.decode("utf-8", "replace")
                raise GeometryError("site_file.number", file=file, where=at_line(line), value=shown)
    return len(_POLYGON.findall(text))
