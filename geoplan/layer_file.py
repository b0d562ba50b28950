"""layers/<name>.toml: which keys a contract may hold, and the contract it describes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from geoplan.errors import DefinitionError, nearest
from geoplan.layer import ColumnSpec, Geometry, LayerSpec
from geoplan.units import dimension_of

__all__ = ["spec_of"]

KEYS = ("title", "geometry", "secrecy", "control", "coverage", "columns", "codes", "osm", "groups")
COLUMN_KEYS = ("aliases", "kind", "unit", "required", "minimum", "words")
CODE_KEYS = ("column", "schemes", "words")
KINDS = ("text", "number", "integer", "date", "flag")
SECRECY = ("公开", "内部", "敏感", "涉密")
RESERVED = ("class", "geometry", "u", "v")
"""Columns the engine makes itself."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def spec_of(name: str, table: Mapping[str, Any], origin: str) -> LayerSpec:
    """The contract a file describes; every layer has `id` and `name` even where the file does not say so.

    Raises:
        DefinitionError: an unknown or missing key, or a value that is none of the allowed ones; each names the file,
            the key, and the nearest allowed word.

    >>> spec = spec_of("parks", {"title": {"zh": "公园", "en": "Parks"}, "geometry": "polygon"}, "layers/parks.toml")
    >>> list(spec.columns), spec.classes
    (['id', 'name'], ())
    >>> spec_of("parks", {}, "layers/parks.toml")
    Traceback (most recent call last):
    ...
    geoplan.errors.DefinitionError: layers/parks.toml: 'title' is missing; add it.
    """
    _known(table, KEYS, "", origin)
    for key in ("title", "geometry"):
        if key not in table:
            raise DefinitionError("definition.missing", file=origin, key=key)
    title = table["title"]
    if not isinstance(title, dict) or not {"zh", "en"} <= title.keys():
        raise DefinitionError("definition.bilingual", file=origin, key="title")
    _one_of(table["geometry"], get_args(Geometry), "geometry", origin)
    _one_of(table.get("secrecy", SECRECY[0]), SECRECY, "secrecy", origin)
    columns = _columns(table.get("columns", {}), origin)
    codes = table.get("codes", {})
    _known(codes, CODE_KEYS, "codes.", origin)
    column = codes.get("column", "")
    if codes:
        _one_of(column, columns, "codes.column", origin)
    schemes = {
        scheme: _classes(classes, f"codes.schemes.{scheme}", origin)
        for scheme, classes in _table(codes.get("schemes", {}), "codes.schemes", origin).items()
    }
    osm = _classes(table.get("osm", {}), "osm", origin)
    for tag in (tag for tags in osm.values() for tag in tags):
        if not all(tag.partition("=")[::2]):
            raise DefinitionError("definition.choice_in", file=origin, key="osm", value=tag, allowed="key=value, key=*")
    given = _table(table.get("groups", {}), "groups", origin)
    groups = {group: _texts(members, f"groups.{group}", origin) for group, members in given.items()}
    spec = LayerSpec(
        name=name,
        title=title,
        geometry=table["geometry"],
        columns=columns,
        class_column=column,
        schemes=schemes,
        words=_classes(codes.get("words", {}), "codes.words", origin),
        osm=osm,
        secrecy=table.get("secrecy", SECRECY[0]),
        control=table.get("control", False) is True,
        groups=groups,
        coverage=table.get("coverage", False) is True,
    )
    for group, member in ((group, member) for group, members in groups.items() for member in members):
        _one_of(member, spec.classes, f"groups.{group}", origin)
    return spec


def _columns(table: Mapping[str, Any], origin: str) -> dict[str, ColumnSpec]:
    columns = {
        "id": ColumnSpec("id", ("BSM", "osm_id", "标识码", "编号")),
        "name": ColumnSpec("name", ("名称", "MC")),
    }
    for name, given in _table(table, "columns", origin).items():
        key = f"columns.{name}"
        if name in RESERVED or not _NAME.fullmatch(name):
            raise DefinitionError("definition.column_name", file=origin, key=key, reserved=", ".join(RESERVED))
        _known(given, COLUMN_KEYS, f"{key}.", origin)
        kind = given.get("kind", "text")
        _one_of(kind, KINDS, f"{key}.kind", origin)
        unit = given.get("unit", "")
        if unit and not dimension_of(unit):
            _one_of(unit, ("m", "m2", "ha", "people", "count", "years", "%"), f"{key}.unit", origin)
        minimum = given.get("minimum")
        if minimum is not None and kind not in {"number", "integer"}:
            raise DefinitionError("definition.choice_in", file=origin, key=f"{key}.kind", value=kind, allowed="number")
        words = _classes(given.get("words", {}), f"{key}.words", origin)
        if words and kind != "text":
            raise DefinitionError("definition.choice_in", file=origin, key=f"{key}.kind", value=kind, allowed="text")
        columns[name] = ColumnSpec(
            name,
            _texts(given.get("aliases", []), f"{key}.aliases", origin),
            kind,
            unit,
            required=given.get("required", False) is True,
            minimum=None if minimum is None else float(minimum),
            words=words,
        )
    return columns


def _classes(table: Mapping[str, Any], key: str, origin: str) -> dict[str, tuple[str, ...]]:
    """Class -> codes, words or tags; the same one under two classes would make a feature two things at once."""
    classes: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    for name, given in _table(table, key, origin).items():
        if not _NAME.fullmatch(name):
            raise DefinitionError("definition.class_name", file=origin, key=f"{key}.{name}")
        classes[name] = _texts(given, f"{key}.{name}", origin)
        for code in classes[name]:
            if code in seen:
                raise DefinitionError(
                    "definition.code_twice", file=origin, key=key, code=code, one=seen[code], other=name
                )
            seen[code] = name
    return classes


def _texts(value: object, key: str, origin: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        # a code written as a number has lost its leading zero already
        raise DefinitionError("definition.texts", file=origin, key=key, value=value)
    return tuple(value)


def _table(table: object, key: str, origin: str, allowed: Iterable[str] = ("…",)) -> Mapping[str, Any]:
    if not isinstance(table, dict):
        raise DefinitionError("definition.table", file=origin, key=key, allowed=", ".join(allowed))
    return table


def _known(table: object, allowed: tuple[str, ...], prefix: str, origin: str) -> None:
    for key in _table(table, prefix.rstrip("."), origin, allowed):
        if key not in allowed:
            close = nearest(key, allowed) or ", ".join(allowed)
            raise DefinitionError("definition.key", file=origin, key=f"{prefix}{key}", nearest=close)


def _one_of(value: object, allowed: Iterable[str], key: str, origin: str) -> None:
    words = tuple(allowed)
    if value not in words:
        raise DefinitionError("definition.choice_in", file=origin, key=key, value=value, allowed=", ".join(words))
