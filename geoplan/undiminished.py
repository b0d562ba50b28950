"""What must not be degraded is asked three times: has its area shrunk, its class changed, its place moved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geoplan.measure import Note
from geoplan.units import shown, symbol
from geoplan.verdict import Verdict
from geoplan.words import LANGUAGES, say

if TYPE_CHECKING:
    from geoplan.target import Target

__all__ = ["Aspects", "undiminished"]


@dataclass(frozen=True, slots=True)
class Aspects:
    """What became of ground between two states, in the unit of the definition.

    Attributes:
        reduced: by how much its area is smaller; 0 or less where it is not.
        turned: how much of it is of another class; None where it has no classes.
        moved: how much of it was taken out, whatever was taken in elsewhere.
        surely: whether its area is smaller even if what is unknown, or looks like a boundary drawn twice, is there.
        doubtful: whether of some of it nobody can tell what became.
    """

    reduced: float
    turned: float | None
    moved: float
    surely: bool
    doubtful: bool = False


def undiminished(target: "Target", found: Aspects, *, as_of_year: int | None, unit: str) -> Verdict:
    """The verdict on a target of no degradation: three aspects, each for itself, and a fourth nobody assessed.

    A smaller area misses a target that is due. Everything else is left to a person: ground may change its class or
    place lawfully, and what it does for nature is not on the map.

    >>> from geoplan.target import Target
    >>> goal = Target("a", "eco_redline_change", "city", 2025, "non_degradation", "", "-")
    >>> undiminished(goal, Aspects(2.5, None, 2.5, surely=True), as_of_year=2025, unit="公顷").word
    'missed'
    >>> kept = undiminished(goal, Aspects(0.0, 0.0, 0.0, surely=False), as_of_year=2025, unit="公顷")
    >>> kept.word, [f"{aspect} {word}" for aspect, word, _ in kept.aspects]
    ('needs_review', ['area kept', 'class kept', 'place kept', 'function not_assessed'])
    """
    area = _word(found.reduced, "reduced", doubtful=found.doubtful and not found.surely)
    turned = "not_assessed" if found.turned is None else _word(found.turned, "turned", doubtful=found.doubtful)
    aspects = (
        ("area", area, max(found.reduced, 0.0)),
        ("class", turned, found.turned),
        ("place", _word(found.moved, "moved", doubtful=found.doubtful), found.moved),
        ("function", "not_assessed", None),
    )
    said = {aspect: _said(aspect, word, amount, unit) for aspect, word, amount in aspects}
    due = target.year is not None and as_of_year is not None and as_of_year >= target.year
    if found.surely and due:
        return Verdict("missed", gap=found.reduced, toward=1, aspects=aspects, reason=Note("verdict_why.triple", said))
    return Verdict("needs_review", aspects=aspects, reason=Note("verdict_why.triple", said))


def _said(aspect: str, word: str, amount: float | None, unit: str) -> dict[str, str]:
    """What became of one aspect, by language."""
    return {
        language: say(
            language, f"aspect.{aspect}.{word}", amount=shown(amount, 4, toward=1), unit=symbol(unit, language)
        )
        for language in LANGUAGES
    }


def _word(amount: float, word: str, *, doubtful: bool) -> str:
    if doubtful and amount <= 0:
        return "unknown"
    return word if amount > 0 else "kept"
