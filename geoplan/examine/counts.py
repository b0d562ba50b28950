"""How many features a layer has, against the last run that wrote its results."""

from collections.abc import Iterator, Mapping
from typing import Any

from geoplan.examine.finding import made, percent
from geoplan.layer import Layer
from geoplan.oddity import Grave, Oddity

__all__ = ["against_last_run"]

_CHANGED, _GRAVE = 0.1, 0.5


def against_last_run(layer: Layer, before: Mapping[str, Any] | None) -> Iterator[Oddity]:
    """A number of features much other than last time, and rows set aside or mended that were not before.

    Args:
        layer: as it is now.
        before: what provenance.json said of it (`read`, `set_aside`, `sha256`); None where there was no run.
    """
    if before is None or layer.is_raster:
        return
    was, now = int(before.get("read", 0)), layer.ledger.read
    change = abs(now - was) / was if was else float(now > 0)
    if change > _CHANGED:
        grave: Grave = "doubt" if change > _GRAVE else "remark"
        yield made(layer, "count_changed", grave, count=now, before=was, share=percent(abs(now - was), max(was, 1)))
    less = layer.ledger.set_aside - int(before.get("set_aside", 0))
    if less > max(1.0, _CHANGED * now):
        yield made(layer, "more_set_aside", "doubt", count=less)
