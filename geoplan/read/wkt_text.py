"""Well-known text as attachments: shapes line by line, perhaps with the number of their CRS before them."""

import re

import numpy as np
import shapely

from geoplan.errors import CRSError, LayerError
from geoplan.read.site_claim import claim_of_name
from geoplan.read.site_vector import raw_plots
from geoplan.read.survey import Claim, RawPlot, Survey, at_line
from geoplan.read.txt_header import decoded

__all__ = ["survey_of"]

_SRID = re.compile(r"\s*SRID\s*=\s*(\d{4,6})\s*;\s*(.*)", re.IGNORECASE | re.DOTALL)


def survey_of(content: bytes, file: str) -> Survey:
    """What a file of well-known text says.

    Raises:
        LayerError: a line that is no shape; lines of two coordinate systems.
        SourceError: the file is empty, or no text.

    >>> survey = survey_of(b"SRID=4548;POLYGON ((0 0, 1 0, 1 1, 0 0))", "a.wkt")
    >>> survey.claim.crs.to_epsg(), len(survey.plots)
    (4548, 1)
    """
    text = decoded(content, file).strip("\ufeff \r\n\t")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    whole = _shape(text)
    shapes = [(1, *whole)] if whole is not None else [(n, *_line(n, line, file)) for n, line in lines]
    claims = {srid for _, srid, _ in shapes}
    if len(claims) > 1:
        first, second = sorted(claims)[:2]
        where = at_line(next(n for n, srid, _ in shapes if srid != shapes[0][1]))
        raise CRSError("site_file.two_systems", file=file, where=where, first=first or "-", second=second or "-")
    srid = claims.pop() if claims else ""
    claim = claim_of_name(f"EPSG:{srid}", file=file, where=at_line(1)) if srid else Claim()
    plots = [plot for n, _, shape in shapes if not shape.is_empty for plot in raw_plots(shape, RawPlot(at_line(n)))]
    if not plots:
        raise LayerError("site_file.no_plot", file=file)
    return Survey("wkt", claim, tuple(plots), northing_first=False)


def _line(n: int, line: str, file: str) -> "tuple[str, shapely.Geometry]":
    found = _shape(line)
    if found is None:
        raise LayerError("site_file.wkt", file=file, where=at_line(n), text=line.strip()[:40])
    return found


def _shape(text: str) -> "tuple[str, shapely.Geometry] | None":
    """The number of the coordinate system, or an empty text, and the shape; None where the text is no shape."""
    match = _SRID.fullmatch(text)
    try:
        with np.errstate(all="ignore"):  # what is not a number is refused with its place, later on
            shape = shapely.from_wkt((match[2] if match else text).strip().rstrip(";"))
    except shapely.errors.ShapelyError:
        return None
    return None if shape is None else (match[1] if match else "", shape)
