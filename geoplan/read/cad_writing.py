"""Plots as a drawing: one layer a role, holes on a layer of their own, names inside, metres, no zone number."""

import io
from typing import TYPE_CHECKING, Any

import shapely

from geoplan.plot import Attachment, Plot
from geoplan.read import site_words as words
from geoplan.read.table_writing import system_line
from geoplan.read.txt_writing import cleaned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ezdxf.document import Drawing
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["drawing_of"]

_HEIGHT = 5.0
"""Metres: the height of the texts."""


def drawing_of(attachment: Attachment, shapes: "Sequence[BaseGeometry]", plane: "CRS") -> bytes:
    """A DXF of 2013, the same bytes whenever it is written."""
    from ezdxf._options import options

    before = options.write_fixed_meta_data_for_testing
    options.write_fixed_meta_data_for_testing = True  # the one switch that leaves the time out of the file
    sink = io.StringIO()
    try:
        _drawn(attachment, shapes, plane).write(sink)
    finally:
        options.write_fixed_meta_data_for_testing = before
    return sink.getvalue().encode("utf-8")


def _drawn(attachment: Attachment, shapes: "Sequence[BaseGeometry]", plane: "CRS") -> "Drawing":
    from ezdxf.filemanagement import new

    document = new("R2013")
    document.header["$INSUNITS"] = 6
    space = document.modelspace()
    for layer in (*words.LAYER_OF_ROLE.values(), words.HOLES, words.TEXTS):
        document.layers.add(layer)
    for plot, shape in zip(attachment.plots, shapes, strict=True):
        drawn = {"layer": words.LAYER_OF_ROLE[plot.role]}
        for part in shapely.get_parts(shape):
            outer, *holes = (shapely.get_coordinates(ring)[:-1].tolist() for ring in shapely.get_rings(part))
            space.add_lwpolyline(outer, close=True, dxfattribs=drawn)
            for hole in holes:
                space.add_lwpolyline(hole, close=True, dxfattribs={"layer": words.HOLES})
            at = shapely.get_coordinates(shapely.point_on_surface(part))[0]
            for n, text in enumerate(_texts(plot)):
                _write(space, text, (at[0], at[1] - 1.5 * n * _HEIGHT))
    west, south, _, _ = shapely.total_bounds(list(shapes))
    _write(space, system_line(plane), (west, south - 4 * _HEIGHT))
    return document


def _texts(plot: Plot) -> list[str]:
    """What is written inside a plot: its number and its name, each with the word that says which it is."""
    said = ((words.NUMBER_LINE, plot.number), (words.NAME_LINE, plot.name))
    return [line.format(text=cleaned(text)) for line, text in said if cleaned(text)]


def _write(space: Any, text: str, at: tuple[float, float]) -> None:
    space.add_text(text, height=_HEIGHT, dxfattribs={"layer": words.TEXTS, "insert": at})
