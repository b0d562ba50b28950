"""All generated pages of the site by name, and their place on disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from generator import analyses, layers, methods, reported, rulebook, targets
from generator.examples import examples
from generator.navigation import navigation
from generator.themes import Themes
from geoplan.catalogue import Catalogue
from geoplan.rulebook import rulebook_of
from geoplan.sample import gridtown_folder
from geoplan.signature import method_names
from geoplan.study import open_study

__all__ = ["DOCS", "drifted", "pages", "write"]

DOCS = Path(__file__).resolve().parent.parent
OWNED = ("analyses", "layers", "methods", "rules", "targets")
"""Folders that hold nothing but generated pages."""


def pages() -> dict[str, str]:
    """Every generated file: its name under docs/ and its text."""
    return dict(_pages())


def _pages() -> Iterator[tuple[str, str]]:
    catalogue = Catalogue.for_study()
    questions = [catalogue.analysis(name) for name in catalogue.names("analyses")]
    bound, themes, users = catalogue.targets(), Themes.of(catalogue), analyses.used_by(catalogue, questions)
    book = rulebook_of(open_study(gridtown_folder() / "study.toml"))
    told = catalogue.questions()
    shown = examples(catalogue, [q.name for q in questions])
    titles: dict[str, Mapping[str, str]] = {
        name: {"zh": asked.title_zh, "en": asked.title_en} for name, asked in told.items()
    }
    titles |= {q.name: q.title for q in questions}
    plans = targets.plans(bound)

    yield "analyses/index.md", analyses.index(questions, themes, bound)
    for question in questions:
        mine = [target for target in bound if target.analysis == question.name]
        yield f"analyses/{question.name}.md", analyses.page(question, catalogue, shown[question.name], mine)
        yield f"analyses/maps/{question.name}.svg", shown[question.name].drawing
    if told:
        yield "analyses/reported.md", reported.page(tuple(told.values()), bound)
    yield "layers/index.md", layers.index(catalogue, themes, users)
    yield "layers/format.md", _taken("layers/README.md")
    for name in catalogue.names("layers"):
        rules = [rule for rule in book.rules if rule.layer == name]
        yield f"layers/{name}.md", layers.page(catalogue.layer(name), catalogue, users[name], rules)
    yield "methods/index.md", methods.index(questions)
    for method in method_names():
        yield f"methods/{method}.md", methods.page(method, questions)
    yield "rules/controls.md", rulebook.page(book.rules, book.books.activities, catalogue)
    yield "targets/index.md", targets.index(bound)
    yield "targets/format.md", _taken("analyses/README.md")
    for source, name in plans.items():
        yield f"targets/{name}.md", targets.page(source, bound, titles)
    yield "nav.yml", navigation(DOCS, questions, catalogue, themes, plans)


def _taken(path: str) -> str:
    """A page that is a text of the repository, taken in when the site is built."""
    return f'--8<-- "{path}"\n'


def _stale(made: dict[str, str]) -> list[Path]:
    """Files of the generated folders that no definition stands behind any more."""
    found = (path for folder in OWNED for path in (DOCS / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if path.relative_to(DOCS).as_posix() not in made)


def drifted(made: dict[str, str]) -> list[str]:
    """Names of files that are not what the definitions say: missing, different, or left over."""
    differ = [name for name, text in made.items() if _text(DOCS / name) != text]
    return sorted([*differ, *(path.relative_to(DOCS).as_posix() for path in _stale(made))])


def write(made: dict[str, str]) -> None:
    """Write those that differ, and take away those that are left over."""
    for name, text in made.items():
        path = DOCS / name
        if _text(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in _stale(made):
        path.unlink()


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
