"""A small honest server of WFS 2.0, 1.1 and 1.0 and of OGC API Features, and the ways in which a server is not honest.

It writes GML and GeoJSON by itself, from shapes and CRSs it was handed: nothing of geoplan is used here.
"""

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
NORTH_FIRST = {4326, 4490, 4548}
KINDS = {"i": "xsd:int", "f": "xsd:double", "b": "xsd:boolean"}
GML = {"2": "http://www.opengis.net/gml/3.2", "1.1": "http://www.opengis.net/gml", "1.0": "http://www.opengis.net/gml"}
WFS = {"2": "http://www.opengis.net/wfs/2.0", "1.1": "http://www.opengis.net/wfs", "1.0": "http://www.opengis.net/wfs"}


@dataclass(frozen=True)
class Served:
    """A layer as it is handed out: coordinates x, y in a CRS, and how that CRS is spelled."""

    frame: gpd.GeoDataFrame
    epsg: int
    spelled: str

    @property
    def north_first(self) -> bool:
        return self.epsg in NORTH_FIRST and self.spelled.startswith(("urn:", "http://www.opengis.net/def/"))

    @cached_property
    def lonlat(self) -> gpd.GeoDataFrame:
        return self.frame.to_crs(4326)

    @cached_property
    def degrees(self) -> tuple[float, float, float, float]:
        west, south, east, north = self.lonlat.total_bounds
        return west, south, east, north


@dataclass(frozen=True)
class Answer:
    """What goes over the line; `sent` bytes of it, where the line breaks."""

    body: bytes
    kind: str = "text/xml"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    sent: int | None = None


