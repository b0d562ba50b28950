"""Planned uses: which land use a text means, so that a rule for dwellings is not asked of a factory."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geoplan.errors import DefinitionError, GeoplanError, Problems

__all__ = ["Uses", "read_uses"]

_CODE = re.compile(r"\d{2}(\d{2}){0,2}")
_COLUMNS = ("code", "name_zh", "name_en", "aliases")


@dataclass(frozen=True, slots=True)
class Uses:
    """Land uses by code, and the words they go by.

    Attributes:
        words: word -> code: names, names without the ending that says land or sea use, other words people write.
        codes: every code.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()

    def meant(self, text: str) -> frozenset[str]:
        """The codes a text means; none where nobody can tell.

        >>> uses = Uses({"city homes": "0701", "homes": "07", "shops": "09"}, frozenset({"07", "0701", "09"}))
        >>> sorted(uses.meant("shops and city homes")), sorted(uses.meant("0701")), sorted(uses.meant("pump"))
        (['0701', '09'], ['0701'], [])
        """
        plain = _plain(text)
        if _CODE.fullmatch(plain):
            return frozenset({plain} if plain[:2] in self.codes else ())
        if plain in self.words:
            return frozenset({self.words[plain]})
        found = [word for word in self.words if word in plain]
        return frozenset(self.words[w] for w in found if not any(w != o and w in o for o in found))

    def knows(self, text: str) -> bool:
        """Whether a text means any land use."""
        return bool(self.meant(text))

    def fits(self, wanted: Sequence[str], planned: str) -> bool | None:
        """Whether a planned use is one of those a row speaks of; None where nobody can tell.

        >>> uses = Uses({"homes": "07", "shops": "09"}, frozenset({"07", "09"}))
        >>> uses.fits(("07",), "homes"), uses.fits(("07",), "shops"), uses.fits(("07",), ""), uses.fits((), "")
        (True, False, None, True)
        """
        if not wanted:
            return True
        if _plain(planned) in {_plain(w) for w in wanted}:
            return True
        found, asked = self.meant(planned), [code for w in wanted for code in self.meant(w)]
        if not found or not asked:
            return None
        # a planned use told in broad words may be the narrow one a row speaks of
        return any(a.startswith(f) or f.startswith(a) for a in asked for f in found)


def read_uses(rows: Sequence[Mapping[str, str]], file: str) -> Uses:
    """The land uses of a table with the columns code, name_zh, name_en and aliases (a bar between them).

    Raises:
        Problems: rows without a code or a name, a word that means two uses.
    """
    wrong: list[GeoplanError] = [
        DefinitionError("rule.column_missing", file=file, column=c) for c in _COLUMNS if rows and c not in rows[0]
    ]
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    codes: set[str] = set()
    for row, cells in enumerate([] if wrong else rows, start=2):
        if not any(cells.values()):
            continue
        code = cells["code"]
        if not _CODE.fullmatch(code) or not cells["name_zh"]:
            fault = DefinitionError("rule.word", column="code", value=code, nearest="07, 0701, 070101")
            wrong.append(DefinitionError("rule.row", file=file, row=row, reason=fault))
            continue
        codes.add(code)
        for word in {_plain(w) for w in (cells["name_zh"], cells["name_en"], *cells["aliases"].split("|"))}:
            if word and not _entered(words, word, code):
                fault = DefinitionError("rule.use_twice", value=word, one=words[word], other=code)
                wrong.append(DefinitionError("rule.row", file=file, row=row, reason=fault))
        stem = _plain(cells["name_zh"]).removesuffix("用地").removesuffix("用海")
        # a name without its ending that land and sea both have means neither
        if len(stem) > 1 and not _entered(stems, stem, code):
            stems[stem] = ""
    if wrong:
        raise Problems(wrong)
    return Uses({**{stem: code for stem, code in stems.items() if code}, **words}, frozenset(codes))


def _entered(words: dict[str, str], word: str, code: str) -> bool:
    """Whether a word may mean this use; of a use and its kinds, a word that all go by means the use."""
    other = words.setdefault(word, code)
    if not other or not (code.startswith(other) or other.startswith(code)):
        return False
    words[word] = min(code, other, key=len)
    return True


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
