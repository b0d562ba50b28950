"""The shapes of a site check: what overlaps, with its word and amounts, and the control lines around the sites."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.draw.site_view import SHOWN, View
from geoplan.layer import Layer

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

__all__ = ["control_frames", "shown_overlaps", "sites_frame", "write_overlaps"]

_KEYS = ("receipt", "plot", "control", "class_name")
_ASKED = ("verdict", "sliver_only", "relation", "overlap")
_SAID = ("verdict", "word", "relation", "overlap", "project", "control_name", "class_title")


def shown_overlaps(view: View) -> "gpd.GeoDataFrame":
    """Every shape a finding speaks of, with the word it is shown by, the worst first; empty where there is none."""
    import geopandas as gpd

    given, crs = view.report.overlaps, view.report.place.crs
    if given is None or not len(given):
        return gpd.GeoDataFrame({name: [] for name in (*_KEYS, *_SAID)}, geometry=[], crs=crs)
    rows = [_row(view, row) for row in given[[*_KEYS, *_ASKED]].to_dict("records")]
    frame = gpd.GeoDataFrame(rows, geometry=given.geometry.to_numpy(), crs=crs)
    order = [SHOWN.index(word) for word in frame["verdict"]]
    return frame.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def sites_frame(view: View) -> "gpd.GeoDataFrame":
    """Every plot with its project, areas and the word of its project."""
    import geopandas as gpd

    rows: list[dict[str, Any]] = []
    shapes = []
    for site in view.report.register.sites:
        areas, code = view.report.areas.get(site.receipt, {}), view.outcome(site)
        for key, plot in zip(site.keys, site.plots, strict=True):
            own = areas.get(key, {})
            rows.append({
                "receipt": site.receipt, "plot": key, "project": site.project, "developer": site.developer,
                "role": plot.role, "verdict": code, "word": view.word("all_clear" if code == "clear" else code),
                "complete": view.report.complete_of(site), "area_plane": _number(own.get("plane")),
                "area_ellipsoid": _number(own.get("ellipsoid")), "file": site.file,
            })  # fmt: skip
            shapes.append(plot.shape)
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=view.report.place.crs)


def control_frames(layers: Mapping[str, Layer], crs: "CRS") -> "dict[str, gpd.GeoDataFrame]":
    """The features of the control lines that can be drawn, in the metres of the study."""
    frames = {name: layer.frame for name, layer in layers.items() if not layer.is_raster}
    return {name: frame if frame.crs == crs else frame.to_crs(crs) for name, frame in frames.items()}


def write_overlaps(view: View, path: Any) -> None:
    """overlaps.gpkg: the sites and what overlaps, dated by the stamp of the report."""
    from geoplan.draw.geopackage import dated

    with dated(view.report.stamp, path):
        for name, frame in (("sites", sites_frame(view)), ("overlaps", shown_overlaps(view))):
            whole = frame.set_geometry(_multi(frame.geometry.to_numpy()), crs=frame.crs)
            options = {} if len(whole) else {"geometry_type": "MultiPolygon"}
            mode = "a" if path.exists() else "w"
            whole.to_file(path, layer=name, driver="GPKG", engine="pyogrio", mode=mode, **options)


def _row(view: View, row: "Mapping[Any, Any]") -> dict[str, Any]:
    site, verdict = view.site(row["receipt"]), row["verdict"]
    code = verdict if verdict == "not_checked" else "sliver" if row["sliver_only"] else verdict
    # ground that is good to lie in, and ground outside it, have words of their own
    code = "inside" if code == "clear" else code
    across = row["relation"] == "outside" and code != "inside"
    word = view.voice.say("report.comma").join((view.word("outside"), view.word(code))) if across else view.word(code)
    return {
        **{key: row[key] for key in _KEYS}, "verdict": code, "word": word, "relation": row["relation"],
        "overlap": float(row["overlap"]), "project": site.project if site else "",
        "control_name": view.line_name(row["control"]),
        "class_title": view.class_title(row["control"], row["class_name"]),
    }  # fmt: skip


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _multi(shapes: Any) -> Any:
    parts = [[p for p in shapely.get_parts(s) if shapely.get_type_id(p) == 3] for s in shapes]
    return [shapely.multipolygons(one) if one else shapely.MultiPolygon() for one in parts]
