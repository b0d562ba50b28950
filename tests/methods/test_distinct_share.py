"""Native species of all species, on paper: each once, however many stems; who disagrees or says nothing is unknown."""

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import LayerError
from geoplan.layer import Layer, LayerSpec
from geoplan.methods.distinct_share import distinct_share
from geoplan.place import Place, Zones

TOWN = CRS("EPSG:4548")
EAST, NORTH = 500_000.0, 4_334_000.0


def plants(*records, name="plant_inventory"):
    """Records of (species, origin, x); origin is native, exotic or None."""
    species, origin, x = ([r[i] for r in records] for i in range(3))
    shapes = [shapely.Point(EAST + at, NORTH + 5) for at in x]
    held = {"id": [f"p{i}" for i in range(len(records))], "species": species, "class": origin}
    return Layer(
        LayerSpec(name, {"zh": "植物", "en": "Plants"}, "point"), gpd.GeoDataFrame(held, geometry=shapes, crs=TOWN)
    )


def square(**zones):
    levels = {
        n: Zones(
            n,
            tuple(z),
            tuple(z),
            gpd.GeoSeries([shapely.box(EAST + w, NORTH, EAST + e, NORTH + 9) for w, e in z.values()]).to_numpy(),
        )
        for n, z in zones.items()
    }
    return Place("方", shapely.box(EAST, NORTH, EAST + 100, NORTH + 10), TOWN, levels)


def share(layer, place=None, **how):
    return distinct_share((layer,), (layer.of_classes(("native",)),), place=place or square(), **how)


def halves(found):
    overall = found.measure.overall
    return overall.part, overall.unknown, overall.whole


def test_a_species_counts_once_however_many_stems_it_has():
    found = share(plants(("国槐", "native", 1), ("国槐", "native", 2), ("国槐", "native", 3), ("悬铃木", "exotic", 4)))
    assert halves(found) == (1, 0, 2)
    assert found.measure.value == 0.5
    assert found.tables["species"].rows == (("国槐", "met", 3), ("悬铃木", "not_met", 1))


def test_names_are_the_same_whatever_their_case_and_spaces():
    assert halves(share(plants(("Salix  matsudana", "native", 1), ("salix matsudana ", "native", 2)))) == (1, 0, 1)


def test_a_species_whose_records_disagree_is_unknown():
    found = share(plants(("柽柳", "native", 1), ("柽柳", "exotic", 2), ("刺槐", "exotic", 3)))
    assert halves(found) == (0, 1, 2)
    assert found.facts["disagreeing_species"] == 1


def test_a_species_of_which_no_record_says_is_unknown_and_one_record_that_says_is_enough():
    found = share(plants(("柽柳", None, 1), ("国槐", None, 2), ("国槐", "native", 3)))
    assert halves(found) == (1, 1, 2)


def test_records_without_a_name_are_of_no_species_and_are_said():
    found = share(plants(("国槐", "native", 1), (None, "native", 2), (" ", "native", 3)))
    assert halves(found) == (1, 0, 1)
    assert found.facts["unnamed"] == 2
    assert "distinct_share.unnamed" in [n.sentence for n in found.notes]


def test_records_elsewhere_do_not_count():
    records = plants(("国槐", "native", 1), ("刺槐", "exotic", 500), ("柽柳", "exotic", 60))
    assert halves(share(records)) == (1, 0, 2)
    ground = gpd.GeoDataFrame({"id": ["b"]}, geometry=[shapely.box(EAST, NORTH, EAST + 50, NORTH + 10)], crs=TOWN)
    built = Layer(LayerSpec("built_up", {"zh": "建成区", "en": "Built-up"}, "polygon"), ground)
    assert halves(share(records, within=built)) == (1, 0, 1)


def test_zones_count_their_own_species_and_never_add_up():
    place = square(level={"W": (0, 50), "E": (50, 80)})
    rows = share(plants(("国槐", "native", 1), ("国槐", "native", 60), ("刺槐", "exotic", 70)), place).measure.by_zone
    assert {r.zone: (r.value.part, r.value.whole) for r in rows["level"]} == {"W": (1, 1), "E": (1, 2), None: (0, 0)}


def test_a_species_is_native_for_the_whole_place_not_for_a_zone():
    place = square(level={"W": (0, 50), "E": (50, 100)})
    rows = share(plants(("柽柳", "native", 1), ("柽柳", "exotic", 60)), place).measure.by_zone["level"]
    assert [(r.value.part, r.value.unknown) for r in rows] == [(0, 1), (0, 1), (0, 0)]


def test_several_layers_are_counted_as_one():
    one, other = (
        plants(("国槐", "native", 1)),
        plants(("国槐", "native", 2), ("刺槐", "exotic", 3), name="street_trees"),
    )
    met = tuple(layer.of_classes(("native",)) for layer in (one, other))
    assert halves(distinct_share((one, other), met, place=square())) == (1, 0, 2)


def test_the_part_of_another_layer_is_refused():
    one, other = plants(("国槐", "native", 1)), plants(("国槐", "native", 2), name="street_trees")
    with pytest.raises(LayerError, match="same layers"):
        distinct_share((one,), (other.of_classes(("native",)),), place=square())


def test_no_record_is_no_value():
    assert share(plants()).measure.value is None
