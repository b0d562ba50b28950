"""What became of ground, on paper: lost, gained, kept, reclassified, certified, in doubt, slivers, and what is refused."""

import dataclasses

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec, Source
from geoplan.methods.change import change
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def wetlands(*spans, classes=None, scheme="三调", name="wetlands", **columns):
    held = {"id": [f"w{i}" for i in range(len(spans))], "name": ["沼"] * len(spans), **columns}
    held |= {"class": list(classes) if classes else [None] * len(spans)}
    spec = LayerSpec(name, {"zh": "湿地", "en": "Wetlands"}, "polygon")
    frame = gpd.GeoDataFrame(held, geometry=[box(*s) for s in spans], crs=TOWN)
    return Layer(spec, frame, Source(scheme=scheme))


def square(side=1000, **zones):
    levels = {
        n: Zones(n, tuple(z), tuple(z), gpd.GeoSeries([box(*s) for s in z.values()]).to_numpy())
        for n, z in zones.items()
    }
    return Place("方", box(0, 0, side, side), TOWN, levels)


def flow(found):
    f = found.measure.overall
    return pytest.approx((f.before, f.gained, f.lost, f.after), abs=1e-3)


def test_the_net_change_is_what_came_less_what_went():
    # 100 x 100 becomes 100 x 100 fifty metres to the east: 5000 lost, 5000 kept, 5000 gained; and 20 x 100 more in the north
    before, after = wetlands((0, 0, 100, 100)), wetlands((50, 0, 150, 100), (0, 500, 20, 600))
    found = change(before, after, place=square())
    assert flow(found) == (10_000, 7_000, 5_000, 12_000)
    assert found.measure.value == pytest.approx(2_000, abs=1e-3)
    assert found.measure.unit == "m2"


def test_every_loss_is_listed_largest_first_whatever_was_gained():
    before = wetlands((0, 0, 10, 10), (100, 0, 200, 100), classes=["marsh", "lake"])
    found = change(before, wetlands((500, 0, 900, 100), classes=["lake"]), place=square())
    assert [row[:4] for row in found.tables["losses"].rows] == [
        ("w1", "沼", "lake", "lost"),
        ("w0", "沼", "marsh", "lost"),
    ]
    assert found.measure.value == pytest.approx(40_000 - 10_100, abs=1e-3)
    assert sorted(found.evidence["parts"]["status"]) == ["gained", "lost", "lost"]


def test_a_changed_class_is_neither_loss_nor_gain_and_stands_in_both_classes():
    before, after = wetlands((0, 0, 100, 100), classes=["marsh"]), wetlands((0, 0, 100, 100), classes=["lake"])
    found = change(before, after, place=square())
    assert flow(found) == (10_000, 0, 0, 10_000)
    assert found.facts["reclassified"] == pytest.approx(10_000, abs=1e-3)
    assert [row[:2] for row in found.tables["matrix"].rows] == [("marsh", "lake")]
    # of the lake 10000 came, of the marsh 10000 went
    assert [tuple(round(m2) for m2 in row[1:]) for row in found.tables["classes"].rows] == [
        (0, 10_000, 0, 10_000),
        (10_000, 0, 10_000, 0),
    ]


def test_ground_that_becomes_a_class_that_is_not_asked_for_is_lost():
    before, after = (
        wetlands((0, 0, 100, 100), classes=["marsh"]),
        wetlands((0, 0, 100, 60), (0, 60, 100, 100), classes=["marsh", "pond"]),
    )
    kept = ("marsh", "lake")
    found = change(before.of_classes(kept), after.of_classes(kept), place=square())
    assert flow(found) == (10_000, 0, 4_000, 6_000)


def test_new_ground_makes_up_for_losses_only_where_it_was_certified():
    before = wetlands((0, 0, 100, 100), classes=["marsh"])
    after = wetlands(
        (200, 0, 300, 10), (200, 20, 300, 40), (200, 50, 300, 80), classes=["marsh"] * 3, certified=[True, False, None]
    )
    found = change(before, after, place=square(), certified="certified")
    # 10000 lost; 1000 certified; 2000 not certified; 3000 nobody can tell
    assert flow(found) == (10_000, 1_000, 10_000, 1_000)
    assert found.facts["left_out"] == pytest.approx(2_000, abs=1e-3)
    assert found.measure.overall.unknown == pytest.approx(3_000, abs=1e-3)
    assert change(before, after, place=square()).measure.value == pytest.approx(-4_000, abs=1e-3)


