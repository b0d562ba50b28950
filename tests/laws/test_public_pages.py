"""Law: nothing a public folder holds comes from a layer that is not public, whatever the sheet draws."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely
from pyproj import CRS

from geoplan import draw
from geoplan.analysis import Analysis
from geoplan.deficits import Deficit
from geoplan.layer import LayerSpec, Ledger, Source
from geoplan.measure import Column, Outcome, Table, Total
from geoplan.place import Place
from geoplan.result import Result, Results, Used

LOOKS: dict[str, dict[str, Any]] = {
    p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (Path(__file__).parents[2] / "maps").glob("*.toml")
}
SHEETS = sorted(name for name, look in LOOKS.items() if look.get("layers"))
HIDDEN = "密件地块"
CRS_4548 = CRS.from_epsg(4548)
X, Y = 500_000.0, 4_330_000.0


def used(name: str, secrecy: str) -> Used:
    return Used(name, LayerSpec(name, {"zh": name, "en": name}, "polygon", {}), Source(secrecy=secrecy), Ledger(1, 1))


def answer(sheet: str, secret_role: str) -> Result:
    """An answer whose every layer of evidence names one parcel, resting on two layers, one of them not public."""
    layers = LOOKS[sheet]["layers"]
    classes = [next(iter(look.get("classes", {"": {}})), "") for look in layers]
    evidence = {
        look["evidence"]: gpd.GeoDataFrame(
            {"id": [HIDDEN], "name": [HIDDEN], look.get("by", "status"): [kind], "area_m2": [1.0], "metres": [1.0]},
            geometry=[shapely.box(X + 10, Y + 10, X + 60, Y + 60)], crs=CRS_4548,
        )
        for look, kind in zip(layers, classes, strict=True)
    }  # fmt: skip
    roles = dict.fromkeys([look.get("role") or "one" for look in layers] + ["another"])
    held = {role: (used(role, "内部" if role == secret_role else "公开"),) for role in roles}
    table = Table((Column("id"), Column("name")), ((HIDDEN, HIDDEN),))
    asked = Analysis(sheet, {"zh": "问", "en": "Asked"}, "quantity", "个", "higher", {}, map=sheet)
    outcome = Outcome(Total(1.0), evidence=evidence, tables={"list": table})
    lacks = (Deficit(HIDDEN, HIDDEN, "unreached", "demand", 1.0, "count"),)
    return Result(asked, "ok", None, outcome, held, deficits=lacks, trend=None)


def results(*answers: Result) -> Results:
    place = Place("小镇", shapely.box(X, Y, X + 100, Y + 100), CRS_4548, {}, year=2025)
    return Results("小镇", place, "zh", answers, stamp="2025-01-01")


def every_text(folder: Path) -> str:
    import zipfile

    said = [p.read_text(encoding="utf-8-sig") for p in folder.rglob("*") if p.suffix in {".html", ".json", ".csv"}]
    with zipfile.ZipFile(folder / "report.docx") as document:
        said += [document.read(n).decode("utf-8") for n in document.namelist() if n.endswith(".xml")]
    book = openpyxl.load_workbook(folder / "scorecard.xlsx")
    said += [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    for name, _ in pyogrio.list_layers(folder / "results.gpkg"):
        said.append(gpd.read_file(folder / "results.gpkg", layer=name).to_json())
    return "\n".join(said)


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_public_page_shows_what_rests_on_a_layer_that_is_not_public(sheet: str, tmp_path: Path) -> None:
    for role in ("another", LOOKS[sheet]["layers"][0].get("role") or "one"):
        told = results(answer(sheet, role))
        draw.write(told, tmp_path / role, looks=LOOKS, audience="public", grid=10.0)
        assert HIDDEN not in every_text(tmp_path / role), role


@pytest.mark.parametrize("sheet", SHEETS)
def test_inside_the_bureau_every_sheet_shows_its_evidence(sheet: str, tmp_path: Path) -> None:
    draw.write(results(answer(sheet, "another")), tmp_path / "out", looks=LOOKS)
    page = (tmp_path / "out" / "maps" / f"{sheet}.html").read_text(encoding="utf-8")
    shown = {look["evidence"] for look in LOOKS[sheet]["layers"]}
    assert all(f'"evidence-{name}"' in page for name in shown)


def test_a_layer_open_by_contract_but_not_by_source_is_not_public(tmp_path: Path) -> None:
    told = answer("quantity", "another")
    spec = replace(told.used["another"][0].spec, secrecy="公开")
    held = {**told.used, "another": (replace(told.used["another"][0], spec=spec),)}
    draw.write(results(replace(told, used=held)), tmp_path / "out", looks=LOOKS, audience="public", grid=10.0)
    assert HIDDEN not in every_text(tmp_path / "out")
