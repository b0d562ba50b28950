"""How much of the place a layer speaks of: what it says it covers, and where its features lie."""

from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.examine.finding import ha, made, percent
from geoplan.layer import Layer
from geoplan.oddity import Oddity
from geoplan.place import Place

__all__ = ["corner", "not_covered"]

_UNCOVERED = 0.001
_CELLS = 8
_CORNER = 0.25
_LEAST = 30
"""Features from which on it is odd that they all lie in one part of the place."""


def not_covered(layer: Layer, place: Place) -> Iterator[Oddity]:
    """What of the place the data do not cover, by their own word."""
    covers = layer.source.covers
    if covers is None or place.boundary.is_empty:
        return
    left = shapely.difference(place.boundary, shapely.make_valid(covers))
    area, whole = float(shapely.area(left)), float(place.boundary.area)
    if area > _UNCOVERED * whole:
        yield made(
            layer, "not_covered", "doubt", area=area, shapes=np.array([left], dtype=object), hectares=ha(area),
            share=percent(area, whole),
        )  # fmt: skip


def corner(layer: Layer, place: Place) -> Iterator[Oddity]:
    """Many features, and all in one part of the place: a download that was cut, or a source of one district.

    A network or a layer of ground that lies so is a doubt: people live where it says nothing. The place is looked at in
    squares, so that a shore, which is long and lies in few, is only remarked on.
    """
    shapes = layer.frame.geometry.to_numpy()
    inside = shapes[shapely.intersects(shapes, place.boundary)] if len(shapes) else shapes
    if len(inside) < _LEAST:
        return
    squares = _squares(place)
    if len(squares) < _CELLS:
        return
    box = shapely.box(*shapely.total_bounds(inside))
    if not box.area > 0:
        return  # a table of days or of kinds, whose rows all stand at one place
    met = np.unique(shapely.STRtree(inside).query(squares, predicate="intersects")[0])
    share = float(shapely.area(shapely.intersection(place.boundary, box))) / float(place.boundary.area)
    if share < _CORNER and len(met) < _CORNER * len(squares):
        ground = layer.spec.geometry == "network" or layer.spec.coverage
        yield made(
            layer, "corner", "doubt" if ground else "remark", count=len(inside), shapes=np.array([box], dtype=object),
            share=percent(share, 1.0),
        )  # fmt: skip


def _squares(place: Place) -> "np.typing.NDArray[np.object_]":
    """The place in squares: those of eight by eight whose middle it covers."""
    west, south, east, north = place.boundary.bounds
    x, y = np.linspace(west, east, _CELLS + 1), np.linspace(south, north, _CELLS + 1)
    one, two = (a.ravel() for a in np.meshgrid(np.arange(_CELLS), np.arange(_CELLS)))
    squares = shapely.box(x[one], y[two], x[one + 1], y[two + 1])
    return np.asarray(squares[shapely.intersects(shapely.centroid(squares), place.boundary)], dtype=object)
