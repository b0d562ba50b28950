"""四至: what lies on the four sides of a plot, and which plots get a picture of their own."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import pytest
import shapely

from geoplan.draw.look import Looks
from geoplan.draw.site_around import around, extent, sides
from geoplan.draw.site_folder import KIND, write_sites
from geoplan.draw.site_picture import MOST_PICTURES, Picture, pictures
from geoplan.draw.site_view import View
from geoplan.measure import Note
from geoplan.plot import Plot
from geoplan.sites.finding import SiteReport
from geoplan.sites.site import Register

ROOT = Path(__file__).parents[3]
LOOKS = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "maps").glob("*.toml"))}
X, Y = 500_000.0, 4_330_000.0
PLOT = shapely.box(X + 100, Y + 100, X + 200, Y + 200)


def ground(**boxes: tuple[float, float, float, float]) -> dict[str, gpd.GeoDataFrame]:
    """A survey: kind -> where it lies."""
    shapes = [shapely.box(X + w, Y + s, X + e, Y + n) for w, s, e, n in boxes.values()]
    columns = {"kind": list(boxes), "owner": [""] * len(boxes), "class": [None] * len(boxes)}
    return {"land_use_current": gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4548")}


def test_each_side_is_named_by_what_lies_along_it(report: SiteReport) -> None:
    survey = ground(
        road=(200, 0, 220, 300), reeds=(0, 0, 200, 100), field=(0, 100, 100, 300), pond=(100, 200, 200, 300)
    )
    assert around(View.of(report), PLOT, survey) == {
        "east": "road", "south": "reeds", "west": "field", "north": "pond",
    }  # fmt: skip


def test_the_longest_neighbours_come_first_and_a_corner_is_none(report: SiteReport) -> None:
    survey = ground(a=(200, 0, 300, 130), b=(200, 130, 300, 192), c=(200, 192, 300, 300), plot=(100, 100, 200, 200))
    found = around(View.of(report), PLOT, survey)
    assert found["east"] == "b、a"
    assert found["north"] == found["west"] == ""


def test_the_owner_of_the_neighbour_is_told_where_the_survey_has_it(report: SiteReport) -> None:
    survey = ground(road=(200, 0, 220, 300))
    survey["land_use_current"]["owner"] = "前村"
    assert sides(View.of(report), PLOT, survey)["east"] == "东至road（前村）"


def test_without_a_survey_the_sides_are_coordinates(report: SiteReport) -> None:
    for controls in ({}, ground(far=(900, 900, 950, 950))):
        assert sides(View.of(report), PLOT, controls) == {
            "east": "东至Y=500200.00", "south": "南至X=4330100.00", "west": "西至Y=500100.00", "north": "北至X=4330200.00",
        }  # fmt: skip
    assert extent(PLOT)["north"] == Y + 200


def test_a_plot_turned_or_holed_has_the_sides_its_outer_edges_look_to(report: SiteReport) -> None:
    turned = shapely.Polygon([(X + 100, Y + 150), (X + 140, Y + 110), (X + 190, Y + 160), (X + 150, Y + 200)])
    holed = shapely.difference(PLOT, shapely.box(X + 140, Y + 140, X + 160, Y + 160))
    survey = ground(inside=(140, 140, 160, 160), south=(0, 0, 300, 100))
    assert around(View.of(report), holed, survey) == {"east": "", "south": "south", "west": "", "north": ""}
    assert set(sides(View.of(report), turned, {})) == {"east", "south", "west", "north"}


def drawn(report: SiteReport, looks: Looks, apart: float, count: int) -> list[Any]:
    site = report.register.sites[1]
    shapes = [shapely.box(X + apart * i, Y, X + apart * i + 60, Y + 60) for i in range(count)]
    plots = tuple(Plot(str(i), "", s, s, report.place.crs) for i, s in enumerate(shapes, start=1))
    return list(pictures(View.of(report), replace(site, plots=plots), looks, {}, None))


@pytest.fixture
def looks() -> Looks:
    return Looks.of(LOOKS, KIND)


def test_plots_side_by_side_share_a_picture(report: SiteReport, looks: Looks) -> None:
    (one,) = drawn(report, looks, 100.0, 3)
    assert isinstance(one, Picture)
    assert (one.scale, one.plot) == (5000, "")


def test_plots_far_apart_get_a_picture_each_after_the_overview(report: SiteReport, looks: Looks) -> None:
    made = drawn(report, looks, 2_000.0, 2)
    assert [(one.plot, one.scale) for one in made] == [("", 25000), ("1", 2000), ("2", 2000)]


def test_so_many_plots_are_left_to_the_overview_and_it_is_said(
    report: SiteReport, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoplan.draw.site_picture.MOST_PICTURES", 2)
    *_, last = made = drawn(report, looks, 2_000.0, 4)
    assert [type(one) for one in made] == [Picture, Picture, Picture, Note]
    assert last.fields == {"count": 2}
    assert MOST_PICTURES == 12


def test_the_document_tells_the_four_sides_of_each_plot(
    report: SiteReport, tmp_path: Path, make: Callable[..., SiteReport]
) -> None:
    for language, word in (
        ("zh", "四至（地块1）：东至Y=500700.00；南至X=4330600.00；"),
        ("en", "Bounds of plot 1: east: to E 500700.00; "),
    ):
        one = replace(make(language), register=Register(report.register.sites[1:2]))
        write_sites(one, tmp_path / language, looks=LOOKS)
        made = docx.Document(str(next((tmp_path / language / "projects").iterdir())))
        assert any(p.text.startswith(word) for p in made.paragraphs), [p.text for p in made.paragraphs]
