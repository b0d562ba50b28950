"""Near-duplicates: one facility in several rows, under the same or nearly the same name, at the same place."""

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.examine.finding import metres, of_rows
from geoplan.layer import CLASS, Layer
from geoplan.oddity import Oddity
from geoplan.ops.alike import close_pairs, groups

__all__ = ["near_duplicates", "plain_name", "same_name"]

WITHIN = 200.0
"""Metres: as far apart as the buildings and gates of one facility lie."""
_SEVERAL = 3
"""Rows under one name from which on a count is in doubt; two are common (both sides of a street)."""
_SHORT, _SHORT_LATIN = 3, 9
"""A name that begins another one counts from so many signs on."""
_OF_ANOTHER = frozenset({"parcel", "u"})
"""Columns of layers whose rows belong to something else (gates, edges): many under one name is what they are for."""


def near_duplicates(layer: Layer, within: float = WITHIN) -> Iterator[Oddity]:
    """Points of one class, close together, whose names are the same but for what follows them or stands in brackets."""
    frame = layer.frame
    if "name" not in frame or _OF_ANOTHER & set(frame.columns) or layer.spec.geometry not in {"point", "any"}:
        return
    shapes = frame.geometry.to_numpy()
    names = np.array([plain_name(n) for n in frame["name"]], dtype=object)
    rows = np.flatnonzero((names != "") & (shapely.get_dimensions(shapes) != 1))
    pairs = rows[close_pairs(shapely.point_on_surface(shapes[rows]), within)]
    classes = frame[CLASS].to_numpy() if CLASS in frame else np.full(len(frame), None, dtype=object)
    alike = [same_name(names[a], names[b]) and (classes[a] or "") == (classes[b] or "") for a, b in pairs.T]
    found = groups(len(frame), pairs[:, np.array(alike, dtype=bool)])
    many = [g for g in found if len(g) >= _SEVERAL]
    for kind, chosen in (("near_duplicate", many), ("pair", [g for g in found if len(g) < _SEVERAL])):
        if chosen:
            yield _told(layer, kind, sorted(chosen, key=lambda g: -len(g)), within)


def _told(layer: Layer, kind: str, chosen: list["np.typing.NDArray[np.intp]"], within: float) -> Oddity:
    frame, rows = layer.frame, np.concatenate(chosen)
    first = str(frame["name"].iloc[int(chosen[0][0])])
    return of_rows(
        layer, kind, "doubt" if kind == "near_duplicate" else "remark", rows,
        groups=len(chosen), within=metres(within), name=first, most=len(chosen[0]),
    )  # fmt: skip


def same_name(one: str, other: str) -> bool:
    """Whether two plain names may be one place: the same, or one followed by what is no number.

    >>> same_name("天津医院", "天津医院门诊部"), same_name("第一小学", "第二小学"), same_name("和平路站", "和平路站2号")
    (True, False, False)
    >>> same_name("", "")
    False
    """
    short, long = sorted((one, other), key=len)
    if not short or not long.startswith(short):
        return False
    if short == long:
        return True
    least = _SHORT_LATIN if short.isascii() else _SHORT
    return len(short) > least and not any(unicodedata.numeric(c, None) is not None for c in long[len(short) :])


def plain_name(name: object) -> str:
    """A name without width, case, blanks, punctuation and what stands in brackets at its end; empty for none.

    >>> plain_name(" 天津医院（南院） "), plain_name("ＡＢＣ Café"), plain_name(None), plain_name(float("nan"))
    ('天津医院', 'abccafé', '', '')
    """
    if not isinstance(name, str):
        return ""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = re.sub(r"[(\[\u3010<].*?[)\]\u3011>]$", "", text) or text
    return "".join(c for c in text if c.isalnum())
