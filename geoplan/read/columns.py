"""Columns: which column of a file is which of the engine's, and what its cells say.

Names are met in capitals or small letters, in full width, cut at ten bytes by shapefiles, in Chinese or in pinyin
initials. Cells hold thousands separators, dashes for "nobody knows", 是 and 否. What cannot be read is refused by row;
what is empty stays unknown.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from geoplan import units
from geoplan.errors import ColumnError, nearest
from geoplan.layer import ColumnSpec, LayerSpec
from geoplan.measure import Note
from geoplan.ops.garbled import is_mojibake, restored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_read", "garbled", "matched", "plain_text", "unique", "values"]

GENERIC = ("MC", "LX", "MJ", "BZ")
"""Names that mean name, kind, area, remark of anything: taken only when no other column fits."""
_CUT_BYTES = 10
_INVISIBLE = " \t\r\n\v\f\x00\xa0\u3000\u2002\u2003\u2009\u200b\u200e\u200f\u2028\u2060\ufeff"
"""What stands around texts and is not seen: blanks of every width, and of none."""
_NOTHING = ("", "-", "--", "—", "——", "/", "na", "n/a", "nan", "null", "none", "<null>", "不详", "未知", "待核", "待定")
_YES = ("是", "有", "y", "yes", "t", "true", "1", "√", "✓")
_NO = ("否", "无", "n", "no", "f", "false", "0", "×", "✗")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(
    r"(?:(?P<y>\d{4})年?|(?P<y2>\d{4})[-/.年](?P<m2>\d{1,2})(?:月|[-/.月](?P<d2>\d{1,2})日?)?"
    r"|(?P<y3>\d{4})(?P<m3>\d\d)(?P<d3>\d\d)?)(?:[T ].*)?"
)
_YEARS = (1000, 2199)
"""Years before and after which nothing is dated: the number a spreadsheet counts a day by is no year."""
_DAY_NONE, _DAYS = dt.date(1899, 12, 30), (18_000, 73_000)
"""From which day a spreadsheet counts, and the numbers of days from 1949 to 2099."""
_WITH_UNIT = re.compile(r"[+-]?[\d,.]+ *(\D\S*)")
_NAMED_UNIT = re.compile(r".*?(?:[(\[{<\u3010 _/-])([^()\[\]{}<>\u3010\u3011 _/-]+)[)\]}>\u3011]?")


def matched(spec: LayerSpec, declared: Mapping[str, str], fields: Iterable[str], *, path: str) -> dict[str, str]:
    """Engine column -> column of the file.

    What study.toml declares comes first, then the engine's own names, then the aliases of the layer in their order,
    then the generic ones; a column of the file is one thing only.

    Raises:
        ColumnError: a declared column is not there, a required one is not found, or two columns fit one alias.

    >>> spec = LayerSpec("parks", {}, "polygon", {"population": ColumnSpec("population", ("RK", "人口"))})
    >>> matched(spec, {}, ["FID", "ｒｋ"], path="parks.shp")
    {'population': 'ｒｋ'}
    >>> matched(spec, {}, [], path="parks.shp")
    {}
    """
    names = list(fields)
    found = _as_declared(spec, declared, names, path)
    wanted = [c for c in spec.columns.values() if c.name not in found]
    for generic in (False, True):
        for column in wanted:
            if column.name in found:
                continue
            for alias in (column.name, *column.aliases):
                free = [n for n in names if n not in found.values()]
                if (alias.upper() in GENERIC) == generic and (fit := _fitting(alias, free, spec, path)):
                    found[column.name] = fit
                    break
    for name in spec.required:
        if name not in found:
            aliases = ", ".join(spec.columns[name].aliases[:6]) or name
            raise ColumnError(
                "column.missing", layer=spec.name, path=path, column=name, aliases=aliases, names=as_read(names)
            )
    return {name: found[name] for name in spec.columns if name in found}


def as_read(names: Iterable[str]) -> str:
    """The columns of a file as a sentence lists them, garbled ones with what they may have been.

    >>> as_read(["RK", "µØÀà±àÂë"]), as_read([])
    ('RK, µØÀà±àÂë (地类编码?)', '')
    """
    return ", ".join(f"{name} ({meant}?)" if (meant := _meant(name)) else name for name in names)


def garbled(names: Iterable[str], *, path: str) -> tuple[Note, ...]:
    """That names of columns are garbled, each with what it may have been: no column is found by such a name."""
    odd = [name for name in names if is_mojibake(name)]
    return (Note("read.garbled_names", {"path": path, "names": as_read(odd)}),) if odd else ()


def _meant(name: str) -> str:
    return restored(name) if is_mojibake(name) else ""


def values(cells: "pd.Series[Any]", column: ColumnSpec, *, layer: str, path: str) -> "pd.Series[Any]":
    """Cells as the contract wants them; what is empty, or says that nobody knows, is unknown.

    Text has no blanks around it and no decimals behind whole numbers; numbers are floats; flags are true, false or
    unknown; dates are ISO text as exact as they are given.

    Raises:
        ColumnError: cells that are none of this, with the first of them; a name that says another unit.

    >>> import pandas as pd
    >>> number = ColumnSpec("population", kind="number", minimum=0)
    >>> values(pd.Series(["1,234", "—", None]), number, layer="parks", path="").tolist()
    [1234.0, nan, nan]
    >>> values(pd.Series([], dtype=object), number, layer="parks", path="").tolist()
    []
    """
    import pandas as pd

    text = dict(plain_text(cells).items())
    readers: dict[str, Callable[[str], Any]] = {"number": _number, "integer": _integer, "date": _date, "flag": _flag}
    read = readers.get(column.kind, str)
    made = {row: read(t) for row, t in text.items() if isinstance(t, str) and t.casefold() not in _NOTHING}
    wrong = [row for row, value in made.items() if value is None]
    where = {"layer": layer, "path": path, "column": str(cells.name or column.name)}
    if column.kind in {"number", "integer"} and column.unit:
        _refuse_other_unit(column, where)
    if wrong:
        first = f"{text[wrong[0]]} ({wrong[0]})"
        unit = _WITH_UNIT.fullmatch(text[wrong[0]]) if read in {_number, _integer} and column.unit else None
        if unit and units.dimension_of(_folded(unit[1])):
            raise ColumnError("column.with_unit", **where, count=len(wrong), first=first, wanted=_said(column.unit))
        if column.kind == "date" and (meant := _day_counted(text[wrong[0]])):
            raise ColumnError("column.day_number", **where, count=len(wrong), first=first, meant=meant)
        raise ColumnError(f"column.not_{column.kind}", **where, count=len(wrong), first=first)
    least = column.minimum
    if least is not None and (low := [row for row, value in made.items() if value < least]):
        first = f"{text[low[0]]} ({low[0]})"
        raise ColumnError("column.too_low", **where, count=len(low), first=first, minimum=f"{least:g}")
    kinds: dict[str, Any] = {"number": "float64", "integer": "float64", "flag": "boolean"}
    cast: Any = pd.Series(made, dtype=kinds.get(column.kind, "object"))
    filled: pd.Series[Any] = cast.reindex(cells.index)
    return filled


def plain_text(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Cells as text without blanks around it; whole numbers without decimals; missing ones stay missing.

    >>> import pandas as pd
    >>> plain_text(pd.Series([7.0, 7.5, None])).tolist()
    ['7', '7.5', nan]
    """
    import numpy as np
    import pandas as pd

    # a list of values in one cell is no missing one, and reads as it is written
    made = [np.nan if np.ndim(c) == 0 and pd.isna(c) else _as_text(c) for c in cells]
    return pd.Series(made, index=cells.index, dtype=object)


