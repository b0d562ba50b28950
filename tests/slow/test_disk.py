"""Disks that are full, folders that cannot be written, folders somebody looks at: a sentence, nothing half-written."""

import ctypes
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geoplan.cli import main
from geoplan.sample import gridtown_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="disks are made as Linux makes them"),
]
ASKED = ("--only", "natural_shoreline")
READ_ONLY, REMOUNT, BIND = 1, 32, 4096


def tree(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def run(town, out, *more):
    return main(["run", str(town), "-o", str(out), *ASKED, *more])


@pytest.fixture(autouse=True)
def _speak_english(monkeypatch):
    monkeypatch.setenv("GEOPLAN_LANG", "en")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk") / "town"
    shutil.copytree(gridtown_folder(), folder)
    return folder


@pytest.fixture(scope="module")
def known(town, tmp_path_factory):
    """What a run writes where there is room."""
    out = tmp_path_factory.mktemp("room") / "out"
    assert run(town, out, "--lang", "en") == 0
    return out, tree(out)


class Disk:
    """A disk of its own size, or the reason there is none."""

    def __init__(self, folder):
        self.folder, self.on = folder, False

    def mount(self, kind, flags=0, data="", source="geoplan"):
        mount = ctypes.CDLL(None, use_errno=True).mount
        told = [t.encode() if t else None for t in (str(source), str(self.folder), kind)]
        if mount(*told, ctypes.c_ulong(flags), data.encode()):
            pytest.skip(f"no disk may be mounted here: {os.strerror(ctypes.get_errno())}")
        self.on = True

    def size(self, kilobytes):
        self.mount("tmpfs", REMOUNT if self.on else 0, f"size={kilobytes}k")

    def read_only(self):
        self.mount("", BIND, source=self.folder)
        self.mount("", BIND | REMOUNT | READ_ONLY)

    def off(self):
        while not ctypes.CDLL(None).umount2(str(self.folder).encode(), 2):
            self.on = False


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "盘"
    folder.mkdir()
    made = Disk(folder)
    yield made
    made.off()


def empty(folder):
    return [p.name for p in folder.iterdir()]


def test_a_disk_too_small_for_the_results_is_said_and_holds_nothing_of_them(town, known, disk, capsys):
    whole = sum(p.stat().st_size for p in known[0].rglob("*") if p.is_file()) // 1024
    codes = set()
    # at each size another file is the one that no longer fits, and at some the last of a database
    for size in (4, *range(whole // 4, whole + 128, whole // 8), whole + 1024):
        disk.size(size)
        code = run(town, disk.folder / "out", "--lang", "en")
        said = capsys.readouterr().err
        codes.add(code)
        if code == 0:
            assert tree(disk.folder / "out") == known[1], size
            shutil.rmtree(disk.folder / "out")
            continue
        assert code == 2, (size, said)
        assert "The disk is full" in said, (size, said)
        assert len(said.splitlines()) == 1
        assert empty(disk.folder) == [], size
    assert codes == {0, 2}


def test_on_a_disk_that_fills_up_the_old_results_stay(town, known, disk, capsys):
    disk.size(4096)
    assert run(town, disk.folder / "out", "--lang", "en") == 0
    used = os.statvfs(disk.folder)
    disk.size((used.f_blocks - used.f_bfree) * used.f_frsize // 1024 + 128)
    assert run(town, disk.folder / "out", "--lang", "en", "--stamp", "2030-01-01") == 2
    assert "what was there is unchanged" in capsys.readouterr().err
    assert tree(disk.folder / "out") == known[1]
    assert empty(disk.folder) == ["out"]


@pytest.mark.parametrize("kilobytes", [1, 100])
def test_files_that_may_not_grow_are_said_wherever_the_limit_falls(town, tmp_path, kilobytes):
    """What a quota does: each file ends at a limit, and the system says so."""
    limit = kilobytes * 1024
    done = subprocess.run(
        [sys.executable, "-m", "geoplan", "run", str(town), "-o", str(tmp_path / "out"), *ASKED, "--lang", "en"],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert re.search("could not be written|disk is full", done.stderr)
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_before_the_work(town, known, disk, capsys):
    shutil.copytree(known[0], disk.folder / "out")
    disk.read_only()
    for out in (disk.folder / "out", disk.folder / "new"):
        assert run(town, out, "--lang", "en") == 2
        said = capsys.readouterr()
        assert "cannot be written" in said.err
        assert len(said.err.splitlines()) == 1
        assert said.out == ""
    assert empty(disk.folder) == ["out"]
    assert tree(disk.folder / "out") == known[1]


def test_a_study_on_a_disk_that_can_only_be_read_is_read(town, known, disk, tmp_path):
    shutil.copytree(town, disk.folder / "town")
    disk.read_only()
    assert run(disk.folder / "town", tmp_path / "out", "--lang", "en") == 0
    assert tree(tmp_path / "out").keys() == known[1].keys()


def test_results_that_somebody_looks_at_are_replaced_and_what_is_open_stays_as_it_was(
    town, known, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    shutil.copytree(known[0], out)
    page = (out / "index.html").read_bytes()
    there = Path.cwd()
    with (out / "index.html").open("rb") as held, (out / "results.gpkg").open("r+b"):
        os.chdir(out / "maps")
        try:
            assert run(town, out, "--lang", "en", "--stamp", "2030-01-01") == 0
        finally:
            os.chdir(there)
        assert held.read() == page
    assert (out / "index.html").read_bytes() != page
    assert empty(tmp_path) == ["out"]
