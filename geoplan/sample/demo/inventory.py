"""Everything a check-up counts beside homes, services and green: one table a layer, drawn as `themes.toml` says.

Each section of that file is a layer: where its features stand (`on` and what narrows it), the file and table it is
handed over in, and its columns under the names bureaus give them. Every layer has a random stream of its own.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from geoplan.sample.demo.city import City
from geoplan.sample.demo.plots import spread
from geoplan.sample.demo.shore import pieces
from geoplan.sample.demo.text import ordinals, text

__all__ = ["declarations", "take_stock", "themes"]

Layers: TypeAlias = Mapping[str, gpd.GeoDataFrame]
Rule: TypeAlias = Mapping[str, Any]


@cache
def themes() -> dict[str, dict[str, Any]]:
    """What is drawn, by layer.

    >>> themes()["hotels"]["on"]
    'plots'
    """
    with Path(__file__).with_name("themes.toml").open("rb") as file:
        return tomllib.load(file)


def take_stock(city: City, layers: Layers) -> dict[str, gpd.GeoDataFrame]:
    """Every layer of the file, those drawn before first; a layer that is there already gains columns."""
    known = dict(layers)
    made: dict[str, gpd.GeoDataFrame] = {}
    for name, theme in themes().items():
        rng = city.rng(name)
        frame = _narrowed(_STANDS[theme["on"]](city, known, theme), city, known, theme, rng)
        own = frame if theme.get("of") == name else frame[["geometry"]].assign(id=ordinals(theme["id"], len(frame)))
        columns = {column: _column(rule, frame, rng) for column, rule in theme.get("columns", {}).items()}
        made[name] = known[name] = gpd.GeoDataFrame(own.assign(**columns), geometry="geometry")
    return made


def declarations() -> str:
    """The layers of the file as study.toml declares them."""
    out = [text()["flags"]["heading"]]
    for name, theme in themes().items():
        if theme.get("of") == name:
            continue
        said: dict[str, Any] = {
            "path": f"data/{theme['file']}", "layer": theme["table"], "crs": "EPSG:4548", "as_of": "2025-06-30",
            **{key: theme[key] for key in ("scheme", "covers", "where") if key in theme},
            "provider": theme["provider"], "secrecy": theme.get("secrecy", text()["flags"]["open"]),
        }  # fmt: skip
        out.append(f"\n[layers.{name}]" + "".join(f'\n{key:<8} = "{value}"' for key, value in said.items()) + "\n")
    return "".join(out)


_CLEAR = 60.0
"""Metres that features stay away from what they avoid."""


def _plots(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    plots = city.plots if theme["on"] == "plots" else city.cover
    kept = plots[plots["built"]] if theme.get("built", True) else plots
    kept = kept[kept["use"].isin(theme["uses"])] if "uses" in theme else kept
    return kept[kept["role"].isin(theme["roles"])] if "roles" in theme else kept


def _layer(_: City, layers: Layers, theme: Rule) -> gpd.GeoDataFrame:
    frame = layers[theme["of"]]
    for column, values in theme.get("only", {}).items():
        frame = frame[frame[column].isin(values)]
    return frame


def _gates(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    use = city.plots["use"].reindex(city.gates["plot"]).to_numpy()
    return city.gates[np.isin(use, theme["uses"])] if "uses" in theme else city.gates


def _cells(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    shapes = [c.shape for c in city.cells if c.role in theme["roles"]]
    return gpd.GeoDataFrame(geometry=shapes)


def _ground(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[getattr(city.ground, name) for name in theme["names"]])


def _lines(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    """Middle lines of the ground, or reaches of the shore by kind, in pieces no longer than asked."""
    whole = [getattr(city.ground, name) for name in theme.get("names", ())]
    whole += [line for kind, line in city.ground.shore if kind in theme.get("kinds", ())]
    inside = [shapely.intersection(line, city.ground.boundary) for line in whole]
    parts = [part for line in inside for part in shapely.get_parts(line) if part.length > 1.0]
    longest = theme.get("longest", 600.0)
    return gpd.GeoDataFrame(geometry=[piece for part in parts for piece in pieces(part, longest)])


def _streets(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    streets = city.streets[city.streets["kind"].isin(theme["kinds"])]
    return streets.explode(ignore_index=True)[["kind", "geometry"]]


def _junctions(city: City, _: Layers, theme: Rule) -> gpd.GeoDataFrame:
    """Where at least three pieces of streets of these kinds meet."""
    walk = city.walk[city.walk["kind"].isin(theme["kinds"])].geometry.to_numpy()
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(walk, at)) for at in (0, -1)])
    points, times = np.unique(np.round(ends, 2), axis=0, return_counts=True)
    return gpd.GeoDataFrame(geometry=shapely.points(points[times >= 3]))


_STANDS: dict[str, Callable[[City, Layers, Rule], gpd.GeoDataFrame]] = {
    "plots": _plots, "cover": _plots, "layer": _layer, "gates": _gates, "cells": _cells, "ground": _ground,
    "lines": _lines, "streets": _streets, "junctions": _junctions,
}  # fmt: skip


def _narrowed(
    frame: gpd.GeoDataFrame, city: City, layers: Layers, theme: Rule, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Fewer, smaller or other shapes: by size, away, by chance, spread out, within, grown, shrunk, as points."""
    frame = frame[frame.area >= theme["least"]] if "least" in theme else frame
    if "avoid" in theme:
        frame = frame[shapely.distance(frame.geometry.to_numpy(), _whole(city, layers, theme["avoid"])) > _CLEAR]
    frame = frame[rng.random(len(frame)) < theme["chance"]] if "chance" in theme else frame
    if "count" in theme:
        middle = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
        frame = frame.iloc[spread(middle, theme["count"], int(rng.integers(max(len(frame), 1))))]
    frame = frame.reset_index(drop=True)
    shapes = frame.geometry.to_numpy()
    dimensions = shapely.get_dimensions(shapes)
    if "within" in theme:
        shapes = shapely.intersection(shapes, _whole(city, layers, theme["within"]))
    if "minus" in theme:
        shapes = shapely.difference(shapes, _whole(city, layers, theme["minus"]))
    kept = shapely.get_dimensions(shapes) == dimensions
    shapes, frame = shapes[kept], frame[kept]
    if "grow" in theme:
        shapes = shapely.buffer(shapes, theme["grow"], join_style="mitre")
    if "scale" in theme:
        low, high = theme["scale"]
        by = rng.uniform(low, high, len(shapes))
        shapes = np.array([affinity.scale(s, b, b) for s, b in zip(shapes, by, strict=True)], dtype=object)
    if theme.get("union"):
        shapes = np.array([shapely.union_all(shapes, grid_size=0.01)], dtype=object)
        frame = frame.iloc[:1]
    if theme.get("points"):
        shapes = shapely.point_on_surface(shapes)
    shapes = shapely.set_precision(shapes, 0.01) if theme.get("of") is None or "scale" in theme else shapes
    frame = frame.set_geometry(gpd.GeoSeries(list(shapes), index=frame.index))
    return frame[~frame.is_empty].reset_index(drop=True)


