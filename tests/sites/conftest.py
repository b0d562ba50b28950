"""The ground of the tests of this folder: `ground.site(...)`, `ground.line(...)`, `ground.check(...)`."""

import importlib.util
from pathlib import Path

import pytest

_FILE = Path(__file__).with_name("ground.py")
_SPEC = importlib.util.spec_from_file_location("site_ground", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)


@pytest.fixture(scope="session")
def ground():
    return _MODULE
