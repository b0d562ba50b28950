"""What a definition file says beside its keys: the comments at its head, and those behind the header of a table."""

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["head", "remarks"]

_TABLE = re.compile(r"\[(?P<table>[\w.\"一-鿿-]+)\]\s*#\s*(?P<remark>.+)")


def head(path: Path) -> str:
    """The comments at the head of the file, one line a paragraph of it."""
    return "\n".join(_head(path.read_text(encoding="utf-8-sig")))


def _head(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("#"):
            yield line.lstrip("#").strip()
        elif line.strip():
            return


def remarks(path: Path) -> dict[str, str]:
    """Table (`columns.population`) -> the comment behind its header."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return {found["table"]: found["remark"].strip() for line in lines if (found := _TABLE.match(line.strip()))}
