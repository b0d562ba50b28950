"""Text in the encoding it is really in: GBK tables that say nothing about it, or the wrong thing, come out as rubbish.

Declared beats what the file says, which beats what its bytes look like; bytes that look like nothing are refused.
"""

import codecs
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geoplan.errors import EncodingError
from geoplan.read.guards import Found

__all__ = ["Encoding", "decoded", "known", "of_shapefile", "of_text"]

_HEAD = 4 * 1024 * 1024
_NAME_BYTES = 10
_CHINESE_LDID = 0x4D
"""The language byte of a table written under Chinese Windows."""
Sample = tuple[bytes, int]
"""Bytes of a text, and how many of them its field holds: a full field may end in the middle of a character."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, who said so, and whether some text ends in half a character.

    Attributes:
        name: as Python and GDAL know it.
        said_by: `declared`, `file`, or `bytes`: it was found out from what they look like.
        cut: whether names or values are cut in the middle of a character.
    """

    name: str
    said_by: str
    cut: bool = False


def of_shapefile(found: Found, declared: str, layer: str) -> Encoding:
    """The encoding of the table beside a shapefile.

    Raises:
        EncodingError: nothing is declared and the bytes are in none that is known, or not in the one declared.
    """
    table = _beside(found, ".dbf")
    samples = list(_samples(table))
    where = {"layer": layer, "path": found.text}
    if declared:
        return _fitting(samples, known(declared, where), "declared", where)
    page = _beside(found, ".cpg").decode("ascii", "ignore").strip().strip("\x00")
    said = _lookup(page) or ("GB18030" if table[29:30] == bytes([_CHINESE_LDID]) else "")
    if said and codecs.lookup(said).name not in _ANY_BYTES and _fits(samples, said):
        if codecs.lookup(said).name in _BIG5 and _fits(samples, "GB18030") and _everyday(samples, _GB_LEADS, _SURE_GB):
            return Encoding("GB18030", "bytes", cut=_cut(samples, "GB18030"))
        if codecs.lookup(said).name in _GB and _is_big5(samples):
            raise EncodingError("read.encoding_looks", **where, looks="Big5")
        return Encoding(said, "file", cut=_cut(samples, said))
    return _of_bytes(samples, said, where)