def unique(ids: list[str]) -> tuple[list[str], int]:
    """Ids with `#2`, `#3` … behind those that were there before, and how many those are.

    >>> unique(["7", "7", "8"])
    (['7', '7#2', '8'], 1)
    >>> unique([])
    ([], 0)
    """
    seen: dict[str, int] = {}
    taken = set(ids)
    made, repeated = [], 0
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
        name = one
        if seen[one] > 1:
            repeated += 1
            while (name := f"{one}#{seen[one]}") in taken:
                seen[one] += 1
            taken.add(name)
        made.append(name)
    return made, repeated


def _as_text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(float(cell))
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell).strip(_INVISIBLE)


def _as_declared(spec: LayerSpec, declared: Mapping[str, str], names: list[str], path: str) -> dict[str, str]:
    found = {}
    for engine, name in declared.items():
        if engine not in spec.columns:
            close = nearest(engine, spec.columns) or ", ".join(spec.columns)
            raise ColumnError("column.no_such", layer=spec.name, column=engine, nearest=close)
        if name not in names:
            close = nearest(name, names) or ", ".join(names)
            raise ColumnError("column.declared", layer=spec.name, path=path, column=name, nearest=close)
        found[engine] = name
    return found


def _fitting(alias: str, names: list[str], spec: LayerSpec, path: str) -> str:
    if alias in names:
        return alias
    folded, cuts = _folded(alias), {_cut(alias, "gb18030"), _cut(alias, "utf-8")}
    fit = [n for n in names if _folded(n) == folded]
    fit = fit or [n for n in names if _folded(n.rstrip("\ufffd")) in cuts]
    if len(fit) > 1:
        raise ColumnError("column.several", layer=spec.name, path=path, column=alias, names=", ".join(fit))
    return fit[0] if fit else ""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _cut(name: str, encoding: str) -> str:
    """A name as shapefiles hold it: its first ten bytes, without the half character they may end in."""
    return _folded(name.encode(encoding)[:_CUT_BYTES].decode(encoding, "ignore"))


