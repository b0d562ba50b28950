"""What counts as good, and who says so: the targets of plans, as planners keep them in a spreadsheet.

The text of a plan is kept as printed. A target that asks for a number holds one, or is refused when it is read.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from geoplan.errors import DefinitionError, GeoplanError, Problems, nearest
from geoplan.table_file import made_of_rows
from geoplan.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.words import Language

__all__ = ["NUMERIC", "OPS", "TRENDS", "WORDS", "Target", "number", "read_targets"]

NUMERIC = (">=", "<=", ">", "<", "=", "between", "approx")
"""Operators that compare with the number in `value`."""
TRENDS = ("non_decreasing", "increasing", "decreasing")
"""Operators that compare with the baseline."""
WORDS = ("qualitative", "requirement", "encouraged", "ordinal", "rank_top")
"""Operators that ask for something in words: a person says how far it is."""
OPS = (
    *NUMERIC, *TRENDS, "non_degradation", "ordinal", "encouraged", "requirement", "assigned", "qualitative", "rank_top",
    "baseline_only",
)  # fmt: skip
"""All operators; those that are neither numeric nor a trend are read by a person."""
_ALLOWED = {
    "op": OPS,
    "kind": ("computed", "reported"),
    "year_basis": ("", "printed", "implied", "none"),
    "op_basis": ("", "printed", "implied"),
}
_NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*[-–—~]\s*({_NUMBER})")
_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "", "between": ""}


@dataclass(frozen=True, slots=True)
class Target:
    """One target of a plan. Every text is the plan's own.

    Attributes:
        id: the indicator; one analysis may serve many.
        analysis: the analysis that measures it.
        area: the area it binds, in the plan's words.
        year: the year it is due; None where the plan names none.
        op: how to compare (see `OPS`).
        value: what the plan asks for, as printed.
        unit: of `value` and `baseline_value`.
        baseline_year: as printed; `unstated` where the plan prints a baseline without a year.
        baseline_value: as printed.
        kind: `computed` from layers, or `reported` by somebody.
        attribute: as printed (binding, expected, reference).
        year_basis: whether the year is `printed`, `implied` by the plan period, or there is `none`.
        op_basis: whether the operator is `printed` or `implied` by a bare value in a table.
        aspirational: the plan's word where it only strives for the value; empty where it binds.
        source: the document.
        locator: where in it.
        note: what a reader must know.

    Raises:
        DefinitionError: an unknown word, or a value that its operator cannot compare.

    >>> Target("a", "service_500m", "city", 2030, "=", "100", "%").numbers
    (100.0, 100.0)
    >>> Target("a", "service_500m", "city", 2030, ">=", "", "%")
    Traceback (most recent call last):
    ...
    geoplan.errors.DefinitionError: column value: '' is no number for the operator >=; write one like 100.
    """

    id: str
    analysis: str
    area: str
    year: int | None
    op: str
    value: str
    unit: str
    baseline_year: str = ""
    baseline_value: str = ""
    kind: str = "computed"
    attribute: str = ""
    year_basis: str = ""
    op_basis: str = ""
    aspirational: str = ""
    source: str = ""
    locator: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for column in ("id", "analysis"):
            if not getattr(self, column):
                raise DefinitionError("target.empty", column=column)
        for column, allowed in _ALLOWED.items():
            word = getattr(self, column)
            if word not in allowed:
                raise DefinitionError(
                    "target.word",
                    column=column,
                    value=word,
                    nearest=nearest(word, allowed) or ", ".join(w for w in allowed if w),
                )
        if self.op in NUMERIC and self.numbers is None:
            sentence = "target.range" if self.op == "between" else "target.number"
            raise DefinitionError(sentence, column="value", value=self.value, op=self.op)

    @property
    def numbers(self) -> tuple[float, float] | None:
        """The lowest and highest number the plan names, in its unit; None where the operator compares none."""
        if self.op not in NUMERIC:
            return None
        if self.op == "between":
            found = _RANGE.fullmatch(_plain(self.value))
            ends = [number(end) for end in found.groups()] if found else []
            low, high = (*ends, None, None)[:2]
        else:
            low = high = number(self.value)
        return None if low is None or high is None or low > high else (low, high)

    @property
    def baseline(self) -> tuple[int | None, float | None]:
        """The year and the number of the baseline; None for what the plan does not say exactly.

        >>> base = Target("a", "x", "city", 2030, "increasing", "", "%", "2023", "8.48")
        >>> base.baseline
        (2023, 8.48)
        >>> Target("a", "x", "city", 2030, ">=", "50", "%", "unstated", ">50").baseline
        (None, None)
        """
        year = self.baseline_year.strip()
        return int(year) if re.fullmatch(r"\d{4}", year) else None, number(self.baseline_value)

    def asks(self, language: "Language") -> str:
        """What the plan asks for, as a cell of a table prints it.

        >>> Target("a", "x", "city", 2030, ">=", "50", "%").asks("en")
        '≥50'
        """
        if self.op == "approx":
            return say(language, "target.about", value=self.value)
        return _SIGNS.get(self.op, "") + self.value


def number(text: str) -> float | None:
    """The number a text is; None where it is anything else, however close.

    >>> number("1,700"), number("５０"), number("about 260"), number("")
    (1700.0, 50.0, None, None)
    """
    plain = _plain(text)
    return float(plain.replace(",", "")) if re.fullmatch(_NUMBER, plain) else None


def read_targets(path: "Path") -> tuple[Target, ...]:
    """The targets of a CSV file, in file order; UTF-8, or GB 18030 as spreadsheets on Chinese Windows save it.

    Raises:
        DefinitionError: one thing that cannot be honoured, naming file, row, column and what would be right.
        Problems: several such things, at once.
        OSError: the file cannot be opened.
    """
    file = f"{path.parent.name}/{path.name}"
    found, wrong = made_of_rows(path, file, [f.name for f in fields(Target)], _target)
    wrong += _twice(found, file)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Problems(wrong)
    return tuple(found)


def _target(cells: dict[str, str]) -> Target:
    year = cells.pop("year")
    if year and not re.fullmatch(r"\d{4}", year):
        raise DefinitionError("target.year", column="year", value=year)
    return Target(year=int(year) if year else None, **cells)


def _twice(found: list[Target], file: str) -> Iterator[GeoplanError]:
    keys = Counter((t.id, t.analysis, t.area, t.year, t.source) for t in found)
    for (name, _, area, year, source), times in keys.items():
        if times > 1:
            yield DefinitionError("target.twice", file=file, id=name, area=area, year=year or "", source=source)


def _plain(text: str) -> str:
    # full-width digits and dashes are how some plans print
    return unicodedata.normalize("NFKC", text).strip()
