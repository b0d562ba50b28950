"""How fresh a layer is, against the year the study speaks of."""

from collections.abc import Iterator

from geoplan.examine.finding import made
from geoplan.layer import Layer
from geoplan.oddity import Oddity
from geoplan.place import Place

__all__ = ["freshness"]

_OLD = 2
"""Years from which on data older than the study are a doubt; last year's are common."""


def freshness(layer: Layer, place: Place, *, state: bool = False) -> Iterator[Oddity]:
    """Data whose validity has passed, that are older or newer than the year asked about, or of no date at all.

    Args:
        layer: that is looked at.
        place: of the study, with its year.
        state: whether it is an earlier state, which is meant to be old.
    """
    source, year = layer.source, place.year
    if source.valid_to and year is not None and source.valid_to[:4] < str(year):
        yield made(layer, "expired", "doubt", valid_to=source.valid_to, year=year)
    if not source.as_of:
        if source.path:
            yield made(layer, "undated", "remark")
        return
    if year is None or state or not source.as_of[:4].isdigit():
        return
    years = year - int(source.as_of[:4])
    people = "population" in layer.frame if not layer.is_raster else False
    if years > 0:
        kind = "older_population" if people else "older_than_target"
        yield made(layer, kind, "doubt" if years >= _OLD else "remark", as_of=source.as_of, year=year, years=years)
    elif years < 0:
        yield made(layer, "newer_than_target", "remark", as_of=source.as_of, year=year)
