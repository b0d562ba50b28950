"""The scorecard: every question beside every target that binds here, and where two plans disagree."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geoplan.result import Judged, Result
    from geoplan.target import Target

__all__ = ["Scorecard", "Scored"]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One row: a question beside one target, or alone where none binds.

    Attributes:
        result: the answer.
        judged: the target and the verdict on it; None where no target binds.
        conflict: whether another plan asks something else for the same area and year.
    """

    result: "Result"
    judged: "Judged | None" = None
    conflict: bool = False

    @property
    def word(self) -> str:
        """The machine word of the verdict."""
        if self.judged is not None:
            return self.judged.verdict.word
        return "no_target" if self.result.status == "ok" else self.result.status


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """All rows of a run, in the order the questions were asked."""

    rows: tuple[Scored, ...]

    @classmethod
    def of(cls, results: "Iterable[Result]") -> "Scorecard":
        """One row per question and target, by area and year, so that plans that disagree stand side by side.

        >>> Scorecard.of([]).rows
        ()
        """
        rows = []
        for result in results:
            judged = sorted(result.judged, key=lambda j: (j.target.area, j.target.year or 9999, j.target.source))
            against = _disagreeing(j.target for j in judged)
            rows += [Scored(result, j, j.target in against) for j in judged] or [Scored(result)]
        return cls(tuple(rows))

    @property
    def counts(self) -> Counter[str]:
        """How many rows have each verdict.

        >>> Scorecard(()).counts["met"]
        0
        """
        return Counter(row.word for row in self.rows)


def _disagreeing(targets: "Iterable[Target]") -> "set[Target]":
    """Targets of different documents that bind one area in one year and ask for different things."""
    bound: dict[tuple[str, int | None], list[Target]] = {}
    for target in targets:
        bound.setdefault((target.area, target.year), []).append(target)
    disputed = (
        rivals
        for rivals in bound.values()
        if len({t.source for t in rivals}) > 1 and len({(t.op, t.numbers) for t in rivals}) > 1
    )
    return {target for rivals in disputed for target in rivals}
