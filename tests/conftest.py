"""What several rooms of tests share: a PostgreSQL server with PostGIS, in a folder of its own, on a free port."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
EXTENSION = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
PASSWORD = "not-a-word-for-logs"  # noqa: S105  (of a server that lives as long as the tests)


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
