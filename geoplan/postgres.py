"""A PostgreSQL database with PostGIS, as a study names it: `postgresql://gis@server/plan`.

Passwords come from the environment (`PGPASSWORD`, or a `$VARIABLE` in the address) or from the user's pgpass file; one
written in a study is refused, and none is ever shown. Names are quoted, values are handed over beside the command, and
who only reads cannot write.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geoplan.errors import SourceError

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

__all__ = ["connected", "is_address", "named", "quoted", "shown", "worded"]

_SCHEMES = ("postgresql://", "postgres://")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SECONDS = 10
"""How long a server may take to answer at all."""
_WRONG = {
    "28": "database.login", "3D": "database.no_database", "42P01": "database.no_table", "3F": "database.no_schema",
    "42703": "database.no_column", "42501": "database.not_allowed", "25006": "database.read_only",
    "42": "database.query", "22": "database.query", "57": "database.lost", "08": "database.lost",
    "53100": "database.full", "57014": "database.lost",
}  # fmt: skip
"""What the server's own codes mean (SQLSTATE, the longest beginning that fits)."""
_FAILED = (
    ("authentication failed", "database.login"), ("no password supplied", "database.login"),
    ("no pg_hba.conf entry", "database.login"), ("does not exist", "database.no_database"),
    ("server closed the connection", "database.lost"), ("terminating connection", "database.lost"),
    ("connection to server was lost", "database.lost"), ("no connection to the server", "database.lost"),
)  # fmt: skip


def is_address(text: object) -> bool:
    """Whether a text names a database.

    >>> is_address("postgresql://gis@server/plan"), is_address("parks.gpkg"), is_address(None)
    (True, False, False)
    """
    return isinstance(text, str) and text.strip().lower().startswith(_SCHEMES)


def shown(text: str) -> str:
    """An address as pages, provenance and messages show it: the server and the database, nobody's name or password.

    >>> shown("postgresql://gis:secret@server:5433/plan?sslmode=require")
    'postgresql://server:5433/plan'
    >>> shown("postgresql:///plan")
    'postgresql:///plan'
    """
    parts = urlsplit(text)
    port = parts.netloc.rpartition("@")[2].rpartition(":")[2]
    number = f":{port}" if port.isdigit() else ""
    return f"postgresql://{parts.hostname or ''}{number}{parts.path}"


def named(text: str) -> str:
    """The address with its variables put in.

    Raises:
        SourceError: a password written out, or a variable nobody set.
    """
    parts = urlsplit(text)
    secret = parts.password or next((p[9:] for p in parts.query.split("&") if p.lower().startswith("password=")), "")
    if secret and not _VARIABLE.fullmatch(secret):
        raise SourceError("database.password", path=shown(text))

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not os.environ.get(name):
            raise SourceError("source.variable", path=shown(text), name=name)
        return os.environ[name]

    return _VARIABLE.sub(value, text)


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever stands in it.

    >>> quoted('parks"; DROP TABLE parks; --')
    '"parks""; DROP TABLE parks; --"'
    """
    return '"' + name.replace("\x00", "").replace('"', '""') + '"'


@contextlib.contextmanager
def connected(address: str, *, writing: bool = False) -> "Iterator[Connection]":
    """A connection in one transaction; what is written is committed when the block ends well, and undone when not.

    Args:
        address: with its variables put in (see `named`).
        writing: whether anything may be changed.

    Raises:
        SourceError: the server is not there, does not let us in, or was lost.
    """
    import adbc_driver_postgresql.dbapi as adbc

    with worded(address):
        link = adbc.connect(_patient(address), autocommit=False)
    with contextlib.closing(link), worded(address):
        with link.cursor() as cursor:
            mode = "READ WRITE" if writing else "READ ONLY"
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {mode}")
        yield link
        if writing:
            link.commit()


@contextlib.contextmanager
def worded(address: str, **told: Any) -> Iterator[None]:
    """What a server objects to, as a sentence that shows no credentials."""
    from adbc_driver_manager import Error

    try:
        yield
    except Error as error:
        text = _without_secrets(str(error), address)
        state = str(getattr(error, "sqlstate", None) or "")
        sentence = next((_WRONG[state[:n]] for n in (5, 2) if state[:n] in _WRONG), "")
        sentence = sentence or next((said for sign, said in _FAILED if sign in text), "database.unreachable")
        where = {"where": "", "table": "", "names": "", **told}
        raise SourceError(sentence, path=shown(address), reason=_first_line(text), **where) from None


def _patient(address: str) -> str:
    if "connect_timeout=" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}connect_timeout={_SECONDS}"


def _without_secrets(text: str, address: str) -> str:
    parts = urlsplit(address)
    for secret in (parts.password, os.environ.get("PGPASSWORD"), address):
        text = text.replace(secret, "***") if secret else text
    return text


def _first_line(text: str) -> str:
    """What the server itself said, without what was asked of it."""
    found = re.search(r"(?:ERROR|FATAL):\s*(.+)", text) or re.search(r"failed:\s*(.+)", text)
    return (found[1] if found else text.splitlines()[0]).strip().rstrip(".")