def _whole(city: City, layers: Layers, name: str) -> shapely.Geometry:
    if name in layers:
        return shapely.union_all(layers[name].geometry.to_numpy(), grid_size=0.01)
    return getattr(city.ground, name)


def _column(rule: Any, frame: gpd.GeoDataFrame, rng: np.random.Generator) -> Any:
    """The cells of a column: a text with `{n}` and `{first}`, one of a list, or what the key of a table says."""
    rows = len(frame)
    if isinstance(rule, str):
        first = text()["streets"]["first"]
        names = [first[n % len(first)] for n in rng.permutation(max(rows, len(first)))[:rows]]
        return [rule.format(n=n, first=name) for n, name in enumerate(names, start=1)]
    if isinstance(rule, list):
        return rng.choice(np.array(rule, dtype=object), rows)
    return next(_CELLS[key](rule, frame, rng) for key in _CELLS if key in rule)


def _copied(rule: Rule, frame: gpd.GeoDataFrame, _: np.random.Generator) -> list[Any]:
    cells = frame[rule["copy"]]
    return [rule["words"].get(cell, rule.get("other", "")) for cell in cells] if "words" in rule else list(cells)


def _amount(rule: Rule, frame: gpd.GeoDataFrame, rng: np.random.Generator) -> Any:
    step = rule.get("step", 1)
    # rounded again: steps of a tenth are no whole number of bits
    return np.round(np.round(rng.uniform(rule["low"], rule["high"], len(frame)) / step) * step, 6)


_CELLS: dict[str, Callable[[Rule, gpd.GeoDataFrame, np.random.Generator], Any]] = {
    "of": lambda rule, frame, rng: rng.choice(np.array(rule["of"], dtype=object), len(frame), p=rule.get("p")),
    "years": lambda rule, frame, rng: rng.integers(rule["years"][0], rule["years"][1] + 1, len(frame)),
    "share": lambda rule, frame, rng: np.round(
        frame.area.to_numpy() * rng.uniform(rule["share"][0], rule["share"][1], len(frame)), 1
    ),
    "turns": lambda rule, frame, _: [rule["turns"][n % len(rule["turns"])] for n in range(len(frame))],
    "copy": _copied,
    "low": _amount,
}
"""What a table may say: one `of` several, `years`, a `share` of the area, in `turns`, a `copy`, `low` to high."""
