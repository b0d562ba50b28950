"""Every number with its origin: one `Result` a question, `Results` a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from geoplan import units
from geoplan.layer import Layer, LayerSpec, Ledger, Source
from geoplan.measure import Change, Index, Note, Outcome, Ratio, Table, Total

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.deficits import Deficit
    from geoplan.place import Place
    from geoplan.reported import Entry
    from geoplan.target import Target
    from geoplan.verdict import Verdict
    from geoplan.words import Language

__all__ = ["REPORTED", "Judged", "Result", "Results", "Used"]


REPORTED = ("reported", "checklist")
"""Kinds of answers that somebody reports, with a number or with a status."""


@dataclass(frozen=True, slots=True)
class Used:
    """A layer an answer rests on: its contract, where it came from, what happened to its features, what was odd."""

    name: str
    spec: LayerSpec
    source: Source
    ledger: Ledger
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A target beside the verdict on it.

    Attributes:
        target: of a plan.
        verdict: on the value, or on what was reported of the area the target binds.
        entry: what was reported of that area; None where the answer was computed, or nothing was reported.
    """

    target: "Target"
    verdict: "Verdict"
    entry: "Entry | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The answer to one question, or why there is none.

    Attributes:
        analysis: the question, with its parameters.
        status: `ok`, `no_data` (with the reason) or `not_applicable` (an empty whole that is good).
        reason: the sentence to print where there is no value.
        outcome: what the method handed on; None where a layer could not be read.
        used: role -> the layers it rests on.
        judged: each target that binds here, with its verdict.
        as_of: the date the answer speaks of: the oldest of the layers it rests on, as ISO text, or empty.
        deficits: the features that are not as they should be, largest first (问题清单).
        trend: the value of each year there are data of, or everything that was reported; None where that is one.
        sensitivity: the number under each other convention the definition names; None where none was tried.
        beside: layers that only the trend rests on: the states of other years.
        entries: everything that was reported of a question nobody computes, of every area and year.
        entry: the one that is the answer: of the first area of the study, nearest to its year and not after it.
    """

    analysis: "Analysis"
    status: Literal["ok", "no_data", "not_applicable"]
    reason: Note | None = None
    outcome: Outcome | None = None
    used: Mapping[str, tuple[Used, ...]] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()
    as_of: str = ""
    deficits: "tuple[Deficit, ...]" = ()
    trend: Table | None = None
    sensitivity: Table | None = None
    beside: tuple[Used, ...] = ()
    entries: "tuple[Entry, ...]" = ()
    entry: "Entry | None" = None

    @property
    def name(self) -> str:
        """The name of the analysis."""
        return self.analysis.name

    @property
    def kind(self) -> str:
        """`ratio`, `total`, `change` or `index`; `reported` or `checklist`; empty where there is no answer."""
        if self.analysis.method in REPORTED:
            return self.analysis.method
        kinds = {Ratio: "ratio", Total: "total", Change: "change", Index: "index"}
        return kinds[type(self.outcome.measure)] if self.outcome else ""

    @property
    def tables(self) -> dict[str, Table]:
        """Every table beside the answer, by name: those of the method, then `trend` and `sensitivity`."""
        own = {"trend": self.trend, "sensitivity": self.sensitivity}
        of_method = dict(self.outcome.tables) if self.outcome else {}
        return of_method | {name: table for name, table in own.items() if table is not None}

    def in_unit(self, amount: float | None) -> float | None:
        """An amount of the measure (share, m2, m, ...) in the unit the definition prints."""
        return None if amount is None else amount / units.factor(self.analysis.unit)

    @property
    def value(self) -> float | None:
        """The headline in the definition's unit; None where there is no value."""
        if self.entry is not None:
            return self.entry.number
        return self.in_unit(self.outcome.measure.value) if self.outcome and self.status == "ok" else None

    @property
    def ceiling(self) -> float | None:
        """What the headline would be if everything unknown were good, in the definition's unit."""
        if self.outcome is None or self.status != "ok":
            return self.value
        measure = self.outcome.measure
        if isinstance(measure, Ratio):
            return self.in_unit(measure.overall.ceiling)
        if isinstance(measure, Total):
            return self.in_unit(measure.amount + measure.unknown)
        return self.in_unit(measure.value)


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What a run found out: every question asked, every question not asked and why.

    Attributes:
        study: the name of the study.
        place: where, with its zones.
        language: `zh` or `en`.
        results: one per question, in the order asked.
        not_asked: analysis -> the layers that were not declared.
        titles: name of an analysis or layer in `not_asked` -> its title by language.
        base: layers to draw under every map (water, streets, green), by name.
        stamp: the date printed on every page.
        notices: sentences every page carries (synthetic data, confidentiality).
        provenance: inputs with sha256, definitions, software.
        asked: the questions somebody asked for by name; empty where all that can be answered were.
        secrecy: layer -> how its data are marked.
    """

    study: str
    place: "Place"
    language: "Language"
    results: tuple[Result, ...]
    not_asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    base: Mapping[str, Layer] = field(default_factory=dict)
    stamp: str = ""
    notices: tuple[Note, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Result:
        """The result of that analysis.

        Raises:
            KeyError: it was not asked.
        """
        return next(r for r in self.results if r.name == name) if name in self.names else self._missing(name)

    def title(self, name: str) -> str:
        """What an analysis that was not asked, or a layer it lacks, is called in the language of the run."""
        return str(self.titles.get(name, {}).get(self.language, name))

    @property
    def failed(self) -> bool:
        """Whether a source that was declared could not be read or trusted, so that an answer is missing."""
        return any(r.reason is not None and r.reason.sentence == "run.failed" for r in self.results)

    @property
    def names(self) -> tuple[str, ...]:
        """The analyses that were asked."""
        return tuple(r.name for r in self.results)

    def _missing(self, name: str) -> Result:
        raise KeyError(name)
