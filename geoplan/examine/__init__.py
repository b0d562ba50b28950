"""Does this look right? Layers looked at before anything is computed of them: what is odd, where, and how grave."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from geoplan.examine.cells import densities, far_from_the_rest, units_of_columns, unknown_cells, zeros
from geoplan.examine.counts import against_last_run
from geoplan.examine.dates import freshness
from geoplan.examine.extent import corner, not_covered
from geoplan.examine.features import far_away, from_the_ledger, twice
from geoplan.examine.frames import crs_that_fit, doubted, shifted
from geoplan.examine.neighbours import side_by_side
from geoplan.examine.texts import codes, cut, full_width, mojibake, names_of_codes
from geoplan.examine.traces import Trace, place_traces, trace_of
from geoplan.examine.twins import near_duplicates
from geoplan.examine.witness import Witness
from geoplan.layer import Layer
from geoplan.oddity import Oddity, worst_first
from geoplan.place import Place

__all__ = ["Trace", "Witness", "crs_that_fit", "doubted", "examined", "place_traces", "quick", "shifted", "trace_of"]

_CELLS: tuple[Callable[[Layer], Iterator[Oddity]], ...] = (
    units_of_columns, far_from_the_rest, zeros, unknown_cells, densities, codes, names_of_codes, mojibake, cut,
    full_width, twice, near_duplicates,
)  # fmt: skip
_PLACED: tuple[Callable[[Layer, Place], Iterator[Oddity]], ...] = (far_away, side_by_side, corner)
_QUICK: tuple[Callable[[Layer], Iterator[Oddity]], ...] = (units_of_columns, densities, codes, names_of_codes)


def examined(
    layer: Layer, place: Place, *, before: Mapping[str, Any] | None = None, state: bool = False
) -> tuple[Oddity, ...]:
    """Everything odd about one layer, worst first.

    Args:
        layer: as it was read.
        place: of the study.
        before: what provenance.json of the last run said of it.
        state: whether it is an earlier state, which is meant to be old.

    >>> import geopandas as gpd
    >>> import shapely
    >>> from geoplan.layer import LayerSpec
    >>> parks = Layer(LayerSpec("parks", {}, "point"), gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4548"))
    >>> examined(parks, Place("", shapely.box(0, 0, 1, 1), parks.frame.crs))
    ()
    """
    found = [*freshness(layer, place, state=state), *not_covered(layer, place), *against_last_run(layer, before)]
    if layer.is_raster:
        return worst_first(found)
    found += from_the_ledger(layer)
    for look in _CELLS:
        found += look(layer)
    for see in _PLACED:
        found += see(layer, place)
    return worst_first(found)


def quick(layer: Layer, place: Place, *, state: bool = False) -> tuple[Oddity, ...]:
    """The grave oddities that are cheap to find: what a run says beside its results."""
    found = list(freshness(layer, place, state=state))
    if not layer.is_raster:
        found += [oddity for look in _QUICK for oddity in look(layer)]
    return worst_first(o for o in found if o.grave != "remark")
