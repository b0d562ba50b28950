"""The habits of the house, held by a test: small rooms, nothing swallowed, nothing said aloud, nothing private tracked."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "geoplan"
FILES = sorted(PACKAGE.rglob("*.py"))
# with a letter in brackets, so that this file does not hold what it looks for
PRIVATE = {
    "a package registry": "p[y]pi[.]org|p[y]thonhosted[.]org|registry[.]n[p]m|d[e]b[.]debian[.]",
    "a path of one machine": "/w[o]rk/[a-z.]|/r[o]ot/|/h[o]me/[a-z]|/U[s]ers/[a-z]|[A-Z]:.U[s]ers|/t[m]p/[a-z]",
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: examples are no burden."""
    first = function.body[0]
    lines = (function.end_lineno or 0) - function.lineno + 1
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def tracked() -> list[Path]:
    """The files of the project: what git tracks, or what an unpacked archive holds."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [ROOT / one for one in listed.split("\0") if one and (ROOT / one).is_file()]
    made = {
        ".git",
        ".venv",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        "geoplan-demo",
    }
    return [p for p in ROOT.rglob("*") if p.is_file() and not made & set(p.relative_to(ROOT).parts)]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


TRACKED = tracked()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_room_is_small(path):
    limit = 100 if path.parent.name == "methods" else 300
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_a_function_is_shorter_than_a_page():
    long = [
        f"{name(path)}:{f.lineno} {f.name}: {length(f)} lines"
        for path in FILES
        for f in functions(path)
        if length(f) > 50
    ]
    assert not long


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_room_opens_with_the_sentence_that_explains_it(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring


def test_only_the_command_line_prints_and_exits():
    aloud = {"print", "pprint", "input", "exit", "quit", "breakpoint"}
    found = []
    for path in (
        p
        for p in FILES
        if p.name not in {"cli.py", "cli_health.py", "cli_runs.py", "cli_sites.py", "cli_versions.py", "__main__.py"}
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in aloud:
                found.append(f"{name(path)}:{node.lineno} {node.func.id}()")
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {
                "sys.exit",
                "os._exit",
                "sys.stdout",
                "logging.basicConfig",
            }:
                found.append(f"{name(path)}:{node.lineno} {ast.unparse(node)}")
    assert not found


def test_what_is_missing_is_never_made_zero():
    found = [
        f"{name(path)}:{n}"
        for path in FILES
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"fillna\(\s*(value\s*=\s*)?0", line) or re.search(r"nan_to_num\(", line)
    ]
    assert not found


def test_no_error_is_caught_that_is_not_named():
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds):
                    found.append(f"{name(path)}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                found += [
                    f"{name(path)}:{node.lineno}" for a in node.args if ast.unparse(a) in {"Exception", "BaseException"}
                ]
    assert not found


def test_nothing_is_left_for_later():
    later = re.compile("T[O]DO|F[I]XME|X[X]X|raise NotImplemented[E]rror")
    found = [
        f"{name(path)}:{n}"
        for path in TRACKED
        if path.suffix in {".py", ".toml", ".md"}
        for n, line in enumerate(text_of(path).splitlines(), start=1)
        if later.search(line)
    ]
    assert not found


def test_a_silenced_rule_says_why():
    silent = re.compile(r"#\s*(noqa(?!: [A-Z0-9, ]+\s+\()|noqa\s*$|type: ignore\s*$)")
    found = [
        f"{name(path)}:{n}"
        for path in TRACKED
        if path.suffix == ".py" and path != Path(__file__)
        for n, line in enumerate(text_of(path).splitlines(), start=1)
        if silent.search(line)
    ]
    assert not found


@pytest.mark.parametrize("what", sorted(PRIVATE))
def test_nothing_tracked_names_a_place_outside_the_project(what):
    pattern = re.compile(PRIVATE[what])
    found = [
        f"{name(path)}:{n}: {line.strip()[:100]}"
        for path in TRACKED
        for n, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


def test_nothing_tracked_is_heavy():
    # data, screenshots of runs and third-party archives are written by the program, not kept beside it
    assert not [f"{name(path)}: {path.stat().st_size}" for path in TRACKED if path.stat().st_size > 1_000_000]


def test_the_numbers_of_the_decisions_are_taken_once():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_every_pin_installs_on_the_oldest_python_that_is_promised():
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    found = {n: SpecifierSet(metadata.metadata(n).get("Requires-Python") or "") for n, _ in pins}
    assert len(found) > 50
    assert [n for n, wanted in found.items() if not wanted.contains("3.11.0")] == []
