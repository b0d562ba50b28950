"""What stands in a folder of results: pages, tables, data, and the origin of all of it last."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoplan.draw.audience import Audience
from geoplan.draw.book import write_book
from geoplan.draw.document import as_json, document
from geoplan.draw.exchange import PROVENANCE
from geoplan.draw.folium_map import page
from geoplan.draw.geopackage import write_geopackage
from geoplan.draw.ground import Ground
from geoplan.draw.look import Looks
from geoplan.draw.maps import PLAIN, make_sheet
from geoplan.draw.provenance import origin
from geoplan.draw.public import fitted
from geoplan.draw.report import report
from geoplan.draw.scorecard import as_csv
from geoplan.draw.word import word
from geoplan.result import REPORTED, Results

__all__ = ["fill"]

Tables = Mapping[str, Mapping[str, Any]]


def fill(folder: Path, results: Results, looks: Tables, audience: Audience, pictures: int | None = None) -> None:
    """Write every file of a run into an empty folder.

    Args:
        folder: where.
        results: what the run found out.
        looks: the plain tables of maps/ by file name.
        audience: who may read it.
        pictures: maps the Word report holds at most; see `draw.write`.
    """
    shown = fitted(results, audience)
    plain = Looks.of(looks, PLAIN)
    theme, ground = plain.theme, Ground.of(results, plain, audience)
    (folder / "maps").mkdir()
    sheets = {}
    for result in (r for r in results.results if r.kind not in REPORTED):
        sheet = make_sheet(result, results, Looks.of(looks, result.analysis.map or PLAIN), audience, ground)
        sheets[result.name] = sheet
        _text(folder / "maps" / f"{result.name}.html", page(sheet, theme, home="../index.html"))
    _text(folder / "index.html", report(shown, sheets, theme, audience))
    (folder / "scorecard.csv").write_bytes(as_csv(shown).encode("utf-8-sig"))
    (folder / "report.docx").write_bytes(word(shown, audience, sheets, theme, pictures))
    write_book(folder / "scorecard.xlsx", shown, looks, audience)
    _text(folder / "results.json", as_json(document(shown)))
    write_geopackage(shown, folder / "results.gpkg", audience.grid if audience.public else 0.0)
    _text(folder / PROVENANCE, as_json(origin(shown, folder, audience.name)))


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
