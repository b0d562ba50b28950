"""A check repeated: whether the same sites, checked again, get the same answers from the same data."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from geoplan.measure import Note
from geoplan.sites.bundle import AMOUNTS, told, traces
from geoplan.sites.finding import SiteReport

if TYPE_CHECKING:
    from geoplan.layer import Layer

__all__ = ["AREA", "Replay", "replay"]

AREA = 0.01
"""Square metres two checks may differ by and still say the same."""
_KEY = ("receipt", "plot", "control", "class", "domain", "relation")


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of repeating a check.

    Attributes:
        code: 0 the same, 1 a verdict or an area differs, 3 a source changed or is missing.
        differences: one sentence each; what explains a difference (rules, software) stands here and has no code.
    """

    code: Literal[0, 1, 3]
    differences: tuple[Note, ...] = ()


def replay(bundle: Mapping[str, Any], fresh: SiteReport, controls: "Mapping[str, Layer]") -> Replay:
    """Compare a bundle with a fresh check of its sites.

    A source that changed is told first: what then differs is no fault of the check. A line that had no data and has
    some now is a changed source too.

    Args:
        bundle: as `read_bundle` gives it.
        fresh: the report on the register of the bundle.
        controls: control line -> the layer it was checked against this time.
    """
    sources = tuple(_sources(bundle["controls"], traces(fresh, controls)))
    answers = tuple(_answers(bundle, fresh))
    around = tuple(_circumstances(bundle, fresh))
    return Replay(3 if sources else 1 if answers else 0, (*sources, *answers, *around))


def _sources(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Note]:
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one is None and other is None:
            continue
        if other is None:
            yield Note("bundle.missing", {"control": name})
        elif one is None:
            yield Note("bundle.new", {"control": name})
        else:
            yield from _changed(name, one, other)


def _changed(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Note]:
    here = [r for r, digest in one["features"].items() if other["features"].get(r) != digest]
    if here:
        yield Note("bundle.changed_here", {"control": name, "receipts": here})
    elif one["source"] != other["source"]:
        yield Note("bundle.changed_elsewhere", {"control": name})


def _answers(bundle: Mapping[str, Any], fresh: SiteReport) -> Iterator[Note]:
    before = _by_key(bundle["findings"])
    after = _by_key([told(finding) for finding in fresh.findings])
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        where = {"receipt": key[0], "plot": key[1] or "-", "control": key[2], "class_name": key[3] or "-"}
        if one is None or other is None:
            sentence = "bundle.finding_new" if one is None else "bundle.finding_gone"
            yield Note(sentence, {**where, "verdict": (one or other or {})["verdict"]})
            continue
        if (one["verdict"], one["sliver_only"]) != (other["verdict"], other["sliver_only"]):
            yield Note("bundle.verdict", {**where, "before": one["verdict"], "after": other["verdict"]})
        for name in (*AMOUNTS, "whole"):
            if _differs(one[name], other[name]):
                yield Note("bundle.area", {**where, "name": name, "before": one[name], "after": other[name]})


def _by_key(findings: list[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Findings by what they speak of; several of one key keep their order."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for finding in findings:
        key, number = tuple(str(finding[name]) for name in _KEY), 1
        while (*key, str(number)) in found:
            number += 1
        found[*key, str(number)] = finding
    return found


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > AREA


def _circumstances(bundle: Mapping[str, Any], fresh: SiteReport) -> Iterator[Note]:
    """What else is not as it was: it explains differences, and is none."""
    rows = [{**asdict(rule)} for rule in fresh.rules]
    if _plain(rows) != _plain(bundle["rules"]):
        yield Note("bundle.rules")
    if _plain(asdict(fresh.limits)) != _plain(bundle["limits"]):
        yield Note("bundle.limits")
    before, after = bundle.get("software", {}), fresh.provenance.get("software", {})
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if names:
        yield Note("bundle.software", {"names": names})


def _plain(value: Any) -> Any:
    """The same as it comes back from JSON, where there are no tuples."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
