"""DOOR OUT: results in, pages, tables and maps out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from geoplan.health import Health
    from geoplan.layer import Layer
    from geoplan.result import Results
    from geoplan.sites.finding import SiteReport
    from geoplan.sites.site import Site
    from geoplan.sites.version_report import VersionReport

__all__ = ["ready", "site_docx", "site_map", "write", "write_health", "write_sites", "write_versions"]


def ready(out: Path, to: str = "") -> Path:
    """The folder results may be written to, its name made absolute; asked before the work, not after it.

    Args:
        out: the folder.
        to: the address of a database that is to hold them too.

    Raises:
        StudyError: the folder is somebody else's, or a file is in the way.
        SourceError: the database does not let us write.
    """
    from geoplan.draw import exchange

    if to:
        from geoplan import postgres

        with postgres.connected(postgres.named(to), writing=True):
            pass
    return exchange.ready(out)


def write(  # noqa: PLR0913  (each is one thing a reader may ask of the pages)
    results: "Results",
    out: Path,
    *,
    looks: Mapping[str, Mapping[str, Any]],
    audience: Literal["internal", "public"] = "internal",
    grid: float | None = None,
    review_number: str = "",
    pictures: int | None = None,
    to: str = "",
    schema: str = "geoplan",
) -> Path:
    """Write everything a run found out, and say where its report is.

    The folder changes as a whole: a run that is killed leaves the old one or the new one. A database is written in one
    transaction before it does; where that fails the folder stays as it was.

    Args:
        results: what a run found out.
        out: the folder; absent, empty, or one an earlier run wrote.
        looks: the plain tables of maps/ by file name.
        audience: `public` leaves out what is not public.
        grid: metres to which public coordinates are coarsened; what maps/page.toml says when left out.
        review_number: the number under which a public map was reviewed, as the user typed it.
        pictures: maps the Word report holds at most; a dozen where left out, two of what is asked for by name.
        to: the address of a PostGIS database that is to hold the zones, the evidence and the scorecard too.
        schema: where in it.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        SourceError: the database cannot be written; nothing was changed then.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw.exchange import replacing
    from geoplan.draw.folder import fill
    from geoplan.draw.maps import audience_of

    reader = audience_of(looks, audience, grid=grid, review_number=review_number)
    with replacing(Path(out)) as folder:
        fill(folder, results, looks, reader, pictures)
        if to:
            from geoplan.draw.database import write_database
            from geoplan.draw.public import fitted

            write_database(fitted(results, reader), to, schema)
    return Path(out) / "index.html"


def write_sites(
    report: "SiteReport",
    out: Path,
    *,
    looks: Mapping[str, Mapping[str, Any]],
    docx: bool | None = None,
    template: Path | None = None,
    drawn_from: "Mapping[str, Layer] | None" = None,
    bundle: bytes | None = None,
) -> Path:
    """Write everything a check of sites found out, and say where its workbook is. The folder changes as a whole.

    Args:
        report: what the check found out.
        out: the folder; absent, empty, or one an earlier check wrote.
        looks: the plain tables of maps/ by file name.
        docx: whether each project gets a Word document; when left out, up to fifty projects do.
        template: a Word document of the office that every document begins with.
        drawn_from: control line -> the layer it was checked against, to be drawn.
        bundle: what a later check needs to repeat this one, kept beside the rest.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw import site_folder

    return site_folder.write_sites(
        report, out, looks=looks, docx=docx, template=template, drawn_from=drawn_from, bundle=bundle
    )


def site_map(
    report: "SiteReport",
    *,
    looks: Mapping[str, Mapping[str, Any]],
    drawn_from: "Mapping[str, Layer] | None" = None,
) -> str:
    """The map of a batch of sites as one HTML text that asks for nothing else.

    Args:
        report: what the check found out.
        looks: the plain tables of maps/ by file name.
        drawn_from: control line -> the layer it was checked against, to be drawn.

    Raises:
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw import site_folder

    return site_folder.map_of(report, looks, drawn_from or {})


def site_docx(
    report: "SiteReport",
    site: "Site",
    path: Path,
    *,
    looks: Mapping[str, Mapping[str, Any]],
    template: Path | None = None,
    drawn_from: "Mapping[str, Layer] | None" = None,
) -> Path:
    """Write the Word document of one project, and say where it is.

    Args:
        report: what the check found out.
        site: one of its projects.
        path: the file.
        looks: the plain tables of maps/ by file name.
        template: a Word document of the office that it begins with.
        drawn_from: control line -> the layer it was checked against, to be drawn.

    Raises:
        StudyError: the template is no Word document.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw import site_folder

    path.write_bytes(site_folder.document_of(report, site, looks, drawn_from or {}, template))
    return path


def write_versions(report: "VersionReport", out: Path, **how: Any) -> Path:
    """Write everything a comparison of two versions found out, and say where its workbook is.

    Args:
        report: the comparison.
        out: the folder; absent, empty, or one an earlier comparison wrote.
        how: what `geoplan.draw.version_folder.write_versions` takes (looks, language, stamp, notices, provenance).

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
    """
    from geoplan.draw.version_folder import write_versions as write_folder

    return write_folder(report, out, **how)


def write_health(health: "Health", out: Path, *, looks: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write the check-up of the data of a study, and say where its page is. The folder changes as a whole.

    Args:
        health: what was found out.
        out: the folder; absent, empty, or one an earlier check-up wrote.
        looks: the plain tables of maps/ by file name.

    Raises:
        StudyError: the folder is somebody else's, or cannot be written.
        DefinitionError: a file in maps/ cannot be honoured.
    """
    from geoplan.draw.health_page import write_health as write_folder

    return write_folder(health, out, looks=looks)
