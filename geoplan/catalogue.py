"""Finds and reads definitions: a study's own folder first, then the built-in content; the first with a name wins."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from geoplan.analysis import Analysis
from geoplan.errors import DefinitionError, UnknownName, nearest, toml_fault
from geoplan.layer import LayerSpec
from geoplan.reported import Question, read_questions
from geoplan.target import Target, read_targets

__all__ = ["KINDS", "Catalogue", "Kind", "content_root"]

Kind = Literal["layers", "analyses", "maps"]
KINDS: tuple[Kind, ...] = ("layers", "analyses", "maps")


@functools.cache
def content_root() -> Path:
    """The folder that holds the built-in layers/, analyses/ and maps/.

    In a checkout that is the folder of the project; in an installed wheel it is carried inside the package.
    """
    package = Path(__file__).resolve().parent
    project = package.parent / "pyproject.toml"
    if project.is_file() and 'name = "geoplan"' in project.read_text(encoding="utf-8"):
        return package.parent
    return package / "_catalogue"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The definitions a study sees.

    Attributes:
        folders: where to look, the study's own folder first.
    """

    folders: tuple[Path, ...]

    @classmethod
    def for_study(cls, folder: Path | None = None) -> "Catalogue":
        """The study's folder, then the built-in content."""
        own = () if folder is None or folder.resolve() == content_root() else (folder,)
        return cls((*own, content_root()))

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Every name of that kind, sorted."""
        found = {path.stem for folder in self.folders for path in (folder / kind).glob("*.toml")}
        return tuple(sorted(found))

    def path(self, kind: Kind, name: str) -> Path:
        """The file that defines a name.

        Raises:
            UnknownName: nothing has that name, with the nearest one that exists.
        """
        for folder in self.folders:
            path = folder / kind / f"{name}.toml"
            if path.is_file():
                return path
        names = self.names(kind)
        raise UnknownName(f"catalogue.{kind}", name=name, nearest=nearest(name, names) or ", ".join(names[:8]))

    def layer(self, name: str) -> LayerSpec:
        """The contract of a layer.

        Raises:
            UnknownName: there is no such layer.
            DefinitionError: its file cannot be honoured.
        """
        path = self.path("layers", name)
        return _contract(name, path, *_stand(path))

    def analysis(self, name: str) -> Analysis:
        """A question as its definition says it; `.bound()` checks it against its method.

        Raises:
            UnknownName: there is no such analysis.
            DefinitionError: its file cannot be honoured.
        """
        path = self.path("analyses", name)
        built_in = content_root() / "analyses" / path.name
        found = Analysis.from_toml(name, _table(path), _short(path))
        return replace(found, own=True) if path != built_in and built_in.is_file() else found

    def check_classes(self, analysis: Analysis) -> None:
        """Refuse a question about classes that its layers do not tell apart: no feature would ever be of them.

        Where several layers play one role, each must have the column, and one of them the class.

        Raises:
            UnknownName: there is no such layer.
            DefinitionError: a column or class the layer does not have, with those it has.
        """
        for role, by_column in analysis.classes.items():
            specs = [self.layer(name.partition("@")[0]) for name in analysis.roles.get(role, ())]
            for column, kept in by_column.items():
                _check_column(specs, column, kept, analysis.origin)

    def questions(self) -> Mapping[str, Question]:
        """The questions somebody answers, by name: the rows of reported.csv, a study's own before the built-in ones.

        Raises:
            DefinitionError: a row that cannot be read, naming file and row, or the name of a file in analyses/.
        """
        found: dict[str, Question] = {}
        computed = set(self.names("analyses"))
        for folder in self.folders:
            path = folder / "analyses" / "reported.csv"
            for question in _questions(path, *_stand(path)) if path.is_file() else ():
                if question.name in computed:
                    raise DefinitionError("reported.toml", file=_short(path), name=question.name)
                found.setdefault(question.name, question)
        return found

    def look(self, name: str) -> dict[str, Any]:
        """How a kind of sheet looks: the plain table of its file in maps/.

        Raises:
            UnknownName: there is no such sheet.
        """
        return _table(self.path("maps", name))

    def looks(self) -> Mapping[str, dict[str, Any]]:
        """Every sheet by name."""
        return {name: self.look(name) for name in self.names("maps")}

    def targets(self) -> tuple[Target, ...]:
        """The targets of every folder; a study's row replaces the built-in row of the same id, area, year and source.

        Raises:
            DefinitionError: a row that cannot be read, naming file and row.
        """
        rows: dict[tuple[str, ...], Target] = {}
        for folder in self.folders:
            path = folder / "analyses" / "targets.csv"
            if path.is_file():
                for target in _targets(path, *_stand(path)):
                    rows.setdefault((target.id, target.analysis, target.area, str(target.year), target.source), target)
        return tuple(rows.values())


def _table(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError("definition.toml", file=_short(path), reason=toml_fault(error, data)) from error


@functools.lru_cache(maxsize=1024)
def _contract(name: str, path: Path, changed: int, size: int) -> LayerSpec:  # noqa: ARG001  (tell a changed file apart)
    """A contract, read once: a study asks for each of them many times over."""
    return LayerSpec.from_toml(name, _table(path), _short(path))


@functools.lru_cache(maxsize=64)
def _questions(path: Path, changed: int, size: int) -> tuple[Question, ...]:  # noqa: ARG001  (as above)
    return read_questions(path)


@functools.lru_cache(maxsize=64)
def _targets(path: Path, changed: int, size: int) -> tuple[Target, ...]:  # noqa: ARG001  (as above)
    return read_targets(path)


def _stand(path: Path) -> tuple[int, int]:
    """What tells a file that was changed apart: when that was, and its size."""
    at = path.stat()
    return at.st_mtime_ns, at.st_size


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _check_column(specs: list[LayerSpec], column: str, kept: tuple[str, ...], origin: str) -> None:
    told = {spec.name: spec.classes_of(column) for spec in specs}
    for spec in (spec for spec in specs if told[spec.name] is None):
        sorting = [c for c in ("class", *spec.columns) if spec.classes_of(c) is not None]
        close = nearest(column, sorting) or ", ".join(sorting)
        raise DefinitionError("definition.class_column", file=origin, layer=spec.name, column=column, nearest=close)
    known = [name for classes in told.values() for name in classes or ()]
    for name in kept if all(told.values()) else ():
        if name not in known:
            close, layers = nearest(name, known) or ", ".join(known), ", ".join(told)
            raise DefinitionError("definition.class", file=origin, layer=layers, name=name, nearest=close)
