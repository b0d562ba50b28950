"""Numbers as people type them into cells: metres, decimal degrees, degrees with minutes and seconds."""

import re
import unicodedata

from geoplan.read import site_words as words

__all__ = ["number_of"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


def number_of(value: object) -> float | None:
    """The number in a cell; degrees with minutes and seconds as decimal degrees; None where there is none.

    A figure with a unit, a date, or minutes beyond 59 is no number.

    >>> number_of("117°45′21.5″"), number_of(" 4335424.432 "), number_of(7)
    (117.7559722222..., 4335424.432, 7.0)
    >>> number_of("117°61′00″"), number_of("4335424.432m"), number_of(None)
    (None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if not isinstance(value, str):
        return float(value)
    text = unicodedata.normalize("NFKC", value).strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    side = words.SIDE_OF_EARTH.fullmatch(text.upper())
    degrees = words.DEGREES_MINUTES_SECONDS.fullmatch(side[2]) if side else None
    if side is None or degrees is None or float(degrees["m"]) >= 60 or float(degrees["s"]) >= 60:
        return None
    found = float(degrees["d"]) + float(degrees["m"]) / 60 + float(degrees["s"]) / 3600
    west = degrees["sign"] == "-" or (side[1] or side[3]) in {"W", "S"}
    return -found if west else found
