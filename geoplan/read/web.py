"""Asking a service: one host, a limit of time and of bytes, no second try, and every failure a sentence.

Nothing is kept on disk beyond the folder it is asked for, and no answer sends us to another host. Proxies of the
environment are honoured.
"""

import base64
import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit
from xml.etree import ElementTree as ET

from geoplan.errors import SourceError
from geoplan.read.service import Address

__all__ = ["Web", "complaint", "local", "root", "same_host"]

SECONDS = 30.0
"""How long a service may be silent: before it answers, and in the middle of an answer."""
LONGEST = 900.0
"""Seconds one answer may take in all."""
MOST = 2 * 1024**3
"""Bytes of one answer that is kept in a file."""
MOST_HELD = 256 * 1024**2
"""Bytes of one answer that is held in memory."""
_TOLD = 65_536
"""Bytes of a refusal that are looked at for its reason."""
_CHUNK = 1 << 18
_LOGIN = (401, 403, 407)


@dataclass(frozen=True, slots=True)
class Web:
    """A service that can be asked."""

    address: Address

    def url(self, path: str, parameters: Sequence[tuple[str, str]]) -> str:
        """What is asked: the parameters of the address, then these."""
        query = urlencode([*self.address.parameters, *parameters], safe=",:/")
        return f"{self.address.url}{path}{'?' if query else ''}{query}"

    def following(self, page: str, link: str) -> str:
        """The address of the page a link names, with what goes along with every request.

        Raises:
            SourceError: it leads to another host.
        """
        target, own = urlsplit(urljoin(page, link)), urlsplit(self.address.url)
        if not same_host(urlunsplit(target), self.address.url):
            raise SourceError("remote.elsewhere", path=self.address.shown, host=self._place(target))
        known = {part.partition("=")[0] for part in target.query.split("&")}
        more = urlencode([(n, v) for n, v in self.address.parameters if n not in known])
        query = "&".join(part for part in (target.query, more) if part)
        return urlunsplit((own.scheme, own.netloc, target.path, query, ""))

    def get(self, url: str, *, accept: str = "*/*") -> tuple[bytes, Any]:
        """A short answer, whole, and its headers.

        Raises:
            SourceError: as for `save`.
        """
        parts: list[bytes] = []
        headers = self._read(url, accept, parts.append, MOST_HELD)
        return b"".join(parts), headers

    def save(self, url: str, path: Path, *, accept: str = "*/*") -> Any:
        """Write an answer to a file; its headers.

        Raises:
            SourceError: nobody there, not allowed, an error of the service, too slow, too large, or broken off.
        """
        with path.open("wb") as file:
            return self._read(url, accept, file.write, MOST)

    def _read(self, url: str, accept: str, take: Any, most: int) -> Any:
        shown = self.address.shown
        try:
            with _opener(self).open(self._request(url, accept), timeout=SECONDS) as answer:
                for part in _parts(answer, shown, most):
                    take(part)
                return answer.headers
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except urllib.error.URLError as error:
            raise self._unreached(error.reason) from None
        except (OSError, http.client.HTTPException, zlib.error) as error:
            if isinstance(error, SourceError):
                raise
            raise self._unreached(error, begun=True) from None

    def _request(self, url: str, accept: str) -> urllib.request.Request:
        headers = {"User-Agent": "geoplan", "Accept": accept, "Accept-Encoding": "gzip"}
        if self.address.login:
            headers["Authorization"] = f"Basic {base64.b64encode(self.address.login.encode()).decode()}"
        return urllib.request.Request(url, headers=headers)  # noqa: S310  (http and https alone: see service.named)

    def _refused(self, error: urllib.error.HTTPError) -> SourceError:
        """What a service says beside the number of its refusal."""
        try:
            body = error.read(_TOLD)
        except (OSError, http.client.HTTPException):
            body = b""
        told = self.address.clean(complaint(body))
        error.close()
        if error.code // 100 == 3:
            # not even to files, nor round and round
            place = self._place(urlsplit(error.headers.get("Location", "")))
            return SourceError("remote.redirect", path=self.address.shown, host=place)
        if error.code in _LOGIN:
            return SourceError("remote.login", path=self.address.shown, status=error.code)
        if told:
            return SourceError("remote.exception", path=self.address.shown, reason=told)
        return SourceError("remote.status", path=self.address.shown, status=error.code)

    def _unreached(self, reason: object, *, begun: bool = False) -> SourceError:
        shown = self.address.shown
        if isinstance(reason, TimeoutError):
            return SourceError("remote.slow", path=shown, seconds=f"{SECONDS:g}")
        if isinstance(reason, ssl.SSLError):
            return SourceError("remote.certificate", path=shown, reason=self.address.clean(_words(reason)))
        if begun or isinstance(reason, ConnectionResetError | http.client.HTTPException):
            return SourceError("remote.lost", path=shown)
        return SourceError("remote.unreachable", path=shown, reason=self.address.clean(_words(reason)))

    @staticmethod
    def _place(target: Any) -> str:
        return f"{target.scheme}://{target.netloc.rpartition('@')[2]}"