@dataclass
class Serving:
    """What is served, how, and what was asked.

    Attributes:
        cap: features an answer holds at most, whatever it is asked for.
        newest: the newest version of WFS it speaks.
        counts: whether it says how many features fit.
        pages: whether it can begin in the middle, or links the next page.
        ignores_box: whether a box is passed over.
        turned: whether coordinates are written in the other order than the CRS says.
        twist: changes an answer before it is sent.
    """

    layers: dict[str, Served] = field(default_factory=dict)
    cap: int = 10**6
    newest: str = "2.0.0"
    counts: bool = True
    pages: bool = True
    ignores_box: bool = False
    turned: bool = False
    stated: tuple[float, ...] | None = None
    twist: Callable[[dict[str, str], Answer], Answer] = lambda _, answer: answer
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    root: str = ""

    def of(self, request: str) -> list[dict[str, str]]:
        """The questions of one kind."""
        return [one for one in self.asked if one.get("request") == request]

    @property
    def wfs(self) -> str:
        return f"WFS:{self.root}/wfs"

    @property
    def api(self) -> str:
        return f"OAPIF:{self.root}/api"

    # WFS

    def answer_wfs(self, q: dict[str, str]) -> Answer:
        version = self._version(q)
        if q.get("request") == "GetCapabilities":
            return Answer(self._capabilities(version).encode())
        name = q.get("typenames", q.get("typename", ""))
        if name not in self.layers:
            return exception(f"Unknown type {name}")
        if q.get("request") == "DescribeFeatureType":
            return Answer(self._schema(self.layers[name], version).encode())
        return Answer(self._features(q, name, version).encode())

    def _version(self, q: dict[str, str]) -> str:
        known = [v for v in ("2.0.0", "1.1.0", "1.0.0") if v <= self.newest]
        wanted = [*q.get("acceptversions", "").split(","), q.get("version", "")]
        return next((v for v in wanted if v in known), known[0])

    def _capabilities(self, version: str) -> str:
        tag = {"2": "DefaultCRS", "1.1": "DefaultSRS", "1.0": "SRS"}[short(version)]
        types = ""
        for name, served in self.layers.items():
            west, south, east, north = self.stated or served.degrees
            box = (
                f'<LatLongBoundingBox minx="{west}" miny="{south}" maxx="{east}" maxy="{north}"/>'
                if version < "1.1"
                else f"<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner>"
                f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
            )
            types += f"<FeatureType><Name>{name}</Name><{tag}>{served.spelled}</{tag}>{box}</FeatureType>"
        return (
            f'<?xml version="1.0"?><WFS_Capabilities version="{version}" xmlns="{WFS[short(version)]}" '
            f'xmlns:ows="http://www.opengis.net/ows/1.1"><FeatureTypeList>{types}</FeatureTypeList></WFS_Capabilities>'
        )

    @staticmethod
    def _schema(served: Served, version: str) -> str:
        columns = "".join(
            f'<xsd:element name="{c}" nillable="true" type="{KINDS.get(served.frame[c].dtype.kind, "xsd:string")}"/>'
            for c in served.frame.columns.drop("geometry")
        )
        return (
            '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
            f'xmlns:gml="{GML[short(version)]}"><xsd:complexType name="t"><xsd:complexContent>'
            f'<xsd:extension base="gml:AbstractFeatureType"><xsd:sequence>{columns}'
            '<xsd:element name="geom" type="gml:GeometryPropertyType"/></xsd:sequence></xsd:extension>'
            "</xsd:complexContent></xsd:complexType></xsd:schema>"
        )

    def _features(self, q: dict[str, str], name: str, version: str) -> str:
        served = self.layers[name]
        rows = self._within(served, q.get("bbox", ""), version)
        matched = len(rows)
        begin = int(q.get("startindex", 0)) if self.pages else 0
        most = min(int(q.get("count", q.get("maxfeatures", self.cap))), self.cap)
        rows = rows.iloc[begin : begin + most]
        hits = q.get("resulttype") == "hits"
        member = {"2": "wfs:member", "1.1": "gml:featureMember", "1.0": "gml:featureMember"}[short(version)]
        members = (
            ""
            if hits
            else "".join(f"<{member}>{self._feature(r, name, served, version)}</{member}>" for r in records(rows))
        )
        said = {
            "2": f'numberMatched="{matched if self.counts else "unknown"}" numberReturned="{0 if hits else len(rows)}"',
            # as GeoServer has it: counts of 1.1 go no further than answers do
            "1.1": f'numberOfFeatures="{min(matched, self.cap)}"',
            "1.0": "",
        }[short(version)]
        return (
            f'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="{WFS[short(version)]}" '
            f'xmlns:gml="{GML[short(version)]}" xmlns:n="urn:n" {said}>{members}</wfs:FeatureCollection>'
        )

    def _within(self, served: Served, box: str, version: str) -> gpd.GeoDataFrame:
        if not box or self.ignores_box:
            return served.frame
        sides, crs = box.split(",")[:4], box.split(",")[4:]
        a, b, c, d = map(float, sides)
        north_first = version >= "1.1" and replace(served, spelled=crs[0]).north_first
        west, south, east, north = (b, a, d, c) if north_first else (a, b, c, d)
        return served.frame[meeting(served.frame, west, south, east, north)]

    def _feature(self, row: dict[str, Any], name: str, served: Served, version: str) -> str:
        element, local = f"n:{name.rpartition(':')[2]}", name.rpartition(":")[2]
        cells = "".join(
            f"<n:{c}>{escape(text(row[c]))}</n:{c}>"
            for c in served.frame.columns.drop("geometry")
            if text(row[c]) != ""
        )
        shape = "" if row["geometry"] is None else f"<n:geom>{self._gml(row['geometry'], served, version)}</n:geom>"
        label = "fid" if version < "1.1" else "gml:id"
        return f'<{element} {label}="{local}.{row["Index"] + 1}">{cells}{shape}</{element}>'

    def _gml(self, shape: Any, served: Served, version: str) -> str:
        turned = served.north_first != self.turned and version >= "1.1"
        srs = f' srsName="{served.spelled}"' if served.spelled else ""

        def ring(line: Any) -> str:
            xy = np.asarray(line.coords)[:, :2]
            xy = xy[:, ::-1] if turned else xy
            if version < "1.1":
                return f"<gml:coordinates>{' '.join(f'{x!r},{y!r}' for x, y in xy.tolist())}</gml:coordinates>"
            tag = "pos" if len(xy) == 1 else "posList"
            return f"<gml:{tag}>{' '.join(f'{x!r} {y!r}' for x, y in xy.tolist())}</gml:{tag}>"

        if shape.geom_type == "Point":
            return f"<gml:Point{srs}>{ring(shape)}</gml:Point>"
        if shape.geom_type == "LineString":
            return f"<gml:LineString{srs}>{ring(shape)}</gml:LineString>"
        outer, inner = ("outerBoundaryIs", "innerBoundaryIs") if version < "1.1" else ("exterior", "interior")
        rings = [(outer, shape.exterior), *((inner, hole) for hole in shape.interiors)]
        told = "".join(f"<gml:{t}><gml:LinearRing>{ring(r)}</gml:LinearRing></gml:{t}>" for t, r in rings)
        return f"<gml:Polygon{srs}>{told}</gml:Polygon>"

    # OGC API Features

    def answer_api(self, path: str, q: dict[str, str]) -> Answer:
        parts = path.split("/")[2:]
        if parts in ([], [""]):
            return found({"title": "town", "links": []})
        if parts == ["collections"]:
            return found({"collections": [self._collection(n, s) for n, s in self.layers.items()]})
        name = unquote(parts[1])
        if name not in self.layers:
            return replace(found({"code": "NotFound", "description": "no such collection"}), status=404)
        served = self.layers[name]
        crs = q.get("crs", CRS84)
        frame = served.frame
        if q.get("bbox") and not self.ignores_box:
            frame = frame[meeting(served.lonlat, *map(float, q["bbox"].split(",")))]
        matched, begin = len(frame), int(q.get("offset", 0))
        rows = frame.iloc[begin : begin + min(int(q.get("limit", 10)), self.cap)]
        shown = served.lonlat.loc[rows.index] if crs == CRS84 else rows
        turned = (crs != CRS84 and served.epsg in NORTH_FIRST) != self.turned
        body: dict[str, Any] = {
            "type": "FeatureCollection",
            "numberReturned": len(rows),
            "features": [self._geojson(r, turned=turned) for r in records(shown)],
            "links": [],
        }
        if self.counts:
            body["numberMatched"] = matched
        if self.pages and begin + len(rows) < matched:
            onward = urlencode({**q, "offset": str(begin + len(rows))}, safe=":/,")
            body["links"] = [{"rel": "next", "href": f"{self.root}{path}?{onward}"}]
        return replace(found(body, "application/geo+json"), headers=(("Content-Crs", f"<{crs}>"),))

    def _collection(self, name: str, served: Served) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": name,
            "extent": {"spatial": {"bbox": [list(self.stated or served.degrees)], "crs": CRS84}},
            "crs": [CRS84],
            "links": [],
        }
        if served.epsg != 4326:
            told["storageCrs"] = f"http://www.opengis.net/def/crs/EPSG/0/{served.epsg}"
            told["crs"].append(told["storageCrs"])
        return told

    @staticmethod
    def _geojson(row: dict[str, Any], *, turned: bool) -> dict[str, Any]:
        shape = row["geometry"]
        if shape is not None and turned:
            shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
        own = {k: plain(v) for k, v in row.items() if k not in {"Index", "geometry"}}
        geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
        return {"type": "Feature", "id": row["Index"] + 1, "properties": own, "geometry": geometry}


