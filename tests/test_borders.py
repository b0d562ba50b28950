"""Amounts cut at borders: what is less than the tolerance of the place is nothing."""

import numpy as np
import shapely
from pyproj import CRS

from geoplan.borders import ratio
from geoplan.place import Place, Zones


def test_what_reaches_into_a_zone_by_less_than_the_tolerance_does_not_lie_in_it() -> None:
    boundary = shapely.box(500_000, 4_330_000, 501_000, 4_331_000)
    zones = Zones("districts", ("d1",), ("west",), np.array([boundary], dtype=object))
    place = Place("town", boundary, CRS.from_epsg(4548), {"districts": zones})
    found = ratio(
        place,
        part=np.array([4e5, 4e5, 1.2e-8]),
        whole=np.array([1e6, 1e6, 1.5e-7]),
        unknown=np.array([0.0, 0.0, 0.0]),
    )
    nowhere = found.by_zone["districts"][-1].value
    assert (nowhere.part, nowhere.whole, nowhere.value) == (0.0, 0.0, None)
    assert found.overall.value == 0.4


def test_a_tiny_part_of_the_place_itself_is_kept() -> None:
    boundary = shapely.box(500_000, 4_330_000, 501_000, 4_331_000)
    found = ratio(
        Place("town", boundary, CRS.from_epsg(4548)),
        part=np.array([1e-7]),
        whole=np.array([1e6]),
        unknown=np.array([0.0]),
    )
    assert found.overall.part == 1e-7
