"""The command line answers at once: it loads no heavy library before a verb needs it."""

import os
import resource
import statistics
import subprocess
import sys

import pytest

HEAVY = {
    "geopandas",
    "folium",
    "osmnx",
    "rasterio",
    "scipy",
    "pandas",
    "numpy",
    "shapely",
    "pyproj",
    "pyogrio",
    "networkx",
    "osmium",
}
# --help reads nothing; list reads the definitions, and the signatures of the methods are not needed for their titles
FREE_OF = {
    ("--help",): HEAVY,
    ("--version",): HEAVY,
    ("list",): {"geopandas", "folium", "osmnx", "rasterio", "scipy"},
    ("list", "layers"): {"geopandas", "folium", "osmnx", "rasterio", "scipy"},
}
SECONDS = 0.25


def run(*arguments, flags=()):
    command = [sys.executable, *flags, "-m", "geoplan", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    )


@pytest.mark.parametrize("arguments", FREE_OF, ids=" ".join)
def test_a_quick_verb_loads_no_heavy_library(arguments):
    done = run(*arguments, flags=("-X", "importtime"))
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "geoplan" in loaded
    assert not loaded & FREE_OF[arguments]


@pytest.mark.parametrize("arguments", [("--help",), ("list",)], ids=" ".join)
def test_a_quick_verb_takes_less_than_a_quarter_second(arguments):
    # the processor's time, not the clock's: other work on the machine must not decide; the first run fills the caches
    assert run(*arguments).returncode == 0

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert statistics.median(once() for _ in range(7)) < SECONDS
