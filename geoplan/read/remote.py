"""One table of a service on the network, read like a file, and only believed where it can be shown to be whole.

A service cuts its answers: at a number of features, in the middle of a page, at a box whose axes it takes for others.
What it hands out is compared with what it says it has; where it does not say, with what it hands out of the halves.
"""

import contextlib
import math
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from geoplan import crs as crs_room
from geoplan.errors import CRSError, SourceError, nearest
from geoplan.measure import Note
from geoplan.read import service
from geoplan.read.database import digest_of
from geoplan.read.dataset import Dataset
from geoplan.read.elsewhere import meet
from geoplan.read.remote_rows import keys, plain
from geoplan.read.web import Web

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.crs import Bounds
    from geoplan.read.gml import Rows
    from geoplan.read.guards import Found

__all__ = ["Chooser", "Collection", "opened"]

Chooser = Callable[[str, list[str]], str]
LOOKED_AT = 1000
"""Features that are looked at before more is asked; of a service that has no more, all of it is read at once."""
_EVERYWHERE = (-3e7, -2e7, 6e7, 2e7)
"""A box that holds every place of every plane of metres, zone numbers included."""
_SHAPE, _TABLE = "geoplan_shape", "rows"


class _Service(Protocol):
    """What is asked of a service, whichever words it speaks."""

    @property
    def web(self) -> Web: ...
    @property
    def name(self) -> str: ...
    @property
    def system(self) -> str: ...
    @property
    def stated(self) -> "Bounds | None": ...
    @property
    def types(self) -> dict[str, str]: ...
    def count(self, box: "Bounds | None") -> int | None: ...
    def rows(self, box: "Bounds | None", folder: Path, *, most: int | None = None) -> "Rows": ...


