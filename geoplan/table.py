"""Tables as methods hand them on: columns with a unit, rows of plain values."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Column", "Table"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its machine name (its title is the sentence `column.<name>` in words/) and its unit."""

    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows a report prints: stations, classes, parcels not reached."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, columns: "Mapping[str, tuple[str, Sequence[Any] | NDArray[Any]]]") -> "Table":
        """A table from its columns: name -> (unit, one value a row). What is not a number is no value, never 0.

        >>> Table.of({"id": ("", ["7", "8"]), "metres": ("m", [620.5, float("inf")])}).rows
        (('7', 620.5), ('8', None))
        >>> Table.of({"id": ("", [])}).rows
        ()
        """
        rows = zip(*(map(_value, cells) for _, cells in columns.values()), strict=True)
        return cls(tuple(Column(name, unit) for name, (unit, _) in columns.items()), tuple(rows))


def _value(cell: Any) -> Any:
    plain = cell.item() if hasattr(cell, "item") else cell
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
