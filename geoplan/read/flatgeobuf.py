"""How many features a FlatGeobuf holds, against what its first bytes say: GDAL believes these and reads no others.

A number that is too small leaves features out without a word, one that is too large finds none at all, or asks for more
memory than there is.
"""

import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from geoplan.errors import SourceError

if TYPE_CHECKING:
    from geoplan.read.guards import Found

__all__ = ["refuse_false_count"]

_MAGIC = b"fgb\x03fgb"
_COUNT, _NODES = 8, 9
"""Where the table of the header says how many features there are, and how many of them a node of the index holds."""
_NODE = 40
"""Bytes of a node of the index."""


def refuse_false_count(found: "Found") -> None:
    """Refuse a FlatGeobuf whose features are not as many as it says, or do not end where the file ends.

    Other files, and those in archives, are not looked at.

    Raises:
        SourceError: with both numbers.
    """
    if found.suffix != ".fgb" or found.file is None or found.member or not found.file.is_file():
        return
    if found.file.stat().st_size < len(_MAGIC):
        return  # GDAL says what an empty file is
    with Path(found.file).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[: len(_MAGIC)] != _MAGIC:
            return
        try:
            said, first = _head(data)
            read, end = _walked(data, first)
        except struct.error as error:
            raise SourceError("source.unreadable", path=found.text, reason=error) from error
        if (said and said != read) or end != len(data):
            raise SourceError("source.fewer", path=found.text, said=said, read=read)


def _head(data: mmap.mmap) -> tuple[int, int]:
    """How many features are said to be there, and where the first of them begins."""
    (size,) = struct.unpack_from("<I", data, 8)
    table = 12 + struct.unpack_from("<I", data, 12)[0]
    slots = table - struct.unpack_from("<i", data, table)[0]

    def told(slot: int, form: str, default: int) -> int:
        (held,) = struct.unpack_from("<H", data, slots)
        place = 4 + 2 * slot
        at = struct.unpack_from("<H", data, slots + place)[0] if place < held else 0
        return int(struct.unpack_from(form, data, table + at)[0]) if at else default

    count, nodes = told(_COUNT, "<Q", 0), told(_NODES, "<H", 16)
    return count, 12 + size + _index(count, nodes)


def _index(count: int, nodes: int) -> int:
    """Bytes of the index over so many features.

    >>> _index(0, 16), _index(5, 0), _index(1, 16) // 40, _index(300, 16) // 40
    (0, 0, 2, 322)
    """
    if not count or not nodes:
        return 0
    level, every = count, count
    while every == count or level > 1:
        level = -(-level // max(2, nodes))
        every += level
    return every * _NODE


def _walked(data: mmap.mmap, at: int) -> tuple[int, int]:
    """How many whole features follow one another from there, and where the last of them ends."""
    count, end = 0, len(data)
    while at + 4 <= end:
        after = at + 4 + int.from_bytes(data[at : at + 4], "little")
        if after > end:
            break
        count, at = count + 1, after
    return count, at
