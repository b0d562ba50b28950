"""Classes: what codes and words say a feature is, under the scheme that was declared and under no other.

The same digits mean different things: 0702 is a farmstead in one classification and a community facility in another.
A scheme that is not declared is diagnosed and the layer refused; a code the scheme does not know is no class.
"""

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geoplan.errors import ColumnError, LayerError, nearest
from geoplan.layer import UNCLASSED, ColumnSpec, LayerSpec
from geoplan.measure import Note
from geoplan.read.columns import plain_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["classified", "constant", "diagnosis", "worded"]

_SAYS = {"YDYHFLDM": "用地用海"}
"""Names of columns that say themselves which schemes their codes are of: how the names of these begin."""


def classified(
    cells: "pd.Series[Any]",
    spec: LayerSpec,
    *,
    scheme: str = "",
    classes: Mapping[str, tuple[str, ...]] | None = None,
    path: str = "",
) -> "tuple[pd.Series[Any], tuple[Note, ...]]":
    """The class of each feature, None where nobody knows it, and how many codes were of no class.

    Args:
        cells: the codes, as the file holds them.
        spec: the contract of the layer.
        scheme: the classification study.toml declares.
        classes: class -> the words study.toml says mean it; taken whole, and instead of everything else.
        path: for messages.

    Raises:
        LayerError: codes without a scheme, or under one this layer does not know, or their column contradicts.
        ColumnError: codes that have lost their leading zeros.

    >>> import pandas as pd
    >>> spec = LayerSpec("land", {}, "polygon", schemes={"三调": {"forest": ("03",), "mangrove": ("0303",)}})
    >>> classified(pd.Series(["0301", "0303", "99"]), spec, scheme="三调")[0].tolist()
    ['forest', 'mangrove', None]
    >>> classified(pd.Series([], dtype=object), spec, scheme="三调")[0].tolist()
    []
    """
    import pandas as pd

    codes = [_code(c) if isinstance(c, str) and c else None for c in plain_text(cells)]
    where = {"layer": spec.name, "path": path, "column": str(cells.name)}
    if classes is not None:
        table = {word: _known(name, spec) for name, words in classes.items() for word in words}
        found = [None if c is None else table.get(c) for c in codes]
        return pd.Series(found, index=cells.index, dtype=object), _strange(codes, found, spec.name, path)
    words = {word: name for name, listed in spec.words.items() for word in listed}
    words.update({tag: name for name, tags in spec.osm.items() for tag in tags if name != UNCLASSED})
    words.update({name: name for name in spec.classes})
    prefixes: dict[str, str] = {}
    if scheme:
        if scheme not in spec.schemes:
            if not spec.schemes:
                raise LayerError("layer.no_schemes", layer=spec.name, scheme=scheme)
            close = nearest(scheme, spec.schemes) or ", ".join(spec.schemes)
            raise LayerError("layer.scheme", layer=spec.name, scheme=scheme, nearest=close)
        _refuse_other_column(scheme, spec, where)
        prefixes = {code: name for name, listed in spec.schemes[scheme].items() for code in listed}
        _refuse_lost_zeros([c for c in codes if c is not None], prefixes, where)
    elif spec.schemes and any(c is not None and c not in words for c in codes):
        said = diagnosis([c for c in codes if c is not None], spec)
        raise LayerError("layer.no_scheme", **where, schemes=", ".join(spec.schemes), said=said)
    longest = max(map(len, prefixes), default=0)
    found = [None if c is None else words.get(c) or _by_prefix(c, prefixes, longest) for c in codes]
    return pd.Series(found, index=cells.index, dtype=object), _strange(codes, found, spec.name, path)


def worded(
    cells: "pd.Series[Any]", column: ColumnSpec, *, layer: str, path: str
) -> "tuple[pd.Series[Any], tuple[Note, ...]]":
    """The class each text of a column means, None where it means none, and how many were strange.

    >>> import pandas as pd
    >>> status = ColumnSpec("status", words={"done": ("已完成",)})
    >>> worded(pd.Series(["已完成", "done", "?", None]), status, layer="works", path="")[0].tolist()
    ['done', 'done', None, None]
    >>> worded(pd.Series([], dtype=object), status, layer="works", path="")[0].tolist()
    []
    """
    import pandas as pd

    table = {word: name for name, words in column.words.items() for word in (name, *words)}
    texts = [c if isinstance(c, str) and c else None for c in plain_text(cells)]
    found = [None if c is None else table.get(c) for c in texts]
    return pd.Series(found, index=cells.index, dtype=object), _strange(texts, found, layer, path)


