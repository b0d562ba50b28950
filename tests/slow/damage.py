"""Ways to damage data: bytes of a file, rows and columns of a table, what a study says of it. All seeded."""

import random
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

TOWN = "EPSG:4548"
EAST, NORTH = 500_000.0, 4_334_000.0
ROWS = 8
"""Features of each control layer; each of them alone forbids the site inside, so that no single harm frees it."""
FORMATS = ("gpkg", "shp", "geojson", "fgb", "csv", "gml")
INSIDE = (40, 40, 90, 90)
OUTSIDE = (500, 500, 550, 550)


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def table(seed=0):
    """Features that all cover the site inside, with a class and a number each."""
    rng = np.random.default_rng(seed)
    shapes = [box(*(-rng.integers(1, 30, 2)), *(100 + rng.integers(1, 90, 2))) for _ in range(ROWS)]
    named = {
        "BSM": [f"{n:05d}" for n in range(1, ROWS + 1)],
        "GKFQ": ["核心保护区", "一般控制区"] * (ROWS // 2),
        "MJ": [1200.5 + n for n in range(ROWS)],
    }
    return gpd.GeoDataFrame(named, geometry=shapes, crs=TOWN)


def write(frame, folder, ending, name="red"):
    """The table as a file of that format; returns what study.toml says of it."""
    path = folder / f"{name}.{ending}"
    if ending == "csv":
        frame.assign(wkt=shapely.to_wkt(frame.geometry, rounding_precision=3)).drop(columns="geometry").to_csv(
            path, index=False
        )
    else:
        frame.to_file(path, **({"encoding": "UTF-8", "DBF_DATE_LAST_UPDATE": "2025-01-01"} if ending == "shp" else {}))
    return path


def parts(folder, name="red"):
    """The files of a layer that hold its data."""
    return sorted(p for p in folder.glob(f"{name}.*") if p.suffix != ".gfs")


def bytes_of(data: bytes, rng: random.Random) -> bytes:
    """The same bytes with some of them harmed: never more than lie in three features."""
    found = bytearray(data)
    kind = rng.choice(["flip", "flip", "bit", "bit", "zero", "cut", "gap", "noise", "swap", "head"])
    at = rng.randrange(max(1, len(found)))
    if kind == "flip":
        for _ in range(rng.randint(1, 3)):
            found[rng.randrange(len(found))] = rng.randrange(256)
    elif kind == "bit":
        found[at] ^= 1 << rng.randrange(8)
    elif kind == "zero":
        found[at : at + 24] = bytes(len(found[at : at + 24]))
    elif kind == "cut":
        del found[at:]
    elif kind == "gap":
        del found[at : at + rng.randint(1, 24)]
    elif kind == "noise":
        found[at:at] = rng.randbytes(rng.randint(1, 24))
    elif kind == "swap":
        piece = found[at : at + 12]
        found[at : at + 12] = piece[::-1]
    else:
        # the first bytes say what a file is and how much of it there is
        found[rng.randrange(min(128, len(found)))] = rng.randrange(256)
    return bytes(found)


def harmed(kept, rng: random.Random):
    """The files of a layer with one of them harmed, or, now and then, lost."""
    name = rng.choice(list(kept))
    left = {n: d for n, d in kept.items() if n != name}
    if rng.random() < 0.97 or len(kept) == 1:
        left[name] = bytes_of(kept[name], rng)
    return left


def rows_of(frame, rng: random.Random):
    """What was done, and the table with rows dropped, shapes emptied or broken, cells overwritten, columns renamed."""
    frame = frame.copy()
    kind = rng.choice(["drop", "null", "empty", "bow", "double", "cell", "rename", "remove", "kind", "mixed"])
    some = rng.sample(range(ROWS), rng.randint(1, 3))
    columns = [c for c in frame.columns if c != "geometry"]
    texts = [c for c in columns if frame[c].dtype.kind not in "fi"]
    if kind == "drop":
        return kind, frame.drop(index=some)
    if kind in {"null", "empty", "bow"}:
        bow = shapely.from_wkt("POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))")
        for n in some:
            frame.loc[n, "geometry"] = {"null": None, "empty": shapely.Polygon(), "bow": bow}[kind]
    elif kind == "double":
        return kind, gpd.pd.concat([frame, frame.iloc[some]], ignore_index=True)
    elif kind == "cell":
        column = rng.choice(texts)
        frame.loc[some, column] = rng.choice([None, "", "��", "never heard of", " 一般控制区 ", "\x00", "1e999"])
    elif kind == "rename":
        column = rng.choice(columns)
        frame = frame.rename(columns={column: rng.choice(["X", "类型", "GKFQ_1", "gkfq", "geom2"])})
    elif kind == "remove":
        frame = frame.drop(columns=rng.choice(columns))
    elif kind == "kind":
        frame[texts[-1]] = rng.choice([1, 2.5, True])
    else:
        frame.loc[some, "geometry"] = frame.geometry.iloc[some].centroid
    return kind, frame


def written(frame, folder, ending, name="red"):
    """Whether a format can hold a table, and then it is written: what it cannot hold cannot arrive in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write(frame, folder, ending, name)
    except Exception:  # noqa: BLE001  (each driver has its own)
        return False
    return True


def said_of(declared, rng: random.Random):
    """What study.toml says of the layer, with one thing wrong.

    CRS that could be right are among them where the file says its own; a table says none, and nobody could tell.
    """
    far = [
        "EPSG:4547",
        "EPSG:4549",
        "EPSG:4527",
        "EPSG:3857",
        "EPSG:4326",
        "EPSG:2437",
        "EPSG:99999",
        "GCJ-02",
        "x",
        4548,
        True,
    ]
    if not declared["path"].endswith(".csv"):
        far += ["EPSG:32650", "EPSG:2384", "EPSG:2436", "EPSG:4498", "EPSG:4509"]
    wrong = {
        "crs": far,
        "secrecy": ["涉密", 3, "top", ""],
        "where": ["\"GKFQ\" = '没有'", "GKFQ LIKE", "1 = 0", "'", "NOPE > 3", 7, '"MJ" > 99999'],
        "layer": ["nothing", "", 1, "red; DROP", "红线"],
        "covers": ["extent", "", "gone.gpkg", 5, "red", "boundary.gpkg"],
        "encoding": ["GBK", "UTF-16", "nope", "latin-1", 1],
        "columns": [{"class": "nope"}, {"id": "MJ"}, 3, {"nope": "MJ"}, {"class": "BSM"}, {"class": 3}],
        "classes": [{"core": ["核心保护区"]}, {"nope": ["核心保护区"]}, {}, "core", {"core": "核心保护区"}],
        "scheme": ["三调", "nope", 1],
        "class": ["core", "nope", {"class": "core"}, 3, {"nope": "x"}],
        "path": ["gone.gpkg", "", 3, ["red.gpkg", "gone.gpkg"], ".", "/dev/null", "boundary.gpkg", "study.toml"],
        "valid_to": ["2020", "2020-01-01", "yesterday", 1999],
        "as_of": ["", "tomorrow", 1],
    }  # fmt: skip
    key = rng.choice(list(wrong))
    return {**declared, key: rng.choice(wrong[key])}


def restored(kept, folder: Path, name="red"):
    """Put the files of a layer back as they were."""
    for path in parts(folder, name):
        if path.name not in kept:
            path.unlink()
    for file, data in kept.items():
        (folder / file).write_bytes(data)
