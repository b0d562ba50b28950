"""The invented words of the demo city, read from the file beside this one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["ordinals", "text"]


@cache
def text() -> dict[str, Any]:
    """All words, by section.

    >>> len(text()["estates"]["hamlets"])
    3
    """
    with Path(__file__).with_name("text.toml").open("rb") as file:
        return tomllib.load(file)


def ordinals(prefix: str, count: int, start: int = 1) -> list[str]:
    """Ids in a row.

    >>> ordinals("JZ", 2)
    ['JZ001', 'JZ002']
    >>> ordinals("JZ", 0)
    []
    """
    return [f"{prefix}{n:03d}" for n in range(start, start + count)]
