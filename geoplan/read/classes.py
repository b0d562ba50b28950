"""Classes: what codes and words say a feature is, under the scheme that was declared and under no other.

The same digits mean different things: 0702 is a farmstead in one classification and a community facility in another.
A scheme that is not declared is diagnosed and the layer refused; a code the scheme does not know is no class.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geoplan.errors import ColumnError, LayerError, nearest
from geoplan.layer import UNCLASSED, ColumnSpec, LayerSpec
from geoplan.measure import Note
from geoplan.read.codes import alike, by_prefix, narrow, plain_codes, prefixes_of, refuse_lost_zeros
from geoplan.read.columns import plain_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["classified", "constant", "diagnosis", "refuse_other_column", "strange", "worded", "words_of"]

_SAYS = {"YDYHFLDM": "用地用海"}
"""Names of columns that say themselves which schemes their codes are of: how the names of these begin."""
_MOST = 5


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

    codes, wide = plain_codes(cells, layer=spec.name, path=path)
    where = {"layer": spec.name, "path": path, "column": str(cells.name)}
    if classes is not None:
        table = {narrow(word): _known(name, spec) for name, words in classes.items() for word in words}
        found = [None if c is None else table.get(narrow(c)) for c in codes]
        return pd.Series(found, index=cells.index, dtype=object), (*wide, *strange(codes, found, spec.name, path))
    words = words_of(spec)
    prefixes: dict[str, str] = {}
    if scheme:
        if scheme not in spec.schemes:
            if not spec.schemes:
                raise LayerError("layer.no_schemes", layer=spec.name, scheme=scheme)
            close = nearest(scheme, spec.schemes) or ", ".join(spec.schemes)
            raise LayerError("layer.scheme", layer=spec.name, scheme=scheme, nearest=close)
        refuse_other_column(scheme, spec, where)
        prefixes = prefixes_of(spec.schemes[scheme])
        refuse_lost_zeros([c for c in codes if c is not None], prefixes, where)
    elif spec.schemes and any(c is not None and c not in words for c in codes):
        said = diagnosis([c for c in codes if c is not None], spec)
        raise LayerError("layer.no_scheme", **where, schemes=", ".join(spec.schemes), said=said)
    found = [None if c is None else words.get(c) or by_prefix(c, prefixes) for c in codes]
    return pd.Series(found, index=cells.index, dtype=object), (*wide, *strange(codes, found, spec.name, path, prefixes))


def words_of(spec: LayerSpec) -> dict[str, str]:
    """The words that mean a class wherever they are met -> that class: plain words, tags, and the name itself.

    >>> words_of(LayerSpec("land", {}, "polygon", words={"forest": ("林地",)}))
    {'林地': 'forest', 'forest': 'forest'}
    """
    words = {word: name for name, listed in spec.words.items() for word in listed}
    words.update({tag: name for name, tags in spec.osm.items() for tag in tags if name != UNCLASSED})
    words.update({name: name for name in spec.classes})
    return words


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
    return pd.Series(found, index=cells.index, dtype=object), strange(texts, found, layer, path)


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
        prefixes = prefixes_of(classes)
        known = sum(by_prefix(code, prefixes) is not None for code in codes)
        said.append(f"{scheme} {known}/{len(codes)}")
    return ", ".join(said)


def refuse_other_column(scheme: str, spec: LayerSpec, where: Mapping[str, str]) -> None:
    """Refuse codes of one scheme out of a column whose name says another.

    Raises:
        LayerError: it does.
    """
    usual = _SAYS.get(unicodedata.normalize("NFKC", where["column"]).strip().upper(), "")
    fit = [name for name in spec.schemes if usual and name.startswith(usual)]
    if fit and scheme not in fit:
        raise LayerError("layer.scheme_column", **where, scheme=scheme, usual=usual, nearest=fit[-1])


def strange(
    codes: Sequence[str | None],
    found: Sequence[str | None],
    layer: str,
    path: str,
    prefixes: Mapping[str, str] | None = None,
) -> tuple[Note, ...]:
    """How many codes are of no class, apart those that look like another code; such codes are never mended.

    Args:
        codes: as they were read; None where there is none.
        found: the class of each.
        layer: for messages.
        path: likewise.
        prefixes: what codes mean; without them no code looks like another.

    >>> said = strange(["O7O2", "99", None], [None] * 3, "land", "", {"0702": "housing"})
    >>> [note.fields["codes"] for note in said]
    ['O7O2 → 0702', '99']
    >>> strange([], [], "land", "")
    ()
    """
    left = [c for c, name in zip(codes, found, strict=True) if c is not None and name is None]
    looks = {code: meant for code in dict.fromkeys(left) if prefixes and (meant := alike(code, prefixes))}
    notes = []
    for sentence, mine in (("alike_codes", True), ("no_class", False)):
        said = [c for c in left if (c in looks) is mine]
        shown = ", ".join(f"{c} → {looks[c]}" if c in looks else c for c in sorted(set(said))[:_MOST])
        if said:
            notes.append(Note(f"read.{sentence}", {"layer": layer, "path": path, "count": len(said), "codes": shown}))
    return tuple(notes)


def _known(name: str, spec: LayerSpec) -> str:
    if spec.classes and name not in spec.classes:
        close = nearest(name, spec.classes) or ", ".join(spec.classes)
        raise ColumnError("column.class_name", layer=spec.name, name=name, nearest=close)
    return name
