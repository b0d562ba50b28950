"""四至: what lies to the east, south, west and north of a plot, as the survey of current land use has it."""

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoplan.draw.site_view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["SIDES", "around", "extent", "sides"]

SIDES = ("east", "south", "west", "north")
"""The order in which the four sides are told."""
SURVEY = "land_use_current"
STRIP = 5.0
"""Metres beyond the boundary in which a neighbour must lie."""
LEAST = 0.15
"""The part of a side a neighbour must lie along to be named."""
MOST = 2


def around(view: View, shape: Any, controls: "Mapping[str, gpd.GeoDataFrame]") -> dict[str, str]:
    """Side -> what lies there, the longest neighbours first; empty where no survey reaches it.

    Each edge of the outer boundary belongs to the side its outward normal points to; what lies in a strip along the
    edges of a side is its neighbour.
    """
    frame = controls.get(SURVEY)
    if frame is None or not len(frame):
        return dict.fromkeys(SIDES, "")
    comma = view.voice.say("report.comma")
    return {side: comma.join(_neighbours(view, strip, frame)) for side, strip in _strips(shape).items()}


def extent(shape: Any) -> dict[str, float]:
    """Side -> the coordinate the plot reaches there: eastings for east and west, northings for the others.

    >>> extent(shapely.box(1, 2, 3, 4))
    {'east': 3.0, 'south': 2.0, 'west': 1.0, 'north': 4.0}
    """
    west, south, east, north = shapely.bounds(shape).tolist()
    return {"east": east, "south": south, "west": west, "north": north}


def sides(view: View, shape: Any, controls: "Mapping[str, gpd.GeoDataFrame]") -> dict[str, str]:
    """Side -> the words for it: what lies there, else the coordinate the plot reaches."""
    known, reached = around(view, shape, controls), extent(shape)
    return {
        side: view.voice.say(f"site_word.to_{side}", what=known[side])
        if known[side]
        else view.voice.say(f"site_word.reach_{side}", value=f"{reached[side]:.2f}")
        for side in SIDES
    }


def _strips(shape: Any) -> dict[str, Any]:
    """Side -> the ground along it, outside the plot."""
    edges: dict[str, list[Any]] = {side: [] for side in SIDES}
    for part in shapely.get_parts(shape):
        xy = shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(part)))
        along = np.diff(xy, axis=0)
        # counter-clockwise: what is outside lies to the right
        angle = np.degrees(np.arctan2(-along[:, 0], along[:, 1]))
        quarter = np.floor_divide(angle + 45.0, 90.0).astype(int) % 4
        for start, end, way in zip(xy[:-1], xy[1:], quarter.tolist(), strict=True):
            edges[("east", "north", "west", "south")[way]].append(shapely.LineString([start, end]))
    return {
        side: shapely.difference(shapely.buffer(shapely.union_all(lines), STRIP, cap_style="flat"), shape)
        for side, lines in edges.items()
    }


def _neighbours(view: View, strip: Any, frame: "gpd.GeoDataFrame") -> list[str]:
    near = np.sort(frame.sindex.query(strip, predicate="intersects"))
    met = shapely.area(shapely.intersection(frame.geometry.to_numpy()[near], strip))
    lying: dict[str, float] = {}
    for i, amount in zip(near.tolist(), met.tolist(), strict=True):
        name = _name(view, frame.iloc[i])
        lying[name] = lying.get(name, 0.0) + amount
    whole = float(shapely.area(strip))
    named = [name for name, amount in lying.items() if name and amount >= LEAST * whole]
    return sorted(named, key=lambda name: (-lying[name], name))[:MOST]


def _name(view: View, row: Any) -> str:
    """What a parcel is called: its kind, and whose it is; the title of its class where nobody wrote a kind."""
    kind, owner = (str(row[c]).strip() if isinstance(row.get(c), str) else "" for c in ("kind", "owner"))
    class_name = row.get("class")
    kind = kind or (view.class_title(SURVEY, class_name) if isinstance(class_name, str) else "")
    return view.voice.say("site_word.neighbour", kind=kind, owner=owner) if kind and owner else kind or owner
