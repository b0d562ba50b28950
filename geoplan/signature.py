"""The signature is the schema: what a method takes, read from the annotations of an ordinary function.

Parameters annotated `Layer` are roles, `place` and `weight` are handed in by the engine, the others are quantities with
a dimension, choices, flags, whole numbers or the name of a column.
"""

import functools
import importlib
import inspect
import pkgutil
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from geoplan import units
from geoplan.errors import DefinitionError, UnknownName, nearest
from geoplan.units import quantity

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Parameter", "method_function", "method_names", "parameters_of"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method, as its signature declares it.

    Attributes:
        name: as a definition writes it.
        kind: `role` (takes a layer), `asked` (the engine hands it in: place, weight), `quantity`, `choice`, `integer`,
            `flag` or `text` (the name of a column).
        dimension: the name of the quantity type, for quantities.
        several: whether it takes a list.
        optional: whether a definition may leave it out.
        default: what it is when left out, in the engine's unit.
        choices: the words a choice may be.
    """

    name: str
    kind: Literal["role", "asked", "quantity", "choice", "integer", "flag", "text"]
    dimension: str = ""
    several: bool = False
    optional: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> Any:
        """The value of a definition in the engine's unit.

        Raises:
            UnitError: a quantity without a unit, or of another dimension.
            DefinitionError: a list where one is meant, a word that is no choice, or a value of another kind.
        """
        if self.several:
            values = value if isinstance(value, list) else [value]
            if not values:
                raise DefinitionError("definition.empty_list", key=self.name)
            return tuple(self._one(v) for v in values)
        return self._one(value)

    def _one(self, value: object) -> Any:
        if self.kind == "quantity":
            return quantity(value, self.dimension)
        if self.kind == "choice":
            if value not in self.choices:
                raise DefinitionError(
                    "definition.choice", key=self.name, value=value, allowed=", ".join(map(str, self.choices))
                )
            return value
        wanted = {"integer": int, "flag": bool}.get(self.kind, str)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise DefinitionError("definition.kind", key=self.name, value=value, wanted=self.kind)
        return value


@functools.cache
def method_names() -> tuple[str, ...]:
    """The methods there are: the files of methods/.

    >>> "reach" in method_names()
    True
    """
    package = importlib.import_module("geoplan.methods")
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__)))


@functools.cache
def parameters_of(method: str, origin: str = "") -> tuple[Parameter, ...]:
    """What a method takes, read from its signature.

    Raises:
        UnknownName: a method nobody wrote.
    """
    function = method_function(method, origin)
    hints = typing.get_type_hints(function)
    return tuple(_parameter(p, hints[p.name]) for p in inspect.signature(function).parameters.values())


def method_function(method: str, origin: str = "") -> "Callable[..., Any]":
    """The function that answers this shape of question.

    Raises:
        UnknownName: a method nobody wrote.
    """
    if method not in method_names():
        raise UnknownName(
            "definition.method", file=origin, name=method, nearest=nearest(method, method_names()) or method_names()[0]
        )
    function: Callable[..., Any] = getattr(importlib.import_module(f"geoplan.methods.{method}"), method)
    return function


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:
    missing = parameter.default is inspect.Parameter.empty
    inner, none = _without_none(hint)
    several = typing.get_origin(inner) is tuple
    if several:
        inner = typing.get_args(inner)[0]
    shape: dict[str, Any] = {
        "name": parameter.name,
        "several": several,
        "optional": none or not missing,
        "default": None if missing else parameter.default,
    }
    if parameter.name in {"place", "weight"}:
        return Parameter(kind="asked", **shape)
    if typing.get_origin(inner) is Literal:
        return Parameter(kind="choice", choices=typing.get_args(inner), **shape)
    name = getattr(inner, "__name__", "")
    if name == "Layer":
        return Parameter(kind="role", **shape)
    if name in units.__all__:
        return Parameter(kind="quantity", dimension=name, **shape)
    plain: dict[str, Literal["integer", "flag", "text"]] = {"int": "integer", "bool": "flag", "str": "text"}
    return Parameter(kind=plain[name], **shape)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        kept = [a for a in typing.get_args(hint) if a is not type(None)]
        return kept[0], len(kept) < len(typing.get_args(hint))
    return hint, False
