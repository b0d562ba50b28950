"""Shapes are mended where that does not change them, and set aside where it would."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.layer import Geometry, Ledger
from geoplan.read.repair import Mended, mended

TOWN = CRS.from_epsg(4548)


def fate(wkt: str | None, kind: Geometry = "polygon") -> tuple[str, str] | None:
    (entry,) = mend([wkt], kind).entries or (None,)
    return None if entry is None else (entry.fate, entry.reason)


def mend(texts: list[str | None], kind: Geometry = "polygon") -> Mended:
    shapes = np.array([None if t is None else shapely.from_wkt(t) for t in texts], dtype=object)
    return mended(shapes, [str(i) for i in range(len(texts))], kind, TOWN)


SPIKE = "POLYGON ((0 0, 100 0, 100 100, 50 100, 50 100.001, 50 100, 0 100, 0 0))"


@pytest.mark.parametrize(
    ("wkt", "kind", "expected"),
    [
        ("POLYGON ((0 0, 9 0, 9 9, 0 0))", "polygon", None),
        ("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)))", "polygon", None),
        ("LINESTRING (0 0, 9 0)", "line", None),
        ("POINT (0 0)", "point", None),
        ("POINT (0 0)", "any", None),
        (None, "polygon", ("set_aside", "no_shape")),
        ("POLYGON EMPTY", "polygon", ("set_aside", "empty")),
        ("POINT (0 0)", "polygon", ("set_aside", "kind")),
        ("POLYGON ((0 0, 9 0, 9 9, 0 0))", "line", ("set_aside", "kind")),
        ("POLYGON ((0 0, 9 0, 4 0, 0 0))", "polygon", ("set_aside", "no_area")),
        ("LINESTRING (1 1, 1 1)", "line", ("set_aside", "no_length")),
        ("MULTIPOINT (0 0, 1 1)", "point", ("set_aside", "points")),
        ("POLYGON ((0 0, inf 0, 9 9, 0 0))", "polygon", ("set_aside", "not_finite")),
        # a bow tie: the two halves cancel out before the repair and add up after it
        ("POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))", "polygon", ("set_aside", "changed")),
        # one part drawn twice: 81 m2 before, 40.5 after
        ("MULTIPOLYGON (((0 0,9 0,9 9,0 0)),((0 0,9 0,9 9,0 0)))", "polygon", ("repaired", "doubled")),
        (SPIKE, "polygon", ("repaired", "invalid")),
        ("GEOMETRYCOLLECTION (POINT (0 0), POLYGON ((0 0, 9 0, 9 9, 0 0)))", "polygon", ("repaired", "collection")),
        ("GEOMETRYCOLLECTION (POINT (0 0))", "polygon", ("set_aside", "kind")),
    ],
)
def test_each_shape_has_its_fate(wkt: str | None, kind: Geometry, expected: tuple[str, str] | None) -> None:
    assert fate(wkt, kind) == expected


def test_a_repair_of_one_percent_is_kept_and_one_of_more_is_not() -> None:
    # a square of 100 m whose ring doubles back over a corner: what it loses or gains is the corner
    def corner(side: float) -> str:
        return f"MULTIPOLYGON (((0 0, 100 0, 100 100, 0 100, 0 0)), ((0 0, {side} 0, {side} {side}, 0 {side}, 0 0)))"

    assert fate(corner(9.9)) == ("repaired", "invalid")  # 10098.01 m2 become 10000: 0.97 %
    assert fate(corner(10.2)) == ("set_aside", "changed")  # 10104.04 m2 become 10000: 1.03 %


def test_the_ledger_says_how_many_square_metres_were_touched() -> None:
    made = mend([SPIKE, "POINT (0 0)", None])
    # at the equator of a projection drawn for 117 E these metres are no map metres: 10000 m2 is 9,938 on the ground
    assert [round(e.area, -3) for e in made.entries] == [10_000, 0, 0]


def test_a_single_point_in_a_multipoint_is_a_point() -> None:
    made = mend(["MULTIPOINT (1 2)"], "point")
    assert made.shapes[0].geom_type == "Point"


rings = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=9)


@settings(max_examples=150, deadline=None)
@given(rings)
def test_whatever_is_drawn_comes_out_valid_or_is_accounted_for(ring: list[tuple[int, int]]) -> None:
    shape: Any = shapely.Polygon([(500_000 + x, 4_334_000 + y) for x, y in ring])
    made = mended(np.array([shape], dtype=object), ["1"], "polygon", TOWN)
    assert shapely.is_valid(made.shapes).all()
    assert set(shapely.get_type_id(made.shapes)) <= {3, 6}
    Ledger(1, 1 - len(made.entries), made.entries)
    for kept in made.shapes:
        assert kept.area == pytest.approx(shape.area, rel=0.01)
