"""A town of one square kilometre in which every layer has eight features, and each of them adds to some answer.

No harm to three features of a layer makes an answer 0 or the whole of it.
"""

import dataclasses
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from slow_damage import EAST, FORMATS, NORTH, ROWS, TOWN, box, write

STUDY = """[place]
name = "镇"
boundary = "boundary.gpkg"
crs = "EPSG:4548"
year = 2025
areas = ["镇"]

[ask]
analyses = []

[parameters.park_500m]
distance = ["276 m"]
"""
ASKED = {
    "forest_coverage": ("forest", "land"),
    "natural_shoreline": ("coastline",),
    "park_per_capita": ("parks", "residential"),
    "park_500m": ("residential", "parks", "walk_network"),
    "school_places": ("schools",),
    "smart_schools": ("schools",),
    "elderly_daycare": ("community_facilities", "elderly_care"),
    "eco_redline_change": ("eco_redline", "eco_redline@2020"),
}
"""Question -> the layers it rests on: a share of ground, of shore, of walks, of a count, of neighbours, an amount a
head, a sum, a change."""
STATELESS = tuple({n: 0 for rests in ASKED.values() for n in rests if not n.startswith("eco_redline")})
"""Layers of one state."""
TARGETS = {
    "forest_coverage": (">=", "20", "%"),
    "natural_shoreline": (">=", "40", "%"),
    "park_per_capita": (">=", "10", "平方米/人"),
    "park_500m": (">=", "50", "%"),
    "school_places": (">=", "0.1", "万个"),
    "smart_schools": (">=", "40", "%"),
    "elderly_daycare": (">=", "30", "%"),
    "eco_redline_change": (">=", "0", "公顷"),
}
HEAD = (
    "id,analysis,area,year,op,value,unit,baseline_year,baseline_value,kind,attribute,year_basis,op_basis,aspirational,"
    "source,locator,note"
)
DECLARED = {"crs": TOWN, "as_of": "2025-01-01"}


def at(x, y):
    return shapely.Point(EAST + x, NORTH + y)


def line(*xy):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def tables():
    """The layers as they should be."""
    n = range(ROWS)
    ids = [f"{k:05d}" for k in range(1, ROWS + 1)]
    west = [125 * k for k in n]
    streets = [line((0, 250), (1000, 250)), *(line((125 * k + 60, 0), (125 * k + 60, 500)) for k in range(1, ROWS))]
    made = {
        "forest": ({"SEN_LIN_LB": ["公益林"] * ROWS}, [box(w, 600, w + 60, 1000) for w in west]),
        "land": ({"MC": list("ABCDEFGH")}, [box(w, 0, w + 125, 1000) for w in west]),
        "coastline": (
            {"AXLX": ["自然岸线", "人工岸线"] * (ROWS // 2), "XFRD": ["是"] * ROWS},
            [line((w, 990), (w + 120 + k, 985)) for k, w in enumerate(west)],
        ),
        "parks": (
            {"LDLX": ["G11", "G12"] * (ROWS // 2), "MC": [f"公园{k}" for k in n]},
            [box(w + 20, 400, w + 90 + k, 480) for k, w in enumerate(west)],
        ),
        "residential": (
            {"RK": [100.0 + 10 * k for k in n], "MC": [f"小区{k}" for k in n]},
            [box(w + 5, 20, w + 100, 120 + k) for k, w in enumerate(west)],
        ),
        "walk_network": ({"DLMC": [f"路{k}" for k in n]}, streets),
        "schools": (
            {
                "XXLX": ["小学", "幼儿园"] * (ROWS // 2),
                "JSZT": ["已建成"] * ROWS,
                "XWS": [300.0 + k for k in n],
                "ZHXY": ["是", "否"] * (ROWS // 2),
            },
            [at(w + 50, 300) for w in west],
        ),
        "community_facilities": ({"SSLX": ["社区中心"] * ROWS}, [at(w + 30, 200) for w in west]),
        "elderly_care": (
            {"YLLX": ["老年日间照料中心"] * ROWS, "PHX": ["是"] * ROWS},
            [at(w + (60 if k % 2 else 300), 200) for k, w in enumerate(west)],
        ),
        "eco_redline": (
            {"GKFQ": ["核心保护区", "一般控制区"] * (ROWS // 2)},
            [box(w, 500, w + 90 + k, 590) for k, w in enumerate(west)],
        ),
        "eco_redline@2020": (
            {"GKFQ": ["核心保护区", "一般控制区"] * (ROWS // 2)},
            [box(w, 500, w + 80, 590) for w in west],
        ),
    }
    return {
        name: gpd.GeoDataFrame({"BSM": ids, **columns}, geometry=np.array(shapes, dtype=object), crs=TOWN)
        for name, (columns, shapes) in made.items()
    }


@dataclasses.dataclass(frozen=True)
class Layers:
    """The files of a town.

    Attributes:
        folder: of the study.
        tables: layer -> what it holds.
        endings: layer -> the format it stands in.
        declared: layer -> what study.toml says of it.
        kept: layer -> file -> bytes, as they should be.
    """

    folder: Path
    tables: dict
    endings: dict
    declared: dict
    kept: dict


def stem(name):
    return name.replace("@", "_")


def founded(folder, turn=0):
    """The town in a folder; each turn another format holds a layer."""
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[box(0, 0, 1000, 1000)], crs=TOWN).to_file(folder / "boundary.gpkg")
    (folder / "analyses").mkdir()
    rows = [
        f"{name},{name},镇,2035,{op},{value},{unit},,,computed,,printed,printed,,某规划,第一页,"
        for name, (op, value, unit) in TARGETS.items()
    ]
    (folder / "analyses" / "targets.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    every = tables()
    endings = {name: FORMATS[(k + turn) % len(FORMATS)] for k, name in enumerate(every)}
    declared, kept = {}, {}
    for name, frame in every.items():
        path = write(frame, folder, endings[name], stem(name))
        declared[name] = {"path": path.name, **DECLARED}
        if name.startswith("eco_redline"):
            declared[name]["covers"] = "boundary"
        if name == "parks":
            declared[name]["scheme"] = "CJJ85-2017"
        kept[name] = {p.name: p.read_bytes() for p in of(folder, name)}
    declared["eco_redline@2020"]["as_of"] = "2020-01-01"
    return Layers(folder, every, endings, declared, kept)


def of(folder, name):
    """The files that hold a layer."""
    return sorted(p for p in folder.glob(f"{stem(name)}.*") if p.suffix != ".gfs")


def table_of(declared):
    """What study.toml says of all layers."""
    found = {name: dict(said) for name, said in declared.items() if "@" not in name}
    for name, said in declared.items():
        if "@" in name:
            first, _, year = name.partition("@")
            found[first]["at"] = {year: dict(said)}
    return found
