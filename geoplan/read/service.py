"""A service on the network, as a study names it: `WFS:https://host/geoserver/wfs` or `OAPIF:https://host/ogcapi`.

Credentials come from the environment (a `$VARIABLE` in the address); one written in a study is refused, and none is
ever shown.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from geoplan.errors import SourceError

__all__ = ["Address", "addressed", "is_service", "named", "shown"]

_KINDS = ("WFS", "OAPIF")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SECRET = re.compile(
    r"(?:.*(?:token|key|secret|passw|pwd|sig|auth|ticket|credential).*|tk|ak|sk|pass|user(?:name)?)$", re.IGNORECASE
)
_OURS = {"service", "request", "acceptversions"}
"""Parameters that are asked anyway; people paste whole requests."""
_CHOOSING = {
    "typename", "typenames", "count", "maxfeatures", "startindex", "bbox", "bbox-crs", "filter", "filter-lang",
    "cql_filter", "featureid", "resourceid", "propertyname", "resulttype", "sortby", "srsname", "outputformat",
    "storedquery_id", "viewparams", "limit", "offset", "datetime", "crs", "properties", "skipgeometry",
}  # fmt: skip
"""Parameters that choose, cut or turn what comes; a study says that with keys of its own, where it can be seen."""


@dataclass(frozen=True, slots=True)
class Address:
    """A service as it is asked.

    Attributes:
        kind: `WFS` or `OAPIF`.
        url: without parameters and without credentials of the person.
        parameters: that go along with every request.
        version: the one that was asked for, or an empty text.
        login: name and password, or an empty text.
        shown: the address as messages show it.
    """

    kind: str
    url: str
    parameters: tuple[tuple[str, str], ...]
    version: str
    login: str
    shown: str

    def clean(self, text: str) -> str:
        """A text of somebody else without anything secret of this address.

        >>> addressed("WFS:https://gis:hush@host/wfs?tk=4711").clean("no such tk: 4711 (hush)")
        'no such tk: *** (***)'
        """
        secrets = [value for name, value in self.parameters if _SECRET.match(name)]
        secrets += [self.login, *self.login.split(":", 1)[1:]]
        spelled = {form for s in secrets for form in (s, quote(s, safe=""), urlencode({"": s})[1:])}
        for secret in sorted((s for s in spelled if s), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def is_service(text: object) -> bool:
    """Whether a text names a service.

    >>> is_service("WFS:https://host/wfs"), is_service("oapif:https://host"), is_service("parks.gpkg"), is_service(7)
    (True, True, False, False)
    """
    return isinstance(text, str) and text.strip().partition(":")[0].upper() in _KINDS and ":" in text


def shown(text: str) -> str:
    """An address as pages, provenance and messages show it: nobody's name or password, and no key.

    >>> shown("WFS:https://gis:secret@host:8080/wfs?map=a&tk=4711&authkey=$KEY")
    'WFS:https://host:8080/wfs?map=a&tk=***&authkey=$KEY'
    """
    kind, _, rest = text.strip().partition(":")
    before, mark, query = rest.partition("?")
    scheme, slashes, place = before.rpartition("//")
    host, slash, path = place.partition("/")
    told = "&".join(_masked(part) for part in query.partition("#")[0].split("&"))
    return f"{kind.upper()}:{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}{mark}{told}"


def named(text: str) -> str:
    """The address with its variables put in, where it may be asked at all.

    Raises:
        SourceError: no address of the web, a secret written out, a parameter that chooses rows, or a variable nobody
            set.
    """
    for name, value in _secrets(text):
        if value and not _VARIABLE.fullmatch(value):
            raise SourceError("remote.secret", path=shown(text), name=name)

    def put_in(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not os.environ.get(name):
            raise SourceError("source.variable", path=shown(text), name=name)
        return os.environ[name]

    whole = _VARIABLE.sub(put_in, text.strip())
    parts = _parts(whole)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SourceError("remote.address", path=shown(text))
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in _CHOOSING:
            raise SourceError("remote.parameter", path=shown(text), name=name)
    return whole


def addressed(text: str, told: str = "") -> Address:
    """What is asked, of an address with its variables put in (see `named`).

    Args:
        text: the address.
        told: how messages show it; masked where left out.
    """
    kind, _, rest = text.partition(":")
    parts = urlsplit(rest)
    query = parse_qsl(parts.query, keep_blank_values=True)
    version = next((value for name, value in query if name.lower() == "version"), "")
    own = tuple((n, v) for n, v in query if n.lower() not in {*_OURS, "version"})
    login, _, host = parts.netloc.rpartition("@")
    path = parts.path
    if kind.upper() == "OAPIF":
        path = re.sub(r"/collections(/.*)?$", "", path).rstrip("/")
        own = tuple((n, v) for n, v in own if n != "f")
    url = urlunsplit((parts.scheme, host, path, "", ""))
    return Address(kind.upper(), url, own, version, unquote(login), told or shown(text))


def _parts(whole: str) -> SplitResult | None:
    try:
        parts = urlsplit(whole.partition(":")[2])
        _ = parts.port
    except ValueError:
        return None
    return parts


def _masked(part: str) -> str:
    name, mark, value = part.partition("=")
    secret = mark and _SECRET.match(unquote(name)) and not _VARIABLE.fullmatch(value)
    return f"{name}=***" if secret else part


def _secrets(text: str) -> Iterator[tuple[str, str]]:
    """What an address says that nobody else should read, as it is written."""
    before, _, query = text.partition(":")[2].partition("?")
    login, at, _ = before.rpartition("//")[2].partition("/")[0].rpartition("@")
    if at and ":" in login:
        yield "password", login.partition(":")[2]
    for part in query.partition("#")[0].split("&"):
        name, _, value = part.partition("=")
        if _SECRET.match(unquote(name)):
            yield unquote(name), value
