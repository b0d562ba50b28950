"""results.json: every number of a run as one document with one schema (`docs/results.schema.json`)."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from geoplan.draw.figures import engine_unit
from geoplan.draw.voice import Voice
from geoplan.measure import Change, Flow, Halves, Ratio, Row, Table, Total
from geoplan.reported import Entry
from geoplan.result import Judged, Result, Results

__all__ = ["SCHEMA", "as_json", "document"]

SCHEMA = 1
"""Raised whenever a key changes its name or its meaning."""
WEIGHTS = ("count", "area", "population")
BASIS = "ellipsoidal"


def document(results: Results) -> dict[str, Any]:
    """Everything a run found out, as plain values: amounts in m2, m, people and count; `value` and `gap` in `unit`."""
    voice = Voice(results.language)
    return {
        "schema": SCHEMA,
        "study": results.study,
        "place": {"name": results.place.name, "crs": results.place.crs.to_string(), "year": results.place.year},
        "language": results.language,
        "stamp": results.stamp,
        "notices": [voice.note(note) for note in results.notices],
        "not_asked": {name: list(layers) for name, layers in results.not_asked.items()},
        "results": [_result(result, results, voice) for result in results.results],
        "tables": {r.name: {n: _table(t) for n, t in r.tables.items()} for r in results.results if r.tables},
        "facts": {r.name: {n: _finite(v) for n, v in r.outcome.facts.items()} for r in results.results if r.outcome},
    }


def as_json(content: Mapping[str, Any]) -> str:
    """The text of a JSON document: keys sorted, characters as they are, no number that is none."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False, default=_plain) + "\n"


def _result(result: Result, results: Results, voice: Voice) -> dict[str, Any]:
    measure = result.outcome.measure if result.outcome else None
    has_value = result.status == "ok"
    ratio = measure.overall if isinstance(measure, Ratio) else None
    flow = measure.overall if isinstance(measure, Change) else None
    total = measure if isinstance(measure, Total) else None
    tables = list(result.outcome.tables.values()) if result.outcome else []
    return {
        "analysis": result.name,
        "title": dict(result.analysis.title),
        "kind": result.kind or None,
        "unit": result.analysis.unit,
        "value": _finite(result.value),
        "status": result.status,
        "reason": voice.note(result.reason) if result.reason else None,
        "part": ratio.part if ratio else total.amount if total and has_value else None,
        "whole": ratio.whole if ratio else None,
        "unknown": next((each.unknown for each in (ratio, total, flow) if each), None),
        "ceiling": _finite(result.ceiling),
        "basis": BASIS,
        "weights": _weights(result),
        **{key: getattr(flow, key) if flow else None for key in ("before", "after", "gained", "lost", "slivers")},
        "by_zone": _by_zone(result),
        "additive": {level: zones.additive for level, zones in results.place.zones.items()},
        "table": _table(tables[0]) if tables else None,
        "targets": [_judged(judged, result) for judged in result.judged],
        "deficits": [{**_fields(d), "amount": _finite(d.amount), "zones": dict(d.zones)} for d in result.deficits],
        "reported": [_entry(entry) for entry in result.entries],
        "ledger": {
            used.name: {key: getattr(used.ledger, key) for key in ("read", "used", "repaired", "set_aside")}
            for layers in result.used.values()
            for used in layers
        },
        "ids": list(dict.fromkeys(judged.target.id for judged in result.judged)),
    }


def _weights(result: Result) -> dict[str, Any]:
    given = result.outcome.weights if result.outcome else {}
    return {
        name: None if (ratio := given.get(name)) is None else _halves(ratio.overall, result)
        for name in dict.fromkeys((*WEIGHTS, *given))
    }


def _by_zone(result: Result) -> dict[str, Any]:
    if result.outcome is None:
        return {}
    measure = result.outcome.measure
    doubts = measure.unknown_by_zone if isinstance(measure, Total) else {}
    return {
        level: [
            {"zone": row.zone, "name": row.name, **_row(row, result, {r.zone: r.value for r in doubts.get(level, ())})}
            for row in rows
        ]
        for level, rows in measure.by_zone.items()
    }


def _row(row: Row[Any], result: Result, doubt: Mapping[str | None, float]) -> dict[str, Any]:
    value = row.value
    if isinstance(value, Halves):
        return _halves(value, result)
    amount = value.gained - value.lost if isinstance(value, Flow) else value
    unknown = None if amount is None else _finite(doubt.get(row.zone))
    return {"value": _finite(result.in_unit(amount)), "part": None, "whole": None, "unknown": unknown}


def _halves(halves: Halves, result: Result) -> dict[str, Any]:
    return {
        "value": _finite(result.in_unit(halves.value)),
        "part": halves.part,
        "whole": halves.whole,
        "unknown": halves.unknown,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "columns": [{"name": column.name, "unit": column.unit} for column in table.columns],
        "rows": [[_plain(cell) for cell in row] for row in table.rows],
    }


def _judged(judged: Judged, result: Result) -> dict[str, Any]:
    target, verdict = judged.target, judged.verdict
    numbers = target.numbers
    return {
        "id": target.id,
        "area": target.area,
        "year": target.year,
        "op": target.op,
        "value": target.value,
        "number": numbers[0] if numbers else None,
        "verdict": verdict.word,
        "gap": _finite(verdict.gap),
        "need": _need(judged, result),
        "source": target.source,
        "locator": target.locator,
        "aspects": [{"aspect": a, "word": word, "amount": _finite(amount)} for a, word, amount in verdict.aspects],
        "reported": _entry(judged.entry) if judged.entry else None,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """What was reported, without the row of the table it was read from."""
    told = {key: value for key, value in _fields(entry).items() if key not in {"row", "name"}}
    return {**told, "number": _finite(entry.number)}


def _fields(of: Any) -> dict[str, Any]:
    return {field.name: getattr(of, field.name) for field in fields(of)}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _need(judged: Judged, result: Result) -> dict[str, Any] | None:
    """What would close the gap: an amount of the part, and the shortest list of unmet features that supplies it."""
    verdict = judged.verdict
    if verdict.need is None:
        return None
    closing = [{"id": key, "name": name, "amount": _finite(amount)} for key, name, amount in verdict.closing]
    return {"amount": _finite(verdict.need), "unit": engine_unit(result), "features": closing}


def _plain(value: Any) -> Any:
    """A value JSON knows: numbers of numpy as numbers, dates as text, what is no number as null."""
    if isinstance(value, float):
        plain: Any = _finite(value)
    elif value is None or isinstance(value, (bool, str, int)):
        plain = value
    elif isinstance(value, (dt.date, dt.datetime)):
        plain = value.isoformat()
    elif isinstance(value, (list, tuple)):
        plain = [_plain(v) for v in value]
    elif isinstance(value, Mapping):
        plain = {str(k): _plain(v) for k, v in value.items()}
    else:
        # numbers of numpy say what they are when asked
        item = getattr(value, "item", None)
        plain = _plain(item()) if callable(item) else str(value)
    return plain
