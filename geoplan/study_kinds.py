"""study.toml: of which kind each key must be. What is of another kind is said, each with how it should be written."""

from collections.abc import Iterator, Mapping
from typing import Any

from geoplan.dates import is_date
from geoplan.errors import GeoplanError, StudyError

__all__ = ["kind_faults"]

_YEARS = range(1900, 2200)
_TABLES = {
    "ask": '[ask]\nanalyses = "all"', "layers": '[layers.parks]\npath = "…"', "parameters": "[parameters.…]",
    "thresholds": '[thresholds]\nnear = "200 m"',
}  # fmt: skip
_PLACE: dict[str, tuple[type | tuple[type, ...], str]] = {
    "name": (str, '"…"'), "boundary": ((str, dict), '"data/boundary.gpkg"'), "crs": (str, '"EPSG:4548"'),
    "year": (int, "2025"), "context": (str, '"1500 m"'), "areas": (list, '["…"]'),
    "zones": (dict, '{ districts = { path = "…" } }'), "synthetic": (bool, "true"),
}  # fmt: skip


def kind_faults(table: Mapping[str, Any]) -> Iterator[GeoplanError]:
    """Every key of a study whose value is of the wrong kind.

    >>> [e.fields["key"] for e in kind_faults({"place": {"year": "2025"}, "ask": {"analyses": "parks"}})]
    ['place.year', 'ask.analyses']
    >>> list(kind_faults({}))
    []
    """
    for key, example in _TABLES.items():
        if not isinstance(table.get(key, {}), dict):
            yield _wrong(key, example)
    if not isinstance(table.get("reported", ""), str):
        yield _wrong("reported", '"reported.csv"')
    yield from _place_faults(_table(table, "place"))
    yield from _ask_faults(_table(table, "ask"))
    for name, declared in _table(table, "layers").items():
        yield from _layer_faults(f"layers.{name}", declared)
    for name, changed in _table(table, "parameters").items():
        if not isinstance(changed, dict):
            yield _wrong(f"parameters.{name}", f"[parameters.{name}]")


def _place_faults(place: Mapping[str, Any]) -> Iterator[GeoplanError]:
    for key, (kind, example) in _PLACE.items():
        # true is a number to Python, never to a planner
        boolean = isinstance(place.get(key), bool) and kind is not bool
        wrong = boolean or not isinstance(place.get(key), kind)
        if key in place and (wrong or not _sensible(key, place[key])):
            yield _wrong(f"place.{key}", example)
    if place.get("language", "zh") not in ("zh", "en"):
        yield _wrong("place.language", '"zh" | "en"')
    for level, zones in _table(place, "zones").items():
        if not isinstance(zones, dict):
            yield _wrong(f"place.zones.{level}", '{ path = "…" }')


def _sensible(key: str, value: Any) -> bool:
    if key == "year":
        return value in _YEARS
    if key == "areas":
        return all(isinstance(area, str) for area in value)
    return key != "context" or not value.strip().startswith("-")


def _ask_faults(ask: Mapping[str, Any]) -> Iterator[GeoplanError]:
    asked = ask.get("analyses", "all")
    if asked != "all" and not _listed(asked, str):
        yield _wrong("ask.analyses", '"all" | ["green_coverage"]')
    for key, kind, example in (("plans", str, '["…"]'), ("years", int, "[2025, 2035]")):
        if not _listed(ask.get(key, []), kind):
            yield _wrong(f"ask.{key}", example)


def _layer_faults(key: str, declared: Any) -> Iterator[GeoplanError]:
    if not isinstance(declared, dict):
        yield _wrong(key, '{ path = "…" }')
        return
    states = declared.get("at", {})
    if not isinstance(states, dict):
        yield _wrong(f"{key}.at", f'[{key}.at.2020]\npath = "…"')
        return
    for year, state in states.items():
        if not is_date(year):
            yield _wrong(f"{key}.at.{year}", f"[{key}.at.2020]")
        elif not isinstance(state, dict):
            yield _wrong(f"{key}.at.{year}", '{ path = "…" }')


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under a key; an empty one where something else stands there, which is said elsewhere."""
    found = table.get(key, {})
    return found if isinstance(found, dict) else {}


def _listed(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(v, kind) and not isinstance(v, bool) for v in value)


def _wrong(key: str, example: str) -> StudyError:
    return StudyError("study.kind", key=key, wanted=example)
