"""The cells of a layer as its contract wants them: columns by kind, codes in one scheme, the class of each row."""

from typing import TYPE_CHECKING, Any

from geoplan.measure import Note
from geoplan.ops import ellipsoid
from geoplan.read import classes, codes, columns, crosswalk

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.layer import LayerSpec
    from geoplan.read.declared import Declared

__all__ = ["cells_of"]

_LINES = 1
"""Dimension of what has a length and no area."""


def cells_of(
    rows: "gpd.GeoDataFrame", wanted: dict[str, str], code: str, declared: "Declared", spec: "LayerSpec"
) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """Engine column -> what its cells say, the class last, and what was odd about the codes.

    Codes of a scheme are plain text in that scheme; what went through a crosswalk is in the scheme it leads to.

    Raises:
        ColumnError: cells that hold what they must not.
        LayerError: codes without a scheme.
    """
    import numpy as np
    import pandas as pd

    cells: dict[str, Any] = {}
    labels, texts, notes = _class(rows, code, declared, spec)
    for name, own in wanted.items():
        if name == "id":
            continue
        if texts is not None and name == spec.class_column:
            cells[name] = texts
            continue
        read = columns.values(rows[own], spec.columns[name], layer=spec.name, path=declared.path)
        if spec.columns[name].words:
            read, strange = classes.worded(read, spec.columns[name], layer=spec.name, path=declared.path)
            notes += strange
        cells[name] = read.array
    for name, word in declared.constants.items():
        cells[name] = np.full(len(rows), classes.constant(word, spec, name), dtype=object)
    # said to be objects, lest pandas turn "no class" into NaN among texts
    return {**cells, "class": pd.Series(labels, index=rows.index, dtype=object)}, notes


def _class(
    rows: "gpd.GeoDataFrame", code: str, declared: "Declared", spec: "LayerSpec"
) -> "tuple[NDArray[np.object_], NDArray[np.object_] | None, tuple[Note, ...]]":
    """The class of each row, its code where there is a scheme, and what was odd about them."""
    import numpy as np

    if declared.one_class:
        name = classes.constant(declared.one_class, spec)
        return np.full(len(rows), name, dtype=object), None, ()
    if not code:
        return np.full(len(rows), None, dtype=object), None, ()
    if not spec.classes and declared.classes is None:
        words = columns.plain_text(rows[code])
        return np.array([w if isinstance(w, str) and w else None for w in words], dtype=object), None, ()
    if declared.walk is not None:
        return _through(rows, code, declared, spec, declared.walk)
    found, notes = classes.classified(
        rows[code], spec, scheme=declared.scheme, classes=declared.classes, path=declared.path
    )
    plain = codes.plain_codes(rows[code], layer=spec.name, path=declared.path)[0] if declared.scheme else None
    texts = None if plain is None else np.array([None if c is None else c for c in plain], dtype=object)
    return np.array(found.tolist(), dtype=object), texts, notes


def _through(
    rows: "gpd.GeoDataFrame", code: str, declared: "Declared", spec: "LayerSpec", walk: crosswalk.Crosswalk
) -> "tuple[NDArray[np.object_], NDArray[np.object_], tuple[Note, ...]]":
    """Class and code of each row by way of a crosswalk, and what became of the codes."""
    import numpy as np

    where = {"layer": spec.name, "path": declared.path}
    plain, wide = codes.plain_codes(rows[code], **where)
    classes.refuse_other_column(walk.source, spec, {**where, "column": code})
    known = {code: code for code in walk.targets}
    codes.refuse_lost_zeros([c for c in plain if c is not None], known, {**where, "column": code})
    words = classes.words_of(spec)
    through = [None if c is None or c in words else c for c in plain]
    turned = {c: crosswalk.turned(c, walk, spec) for c in dict.fromkeys(through) if c is not None}
    kinds = [None if c is None else words[c] if c in words else turned[c].kind for c in plain]
    texts = [c if c is None or c in words else turned[c].code for c in plain]
    notes = crosswalk.noted(through, turned, walk, _sizes(rows), spec.title or spec.name)
    # what has its own sentence, because no counterpart is certain, is not said to be of no class as well
    certain = [None if t is None or turned[t].fate != "one" else c for t, c in zip(through, texts, strict=True)]
    notes += classes.strange(certain, kinds, spec.name, declared.path)
    return np.array(kinds, dtype=object), np.array(texts, dtype=object), (*wide, *notes)


def _sizes(rows: "gpd.GeoDataFrame") -> "tuple[NDArray[np.float64], str]":
    """How large each feature is on the ellipsoid, and the unit that is said: of lines km, of others hectares."""
    import numpy as np
    import shapely

    shapes = rows.geometry.to_numpy()
    if rows.crs is None or not rows.crs.is_projected:
        return np.zeros(len(rows)), "ha"
    lines = len(rows) > 0 and bool((shapely.get_dimensions(shapes) == _LINES).any())
    measured = ellipsoid.length(shapes, rows.crs) if lines else ellipsoid.area(shapes, rows.crs)
    return measured, "km" if lines else "ha"
