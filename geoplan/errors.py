"""Everything that can go wrong, as a planner would name it.

GeoplanError
 +- DefinitionError (ValueError)   a file in layers/, analyses/, maps/ cannot be honoured
 |   +- UnitError                  a quantity without a unit, or with one of another dimension
 +- UnknownName (LookupError)      a name nobody knows, with the nearest one that exists
 +- LayerError (ValueError)        data do not meet their contract
 |   +- CRSError                   which coordinate system is not known, or not the one declared
 |   +- GeometryError              shapes that cannot be repaired without changing them
 |   +- ColumnError                a column is missing, or holds what it must not
 |   +- CoverageError              data do not cover what they are asked about
 |   +- EncodingError              text that is not in the encoding it claims
 +- SourceError (OSError)          a source cannot be read or reached
 +- StudyError (ValueError)        a study file, or the folder it writes to
Problems (ExceptionGroup)          everything wrong with a study, at once

An error carries the id of its sentence and the values of its slots; the sentence itself stands in `words/`, in Chinese
and in English. `str(error)` is English; `error.say("zh")` is the study's language.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Self

from geoplan.words import Language, say

__all__ = [
    "CRSError",
    "ColumnError",
    "CoverageError",
    "DefinitionError",
    "EncodingError",
    "GeometryError",
    "GeoplanError",
    "LayerError",
    "Problems",
    "SourceError",
    "StudyError",
    "UnitError",
    "UnknownName",
    "nearest",
    "toml_fault",
]

_TOML = {
    "Invalid value": "value", "Expected ']'": "bracket", "Unclosed": "bracket", "Illegal character": "quote",
    "Unterminated": "quote", "Cannot overwrite": "twice", "Cannot declare": "twice", "Cannot mutate": "twice",
    "Unescaped": "backslash", "Invalid hex": "backslash", "Expected '='": "equals", "Invalid initial": "equals",
    "Invalid statement": "statement", "Expected newline": "more",
}  # fmt: skip
"""What the reader of TOML says, and the sentence for it."""


class GeoplanError(Exception):
    """A sentence with its slots: where, what is wrong, what would be right.

    >>> error = LayerError("layer.no_crs", layer="parks", path="parks.shp")
    >>> error.id, error.fields["layer"]
    ('layer.no_crs', 'parks')
    """

    def __init__(self, sentence: str, /, **fields: object) -> None:
        super().__init__(sentence)
        self.id = sentence
        self.fields = fields

    def say(self, language: Language) -> str:
        """The sentence in that language."""
        return say(language, self.id, **{k: _worded(v, language) for k, v in self.fields.items()})

    def __str__(self) -> str:
        return self.say("en")

    def __reduce__(self) -> tuple[object, ...]:
        return _remake, (type(self), self.id, self.fields)


class DefinitionError(GeoplanError, ValueError):
    """A file in layers/, analyses/ or maps/ cannot be honoured."""


class UnitError(DefinitionError):
    """A quantity has no unit, or one of another dimension."""


class UnknownName(GeoplanError, LookupError):  # noqa: N818  (the name planners see; "did you mean" follows)
    """A name that nothing has, with the nearest one that exists."""


class LayerError(GeoplanError, ValueError):
    """Data do not meet the contract of their layer."""


class CRSError(LayerError):
    """The coordinate system is missing, unfit to measure in, or not the one the coordinates are in."""


class GeometryError(LayerError):
    """Shapes that cannot be repaired without changing them."""


class ColumnError(LayerError):
    """A column is missing, or holds what it must not hold."""


class CoverageError(LayerError):
    """Data do not cover what they are asked about."""


class EncodingError(LayerError):
    """Text is not in the encoding it claims."""


class SourceError(GeoplanError, OSError):
    """A source cannot be read or reached."""


class StudyError(GeoplanError, ValueError):
    """A study file, or the folder a study writes to, is not as it must be."""


class Problems(ExceptionGroup[GeoplanError]):
    """Everything wrong with a study, at once."""

    def __new__(cls, errors: Sequence[GeoplanError]) -> Self:
        """A group of these errors."""
        return super().__new__(cls, f"{len(errors)} problem(s)", list(errors))

    def derive(self, excs: Sequence[GeoplanError], /) -> "Problems":  # type: ignore[override]
        """The same kind of group around a part of the errors."""
        return Problems(excs)

    def say(self, language: Language) -> str:
        """One sentence a line."""
        return "\n".join(e.say(language) for e in self.exceptions if isinstance(e, GeoplanError))

    def __str__(self) -> str:
        return self.say("en")


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word most like this one; an empty text where none is like it.

    >>> nearest("serivce_500m", ["service_500m", "park_500m"])
    'service_500m'
    >>> nearest("xyz", ["service_500m"])
    ''
    >>> nearest("xyz", [])
    ''
    """
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return close[0] if close else ""


def toml_fault(error: Exception, data: bytes) -> GeoplanError:
    r"""Why a file is no TOML, with the line, as a sentence planners understand.

    >>> broken = b'name = "x"\nyear = today'
    >>> try:
    ...     tomllib.loads(broken.decode())
    ... except tomllib.TOMLDecodeError as error:
    ...     str(toml_fault(error, broken)).partition(":")[0]
    "line 2, 'year = today'"
    >>> str(toml_fault(OSError(), b""))
    'the file cannot be opened'
    """
    if not isinstance(error, tomllib.TOMLDecodeError):
        return GeoplanError(f"toml_fault.{'encoding' if isinstance(error, UnicodeDecodeError) else 'system'}")
    lines = data.decode("utf-8-sig", errors="replace").splitlines() or [""]
    found = re.search(r"at line (\d+), column \d+", str(error))
    written = [n for n, line in enumerate(lines, start=1) if line.strip()]
    line = int(found[1]) if found else (written[-1] if written else 1)
    kind = next((name for start, name in _TOML.items() if str(error).startswith(start)), "other")
    text = lines[min(line, len(lines)) - 1].strip()[:60]
    return GeoplanError("toml_fault.at", line=line, text=text, what=GeoplanError(f"toml_fault.{kind}"))


def _worded(value: object, language: Language) -> object:
    return value.say(language) if isinstance(value, GeoplanError) else value


def _remake(kind: type[GeoplanError], sentence: str, fields: dict[str, object]) -> GeoplanError:
    return kind(sentence, **fields)
