"""Dates as exact as they are known: a year, a month or a day."""

import datetime as dt
import re

__all__ = ["is_date"]


def is_date(value: object) -> bool:
    """Whether this is a year, a month or a day, as a date, a number or an ISO text, and there is such a day.

    >>> is_date(2025), is_date("2025-06"), is_date("2025-06-30"), is_date(dt.date(2025, 6, 30))
    (True, True, True, True)
    >>> is_date("2025-02-30"), is_date("2025-13"), is_date(True), is_date(""), is_date(None)
    (False, False, False, False, False)
    """
    if isinstance(value, dt.date):
        return True
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return False
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True
