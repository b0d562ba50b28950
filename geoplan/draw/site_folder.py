"""What stands in a folder of checked sites: tables, the map, a document a project, data, and the origin of all last."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.draw.document import as_json
from geoplan.draw.exchange import PROVENANCE, replacing
from geoplan.draw.look import Looks
from geoplan.draw.provenance import sha256_of
from geoplan.draw.site_document import site_document
from geoplan.draw.site_land import current, plan
from geoplan.draw.site_points import points
from geoplan.draw.site_report import site_docx
from geoplan.draw.site_shapes import control_frames, shown_overlaps, write_overlaps
from geoplan.draw.site_sheet import site_map
from geoplan.draw.site_tables import Roll, batch, duplicates, failed, findings
from geoplan.draw.site_view import View
from geoplan.draw.site_workbook import write_csv, write_rolls
from geoplan.layer import Layer
from geoplan.sites.finding import SiteReport
from geoplan.sites.site import Site

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["BUNDLE", "KIND", "MOST_DOCUMENTS", "document_of", "map_of", "write_sites"]

BUNDLE = "bundle.json"
KIND = "site_check"
"""The kind of sheet sites are drawn as, in maps/."""
MOST_DOCUMENTS = 50
"""Projects that get a document without being asked for one."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')

Tables = Mapping[str, Mapping[str, Any]]


def write_sites(
    report: SiteReport,
    out: Path,
    *,
    looks: Tables,
    docx: bool | None = None,
    template: Path | None = None,
    drawn_from: Mapping[str, Layer] | None = None,
    bundle: bytes | None = None,
) -> Path:
    """Write everything a check found out, and say where the workbook is. The folder changes as a whole.

    Args:
        report: what the check found out.
        out: the folder; absent, empty, or one an earlier run wrote.
        looks: the plain tables of maps/ by file name.
        docx: whether each project gets a Word document; when left out, up to fifty projects do.
        template: a Word document of the office that every document begins with.
        drawn_from: control line -> the layer it was checked against, drawn on map and pictures; without it only sites
            and overlaps are drawn, and map and documents say so.
        bundle: what a later check needs to repeat this one (`sites.bundle.write_bundle`), kept as `bundle.json`.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    chosen, view = Looks.of(looks, KIND), View.of(report)
    controls = control_frames(drawn_from or {}, report.place.crs)
    wanted = len(report.register.sites) <= MOST_DOCUMENTS if docx is None else docx
    named = dict(_names(report.register.sites)) if wanted else {}
    with replacing(Path(out)) as folder:
        overlaps = shown_overlaps(view)
        if named:
            shapes = _Shapes(controls, {str(name): part for name, part in overlaps.groupby("receipt")})
            _documents(folder, view, chosen, named, shapes, template)
        left_out = not wanted and docx is None
        write_rolls(
            folder / "check.xlsx", _rolls(view, named, left_out=left_out), chosen.theme,
            title=view.voice.say("site_word.title"), header=_header(view), stamp=report.stamp,
        )  # fmt: skip
        write_csv(folder / "check.csv", findings(view, codes=True))
        write_overlaps(view, folder / "overlaps.gpkg")
        _text(folder / "map.html", site_map(view, chosen, controls, overlaps, named))
        _text(folder / "results.json", as_json(site_document(view, named)))
        if bundle is not None:
            (folder / BUNDLE).write_bytes(bundle)
        _text(folder / PROVENANCE, as_json(_origin(report, folder)))
    return Path(out) / "check.xlsx"


def map_of(report: SiteReport, looks: Tables, drawn_from: Mapping[str, Layer]) -> str:
    """The map of a batch as one HTML text."""
    return site_map(View.of(report), Looks.of(looks, KIND), control_frames(drawn_from, report.place.crs))


def document_of(
    report: SiteReport, site: Site, looks: Tables, drawn_from: Mapping[str, Layer], template: Path | None = None
) -> bytes:
    """The Word document of one project as bytes."""
    view = View.of(report)
    shapes = shown_overlaps(view)
    controls, own = control_frames(drawn_from, report.place.crs), shapes[shapes["receipt"] == site.receipt]
    return site_docx(view, site, Looks.of(looks, KIND), controls=controls, overlaps=own, template=template)


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """What pictures are drawn from: control line -> features, receipt -> overlaps."""

    controls: "Mapping[str, gpd.GeoDataFrame]"
    overlaps: "Mapping[str, gpd.GeoDataFrame]"


def _documents(
    folder: Path, view: View, looks: Looks, named: Mapping[str, str], shapes: _Shapes, template: Path | None
) -> None:
    (folder / "projects").mkdir()
    for site in view.report.register.sites:
        own = shapes.overlaps.get(site.receipt)
        made = site_docx(view, site, looks, controls=shapes.controls, overlaps=own, template=template)
        (folder / named[site.receipt]).write_bytes(made)


def _rolls(view: View, named: Mapping[str, str], *, left_out: bool) -> Iterator[Roll]:
    """The tables in the order of the book: what could not be read first, then 表1 to 表5."""
    sites = view.report.register.sites
    unread = failed(view)
    if unread:
        yield unread
    yield findings(view)
    yield current(view, sites, of_project=True)
    yield plan(view, sites, of_project=True)
    yield points(view, sites, of_project=True)
    notes = (view.voice.say("site_word.projects_left_out", all=len(sites), most=MOST_DOCUMENTS),) if left_out else ()
    yield batch(view, named, notes)
    twice = duplicates(view)
    if twice:
        yield twice


def _names(sites: Iterable[Site]) -> Iterator[tuple[str, str]]:
    """Receipt -> name of its document: receipt and project as far as every disk allows, no two alike."""
    taken: set[str] = set()
    for site in sites:
        plain = unicodedata.normalize("NFC", f"{site.receipt}_{site.project}" if site.project else site.receipt)
        # bytes, not letters, are what a file name is measured in
        stem = _NOT_IN_NAMES.sub("_", plain).encode()[:120].decode(errors="ignore").strip(" ._") or "_"
        name, n = stem, 2
        while name.casefold() in taken:
            name, n = f"{stem}_{n}", n + 1
        taken.add(name.casefold())
        yield site.receipt, f"projects/{name}.docx"


def _header(view: View) -> str:
    marks = (view.voice.note(note) for note in view.report.notices)
    return "  ".join((view.voice.say("site_word.title"), *marks, view.voice.say("notice.internal")))


def _origin(report: SiteReport, folder: Path) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        **report.provenance,
        "geoplan": report.provenance.get("software", {}).get("geoplan", ""),
        "stamp": report.stamp,
        "language": report.language,
        "audience": "internal",
        "files": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
