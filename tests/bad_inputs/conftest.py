"""The bench every broken input is put on. What became of them is counted at the end of a run (tests/conftest.py)."""

import importlib.util
import sys
from pathlib import Path

import pytest

_FILE = Path(__file__).with_name("bench.py")
if "bad_inputs_bench" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location("bad_inputs_bench", _FILE)
    _MODULE = importlib.util.module_from_spec(_SPEC)
    sys.modules["bad_inputs_bench"] = _MODULE
    _SPEC.loader.exec_module(_MODULE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study folder with Chinese, a blank and signs in its name."""
    made = tmp_path / "数据 (坏) #1%"
    made.mkdir()
    return made
