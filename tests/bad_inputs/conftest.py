"""The bench every broken input is put on, and the line at the end of a run that counts what became of them."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

_FILE = Path(__file__).with_name("bench.py")
if "bad_inputs_bench" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location("bad_inputs_bench", _FILE)
    _MODULE = importlib.util.module_from_spec(_SPEC)
    sys.modules["bad_inputs_bench"] = _MODULE
    _SPEC.loader.exec_module(_MODULE)

FATES = {
    "refused": "refused with a sentence",
    "repaired": "repaired and entered in the ledger",
    "noted": "read right with a note",
    "shown": "read and shown as odd",
    "right": "read right as they stand",
}
"""What may become of a broken input. Whatever else becomes of one is `silent` (a wrong number) or `other`."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study folder with Chinese, a blank and signs in its name."""
    made = tmp_path / "数据 (坏) #1%"
    made.mkdir()
    return made


def pytest_terminal_summary(terminalreporter):
    reports = (r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ()))
    fates = Counter(said for r in reports for name, said in getattr(r, "user_properties", ()) if name == "bad_input")
    if not fates:
        return
    told = ", ".join(f"{fates[fate]} {words}" for fate, words in FATES.items())
    rest = f"; {fates['other']} otherwise" if fates["other"] else ""
    terminalreporter.write_line(f"bad inputs: {sum(fates.values())}: {told}{rest}; silently wrong: {fates['silent']}")
