"""What the public may see of a run; whatever draws afterwards cannot show more."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geoplan.draw.audience import Audience
from geoplan.errors import GeoplanError
from geoplan.layer import Ledger, Source
from geoplan.measure import Note, Outcome, Table
from geoplan.result import Judged, Result, Results, Used

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["fitted"]

_INSIDE = ("path", "where", "file")


def fitted(results: Results, audience: Audience) -> Results:
    """The results as that audience may read them.

    The public sees values by zone, never the features of a layer that is not public, their population, where files lie,
    or what is known of a source that is internal.
    """
    if not audience.public:
        return results
    return replace(
        results,
        results=tuple(_result(result, audience) for result in results.results),
        base={name: layer for name, layer in results.base.items() if audience.sees((layer,))},
        provenance=_provenance(results, audience),
    )


def _result(result: Result, audience: Audience) -> Result:
    layers = [used for role in result.used.values() for used in role]
    seen = audience.sees(layers)
    outcome = result.outcome
    if outcome is not None:
        outcome = _outcome(outcome, audience) if seen else replace(outcome, evidence={}, tables={})
    told = seen and audience.told(result.analysis.weight)
    judged = tuple(_judged(j, told=told) for j in result.judged)
    used = {role: tuple(_used(u, audience) for u in group) for role, group in result.used.items()}
    deficits = result.deficits if told else ()
    trend, moved = (None if t is None else _table(t, audience) for t in (result.trend, result.sensitivity))
    return replace(
        result,
        outcome=outcome,
        judged=judged,
        used=used,
        reason=_reason(result.reason),
        deficits=deficits,
        trend=trend,
        sensitivity=moved,
    )


def _judged(judged: Judged, *, told: bool) -> Judged:
    verdict = replace(judged.verdict, reason=_reason(judged.verdict.reason))
    return replace(judged, verdict=verdict if told else replace(verdict, closing=()))


def _reason(reason: Note | None) -> Note | None:
    """Why there is no value; an error names files, so the public reads only that there was one."""
    if reason is None or not any(isinstance(value, GeoplanError) for value in reason.fields.values()):
        return reason
    return Note("report.reason_internal")


def _outcome(outcome: Outcome, audience: Audience) -> Outcome:
    evidence = {name: _columns(frame, audience) for name, frame in outcome.evidence.items()}
    tables = {name: _table(table, audience) for name, table in outcome.tables.items()}
    return replace(outcome, evidence=evidence, tables=tables)


def _columns(frame: "gpd.GeoDataFrame", audience: Audience) -> "gpd.GeoDataFrame":
    return frame[[name for name in frame.columns if audience.told(str(name))]]


def _table(table: Table, audience: Audience) -> Table:
    kept = [i for i, column in enumerate(table.columns) if audience.told(column.name)]
    return Table(tuple(table.columns[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in table.rows))


def _used(used: Used, audience: Audience) -> Used:
    source, ledger = used.source, used.ledger
    if audience.sees((used,)):
        return replace(used, source=replace(source, path="", where=""), notes=())
    told = Source(as_of=source.as_of, secrecy=source.secrecy)
    bare = tuple(replace(entry, feature="") for entry in ledger.entries)
    return replace(used, source=told, ledger=Ledger(ledger.read, ledger.used, bare), notes=())


def _provenance(results: Results, audience: Audience) -> dict[str, Any]:
    told = {key: value for key, value in results.provenance.items() if key != "layers"}
    open_ones = {u.name for r in results.results for group in r.used.values() for u in group if audience.sees((u,))}
    layers = {n: v for n, v in results.provenance.get("layers", {}).items() if n in open_ones}
    cleaned: dict[str, Any] = _without({**told, "layers": layers})
    return cleaned


def _without(value: Any) -> Any:
    """The same without where files lie."""
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in _INSIDE}
    return [_without(v) for v in value] if isinstance(value, list) else value
