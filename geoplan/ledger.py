"""The ledger of a layer: what became of every feature that was read."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Entry", "Ledger"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One feature that was not simply used: which, what happened to it and why, and how many m2 that is."""

    feature: str
    fate: Literal["repaired", "set_aside"]
    reason: str
    area: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every feature accounted for: read = used + repaired + set aside.

    Raises:
        ValueError: the counts do not add up.

    >>> Ledger(read=3, used=2, entries=(Entry("7", "set_aside", "empty"),)).set_aside
    1
    >>> Ledger(read=0, used=0).repaired
    0
    >>> Ledger(read=3, used=2)
    Traceback (most recent call last):
    ...
    ValueError: 3 read, but 2 used + 0 repaired + 0 set aside
    """

    read: int
    used: int
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if self.read != self.used + self.repaired + self.set_aside:
            raise ValueError(
                f"{self.read} read, but {self.used} used + {self.repaired} repaired + {self.set_aside} set aside"
            )

    @property
    def repaired(self) -> int:
        """Features whose shape was mended; they are used."""
        return sum(e.fate == "repaired" for e in self.entries)

    @property
    def set_aside(self) -> int:
        """Features left out, each with its reason."""
        return sum(e.fate == "set_aside" for e in self.entries)
