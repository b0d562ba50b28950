"""What several rooms of tests share: the demo city, a server with PostGIS, their order, the count of broken inputs."""

import contextlib
import fcntl
import gc
import json
import os
import pwd
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
EXTENSION = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
PASSWORD = "not-a-word-for-logs"  # noqa: S105  (of a server that lives as long as the tests)

FATES = {
    "refused": "refused with a sentence",
    "repaired": "repaired and entered in the ledger",
    "noted": "read right with a note",
    "shown": "read and shown as odd",
    "right": "read right as they stand",
}
"""What may become of a broken input. Whatever else becomes of one is `silent` (a wrong number) or `other`."""


# a suite makes millions of objects, hardly any of which refer to themselves
gc.set_threshold(100_000, 50, 50)


def pytest_collection_modifyitems(items):
    """Long files first, so that no worker is left with one at the end when the others are done.

    The first of all makes the demo that others wait for; these come after the long ones that need none.
    """
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)

    def rank(item):
        own = files[item.path]
        if item.path.name == "test_demo.py":
            return 0
        long = any(one.get_closest_marker("slow") for one in own)
        needs = any("built_demo" in getattr(one, "fixturenames", ()) for one in own)
        return (2 if needs else 1) if long else 3

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter):
    """What became of the broken inputs and the damages; it stands here because workers of a run see no other."""
    reports = (r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ()))
    said = [told for r in reports for told in getattr(r, "user_properties", ())]
    damages: Counter[str] = Counter()
    for what, count in (told for name, told in said if name == "damage"):
        damages[what] += count
    if damages:
        told = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in damages.most_common())
        terminalreporter.write_line(f"damages: {damages.total()}: {told}")
    fates = Counter(told for name, told in said if name == "bad_input")
    if not fates:
        return
    told = ", ".join(f"{fates[fate]} {words}" for fate, words in FATES.items())
    rest = f"; {fates['other']} otherwise" if fates["other"] else ""
    terminalreporter.write_line(f"bad inputs: {sum(fates.values())}: {told}{rest}; silently wrong: {fates['silent']}")


def once(factory, name, make):
    """A folder that is made once a run of the suite, however many workers it has: the first makes it, others wait."""
    own = factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory):
    """The demo city as written, nothing answered yet; nobody may write into it."""
    from geoplan.sample import write_demo

    return once(tmp_path_factory, "示例 城市", write_demo)


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory):
    """What `geoplan demo` makes where it is typed, and its seconds of a processor; nobody may write into it."""

    def typed(folder):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "geoplan", "demo"]
        made = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert made.returncode == 0, made.stdout + made.stderr
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        (folder / "seconds.json").write_text(json.dumps(seconds))

    folder = once(tmp_path_factory, "demo", typed)
    return folder / "geoplan-demo", json.loads((folder / "seconds.json").read_text())


@pytest.fixture(scope="session")
def postgis():
    """The address of a running server without its password, and the password."""
    if not (BINARIES and EXTENSION):
        pytest.skip("needs PostgreSQL with PostGIS")
    with server() as address:
        yield address, PASSWORD


@contextlib.contextmanager
def server():
    binaries = BINARIES[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="geoplan-pg-"))
    (folder / "word").write_text(PASSWORD)
    owner = []
    if os.geteuid() == 0:  # the server refuses to run as root
        user = pwd.getpwnam("postgres")
        for path in (folder, folder / "word"):
            os.chown(path, user.pw_uid, user.pw_gid)
        owner = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command):
        subprocess.run([*owner, *map(str, command)], check=True, capture_output=True, cwd="/")

    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(
        binaries / "initdb",
        "-D",
        folder / "data",
        "-A",
        "scram-sha-256",
        "-U",
        "gis",
        f"--pwfile={folder / 'word'}",
        "-E",
        "UTF8",
        "--no-sync",
    )
    run(binaries / "pg_ctl", "-D", folder / "data", "-o", settings, "-w", "-l", folder / "log", "start")
    try:
        yield f"postgresql://gis@127.0.0.1:{port}/postgres"
    finally:
        run(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
