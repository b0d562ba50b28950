"""The one thing that needs a connection, against a recorded answer served on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import osmnx
import pytest

from geoplan import read
from geoplan.catalogue import Catalogue
from geoplan.errors import SourceError

# What the service answers to one request for a crossing of two streets (© OpenStreetMap contributors is what real
# answers carry; these places are invented).
RECORDED = {
    "version": 0.6,
    "elements": [
        {"type": "node", "id": 1, "lat": 39.140, "lon": 117.000},
        {"type": "node", "id": 2, "lat": 39.140, "lon": 117.001},
        {"type": "node", "id": 3, "lat": 39.140, "lon": 117.002},
        {"type": "node", "id": 4, "lat": 39.141, "lon": 117.001},
        {"type": "node", "id": 5, "lat": 39.142, "lon": 117.004},
        {"type": "node", "id": 6, "lat": 39.142, "lon": 117.005},
        {"type": "way", "id": 11, "nodes": [1, 2, 3], "tags": {"highway": "residential", "name": "一路"}},
        {"type": "way", "id": 12, "nodes": [2, 4], "tags": {"highway": "footway"}},
        {"type": "way", "id": 13, "nodes": [5, 6], "tags": {"highway": "path"}},
    ],
}


class Service(BaseHTTPRequestHandler):
    asked: list[str]
    answer: bytes = json.dumps(RECORDED).encode()
    status: int = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked.append(body.decode())
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Service]]:
    monkeypatch.setattr(Service, "asked", [], raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    yield Service
    server.shutdown()
    server.server_close()
    thread.join()


BOX = "116.99,39.13,117.01,39.15"


@pytest.mark.parametrize("name", ["town.graphml", "town.gpkg"])
def test_a_network_is_downloaded_written_and_read_again(
    name: str, service: type[Service], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    written = read.fetch_osm(bbox=BOX, out=folder / "new" / name)
    spec = Catalogue.for_study().layer("walk_network")
    from geoplan import crs

    frame = read.open_layer(spec, {"path": f"new/{name}"}, folder=folder, crs=crs.parse("EPSG:4548"), area=None).frame
    assert written == folder / "new" / name
    # 1-2, 2-3, 2-4, and the island 5-6, which is kept
    assert len(frame) == 4
    assert frame["length"].sum() == pytest.approx(86.4 + 86.4 + 111.0 + 86.4, abs=0.5)
    # nothing is left behind in the folder one happens to be in
    assert [p.name for p in folder.iterdir()] == ["new"]


def test_motorways_and_closed_ways_are_not_asked_for(service: type[Service], folder: Path) -> None:
    read.fetch_osm(bbox=(116.99, 39.13, 117.01, 39.15), out=folder / "town.graphml")
    (asked,) = service.asked
    for word in ("motorway", "construction", "private", "39.13"):
        assert word in asked


def test_an_empty_or_failed_answer_is_a_sentence(
    service: type[Service], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "answer", json.dumps({"elements": []}).encode())
    with pytest.raises(SourceError) as empty:
        read.fetch_osm(bbox=BOX, out=folder / "town.graphml")
    assert empty.value.id == "source.fetch"
    monkeypatch.setattr(service, "status", 500)
    monkeypatch.setattr(service, "answer", b"out of order")
    with pytest.raises(SourceError):
        read.fetch_osm(bbox=BOX, out=folder / "town.graphml")
    assert not (folder / "town.graphml").exists()


def test_without_a_connection_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osmnx.settings, "overpass_url", "http://127.0.0.1:9/api")
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    with pytest.raises(SourceError) as error:
        read.fetch_osm(bbox=BOX, out=folder / "town.graphml")
    assert error.value.id == "source.fetch"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"out": "a.shp", "bbox": BOX}, "source.fetch_kind"), ({"out": "a.gpkg"}, "source.fetch_one"),
        ({"out": "a.gpkg", "bbox": BOX, "place": "天津"}, "source.fetch_one"), ({"out": "a.gpkg", "bbox": "1,2,3"}, "source.fetch_one"),
        ({"out": "a.gpkg", "bbox": "117.01,39.13,116.99,39.15"}, "source.fetch_one"), ({"out": "a.gpkg", "bbox": "a,b,c,d"}, "source.fetch_one"),
    ],
)  # fmt: skip
def test_what_is_asked_must_make_sense(asked: dict[str, str], sentence: str) -> None:
    with pytest.raises(SourceError) as error:
        read.fetch_osm(**asked)
    assert error.value.id == sentence


def test_a_file_behind_an_address_is_never_read_in_place(folder: Path) -> None:
    from geoplan import crs
    from geoplan.layer import LayerSpec

    # nobody could check the results again: what is allowed are services of features, asked by geoplan itself
    spec = LayerSpec.from_toml("poi", {"title": {"zh": "点", "en": "Points"}, "geometry": "point"})
    how = {"folder": folder, "crs": crs.parse("EPSG:4548"), "area": None}
    for allowed in (False, True):
        with pytest.raises(SourceError) as error:
            read.open_layer(spec, {"path": "http://127.0.0.1:9/a.geojson"}, **how, allow_remote=allowed)
        assert error.value.id == "source.remote"
