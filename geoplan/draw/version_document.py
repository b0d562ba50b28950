"""versions.json: two compared versions for other programs; amounts in m2 and metres, machine words in English."""

from typing import Any

from geoplan.draw.version_view import VersionView
from geoplan.measure import Flow
from geoplan.result import Used
from geoplan.sites.version_report import Account, Patch

__all__ = ["document"]


def document(view: VersionView, *, stamp: str = "") -> dict[str, Any]:
    """The report as one document; `sentences` are what the tables say in the language of the folder."""
    report = view.report
    shift, reason = report.shift, report.incomparable
    return {
        "layer": report.layer,
        "title": dict(report.after.spec.title),
        "place": report.place.name,
        "crs": report.place.crs.to_string(),
        "stamp": stamp,
        "before": _version(report.before),
        "after": _version(report.after),
        "comparable": reason is None,
        "reason": None if reason is None else {"code": reason.sentence, "said": view.voice.note(reason)},
        "shift": None if shift is None else shift._asdict(),
        "change": _flow(report.change.overall),
        "natural": None if report.natural is None else {**_flow(report.natural), "accepted": report.accepted},
        "accounts": [_account(account) for account in report.accounts],
        "verdicts": dict(report.verdicts),
        "patches": [_patch(patch) for patch in report.patches],
        "unfounded": [patch.number for patch in report.unfounded],
        "surveyed": [
            {"id": s.feature, "before": s.before, "after": s.after, "offset": s.offset, "reason": s.reason}
            for s in report.surveyed
        ],
        "limits": {"sliver_area": report.limits.sliver_area, "sliver_width": report.limits.sliver_width},
        "notes": [{"code": note.sentence, "said": view.voice.note(note)} for note in report.notes],
        "sentences": list(view.sentences()),
    }


def _version(used: Used) -> dict[str, Any]:
    source, ledger = used.source, used.ledger
    names = ("path", "layer", "sha256", "crs", "as_of", "document", "provider", "scheme", "crosswalk")
    counts = {name: getattr(ledger, name) for name in ("read", "used", "repaired", "set_aside")}
    return {**{name: getattr(source, name) for name in names}, "ledger": counts}


def _flow(flow: Flow) -> dict[str, float]:
    return {name: float(getattr(flow, name)) for name in ("before", "gained", "lost", "after", "slivers")}


def _account(account: Account) -> dict[str, Any]:
    classes = [
        {"class": c.name, **_flow(c.flow), "came_in": c.came_in, "went_out": c.went_out} for c in account.classes
    ]
    matrix = [
        {
            "before": _class(b),
            "after": _class(a),
            "inside_before": b is not None,
            "inside_after": a is not None,
            "m2": m2,
        }
        for (b, a), m2 in account.matrix.items()
    ]
    own = {"reclassified": account.reclassified, "reclassified_slivers": account.reclassified_slivers}
    return {"domain": account.domain or "all", **_flow(account.flow), **own, "classes": classes, "matrix": matrix}


def _patch(patch: Patch) -> dict[str, Any]:
    return {
        "number": patch.number, "feature": patch.feature, "feature_after": patch.feature_after, "kind": patch.kind,
        "sliver": patch.sliver, "class_before": _class(patch.class_before), "class_after": _class(patch.class_after),
        "m2": patch.area, "width": patch.width, "zone": patch.zone, "adjustment": patch.adjustment,
        "approval": patch.approval, "remark": patch.remark, "founded": patch.founded, **patch.more,
    }  # fmt: skip


def _class(name: str | None) -> str | None:
    """A class; null outside the layer and where nobody knows it."""
    return name or None
