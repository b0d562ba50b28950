"""How an oddity of a layer is put together: named, counted, drawn, with a few ids."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from geoplan import units
from geoplan.column_words import column_said
from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.oddity import Grave, Oddity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["IDS", "ha", "ids_text", "made", "metres", "of_rows", "percent", "title"]

IDS = 50
"""Ids an oddity carries; the first few are said."""
_SAID = 4
_DRAWN = 2_000
_MOST_OF_THEM, _FEW = 0.6, 8


def title(layer: Layer) -> Any:
    """What the layer is called, by language."""
    return layer.spec.title or layer.name


def ids_text(ids: Sequence[str], count: int | None = None) -> str:
    """The first few ids, and that there are more.

    >>> ids_text(["1", "2"]), ids_text([str(n) for n in range(9)])
    ('1, 2', '0, 1, 2, 3 …')
    >>> ids_text([])
    ''
    """
    more = (len(ids) if count is None else count) > min(len(ids), _SAID)
    return ", ".join(ids[:_SAID]) + (" …" if more and ids else "")


def ha(m2: float) -> str:
    """Square metres as hectares, as a sentence shows them."""
    return units.shown(m2 / 1e4, 4)


def metres(m: float) -> str:
    """Metres, whole from ten on."""
    return units.shown(m, 0 if m >= 10 else 2)


def percent(part: float, whole: float) -> str:
    """A share in percent with one digit; 0 of nothing."""
    return units.shown(100 * part / whole, 1) if whole > 0 else "0"


def made(
    layer: Layer, kind: str, grave: Grave, *, count: int = 0, area: float = 0.0, shapes: Any = None,
    ids: Iterable[str] = (), **slots: Any,
) -> Oddity:  # fmt: skip
    """An oddity with its sentence: that of its kind, its slots and those every sentence has (layer, count, ids)."""
    import numpy as np

    named = tuple(ids)
    if "column" in slots:
        slots["column"] = column_said(layer.spec, str(slots["column"]))
    note = Note(f"oddity.{kind}", {"layer": title(layer), "count": count, "ids": ids_text(named, count), **slots})
    drawn = np.empty(0, dtype=object) if shapes is None else np.asarray(shapes, dtype=object)[:_DRAWN]
    return Oddity(kind, layer.name, grave, note, count, area, drawn, named[:IDS])


def of_rows(layer: Layer, kind: str, grave: Grave, rows: "NDArray[np.intp]", **slots: Any) -> Oddity:
    """An oddity of some features of a layer, worst first."""
    # what is odd of nearly all features is odd of the column: a map of it would hide what is odd of a few
    every = len(rows) > _MOST_OF_THEM * len(layer.frame) and len(rows) > _FEW
    shapes = None if every else layer.frame.geometry.to_numpy()[rows]
    return made(layer, kind, grave, count=len(rows), shapes=shapes, ids=layer.frame["id"].iloc[rows[:IDS]], **slots)