def constant(name: str, spec: LayerSpec, column: str = "class") -> str | bool:
    """What study.toml says of all features of a source: their one class, by that column.

    Raises:
        ColumnError: the layer has no such class, or no such column.

    >>> schools = LayerSpec("schools", {}, "point", {"smart": ColumnSpec("smart", kind="flag")})
    >>> constant("yes", schools, "smart")
    True
    """
    if column == "class":
        return _known(name, spec)
    known = spec.classes_of(column)
    if known is None:
        close = nearest(column, spec.columns) or ", ".join(spec.columns)
        raise ColumnError("column.no_such", layer=spec.name, column=column, nearest=close)
    if known and name not in known:
        close = nearest(name, known) or ", ".join(known)
        raise ColumnError("column.class_name", layer=spec.name, name=name, nearest=close)
    return name == "yes" if spec.columns[column].kind == "flag" else name


def diagnosis(codes: list[str], spec: LayerSpec) -> str:
    """How many of these codes each scheme knows: a hint for who must declare one, never a choice.

    >>> spec = LayerSpec("land", {}, "polygon", schemes={"三调": {"forest": ("03",)}, "GB50137": {"park": ("G1",)}})
    >>> diagnosis(["0301", "0302"], spec)
    '三调 2/2, GB50137 0/2'
    >>> diagnosis([], spec)
    '三调 0/0, GB50137 0/0'
    """
    said = []
    for scheme, classes in spec.schemes.items():
        prefixes = {code: name for name, listed in classes.items() for code in listed}
        longest = max(map(len, prefixes), default=0)
        known = sum(_by_prefix(code, prefixes, longest) is not None for code in codes)
        said.append(f"{scheme} {known}/{len(codes)}")
    return ", ".join(said)


def _code(text: str) -> str:
    """A code without the decimals a spreadsheet has put behind it."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _refuse_other_column(scheme: str, spec: LayerSpec, where: dict[str, str]) -> None:
    usual = _SAYS.get(unicodedata.normalize("NFKC", where["column"]).strip().upper(), "")
    fit = [name for name in spec.schemes if usual and name.startswith(usual)]
    if fit and scheme not in fit:
        raise LayerError("layer.scheme_column", **where, scheme=scheme, usual=usual, nearest=fit[-1])


def _by_prefix(code: str, prefixes: Mapping[str, str], longest: int) -> str | None:
    """The class of the longest prefix that fits."""
    for end in range(min(len(code), longest), 0, -1):
        if (name := prefixes.get(code[:end])) is not None:
            return name
    return None


def _refuse_lost_zeros(codes: list[str], prefixes: Mapping[str, str], where: dict[str, str]) -> None:
    longest = max(map(len, prefixes), default=0)
    # every all-digit code of these schemes has an even number of digits; an odd one was a number on its way here
    lost = [c for c in codes if c.isdigit() and len(c) % 2 and _by_prefix(f"0{c}", prefixes, longest)]
    if lost and all(len(p) % 2 == 0 for p in prefixes if p.isdigit()):
        raise ColumnError("column.codes_not_text", **where, first=lost[0])


def _known(name: str, spec: LayerSpec) -> str:
    if spec.classes and name not in spec.classes:
        close = nearest(name, spec.classes) or ", ".join(spec.classes)
        raise ColumnError("column.class_name", layer=spec.name, name=name, nearest=close)
    return name


def _strange(codes: list[str | None], found: list[str | None], layer: str, path: str) -> tuple[Note, ...]:
    left = [c for c, name in zip(codes, found, strict=True) if c is not None and name is None]
    if not left:
        return ()
    shown = ", ".join(sorted(set(left))[:5])
    return (Note("read.no_class", {"layer": layer, "path": path, "count": len(left), "codes": shown}),)
