"""A question ready to run: a method bound to layers and quantities, checked against the method's signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from geoplan import units
from geoplan.errors import DefinitionError, GeoplanError, nearest
from geoplan.measure import dimension
from geoplan.signature import Parameter, method_function, parameters_of

if TYPE_CHECKING:
    from geoplan.measure import Outcome

__all__ = ["SYSTEMS", "Analysis"]

KEYS = (
    "title", "question", "method", "unit", "better", "standard", "system", "verified", "weight", "map", "area_role",
    "empty", "layers", "parameters", "classes", "example", "sensitivity",
)  # fmt: skip
SYSTEMS = ("住建体检", "国空体检", "规划考核")
"""Systems of examination; each defines its indicators in its own way. The last judges by the targets of plans."""
_CHOICES = {
    "better": ("higher", "lower", "none"),
    "system": SYSTEMS,
    "empty": ("no_data", "not_applicable"),
    "weight": ("count", "area", "population", "length", "amount"),
}
_NEEDED = ("title", "method", "unit", "better", "layers")


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A question ready to run, as its file in analyses/ says.

    Attributes:
        name: the file name.
        title: by language.
        question: what is asked, in a sentence.
        method: the method that answers it.
        unit: what the value is printed in.
        better: whether higher or lower is better, or neither.
        roles: role -> layer names; one that ends in `@2020` is that year's state.
        parameters: what the definition or the study says, in the engine's units.
        printed: the same as written, for the page.
        classes: role -> column -> the classes that are kept; the column is `class` where the file names none.
        example: the sum worked by hand.
        origin: the file it came from.
        instead_of: parameters the study set anew -> what the definition says of each; None where it says nothing.
        own: whether the definition is the study's own and stands for a built-in one of its name.
    """

    name: str
    title: Mapping[str, str]
    method: str
    unit: str
    better: Literal["higher", "lower", "none"]
    roles: Mapping[str, tuple[str, ...]]
    question: Mapping[str, str] = field(default_factory=dict)
    standard: str = ""
    system: str = ""
    verified: bool = False
    weight: str = "count"
    map: str = ""
    area_role: str = "whole"
    empty: Literal["no_data", "not_applicable"] = "no_data"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    printed: Mapping[str, Any] = field(default_factory=dict)
    classes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    sensitivity: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    origin: str = ""
    instead_of: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False

    @classmethod
    def from_toml(cls, name: str, table: Mapping[str, Any], origin: str = "") -> "Analysis":
        """The analysis a definition file describes; the method is not looked at yet (see `bound`).

        Raises:
            DefinitionError: an unknown or missing key, or a word that is none of the allowed ones.
        """
        for key in table:
            if key not in KEYS:
                raise DefinitionError("definition.key", file=origin, key=key, nearest=nearest(key, KEYS) or KEYS[0])
        for key in _NEEDED:
            if key not in table:
                raise DefinitionError("definition.missing", file=origin, key=key)
        for key, allowed in _CHOICES.items():
            if key in table and table[key] not in allowed:
                raise DefinitionError(
                    "definition.choice_in", file=origin, key=key, value=table[key], allowed=", ".join(allowed)
                )
        title = _bilingual(table["title"], origin, "title")
        question = _bilingual(table["question"], origin, "question") if "question" in table else {}
        plain = ("method", "unit", "better", "standard", "system", "verified", "weight", "map", "area_role", "empty")
        return cls(
            name=name,
            title=title,
            question=question,
            roles={role: _texts(value) for role, value in table["layers"].items()},
            printed=dict(table.get("parameters", {})),
            classes={role: _by_column(kept) for role, kept in table.get("classes", {}).items()},
            example=dict(table.get("example", {})),
            sensitivity={k: _listed(v, origin, k) for k, v in table.get("sensitivity", {}).items()},
            origin=origin,
            **{key: table[key] for key in plain if key in table},
        )

    def with_parameters(self, changed: Mapping[str, Any]) -> "Analysis":
        """The same question with other parameters, as `[parameters.NAME]` of a study writes them."""
        before = {k: self.printed.get(k) for k, value in changed.items() if self.printed.get(k) != value}
        instead_of = {**before, **self.instead_of}
        return replace(self, printed={**self.printed, **changed}, parameters={}, instead_of=instead_of)

    def bound(self) -> "Analysis":
        """The analysis with its parameters read in the engine's units.

        Raises:
            UnknownName: a method nobody wrote.
            DefinitionError: a role or parameter the method does not take, a required one that is missing, or a value
                it cannot honour; each names the file, the key and the nearest allowed word.
        """
        known = {p.name: p for p in parameters_of(self.method, self.origin)}
        roles = {n: p for n, p in known.items() if p.kind == "role"}
        others = {n: p for n, p in known.items() if p.kind not in {"role", "asked"}}
        self._check_roles(roles)
        read = {}
        for key, value in self.printed.items():
            if key not in others:
                raise DefinitionError(
                    "definition.parameter",
                    file=self.origin,
                    key=key,
                    method=self.method,
                    nearest=nearest(key, others) or ", ".join(others),
                )
            try:
                read[key] = others[key].read(value)
            except GeoplanError as error:
                raise DefinitionError("definition.value", file=self.origin, key=key, reason=error) from error
        for name, parameter in others.items():
            if name not in read and not parameter.optional:
                raise DefinitionError("definition.missing", file=self.origin, key=f"parameters.{name}")
        return replace(self, parameters=read)

    def _check_roles(self, roles: Mapping[str, Parameter]) -> None:
        for role in (*self.roles, *self.classes):
            if role not in roles:
                raise DefinitionError(
                    "definition.role",
                    file=self.origin,
                    key=role,
                    method=self.method,
                    nearest=nearest(role, roles) or ", ".join(roles),
                )
        for role, names in self.roles.items():
            if len(names) > 1 and not roles[role].several:
                raise DefinitionError("definition.one_layer", file=self.origin, key=role)
        for role, parameter in roles.items():
            if role not in self.roles and not parameter.optional:
                raise DefinitionError("definition.missing", file=self.origin, key=f"layers.{role}")

    @property
    def required_layers(self) -> tuple[str, ...]:
        """Layers without which the question cannot be asked."""
        optional = {p.name for p in parameters_of(self.method, self.origin) if p.optional}
        return tuple(dict.fromkeys(n for role, names in self.roles.items() if role not in optional for n in names))

    @property
    def halo(self) -> float:
        """How many metres beyond a window its answer depends on: the sum of the largest distance and the snap."""
        reach = {p.name: p for p in parameters_of(self.method, self.origin) if p.dimension == "Metres"}
        values = {n: self.parameters.get(n, p.default) for n, p in reach.items()}
        flat = [v for value in values.values() for v in (value if isinstance(value, tuple) else (value,)) if v]
        return max(flat, default=0.0) + float(values.get("max_snap") or 0.0)

    def answer(self, layers: Mapping[str, Any], place: Any) -> "Outcome":
        """Run the method on layers by role (a tuple where the role takes several) over a place.

        Raises:
            DefinitionError: the definition prints the answer in a unit of something else.
        """
        known = parameters_of(self.method, self.origin)
        asked = {"place": place, "weight": self.weight}
        handed = {p.name: asked[p.name] for p in known if p.kind == "asked"}
        outcome: Outcome = method_function(self.method, self.origin)(**layers, **handed, **self.parameters)
        measured = dimension(outcome.measure)
        if measured not in {"", units.counted_dimension(self.unit)}:
            others = ", ".join(units.units_of(measured))
            raise DefinitionError(
                "definition.unit", file=self.origin, unit=self.unit, method=self.method, nearest=others
            )
        return outcome


def _bilingual(value: object, origin: str, key: str) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise DefinitionError("definition.bilingual", file=origin, key=key)
    return {k: str(v) for k, v in value.items()}


def _by_column(kept: object) -> dict[str, tuple[str, ...]]:
    return {k: _texts(v) for k, v in kept.items()} if isinstance(kept, dict) else {"class": _texts(kept)}


def _listed(value: object, origin: str, key: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DefinitionError("definition.list", file=origin, key=f"sensitivity.{key}")
    return tuple(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)
