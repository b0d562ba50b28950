"""A service of OGC API Features, asked in its own words: its collections, how much is in them, and page after page."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from geoplan import crs as crs_room
from geoplan.errors import SourceError
from geoplan.read.gml import Rows
from geoplan.read.web import Web, complaint
from geoplan.read.wfs import north_first, system

if TYPE_CHECKING:
    from geoplan.crs import Bounds
    from geoplan.read.remote import Chooser

__all__ = ["FeaturesApi", "opened"]

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_JSON = "application/json"
_GEOJSON = "application/geo+json, application/json"
_PAGE = 1000
"""Features of a page that are asked for."""


@dataclass(frozen=True, slots=True)
class FeaturesApi:
    """One collection of a service.

    Attributes:
        web: the way there.
        name: of the collection.
        crs: that is asked for, as the service writes it.
        system: the same as the rest of this room writes it.
        stated: where it says its features lie, in degrees (west, south, east, north).
        types: column -> its kind; GeoJSON tells by itself.
    """

    web: Web
    name: str
    crs: str
    system: str
    stated: "Bounds | None"
    types: dict[str, str] = field(default_factory=dict)

    @property
    def boxes(self) -> str:
        """What boxes are in: degrees, which every service takes."""
        return crs_room.LONLAT

    def count(self, box: "Bounds | None") -> int | None:
        """How many features meet a box, of all where none is given; None where the service does not say."""
        page, _ = self._asked(self._url(box, 1))
        return _matched(page)

    def rows(self, box: "Bounds | None", folder: Path, *, most: int | None = None) -> Rows:
        """The features that meet a box, page after page as the service links them, or some of them.

        Raises:
            SourceError: it complains, breaks off, or its pages go round or elsewhere.
        """
        import geopandas as gpd
        import pandas as pd

        url, matched = self._url(box, most or _PAGE), None
        seen: set[str] = set()
        frames: list[gpd.GeoDataFrame] = []
        while url:
            if url in seen:
                raise SourceError("remote.twice", path=self.web.address.shown)
            seen.add(url)
            page, headers = self._asked(url)
            self._refuse_crs(headers)
            matched = _matched(page) if not frames else matched
            frames.append(self._frame(page, folder / f"page{len(list(folder.iterdir()))}.geojson"))
            link = _next(page) if most is None else ""
            url = self.web.following(url, link) if link else ""
        full = [frame for frame in frames if len(frame)]
        frame = pd.concat(full, ignore_index=True) if len(full) > 1 else (full or frames)[0]
        return Rows(gpd.GeoDataFrame(frame, geometry="geometry"), self.system, matched)

    def _frame(self, page: dict[str, Any], path: Path) -> Any:
        """The features of a page, with the coordinates in the order x, y."""
        import geopandas as gpd
        import pyogrio
        import shapely

        features = page["features"]
        returned = page.get("numberReturned")
        if isinstance(returned, int) and returned != len(features):
            raise SourceError("remote.cut", path=self.web.address.shown, matched=returned, read=len(features))
        if not features:
            return gpd.GeoDataFrame(geometry=[])
        plain = {"type": "FeatureCollection", "features": [_named(one) for one in features]}
        path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
        try:
            frame = pyogrio.read_dataframe(path, on_invalid="ignore", DATE_AS_STRING="YES")
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
            raise SourceError("remote.not_service", path=self.web.address.shown, reason="") from error
        if len(frame) != len(features):
            raise SourceError("remote.cut", path=self.web.address.shown, matched=len(features), read=len(frame))
        if not isinstance(frame, gpd.GeoDataFrame):
            return gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
        frame = frame.set_crs(None, allow_override=True)
        if north_first(self.crs):
            flat = shapely.force_2d(frame.geometry.to_numpy())
            frame = frame.set_geometry(shapely.transform(flat, lambda xy: xy[:, ::-1]))
        return frame

    def _refuse_crs(self, headers: Any) -> None:
        """An answer says what it is in; where it says nothing, it is in the one every service speaks."""
        said = (headers.get("Content-Crs") or "").strip("<> ") or _CRS84
        if system(said) != self.system or north_first(said) != north_first(self.crs):
            raise SourceError("remote.crs", path=self.web.address.shown, wanted=self.crs, found=said)

    def _asked(self, url: str) -> tuple[dict[str, Any], Any]:
        data, headers = self.web.get(url, accept=_GEOJSON)
        page = _object(data)
        if not isinstance(page.get("features"), list):
            told = self.web.address.clean(complaint(data))
            sentence = "remote.exception" if told else "remote.not_service"
            raise SourceError(sentence, path=self.web.address.shown, reason=told)
        return page, headers

    def _url(self, box: "Bounds | None", most: int) -> str:
        asked = [("f", "json"), ("limit", str(most))]
        if self.crs != _CRS84:
            asked.append(("crs", self.crs))
        if box is not None:
            asked.append(("bbox", ",".join(repr(float(side)) for side in box)))
        return self.web.url(f"/collections/{quote(self.name, safe='')}/items", asked)


def opened(web: Web, layer: str, choose: "Chooser") -> FeaturesApi:
    """One collection of a service.

    Args:
        web: the way there.
        layer: its id; may be left out where there is only one.
        choose: finds it among those there are.

    Raises:
        SourceError: no such service, no such collection, or several to choose from.
    """
    data, _ = web.get(web.url("/collections", [("f", "json")]), accept=_JSON)
    listed = _object(data).get("collections")
    if not isinstance(listed, list):
        told = web.address.clean(complaint(data))
        raise SourceError("remote.exception" if told else "remote.not_service", path=web.address.shown, reason=told)
    known = {str(one.get("id")): one for one in listed if isinstance(one, dict) and one.get("id") is not None}
    features = {name: one for name, one in known.items() if one.get("itemType", "feature") == "feature"}
    name = choose(layer, list(features))
    one = features[name]
    crs = str(one.get("storageCrs") or _CRS84)
    crs = crs if system(crs) else _CRS84
    return FeaturesApi(web, name, crs, system(crs), _stated(one))


def _object(data: bytes) -> dict[str, Any]:
    """The object an answer is; an empty one where it is none."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _matched(page: dict[str, Any]) -> int | None:
    said = page.get("numberMatched")
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def _next(page: dict[str, Any]) -> str:
    links = page.get("links")
    found = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    return next((str(one["href"]) for one in found if one.get("rel") == "next" and one.get("href")), "")


def _named(feature: Any) -> dict[str, Any]:
    """A feature with the id of the service as a column, as a WFS has it; columns are as they stand."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    named = {"gml_id": str(feature["id"])} if isinstance(feature, dict) and feature.get("id") is not None else {}
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    own = properties if isinstance(properties, dict) else {}
    return {"type": "Feature", "properties": {**named, **own}, "geometry": geometry}


def _stated(told: dict[str, Any]) -> "Bounds | None":
    """Where the features of a collection are said to lie, in degrees; None where nothing is said that can be used."""
    extent = told.get("extent")
    spatial = extent.get("spatial") if isinstance(extent, dict) else None
    boxes = spatial.get("bbox") if isinstance(spatial, dict) else None
    box = boxes[0] if isinstance(boxes, list) and boxes else None
    if not isinstance(box, list) or not all(isinstance(side, int | float) for side in box) or len(box) not in {4, 6}:
        return None
    west, south, east, north = (float(side) for side in ([*box[:2], *box[3:5]] if len(box) == 6 else box))
    return (west, south, east, north) if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None
