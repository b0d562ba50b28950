"""Rows of the tables of broken inputs: what is made, what it is handed to, and what must come of it.

A row is one of five: `refused` (an error with that sentence), `repaired` (entries of the ledger, and the area that is
right), `noted` (read right, with a note), `shown` (read, with an oddity on the page of `geoplan validate --report`),
`right` (read right as it stands). Every sentence is said in both languages and must hold what the row
names: the file or layer, what is wrong, what would be right.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.catalogue import Catalogue
from geoplan.errors import GeoplanError, Problems
from geoplan.examine import examined
from geoplan.layer import Layer, LayerSpec
from geoplan.place import Place
from geoplan.words import LANGUAGES, say

STUDY = CRS.from_epsg(4548)
WEST, SOUTH = 500_000.0, 4_334_000.0
CATALOGUE = Catalogue.for_study()
PLACE = shapely.box(WEST - 1000, SOUTH - 1000, WEST + 9000, SOUTH + 9000)
"""Ten kilometres a side, on the meridian of 117 degrees."""
YEAR_2025 = Place("地方", PLACE, STUDY, year=2025)


def square(x: float, y: float, side: float = 100.0) -> Any:
    return shapely.box(WEST + x, SOUTH + y, WEST + x + side, SOUTH + y + side)


def wkt(text: str) -> str:
    """A text of shapes in metres from the corner of the place, as one in the CRS of the study."""
    return re.sub(
        r"(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)", lambda m: f"{WEST + float(m[1])!r} {SOUTH + float(m[2])!r}", text
    )


@dataclass(frozen=True)
class Desk:
    """Where a maker writes."""

    folder: Path

    def write(self, name: str, columns: dict[str, Any], shapes: Any, *, crs: Any = STUDY, **options: Any) -> str:
        """A table of shapes written with GDAL; the name of the file."""
        import pyogrio

        frame = gpd.GeoDataFrame(columns, geometry=np.array(shapes, dtype=object), crs=crs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, self.folder / name, **options)
        return name

    def text(self, name: str, text: str | bytes, encoding: str = "utf-8") -> str:
        """A file of that text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return name

    def csv(self, name: str, header: str, *rows: str, encoding: str = "utf-8") -> str:
        """A CSV; the shapes of its column wkt, last in each row and without quotes, are in metres from the corner."""
        lines = [header]
        for row in rows:
            shape = re.search(
                r"(?:MULTI|CURVE|COMPOUND|CIRCULAR|GEOMETRY|POINT|LINE|POLYGON)[A-Z ]*(?:\(|EMPTY).*$", row
            )
            lines.append(row if shape is None else f'{row[: shape.start()]}"{wkt(shape[0])}"')
        return self.text(name, "\n".join(lines) + "\n", encoding)


@dataclass(frozen=True)
class Row:
    """One broken input."""

    name: str
    fate: str
    make: Callable[[Desk], dict[str, Any]]
    layer: LayerSpec | str
    sentence: str = ""
    holds: tuple[str, ...] = ()
    right: Callable[[Layer], Any] | None = None
    area: float | None = None
    within: float = 1e-6
    covers: Any = PLACE
    grave: str = ""
    checked: bool = True
    """Whether `geoplan validate` says the same; it reads the first rows only."""
    allowed: bool = False
    """Whether services on the network may be asked."""


def refused(name: str, layer: Any, make: Any, sentence: str, *holds: str, **more: Any) -> Row:
    return Row(name, "refused", make, layer, sentence, holds, **more)


def repaired(name: str, layer: Any, make: Any, *reasons: str, area: float | None, **more: Any) -> Row:
    return Row(name, "repaired", make, layer, ", ".join(reasons), area=area, **more)


def noted(name: str, layer: Any, make: Any, sentence: str, *holds: str, right: Any, **more: Any) -> Row:
    return Row(name, "noted", make, layer, sentence, holds, right, **more)


def right(name: str, layer: Any, make: Any, check: Any, **more: Any) -> Row:
    return Row(name, "right", make, layer, right=check, **more)


def shown(name: str, layer: Any, make: Any, kind: str, grave: str, *holds: str, **more: Any) -> Row:
    return Row(name, "shown", make, layer, kind, holds, grave=grave, **more)


def rows(*given: Row) -> Any:
    """The parameter of a test that puts each row on the bench."""
    names = [row.name for row in given]
    assert len(set(names)) == len(names), "two rows of one name"
    return pytest.mark.parametrize("row", given, ids=names)


def spec_of(layer: LayerSpec | str) -> LayerSpec:
    return CATALOGUE.layer(layer) if isinstance(layer, str) else layer


