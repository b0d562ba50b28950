"""Reads the plain tables of maps/*.toml: a key nobody knows, or a value of another kind, is an error that says so."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeAlias, TypeVar

from geoplan.errors import DefinitionError, nearest
from geoplan.units import quantity

Reader: TypeAlias = Callable[["Where", Any], Any]
T = TypeVar("T")

__all__ = [
    "Reader", "Where", "bilingual", "choice", "each", "flag", "lengths", "listed", "made", "metres", "number", "text",
    "texts",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """Where in a file we are: `maps/reach.toml`, `layers.classes.reached`."""

    file: str
    path: str = ""

    def at(self, key: str) -> "Where":
        """One step further in."""
        return Where(self.file, f"{self.path}.{key}" if self.path else key)

    def wrong(self, value: object, wanted: str) -> DefinitionError:
        """The error for a value of another kind."""
        return DefinitionError("look.kind", file=self.file, key=self.path, value=value, wanted=wanted)


def made(kind: type[T], table: object, where: Where, readers: Mapping[str, Reader], /, **given: Any) -> T:
    """A dataclass from a table: each key read by its reader, a missing one left at its default.

    Raises:
        DefinitionError: a key without a reader, a needed key that is missing, or a value its reader refuses.
    """
    if not isinstance(table, Mapping):
        raise where.wrong(table, "[table]")
    for key in table:
        if key not in readers:
            raise DefinitionError(
                "definition.key",
                file=where.file,
                key=where.at(key).path,
                nearest=nearest(key, readers) or ", ".join(readers),
            )
    values = {key: readers[key](where.at(key), value) for key, value in table.items()}
    for f in fields(kind):  # type: ignore[arg-type]
        needed = f.default is MISSING and f.default_factory is MISSING
        if needed and f.name not in values and f.name not in given:
            raise DefinitionError("definition.missing", file=where.file, key=where.at(f.name).path)
    return kind(**given, **values)


def text(where: Where, value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise where.wrong(value, '"…"')
    return value


def texts(where: Where, value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise where.wrong(value, '["…", "…"]')
    return tuple(value)


def flag(where: Where, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise where.wrong(value, "true | false")
    return value


def number(where: Where, value: Any) -> float:
    """A number that is not negative (of pixels, of classes, of features, a share of opacity)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise where.wrong(value, "0, 1, 2.5, …")
    return value


def metres(where: Where, value: Any) -> float:
    """A length with its unit, in metres."""
    try:
        return quantity(value, "Metres")
    except DefinitionError as error:
        raise DefinitionError("definition.value", file=where.file, key=where.path, reason=error) from error


def lengths(where: Where, value: Any) -> tuple[float, ...]:
    """A list of lengths with their units, in metres."""
    if not isinstance(value, list):
        raise where.wrong(value, '["500 m", "1 km"]')
    return tuple(metres(where, v) for v in value)


def bilingual(where: Where, value: Any) -> dict[str, str]:
    """A text in Chinese and in English."""
    if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(isinstance(v, str) for v in value.values()):
        raise DefinitionError("definition.bilingual", file=where.file, key=where.path)
    return dict(value)


def choice(*allowed: str) -> Reader:
    """One of these words."""

    def read(where: Where, value: Any) -> str:
        if value not in allowed:
            words = ", ".join(word or '""' for word in allowed)
            raise DefinitionError("definition.choice_in", file=where.file, key=where.path, value=value, allowed=words)
        return str(value)

    return read


def listed(reader: Reader) -> Reader:
    """A list of tables or values, each read by that reader."""

    def read(where: Where, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise where.wrong(value, "[[…]]")
        return tuple(reader(Where(where.file, f"{where.path}[{i}]"), v) for i, v in enumerate(value))

    return read


def each(reader: Callable[[Where, str, Any], Any]) -> Reader:
    """A table of named things, each read by that reader, which is also told the name."""

    def read(where: Where, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise where.wrong(value, "[table]")
        return {str(k): reader(where.at(str(k)), str(k), v) for k, v in value.items()}

    return read


def complete(where: Where, value: Any, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """A table that must name every one of these keys, and no other."""
    if not isinstance(value, Mapping):
        raise where.wrong(value, "[table]")
    for key in value:
        if key not in readers:
            likely = nearest(key, readers) or ", ".join(readers)
            raise DefinitionError("definition.key", file=where.file, key=where.at(key).path, nearest=likely)
    for key in readers:
        if key not in value:
            raise DefinitionError("definition.missing", file=where.file, key=where.at(key).path)
    return {key: reader(where.at(key), value[key]) for key, reader in readers.items()}
