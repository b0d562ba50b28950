"""Tables of boundary points as workbooks, the same bytes whenever they are written."""

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING

import shapely

from geoplan.crs import label
from geoplan.plot import Attachment
from geoplan.read import site_words as words
from geoplan.read.site_claim import twin
from geoplan.read.txt_writing import cleaned, numbered, zone_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["system_line", "workbook_of"]

_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (workbooks know no time zones)


def workbook_of(attachment: Attachment, shapes: "Sequence[BaseGeometry]", plane: "CRS") -> bytes:
    """One sheet: the coordinate system, then every point of every plot, with ring, side and the plot's area.

    Raises:
        GeometryError: a plot too small or too narrow for three decimals.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = words.SHEET
    rows: list[list[object]] = [[system_line(plane)], list(words.TABLE_HEAD)]
    for plot, shape in zip(attachment.plots, shapes, strict=True):
        area: float | None = round(float(shapely.area(shape)), 2)
        for ring in numbered(shape, plot, attachment.file):
            points = shapely.points(ring.xy)
            sides = [*(round(float(d), 3) for d in shapely.distance(points[:-1], points[1:])), None]
            for name, (x, y), side in zip(ring.labels, ring.xy, sides, strict=True):
                rows.append([cleaned(plot.number), cleaned(plot.name), ring.ring, name, y, x, side, area])
                area = None
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a name that begins with = is no formula
            elif isinstance(value, float):
                cell.number_format = "0.000"
    book.properties.created = book.properties.modified = _MADE
    sink = io.BytesIO()
    book.save(sink)
    return _stamped(sink.getvalue())


def system_line(plane: "CRS") -> str:
    """The coordinate system as a line of text that is understood when it is read again."""
    if twin(plane) is None:
        return words.SYSTEM_NAMED.format(name=label(plane))
    width, zone = zone_of(plane)
    return words.SYSTEM_LINE.format(width=width, zone=zone)


def _stamped(content: bytes) -> bytes:
    """The same workbook with the time of its making taken out."""
    from geoplan.read.site_writing import zipped

    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return zipped([(name, opened.read(name)) for name in opened.namelist()])
