"""Everything that is wrong with a study, at once: what it says first, then the data it names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from geoplan import study_file
from geoplan.errors import DefinitionError, GeoplanError, Problems, StudyError, UnknownName, nearest
from geoplan.sensitivity import variants

if TYPE_CHECKING:
    from geoplan.study import Study

__all__ = ["data_faults", "faults_of", "table_faults"]


def faults_of(study: "Study") -> Iterator[GeoplanError]:
    """Everything wrong with what a study says, without opening its data."""
    wrong = study_file.faults(study.table)
    yield from wrong
    if any(e.id == "study.kind" for e in wrong) or not isinstance(study.table.get("place"), dict):
        return
    yield from _collected(partial(study.context, ()))
    yield from _crs_faults(study)
    for name in study.table.get("layers", {}):
        yield from _collected(partial(study.catalogue.layer, name))
    yield from _source_faults(study)
    questions = list(_collected(study.catalogue.questions))
    yield from questions
    yield from _analysis_faults(study, set() if questions else set(study.catalogue.questions()))
    if not questions:
        yield from _target_faults(study)


def data_faults(study: "Study", context: float) -> Iterator[GeoplanError]:
    """Everything wrong with the tables of a study, and where those are right, with its place and the data it names."""
    from geoplan import read
    from geoplan.reporting import reported_faults
    from geoplan.rulebook import rulebook_faults
    from geoplan.run import place_faults, surroundings

    tables = [*rulebook_faults(study), *reported_faults(study)]
    yield from tables
    if tables:
        return
    broken = [*place_faults(study, context)]
    yield from broken
    around = None if broken else surroundings(study, context)
    for name in study.table.get("layers", {}):
        for key, source in _states(study, name):
            spec, allowed = study.catalogue.layer(name), study.allow_remote
            for error in read.check_source(source, study.folder, spec, allow_remote=allowed, around=around):
                yield _of_layer(key, error)


def table_faults(study: "Study") -> Iterator[GeoplanError]:
    """Everything wrong with the tables of a study: its rulebook, and what it was reported."""
    from geoplan.reporting import reported_faults
    from geoplan.rulebook import rulebook_faults

    yield from rulebook_faults(study)
    yield from reported_faults(study)


def _source_faults(study: "Study") -> Iterator[GeoplanError]:
    """Every key of a source that is not written as it should be."""
    from geoplan.read.declared import faults

    for name in study.table.get("layers", {}):
        for key, source in _states(study, name):
            if source.keys() & {"path", "source"}:
                yield from (_of_layer(key, error) for error in faults(name, source))


def _analysis_faults(study: "Study", reported: set[str]) -> Iterator[GeoplanError]:
    names = study.catalogue.names("analyses")
    asked = study.table.get("ask", {}).get("analyses", "all")
    for name in names if asked == "all" else (n for n in asked if n not in reported):
        broken = list(_collected(partial(_bind, study, name)))
        yield from broken or _parameter_faults(study, name)
    for name in study.table.get("parameters", {}):
        if name not in names:
            yield UnknownName("catalogue.analyses", name=name, nearest=nearest(name, names) or ", ".join(names))


def _bind(study: "Study", name: str) -> None:
    analysis = study.catalogue.analysis(name).bound()
    study.catalogue.check_classes(analysis)
    variants(analysis)


def _parameter_faults(study: "Study", name: str) -> Iterator[GeoplanError]:
    # each key on its own, so that one wrong value does not hide the next
    for key, value in study.table.get("parameters", {}).get(name, {}).items():
        here = replace(study.catalogue.analysis(name), origin=f"{study.file.name} [parameters.{name}]")
        yield from _collected(here.with_parameters({key: value}).bound)


def _target_faults(study: "Study") -> Iterator[GeoplanError]:
    broken = list(_collected(study.catalogue.targets))
    yield from broken
    if broken:
        return
    targets = study.catalogue.targets()
    questions = {*study.catalogue.names("analyses"), *study.catalogue.questions()}
    # a target that nobody measures would stand on no scorecard, and nobody would miss it
    for name, target in {t.analysis: t for t in targets if t.analysis not in questions}.items():
        close = nearest(name, questions) or ", ".join(sorted(questions)[:8])
        yield DefinitionError("target.question", id=target.id, name=name, nearest=close)
    known = sorted({target.area for target in targets})
    for area in study.table.get("place", {}).get("areas", []):
        if area not in known:
            yield UnknownName("study.area", name=area, nearest=nearest(area, known) or ", ".join(known))


def _crs_faults(study: "Study") -> Iterator[GeoplanError]:
    from geoplan.crs import given

    declared = study.table["place"].get("crs")
    for error in _collected(partial(given, declared)) if declared else ():
        yield StudyError("study.crs", crs=declared, reason=error)


def _states(study: "Study", name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of a layer that is declared, with the key it stands under."""
    declared = study.table["layers"][name]
    if declared.keys() & {"path", "source"}:
        yield f"layers.{name}", {key: value for key, value in declared.items() if key != "at"}
    for year in declared.get("at", {}):
        yield f"layers.{name}.at.{year}", study_file.state_of(declared, str(year), None) or {}


def _of_layer(key: str, error: GeoplanError) -> GeoplanError:
    """What is wrong with a source, naming where study.toml declares it."""
    return error if "layer" in error.fields else type(error)("study.layer", key=key, reason=error)


def _collected(check: Callable[[], object]) -> Iterator[GeoplanError]:
    """What a check raises, each thing for itself."""
    try:
        check()
    except Problems as problems:
        yield from (e for e in problems.exceptions if isinstance(e, GeoplanError))
    except GeoplanError as error:
        yield error
