"""What a killed program leaves among the temporary files goes with the next one; what a running one uses stays."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from geoplan.read import scratch as room

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders in use cannot be told there")

ROOT = Path(__file__).parents[2]
READS = """
import os, signal, sys
from pathlib import Path
from geoplan.read import dataset
from geoplan.read.guards import locate
with dataset.opened(locate("parks.csv", Path(sys.argv[1]))) as data:
    print(len(data.read()), flush=True)
    if sys.argv[2] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


def started(folder, temporary, how):
    return subprocess.Popen(
        [sys.executable, "-c", READS, str(folder), how],
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(name="temporary")
def _temporary(tmp_path, monkeypatch):
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    room._sweep.cache_clear()
    yield made
    room._sweep.cache_clear()


def test_what_a_killed_program_left_goes_and_what_a_running_one_uses_stays(tmp_path, temporary):
    (tmp_path / "parks.csv").write_text("名称,wkt\n公园,POINT (1 2)\n", encoding="gbk")
    dead, alive = (started(tmp_path, temporary, how) for how in ("die", "live"))
    with dead, alive:
        assert (dead.stdout.readline(), alive.stdout.readline()) == ("1\n", "1\n")
        assert dead.wait() == -signal.SIGKILL
        left = {p.name.split("-")[1] for p in temporary.iterdir()}
        assert left == {str(dead.pid), str(alive.pid)}
        with room.scratch() as folder:
            assert folder.parent == temporary
            assert {p.name.split("-")[1] for p in temporary.iterdir()} == {str(alive.pid), str(os.getpid())}
        alive.communicate("")
    assert list(temporary.iterdir()) == []


def test_folders_of_others_are_left_alone(tmp_path, temporary):
    number = subprocess.Popen(["true"])
    number.wait()
    (temporary / "geoplan-results").mkdir()
    (temporary / f"other-{number.pid}-x").mkdir()
    (temporary / f"geoplan-{number.pid}-text").write_text("a file")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("")
    (temporary / f"geoplan-{number.pid}-link").symlink_to(tmp_path / "elsewhere")
    (temporary / f"geoplan-{number.pid}-own").mkdir()
    kept = {p.name for p in temporary.iterdir()} - {f"geoplan-{number.pid}-own"}
    with room.scratch() as folder:
        assert {p.name for p in temporary.iterdir()} == kept | {folder.name}
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_a_folder_that_is_held_stays_though_its_number_is_of_another_machine(temporary):
    number = subprocess.Popen(["true"])
    number.wait()
    mine = temporary / f"geoplan-{number.pid}-far"
    mine.mkdir()
    with room._held(mine), room.scratch():
        assert mine.exists()
    room._sweep.cache_clear()
    with room.scratch():
        assert not mine.exists()
