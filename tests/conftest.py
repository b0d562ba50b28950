"""What several rooms of tests share: a PostgreSQL server with PostGIS, and the count of the broken inputs."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
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
