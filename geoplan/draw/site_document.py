"""results.json of a site check: sites and findings as one document with one schema (`docs/sites.schema.json`)."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from geoplan.draw.site_view import View, shown_as
from geoplan.measure import Note, Table
from geoplan.sites.finding import ALL_PLOTS, Finding
from geoplan.sites.rules import Rule
from geoplan.sites.site import Site

__all__ = ["SCHEMA", "site_document"]

SCHEMA = 1
"""Raised whenever a key changes its name or its meaning."""
BASES = {"plane": "plane of the survey", "ellipsoid": "ellipsoidal", "overlap": "ellipsoidal"}


def site_document(view: View, documents: Mapping[str, str]) -> dict[str, Any]:
    """Everything a check found out as plain values: metres and square metres, shares between 0 and 1, machine words.

    Findings that say nothing of their own plot (clear, and no feature within the search distance) are counted by
    control line under `clear`; every other finding stands under `findings`.

    Args:
        view: the report.
        documents: receipt -> the Word document of the project.
    """
    report = view.report
    plain = [f for f in report.findings if _plain(f)]
    return {
        "schema": SCHEMA,
        "place": {"name": report.place.name, "crs": report.place.crs.to_string(), "year": report.place.year},
        "language": report.language,
        "stamp": report.stamp,
        "notices": [view.voice.note(note) for note in report.notices],
        "bases": BASES,
        "limits": {f.name: getattr(report.limits, f.name) for f in dataclasses.fields(report.limits)},
        "verdict": report.verdict,
        "complete": report.complete,
        "controls": {name: _control(view, name) for name in report.controls},
        "rules": [_rule(rule) for rule in report.rules],
        "sites": [_site(view, site, documents) for site in report.register.sites],
        "findings": [_finding(view, f) for f in report.findings if not _plain(f)],
        "clear": _counted(plain),
        "unread": [
            {
                "receipt": u.receipt,
                "file": u.file,
                "reason": view.voice.note(u.reason),
                "remedy": view.voice.note(u.remedy),
            }
            for u in report.register.unread
        ],
        "duplicates": [_pair(row, "share") for row in report.register.duplicates],
        "overlapping": [_pair(row, "area") for row in report.register.overlaps],
    }


def _plain(finding: Finding) -> bool:
    contact = finding.contact
    return finding.verdict == "clear" and contact.overlap == 0 and contact.nearest is None and contact.uncovered == 0


def _counted(plain: list[Finding]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str], int] = {}
    for finding in plain:
        key = (finding.control, finding.class_name)
        counts[key] = counts.get(key, 0) + 1
    return [{"control": control, "class": name, "plots": n} for (control, name), n in sorted(counts.items())]


def _site(view: View, site: Site, documents: Mapping[str, str]) -> dict[str, Any]:
    report, tables = view.report, view.report.tables.get(site.receipt, {})
    return {
        "receipt": site.receipt,
        "project": site.project,
        "developer": site.developer,
        "code": site.code,
        "planned_use": site.planned_use,
        "activities": list(site.activities),
        "file": site.file,
        "sha256": site.sha256,
        "crs": site.crs,
        "declared_by": site.declared_by,
        "remark": site.remark,
        "notes": [view.voice.note(note) for note in site.notes],
        "verdict": report.verdict_of(site),
        "complete": report.complete_of(site),
        "areas": {**{b: _finite(view.area(site, b)) for b in ("plane", "ellipsoid")}, "submitted": site.submitted_area},
        "plots": [_plot(view, site, i) for i in range(len(site.plots))],
        "tables": {name: _table(table) for name, table in tables.items()},
        "document": documents.get(site.receipt),
    }


def _plot(view: View, site: Site, position: int) -> dict[str, Any]:
    plot, key = site.plots[position], site.keys[position]
    areas = view.report.areas.get(site.receipt, {}).get(key, {})
    return {
        "plot": key,
        "number": plot.number,
        "name": plot.name,
        "role": plot.role,
        "use": plot.use,
        "areas": {basis: _finite(areas.get(basis)) for basis in ("plane", "ellipsoid", "declared")},
        "notes": [view.voice.note(note) for note in plot.notes],
    }


def _finding(view: View, finding: Finding) -> dict[str, Any]:
    contact = finding.contact
    return {
        "receipt": finding.receipt,
        "plot": None if finding.plot == ALL_PLOTS else finding.plot,
        "control": finding.control,
        "class": finding.class_name,
        "domain": finding.domain or None,
        "verdict": finding.verdict,
        "shown": shown_as(finding),
        "blocks": finding.blocks,
        "whole": finding.whole,
        "share": _finite(finding.share),
        "sliver_only": finding.sliver_only,
        "rule": finding.rule.row if finding.rule else None,
        "reason": view.voice.note(finding.reason) if isinstance(finding.reason, Note) else None,
        **{f.name: _value(getattr(contact, f.name)) for f in dataclasses.fields(contact) if f.name != "features"},
        "features": [{"id": key, "area": area} for key, area in contact.features],
    }


def _control(view: View, name: str) -> dict[str, Any] | None:
    used = view.report.controls[name]
    if used is None:
        return None
    source, ledger = used.source, used.ledger
    return {
        "title": view.line_name(name),
        "as_of": source.as_of,
        "document": source.document,
        "provider": source.provider,
        "sha256": source.sha256,
        "ledger": {key: getattr(ledger, key) for key in ("read", "used", "repaired", "set_aside")},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {f.name: _value(getattr(rule, f.name)) for f in dataclasses.fields(rule)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "columns": [{"name": column.name, "unit": column.unit} for column in table.columns],
        "rows": [[_value(cell) for cell in row] for row in table.rows],
    }


def _pair(row: tuple[str, str, str, str, float], amount: str) -> dict[str, Any]:
    return {"receipt": row[0], "plot": row[1], "other_receipt": row[2], "other_plot": row[3], amount: row[4]}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _value(v) for k, v in value.items()}
    return _finite(value) if isinstance(value, float) else value


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
