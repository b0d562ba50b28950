"""The ways to damage data, and the benches that damaged data are put on."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

for _name in ("damage", "town", "bench"):
    _file = Path(__file__).with_name(f"{_name}.py")
    if f"slow_{_name}" not in sys.modules and _file.is_file():
        _spec = importlib.util.spec_from_file_location(f"slow_{_name}", _file)
        _module = importlib.util.module_from_spec(_spec)
        sys.modules[f"slow_{_name}"] = _module
        _spec.loader.exec_module(_module)

from slow_bench import Desk, Line  # noqa: E402  (loaded above)
from slow_damage import FORMATS  # noqa: E402  (loaded above)


@pytest.fixture(scope="session", autouse=True)
def _dated():
    """Files hold the day they were written on: with one day for all, a seed harms the same bytes every time."""
    had = os.environ.get("OGR_CURRENT_DATE")
    os.environ["OGR_CURRENT_DATE"] = "2025-01-01T00:00:00.000Z"
    yield
    if had is None:
        del os.environ["OGR_CURRENT_DATE"]
    else:
        os.environ["OGR_CURRENT_DATE"] = had


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("damaged"))


@pytest.fixture(scope="module", params=FORMATS)
def line(request, desk):
    """A control line in one format."""
    return Line(desk, request.param)


@pytest.fixture
def counted(record_property):
    """Says at the end of the run what became of damages (see tests/conftest.py)."""
    return lambda seen: [record_property("damage", (what, count)) for what, count in seen.items()]
