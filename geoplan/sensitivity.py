"""How far a convention moves a number: the same question with each other value its definition names, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geoplan.errors import DefinitionError, nearest
from geoplan.measure import Table
from geoplan.signature import parameters_of

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.result import Result

__all__ = ["WITHOUT", "Variant", "compared", "variants"]

WITHOUT = "without"
"""The key of [sensitivity] that lists roles which are left out, one at a time."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A question with one convention changed.

    Attributes:
        parameter: which; `without` where a layer is left out.
        value: what it is changed to, as the definition writes it; the role that is left out.
        analysis: the question so changed.
    """

    parameter: str
    value: Any
    analysis: "Analysis"


def variants(analysis: "Analysis") -> tuple[Variant, ...]:
    """The question with each convention its definition lists changed, one at a time, in the order they stand there.

    Raises:
        DefinitionError: a parameter the method does not have, a value it cannot honour, or a role that is not there or
            cannot be left out.
    """
    return tuple(_variants(analysis))


def compared(result: "Result", found: "Sequence[tuple[Variant, Result]]") -> Table | None:
    """Each convention beside the number it gives, and how far that lies from the answer; None where none is listed."""
    if not found:
        return None
    unit, answer = result.analysis.unit, result.value
    values = [other.value for _, other in found]
    apart = [None if value is None or answer is None else value - answer for value in values]
    return Table.of({
        "parameter": ("", ["as_defined", *(v.parameter for v, _ in found)]),
        "set_to": ("", ["", *(_text(v.value) for v, _ in found)]),
        "result": (unit, [answer, *values]),
        "difference": (unit, [None, *apart]),
    })  # fmt: skip


def _variants(analysis: "Analysis") -> Iterator[Variant]:
    for key, values in analysis.sensitivity.items():
        for value in values:
            if key == WITHOUT:
                yield Variant(key, value, _left_out(analysis, value))
            elif _read(analysis, key, value) != _now(analysis, key):
                yield Variant(key, value, analysis.with_parameters({key: value}).bound())


def _left_out(analysis: "Analysis", role: str) -> "Analysis":
    optional = {p.name for p in parameters_of(analysis.method, analysis.origin) if p.kind == "role" and p.optional}
    if role not in optional or role not in analysis.roles:
        kept = [name for name in analysis.roles if name in optional]
        close = nearest(role, kept) or ", ".join(kept) or "—"
        raise DefinitionError("definition.without", file=analysis.origin, role=role, nearest=close)
    return replace(analysis, roles={r: names for r, names in analysis.roles.items() if r != role})


def _read(analysis: "Analysis", key: str, value: object) -> Any:
    return analysis.with_parameters({key: value}).bound().parameters[key]


def _now(analysis: "Analysis", key: str) -> Any:
    """What a parameter is in the definition, or by default: a list that holds it too does not ask for it twice."""
    defaults: Mapping[str, Any] = {p.name: p.default for p in parameters_of(analysis.method, analysis.origin)}
    return analysis.parameters.get(key, defaults.get(key))


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
