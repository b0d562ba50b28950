"""The cells of one row of a planner's table, read as their columns want them; what cannot be read is never guessed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from geoplan.dates import is_date
from geoplan.errors import DefinitionError, GeoplanError, nearest

__all__ = ["Cells"]

_YES, _NO = ("yes", "true", "1", "是"), ("no", "false", "0", "否")


class Cells:
    """A row by column. A cell that cannot be read gives something harmless and leaves a sentence in `faults`.

    >>> row = Cells({"severity": "first", "required": "no", "activity": "1|2"})
    >>> row.whole("severity", None), row.flag("required", empty=True), row.several("activity")
    (1, False, ('1', '2'))
    >>> [fault.fields["value"] for fault in row.faults]
    ['first']
    """

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row = row
        self.faults: list[GeoplanError] = []

    def text(self, column: str, *, required: bool = False) -> str:
        """What stands there, without the spaces around it."""
        value = self._row[column].strip()
        if required and not value:
            self.faults.append(DefinitionError("rule.empty", column=column))
        return value

    def word(self, column: str, allowed: Sequence[str], empty: str | None) -> Any:
        """One of some words; `empty` where nothing stands there, a fault where that is None."""
        value = self.text(column, required=empty is None) or empty or allowed[0]
        if value in allowed:
            return value
        close = nearest(value, allowed) or ", ".join(allowed)
        self.faults.append(DefinitionError("rule.word", column=column, value=value, nearest=close))
        return allowed[0]

    def number(self, column: str, empty: float) -> float:
        """A number that is not negative."""
        value = self.text(column)
        if value and not re.fullmatch(r"\d+(\.\d+)?", value):
            self.faults.append(DefinitionError("rule.number", column=column, value=value))
            return empty
        return float(value) if value else empty

    def whole(self, column: str, empty: int | None) -> int:
        """A whole number; `empty` where nothing stands there, a fault where that is None."""
        value = self.text(column, required=empty is None)
        if value and not re.fullmatch(r"\d+", value):
            self.faults.append(DefinitionError("rule.number", column=column, value=value))
            value = ""
        return int(value) if value else empty or int(empty is None)

    def flag(self, column: str, *, empty: bool) -> bool:
        """Yes or no."""
        value = self.text(column)
        if value.casefold() in (*_YES, *_NO):
            return value.casefold() in _YES
        if value:
            self.faults.append(DefinitionError("rule.word", column=column, value=value, nearest="yes, no"))
        return empty

    def date(self, column: str) -> str:
        """An ISO date, a month or a year; an empty text where nothing stands there."""
        value = self.text(column)
        if value and not is_date(value):
            self.faults.append(DefinitionError("rule.date", column=column, value=value))
            return ""
        return value

    def several(self, column: str) -> tuple[str, ...]:
        """Texts with a bar between them."""
        return tuple(part.strip() for part in self.text(column).split("|") if part.strip())
