"""What stands in a folder of two compared versions: tables, the patches, one document for machines, the map."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoplan.draw.document import as_json
from geoplan.draw.exchange import PROVENANCE, replacing
from geoplan.draw.geopackage import dated
from geoplan.draw.look import Looks
from geoplan.draw.provenance import sha256_of
from geoplan.draw.site_workbook import write_csv, write_rolls
from geoplan.draw.version_document import document
from geoplan.draw.version_map import version_map
from geoplan.draw.version_tables import patches, rolls
from geoplan.draw.version_view import VersionView
from geoplan.draw.voice import Voice
from geoplan.measure import Note
from geoplan.sites.version_report import VersionReport
from geoplan.words import Language

__all__ = ["KIND", "write_versions"]

KIND = "versions"
"""The kind of sheet versions are drawn as, in maps/."""


def write_versions(
    report: VersionReport,
    out: Path,
    *,
    looks: Mapping[str, Mapping[str, Any]],
    language: Language,
    stamp: str = "",
    notices: tuple[Note, ...] = (),
    provenance: Mapping[str, Any] | None = None,
) -> Path:
    """Write everything a comparison found out, and say where the workbook is. The folder changes as a whole.

    Args:
        report: the comparison.
        out: the folder; absent, empty, or one an earlier comparison wrote.
        looks: the plain tables of maps/ by file name.
        language: of tables and map.
        stamp: the date printed on them.
        notices: sentences every reader must see.
        provenance: what was compared by what software.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    view, chosen = VersionView(report, Voice(language)), Looks.of(looks, KIND)
    marks = (*(view.voice.note(note) for note in notices), view.voice.say("notice.internal"))
    with replacing(Path(out)) as folder:
        header = "  ".join((view.title, *marks))
        write_rolls(folder / "versions.xlsx", rolls(view), chosen.theme, title=view.title, header=header, stamp=stamp)
        write_csv(folder / "patches.csv", patches(view))
        _patches(view, folder / "patches.gpkg", stamp)
        _text(folder / "map.html", version_map(view, chosen, marks=marks, stamp=stamp))
        _text(folder / "versions.json", as_json(document(view, stamp=stamp)))
        _text(folder / PROVENANCE, as_json(_origin(folder, provenance or {}, language, stamp)))
    return Path(out) / "versions.xlsx"


def _patches(view: VersionView, path: Path, stamp: str) -> None:
    import geopandas as gpd

    rows = [
        {
            "number": p.number, "feature": p.feature, "feature_after": p.feature_after, "kind": p.kind,
            "kind_said": view.kind(p), "sliver": p.sliver, "class_before": p.class_before, "class_after": p.class_after,
            "area_m2": p.area, "width_m": p.width, "zone": p.zone, "adjustment": p.adjustment, "approval": p.approval,
            "remark": p.remark,
        }
        for p in view.report.patches
    ]  # fmt: skip
    shapes = [p.shape for p in view.report.patches]
    frame: gpd.GeoDataFrame = gpd.GeoDataFrame(rows, geometry=shapes, crs=view.report.place.crs)
    options = {} if rows else {"geometry_type": "Polygon"}
    with dated(stamp, path):
        frame.to_file(path, layer="patches", driver="GPKG", engine="pyogrio", **options)


def _origin(folder: Path, provenance: Mapping[str, Any], language: Language, stamp: str) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        **provenance,
        "geoplan": provenance.get("software", {}).get("geoplan", ""),
        "stamp": stamp,
        "language": language,
        "audience": "internal",
        "files": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
