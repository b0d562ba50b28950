"""What was found out about the data of a study before anything is computed of them: layer by layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geoplan.errors import GeoplanError
from geoplan.layer import LayerSpec, Ledger, Source
from geoplan.measure import Note
from geoplan.oddity import Oddity, worst_first
from geoplan.place import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.words import Language

__all__ = ["Amounts", "Figures", "Health", "LayerHealth"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one column: how many are known, and how large they are; None where none is known."""

    column: str
    said: Mapping[str, str]
    unit: str
    known: int
    unknown: int
    least: float | None
    middle: float | None
    most: float | None
    total: float | None


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much there is of a layer: features, square metres, metres, by class, and the numbers of its columns."""

    features: int = 0
    area: float = 0.0
    length: float = 0.0
    classes: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[Figures, ...] = ()
    grid: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LayerHealth:
    """One layer of a study, or one of its states, or a level of zones.

    Attributes:
        name: as study.toml names it; a state has its year behind it (`wetlands@2020`).
        spec: its contract.
        source: where it comes from, as far as that is known.
        ledger: what became of its features.
        amounts: how much there is.
        shapes: some of its features to draw, in the study CRS, simplified.
        oddities: what is odd, worst first.
        notes: what its reading has to say.
        refused: why it cannot be used, or None.
    """

    name: str
    spec: LayerSpec
    source: Source
    ledger: Ledger
    amounts: Amounts
    shapes: "NDArray[np.object_]"
    oddities: tuple[Oddity, ...] = ()
    notes: tuple[Note, ...] = ()
    refused: GeoplanError | None = None

    @property
    def state(self) -> str:
        """In one word: refused, doubt, remark or fine."""
        return self.oddities[0].grave if self.oddities else "fine"

    def count(self, grave: str) -> int:
        """How many oddities of that kind there are."""
        return sum(o.grave == grave for o in self.oddities)


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """Everything a check-up of the data of a study found out.

    Attributes:
        study: its name.
        place: where.
        language: of the page.
        layers: in the order study.toml declares them, zones last.
        stamp: the newest date the study declares.
        previous: the results it was compared with, or an empty text.
        provenance: by what software.
        synthetic: whether the data are made up and say so.
    """

    study: str
    place: Place
    language: "Language"
    layers: tuple[LayerHealth, ...]
    stamp: str = ""
    previous: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def oddities(self) -> tuple[Oddity, ...]:
        """Of all layers, worst first."""
        return worst_first(o for layer in self.layers for o in layer.oddities)

    @property
    def refused(self) -> tuple[GeoplanError, ...]:
        """Why layers cannot be used, one each."""
        return tuple(layer.refused for layer in self.layers if layer.refused is not None)

    def document(self) -> dict[str, Any]:
        """The same as one plain document, for other programs."""
        return {
            "study": self.study,
            "stamp": self.stamp,
            "crs": self.place.crs.to_string(),
            "previous": self.previous,
            "layers": [_layer(layer, self.language) for layer in self.layers],
        }


def _layer(layer: LayerHealth, language: "Language") -> dict[str, Any]:
    source, ledger, amounts = layer.source, layer.ledger, layer.amounts
    said = (
        "path", "sha256", "crs", "as_of", "published", "valid_to", "document", "provider", "scheme", "crosswalk",
        "secrecy", "position_checked",
    )  # fmt: skip
    return {
        "name": layer.name,
        "title": dict(layer.spec.title),
        "state": layer.state,
        "source": {key: getattr(source, key) for key in said},
        "ledger": {key: getattr(ledger, key) for key in ("read", "used", "repaired", "set_aside")},
        "features": amounts.features,
        "area_m2": amounts.area,
        "length_m": amounts.length,
        "classes": dict(amounts.classes),
        "oddities": [
            {
                "kind": o.kind, "grave": o.grave, "count": o.count, "area_m2": o.area, "ids": list(o.ids),
                "said": o.note.say(language),
            }
            for o in layer.oddities
        ],
        "notes": [note.say(language) for note in layer.notes],
    }  # fmt: skip
