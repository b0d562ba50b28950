"""Features of a layer one by one: those the door mended or set aside, those that stand twice, parts far away."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.examine.finding import IDS, ha, ids_text, made, metres, of_rows, title
from geoplan.layer import Layer
from geoplan.measure import Note
from geoplan.oddity import Oddity
from geoplan.ops.alike import same
from geoplan.ops.outliers import far_parts
from geoplan.place import Place

__all__ = ["far_away", "from_the_ledger", "twice"]

_MANY = 0.05
"""Of the features, set aside: a number without them may be wrong."""


def from_the_ledger(layer: Layer) -> Iterator[Oddity]:
    """What the door mended, and what it set aside, by reason; many set aside are a doubt."""
    entries = layer.ledger.entries
    for fate in ("set_aside", "repaired"):
        for reason, count in sorted(Counter(e.reason for e in entries if e.fate == fate).items()):
            found = [e for e in entries if e.fate == fate and e.reason == reason]
            ids, area = [e.feature for e in found], sum(e.area for e in found)
            shapes = _drawn(layer, set(ids)) if fate == "repaired" else None
            many = fate == "set_aside" and count > max(1.0, _MANY * layer.ledger.read)
            slots = {"reason": Note(f"report.reasons.{reason}"), "area": ha(area), "read": layer.ledger.read}
            yield Oddity(
                fate,
                layer.name,
                "doubt" if many else "remark",
                Note(f"oddity.{fate}", {"layer": title(layer), "count": count, "ids": ids_text(ids), **slots}),
                count,
                area,
                np.empty(0, dtype=object) if shapes is None else shapes,
                tuple(ids[:IDS]),
            )


def _drawn(layer: Layer, ids: set[str]) -> "np.typing.NDArray[np.object_]":
    return np.asarray(layer.frame.geometry[layer.frame["id"].isin(ids)].to_numpy(), dtype=object)


def twice(layer: Layer) -> Iterator[Oddity]:
    """Features that stand twice: the same shape, and the same in every column; shapes alone may well be the same."""
    if layer.spec.geometry == "network":
        return
    frame = layer.frame
    first = same(frame.geometry.to_numpy())
    rows = np.flatnonzero(first != np.arange(len(frame)))
    if not len(rows):
        return
    asked = np.union1d(rows, first[rows])
    told = frame.iloc[asked].drop(columns=["id", "geometry"]).astype(object).assign(shape=first[asked])
    again = asked[told.duplicated().to_numpy()]
    if len(again):
        area = float(shapely.area(frame.geometry.to_numpy()[again]).sum())
        yield of_rows(layer, "duplicate", "doubt", again, area=area)
    other = np.setdiff1d(rows, again)
    areal = other[shapely.area(frame.geometry.to_numpy()[other]) > 0]
    if len(areal):
        area = float(shapely.area(frame.geometry.to_numpy()[areal]).sum())
        yield of_rows(layer, "same_shape", "remark", areal, area=area, hectares=ha(area))


def far_away(layer: Layer, place: Place) -> Iterator[Oddity]:
    """Parts of features far outside the place; of lines nothing is said: railways and rivers go far."""
    if layer.spec.geometry in {"line", "network"}:
        return
    shapes = layer.frame.geometry.to_numpy()
    flat = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    of, parts, away = far_parts(shapes[flat], place.boundary)
    if not len(of):
        return
    worst = np.argsort(-away, kind="stable")
    area = float(shapely.area(parts).sum())
    whose = layer.frame["id"].iloc[flat[of[worst]]].tolist()
    yield made(
        layer, "far_part", "doubt", count=len(parts), area=area, shapes=parts[worst], ids=whose,
        km=metres(float(away.max()) / 1000), hectares=ha(area),
    )  # fmt: skip
