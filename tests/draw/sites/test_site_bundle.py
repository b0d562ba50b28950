"""A check kept and repeated: the same answers, or a sentence saying what is not the same."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import shapely
from pyproj import CRS

from geoplan.errors import StudyError
from geoplan.layer import Layer
from geoplan.sites.bundle import read_bundle, register_of, write_bundle
from geoplan.sites.finding import SiteReport
from geoplan.sites.replay import replay
from geoplan.words import Language


@pytest.fixture(name="kept")
def _kept(report: SiteReport, controls: dict[str, Layer]) -> bytes:
    return write_bundle(report, study="[place]\n", controls=controls)


def moved(layer: Layer, metres: float, row: int = 0) -> Layer:
    frame = layer.frame.copy()
    shapes = frame.geometry.to_numpy().copy()
    shapes[row] = shapely.transform(shapes[row], lambda xy: xy + metres)
    return replace(layer, data=frame.set_geometry(shapes, crs=frame.crs))


def codes(kept: bytes, fresh: SiteReport, controls: dict[str, Layer]) -> tuple[int, list[str]]:
    found = replay(read_bundle(kept, "bundle.json"), fresh, controls)
    assert all(note.say(language) for note in found.differences for language in ("zh", "en"))
    return found.code, [note.sentence for note in found.differences]


def test_the_same_check_gives_the_same_bundle(
    kept: bytes, make: Callable[[Language], SiteReport], controls: dict[str, Layer]
) -> None:
    assert write_bundle(make("zh"), study="[place]\n", controls=controls) == kept
    assert codes(kept, make("zh"), controls) == (0, [])


def test_a_bundle_never_holds_the_shape_of_a_control_line(kept: bytes, controls: dict[str, Layer]) -> None:
    text = kept.decode().lower()
    for layer in controls.values():
        for shape in layer.frame.geometry:
            assert shapely.to_wkb(shape, hex=True).lower() not in text
            x, y = shapely.get_coordinates(shape)[0]
            assert f"{x:.1f}" not in text
            assert shapely.to_wkb(shapely.Point(x, y), hex=True, byte_order=1).lower()[10:] not in text


def test_sites_come_out_as_they_went_in(kept: bytes, report: SiteReport) -> None:
    register = register_of(read_bundle(kept, "bundle.json"), report.place.crs)
    for before, after in zip(report.register.sites, register.sites, strict=True):
        assert (before.receipt, before.activities, before.submitted_area) == (
            after.receipt,
            after.activities,
            after.submitted_area,
        )
        for one, other in zip(before.plots, after.plots, strict=True):
            assert shapely.equals_exact(one.shape, other.shape, tolerance=0)
            assert (one.labels, one.plane, one.declared_area, one.role) == (
                other.labels,
                other.plane,
                other.declared_area,
                other.role,
            )


def test_a_study_elsewhere_cannot_repeat_it(kept: bytes) -> None:
    with pytest.raises(StudyError, match="EPSG:4549"):
        register_of(read_bundle(kept, "bundle.json"), CRS.from_epsg(4549))


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"bundle": 2}', b'{"bundle": 1}', b"\xff\xfe"])
def test_what_is_no_bundle_is_refused(text: bytes) -> None:
    with pytest.raises(StudyError):
        read_bundle(text, "x.json")


def test_another_verdict_is_told(kept: bytes, report: SiteReport, controls: dict[str, Layer]) -> None:
    first, *rest = report.findings
    other = replace(report, findings=(replace(first, verdict="caution"), *rest))
    assert codes(kept, other, controls) == (1, ["bundle.verdict"])
    assert codes(kept, replace(report, findings=tuple(rest)), controls) == (1, ["bundle.finding_gone"])


@pytest.mark.parametrize(("more", "code"), [(0.009, 0), (0.011, 1)])
def test_a_square_centimetre_is_no_difference_and_more_is(
    kept: bytes, report: SiteReport, controls: dict[str, Layer], more: float, code: int
) -> None:
    first, *rest = report.findings
    larger = replace(first, contact=replace(first.contact, overlap=first.contact.overlap + more))
    assert codes(kept, replace(report, findings=(larger, *rest)), controls)[0] == code


def test_a_source_that_is_gone_or_new_is_told(kept: bytes, report: SiteReport, controls: dict[str, Layer]) -> None:
    gone = replace(report, controls={**report.controls, "eco_redline": None})
    assert codes(kept, gone, controls) == (3, ["bundle.missing"])
    used = report.controls["eco_redline"]
    new = replace(report, controls={**report.controls, "heritage": used})
    assert codes(kept, new, {**controls, "heritage": controls["eco_redline"]}) == (3, ["bundle.new"])


def test_a_source_that_changed_around_a_site_is_told_with_its_sites(
    kept: bytes, report: SiteReport, controls: dict[str, Layer]
) -> None:
    changed = {**controls, "eco_redline": moved(controls["eco_redline"], 0.001)}
    found = replay(read_bundle(kept, "b"), report, changed)
    assert found.code == 3
    assert found.differences[0].sentence == "bundle.changed_here"
    assert found.differences[0].fields["receipts"] == ["S-1"]


def test_a_source_that_changed_elsewhere_is_told_too(
    kept: bytes, report: SiteReport, controls: dict[str, Layer]
) -> None:
    used = report.controls["eco_redline"]
    assert used is not None
    other = replace(used, source=replace(used.source, sha256="cd" * 32))
    fresh = replace(report, controls={**report.controls, "eco_redline": other})
    assert codes(kept, fresh, controls) == (3, ["bundle.changed_elsewhere"])


def test_a_class_that_changed_is_a_change_of_the_source(
    kept: bytes, report: SiteReport, controls: dict[str, Layer]
) -> None:
    frame = controls["eco_redline"].frame.assign(**{"class": ["other", "other"]})
    changed = {**controls, "eco_redline": replace(controls["eco_redline"], data=frame)}
    assert codes(kept, report, changed)[0] == 3


def test_the_order_of_features_does_not_matter(kept: bytes, report: SiteReport, controls: dict[str, Layer]) -> None:
    turned = {
        **controls,
        "eco_redline": replace(controls["eco_redline"], data=controls["eco_redline"].frame.iloc[::-1]),
    }
    assert codes(kept, report, turned) == (0, [])


def test_rules_and_software_explain_and_are_no_difference(
    kept: bytes, report: SiteReport, controls: dict[str, Layer]
) -> None:
    other = replace(report, rules=report.rules[:-1], provenance={"software": {"geoplan": "9"}})
    assert codes(kept, other, controls) == (0, ["bundle.rules", "bundle.software"])


def test_a_bundle_is_plain_json(kept: bytes) -> None:
    content = json.loads(kept)
    assert content["study"] == "[place]\n"
    assert list(content) == sorted(content)
    assert "NaN" not in kept.decode()
