"""Two versions of a red line on squares whose sums fit on paper."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geoplan.errors import CRSError, Problems
from geoplan.layer import Layer, LayerSpec, Source
from geoplan.place import Place, Zones
from geoplan.sites.causes import read_causes
from geoplan.sites.versions import compare_versions

TOWN = CRS("EPSG:4548")
X, Y = 500000.0, 4334000.0  # on the central meridian: planar and ellipsoidal m2 agree to 2e-8 there
SPEC = LayerSpec(
    "eco_redline",
    {"zh": "生态保护红线", "en": "Red line"},
    "polygon",
    words={"core": ("核心",), "general": ("一般",), "other": ("其他",)},
)


def box(west, south, east, north):
    return shapely.box(X + west, Y + south, X + east, Y + north)


def layer(*rows, document="v", spec=SPEC, **source):
    """Rows of (id, class, shape) or (id, class, shape, domain)."""
    columns = {
        "id": [r[0] for r in rows],
        "class": [r[1] for r in rows],
        "domain": [r[3] if len(r) > 3 else None for r in rows],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[r[2] for r in rows], crs=TOWN)
    return Layer(spec, frame, Source(document=document, **source))


def town(**changed):
    west, east = box(-1000, -1000, 500, 2000), box(500, -1000, 3000, 2000)
    zones = {"districts": Zones("districts", ("W", "E"), ("西片区", "东片区"), np.array([west, east]))}
    return dataclasses.replace(Place("镇", box(-1000, -1000, 3000, 2000), TOWN, zones), **changed)


# a crooked field far off that never changes tells where the map lies
ANCHOR = shapely.Polygon(
    [(X + 2000, Y), (X + 2090, Y + 10), (X + 2120, Y + 70), (X + 2050, Y + 130), (X + 1990, Y + 60)]
)
ANCHOR_AREA = ANCHOR.area


def compare(before, after, **more):
    return compare_versions(before, after, place=more.pop("place", town()), **more)


def near(value):
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def test_what_came_and_went_adds_up_on_paper():
    # before 100 x 100 = 10 000; after it reaches from 20 to 150: lost 20 x 100 = 2 000, gained 50 x 100 = 5 000
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR)),
        layer(("a", "core", box(20, 0, 150, 100)), ("z", "other", ANCHOR)),
    )
    flow = report.change.overall
    assert (flow.lost, flow.gained, flow.slivers) == (near(2000), near(5000), 0.0)
    assert flow.before == near(10_000 + ANCHOR_AREA)
    assert flow.after == flow.before - flow.lost + flow.gained
    assert flow.after == near(13_000 + ANCHOR_AREA)
    assert [(p.number, p.kind, p.area, p.width) for p in report.patches] == [
        ("a-1", "lost", near(2000), pytest.approx(20, abs=0.01)),
        ("a-2", "gained", near(5000), pytest.approx(50, abs=0.01)),
    ]
    assert report.verdicts == {"area": "kept", "class": "kept", "place": "changed", "function": "not_assessed"}


def test_overlapping_features_count_once_and_for_the_class_that_stands_first():
    # core 0..60 and general 40..100 overlap on 20 x 100 = 2 000: the ground is 10 000, core has 6 000, general 4 000
    rows = (("a", "general", box(40, 0, 100, 100)), ("b", "core", box(0, 0, 60, 100)), ("z", "other", ANCHOR))
    report = compare(layer(*rows), layer(*rows))
    assert report.change.overall.before == near(10_000 + ANCHOR_AREA)
    assert {c.name: c.flow.before for c in report.accounts[0].classes} == {
        "core": near(6000), "general": near(4000), "other": near(ANCHOR_AREA),
    }  # fmt: skip
    assert report.patches == ()
    assert [n.sentence for n in report.notes].count("versions.overlaps") == 2


def test_ground_whose_class_changed_stands_in_both_classes_and_in_neither_total():
    # core 100 x 100 becomes core 0..70 and general 70..100: 3 000 m2 reclassified
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR)),
        layer(("a", "core", box(0, 0, 70, 100)), ("b", "general", box(70, 0, 100, 100)), ("z", "other", ANCHOR)),
    )
    account = report.accounts[0]
    assert (account.flow.gained, account.flow.lost, account.reclassified) == (0.0, 0.0, near(3000))
    core, general, other = account.classes
    assert (core.flow.lost, core.went_out, general.flow.gained, general.came_in) == (near(3000),) * 4
    assert account.matrix == {
        ("core", "core"): near(7000), ("core", "general"): near(3000), ("other", "other"): near(ANCHOR_AREA),
    }  # fmt: skip
    for one in (core, general, other):
        assert one.flow.after == one.flow.before - one.flow.lost + one.flow.gained
    assert report.verdicts["class"] == "changed"
    assert report.verdicts["place"] == "kept"
    (patch,) = report.patches
    assert (patch.kind, patch.feature, patch.feature_after, patch.class_before, patch.class_after) == (
        "reclassified", "a", "b", "core", "general",
    )  # fmt: skip


def test_a_boundary_drawn_twice_is_told_apart_and_not_subtracted():
    # the new line lies 5 cm farther in along 100 m: 5 m2 lost, and nobody calls that a removal
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR)),
        layer(("a", "core", box(0.05, 0, 100, 100)), ("z", "other", ANCHOR)),
    )
    flow = report.change.overall
    assert (flow.lost, flow.slivers) == (near(5), near(5))
    assert [p.sliver for p in report.patches] == [True]
    assert report.unfounded == ()
    assert report.verdicts["place"] == "needs_review"
    assert report.verdicts["area"] == "changed"


def test_land_and_sea_stand_apart_and_the_total_counts_their_overlap_once():
    # land 100 x 100, sea 90..200: 11 000 drawn, 1 000 of it twice; later the sea reaches to 150 only: 5 000 lost
    before = layer(
        ("l", "core", box(0, 0, 100, 100), "陆域"), ("s", "core", box(90, 0, 200, 100), "海域"), ("z", "other", ANCHOR)
    )
    after = layer(
        ("l", "core", box(0, 0, 100, 100), "陆域"), ("s", "core", box(90, 0, 150, 100), "海域"), ("z", "other", ANCHOR)
    )
    report = compare(before, after)
    whole, land, sea, unstated = report.accounts
    assert [a.domain for a in report.accounts] == ["", "land", "sea", "unstated"]
    assert (land.flow.before, sea.flow.before, unstated.flow.before) == (near(10_000), near(11_000), near(ANCHOR_AREA))
    assert whole.flow.before == near(20_000 + ANCHOR_AREA)
    assert (whole.flow.lost, land.flow.lost, sea.flow.lost) == (near(5000), 0.0, near(5000))


def test_ground_of_unknown_class_is_not_called_reclassified():
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR)),
        layer(("a", None, box(0, 0, 100, 100)), ("z", "other", ANCHOR)),
    )
    assert report.accounts[0].reclassified == 0.0
    assert report.verdicts["class"] == "needs_review"
    assert "versions.unclassed" in [n.sentence for n in report.notes]
    assert [c.name for c in report.accounts[0].classes] == ["core", "other", None]


def test_both_versions_are_cut_to_the_place():
    # the place ends at 3 000 east: of 2 900..3 100 only 100 x 100 is in it
    rows = (("a", "core", box(2900, 500, 3100, 600)), ("z", "other", ANCHOR))
    report = compare(layer(*rows), layer(*rows[1:]))
    assert report.change.overall.lost == near(10_000)
    assert "versions.beyond" in [n.sentence for n in report.notes]


def test_a_patch_lies_in_the_zone_of_its_middle():
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("b", "core", box(600, 0, 700, 100)), ("z", "other", ANCHOR)),
        layer(("z", "other", ANCHOR)),
    )
    assert {p.feature: p.zone for p in report.patches} == {"a": "西片区", "b": "东片区"}


LOST = (
    layer(("a", "core", box(0, 0, 100, 100)), ("b", "core", box(300, 0, 400, 100)), ("z", "other", ANCHOR)),
    layer(("z", "other", ANCHOR)),
)


def test_a_removal_is_founded_by_an_adjustment_and_a_document_and_by_nothing_less():
    rows = [
        {"图斑编号": "a", "变化类别": "调出", "调整类型": "评估调整", "批准文号": "〔2024〕1号", "备注": ""},
        {"图斑编号": "b", "变化类别": "", "调整类型": "评估调整", "批准文号": "待核", "备注": ""},
    ]
    report = compare(*LOST, causes=rows)
    assert [(p.feature, p.adjustment, p.approval, p.founded) for p in report.patches] == [
        ("a", "评估调整", "〔2024〕1号", True), ("b", "评估调整", "", False),
    ]  # fmt: skip
    assert [p.feature for p in report.unfounded] == ["b"]


def test_without_a_table_every_removal_is_pending():
    assert len(compare(*LOST).unfounded) == 2


def test_a_row_for_one_kind_founds_no_other():
    # the feature lost 2 000 and gained 5 000: a document for what came says nothing about what went
    before = layer(("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR))
    after = layer(("a", "core", box(20, 0, 150, 100)), ("z", "other", ANCHOR))
    rows = [{"patch": "a", "kind": "gained", "adjustment": "added", "approval": "1"}]
    report = compare(before, after, causes=rows)
    assert {p.kind: p.founded for p in report.patches} == {"lost": False, "gained": True}
    both = compare(before, after, causes=[{"Patch": "a-1", "Adjustment": "x", "Approval document": "1"}, *rows[:0]])
    assert {p.kind: p.founded for p in both.patches} == {"lost": True, "gained": False}


def test_a_row_that_speaks_of_no_patch_is_said():
    report = compare(*LOST, causes=[{"patch": "q", "adjustment": "x", "approval": "1"}])
    (note,) = [n for n in report.notes if n.sentence == "versions.causes_idle"]
    assert note.fields["patches"] == ["q"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"name": "a", "approval": "1"}], "versions.causes_column"),
        ([{"patch": "a", "adjustment": "x"}], "versions.causes_column"),
        ([{"patch": "", "approval": "1"}], "versions.causes_row"),
        ([{"patch": "a", "kind": "moved", "approval": "1"}], "versions.causes_row"),
        ([{"patch": "a", "approval": "1"}, {"patch": "a", "approval": "2"}], "versions.causes_twice"),
    ],
)
def test_a_table_of_causes_that_cannot_be_honoured_says_why(rows, sentence):
    with pytest.raises(Problems) as refused:
        read_causes(rows, "causes.csv")
    assert [e.id for e in refused.value.exceptions] == [sentence]
    assert "causes.csv" in refused.value.say("zh")


def test_versions_that_lie_beside_each_other_are_refused_until_confirmed():
    before = layer(("a", "core", box(0, 0, 130, 100)), ("z", "other", ANCHOR))
    moved = shapely.transform(before.frame.geometry.to_numpy(), lambda xy: np.add(xy, (0.6, 0.0)))
    after = dataclasses.replace(before, data=before.frame.set_geometry(moved, crs=TOWN))
    with pytest.raises(CRSError) as refused:
        compare(before, after)
    assert refused.value.id == "versions.shift"
    assert refused.value.fields["metres"] == "0.60"
    assert refused.value.fields["azimuth"] == "90°"
    report = compare(before, after, confirmed_shift=True)
    assert report.shift is not None
    assert "versions.shift_confirmed" in [n.sentence for n in report.notes]


def test_versions_with_nothing_in_common_leave_the_shift_untold():
    report = compare(
        *(layer(("a", "core", s)) for s in (box(0, 0, 100, 10), shapely.Point(X + 900, Y + 900).buffer(77)))
    )
    assert report.shift is None
    assert "versions.shift_unknown" in [n.sentence for n in report.notes]


def test_two_schemes_allow_no_conclusion():
    rows = (("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR))
    report = compare(layer(*rows, scheme="三调"), layer(*rows, scheme="用地用海2023"))
    assert report.incomparable is not None
    assert report.incomparable.sentence == "versions.scheme"
    assert report.verdicts["area"] == "not_comparable"


def test_data_that_do_not_cover_the_place_allow_no_conclusion():
    rows = (("a", "core", box(0, 0, 100, 100)), ("z", "other", ANCHOR))
    report = compare(layer(*rows, covers=town().boundary), layer(*rows, covers=box(-1000, -1000, 2500, 2000)))
    assert report.incomparable is not None
    # 500 m x 3 000 m are missing, less a centimetre along the line that is no gap
    assert report.incomparable.fields["area"].startswith("1,499,9")


def test_features_surveyed_anew_are_told_by_their_id():
    # approved 100 x 100, surveyed 103 x 100: 300 m2 more, the line 3 m off; b lies elsewhere and is not the same b
    report = compare(
        layer(("a", "core", box(0, 0, 100, 100)), ("b", "core", box(300, 0, 400, 100)), ("z", "other", ANCHOR)),
        layer(("a", "core", box(0, 0, 103, 100)), ("b", "core", box(600, 0, 700, 100)), ("z", "other", ANCHOR)),
        causes=[{"patch": "a", "approval": "1", "remark": "surveyed"}],
        confirmed_shift=True,
    )
    a, z = report.surveyed
    assert (a.feature, a.difference, a.offset, a.reason) == ("a", near(300), near(3.0), "surveyed")
    assert (z.feature, z.difference, z.offset) == ("z", 0.0, 0.0)


def test_natural_wetland_that_became_a_pond_is_lost_all_the_same():
    spec = LayerSpec(
        "wetlands",
        {"zh": "湿地", "en": "Wetlands"},
        "polygon",
        schemes={"三调": {"marsh": ("1108",), "pond": ("1104",)}},
    )
    report = compare(
        layer(("a", "marsh", box(0, 0, 100, 100)), ("z", "marsh", ANCHOR), spec=spec, scheme="三调"),
        layer(
            ("a", "pond", box(0, 0, 40, 100)),
            ("b", "marsh", box(40, 0, 110, 100)),
            ("z", "marsh", ANCHOR),
            spec=spec,
            scheme="三调",
        ),
        natural=("marsh",),
    )
    # 40 x 100 became a pond, 10 x 100 is new marsh
    assert report.natural is not None
    assert (report.natural.lost, report.natural.gained) == (near(4000), near(1000))
    assert report.change.overall.lost == 0.0


def test_nothing_compared_with_nothing_is_nothing():
    report = compare(layer(), layer())
    assert report.change.overall.after == 0.0
    assert report.patches == ()
    assert report.verdicts["area"] == "kept"
