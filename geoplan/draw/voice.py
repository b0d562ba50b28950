"""How the pages speak: titles, units and sentences in the one language of a run."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoplan import units
from geoplan.draw.figures import Figure
from geoplan.errors import GeoplanError
from geoplan.measure import Note
from geoplan.place import Zones
from geoplan.words import Language, say, sentences

__all__ = ["Voice"]

_GAP = re.compile(r" {2,}| (?=[.,;)])")


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, and everything a page says in it.

    >>> Voice("en").unit("公顷"), Voice("zh").unit("m2"), Voice("zh").unit("-")
    ('ha', '平方米', '')
    >>> Voice("en").title({"zh": "公园", "en": "Parks"}), Voice("en").title({})
    ('Parks', '')
    """

    language: Language

    def say(self, sentence: str, /, **fields: object) -> str:
        """The sentence of that id, its slots filled; a unit that is not printed leaves no gap."""
        said = say(self.language, sentence, **{k: self.worded(v) for k, v in fields.items()})
        return _GAP.sub(lambda m: " " if len(m[0]) > 1 else "", said).strip() if "" in fields.values() else said

    def knows(self, sentence: str) -> bool:
        """Whether there is a sentence of that id."""
        return sentence in sentences(self.language)

    def note(self, note: Note) -> str:
        """What a method or a run has to say, in words."""
        return self.say(note.sentence, **note.fields)

    def name(self, kind: str, name: str) -> str:
        """The name of a column, a fact, a status, ... as a page prints it; the machine word where nobody named it."""
        sentence = f"{kind}.{name}"
        return self.say(sentence) if self.knows(sentence) else name

    def title(self, titles: Mapping[str, str]) -> str:
        """A title in the language of the page; an empty text where there is none."""
        return titles.get(self.language) or titles.get("zh", "")

    def unit(self, unit: str) -> str:
        """A unit as it is printed; nothing for numbers without one."""
        sign = "" if unit in {"-", "share", ""} else units.symbol(unit, self.language)
        # English counts without a measure word: 3 of 6
        return "" if sign == "count" else sign

    def amount(self, text: str) -> str:
        """An amount as a definition writes it, with its unit in words; an empty text where it is none.

        >>> Voice("zh").amount("50000 m2"), Voice("en").amount("0.4 ha"), Voice("zh").amount("walk")
        ('50,000平方米', '0.4 ha', '')
        """
        number, _, unit = text.strip().partition(" ")
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            return ""
        if unit not in units.every():
            return ""
        return self.say("report.amount", amount=f"{value:,.10g}", unit=self.unit(unit)).replace(" %", "%")

    def figure(self, value: float | None, unit: str, toward: int = 0, *, whole: float | None = None) -> Figure:
        """A number in that unit as a page prints it.

        >>> Voice("zh").figure(0.00001, "公顷").text, Voice("en").figure(1234.5, "人").text
        ('不足0.0001', '1,234')
        """

        def less(step: str) -> str:
            return say(self.language, "verdict_gap.less", step=step)

        return Figure.of(value, unit, toward, whole=whole, less=less)

    def leaks(self, zones: Zones) -> str:
        """That the rows of a level of zones do not add up, and by how much they overlap and leave out."""
        overlap, left_out = (self.figure(m2 / 1e4, "ha").text for m2 in (zones.overlap, zones.left_out))
        return self.say("report.not_additive", overlap=overlap, left_out=left_out)

    def date(self, text: str) -> str:
        """An ISO date as a reader of the language writes it; other text stays as it is.

        >>> Voice("zh").date("2025-06-01"), Voice("en").date("2025-06-01"), Voice("zh").date("2025")
        ('2025年6月1日', '1 June 2025', '2025')
        >>> Voice("zh").date("")
        ''
        """
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return text
        return self.say("report.date", year=day.year, day=day.day, name=self.say(f"report.month.{day.month}"))

    def worded(self, value: Any) -> Any:
        """A value of a slot: errors and titles in words, numbers without noise, lists joined."""
        if isinstance(value, GeoplanError):
            return value.say(self.language)
        if isinstance(value, Note):
            return self.note(value)
        if isinstance(value, float):
            return units.shown(value, 0 if value.is_integer() else 2)
        if isinstance(value, Mapping):
            return self.title(value)
        if isinstance(value, (list, tuple)):
            return self.say("report.comma").join(str(self.worded(v)) for v in value)
        return value
