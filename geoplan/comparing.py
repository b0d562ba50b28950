"""Two versions of a layer, opened, compared and written: of a study, or of two files that know nothing of one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from geoplan.measure import Note
from geoplan.place import Place

if TYPE_CHECKING:
    from geoplan.catalogue import Catalogue
    from geoplan.layer import Layer
    from geoplan.sites.version_report import VersionReport
    from geoplan.study import Study
    from geoplan.words import Language

    Version: TypeAlias = "Layer | Path | str"
    Causes: TypeAlias = "Path | str | Sequence[Mapping[str, str]]"

__all__ = ["diff"]

_NATURAL, _LAND = "natural", "land_use_current"
_KEPT = (
    "scheme", "crosswalk", "columns", "classes", "covers", "where", "encoding", "secrecy", "provider", "area_basis",
)  # fmt: skip
"""What a study declares of a layer that holds for another version of it too."""


def diff(  # noqa: PLR0913  (as many words as the verb of the command line)
    before: "Version",
    after: "Version",
    *,
    layer: str = "",
    study: "Study | Path | str | None" = None,
    causes: "Causes" = (),
    confirm_shift: bool = False,
    scheme: str = "",
    out: Path | str | None = None,
    language: "Language | None" = None,
) -> "VersionReport":
    """What changed between two versions of a layer.

    Args:
        before: a layer of the study (`eco_redline@2018`), a file, a table in a file (`controls.gpkg/STBHHX`), or data.
        after: likewise.
        layer: whose contract the versions meet; what they are called, else `eco_redline`, when left out.
        study: the study, its file or its folder; without one all of both files is compared.
        causes: the table of patches as filled in: a spreadsheet, or its rows.
        confirm_shift: whether somebody has said that a displacement of the whole is right.
        scheme: of the codes, for files that no study declares.
        out: the folder to write; absent, empty, or one an earlier comparison wrote.
        language: of what is written; the study's own when left out.

    Raises:
        CRSError: one version lies beside the other by more than half a metre, and nobody has confirmed it.
        SourceError: a file cannot be read.
        LayerError: data that do not meet the contract.
        Problems: the table of causes cannot be honoured.
        StudyError: there is no such study, or the folder is somebody else's.
    """
    from geoplan import draw
    from geoplan.catalogue import Catalogue
    from geoplan.checking import limits_of
    from geoplan.sites.versions import compare_versions
    from geoplan.study import open_study

    out = None if out is None else draw.ready(Path(out))
    opened = open_study(study) if isinstance(study, (str, Path)) else study
    catalogue = opened.catalogue if opened else Catalogue.for_study(Path())
    name = layer or _named(before, opened) or _named(after, opened) or "eco_redline"
    asked = _Asked(name, catalogue, opened, scheme)
    place = asked.place(before, after)
    was, now = asked.open(before, place), asked.open(after, place)
    natural = now.spec.groups.get(_NATURAL, ())
    report = compare_versions(
        was,
        now,
        place=place,
        causes=_rows(causes),
        limits=limits_of(opened) if opened else None,
        confirmed_shift=confirm_shift,
        natural=natural,
        land=asked.open(_LAND, place) if natural and opened and opened.declares(_LAND) else None,
    )
    if out is not None:
        draw.write_versions(
            report,
            out,
            looks=catalogue.looks(),
            language=language or (opened.language if opened else "zh"),
            stamp=_stamp(report, opened),
            notices=(Note("notice.synthetic"),) if opened and opened.table["place"].get("synthetic") else (),
            provenance=_origin(report, opened, causes),
        )
    return report


class _Asked:
    """Where versions are looked for: among the layers of a study, then among files."""

    def __init__(self, name: str, catalogue: "Catalogue", study: "Study | None", scheme: str) -> None:
        self._name, self._catalogue, self._study, self._scheme = name, catalogue, study, scheme

    def place(self, *versions: "Version") -> Place:
        """The place of the study; without one, the box around both versions."""
        from geoplan import read
        from geoplan.run import place_of

        if self._study is not None:
            return place_of(self._study, 0.0)
        given = [v for v in versions if not isinstance(v, (str, Path))]
        if len(given) == len(versions):
            crs = given[0].frame.crs
            return Place("", _around([layer.frame.geometry.to_numpy() for layer in given]), crs)
        first = next(v for v in versions if isinstance(v, (str, Path)))
        box, crs = read.extent_of(self._declared(first), Path())
        whole = Place("", box, crs)
        opened = [self.open(version, whole) for version in versions]
        return Place("", _around([layer.frame.geometry.to_numpy() for layer in opened]), crs)

    def open(self, version: "Version", place: Place) -> "Layer":
        """One version, in the CRS of the place, all of it: what lies beyond is told."""
        from geoplan import read

        if not isinstance(version, (str, Path)):
            return version
        named = str(version).partition("@")[0]
        if self._study is not None and self._study.declares(str(version)):
            if named in self._study.extra:
                return self._study.extra[named]
            declared, folder = self._study.state(str(version)) or {}, self._study.folder
        else:
            declared, folder, named = self._declared(version), Path(), self._name
        spec = self._catalogue.layer(named)
        allowed = self._study is not None and self._study.allow_remote
        whole = {"crs": place.crs, "area": None, "boundary": place.boundary}
        return read.open_layer(spec, declared, folder=folder, allow_remote=allowed, **whole)

    def _declared(self, version: "Version") -> dict[str, Any]:
        """A file as study.toml would declare it, with what the study says of the layer."""
        path, table = Path(str(version)), ""
        if not path.exists() and path.parent.is_file():
            path, table = path.parent, path.name
        known = (self._study.state(self._name) or {}) if self._study is not None else {}
        kept = {key: known[key] for key in _KEPT if key in known}
        if kept.get("crosswalk") and self._study is not None:
            # a version of another classification is not converted by the table of this one
            same = self._scheme in {"", known.get("scheme")}
            kept["crosswalk"] = str((self._study.folder / kept["crosswalk"]).absolute()) if same else ""
        told = {"path": str(path.absolute()), **({"layer": table} if table else {})}
        return {**kept, **told, **({"scheme": self._scheme} if self._scheme else {})}


def _named(version: "Version", study: "Study | None") -> str:
    """The layer a version says it is of."""
    if not isinstance(version, (str, Path)):
        return version.name
    return str(version).partition("@")[0] if study is not None and study.declares(str(version)) else ""


def _around(shapes: Sequence[Any]) -> Any:
    import numpy as np
    import shapely

    together = np.concatenate(shapes)
    return shapely.box(*shapely.total_bounds(together)) if len(together) else shapely.Polygon()


def _rows(causes: "Causes") -> Sequence[Mapping[str, str]]:
    if not isinstance(causes, (str, Path)):
        return causes
    from geoplan.read.spreadsheet import read_rows

    return read_rows(Path(causes))


def _stamp(report: "VersionReport", study: "Study | None") -> str:
    return study.stamp if study else max(used.source.as_of for used in (report.before, report.after))


def _origin(report: "VersionReport", study: "Study | None", causes: "Causes") -> dict[str, Any]:
    """What was compared by what software; nothing in it changes from run to run."""
    import hashlib

    from geoplan.provenance import software

    def told(used: Any) -> dict[str, Any]:
        source = used.source
        return {f.name: getattr(source, f.name) for f in fields(source) if f.name != "covers"}

    table = Path(causes) if isinstance(causes, (str, Path)) else None
    return {
        "study": {"name": study.name, "file": study.file.name} if study else None,
        "versions": {"before": told(report.before), "after": told(report.after)},
        "causes": {"file": table.name, "sha256": hashlib.sha256(table.read_bytes()).hexdigest()} if table else None,
        "software": software(),
    }
