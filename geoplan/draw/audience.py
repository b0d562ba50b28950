"""Who reads the pages: inside the bureau everything, outside only what is public, coarse, and under a review number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from geoplan.errors import DefinitionError
from geoplan.layer import LayerSpec, Source

__all__ = ["INTERNAL", "Audience"]

_OPEN = Source().secrecy


class Held(Protocol):
    """A layer, or what is said of one: its contract and where it came from."""

    @property
    def spec(self) -> LayerSpec:
        """The contract."""

    @property
    def source(self) -> Source:
        """Where it came from."""


@dataclass(frozen=True, slots=True)
class Audience:
    """What readers may see.

    Attributes:
        name: `internal` or `public`.
        grid: metres to which a public page coarsens coordinates.
        hidden: columns a public page does not tell.
        review_number: the 审图号 of a public map, typed by the user.
    """

    name: Literal["internal", "public"] = "internal"
    grid: float = 0.0
    hidden: frozenset[str] = field(default_factory=frozenset)
    review_number: str = ""

    def __post_init__(self) -> None:
        if self.name not in {"internal", "public"}:
            raise DefinitionError("definition.choice", key="audience", value=self.name, allowed="internal, public")

    @property
    def public(self) -> bool:
        """Whether anybody may read the pages."""
        return self.name == "public"

    def sees(self, layers: Iterable[Held]) -> bool:
        """Whether all these layers may be shown: to the public only what contract and source both mark public."""
        return not self.public or all(_OPEN == one.spec.secrecy == one.source.secrecy for one in layers)

    def told(self, column: str) -> bool:
        """Whether a column may be shown."""
        return not self.public or column not in self.hidden


INTERNAL = Audience()
"""Readers inside the bureau."""
