"""Values that suffice: from a lowest to a highest, within the tolerance of the house."""

import math
from dataclasses import dataclass

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """The values that suffice, from `low` to `high`; `open` where the ends themselves do not."""

    low: float = -math.inf
    high: float = math.inf
    open: bool = False
    slack: float = 0.0

    def below(self, value: float) -> bool:
        """Whether a value lies under the span, by more than the tolerance of the house."""
        return value <= self.low + self.slack if self.open else value < self.low - self.slack

    def above(self, value: float) -> bool:
        """Whether a value lies over the span, by more than the tolerance of the house."""
        return value >= self.high - self.slack if self.open else value > self.high + self.slack

    def sure(self, floor: float, ceiling: float) -> bool:
        """Whether every value from floor to ceiling suffices."""
        return not (self.below(floor) or self.above(ceiling))

    def never(self, floor: float, ceiling: float) -> bool:
        """Whether no value from floor to ceiling suffices."""
        return self.below(ceiling) or self.above(floor)

    def lacks(self, value: float) -> float:
        """How far a value lies from the nearest one that suffices."""
        return max(self.low - value, value - self.high, 0.0) if self.below(value) or self.above(value) else 0.0
