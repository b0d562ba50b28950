"""What study.toml says about the data of one layer: one or several sources, each with its own keys."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geoplan.dates import is_date
from geoplan.errors import GeoplanError, StudyError

if TYPE_CHECKING:
    from geoplan.read.crosswalk import Crosswalk

__all__ = ["SECRET_MARKS", "Declared", "faults", "sources_of"]

_TEXT = '"…"'
_SAME = '"metro" / { class = "metro", status = "open" }'
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "layer": (str, _TEXT), "crs": (str, '"EPSG:4548"'), "where": (str, '"…"'), "scheme": (str, '"三调"'),
    "crosswalk": (str, '"crosswalk/三调_用地用海.csv"'),
    "encoding": (str, '"GB18030"'), "class": ((str, dict), _SAME), "area_basis": (str, _TEXT), "length": (str, _TEXT),
    "columns": (dict, '{ population = "RK" }'), "classes": (dict, '{ natural = ["自然岸线"] }'), "band": (int, "1"),
    "nodata": ((int, float, list), "-9999"), "at_crossings": (bool, "true"), "covers": (str, '"boundary"'),
    "id": (str, _TEXT), "name": (str, _TEXT), "document": (str, _TEXT), "provider": (str, _TEXT),
    "scale": ((str, int), '"1:10000"'),
    "crs_instead_of": (str, '"EPSG:32650"'), "position_checked": (str, _TEXT),
}  # fmt: skip
_DATES = ("as_of", "published", "valid_to")
MARKS, SECRET_MARKS = ("公开", "内部", "敏感"), ("涉密", "绝密", "机密", "秘密")
"""How data may be marked; those of the second kind are not handled at all."""
_SAID = ("published", "valid_to", "document", "provider", "scale", "as_of", "position_checked")


@dataclass(frozen=True, slots=True)
class Declared:
    """One source of a layer, as study.toml says it.

    Attributes:
        owner: the name of the layer (or of the zones), for messages.
        path: as written.
        table: the name of the table in the file.
        crs: declared CRS, or an empty text.
        crs_instead_of: the CRS of the file that is known to be wrong.
        where: a filter handed to GDAL as it stands.
        scheme: the classification its codes are of.
        crosswalk: the table that brings them into another one, as written; an empty text for none.
        walk: that table, once it was read.
        one_class: the one class all its features are of.
        constants: further columns that say the same of all its features -> what they say.
        classes: class -> words that mean it, or None.
        columns: engine column -> column of the file.
        encoding: of its text.
        area_basis: how its areas were measured.
        length: the column that holds the lengths of streets; measured where left out.
        at_crossings: whether streets also meet where they cross without a vertex.
        band: of a raster, from 1.
        nodata: further values that mean nothing.
        covers: what the data cover, as written.
    """

    owner: str
    path: str
    table: str = ""
    crs: str = ""
    where: str = ""
    scheme: str = ""
    crosswalk: str = ""
    walk: "Crosswalk | None" = None
    one_class: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    area_basis: str = ""
    length: str = ""
    at_crossings: bool = False
    band: int = 1
    nodata: tuple[float, ...] = ()
    covers: str = ""
    crs_instead_of: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


def sources_of(owner: str, declared: Mapping[str, Any]) -> tuple[Declared, ...]:
    """The sources of a layer: one, or those of a list; an entry of the list may have keys of its own.

    Raises:
        StudyError: no source, or a key that is not written as it should be.

    >>> [d.path for d in sources_of("parks", {"path": ["a.shp", {"path": "b.gpkg", "layer": "parks"}]})]
    ['a.shp', 'b.gpkg']
    >>> sources_of("parks", {})
    Traceback (most recent call last):
    ...
    geoplan.errors.StudyError: Layer 'parks' has no source; write path = "…".
    """
    for wrong in faults(owner, declared):
        raise wrong
    return tuple(_one(owner, entry) for entry in _entries(declared))


def faults(owner: str, declared: Mapping[str, Any]) -> Iterator[GeoplanError]:
    """Every key of a source that is not written as it should be."""
    entries = list(_entries(declared))
    if not entries:
        yield StudyError("source.no_source", layer=owner)
    for entry in entries:
        if not isinstance(entry.get("path"), str) or not entry["path"].strip():
            yield StudyError("source.key", layer=owner, key="path", wanted='path = "data/….gpkg"')
        for key, (kind, example) in _KINDS.items():
            # true is a number to Python, never to a planner
            boolean = isinstance(entry.get(key), bool) and kind is not bool
            if key in entry and (boolean or not isinstance(entry[key], kind)):
                yield StudyError("source.key", layer=owner, key=key, wanted=f"{key} = {example}")
        yield from _inner_faults(owner, entry)


def _said_faults(owner: str, entry: Mapping[str, Any]) -> Iterator[GeoplanError]:
    """Dates that are none, and marks nobody knows."""
    for key in _DATES:
        if key in entry and not is_date(entry[key]):
            yield StudyError("source.key", layer=owner, key=key, wanted=f"{key} = 2025-06-30")
    if entry.get("secrecy", MARKS[0]) not in (*MARKS, *SECRET_MARKS):
        wanted = " | ".join(f'"{mark}"' for mark in MARKS)
        yield StudyError("source.key", layer=owner, key="secrecy", wanted=f"secrecy = {wanted}")


def _inner_faults(owner: str, entry: Mapping[str, Any]) -> Iterator[GeoplanError]:
    yield from _said_faults(owner, entry)
    if entry.get("crs_instead_of") and not entry.get("crs"):
        yield StudyError("source.instead_of", layer=owner, crs=entry["crs_instead_of"])
    if entry.get("crosswalk") and (not entry.get("scheme") or entry.get("classes") or entry.get("class")):
        yield StudyError("crosswalk.key" if entry.get("scheme") else "crosswalk.scheme", layer=owner)
    columns, classes = entry.get("columns", {}), entry.get("classes", {})
    if isinstance(columns, dict) and not all(isinstance(v, str) for v in columns.values()):
        yield StudyError("source.key", layer=owner, key="columns", wanted=f"columns = {_KINDS['columns'][1]}")
    if isinstance(classes, dict) and not all(_texts(v) for v in classes.values()):
        yield StudyError("source.key", layer=owner, key="classes", wanted=f"classes = {_KINDS['classes'][1]}")
    elif isinstance(classes, dict):
        yield from _told_twice(owner, classes)
    if isinstance(entry.get("class"), dict) and not all(isinstance(v, str) for v in entry["class"].values()):
        yield StudyError("source.key", layer=owner, key="class", wanted=f"class = {_KINDS['class'][1]}")
    if isinstance(entry.get("band"), int) and entry["band"] < 1:
        yield StudyError("source.key", layer=owner, key="band", wanted="band = 1")
    nodata = entry.get("nodata", [])
    if isinstance(nodata, list) and not all(isinstance(v, int | float) for v in nodata):
        yield StudyError("source.key", layer=owner, key="nodata", wanted="nodata = [0, -9999]")


def _told_twice(owner: str, classes: Mapping[str, list[str]]) -> Iterator[GeoplanError]:
    """Words that mean two classes: which of them a feature is of cannot be told."""
    told: dict[str, str] = {}
    for name, words in classes.items():
        for word in words:
            if told.setdefault(word, name) != name:
                yield StudyError("source.word_twice", layer=owner, word=word, one=told[word], other=name)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _entries(declared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    base = {k: v for k, v in declared.items() if k not in {"path", "source", "at"}}
    for key in ("path", "source"):
        if key in declared:
            given = declared[key]
            for one in given if isinstance(given, list) else [given]:
                yield {**base, **one} if isinstance(one, dict) else {**base, "path": one}


def _one(owner: str, entry: Mapping[str, Any]) -> Declared:
    nodata = entry.get("nodata", [])
    classes, same = entry.get("classes"), entry.get("class", "")
    constants = same if isinstance(same, dict) else {"class": same}
    return Declared(
        owner,
        entry["path"],
        table=entry.get("layer", ""),
        crs=entry.get("crs", ""),
        where=entry.get("where", ""),
        scheme=entry.get("scheme", ""),
        crosswalk=entry.get("crosswalk", ""),
        one_class=constants.get("class", ""),
        constants={column: word for column, word in constants.items() if column != "class"},
        classes=None if classes is None else {name: tuple(words) for name, words in classes.items()},
        columns=entry.get("columns", {}),
        encoding=entry.get("encoding", ""),
        area_basis=entry.get("area_basis", ""),
        length=entry.get("length", ""),
        at_crossings=entry.get("at_crossings", False),
        band=entry.get("band", 1),
        nodata=tuple(float(v) for v in (nodata if isinstance(nodata, list) else [nodata])),
        covers=entry.get("covers", ""),
        crs_instead_of=entry.get("crs_instead_of", ""),
        said={key: _text(entry[key]) for key in (*_SAID, "secrecy") if key in entry},
    )


def _text(value: object) -> str:
    return value.isoformat()[:10] if isinstance(value, dt.date) else str(value)
