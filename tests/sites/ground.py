"""A control line, a site and a rulebook in a few words, on the ground of gridtown (metres from its corner)."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geoplan.layer import Entry, Layer, LayerSpec, Ledger, Source
from geoplan.place import Place
from geoplan.plot import Plot
from geoplan.sites.check import check_register
from geoplan.sites.rules import Rule
from geoplan.sites.site import Register, Site

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0
ALL = (-1_000, -1_000, 3_000, 3_000)
FOUNDED = "某法第一条"


def box(west, south, east, north):
    """A box of the town, corners in metres from its corner."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def place():
    return Place("方格镇", box(0, 0, 1200, 1000), TOWN, year=2025)


def line(
    name,
    *features,
    classes=(),
    covers=ALL,
    as_of="2025-01-01",
    valid_to="",
    set_aside=0,
    control=True,
    scheme="",
    **columns,
):
    """A control line: features are (class, shape); classes are those of its contract."""
    shapes = np.array([f[1] if isinstance(f[1], shapely.Geometry) else box(*f[1]) for f in features], dtype=object)
    named = {"id": [f"{name}{i}" for i in range(1, len(features) + 1)], "class": [f[0] for f in features], **columns}
    frame = gpd.GeoDataFrame(named, geometry=shapes, crs=TOWN)
    spec = LayerSpec(name, {"zh": name, "en": name}, "any", words={c: (c,) for c in classes}, control=control)
    whole = covers if covers is None or isinstance(covers, shapely.Geometry) else box(*covers)
    source = Source(
        f"{name}.gpkg", "ab", as_of=as_of, valid_to=valid_to, covers=whole, scheme=scheme, document="某规划"
    )

    entries = tuple(Entry(f"x{i}", "set_aside", "changed") for i in range(set_aside))
    return Layer(spec, frame, source, Ledger(len(frame) + set_aside, len(frame), entries))


def rule(row, layer, verdict="caution", class_name="", **more):
    more = {"basis": FOUNDED, **more}
    return Rule(row, layer, class_name, verdict=verdict, **more)


def plot(shape, number="1", **more):
    shape = shape if isinstance(shape, shapely.Geometry) else box(*shape)
    more = {"surveyed": shape, "plane": TOWN, **more}
    return Plot(number, "", shape, **more)


def site(*shapes, receipt="001", use="", activities=(), **more):
    plots = tuple(s if isinstance(s, Plot) else plot(s, str(i)) for i, s in enumerate(shapes, start=1))
    return Site(receipt, "a.txt", "", "某项目", plots, planned_use=use, activities=tuple(activities), **more)


def check(sites, rules, controls, **more):
    sites = [sites] if isinstance(sites, Site) else sites
    controls = {one.name: one for one in controls} if isinstance(controls, (list, tuple)) else controls
    more = {"day": "2025-06-30", **more}
    specs = {
        name: LayerSpec(name, {"zh": name, "en": name}, "polygon") for name in {r.layer for r in rules} | set(controls)
    }
    return check_register(
        Register(tuple(sites), crs=TOWN), place=place(), rules=rules, controls=controls, specs=specs, **more
    )


def told(report, control=None):
    """(plot, class, verdict) of every finding of a line."""
    return [(f.plot, f.class_name, f.verdict) for f in report.findings if control in {None, f.control}]
