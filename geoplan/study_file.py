"""study.toml: which keys it may hold, and everything that is wrong with one, at once."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from geoplan.errors import GeoplanError, StudyError, nearest, toml_fault
from geoplan.study_kinds import kind_faults
from geoplan.words import LANGUAGES, Language, say

__all__ = [
    "EARLIEST",
    "LAYER_KEYS",
    "THRESHOLDS",
    "dates",
    "faults",
    "iso",
    "language_of",
    "load",
    "state_of",
    "state_title",
]

TOP_KEYS = ("place", "ask", "layers", "parameters", "thresholds", "reported")
PLACE_KEYS = ("name", "boundary", "crs", "year", "language", "areas", "context", "zones", "synthetic")
ASK_KEYS = ("analyses", "plans", "years")
LAYER_KEYS = (
    "path", "source", "layer", "crs", "crs_instead_of", "as_of", "published", "valid_to", "document", "provider",
    "scale", "scheme", "crosswalk", "secrecy", "area_basis", "covers", "where", "columns", "classes", "nodata", "band",
    "at", "class", "length", "at_crossings", "encoding", "position_checked",
)  # fmt: skip
THRESHOLDS = {
    "near": "Metres", "adjacent": "Metres", "sliver_area": "SquareMetres", "sliver_width": "Metres",
}  # fmt: skip
"""Keys of [thresholds], what counts as near or as a boundary drawn twice, and the kind of amount each is."""
EARLIEST = "earliest"
"""What a role writes behind a layer (`wetlands@earliest`) to take its oldest state."""
_DATES = ("as_of", "published", "valid_to")


def load(path: Path) -> dict[str, Any]:
    """The table of a study file.

    Raises:
        StudyError: there is no such file, or it is no TOML.
    """
    data = b""
    try:
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise StudyError("study.no_file", path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise StudyError("study.unreadable", path=path, reason=toml_fault(error, data)) from error


def language_of(path: Path) -> Language:
    """The language a study file asks for, as far as it can be seen in one that cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return "zh"
    return "en" if re.search(r"^\s*language\s*=\s*[\"']en[\"']", text, re.MULTILINE) else "zh"


def faults(table: Mapping[str, Any]) -> list[GeoplanError]:
    """Every key that is unknown, missing or of the wrong kind, each with a sentence."""
    found: list[GeoplanError] = [*_unknown(table, TOP_KEYS, "")]
    place, kinds = table.get("place"), list(kind_faults(table))
    if not isinstance(place, dict):
        missing = StudyError("study.missing", key="[place]", example='[place]\nname = "…"\nboundary = "…"')
        return [*found, *kinds, missing]
    found += _unknown(place, PLACE_KEYS, "place.")
    for key, example in (("name", 'name = "…"'), ("boundary", 'boundary = "data/boundary.gpkg"')):
        if not place.get(key):
            found.append(StudyError("study.missing", key=f"place.{key}", example=example))
    found += (error for error in kinds if str(error.fields["key"]).startswith("place."))
    found += _unknown(table.get("ask"), ASK_KEYS, "ask.")
    found += _unknown(table.get("thresholds"), tuple(THRESHOLDS), "thresholds.")
    for name, declared in _tables(table.get("layers")):
        found += _unknown(declared, LAYER_KEYS, f"layers.{name}.")
        for year, state in _tables(declared.get("at")):
            found += _unknown(state, LAYER_KEYS, f"layers.{name}.at.{year}.")
        if not declared.keys() & {"path", "source", "at"}:
            found.append(StudyError("study.missing", key=f"layers.{name}.path", example='path = "data/….gpkg"'))
    return [*found, *(error for error in kinds if error not in found)]


def _tables(table: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables in a table; what is of another kind is said elsewhere."""
    yield from (
        (name, each) for name, each in (table.items() if isinstance(table, dict) else ()) if isinstance(each, dict)
    )


def state_of(declared: Mapping[str, Any], wanted: str, year: int | None) -> dict[str, Any] | None:
    """The keys of one state of a layer: of the year a role names, else the newest not after the study's year.

    Returns None where no such state is declared. A layer whose only state is newer than the study's year is that state:
    its date is printed, and a target is never missed because of it. The `earliest` is the oldest state, where that is
    another one than the role without a year takes: a thing compared with itself has not changed, and says nothing.

    >>> layer = {"path": "new.shp", "as_of": 2025, "at": {"2020": {"path": "old.shp"}}}
    >>> state_of(layer, "2020", 2025)["path"], state_of(layer, "", 2025)["path"], state_of(layer, "", 2021)["path"]
    ('old.shp', 'new.shp', 'old.shp')
    >>> state_of(layer, "earliest", 2025)["path"]
    'old.shp'
    >>> state_of(layer, "1990", 2025) is None, state_of(layer, "earliest", 2020) is None
    (True, True)
    >>> state_of({}, "", None) is None
    True
    """
    base = {k: v for k, v in declared.items() if k != "at"}
    states = {str(y): {**base, "as_of": y, **state} for y, state in declared.get("at", {}).items()}
    if wanted and wanted != EARLIEST:
        return states.get(wanted)
    now = [base] if base.keys() & {"path", "source"} else []
    dated = sorted([*states.values(), *now], key=lambda s: iso(s.get("as_of")) or "9999")
    past = [s for s in dated if year is None or (iso(s.get("as_of")) or "")[:4] <= str(year)]
    taken = past[-1] if past else (now[0] if now else (dated[0] if dated else None))
    if wanted == EARLIEST:
        return dated[0] if dated and dated[0] is not taken else None
    return taken


def state_title(title: Mapping[str, str], state: str) -> Mapping[str, str]:
    """What a layer is called, or its state that is not there: a question that lacks one has the layer itself."""
    if not state:
        return title
    word = "earliest" if state == EARLIEST else "year"
    return {k: say(k, f"layer_state.{word}", layer=title[k], year=state) for k in LANGUAGES}


def iso(value: object) -> str:
    """A date as ISO text: `2025`, `2025-06` or `2025-06-30`; an empty text for none.

    >>> iso(2025), iso(dt.date(2025, 6, 30)), iso(None)
    ('2025', '2025-06-30', '')
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return "" if value is None else str(value)


def dates(table: Mapping[str, Any]) -> list[str]:
    """Every date a study declares, oldest first."""
    found = []
    for declared in table.get("layers", {}).values():
        for state in (declared, *declared.get("at", {}).values()):
            found += [iso(state[k]) for k in _DATES[:2] if k in state]
    return sorted(found)


def _unknown(table: object, allowed: tuple[str, ...], prefix: str) -> Iterator[GeoplanError]:
    for key in table if isinstance(table, dict) else ():
        if key not in allowed:
            yield StudyError("study.key", key=f"{prefix}{key}", nearest=nearest(key, allowed) or ", ".join(allowed))