def test_a_pond_counts_where_it_was_certified_and_a_marsh_that_became_a_pond_is_lost():
    before = wetlands((0, 0, 100, 100), classes=["marsh"]).of_classes(("marsh",))
    after = wetlands(
        (0, 0, 100, 50), (300, 0, 400, 20), (500, 0, 600, 30), classes=["pond"] * 3, certified=[False, True, None]
    )
    found = change(before, after.of_classes(("marsh", "pond")), place=square(), certified="certified")
    assert flow(found) == (10_000, 2_000, 10_000, 2_000)
    assert found.measure.overall.unknown == pytest.approx(3_000, abs=1e-3)


def test_what_was_there_before_needs_no_certificate_to_stay():
    before, after = wetlands((0, 0, 100, 100)), wetlands((0, 0, 100, 100), certified=[None])
    assert flow(change(before, after, place=square(), certified="certified")) == (10_000, 0, 0, 10_000)


def test_ground_of_unknown_class_in_one_state_stands_in_no_amount():
    before = wetlands((0, 0, 100, 100), classes=["marsh"]).of_classes(("marsh",))
    after = wetlands((0, 0, 100, 60), (0, 60, 100, 100), (300, 0, 310, 10), classes=["marsh", None, None]).of_classes(
        ("marsh",)
    )
    found = change(before, after, place=square())
    assert flow(found) == (6_000, 0, 0, 6_000)
    assert found.measure.overall.unknown == pytest.approx(4_100, abs=1e-3)
    assert "change.unknown" in [n.sentence for n in found.notes]


def test_a_boundary_drawn_twice_is_marked_and_stays_counted():
    # 5 cm along 100 m: 5 m2 lost
    found = change(wetlands((0, 0, 100, 100)), wetlands((0, 0, 99.95, 100)), place=square())
    assert found.measure.overall.lost == pytest.approx(5, abs=1e-6)
    assert found.measure.overall.slivers == pytest.approx(5, abs=1e-6)
    assert set(found.evidence["parts"]["status"]) == {"kept", "sliver"}
    assert len(found.tables["losses"].rows) == 1


def test_ground_beyond_the_place_or_what_limits_the_question_does_not_count():
    before, within = wetlands((900, 0, 1100, 100)), wetlands((900, 50, 1000, 900), name="nature_reserves")
    assert flow(change(before, wetlands(), place=square())) == (10_000, 0, 10_000, 0)
    assert flow(change(before, wetlands(), within, place=square())) == (5_000, 0, 5_000, 0)


def test_zones_have_their_own_flows_and_what_lies_in_none_its_own_row():
    place = square(level={"W": (0, 0, 100, 1000), "E": (100, 0, 200, 1000)})
    rows = change(wetlands((50, 0, 150, 100)), wetlands((150, 0, 250, 100)), place=place).measure.by_zone["level"]
    flows = {row.zone: (round(row.value.before), round(row.value.lost), round(row.value.gained)) for row in rows}
    assert flows == {"W": (5_000, 5_000, 0), "E": (5_000, 5_000, 5_000), None: (0, 0, 5_000)}


@pytest.mark.parametrize(
    ("other", "why"), [({"scheme": "用地用海2023"}, "用地用海2023"), ({"name": "parks"}, "one layer")]
)
def test_states_on_two_bases_are_refused(other, why):
    with pytest.raises(LayerError, match=why):
        change(wetlands((0, 0, 9, 9)), wetlands((0, 0, 9, 9), **other), place=square())


def test_a_state_that_does_not_cover_the_place_is_refused():
    part = wetlands((0, 0, 100, 100))
    part = dataclasses.replace(
        part, source=dataclasses.replace(part.source, covers=box(0, 0, 500, 1000), document="甲")
    )
    with pytest.raises(LayerError, match="甲"):
        change(part, wetlands((0, 0, 9, 9)), place=square())


def test_nothing_before_and_nothing_after_is_no_change():
    found = change(wetlands(), wetlands(), place=square())
    assert flow(found) == (0, 0, 0, 0)
    assert found.tables["losses"].rows == ()
