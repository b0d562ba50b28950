"""Project sites from a table of plots, as somebody has them in Python: one row a plot."""

import re
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import shapely

from geoplan.crs import to_crs
from geoplan.errors import CRSError
from geoplan.measure import Note
from geoplan.plot import Plot, Role
from geoplan.sites.site import Register, Site, Unread

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

__all__ = ["register_of"]

_NUMBER = re.compile(r"\d+(\.\d+)?")


def register_of(frame: "gpd.GeoDataFrame", crs: "CRS") -> Register:
    """The batch of a table of plots: rows of one receipt, else of one project, are one site.

    Columns it may have: receipt, project, developer, code, planned_use, activity (codes with a bar between them),
    plot, name, role, declared_area. A row whose shape is no valid polygon makes its whole project unread.

    Args:
        frame: in any CRS it names.
        crs: of the study.

    Raises:
        CRSError: the table names no CRS.

    >>> import geopandas as gpd
    >>> from pyproj import CRS
    >>> plots = gpd.GeoDataFrame({"project": ["school"] * 2}, geometry=[shapely.box(0, 0, 9, 9)] * 2, crs="EPSG:4548")
    >>> [(site.receipt, len(site.plots)) for site in register_of(plots, CRS("EPSG:4548")).sites]
    [('001', 2)]
    >>> register_of(plots.iloc[:0], CRS("EPSG:4548")).sites
    ()
    """
    if frame.crs is None:
        raise CRSError("layer.no_crs", layer="sites", path="GeoDataFrame")
    plane = None if frame.crs.is_geographic else frame.crs
    given = frame.geometry.to_numpy()
    # what is no polygon is told as unread before anything is done to it
    sound = np.isin(shapely.get_type_id(given), (3, 6)) & shapely.is_valid(given) & (shapely.area(given) > 0)
    shapes = given.copy()
    if frame.crs != crs:
        shapes[sound] = to_crs(given[sound], frame.crs, crs)
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    projects: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        projects.setdefault(_text(row, "receipt") or _text(row, "project") or f"#{i}", []).append(i)
    sites, unread = [], []
    for number, mine in enumerate(projects.values(), start=1):
        receipt = _text(rows[mine[0]], "receipt") or f"{number:03d}"
        bad = [i for i in mine if not sound[i]]
        if bad:
            fields = {"row": int(bad[0]) + 1, "reason": shapely.is_valid_reason(given[bad[0]]) or "-"}
            remedy = Note("intake.remedy.coordinates")
            unread.append(Unread(receipt, _text(rows[mine[0]], "project"), Note("site.shape", fields), remedy))
            continue
        plots = tuple(_plot(rows[i], shapes[i], given[i], plane) for i in mine)
        sites.append(_site(receipt, rows[mine[0]], plots))
    return Register(tuple(sites), tuple(unread), crs=crs)


def _site(receipt: str, row: dict[str, Any], plots: tuple[Plot, ...]) -> Site:
    return Site(
        receipt,
        "",
        "",
        _text(row, "project"),
        plots,
        developer=_text(row, "developer"),
        code=_text(row, "code"),
        planned_use=_text(row, "planned_use"),
        activities=tuple(code.strip() for code in _text(row, "activity").split("|") if code.strip()),
    )


def _plot(row: dict[str, Any], shape: Any, given: Any, plane: "CRS | None") -> Plot:
    declared = _text(row, "declared_area")
    role = _text(row, "role")
    return Plot(
        number=_text(row, "plot"),
        name=_text(row, "name"),
        shape=shape,
        surveyed=given,
        plane=plane,
        declared_area=float(declared) if _NUMBER.fullmatch(declared) else None,
        role=next((known for known in get_args(Role) if known == role), ""),
    )


def _text(row: dict[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
