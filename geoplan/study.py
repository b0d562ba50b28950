"""One planner's project: where, with which data, asking what."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan import study_file
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.errors import GeoplanError, Problems, SourceError, UnknownName, nearest
from geoplan.place import Place
from geoplan.units import quantity

if TYPE_CHECKING:
    from geoplan.health import Health
    from geoplan.layer import Layer
    from geoplan.result import Results
    from geoplan.target import Target
    from geoplan.words import Language

__all__ = ["Place", "Study", "open_study"]

LEAST_CONTEXT = 1000.0
"""Metres beyond the boundary that are read at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A study file with the definitions it sees.

    Attributes:
        file: the study.toml.
        table: what it says.
        catalogue: the definitions, its own folder first.
        extra: layers given in Python instead of a file, by name.
        allow_remote: whether the services on the network it names may be asked: who opens it says so, never the file.
    """

    file: Path
    table: Mapping[str, Any]
    catalogue: Catalogue
    extra: "Mapping[str, Layer]" = field(default_factory=dict)
    allow_remote: bool = False

    @property
    def folder(self) -> Path:
        """The folder its paths start from."""
        return self.file.parent

    @property
    def name(self) -> str:
        """What the place is called."""
        return str(self.table.get("place", {}).get("name", self.folder.name))

    @property
    def language(self) -> "Language":
        """The language of its pages and messages."""
        return "en" if self.table.get("place", {}).get("language") == "en" else "zh"

    @property
    def year(self) -> int | None:
        """The year it speaks of."""
        year = self.table.get("place", {}).get("year")
        return year if isinstance(year, int) else None

    @property
    def stamp(self) -> str:
        """The date printed on its pages: the newest it declares; never the clock."""
        declared = study_file.dates(self.table)
        return declared[-1] if declared else str(self.year or "")

    def with_layer(self, name: str, layer: "Layer") -> "Study":
        """The same study with a layer given in Python."""
        return replace(self, extra={**self.extra, name: layer})

    def declares(self, layer: str) -> bool:
        """Whether it has data for a layer, or for the state of it that a role names (`wetlands@2020`, `@earliest`)."""
        return layer in self.extra or bool(self.state(layer))

    def state(self, layer: str) -> dict[str, Any] | None:
        """What it declares about a layer: the keys of the state a role means."""
        name, _, year = layer.partition("@")
        return study_file.state_of(self.table.get("layers", {}).get(name, {}), year, self.year)

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions it asks for by name; none where it asks for all that its data can answer."""
        asked = self.table.get("ask", {}).get("analyses", "all")
        return () if asked == "all" else tuple(asked)

    def analyses(self, only: tuple[str, ...] = ()) -> tuple[tuple[Analysis, ...], dict[str, tuple[str, ...]]]:
        """The questions it computes, ready to run, and those it cannot ask with the layers they lack.

        Questions that somebody reports are none of them (see `geoplan.reporting`).

        Raises:
            UnknownName: a question nobody defined, or one in `only` that is not asked.
            DefinitionError: a definition its method cannot honour.
        """
        asked = self.table.get("ask", {}).get("analyses", "all")
        questions = self.catalogue.questions()
        names = self.catalogue.names("analyses") if asked == "all" else tuple(asked)
        for name in only:
            if name not in (*names, *(questions if asked == "all" else ())):
                raise UnknownName("study.not_asked", name=name, nearest=nearest(name, names) or ", ".join(names))
        ready, lacking = [], {}
        for name in (n for n in only or names if n not in questions):
            changed = self.table.get("parameters", {}).get(name, {})
            analysis = self.catalogue.analysis(name).with_parameters(changed).bound()
            self.catalogue.check_classes(analysis)
            missing = tuple(layer for layer in analysis.required_layers if not self.declares(layer))
            if missing:
                lacking[name] = missing
            else:
                ready.append(analysis)
        return tuple(ready), lacking

    def context(self, analyses: tuple[Analysis, ...]) -> float:
        """Metres beyond the boundary that are read: as declared, else the farthest any question looks."""
        declared = self.table.get("place", {}).get("context")
        if declared is not None:
            return quantity(declared, "Metres")
        return max([LEAST_CONTEXT, *(a.halo for a in analyses)])

    def outside_paths(self) -> tuple[str, ...]:
        """Paths that leave the study folder (absolute, `..`, `$VARIABLE`, services): allowed, but to be known."""
        from geoplan.read import told
        from geoplan.read.service import is_service

        declared = self.table.get("layers", {}).values()
        states = [s for layer in declared for s in (layer, *layer.get("at", {}).values())]
        said = [s.get("path", s.get("source", ())) for s in states]
        said += [self.table.get("place", {}).get("boundary", ""), self.table.get("reported", "")]
        texts = [t for value in said for t in (value if isinstance(value, list) else [value]) if isinstance(t, str)]
        return tuple(
            told(t) for t in texts if Path(t).is_absolute() or ".." in Path(t).parts or "$" in t or is_service(t)
        )

    def targets(self) -> "tuple[Target, ...]":
        """The targets that bind here: of the areas it names, and of the plans and years it asks about."""
        areas = self.table.get("place", {}).get("areas", [])
        ask = self.table.get("ask", {})
        plans, years = ask.get("plans", []), ask.get("years", [])
        return tuple(
            target
            for target in self.catalogue.targets()
            if target.area in areas
            and (not plans or target.source in plans)
            and (not years or target.year is None or target.year in years)
        )

    def faults(self) -> Iterator[GeoplanError]:
        """Everything wrong with what the study says, without opening its data."""
        from geoplan.study_faults import faults_of

        return faults_of(self)

    def validate(self) -> None:
        """Check everything that can be checked before a run, and say everything that is wrong at once.

        Raises:
            Problems: one error for each thing that is wrong.
        """
        from geoplan.study_faults import data_faults

        if found := [*self.faults()] or [*data_faults(self, LEAST_CONTEXT)]:
            raise Problems(found)

    def check_up(
        self,
        out: Path | str | None = None,
        *,
        language: "Language | None" = None,
        previous: Path | str | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> "Health":
        """Look at the data before anything is computed of them, and write the page where a folder is given.

        Args:
            out: the folder to write; absent, empty, or one an earlier check-up wrote.
            language: of the page; the study's own when left out.
            previous: the folder of an earlier run to compare with; `out` beside study.toml where there is one.
            progress: called with the name of each layer before it is read.

        Raises:
            Problems: what the study says cannot be honoured.
            StudyError: the folder to write is somebody else's.
        """
        from geoplan import draw
        from geoplan.inspecting import health_of
        from geoplan.study_faults import table_faults

        if found := [*self.faults()] or [*table_faults(self)]:
            raise Problems(found)
        if out is not None:
            out = draw.ready(Path(out))
        before = self.folder / "out" if previous is None else Path(previous)
        health = health_of(self, language or self.language, previous=before, progress=progress)
        if out is not None:
            draw.write_health(health, Path(out), looks=self.catalogue.looks())
        return health

    def run(
        self,
        out: Path | str | None = None,
        *,
        only: tuple[str, ...] = (),
        language: "Language | None" = None,
        stamp: str = "",
        progress: Callable[[str], None] | None = None,
        sensitivity: bool = False,
        **pages: Any,
    ) -> "Results":
        """Answer the questions, and write the pages where a folder is given.

        Args:
            out: the folder to write; absent, empty, or one an earlier run wrote.
            only: names of the questions to answer; all that are asked when empty.
            language: of the pages; the study's own when left out.
            stamp: the date printed on the pages; the newest date the study declares when left out.
            progress: called with the name of each question before it is answered.
            sensitivity: answer each question again with every convention its definition names, beside the answer.
            pages: what `geoplan.draw.write` takes (audience, grid, review_number, pictures, to, schema).

        Raises:
            Problems: what the study says cannot be honoured.
            SourceError: nothing that was declared could be read.
            StudyError: the folder to write is somebody else's.
        """
        from geoplan import draw
        from geoplan.run import results_of

        if found := list(self.faults()):
            raise Problems(found)
        if out is not None:
            # a folder that cannot be written is said before the work, not after it
            out = draw.ready(Path(out), pages.get("to", ""))
        spoken, dated = language or self.language, stamp or self.stamp
        results = results_of(self, only, spoken, dated, progress, sensitivity=sensitivity)
        if results.failed and all(r.outcome is None and r.entry is None for r in results.results):
            raise SourceError("study.nothing_readable", reason=_first_reason(results))
        if out is not None:
            draw.write(results, Path(out), looks=self.catalogue.looks(), **pages)
        return results


def open_study(path: Path | str, *, allow_remote: bool = False) -> Study:
    """A study from its file, or from the folder that holds its `study.toml`.

    Args:
        path: the file or the folder.
        allow_remote: whether the services on the network it names (`WFS:`, `OAPIF:`) may be asked.

    Raises:
        StudyError: there is no such file, or it is no TOML.
    """
    file = Path(path)
    if file.is_dir():
        file /= "study.toml"
    return Study(file, study_file.load(file), Catalogue.for_study(file.parent), allow_remote=allow_remote)


def _first_reason(results: "Results") -> object:
    # the error itself, not its text: whoever prints it chooses the language
    return next((r.reason.fields.get("reason", "") for r in results.results if r.reason is not None), "")