def _number(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _integer(text: str) -> float | None:
    value = _number(text)
    return value if value is not None and value.is_integer() else None


def _flag(text: str) -> bool | None:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return True if plain in _YES else (False if plain in _NO else None)


def _date(text: str) -> str | None:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    parts = [int(p) for name in "ymd" for n in ("", "2", "3") if (p := match.groupdict().get(name + n)) is not None]
    try:
        dt.date(*parts, *(1,) * (3 - len(parts)))
    except ValueError:
        return None
    return "-".join(f"{p:02d}" for p in parts) if _YEARS[0] <= parts[0] <= _YEARS[1] else None


def _day_counted(text: str) -> str:
    """The day a spreadsheet counts by that number, if it is one of our days; else an empty text.

    >>> _day_counted("45838"), _day_counted("2025"), _day_counted("")
    ('2025-06-30', '', '')
    """
    days = int(text) if text.isascii() and text.isdigit() and len(text) == len(str(_DAYS[1])) else 0
    return (_DAY_NONE + dt.timedelta(days=days)).isoformat() if _DAYS[0] <= days <= _DAYS[1] else ""


def _refuse_other_unit(column: ColumnSpec, where: Mapping[str, str]) -> None:
    """Refuse a column whose name says that it is in another unit than the one it is read in."""
    found = _unit_in(where["column"])
    same = bool(found) and units.dimension_of(found) == units.dimension_of(column.unit)
    if same and not math.isclose(units.factor(found), units.factor(column.unit)):
        raise ColumnError("column.unit_of_name", **where, found=_said(found), wanted=_said(column.unit))


def _unit_in(name: str) -> str:
    """The unit a name of a column ends in, in brackets, behind a blank or a dash, or in Chinese; else nothing.

    >>> _unit_in("AREA_HA"), _unit_in("SOMA"), _unit_in("")
    ('ha', '', '')
    """
    plain = _folded(name)
    ends = _NAMED_UNIT.fullmatch(plain)
    if ends and units.dimension_of(ends[1]):
        return ends[1]
    whole = [u for u in units.every() if not u.isascii() and len(u) < len(plain) and plain.endswith(u)]
    return max(whole, key=len, default="")


def _said(unit: str) -> dict[str, str]:
    return {language: units.symbol(unit, language) for language in ("zh", "en")}
