"""Codes as cells hold them: signs of full width made plain, decimals taken off, lost zeros and look-alikes told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geoplan.errors import ColumnError
from geoplan.measure import Note
from geoplan.read.columns import plain_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["alike", "by_prefix", "narrow", "plain_codes", "prefixes_of", "refuse_lost_zeros"]

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ALIKE = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
"""Letters that are taken for figures, in capitals."""
_MOST = 5


def narrow(text: str) -> str:
    """A text with its signs of full width (０ Ａ －) made plain ones; nothing else in it changes.

    >>> narrow("０７０２Ａ"), narrow("第１类（甲）"), narrow("")
    ('0702A', '第1类(甲)', '')
    """
    return text.translate(_NARROW).strip()


def plain_codes(cells: "pd.Series[Any]", *, layer: str, path: str) -> tuple[list[str | None], tuple[Note, ...]]:
    """The codes of a column as plain text, None where there is none, and how many were of full width.

    Only what is a code when made plain is made so; words keep their signs.

    >>> import pandas as pd
    >>> found, notes = plain_codes(pd.Series(["０７０２", "702.0", " 农村（旧） ", None]), layer="land", path="")
    >>> found, [note.fields["count"] for note in notes]
    (['0702', '702', '农村（旧）', None], [1])
    >>> plain_codes(pd.Series([], dtype=object), layer="land", path="")
    ([], ())
    """
    texts = [c if isinstance(c, str) and c else None for c in plain_text(cells)]
    made = [None if t is None else _plain(t) for t in texts]
    wide = [(t, m) for t, m in zip(texts, made, strict=True) if t is not None and not t.isascii() and t != m]
    if not wide:
        return made, ()
    first = f"{wide[0][0]} → {wide[0][1]}"
    said = {"layer": layer, "path": path, "column": str(cells.name), "count": len(wide), "first": first}
    return made, (Note("read.wide_codes", said),)


def prefixes_of(classes: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Prefix of a code -> the class it means.

    >>> prefixes_of({"forest": ("03", "04")})
    {'03': 'forest', '04': 'forest'}
    """
    return {code: name for name, listed in classes.items() for code in listed}


def by_prefix(code: str, prefixes: Mapping[str, str]) -> str | None:
    """What the longest prefix that fits stands for; None where none does.

    >>> by_prefix("0303", {"03": "forest", "0303": "mangrove"}), by_prefix("", {"03": "forest"})
    ('mangrove', None)
    """
    return next((prefixes[code[:end]] for end in range(len(code), 0, -1) if code[:end] in prefixes), None)


def alike(code: str, prefixes: Mapping[str, str]) -> str:
    """The code one of no class is easily mistaken for (letters for figures, small letters); else an empty text.

    >>> alike("O7O2", {"07": "housing"}), alike("g1l", {"G11": "park"}), alike("99", {"07": "housing"})
    ('0702', 'G11', '')
    """
    capital = code.upper()
    turned = (capital, capital.translate(_ALIKE), capital[:1] + capital[1:].translate(_ALIKE))
    return next((t for t in turned if t != code and by_prefix(t, prefixes) is not None), "")


def refuse_lost_zeros(codes: Sequence[str], prefixes: Mapping[str, str], where: Mapping[str, str]) -> None:
    """Refuse codes that were numbers on their way here: 702 is no code, and may once have been 0702.

    Raises:
        ColumnError: naming how many, the first of them and what it was.
    """
    # every all-digit code of these schemes has an even number of digits; an odd one was a number on its way here
    lost = [c for c in codes if c.isdigit() and len(c) % 2 and by_prefix(f"0{c}", prefixes) is not None]
    if lost and all(len(p) % 2 == 0 for p in prefixes if p.isdigit()):
        raise ColumnError("column.codes_not_text", **where, count=len(lost), first=lost[0], distinct=_listed(lost))


def _listed(codes: Iterable[str]) -> str:
    found = list(dict.fromkeys(codes))
    return ", ".join(found[:_MOST]) + (" …" if len(found) > _MOST else "")


def _plain(text: str) -> str:
    plain = narrow(text)
    if not plain.isascii() or not plain:
        return text
    # decimals a spreadsheet has put behind a whole number
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdigit() else plain
