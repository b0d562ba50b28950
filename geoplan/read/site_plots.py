"""From a file as written to plots on the ground: settled, checked against what the file states twice, and shaped."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from geoplan.errors import GeometryError, GeoplanError, LayerError
from geoplan.measure import Note
from geoplan.plot import Plot, Project
from geoplan.read.point_names import skipped
from geoplan.read.ring_shapes import Shaped, shape_of_loops, tidy
from geoplan.read.site_crs import Ground, Settled, settle
from geoplan.read.site_precision import coarse
from geoplan.read.survey import RawPlot, Survey, at_file
from geoplan.read.typing_errors import Stated, outlier, sides_agree, stated_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["plots_of"]

_TYPED = {"txt", "xlsx"}
"""Formats people type numbers into; the others are drawn."""
_ROUND = 32
"""Pieces a quarter circle is drawn in around a point or the bend of a line: 0.04 % of the area of a circle."""


def plots_of(survey: Survey, ground: Ground, file: str, width: float | None = None) -> tuple[tuple[Plot, ...], Settled]:
    """The plots of a file in the CRS of the study.

    Args:
        survey: the file as written.
        ground: the study, and what was declared.
        file: its name.
        width: metres a line is wide, or a point across; plots that are lines or points are refused without it.

    Raises:
        LayerError: the coordinate system cannot be settled, or a boundary not be trusted.
    """
    points, spot = _points(survey)
    if not np.isfinite(points).all():
        first = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise GeometryError("site_file.number", file=file, where=spot(first), value="nan")
    settled = settle(survey, points, spot, ground, file)
    rough = coarse(points, survey.units[0] if np.abs(points).max() > 360 else 0.0)
    plots, notes = _once([(raw, _plot(raw, settled, file, width, survey.format)) for raw in survey.plots])
    whole = sum(float(plot.surveyed.area) for plot in plots)
    sure = survey.format not in _TYPED
    stated = stated_area(survey.area, "m2", whole, (), at_file(), file, sure=sure)
    return plots, replace(settled, notes=(*settled.notes, *([rough] if rough else []), *notes, *stated.notes))


def _once(plots: Sequence[tuple[RawPlot, Plot]]) -> tuple[tuple[Plot, ...], list[Note]]:
    """Plots without those that a file gives twice; the same ground under two numbers stays, and is told."""
    kept: list[Plot] = []
    notes: list[Note] = []
    seen: dict[bytes, list[tuple[str, str, Project]]] = {}
    for raw, plot in plots:
        names = seen.setdefault(shapely.to_wkb(shapely.normalize(plot.shape)), [])
        if (plot.number, plot.name, plot.project) in names:
            notes.append(Note("site_note.plot_again", {"where": raw.spot}))
            continue
        if names:
            notes.append(
                Note("site_note.same_ground", {"where": raw.spot, "number": names[0][0] or names[0][1] or "-"})
            )
        names.append((plot.number, plot.name, plot.project))
        kept.append(plot)
    return tuple(kept), notes


def _points(survey: Survey) -> tuple["Points", Callable[[int], GeoplanError]]:
    """All points of a file as written, and where each stands."""
    runs: list[tuple[Any, Callable[[int], GeoplanError]]] = []
    for raw in survey.plots:
        runs += [(loop.xy, loop.spot) for loop in raw.loops]
        if raw.shape is not None:
            runs.append((shapely.get_coordinates(raw.shape), _always(raw.spot)))
    starts = np.cumsum([0, *(len(xy) for xy, _ in runs)])

    def spot(n: int) -> GeoplanError:
        run = int(np.searchsorted(starts, n, side="right")) - 1
        return runs[run][1](n - int(starts[run]))

    return np.concatenate([xy for xy, _ in runs]), spot


def _always(spot: GeoplanError) -> Callable[[int], GeoplanError]:
    return lambda _: spot


def _plot(raw: RawPlot, settled: Settled, file: str, width: float | None, form: str) -> Plot:
    flat = settled.surveyed if settled.plane is not None else lambda xy: settled.study(settled.surveyed(xy))
    raw = replace(raw, loops=tuple(replace(loop, xy=flat(loop.xy)) for loop in raw.loops))
    shaped, stated, notes = _checked(raw, flat, file, width, form)
    drawn = shaped.shape
    return Plot(
        number=raw.number,
        name=raw.name,
        shape=shapely.transform(drawn, settled.study) if settled.plane is not None else drawn,
        surveyed=drawn,
        plane=settled.plane,
        labels=shaped.labels,
        declared_area=stated.area,
        role=raw.role,
        use=raw.use,
        sheet=raw.sheet,
        notes=(*raw.notes, *notes, *shaped.notes, *stated.notes),
        code=raw.code,
        project=raw.project,
    )


def _checked(
    raw: RawPlot, flat: Callable[["Points"], "Points"], file: str, width: float | None, form: str
) -> tuple[Shaped, Stated, tuple[Note, ...]]:
    """The shape of a plot and the area it states, once sides, area and corners bear one another out."""
    if raw.kind != "polygon":
        shaped = _widened(raw, flat, width, file)
        return shaped, stated_area(raw.area, "m2", float(shaped.shape.area), (), raw.spot, file, sure=True), ()
    sure = sides_agree(raw.loops, file)
    doubts = [*raw.doubts, *(d for d in (outlier(loop, file) for loop in raw.loops) if d is not None)]
    shaped = _shaped(raw, flat, file, doubts)
    typed, usual = form in _TYPED, "ha" if form == "txt" else "m2"
    area = float(shaped.shape.area)
    stated = stated_area(raw.area, usual, area, raw.loops, raw.spot, file, sure=sure or not typed)
    trusted = sure or stated.verdict == "agrees"
    if doubts and typed and not trusted:
        raise doubts[0]
    sentence = "site_note.confirmed" if trusted else "site_note.check"
    gaps = [] if trusted else [skipped(loop, first=n == 0) for n, loop in enumerate(raw.loops)]
    lost = tuple(note for note in gaps if note is not None)
    return shaped, stated, (*(Note(sentence, {"doubt": doubt}) for doubt in doubts), *lost)


def _shaped(raw: RawPlot, flat: Callable[["Points"], "Points"], file: str, doubts: Sequence[GeoplanError]) -> Shaped:
    """The shape of a plot; where it has none, a doubt about a corner is the better reason."""
    try:
        if raw.shape is not None:
            return tidy(shapely.transform(raw.shape, flat), raw.spot, file)
        return shape_of_loops(raw, file)
    except GeometryError as error:
        raise doubts[0] if doubts else error from error


def _widened(raw: RawPlot, flat: Callable[["Points"], "Points"], width: float | None, file: str) -> Shaped:
    """A line or a point as the ground it takes up."""
    if width is None or not width > 0:
        raise LayerError("site_file.width_needed", file=file, where=raw.spot)
    if raw.shape is not None:
        lines = shapely.transform(shapely.force_2d(raw.shape), flat)
    elif raw.kind == "line":
        short = next((loop for loop in raw.loops if len(loop.xy) < 2), None)
        if short is not None:
            raise GeometryError("site_file.few_points", file=file, where=short.spot(0), count=1)
        lines = shapely.union_all([shapely.LineString(loop.xy) for loop in raw.loops])
    else:
        lines = shapely.union_all([shapely.Point(loop.xy[0]) for loop in raw.loops])
    cap = "flat" if raw.kind == "line" else "round"
    shape = shapely.buffer(lines, width / 2, quad_segs=_ROUND, cap_style=cap)
    if shape.area <= 0:
        raise GeometryError("site_file.no_area", file=file, where=raw.spot)
    return Shaped(shape, notes=(Note("site_note.widened", {"where": raw.spot, "width": f"{width:g}"}),))