class _AtHome(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to the same host, and to no other place."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        here, there = urlsplit(req.full_url), urlsplit(newurl)
        weaker = here.scheme == "https" and there.scheme != "https"
        if weaker or not same_host(newurl, req.full_url):
            fp.close()
            raise SourceError("remote.redirect", path=self._web.address.shown, host=self._web._place(there))  # noqa: SLF001  (of this file)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def same_host(one: str, other: str) -> bool:
    """Whether two addresses of the web are of one host; the usual ports of http and https are one.

    >>> same_host("http://host/a", "https://host:443/b"), same_host("https://host/a", "https://other/a")
    (True, False)
    >>> same_host("file:///etc/passwd", "https://host/a"), same_host("https://host:8080/a", "https://host/a")
    (False, False)
    """
    try:
        places = [(p.scheme, p.hostname, p.port) for p in (urlsplit(one), urlsplit(other))]
    except ValueError:
        return False
    if any(scheme not in {"http", "https"} for scheme, _, _ in places):
        return False
    (host, port), (other_host, other_port) = ((h, p if p not in {80, 443} else None) for _, h, p in places)
    return host == other_host and port == other_port


def complaint(body: bytes) -> str:
    r"""What an answer that is none complains of, in one line; an empty text where it says nothing.

    >>> complaint(b"<ows:Exception xmlns:ows='o'><ows:ExceptionText>No such\n type</ows:ExceptionText></ows:Exception>")
    'No such type'
    >>> complaint(b"<html><body>hello</body></html>"), complaint(b'{"description": "no such collection"}')
    ('', 'no such collection')
    """
    found = re.search(rb"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</", body, re.DOTALL)
    found = found or re.search(rb'"(?:description|detail)"\s*:\s*"([^"]*)"', body)
    text = found[1].decode("utf-8", "replace") if found else ""
    text = re.sub(r"^\s*<!\[CDATA\[|\]\]>\s*$", "", text)
    return " ".join(text.split())[:300].rstrip(".")


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def _opener(web: Web) -> urllib.request.OpenerDirector:
    # the usual opener also knows files, ftp and inline data
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor(), _AtHome(web),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


def _parts(answer: Any, shown: str, most: int) -> Iterator[bytes]:
    """The bytes of an answer, unpacked, as long as it keeps within its limits and to the length it announced."""
    deadline, packed, whole = time.monotonic() + LONGEST, 0, 0
    announced = answer.headers.get("Content-Length")
    unpacker = zlib.decompressobj(31) if answer.headers.get("Content-Encoding", "").lower() == "gzip" else None
    # as much as has come: who sends a byte now and then must not outlast the time there is
    while part := answer.read1(_CHUNK):
        packed += len(part)
        if time.monotonic() > deadline:
            raise SourceError("remote.slow", path=shown, seconds=f"{LONGEST:g}")
        for out in _unpacked(unpacker, part) if unpacker else (part,):
            whole += len(out)
            if whole > most:
                raise SourceError("remote.large", path=shown, most=f"{most / 1024**3:g}")
            yield out
    # the library is content with fewer bytes than were announced
    if (announced and announced.isdigit() and packed < int(announced)) or (unpacker and not unpacker.eof):
        raise SourceError("remote.lost", path=shown)


def _unpacked(unpacker: Any, part: bytes) -> Iterator[bytes]:
    out = part
    while part or len(out) == _CHUNK:
        out = unpacker.decompress(part, _CHUNK)
        part = unpacker.unconsumed_tail
        yield out


def _words(reason: object) -> str:
    return str(getattr(reason, "strerror", None) or reason).rstrip(".")


def root(data: bytes) -> ET.Element | None:
    """The outermost element of a document of a service; None for what is none, or declares types and entities."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        return ET.fromstring(data)  # noqa: S314  (no entities, see above; a service somebody named and allowed)
    except ET.ParseError:
        return None
