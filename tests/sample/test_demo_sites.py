"""The geometry of every demo site is what the verdict it must get rests on, by brute force."""

import pytest
import shapely

from geoplan.sample.demo.sites import SLIVER

CORE = "核心保护区"


@pytest.fixture(scope="module")
def ground(layers):
    """One shape for each thing a site can lie on."""

    def united(name, where=None):
        frame = layers[name] if where is None else layers[name][where(layers[name])]
        return shapely.union_all(frame.geometry.to_numpy())

    return {
        "core": united("eco_redline", lambda f: f["zone"] == CORE),
        "red": united("eco_redline", lambda f: f["zone"] != CORE),
        "farmland": united("permanent_farmland"),
        "soft": united("growth_boundary", lambda f: f["zone"] != "城镇集中建设区"),
        "grow": united("growth_boundary"),
        "place": united("boundary"),
        "land": united("land"),
    }


def facts(site, ground):
    """m2 of the site on each kind of ground; land outside the growth boundary; what lies beyond the data."""
    on = {name: shapely.intersection(site, shape) for name, shape in ground.items()}
    red = on["red"]
    return {
        **{name: shape.area for name, shape in on.items()},
        "outside": shapely.difference(on["land"], ground["grow"]).area,
        "beyond": site.area - on["place"].area,
        "hair": red.area > 0 and 2 * red.area / red.length < 0.1,
    }


def verdict(f, activity):
    red = f["red"] > 0 and not f["hair"]
    if f["core"] or f["farmland"] or (red and not activity):
        return "forbidden"
    if red or f["outside"] > 0.01:
        return "conditional"
    if f["beyond"] > 0.01:
        return "not_checked"
    return "caution" if f["hair"] or f["soft"] else "clear"


def test_every_site_lies_as_its_expected_verdict_needs(layers, ground):
    sites = layers["sites"]
    found = {s.id: verdict(facts(s.geometry, ground), s.activity) for s in sites.itertuples()}
    assert found == dict(zip(sites["id"], sites["expected"], strict=True))


def test_every_verdict_and_every_kind_of_site_is_there(layers):
    sites = layers["sites"]
    assert {"forbidden", "conditional", "not_checked", "caution", "clear"} == set(sites["expected"])
    assert sites.groupby("project").size().max() == 3
    assert set(sites["role"]) == {"净用地", "代征", "临时"}
    assert shapely.get_num_interior_rings(sites.geometry.to_numpy()).sum() == 1
    conditional = sites[sites["expected"] == "conditional"]
    assert {True, False} == set(conditional["activity"] != "")


def of(layers, project):
    (shape,) = layers["sites"].geometry[layers["sites"]["project"] == project]
    return shape


def test_the_touching_site_shares_an_edge_and_no_area(layers, ground):
    site = of(layers, "贝壳堤南侧绿地")
    assert shapely.touches(site, ground["red"])
    assert shapely.intersection(site, ground["red"]).length > 100


def test_the_hair_is_as_wide_as_said(layers, ground):
    red = shapely.intersection(of(layers, "贝壳堤南侧泵站"), ground["red"])
    assert 2 * red.area / red.length == pytest.approx(SLIVER, rel=0.02)


def test_without_its_hole_the_ring_would_be_forbidden(layers, ground):
    ring = of(layers, "贝壳堤周边产业园")
    assert shapely.intersection(ring, ground["red"]).area == 0
    assert shapely.intersection(shapely.Polygon(ring.exterior), ground["red"]).area > 10_000


def test_thousands_of_plots_lie_all_over_the_place(layers, ground):
    many = layers["sites_many"].geometry.to_numpy()
    assert len(many) == 3_000
    assert shapely.is_valid(many).all()
    assert 0 < (~shapely.covers(ground["place"], many)).sum() < 400