def contract(geometry: str = "polygon", name: str = "homes", **table: Any) -> LayerSpec:
    """A contract as a file of layers/ would say it."""
    return LayerSpec.from_toml(name, {"title": {"zh": "层", "en": "layer"}, "geometry": geometry, **table})


def both(said: GeoplanError | Any, holds: tuple[str, ...] = ()) -> None:
    """The sentence in both languages, different ones, without an empty slot, and with what it must hold."""
    texts = {language: said.say(language) for language in LANGUAGES}
    assert texts["zh"] != texts["en"]
    assert re.search("[一-鿿]", texts["zh"]), texts["zh"]
    for text in texts.values():
        assert not re.search(r"\{\w*\}", text), text
        for wanted in holds:
            assert wanted in text, f"{wanted!r} is missing in: {text}"


def put(row: Row, folder: Path, record: Callable[[str, object], None]) -> None:
    """Put a row on the bench, and record what became of it."""
    desk = Desk(folder)
    spec, declared = spec_of(row.layer), row.make(desk)
    layer, error = None, None
    try:
        area = {"area": row.covers, "boundary": row.covers}
        layer = read.open_layer(spec, declared, folder=folder, crs=STUDY, allow_remote=row.allowed, **area)
        if layer.is_raster and row.right is not None and row.fate == "refused":
            row.right(layer)
    except GeoplanError as caught:
        error = caught
    fate = _fate(layer, error)
    try:
        _as_expected(row, spec, layer, error)
        if row.checked:
            _as_checked(row, spec, declared, folder)
    except AssertionError:
        record("bad_input", "silent" if fate == "right" else "other")
        raise
    record("bad_input", row.fate)


def _fate(layer: Layer | None, error: GeoplanError | None) -> str:
    if error is not None or layer is None:
        return "refused"
    return "repaired" if layer.ledger.entries else ("noted" if layer.notes else "right")


def _as_expected(row: Row, spec: LayerSpec, layer: Layer | None, error: GeoplanError | None) -> None:
    if row.fate == "refused":
        assert error is not None, f"read without a word: {None if layer is None or layer.is_raster else layer.frame}"
        assert error.id == row.sentence, error.say("en")
        both(error, row.holds)
        return
    assert error is None, error.say("en")
    assert layer is not None
    notes = [note.sentence for note in layer.notes]
    if row.fate == "repaired":
        reasons = [entry.reason for entry in layer.ledger.entries]
        assert ", ".join(sorted(set(reasons))) == row.sentence
        for reason in reasons:
            texts = [say(language, f"report.reasons.{reason}") for language in LANGUAGES]
            assert len(set(texts)) == len(LANGUAGES)
    elif row.fate == "shown":
        found = {oddity.kind: oddity for oddity in examined(layer, YEAR_2025)}
        assert row.sentence in found, list(found)
        assert found[row.sentence].grave == row.grave
        both(found[row.sentence].note, row.holds)
    else:
        assert not layer.ledger.entries
        assert notes == ([row.sentence] if row.fate == "noted" else []), notes
    if row.fate == "noted":
        both(layer.notes[0], (*((spec.name,) if "layer" in layer.notes[0].fields else ()), *row.holds))
    if row.area is not None:
        assert float(shapely.area(layer.frame.geometry.to_numpy()).sum()) == pytest.approx(row.area, rel=row.within)
        assert shapely.is_valid(layer.frame.geometry.to_numpy()).all()
    if row.right is not None:
        row.right(layer)


def _as_checked(row: Row, spec: LayerSpec, declared: dict[str, Any], folder: Path) -> None:
    around = None if row.covers is None else (STUDY, row.covers)
    wrong = read.check_source(declared, folder, spec, allow_remote=row.allowed, around=around)
    if row.fate == "refused":
        assert row.sentence in [e.id for e in wrong], "geoplan validate says nothing of it"
    else:
        assert not wrong, wrong[0].say("en")


def problems(check: Callable[[], object]) -> list[GeoplanError]:
    """Everything a check raises, one by one."""
    try:
        check()
    except Problems as caught:
        return [e for e in caught.exceptions if isinstance(e, GeoplanError)]
    except GeoplanError as caught:
        return [caught]
    return []


def cells(column: str, *wanted: Any) -> Callable[[Layer], None]:
    """What a column must hold, in order; None is unknown."""

    def check(layer: Layer) -> None:
        held = [None if pd.isna(c) else c for c in layer.frame[column].astype(object)]
        assert held == list(wanted)

    return check


def lacks(column: str) -> Callable[[Layer], None]:
    """A column nobody delivered is not there: it is never made of unknown cells."""

    def check(layer: Layer) -> None:
        assert column not in layer.frame.columns

    return check


__all__ = [name for name in globals() if not name.startswith("_")]
