"""Laws of a comparison of versions, held against random red lines."""

import dataclasses
import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geoplan.errors import CRSError
from geoplan.layer import Layer, LayerSpec
from geoplan.ops import ellipsoid
from geoplan.ops.overlay import disjoint
from geoplan.ops.shift import displacement
from geoplan.place import Place
from geoplan.sites.versions import compare_versions

TOWN = CRS("EPSG:4548")
X, Y = 565000.0, 4334000.0
SPEC = LayerSpec(
    "eco_redline", {"zh": "红线", "en": "Red line"}, "polygon", words={"core": ("核心",), "general": ("一般",)}
)
PLACE = Place("镇", shapely.box(X - 6000, Y - 6000, X + 12000, Y + 12000), TOWN)
SEEDS = st.integers(0, 2**32 - 1)


def field(rng, x, y, size):
    turn = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = size * rng.uniform(0.5, 1.0, 9)
    ring = np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)]).round(2)
    return shapely.make_valid(shapely.Polygon(ring)).buffer(0)


def redline(seed, count=14):
    """Fields here and there, some on one another, some of unknown class, some at sea."""
    rng = np.random.default_rng(seed)
    at = np.add(rng.uniform(0, 2500, (count, 2)), (X, Y))
    shapes = [field(rng, *xy, rng.uniform(60, 350)) for xy in at]
    classes = rng.choice(["core", "general", None], count, p=[0.5, 0.4, 0.1])
    domain = rng.choice(["陆域", "海域"], count)
    return as_layer(shapes, classes, domain, [f"HX{i}" for i in range(count)])


def as_layer(shapes, classes, domain, ids):
    frame = gpd.GeoDataFrame(
        {"id": ids, "class": classes, "domain": domain}, geometry=np.asarray(shapes, dtype=object), crs=TOWN
    )
    return Layer(SPEC, frame)


def later(layer, seed):
    """Some fields gone, some new, one cut, one of another class."""
    rng = np.random.default_rng(seed)
    frame = layer.frame.drop(index=[1, 2]).reset_index(drop=True)
    shapes = frame.geometry.to_numpy().copy()
    shapes[0] = shapely.difference(shapes[0], shapely.buffer(shapely.centroid(shapes[0]), 30))
    classes = frame["class"].to_numpy(object).copy()
    classes[3] = "core" if classes[3] == "general" else "general"
    new = [field(rng, *np.add(rng.uniform(0, 2500, 2), (X, Y)), 120) for _ in range(2)]
    return as_layer(
        [*shapes, *new], [*classes, "core", "general"], [*frame["domain"], "陆域", "海域"], [*frame["id"], "n1", "n2"]
    )


def with_shapes(layer, shapes):
    return dataclasses.replace(layer, data=layer.frame.set_geometry(np.asarray(shapes, dtype=object), crs=TOWN))


def moved(layer, east, north):
    return with_shapes(layer, shapely.transform(layer.frame.geometry.to_numpy(), lambda xy: np.add(xy, (east, north))))


def compare(before, after, **more):
    return compare_versions(before, after, place=PLACE, **more)


def told(report):
    """Everything a report counts, without what depends on the order it is listed in."""
    return (
        report.change,
        report.accounts,
        [(p.number, p.kind, p.sliver, p.class_before, p.class_after, p.area, p.feature) for p in report.patches],
        report.verdicts,
        report.surveyed,
    )


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_identical_versions_change_nothing(seed):
    layer = redline(seed)
    report = compare(layer, layer)
    flow = report.change.overall
    assert (flow.gained, flow.lost, flow.slivers) == (0.0, 0.0, 0.0)
    assert report.patches == ()
    assert {k: v for k, v in report.verdicts.items() if k not in {"class", "function"}} == {
        "area": "kept",
        "place": "kept",
    }
    assert all(s.difference == 0.0 == s.offset for s in report.surveyed)


@settings(max_examples=15, deadline=None)
@given(SEEDS, SEEDS)
def test_what_the_first_becomes_is_the_second_exactly(seed, other):
    before = redline(seed)
    after = later(before, other)
    report = compare(before, after)
    for account in report.accounts:
        for flow in (account.flow, *(c.flow for c in account.classes)):
            assert flow.after == flow.before - flow.lost + flow.gained
            assert flow.slivers <= flow.gained + flow.lost
        assert math.fsum(account.matrix.values()) == pytest.approx(account.flow.before + account.flow.gained)
    # both versions measured for themselves, overlaps once
    for layer, amount in ((before, report.change.overall.before), (after, report.change.overall.after)):
        own = ellipsoid.area(disjoint(layer.frame.geometry.to_numpy()), TOWN).sum()
        assert amount == pytest.approx(own, rel=1e-9)
    by_kind = {k: math.fsum(p.area for p in report.patches if p.kind == k) for k in ("lost", "gained", "reclassified")}
    flow = report.change.overall
    assert by_kind == pytest.approx(
        {"lost": flow.lost, "gained": flow.gained, "reclassified": report.accounts[0].reclassified}
    )


