"""Texts and codes: another scheme mixed in, letters baked in wrong, cut at 254 bytes, full-width figures in names."""

from collections.abc import Iterator, Mapping

import numpy as np

from geoplan.examine.finding import of_rows
from geoplan.layer import CLASS, Layer
from geoplan.oddity import Grave, Oddity
from geoplan.ops.garbled import is_mojibake
from geoplan.words import say, sentences

__all__ = ["codes", "cut", "full_width", "mojibake", "names_of_codes"]

_LONGEST = 254
"""Bytes a text of a shapefile may have."""
_MOST = 5
_SURE = 3
_NAMES = "kind"
"""The column of the names that stand beside codes."""
_PAIRS = 2


def codes(layer: Layer) -> Iterator[Oddity]:
    """Codes the declared scheme does not know and another one does: two schemes in one layer, or the wrong one."""
    column, schemes, declared = layer.spec.class_column, layer.spec.schemes, layer.source.scheme
    if column not in layer.frame or declared not in schemes:
        return
    texts = [c if isinstance(c, str) and c else "" for c in layer.frame[column]]
    known = {scheme: _prefixes(table) for scheme, table in schemes.items()}
    strange = [row for row, code in enumerate(texts) if code and not _knows(known[declared], code)]
    if not strange:
        return
    fitting = {s: [row for row in strange if _knows(known[s], texts[row])] for s in schemes if s != declared}
    best = max(fitting, key=lambda scheme: len(fitting[scheme]), default="")
    rows = fitting.get(best, [])
    if rows and 2 * len(rows) >= len(strange):
        said = ", ".join(sorted({texts[row] for row in rows})[:_MOST])
        slots = {"scheme": declared, "other": best, "codes": said}
        yield of_rows(layer, "other_scheme", "doubt", np.array(rows, dtype=np.intp), **slots)


def names_of_codes(layer: Layer) -> Iterator[Oddity]:
    """Names beside the codes that say what the codes mean in another scheme than the declared one."""
    column, schemes, declared = layer.spec.class_column, layer.spec.schemes, layer.source.scheme
    if not {column, _NAMES} <= set(layer.frame.columns) or declared not in schemes or layer.source.crosswalk:
        return
    known = {scheme: _prefixes(table) for scheme, table in schemes.items()}
    cells = layer.frame[[column, _NAMES]].to_numpy()
    pairs = {r: (str(c), str(n)) for r, (c, n) in enumerate(cells) if isinstance(c, str) and isinstance(n, str) and n}
    meant = {
        (scheme, pair): _is_named(_meaning(prefixes, pair[0]), pair[1])
        for pair in set(pairs.values())
        for scheme, prefixes in known.items()
    }
    rows = [row for row, pair in pairs.items() if not meant[declared, pair]]
    fitting = {s: [row for row in rows if meant[s, pairs[row]]] for s in schemes if s != declared}
    best = max(fitting, key=lambda scheme: len(fitting[scheme]), default="")
    found = fitting.get(best, [])
    if len(found) >= _PAIRS and len(found) > len(pairs) - len(rows):
        said = ", ".join(sorted({" ".join(pairs[row]) for row in found})[:_MOST])
        slots = {"scheme": declared, "other": best, "codes": said}
        yield of_rows(layer, "names_of_codes", "doubt", np.array(found, dtype=np.intp), **slots)


def _meaning(prefixes: Mapping[str, str], code: str) -> str:
    """What the class of a code is called in Chinese; an empty text where the code has none."""
    kind = next((prefixes[code[:end]] for end in range(len(code), 0, -1) if code[:end] in prefixes), "")
    sentence = f"status.{kind}"
    return say("zh", sentence) if kind and sentence in sentences("zh") else ""


def _is_named(meaning: str, name: str) -> bool:
    """Whether a name is that of a class, endings such as 用地 aside.

    >>> _is_named("采矿", "采矿用地"), _is_named("农村宅基地", "城镇社区服务设施用地"), _is_named("", "")
    (True, False, False)
    """
    one, other = (text.removesuffix("地").removesuffix("用") for text in (meaning, name))
    return bool(one) and bool(other) and (one in other or other in one)


def _prefixes(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {code: name for name, listed in table.items() for code in listed}


def _knows(prefixes: Mapping[str, str], code: str) -> bool:
    return any(code[:end] in prefixes for end in range(1, len(code) + 1))


def mojibake(layer: Layer) -> Iterator[Oddity]:
    """Texts that were read in a wrong encoding before they came here, and written down so."""
    for column in _texts(layer):
        rows = [row for row, text in enumerate(layer.frame[column]) if isinstance(text, str) and is_mojibake(text)]
        if rows:
            first = str(layer.frame[column].iloc[rows[0]])[:40]
            grave: Grave = "doubt" if column in {CLASS, layer.spec.class_column} or len(rows) >= _SURE else "remark"
            yield of_rows(layer, "mojibake", grave, np.array(rows, dtype=np.intp), column=column, first=first)


def cut(layer: Layer) -> Iterator[Oddity]:
    """Texts as long as a shapefile can hold: what stood behind them is gone."""
    for column in _texts(layer):
        rows = [r for r, text in enumerate(layer.frame[column]) if isinstance(text, str) and _is_cut(text)]
        if rows:
            yield of_rows(layer, "cut", "remark", np.array(rows, dtype=np.intp), column=column)


def _is_cut(text: str) -> bool:
    if len(text) < _LONGEST // 4:
        return False
    # a sign of several bytes that no longer fits leaves the text a little shorter
    return any(_LONGEST - 3 <= len(text.encode(code, "ignore")) <= _LONGEST for code in ("utf-8", "gb18030"))


def full_width(layer: Layer) -> Iterator[Oddity]:
    """Figures and letters as wide as Chinese signs: names and numbers that look the same and are not."""
    for column in _texts(layer):
        cells = layer.frame[column]
        rows = [
            r
            for r, t in enumerate(cells)
            if isinstance(t, str) and any("\uff10" <= c <= "\uff5a" and c.isalnum() for c in t)
        ]
        if rows:
            first = str(cells.iloc[rows[0]])[:40]
            yield of_rows(layer, "full_width", "remark", np.array(rows, dtype=np.intp), column=column, first=first)


def _texts(layer: Layer) -> Iterator[str]:
    for column in layer.frame.columns:
        spec = layer.spec.columns.get(column)
        if column in {"id", "name"} or (spec is not None and spec.kind == "text" and not spec.words):
            yield column
