"""Markdown as these pages need it: cells that cannot break a table, and two languages side by side."""

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "both",
    "cell",
    "code",
    "codes",
    "facts",
    "fenced",
    "heading",
    "link",
    "paragraphs",
    "section",
    "subtitle",
    "table",
    "titled",
]

_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")


def cell(text: object) -> str:
    """A text as a cell of a table: on one line, and nothing in it taken for markup."""
    plain = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain)


def code(text: object) -> str:
    """A name as a definition writes it."""
    plain = " ".join(str(text).split()).replace("|", "&#124;")
    return f"<code>{plain.replace('<', '&lt;')}</code>" if "`" in plain or "|" in str(text) else f"`{plain}`"


def codes(texts: Iterable[object]) -> str:
    """Several of them."""
    return " ".join(code(text) for text in texts)


def link(label: str, target: str) -> str:
    """A way to another page."""
    return f"[{label}]({target})"


def both(texts: Mapping[str, str]) -> str:
    """Chinese first, English beside it."""
    chinese, english = cell(texts.get("zh", "")), cell(texts.get("en", ""))
    return f"{chinese}<br> <span class=en>{english}</span>" if english and english != chinese else chinese


def heading(level: int, chinese: str, english: str) -> str:
    """A heading; its anchor is the English one."""
    return f"{'#' * level} {chinese} {english}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are markdown already; empty where there are no rows."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *lines]) if lines else ""


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and what they are, without those that say nothing."""
    return table(("", ""), [row for row in rows if row[1]])


def fenced(text: str, language: str = "text") -> str:
    """A text as it was written."""
    return f"```{language}\n{text.strip()}\n```"


def paragraphs(*parts: str) -> str:
    """A page of parts; those that say nothing leave no gap."""
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, *parts: str) -> str:
    """A part of a page under its heading; nothing at all where its last part says nothing."""
    return "\n\n".join((title, *(part for part in parts if part))) if parts[-1] else ""


def subtitle(text: str) -> str:
    """The line under the title."""
    return f'<p class="subtitle">{text}</p>'


def titled(titles: Mapping[str, str], target: str) -> str:
    """A way to the page of a thing: its Chinese title, the English one under it."""
    return f"[{cell(titles['zh'])}]({target})<br> <span class=en>{cell(titles['en'])}</span>"
