"""What a room lends out is said in its `__all__`, and what the package lends out is a short list."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import geoplan

PACKAGE = Path(__file__).parents[1] / "geoplan"
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__main__.py")
# the public names; those of the site check join when it does
PUBLIC = [
    "Analysis", "Change", "GeoplanError", "Index", "Layer", "LayerSpec", "Place", "Problems", "Ratio", "Result", "Results",
    "Scorecard", "Site", "SiteReport", "Study", "Target", "Total", "Verdict", "check", "compare", "convert", "diff", "open_study",
]  # fmt: skip


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def borrowed() -> dict[str, set[str]]:
    """Room -> the names other rooms import from it."""
    names: dict[str, set[str]] = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("geoplan."):
                names.setdefault(node.module or "", set()).update(alias.name for alias in node.names)
    return names


BORROWED = borrowed()


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_what_a_room_says_it_lends_is_there(path):
    module = importlib.import_module(dotted(path))
    lent = getattr(module, "__all__", [])
    assert len(lent) == len(set(lent))
    assert not [name for name in lent if not hasattr(module, name)]
    assert not [name for name in lent if name.startswith("_") and name != "__version__"]


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_what_other_rooms_borrow_is_lent(path):
    module = importlib.import_module(dotted(path))
    rooms = {child.stem for child in path.parent.iterdir()} if path.name == "__init__.py" else set()
    secret = BORROWED.get(dotted(path), set()) - set(getattr(module, "__all__", [])) - rooms
    assert not secret


def test_a_method_file_holds_one_method_and_it_has_the_name_of_the_file():
    for path in sorted((PACKAGE / "methods").glob("[!_]*.py")):
        module = importlib.import_module(dotted(path))
        own = [name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__]
        assert [name for name in own if not name.startswith("_")] == [path.stem]
        assert getattr(module, "__all__", [path.stem]) == [path.stem]


def test_the_public_names_are_these():
    assert sorted(geoplan.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there_when_it_is_asked_for(name):
    assert getattr(geoplan, name).__name__ == name
    assert name in dir(geoplan)


def test_a_name_that_is_not_there_is_missed_as_python_expects():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = geoplan.no_such_name


def test_the_package_loads_none_of_its_rooms_before_they_are_asked_for():
    code = "import sys, geoplan; print([m for m in sys.modules if m.startswith('geoplan.')])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