def of_text(data: bytes, declared: str, *, layer: str, path: str) -> Encoding:
    """The encoding of a text file.

    Raises:
        EncodingError: as for `of_shapefile`.

    >>> of_text("名称".encode("gbk"), "", layer="parks", path="parks.csv").name
    'GB18030'
    >>> of_text(b"", "", layer="parks", path="parks.csv").name
    'UTF-8'
    """
    where = {"layer": layer, "path": path}
    samples = [(data, 0)]
    if declared:
        return _fitting(samples, known(declared, where), "declared", where)
    for mark, name in (
        (codecs.BOM_UTF8, "UTF-8-SIG"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if data.startswith(mark):
            return Encoding(name, "file")
    return _of_bytes(samples, "", where)


def decoded(raw: bytes, encoding: str) -> str:
    """Text that may end in half a character, which is left out.

    >>> decoded("地类名称".encode()[:10], "UTF-8")
    '地类名'
    >>> decoded(b"", "UTF-8")
    ''
    """
    for end in range(4):
        try:
            return raw[: len(raw) - end].decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode(encoding)


_GB, _BIG5 = ("gb18030", "gbk", "gb2312"), ("big5", "cp950", "big5hkscs")
_GB_LEADS, _BIG5_LEADS = (0xB0, 0xD7, 0xA1), (0xA4, 0xC6, 0x40)
"""First bytes, from and to, of the everyday signs of either, and the least second one."""
_SURE_GB, _SURE_BIG5 = 6, 3
"""How many signs it takes to tell one from the other: any two bytes of GB are some sign of Big5, hardly the reverse."""
_ENOUGH = 4000
_ANY_BYTES = ("iso8859-1", "latin-1", "cp1252", "cp437", "ascii")
"""Encodings any bytes are valid in: a file that claims one of them proves nothing."""


def _of_bytes(samples: list[Sample], said: str, where: dict[str, str]) -> Encoding:
    if all(raw.isascii() for raw, _ in samples) or _fits(samples, "UTF-8"):
        return Encoding("UTF-8", "bytes" if said else "file", cut=_cut(samples, "UTF-8"))
    if _fits(samples, "GB18030") and _looks_chinese(samples):
        return Encoding("GB18030", "bytes", cut=_cut(samples, "GB18030"))
    if said and codecs.lookup(said).name in _ANY_BYTES:
        return Encoding(said, "file")
    if _is_big5(samples):
        raise EncodingError("read.encoding_looks", **where, looks="Big5")
    raise EncodingError("read.encoding_unknown", **where)


def _is_big5(samples: Sequence[Sample]) -> bool:
    """Whether a text is everyday Chinese in Big5, and is none in GB."""
    everyday = _everyday(samples, _BIG5_LEADS, _SURE_BIG5) and not _everyday(samples, _GB_LEADS, _SURE_BIG5)
    return everyday and _fits(samples, "big5")


def _everyday(samples: Sequence[Sample], leads: tuple[int, int, int], least: int) -> bool:
    """Whether nearly all signs of two bytes, and at least so many, are everyday ones or marks and figures.

    >>> names = [("公园绿地".encode("gbk"), 0), ("小區名稱".encode("big5"), 0)]
    >>> [_everyday([name], _GB_LEADS, 3) for name in names], [_everyday([name], _BIG5_LEADS, 3) for name in names]
    ([True, False], [False, True])
    >>> _everyday([], _GB_LEADS, 3)
    False
    """
    low, high, second = leads
    signs, fit = 0, 0
    for raw, _ in samples:
        if signs > _ENOUGH:
            break
        at = 0
        while at < len(raw) - 1:
            first, next_byte = raw[at], raw[at + 1]
            double = first >= 0x80
            at += 1 + double
            signs += double
            fit += double and ((low <= first <= high and next_byte >= second) or 0xA1 <= first <= 0xA3)
    return signs >= least and fit >= 0.9 * signs


def _fitting(samples: list[Sample], name: str, said_by: str, where: dict[str, str]) -> Encoding:
    if not _fits(samples, name):
        raise EncodingError("read.encoding_declared", **where, encoding=name)
    return Encoding(name, said_by, cut=_cut(samples, name))


def _fits(samples: Iterable[Sample], encoding: str) -> bool:
    return all(_text(raw, width, encoding) is not None for raw, width in samples)


def _cut(samples: Iterable[Sample], encoding: str) -> bool:
    return any(_text(raw, 0, encoding) is None for raw, _ in samples)


def _text(raw: bytes, width: int, encoding: str) -> str | None:
    try:
        return decoded(raw, encoding) if len(raw) == width else raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _looks_chinese(samples: Iterable[Sample]) -> bool:
    """Whether nine of ten characters beyond ASCII are everyday Chinese ones: two bytes, both of 0xA1 and up.

    Kana, Greek and Cyrillic are none of them: everyday signs of Big5 look like those.
    """
    characters = [c for raw, _ in samples for c in decoded(raw, "GB18030") if not c.isascii()]
    pairs = [pair for c in characters if len(pair := c.encode("GB18030")) == 2]
    plain = [pair for pair in pairs if min(pair) >= 0xA1 and not 0xA4 <= pair[0] < 0xB0]
    return len(plain) >= 0.9 * len(characters)


def _samples(table: bytes) -> Iterator[Sample]:
    """Field names and text values of a dBase table, as they stand."""
    header, width = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    texts, start = [], 1
    for at in range(32, min(header, len(table)) - 1, 32):
        if table[at] == 0x0D:
            break
        yield table[at : at + 11].split(b"\0")[0], _NAME_BYTES
        length = table[at + 16]
        if table[at + 11 : at + 12] == b"C":
            texts.append((start, length))
        start += length
    for row in range(header, len(table) - width + 1, max(width, 1)):
        for offset, length in texts:
            raw = table[row + offset : row + offset + length].rstrip(b" \0")
            if raw and not raw.isascii():
                yield raw, length


def _lookup(page: str) -> str:
    """The encoding a .cpg file names, as Python knows it; an empty text for none."""
    if page.upper() in {"936", "CP936", "GBK", "GB2312", "ANSI 936", "GB18030", "EUC-CN"}:
        return "GB18030"
    for name in (page, f"cp{page}", page.replace("ISO 88591", "ISO-8859-1").replace(" ", "-")):
        try:
            return codecs.lookup(name).name.upper() if page else ""
        except (LookupError, ValueError):
            continue
    return ""


def known(declared: str, where: dict[str, str]) -> str:
    """The name of a declared encoding.

    Raises:
        EncodingError: no encoding has that name.
    """
    name = _lookup(declared)
    if not name:
        raise EncodingError("read.encoding_name", **where, encoding=declared)
    return name


def _beside(found: Found, ending: str) -> bytes:
    """The first megabytes of the file beside a shapefile that has another ending; nothing where there is none."""
    if found.file is None:
        return b""
    if found.member:
        return _packed(found, found.member[: -len(found.suffix)] + ending)
    for path in (found.file.with_suffix(ending), found.file.with_suffix(ending.upper())):
        if path.is_file():
            with path.open("rb") as opened:
                return opened.read(_HEAD)
    return b""


def _packed(found: Found, name: str) -> bytes:
    file = found.file
    if file is None:
        return b""
    if file.name.lower().endswith(".zip"):
        with zipfile.ZipFile(file) as opened:
            same = [n for n in opened.namelist() if n.lower() == name.lower()]
            return opened.open(same[0]).read(_HEAD) if same else b""
    with tarfile.open(file) as tar:
        entry = next((e for e in tar if e.name.lower() == name.lower()), None)
        content = tar.extractfile(entry) if entry else None
        return content.read(_HEAD) if content else b""
