"""A run that is killed leaves the old folder or the new one, whole; the next run finishes and clears away the rest."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geoplan.sample import gridtown_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="children are forked and killed by the signals of Unix"),
]

LANES = 2
OLD, NEW = "2025-01-01", "2025-12-31"
"""What the old folder and the new one are stamped with: their files differ, and are known."""
ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("killing.py")


def tree(folder):
    """Every file of a folder with the hash of what it holds; nothing where there is no folder."""
    files = sorted(p for p in folder.rglob("*") if not p.is_dir()) if folder.is_dir() else []
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def killer(folder):
    """A program that has geoplan loaded, and forks a run for each order it is given."""
    made = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    scratch = folder / "tmp"
    scratch.mkdir()
    with (folder / "said").open("w", encoding="utf-8") as said:
        return subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            cwd=folder,
            env={**os.environ, "GEOPLAN_LANG": "en", "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)},
            stderr=said,
            **made,
        )


def order(program, **told):
    program.stdin.write(json.dumps(told) + "\n")
    program.stdin.flush()
    return json.loads(program.stdout.readline())


class Lane:
    """One folder with a study, its results, and the program that runs it."""

    def __init__(self, folder):
        folder.mkdir(parents=True)
        shutil.copytree(gridtown_folder(), folder / "town")
        self.folder, self.out = folder, folder / "out"
        self.program = killer(folder)

    def run(self, stamp, **harm):
        return order(self.program, out=str(self.out), stamp=stamp, **harm)

    def litter(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name not in {"town", "out", "tmp", "said"})

    def close(self):
        self.program.communicate(timeout=30)
        assert self.program.returncode == 0
        assert "Traceback" not in (self.folder / "said").read_text()


@pytest.fixture(scope="module")
def lanes(tmp_path_factory):
    base = tmp_path_factory.mktemp("killed")
    every = [Lane(base / f"结果 {n}") for n in range(LANES)]
    yield every
    for lane in every:
        lane.close()


@pytest.fixture(scope="module")
def known(lanes):
    """The two folders that may stand, and what a run does to its disk, in order."""
    lane = lanes[0]
    assert lane.run(NEW)["code"] == 0
    new = tree(lane.out)
    told = lane.run(OLD)
    assert told["code"] == 0
    old = tree(lane.out)
    shutil.copytree(lane.out, lane.folder.parent / "old")
    assert len(old) > 5
    assert old.keys() == new.keys()
    assert old != new
    return old, new, told["events"], told["seconds"], lane.folder.parent / "old"


def moments(events, seconds):
    """Ten moments of the clock, and twenty of the disk: from the first folder that is made to the last one removed."""
    begun = next(n for n, event in enumerate(events) if event.startswith("os.mkdir"))
    span = len(events) - begun
    assert span > 20
    by_clock = [{"after": seconds * (k + 0.5) / 10} for k in range(10)]
    by_disk = [{"event": begun + k * span // 18} for k in range(18)] + [{"event": len(events) - 1}]
    # where a system cannot exchange two folders in one step, two renames do: before and after the first of them
    return [*by_clock, *by_disk, {"rename": 1}, {"rename": 2}]


def start(lane, old):
    shutil.rmtree(lane.out, ignore_errors=True)
    shutil.copytree(old, lane.out)


def test_the_old_folder_or_the_new_one_stands_whole_after_each_of_thirty_kills(lanes, known):
    _old, _new, events, seconds, _folder = known
    every = moments(events, seconds)
    assert len(every) >= 30
    with ThreadPoolExecutor(LANES) as pool:
        seen = Counter(
            w for words in pool.map(lambda n: watched(lanes[n], every[n::LANES], known), range(LANES)) for w in words
        )
    assert seen["old"] + seen["new"] + seen["mended"] == len(every)
    assert seen["old"] >= 15
    assert seen["litter"] >= 10
    assert seen["mended"] == 1


def watched(lane, every, known):
    """What stood after each moment, and that the run after it put everything right."""
    old, new, _events, _seconds, folder = known
    seen = []
    for moment in every:
        start(lane, folder)
        told = lane.run(NEW, **moment)
        found = tree(lane.out)
        if not told["killed"]:
            assert (told["code"], found) == (0, new), moment
        if not found and moment == {"rename": 2}:
            seen.append("mended")  # between two renames nothing stands; the journal says what does
        else:
            assert found in (old, new), (moment, sorted(found))
            seen.append("old" if found == old else "new")
        if not lane.litter() and found == old:
            continue  # nothing was begun: the next run is any run
        seen += ["litter"] * bool(lane.litter())
        assert lane.run(OLD)["code"] == 0, moment
        assert tree(lane.out) == old, moment
        assert lane.litter() == [], moment
    return seen


def test_a_first_run_that_is_killed_leaves_no_folder_at_all(lanes, known):
    old, _new, events, _seconds, _folder = known
    lane = lanes[0]
    begun = next(n for n, event in enumerate(events) if event.startswith("os.mkdir"))
    for event in (begun + 2, begun + 9):
        shutil.rmtree(lane.out, ignore_errors=True)
        assert lane.run(OLD, event=event)["killed"]
        assert not lane.out.exists()
    assert lane.run(OLD)["code"] == 0
    assert tree(lane.out) == old
    assert lane.litter() == []