@dataclass(slots=True)
class _Counter:
    """Where answers of a service are kept for as long as it is open: each is fetched once."""

    found: "Found"
    service: _Service
    folder: Path
    total: int | None
    fields: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    bounds: "Bounds" = (math.nan,) * 4
    whole: Dataset | None = None
    sample: Dataset | None = None
    parts: "dict[Bounds, Dataset]" = field(default_factory=dict)

    def look(self) -> None:
        """Find out what columns there are, in which CRS, where, and whether its boxes can be relied upon."""
        if self.total is None or self.total <= LOOKED_AT:
            self._take_all()
            return
        some = self.service.rows(None, self.folder, most=LOOKED_AT)
        self._know(some)
        box = self._trusted()
        if box is None or not len(some.frame):
            self._take_all()
        else:
            self.sample, self.bounds = self._kept(some), box

    def all(self) -> Dataset:
        """Every feature there is."""
        if self.whole is None:
            self._take_all()
        assert self.whole is not None  # noqa: S101  (the line above)
        return self.whole

    def within(self, box: "Bounds") -> Dataset:
        """Every feature that meets a box."""
        if self.whole is not None:
            return self.whole
        if box not in self.parts:
            counted, rows = self.service.count(box), self.service.rows(box, self.folder)
            if counted is None or len(rows.frame) != counted:
                raise self._cut(counted, len(rows.frame))
            if len(rows.frame):
                self._refuse_others(rows, box)
            self.parts[box] = self._kept(rows)
        return self.parts[box]

    def _take_all(self) -> None:
        rows = self.service.rows(None, self.folder)
        self._know(rows)
        if self.total is None:
            self._refuse_unproved(rows)
        elif len(rows.frame) != self.total:
            raise self._cut(self.total, len(rows.frame))
        self.whole = self._kept(rows)
        self.bounds = self.whole.bounds
        stated = self._stated()
        if stated is not None and math.isfinite(self.bounds[0]) and not meet(self.bounds, stated):
            raise SourceError("remote.axes", path=self.found.text)

    def _know(self, rows: "Rows") -> None:
        self.crs = rows.crs if len(rows.frame) else self.service.system
        named = {name: "object" for name in rows.frame.columns if name != "geometry"}
        self.fields = {**named, **self.service.types}

    def _stated(self) -> "Bounds | None":
        """Where the service says its features lie, a little larger, in its CRS; None where that is of no use."""
        if self.service.stated is None or not self.crs or self.crs != self.service.system:
            return None
        west, south, east, north = self.service.stated
        margin = 1e-4 + 0.01 * max(east - west, north - south)
        box = (max(-180, west - margin), max(-90, south - margin), min(180, east + margin), min(90, north + margin))
        try:
            own = crs_room.transform_bounds(box, crs_room.parse(crs_room.LONLAT), crs_room.parse(self.crs))
        except CRSError:
            return None
        return own if all(map(math.isfinite, own)) else None

    def _trusted(self) -> "Bounds | None":
        """The box that holds all features, where the service counts all of them in it, and not all in each half.

        Then no feature lacks a shape, none lies at 0, 0, and boxes are taken as they are meant.
        """
        box = self._stated()
        if box is None:
            return None
        try:
            if self.service.count(box) != self.total:
                return None
            if all(self.service.count(half) == self.total for half in _halves(box, (box[0] + box[2]) / 2)):
                return None
            west, south, east, north = box
            if west <= 0 <= east and south <= 0 <= north and self.service.count((-1e-6, -1e-6, 1e-6, 1e-6)):
                return None
        except SourceError as error:
            if error.id != "remote.exception":
                raise
            return None
        return box

    def _refuse_others(self, rows: "Rows", box: "Bounds") -> None:
        """What came of a box must lie in it: else coordinates are in another order, or another CRS, than is said."""
        import shapely

        if rows.crs != self.crs:
            raise SourceError("remote.crs", path=self.found.text, wanted=self.crs, found=rows.crs)
        shapes = rows.frame.geometry.to_numpy()
        west, south, east, north = shapely.bounds(shapes).T
        margin = 1e-5 * max(1.0, box[2] - box[0], box[3] - box[1])
        beside = (west > box[2] + margin) | (east < box[0] - margin)
        beside |= (south > box[3] + margin) | (north < box[1] - margin)
        if beside.any() or shapely.is_missing(shapes).any():
            raise SourceError("remote.axes", path=self.found.text)

    def _refuse_unproved(self, rows: "Rows") -> None:
        """Of a service that does not count, believe an answer only if its halves show that it was not cut.

        A service that cuts at a number gives as much as that of a larger area. So a half of which less came than of
        the whole is whole itself; if both are, and hold nothing new, nothing was cut.
        """
        if not len(rows.frame):
            return
        refused = SourceError("remote.uncounted", path=self.found.text, read=len(rows.frame))
        if not self.crs or self.crs != self.service.system:
            raise refused
        degrees = crs_room.parse(self.crs).is_geographic
        west, south, east, north = (-180.0, -90.0, 180.0, 90.0) if degrees else _EVERYWHERE
        middle = rows.frame.geometry.bounds.eval("(minx + maxx) / 2").median()
        known, seen = keys(rows.frame), set()
        for half in _halves((west, south, east, north), float(middle)):
            part = self.service.rows(half, self.folder).frame
            if len(part) >= len(rows.frame):
                raise refused
            seen |= set(keys(part))
        if seen - set(known):
            raise self._cut(None, len(rows.frame))

    def _kept(self, rows: "Rows") -> Dataset:
        """Features as a table GDAL can filter, in an order that depends on nothing but themselves."""
        import pyogrio

        path = str(self.folder / f"kept{len(list(self.folder.iterdir()))}.gpkg")
        frame = plain(rows.frame, self.fields, self.crs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it has no CRS is said where one is wanted
            pyogrio.write_dataframe(
                frame, path, layer=_TABLE, driver="GPKG", geometry_type="Unknown",
                layer_options={"FID": "geoplan_row", "GEOMETRY_NAME": _SHAPE},
            )  # fmt: skip
        west, south, east, north = (float(side) for side in frame.total_bounds)
        box = (west, south, east, north)
        return Dataset(self.found, path, _TABLE, self.fields, self.crs, box, "GPKG", _SHAPE, {})

    def _cut(self, matched: int | None, read: int) -> SourceError:
        most = f"> {read}" if matched is None else matched
        return SourceError("remote.cut", path=self.found.text, matched=most, read=read)


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
        counter: _Counter = self.counter
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

    asked: _Service = room.opened(Web(address), layer, choose)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    counter = _Counter(found, asked, folder, asked.count(None))
    counter.look()
    note = Note("read.remote", {"path": found.text, "layer": asked.name})
    return Collection(
        found, "", asked.name, counter.fields, counter.crs, counter.bounds, address.kind, _SHAPE, {},
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


def _halves(box: "Bounds", middle: float) -> "tuple[Bounds, Bounds]":
    west, south, east, north = box
    return (west, south, middle, north), (middle, south, east, north)
