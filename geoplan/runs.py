"""What changed between two runs: which values and verdicts, and which input, parameter or definition moved them."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from geoplan.errors import StudyError
from geoplan.measure import RELATIVE_TOLERANCE

__all__ = ["Comparison", "Difference", "compare"]

Kind = Literal["asked", "value", "verdict", "input", "reported", "parameter", "place", "study", "software"]
BESIDE = ("study", "software")
"""Kinds that move nothing by themselves: another text of study.toml, another version of a library."""
_LAYER = (
    "sha256", "as_of", "crs", "layer", "scheme", "crosswalk", "where", "area_basis", "covers", "used", "set_aside",
)  # fmt: skip
_DEFINITION = ("method", "layers", "parameters", "classes", "weight", "unit", "standard")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in two runs.

    Attributes:
        kind: what sort of thing: see `Kind`.
        name: the question, layer, library or key.
        what: which part of it: the target (`2030 city, document`), the key of a layer or definition; may be empty.
        before, after: what it was and is; None where it was or is not there.
        unit: of both, where they are numbers.
        because: of a value or verdict, what else changed that it rests on (`input parks sha256`).
    """

    kind: Kind
    name: str
    what: str
    before: Any
    after: Any
    unit: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        before, after: their folders.
        differences: values and verdicts first, then what they rest on.
        titles: question -> what it is called, by language.
    """

    before: Path
    after: Path
    differences: tuple[Difference, ...]
    titles: Mapping[str, Mapping[str, str]]

    @property
    def same(self) -> bool:
        """Whether both say the same from the same inputs, by the same definitions."""
        return all(d.kind in BESIDE for d in self.differences)

    def of(self, *kinds: Kind) -> tuple[Difference, ...]:
        """The differences of some kinds, in order."""
        return tuple(d for d in self.differences if d.kind in kinds)

    def table(self) -> dict[str, Any]:
        """Both runs and every difference as plain values, for JSON."""
        rows = [asdict(d) | {"because": list(d.because)} for d in self.differences]
        return {"before": str(self.before), "after": str(self.after), "same": self.same, "differences": rows}


def compare(before: Path | str, after: Path | str) -> Comparison:
    """What changed between two runs of one study, or of two.

    Numbers closer than the tolerance of the house are equal.

    Args:
        before: the folder an earlier run wrote.
        after: that of a later run.

    Raises:
        StudyError: a folder no run wrote, or whose documents are broken.
    """
    folders = Path(before), Path(after)
    one, other = (_read(folder, "results.json") for folder in folders)
    origins = tuple(_read(folder, "provenance.json") for folder in folders)
    causes = [*_inputs(*origins), *_definitions(*origins), *_places(*origins)]
    answers = [*_answers(_by_name(one), _by_name(other), causes, origins[1])]
    beside = [*_keys("study", "", *(_known(o, "study") for o in origins), keys=("name", "year", "sha256"))]
    beside += _keys("software", "", *(_known(o, "software") for o in origins))
    titles = {r["analysis"]: r["title"] for r in (*one["results"], *other["results"])}
    return Comparison(*folders, (*answers, *causes, *beside), titles)


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError("runs.not_ours", path=folder, file=name) from error
    except ValueError as error:
        raise StudyError("runs.broken", path=folder / name) from error
    ours = "results" if name == "results.json" else "files"
    if not isinstance(found, dict) or not isinstance(found.get(ours), list | dict):
        raise StudyError("runs.not_ours", path=folder, file=name)
    return found


def _by_name(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {r["analysis"]: r for r in document["results"]}


def _known(origin: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = origin.get(key)
    return found if isinstance(found, Mapping) else {}


def _answers(
    one: Mapping[str, Mapping[str, Any]],
    other: Mapping[str, Mapping[str, Any]],
    causes: list[Difference],
    origin: Mapping[str, Any],
) -> Iterator[Difference]:
    """Questions that came or went, values and verdicts that changed, each with what changed below it."""
    for name in dict.fromkeys((*one, *other)):
        was, now = one.get(name), other.get(name)
        if was is None or now is None:
            yield Difference("asked", name, "", was and was["status"], now and now["status"])
            continue
        why = tuple(_because(name, now, causes, _known(_known(origin, "analyses"), name)))
        if was["status"] != now["status"]:
            yield Difference("value", name, "status", was["status"], now["status"], "", why)
        for key in ("value", "ceiling"):
            if not _equal(was[key], now[key]):
                yield Difference("value", name, key, was[key], now[key], now["unit"], why)
        verdicts = tuple({_target(t): t["verdict"] for t in r["targets"]} for r in (was, now))
        yield from _keys("verdict", name, *verdicts, because=why)


def _target(target: Mapping[str, Any]) -> str:
    return f"{target['id']}, {target['area']}, {target['year'] or '-'}, {target['source']}"


def _because(
    name: str, answer: Mapping[str, Any], causes: list[Difference], definition: Mapping[str, Any]
) -> Iterator[str]:
    """What changed that an answer rests on: its layers, its own definition, the place, what was reported."""
    layers = {*answer["ledger"], *(n for names in _known(definition, "layers").values() for n in names)}
    for cause in causes:
        rests_on = {
            "input": cause.name in layers,
            "parameter": cause.name == name,
            "place": answer["kind"] not in {"reported", "checklist"},
            "reported": answer["kind"] in {"reported", "checklist"},
        }
        if rests_on.get(cause.kind):
            yield " ".join(filter(None, (cause.kind, cause.name, cause.what)))


def _inputs(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = _known(one, "layers"), _known(other, "layers")
    for name in dict.fromkeys((*was, *now)):
        if name not in was or name not in now:
            before, after = ((layers.get(name) or {}).get("sha256") for layers in (was, now))
            yield Difference("input", name, "", before, after)
        else:
            yield from _keys("input", name, was[name], now[name], keys=_LAYER)
    yield from _keys("reported", "", _known(one, "reported"), _known(other, "reported"), keys=("sha256",))


def _definitions(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = _known(one, "analyses"), _known(other, "analyses")
    for name in (n for n in was if n in now):
        yield from _keys("parameter", name, *(_flat(definition[name]) for definition in (was, now)))


def _flat(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What of a definition moves its number, each parameter under its own key."""
    told = {key: definition.get(key) for key in _DEFINITION}
    tables = {key: value for key, value in told.items() if isinstance(value, Mapping)}
    plain = {key: value for key, value in told.items() if key not in tables}
    return plain | {f"{key}.{inner}": value for key, table in tables.items() for inner, value in table.items()}


def _places(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _keys("place", "", _known(one, "place"), _known(other, "place"))


def _keys(
    kind: Kind,
    name: str,
    was: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    keys: tuple[str, ...] = (),
    because: tuple[str, ...] = (),
) -> Iterator[Difference]:
    """Every key of two tables that does not say the same, those they have or the ones named."""
    for key in keys or dict.fromkeys((*was, *now)):
        if not _equal(was.get(key), now.get(key)):
            yield Difference(kind, name, key, was.get(key), now.get(key), "", because)


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same; numbers within the tolerance of the house are.

    >>> _equal(0.1 + 0.2, 0.3), _equal(None, 0.0), _equal("a", "a")
    (True, False, True)
    """
    plain = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
    return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12) if plain else bool(one == other)
