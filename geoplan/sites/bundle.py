"""What a check rested on, kept so that it can be repeated: sites, study, rules, findings, and what the data were.

Control lines are told by their hashes only: a bundle never holds their geometry.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely

from geoplan.errors import StudyError
from geoplan.plot import Plot
from geoplan.sites.finding import Finding, SiteReport
from geoplan.sites.site import Register, Site

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

    from geoplan.layer import Layer

__all__ = ["AMOUNTS", "BUNDLE", "read_bundle", "register_of", "told", "traces", "write_bundle"]

BUNDLE = 1
"""Raised whenever a key changes its name or its meaning."""
Bundle: TypeAlias = Mapping[str, Any]
AMOUNTS = ("overlap", "overlap_plane", "outside", "uncovered")
"""The areas of a finding that a replay compares, in m2."""


def write_bundle(report: SiteReport, *, study: str, controls: "Mapping[str, Layer]") -> bytes:
    """The bundle of a report as the bytes of a JSON text; the same report gives the same bytes.

    Args:
        report: what the check found out.
        study: the text of study.toml.
        controls: control line -> the layer it was checked against.
    """
    crs = report.place.crs
    content = {
        "bundle": BUNDLE,
        "place": report.place.name,
        "crs": _crs(crs),
        "language": report.language,
        "stamp": report.stamp,
        "study": study,
        "software": dict(report.provenance.get("software", {})),
        "limits": asdict(report.limits),
        "rules": [asdict(rule) for rule in report.rules],
        "controls": traces(report, controls),
        "sites": [_site(site) for site in report.register.sites],
        "findings": [told(finding) for finding in report.findings],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def read_bundle(text: bytes, file: str) -> dict[str, Any]:
    """The content of a bundle.

    Args:
        text: of the file.
        file: for messages.

    Raises:
        StudyError: it is no bundle, or one of another version.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise StudyError("bundle.broken", file=file) from error
    if not isinstance(content, dict) or "bundle" not in content:
        raise StudyError("bundle.broken", file=file)
    if content["bundle"] != BUNDLE:
        raise StudyError("bundle.version", file=file, version=content["bundle"], known=BUNDLE)
    lacking = sorted({"crs", "controls", "sites", "findings", "rules", "limits"} - set(content))
    if lacking:
        raise StudyError("bundle.lacking", file=file, keys=", ".join(lacking))
    return content


def register_of(bundle: Bundle, crs: "CRS") -> Register:
    """The sites of a bundle, to be checked again.

    Args:
        bundle: as `read_bundle` gives it.
        crs: of the study that checks them.

    Raises:
        StudyError: the study has another coordinate system: the sites would be elsewhere.
    """
    import pyproj

    if pyproj.CRS.from_user_input(bundle["crs"]) != crs:
        raise StudyError("bundle.crs", bundle=bundle["crs"], study=_crs(crs))
    return Register(tuple(_read_site(site) for site in bundle["sites"]), crs=crs)


def traces(report: SiteReport, controls: "Mapping[str, Layer]") -> dict[str, Any]:
    """Per control line, the hash of its source and, per site, of its features around it; None where it has no data.

    Features are told by the hashes of their WKB and class, sorted, so that their order does not matter.
    """
    found: dict[str, Any] = {}
    for name, used in report.controls.items():
        layer = controls.get(name)
        if used is None:
            found[name] = None
            continue
        around = _around(report, layer.frame) if layer is not None else {}
        found[name] = {"source": used.source.sha256, "as_of": used.source.as_of, "features": around}
    return found


def told(finding: Finding) -> dict[str, Any]:
    """A finding as a bundle holds it."""
    contact, rule = finding.contact, finding.rule
    return {
        "receipt": finding.receipt,
        "plot": finding.plot,
        "control": finding.control,
        "class": finding.class_name,
        "domain": finding.domain,
        "relation": rule.relation if rule else "",
        "rule": rule.row if rule else None,
        "verdict": finding.verdict,
        "sliver_only": finding.sliver_only,
        "whole": finding.whole,
        **{name: getattr(contact, name) for name in AMOUNTS},
    }


def _around(report: SiteReport, frame: "gpd.GeoDataFrame") -> dict[str, str]:
    """Receipt -> hash of the features whose box meets the box of the site, as far around as features are looked for."""
    sites = report.register.sites
    classes = frame["class"].tolist() if "class" in frame else [""] * len(frame)
    named = [c if isinstance(c, str) else "" for c in classes]
    known: dict[int, bytes] = {}
    shapes = frame.geometry.to_numpy()
    reach = max([report.limits.near, *(rule.distance for rule in report.rules)])
    boxes = np.array([_box(site, reach) for site in sites], dtype=object)
    owner, feature = shapely.STRtree(shapely.box(*shapely.bounds(shapes).T)).query(boxes) if len(shapes) else ((), ())
    digests: dict[int, list[bytes]] = {}
    for site, at in zip(np.asarray(owner).tolist(), np.asarray(feature).tolist(), strict=True):
        if at not in known:
            wkb = shapely.to_wkb(shapes[at], byte_order=1, output_dimension=2)
            known[at] = hashlib.sha256(wkb + b"\0" + named[at].encode()).digest()
        digests.setdefault(site, []).append(known[at])
    hashes = (hashlib.sha256(b"".join(sorted(digests.get(i, [])))).hexdigest() for i in range(len(sites)))
    return {site.receipt: digest for site, digest in zip(sites, hashes, strict=True)}


def _box(site: Site, reach: float) -> Any:
    west, south, east, north = shapely.total_bounds(np.array([plot.shape for plot in site.plots], dtype=object))
    return shapely.box(west - reach, south - reach, east + reach, north + reach)


def _crs(crs: "CRS") -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.to_wkt())


_TEXTS = ("receipt", "file", "sha256", "project", "developer", "code", "planned_use", "crs", "declared_by", "remark")
_OF_PLOT = ("number", "name", "role", "use", "sheet", "code")


def _site(site: Site) -> dict[str, Any]:
    return {
        **{name: getattr(site, name) for name in _TEXTS},
        "activities": list(site.activities),
        "submitted_area": site.submitted_area,
        "plots": [_plot(plot) for plot in site.plots],
    }


def _plot(plot: Plot) -> dict[str, Any]:
    return {
        **{name: getattr(plot, name) for name in _OF_PLOT},
        "shape": shapely.to_wkb(plot.shape, hex=True, byte_order=1),
        "surveyed": shapely.to_wkb(plot.surveyed, hex=True, byte_order=1),
        "plane": None if plot.plane is None else _crs(plot.plane),
        "labels": [list(ring) for ring in plot.labels],
        "declared_area": plot.declared_area,
    }


def _read_site(site: Mapping[str, Any]) -> Site:
    return Site(
        **{name: site[name] for name in _TEXTS},
        activities=tuple(site["activities"]),
        submitted_area=site["submitted_area"],
        plots=tuple(_read_plot(plot) for plot in site["plots"]),
    )


def _read_plot(plot: Mapping[str, Any]) -> Plot:
    import pyproj

    return Plot(
        **{name: plot[name] for name in _OF_PLOT},
        shape=shapely.from_wkb(plot["shape"]),
        surveyed=shapely.from_wkb(plot["surveyed"]),
        plane=None if plot["plane"] is None else pyproj.CRS.from_user_input(plot["plane"]),
        labels=tuple(tuple(ring) for ring in plot["labels"]),
        declared_area=plot["declared_area"],
    )
