"""Which room may import which. Arrows only point one way: a page cannot see a method, a method cannot see a file.

Imports inside functions count; those for type checkers alone do not.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "geoplan"
FILES = sorted(PACKAGE.rglob("*.py"))

_TYPES = {"dates", "errors", "units", "place", "ops", "crs", "measure", "layer"}
_ANSWERS = _TYPES | {
    "words",
    "signature",
    "analysis",
    "target",
    "verdict",
    "result",
    "scorecard",
    "reported",
    "deficits",
}
_STUDY = _ANSWERS | {
    "", "answering", "catalogue", "checking", "column_words", "comparing", "desk", "draw", "example", "mailbag", "methods", "plot", "judging", "deficits", "undiminished", "provenance", "read", "reported", "reporting", "sensitivity", "trend", "asking", "runs", "rulebook", "run", "sample", "sites",
    "skeleton", "examine", "health", "inspecting", "oddity", "study", "study_faults", "study_file", "study_kinds",
}  # fmt: skip
# room -> the rooms it may import; "" is the package itself
MAY = {
    "": set(),
    "__main__": {"cli"},
    "words": set(),
    "errors": {"words"},
    "units": {"errors"},
    "ops": {"errors", "units"},
    "place": {"errors", "units"},
    "frames": {"ops"},
    "crs": {"errors", "units", "ops", "place", "frames", "zone_numbers"},
    "zone_numbers": {"errors"},
    "candidates": {"crs", "errors"},
    "table": set(),
    "measure": {"errors", "units", "ops", "place", "words", "table"},
    "ledger": set(),
    "oddity": {"measure"},
    "column_words": {"layer", "words"},
    "examine": _TYPES | {"candidates", "column_words", "oddity", "frames", "ledger", "words"},
    "health": {"errors", "layer", "measure", "oddity", "place", "words"},
    "layer": (_TYPES - {"layer"}) | {"layer_file", "ledger"},
    "layer_file": {"errors", "units", "layer"},
    "plot": _TYPES,
    "tally": {"errors", "units", "ops", "place", "measure"},
    "role": (_TYPES - {"crs"}) | {"borders", "tally"},
    "borders": {"errors", "units", "ops", "place", "measure"},
    "inventory": (_TYPES - {"crs"}) | {"borders"},
    "meeting": (_TYPES - {"crs"}) | {"borders", "inventory", "role", "tally"},
    "states": (_TYPES - {"crs"}) | {"borders", "words"},
    "methods": (_TYPES - {"crs"})
    | {"borders", "homes", "inventory", "meeting", "role", "sponge", "states", "strands", "tally"},
    "sponge": {"errors", "layer", "ops"},
    "strands": {"borders", "layer", "ops", "place", "role"},
    "homes": {"errors", "layer", "measure", "ops", "place", "role"},
    "postgres": {"errors"},
    "read": (_TYPES - {"measure"}) | {"candidates", "frames", "plot", "postgres"},
    "signature": {"errors", "units"},
    "analysis": _TYPES | {"signature"},
    "table_file": {"errors"},
    "reported": {"analysis", "dates", "errors", "table_file", "target", "units"},
    "dates": set(),
    "study_kinds": {"dates", "errors"},
    "target": _TYPES | {"words", "analysis", "table_file"},
    "span": set(),
    "verdict": _TYPES | {"words", "analysis", "target", "span"},
    "undiminished": {"measure", "units", "verdict", "words"},
    "deficits": {"measure"},
    "result": _TYPES | {"words", "analysis", "target", "verdict"},
    "scorecard": _ANSWERS - {"scorecard"},
    "catalogue": {"errors", "units", "layer", "analysis", "reported", "target"},
    "sites": _TYPES | {"words", "plot", "states", "target", "result"},
    "sample": {"errors", "units", "crs"},
    "draw": (_ANSWERS - {"ops", "signature"}) | {"column_words", "health", "oddity", "plot", "postgres", "sites"},
    **dict.fromkeys(
        (
            "answering",
            "checking",
            "comparing",
            "desk",
            "example",
            "inspecting",
            "judging",
            "mailbag",
            "asking",
            "provenance",
            "reporting",
            "runs",
            "sensitivity",
            "trend",
            "rulebook",
            "run",
            "skeleton",
            "study",
            "study_faults",
            "study_file",
        ),
        _STUDY,
    ),
    "arguments": {"", "words"},
    "cli": {
        "",
        "arguments",
        "catalogue",
        "cli_health",
        "cli_runs",
        "cli_sites",
        "cli_versions",
        "errors",
        "example",
        "read",
        "sample",
        "signature",
        "skeleton",
        "study",
        "study_file",
        "units",
        "words",
    },
    "cli_health": {"", "health", "oddity", "study", "words"},
    "cli_runs": {"", "runs", "study", "study_file", "units", "words"},
    "cli_sites": {"", "answering", "desk", "errors", "mailbag", "sites", "study", "units", "words"},
    "cli_versions": {"", "comparing", "errors", "sites", "study", "words"},
}
# of a room that is otherwise closed to another, the names it may have all the same
ONLY = {("read", "measure"): {"geoplan.measure.Note", "geoplan.measure.slack"}}
# library -> the rooms that may import it; whatever is not named here may stand anywhere but in ops
RESERVED = {
    **{name: {"draw"} for name in ("folium", "branca", "matplotlib", "docx", "xlsxwriter", "xstatic")},
    **{name: {"read"} for name in ("osmium", "osmnx", "ezdxf", "fiona", "requests")},
    # the one room that speaks to a server; what is read and written there is the business of read and draw
    **{name: {"postgres"} for name in ("adbc_driver_manager", "adbc_driver_postgresql")},
    "urllib": {"read", "postgres"},
    "openpyxl": {"read"},
    # sample writes rasters, draw writes a GeoPackage, provenance asks for the version of GDAL; none of them reads
    "rasterio": {"read", "sample"},
    "pyogrio": {"read", "draw", "sample", "provenance"},
}
OPS = {"numpy", "scipy", "shapely", "networkx", "pyproj", "rasterio.features", "rasterio.windows"}
OPENS = {
    "read_arrow", "read_bounds", "read_csv", "read_dataframe", "read_excel", "read_feather", "read_file", "read_info", "read_json",
    "read_parquet", "read_postgis", "open_arrow", "list_layers", "graph_from_xml", "load_graphml", "read_graphml",
}  # fmt: skip


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE.parent)}:{getattr(node, 'lineno', 0)}"


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs: what only a type checker sees is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield other
                yield from nodes(other)
        else:
            yield node
            yield from nodes(node)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each import of a file as (where, dotted name)."""
    for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((where(path, node), name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(path, node)}: a relative import hides which room it enters"
            yield from ((where(path, node), f"{node.module}.{name.name}") for name in node.names)


def entered(name: str) -> str:
    """The room a dotted name of geoplan enters; a name that is no room is the package itself."""
    first = [*name.split("."), ""][1]
    return first if (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").is_file() else ""


def test_every_room_stands_in_the_table():
    assert {room(path) for path in FILES} <= set(MAY)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path):
    here = room(path)
    trespassing = [
        f"{at} imports {name}"
        for at, name in imports(path)
        if name.split(".")[0] == "geoplan"
        and entered(name) not in {here, *MAY.get(here, ())}
        and name not in ONLY.get((here, entered(name)), ())
    ]
    assert not trespassing


def test_methods_never_import_each_other():
    found = [
        f"{at} imports {name}"
        for path in FILES
        if room(path) == "methods"
        for at, name in imports(path)
        if name.startswith("geoplan.methods")
    ]
    assert not found


def test_the_pages_are_reached_through_their_door():
    # `from geoplan import draw` and draw.write(); never a room behind it
    found = [
        f"{at} imports {name}"
        for path in FILES
        if room(path) not in {"draw", ""}
        for at, name in imports(path)
        if name.startswith("geoplan.draw.") and name != "geoplan.draw.write"
    ]
    assert not found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_library_stays_in_its_room(path):
    here = room(path)
    strays = [
        f"{at} imports {name}"
        for at, name in imports(path)
        if here not in RESERVED.get(name.split(".")[0], {here})
        and not (here == "ops" and any(name == lib or name.startswith(f"{lib}.") for lib in OPS))
    ]
    assert not strays


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "ops"], ids=lambda p: p.name)
def test_ops_see_arrays_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    libraries = {name for _, name in imports(path) if name.split(".")[0] not in {"geoplan", *sys.stdlib_module_names}}
    strange = {name for name in libraries if not any(name == lib or name.startswith(f"{lib}.") for lib in OPS)}
    assert not strange
    files = {"pathlib", "os", "io", "tempfile", "shutil", "subprocess", "socket"}
    assert not {name for _, name in imports(path) if name.split(".")[0] in files}
    assert not [where(path, n) for n in nodes(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "open"]


def test_only_the_door_in_opens_sources():
    found = []
    for path in (p for p in FILES if room(p) != "read"):
        for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            opened = ast.unparse(called) in {"rasterio.open", "osmium.FileProcessor"} if called else False
            if name in OPENS or (opened and room(path) != "sample"):
                found.append(f"{where(path, node)} calls {name}")
    assert not found
