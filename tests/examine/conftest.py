"""A small town to break: a place of four by three kilometres, and layers of it made by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geoplan import examine
from geoplan.catalogue import Catalogue
from geoplan.crs import parse
from geoplan.layer import Layer, Ledger, Source
from geoplan.place import Place

W, S = 560_000.0, 4_330_000.0
CRS = parse("EPSG:4548")


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory):
    return Catalogue.for_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def place():
    return Place("town", shapely.box(W, S, W + 4000, S + 3000), CRS, year=2025)


@pytest.fixture
def layer(catalogue):
    """Makes a layer of the catalogue from shapes and columns; sound where nothing else is said."""

    def make(named, shapes, /, *, entries=(), source=None, **columns):
        shapes = np.asarray(shapes, dtype=object)
        columns = {k: pd_objects(v) if k == "class" else v for k, v in columns.items()}
        columns.setdefault("id", [str(n) for n in range(len(shapes))])
        frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
        read = len(frame) + sum(e.fate == "set_aside" for e in entries)
        given = {"path": f"{named}.gpkg", "crs": "EPSG:4548", "as_of": "2025-06-30", **(source or {})}
        ledger = Ledger(read, read - len(entries), tuple(entries))
        return Layer(catalogue.layer(named), frame, Source(**given), ledger)

    return make


def pd_objects(values):
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


@pytest.fixture
def kinds(place):
    """What is odd about a layer: kind -> oddity."""

    def look(layer, **how):
        return {o.kind: o for o in examine.examined(layer, place, **how)}

    return look
