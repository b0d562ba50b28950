"""A batch of sites answered for good: checked, written as tables, map and documents, and repeated when asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import GeoplanError, Problems, SourceError, StudyError

if TYPE_CHECKING:
    from geoplan.checking import Lines
    from geoplan.desk import Claim
    from geoplan.layer import Layer
    from geoplan.sites.finding import SiteReport
    from geoplan.sites.replay import Replay
    from geoplan.sites.site import Site
    from geoplan.study import Study
    from geoplan.words import Language

__all__ = ["StudyPages", "answer", "earlier_sites", "outcomes", "repeat", "unreadable"]

BUNDLE = "bundle.json"


def answer(  # noqa: PLR0913  (each is one thing the answer rests on)
    sites: Sequence[Path],
    study: "Study",
    out: Path,
    *,
    claim: "Claim | None" = None,
    near: object = None,
    language: "Language | None" = None,
    stamp: str = "",
    docx: bool | None = None,
    template: Path | None = None,
    **desk: Any,
) -> "SiteReport":
    """Check sites, and write the folder of the answer.

    Args:
        sites: attachments, a folder, or a register.
        study: the study they are checked in.
        out: the folder; absent, empty, or one an earlier check wrote.
        claim: what is said of attachments named one by one.
        near: metres within which lines are reported though they are not touched, with a unit.
        language: of the documents; the study's own where left out.
        stamp: the date printed on them; the newest date the study declares where left out.
        docx: whether each project gets a Word document; when left out, up to fifty projects do.
        template: a Word document of the office that every document begins with.
        desk: what attachments are read with: parameters, width, converter; and the sites answered `earlier`.

    Raises:
        Problems: a study or rulebook that cannot be honoured; or not one attachment could be read, each with its
            reason: then nothing is written.
        StudyError: there is nothing to check, or the folder to write is somebody else's.
    """
    from geoplan import draw
    from geoplan.checking import checked
    from geoplan.desk import Desk
    from geoplan.mailbag import collect
    from geoplan.sites.bundle import write_bundle

    draw.ready(out)
    register = collect(sites, Desk.of(study, **desk), claim)
    if not register.sites and not register.unread:
        raise StudyError("intake.nothing", path=sites[0])
    if not register.sites:
        raise Problems([GeoplanError(one.reason.sentence, **one.reason.fields) for one in register.unread])
    report, read = checked(register, study, near=near, language=language, stamp=stamp, keep=True)
    lines = _drawn(report, read)
    bundle = write_bundle(report, study=study.file.read_text(encoding="utf-8-sig"), controls=lines)
    looks = study.catalogue.looks()
    draw.write_sites(report, out, looks=looks, docx=docx, template=template, drawn_from=lines, bundle=bundle)
    return report


def repeat(bundle: Path, study: "Study") -> "Replay":
    """Check the sites of a bundle again, as near and for the day it was made, and say what differs.

    Raises:
        SourceError: the bundle cannot be read.
        StudyError: it is no bundle, or one of another coordinate system.
    """
    from geoplan.checking import checked
    from geoplan.desk import Desk
    from geoplan.sites.bundle import register_of
    from geoplan.sites.replay import replay

    content = _bundle(bundle)
    register = register_of(content, Desk.of(study).crs)
    near = f"{content['limits']['near']} m"
    report, lines = checked(register, study, near=near, stamp=content.get("stamp", ""), keep=True)
    return replay(content, report, _drawn(report, lines))


def earlier_sites(study: "Study", out: Path) -> "tuple[tuple[Site, ...], tuple[GeoplanError, ...]]":
    """The sites of every bundle in the folder of a study, and the bundles that cannot be read.

    Each bears the name of its folder behind its receipt. The folder that is about to be written is no earlier answer.
    """
    from geoplan.desk import Desk
    from geoplan.sites.bundle import register_of

    found: list[Site] = []
    refused: list[GeoplanError] = []
    crs = Desk.of(study).crs
    for path in sorted(study.folder.rglob(BUNDLE)):
        if path.parent.resolve() == out.resolve():
            continue
        try:
            register = register_of(_bundle(path), crs)
        except GeoplanError as error:
            refused.append(error)
        else:
            found += [replace(site, receipt=f"{site.receipt} ({path.parent.name})") for site in register.sites]
    return tuple(found), tuple(refused)


def _bundle(path: Path) -> dict[str, Any]:
    from geoplan.sites.bundle import read_bundle

    try:
        return read_bundle(path.read_bytes(), path.name)
    except OSError as error:
        raise SourceError("site_file.missing", file=path.name) from error


def outcomes(report: "SiteReport") -> Counter[str]:
    """How many projects have each verdict."""
    return Counter(report.verdict_of(site) for site in report.register.sites)


def unreadable(study: "Study", report: "SiteReport") -> list[str]:
    """Control lines the study declares data of that could not be read or trusted."""
    return [name for name, used in report.controls.items() if used is None and study.declares(name)]


@dataclass(frozen=True, slots=True, eq=False)
class StudyPages:
    """Draws what a study found out about sites, with its looks and its control lines."""

    study: "Study"

    def map(self, report: "SiteReport") -> str:
        """The map of the batch, as one page that opens without a network."""
        from geoplan import draw

        return draw.site_map(report, looks=self.study.catalogue.looks(), drawn_from=_lines(self.study, report))

    def documents(self, report: "SiteReport", folder: Path, template: Path | None) -> tuple[Path, ...]:
        """One Word document a project, named by receipt and file."""
        from geoplan import draw

        looks, lines = self.study.catalogue.looks(), _lines(self.study, report)
        folder.mkdir(parents=True, exist_ok=True)
        named = (
            (site, folder / f"{i:03d}_{_plain(site.receipt)}.docx") for i, site in enumerate(report.register.sites, 1)
        )
        return tuple(
            draw.site_docx(report, site, path, looks=looks, template=template, drawn_from=lines) for site, path in named
        )


def _plain(text: str) -> str:
    """A text that any system takes as a file name."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in text)


def _lines(study: "Study", report: "SiteReport") -> "dict[str, Layer]":
    """The control lines a report was checked against, read again to be drawn around its sites.

    Raises:
        SourceError: the data of one have changed since, or cannot be read any more: what would be drawn is not what
            was checked.
    """
    import numpy as np
    import shapely

    from geoplan.checking import Lines

    plots = [plot.shape for site in report.register.sites for plot in site.plots]
    around = shapely.box(*shapely.total_bounds(np.array([*plots, report.place.boundary], dtype=object)))
    found = _drawn(report, Lines.of(study, report.place, report.rules, shapely.buffer(around, report.place.context)))
    for name, used in report.controls.items():
        if used is not None and (name not in found or found[name].source.sha256 != used.source.sha256):
            raise SourceError("site.changed", layer=used.spec.title, path=used.source.path)
    return found


def _drawn(report: "SiteReport", lines: "Lines") -> "dict[str, Layer]":
    """The control lines that were checked, as they are read."""
    from geoplan.layer import Layer

    found = {name: lines[name] for name, used in report.controls.items() if used is not None}
    return {name: layer for name, layer in found.items() if isinstance(layer, Layer)}