@settings(max_examples=10, deadline=None)
@given(SEEDS, SEEDS)
def test_gained_and_lost_swap_when_the_versions_swap(seed, other):
    before = redline(seed)
    after = later(before, other)
    there, back = compare(before, after), compare(after, before)
    assert there.change.overall.gained == pytest.approx(back.change.overall.lost, rel=1e-9)
    assert there.change.overall.lost == pytest.approx(back.change.overall.gained, rel=1e-9)
    assert there.accounts[0].reclassified == pytest.approx(back.accounts[0].reclassified, rel=1e-9, abs=1e-6)
    assert {(b, a) for b, a in there.accounts[0].matrix} == {(a, b) for b, a in back.accounts[0].matrix}


@settings(max_examples=10, deadline=None)
@given(SEEDS, SEEDS)
def test_shuffling_rows_changes_nothing(seed, other):
    before = redline(seed)
    after = later(before, other)
    rng = np.random.default_rng(other)
    shuffled = [
        dataclasses.replace(one, data=one.frame.iloc[rng.permutation(len(one.frame))].reset_index(drop=True))
        for one in (before, after)
    ]
    assert told(compare(before, after)) == told(compare(*shuffled))


@settings(max_examples=10, deadline=None)
@given(SEEDS, SEEDS, st.floats(0, 2 * math.pi))
def test_a_displacement_of_60_centimetres_is_found_and_stops_one_of_30_does_not(seed, other, turn):
    before = redline(seed)
    after = later(before, other)
    step = np.array([math.sin(turn), math.cos(turn)])
    for metres in (0.6, 0.3):
        beside = moved(after, *(metres * step))
        found = displacement(before.frame.geometry.to_numpy(), beside.frame.geometry.to_numpy())
        assert found is not None
        assert found.metres == pytest.approx(metres, abs=0.05)
        assert abs((found.azimuth - math.degrees(turn) + 180) % 360 - 180) < 6
    with pytest.raises(CRSError, match="displaced"):
        compare(before, moved(after, *(0.6 * step)))
    assert compare(before, moved(after, *(0.3 * step))).shift is not None


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_encrypted_coordinates_are_found_though_they_do_not_move_alike_everywhere(seed):
    # like GCJ-02: 550 m towards 78 degrees, varying by 3 m in a kilometre, and turned a little
    before = redline(seed)

    def encrypted(xy):
        east, north = (xy - (X, Y)).T
        return xy + np.column_stack([538 + 0.003 * east + 2 * np.sin(north / 900), 114 + 0.002 * north - 0.001 * east])

    after = with_shapes(
        later(before, seed), shapely.transform(later(before, seed).frame.geometry.to_numpy(), encrypted)
    )
    found = displacement(before.frame.geometry.to_numpy(), after.frame.geometry.to_numpy())
    assert found is not None
    assert found.metres == pytest.approx(550, abs=12)
    assert found.azimuth == pytest.approx(78, abs=1.5)
    with pytest.raises(CRSError):
        compare(before, after)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_boundary_surveyed_anew_is_known_again_by_its_features(seed):
    # every vertex is another one: only whole features tell
    before = redline(seed)
    anew = shapely.segmentize(before.frame.geometry.to_numpy(), 7.0)
    # as good as random, and the same where a ring ends as where it began
    anew = shapely.make_valid(shapely.transform(anew, lambda xy: xy + 0.25 * np.sin(1e3 * xy[:, ::-1]) + (4.0, 3.0)))
    found = displacement(before.frame.geometry.to_numpy(), shapely.buffer(anew, 0))
    assert found is not None
    assert found.metres == pytest.approx(5.0, abs=0.5)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_two_halves_of_a_place_add_up_to_the_whole(seed):
    before = redline(seed)
    after = later(before, seed)
    west, east = (
        PLACE.tile(box)
        for box in ((X - 6000, Y - 6000, X + 1200, Y + 12000), (X + 1200, Y - 6000, X + 12000, Y + 12000))
    )
    whole = compare(before, after).change.overall
    parts = compare_versions(before, after, place=west).change + compare_versions(before, after, place=east).change
    for name in ("before", "gained", "lost", "after"):
        assert getattr(parts.overall, name) == pytest.approx(getattr(whole, name), rel=1e-10, abs=1e-6)