def records(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Rows by column, with their number."""
    rows = pd.DataFrame(frame).to_dict("records")
    return [{**row, "Index": index} for index, row in zip(frame.index, rows, strict=True)]


def short(version: str) -> str:
    return "2" if version >= "2" else version[:3]


def meeting(frame: gpd.GeoDataFrame, west: float, south: float, east: float, north: float) -> Any:
    b = frame.geometry.bounds
    return ((b.minx <= east) & (b.maxx >= west) & (b.miny <= north) & (b.maxy >= south)).to_numpy()


def plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


def text(value: Any) -> str:
    value = plain(value)
    return "" if value is None else (str(value).lower() if isinstance(value, bool) else str(value))


def exception(says: str, status: int = 200) -> Answer:
    body = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">'
        f"<ows:Exception><ows:ExceptionText>{says}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )
    return Answer(body.encode(), status=status)


def found(body: Any, kind: str = "application/json") -> Answer:
    return Answer(json.dumps(body, ensure_ascii=False).encode(), kind)


class _Handler(BaseHTTPRequestHandler):
    serving: Serving

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        q = {k.lower(): v for k, v in parse_qsl(parts.query, keep_blank_values=True)}
        told = self.serving
        told.asked.append({**q, "path": parts.path})
        told.headers.append(self.headers)
        answer = told.answer_wfs(q) if parts.path == "/wfs" else told.answer_api(parts.path, q)
        answer = told.twist({**q, "path": parts.path}, answer)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body if answer.sent is None else answer.body[: answer.sent])

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@contextmanager
def running() -> Iterator[Serving]:
    """A server on this machine, for as long as the block stands."""
    told = Serving()
    handler = type("Handler", (_Handler,), {"serving": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    told.root = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
