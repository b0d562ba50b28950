"""What a service hands out, kept for as long as it is open, and only believed where it can be shown to be whole.

A service cuts its answers: at a number of features, in the middle of a page, at a box whose axes it takes for others.
What it hands out is compared with what it says it has; where it does not say, with what it hands out of the halves.
"""

import math
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from geoplan import crs as crs_room
from geoplan.errors import CRSError, SourceError
from geoplan.read.dataset import Dataset
from geoplan.read.elsewhere import meet
from geoplan.read.remote_rows import keys, plain
from geoplan.read.web import Web

if TYPE_CHECKING:
    from geoplan.crs import Bounds
    from geoplan.read.gml import Rows
    from geoplan.read.guards import Found

__all__ = ["SHAPE", "Counter", "Service"]

LOOKED_AT = 1000
"""Features that are looked at before more is asked; of a service that has no more, all of it is read at once."""
SHAPE = "geoplan_shape"
"""The column of shapes in what is kept."""
_EVERYWHERE = (-3e7, -2e7, 6e7, 2e7)
"""A box that holds every place of every plane of metres, zone numbers included."""
_TABLE = "rows"


class Service(Protocol):
    """What is asked of a service, whichever words it speaks."""

    @property
    def web(self) -> Web:
        """The way there."""

    @property
    def name(self) -> str:
        """Of the type or collection."""

    @property
    def system(self) -> str:
        """The CRS it says, as pyproj reads it, or an empty text."""

    @property
    def boxes(self) -> str:
        """The CRS its boxes are in."""

    @property
    def stated(self) -> "Bounds | None":
        """Where it says its features lie, in degrees."""

    @property
    def types(self) -> dict[str, str]:
        """Column -> kind."""

    def count(self, box: "Bounds | None") -> int | None:
        """How many features meet a box; None where it does not say."""

    def rows(self, box: "Bounds | None", folder: Path, *, most: int | None = None) -> "Rows":
        """The features that meet a box."""


@dataclass(slots=True)
class Counter:
    """Where answers of a service are kept for as long as it is open: each is fetched once."""

    found: "Found"
    service: Service
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
            asked = self._asked(box)
            counted, rows = self.service.count(asked), self.service.rows(asked, self.folder)
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
            if self._count(box) != self.total:
                return None
            if all(self._count(half) == self.total for half in _halves(box, (box[0] + box[2]) / 2)):
                return None
            west, south, east, north = box
            if west <= 0 <= east and south <= 0 <= north and self._count((-1e-6, -1e-6, 1e-6, 1e-6)):
                return None
        except (SourceError, CRSError) as error:
            if isinstance(error, SourceError) and error.id != "remote.exception":
                raise
            return None
        return box

    def _count(self, box: "Bounds") -> int | None:
        return self.service.count(self._asked(box))

    def _asked(self, box: "Bounds") -> "Bounds":
        """A box in the CRS the service takes boxes in; a little more of it costs nothing."""
        if self.service.boxes == self.crs:
            return box
        own, theirs = crs_room.parse(self.crs), crs_room.parse(self.service.boxes)
        west, south, east, north = crs_room.transform_bounds(box, own, theirs)
        margin = 1e-6 * max(1.0, east - west, north - south)
        return west - margin, south - margin, east + margin, north + margin

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
        import numpy as np
        import shapely

        if not len(rows.frame):
            return
        refused = SourceError("remote.uncounted", path=self.found.text, read=len(rows.frame))
        if not self.crs or self.crs != self.service.system:
            raise refused
        boxes = crs_room.parse(self.service.boxes)
        everywhere = (-180.0, -90.0, 180.0, 90.0) if boxes.is_geographic else _EVERYWHERE
        shapes = crs_room.to_crs(rows.frame.geometry.to_numpy(), crs_room.parse(self.crs), boxes)
        west, _, east, _ = shapely.bounds(shapes).T
        middle = float(np.nanmedian((west + east) / 2)) if np.isfinite(west).any() else 0.0
        known, seen = keys(rows.frame), set()
        for half in _halves(everywhere, middle):
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
                layer_options={"FID": "geoplan_row", "GEOMETRY_NAME": SHAPE},
            )  # fmt: skip
        west, south, east, north = (float(side) for side in frame.total_bounds)
        box = (west, south, east, north)
        return Dataset(self.found, path, _TABLE, self.fields, self.crs, box, "GPKG", SHAPE, {})

    def _cut(self, matched: int | None, read: int) -> SourceError:
        most = f"> {read}" if matched is None else matched
        return SourceError("remote.cut", path=self.found.text, matched=most, read=read)


def _halves(box: "Bounds", middle: float) -> "tuple[Bounds, Bounds]":
    west, south, east, north = box
    return (west, south, middle, north), (middle, south, east, north)
