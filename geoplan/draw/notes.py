"""What a method has to say beside its number, in words that are never rounded into success."""

import re
from dataclasses import replace

from geoplan import units
from geoplan.draw.counted import column_named, counted
from geoplan.draw.figures import toward
from geoplan.draw.voice import Voice
from geoplan.measure import Note, Ratio
from geoplan.result import Result

__all__ = ["headlines", "remarks", "short"]

_HEADLINE, _DEFINITION = "headline", "definition"
_NUMBER = re.compile(r"-?[\d,]+\.\d+")
_COLUMNS = ("column", "amount", "certified")
"""Slots in which a method names a column."""
_DOUBT = ("oddity.", "read.crosswalk")


def headlines(result: Result, voice: Voice) -> tuple[str, ...]:
    """The sentences in which a method says its own answer; none where it leaves that to the page."""
    return tuple(voice.note(note) for note in _careful(result) if _is_headline(note))


def remarks(result: Result, voice: Voice, *, public: bool = False) -> tuple[str, ...]:
    """Every other sentence a reader needs: definition, what was estimated, what is unknown; doubts about the data.

    The public reads nothing of single features and columns of the data.
    """
    notes = [note for note in _careful(result) if not _is_headline(note)]
    defined = 1 + max((i for i, note in enumerate(notes) if _last(note).startswith(_DEFINITION)), default=-1)
    said = [voice.note(_in_words(note, result, voice)) for note in notes]
    told = (*said[:defined], *counted(result, voice, public=public), *said[defined:])
    odd = (note for layers in (*result.used.values(), result.beside) for used in layers for note in used.notes)
    doubts = (voice.note(note) for note in odd if not public and note.sentence.startswith(_DOUBT))
    return tuple(dict.fromkeys((*told, *doubts)))


def short(share: float | None, turned: int = 0) -> str:
    """A share as a percentage in a sentence: one digit, floored or ceiled where rounding would flatter.

    >>> short(0.79999), short(0.79999, -1), short(0.99999), short(0.00001), short(None)
    ('80.0', '79.9', '99.9', '0.1', '—')
    """
    return units.shown(100 * share, 1, toward=turned) if share is not None and turned else units.percent(share)


def _is_headline(note: Note) -> bool:
    return _last(note).startswith(_HEADLINE)


def _last(note: Note) -> str:
    return note.sentence.rpartition(".")[2]


def _in_words(note: Note, result: Result, voice: Voice) -> Note:
    """A note that names columns as a planner does."""
    named = {k: v for k, v in note.fields.items() if k in _COLUMNS and isinstance(v, str)}
    return replace(note, fields={**note.fields, **{k: column_named(result, v, voice) for k, v in named.items()}})


def _careful(result: Result) -> tuple[Note, ...]:
    """The notes of a method; where a target is missed, its shares are turned away from success."""
    notes, turned = (result.outcome.notes if result.outcome else ()), toward(result)
    if not turned or result.outcome is None:
        return notes
    ratios = {f"by_{name}": ratio for name, ratio in result.outcome.weights.items()}
    if isinstance(result.outcome.measure, Ratio):
        ratios["share"] = result.outcome.measure
    shares = {name: short(ratio.value, turned) for name, ratio in ratios.items() if ratio is not None}
    return tuple(
        replace(n, fields={k: shares.get(k, _turned(v, result, turned)) for k, v in n.fields.items()}) for n in notes
    )


def _turned(said: object, result: Result, turned: int) -> object:
    """What a slot says; where that is the headline, or its ceiling, as rounded, it is turned away from success."""
    text = units.shown(said, 2) if isinstance(said, float) and not said.is_integer() else said
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return said
    number, places = float(text.replace(",", "")), len(text.partition(".")[2])
    near = (v for v in (result.value, result.ceiling) if v is not None and round(v, places) == number)
    value = next(near, None)
    return said if value is None else units.shown(value, places, toward=turned)
