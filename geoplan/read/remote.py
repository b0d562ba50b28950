"""One table of a service on the network, read like a file: what may be believed of it is told in `counter`."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.errors import SourceError, nearest
from geoplan.measure import Note
from geoplan.read import service
from geoplan.read.counter import SHAPE, Counter, Service
from geoplan.read.database import digest_of
from geoplan.read.dataset import Dataset
from geoplan.read.scratch import scratch
from geoplan.read.web import Web

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.crs import Bounds
    from geoplan.read.guards import Found

__all__ = ["Chooser", "Collection", "opened"]

Chooser = Callable[[str, list[str]], str]


@dataclass(frozen=True, slots=True)
class Collection(Dataset):
    """A table of a service that was opened but not read."""

    counter: Any = None

    def read(
        self,
        columns: tuple[str, ...] | None = None,
        *,
        where: str = "",
        box: "Bounds | None" = None,
        most: int | None = None,
    ) -> "gpd.GeoDataFrame":
        """Features as `Dataset.read` has them; the filter is applied here, whatever the service understands.

        Raises:
            SourceError: the service fails, or hands out less than it has.
        """
        counter: Counter = self.counter
        if box is None and most is not None and counter.sample is not None:
            some = counter.sample.read(columns, where=where, most=most)
            if len(some) or not where:
                return some
        kept = counter.all() if box is None else counter.within(box)
        return kept.read(columns, where=where, box=box, most=most)

    def digest(self, frame: "gpd.GeoDataFrame") -> str:
        """The sha256 of what was read: a service changes, and nothing else tells that it did."""
        return digest_of(frame)


def opened(found: "Found", layer: str, stack: contextlib.ExitStack) -> Collection:
    """A table of a service.

    Args:
        found: the address.
        layer: the type of features, or the collection; may be left out where there is one.
        stack: answers are kept on disk until it is closed.

    Raises:
        SourceError: the service is not there, does not let us in, has no such table, or hands out less than it has.
    """
    from geoplan.read import features_api, wfs

    address = service.addressed(found.gdal, found.text)
    room = wfs if address.kind == "WFS" else features_api

    def choose(wanted: str, names: list[str]) -> str:
        return _chosen(wanted, names, found.text)

    asked: Service = room.opened(Web(address), layer, choose)
    folder = stack.enter_context(scratch())
    counter = Counter(found, asked, folder, asked.count(None))
    counter.look()
    note = Note("read.remote", {"path": found.text, "layer": asked.name})
    return Collection(
        found, "", asked.name, counter.fields, counter.crs, counter.bounds, address.kind, SHAPE, {},
        notes=(note,), counter=counter,
    )  # fmt: skip


def _chosen(layer: str, names: list[str], path: str) -> str:
    if not names:
        raise SourceError("remote.no_layers", path=path)
    if not layer:
        if len(names) > 1:
            raise SourceError("source.which_layer", path=path, names=", ".join(names[:20]))
        return names[0]
    fit = [name for name in names if name == layer] or [name for name in names if name.rpartition(":")[2] == layer]
    if len(fit) > 1:
        raise SourceError("source.which_layer", path=path, names=", ".join(fit))
    if not fit:
        close = nearest(layer, names) or nearest(layer, [n.rpartition(":")[2] for n in names])
        raise SourceError("source.no_layer", path=path, layer=layer, nearest=close or ", ".join(names[:8]))
    return fit[0]
