"""Services on the network that cut, break off, turn, send elsewhere, or were never allowed."""

import importlib.util
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import pytest
from bad_inputs_bench import STUDY, cells, contract, noted, put, refused, rows, square

if "read_serving" not in sys.modules:
    _FILE = Path(__file__).parents[1] / "read" / "serving.py"
    _SPEC = importlib.util.spec_from_file_location("read_serving", _FILE)
    _MODULE = importlib.util.module_from_spec(_SPEC)
    sys.modules["read_serving"] = _MODULE
    _SPEC.loader.exec_module(_MODULE)
from read_serving import Answer, Served, exception

HOMES = contract(columns={"id": {"aliases": ["BSM"]}, "code": {"aliases": ["DM"]}})
CODES = ["0702", "0703", "0701", "0799", "1001", "0001"]
FRAME = gpd.GeoDataFrame(
    {"BSM": list("ABCDEF"), "DM": CODES}, geometry=[square(200 * i, 100 * i) for i in range(6)], crs=STUDY
)
NOW: dict[str, object] = {}
"""The server that runs, for those who make a row."""


@pytest.fixture(autouse=True)
def serving(monkeypatch):
    """A server of six homes."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with sys.modules["read_serving"].running() as told:
        told.layers["town:homes"] = Served(FRAME, 4548, "urn:ogc:def:crs:EPSG::4548")
        NOW["serving"] = told
        yield told


def wfs(desk, kind="wfs", spelled=None, twist=None, layer="homes", more="", **ways):
    """The layer of the server, which behaves in these ways."""
    told = NOW["serving"]
    for name, value in ways.items():
        setattr(told, name, value)
    if spelled is not None:
        told.layers["town:homes"] = Served(FRAME, 4548, spelled)
    if twist is not None:
        told.twist = twist
    return {"path": getattr(told, kind) + more, "layer": layer if kind == "wfs" else f"town:{layer}"}


def served(**ways):
    return partial(wfs, **ways)


def path(text, **declared):
    return lambda _: {"path": text, **declared}


def features(change):
    """Change the answers that hold features."""

    def twist(q, answer):
        asked = q.get("request") == "GetFeature" and q.get("resulttype") != "hits"
        return change(answer) if asked or q["path"].endswith("/items") else answer

    return twist


def landing(desk):
    links = [{"rel": "data", "href": "http://127.0.0.1:9/collections"}]
    return {"path": desk.text("landing.geojson", json.dumps({"title": "town", "links": links}))}


def onward(answer):
    return replace(answer, body=answer.body.replace(b'"href": "http://127.0.0.1', b'"href": "http://127.0.0.2'))


def half(answer):
    return replace(answer, body=answer.body[: len(answer.body) // 2])


HTML = Answer(b"<!DOCTYPE html><html><body>login</body></html>", "text/html")
AWAY = Answer(b"", status=302, headers=(("Location", "http://127.0.0.2:1/wfs"),))
SERVICES = (
    refused("a service nobody allowed", HOMES, served(), "remote.not_allowed", "--allow-remote"),
    refused("a file on the network", HOMES, path("https://example.invalid/homes.geojson"), "source.remote", "homes.geojson", allowed=True),
    refused("a key written into the study", HOMES, path("WFS:https://example.invalid/wfs?tk=4711"), "remote.secret", "tk=***", allowed=True),
    refused("a filter in the address", HOMES, path("WFS:https://example.invalid/wfs?cql_filter=a"), "remote.parameter", "cql_filter", allowed=True),
    refused("a file said to be a service", HOMES, path("WFS:homes.xml"), "remote.address", "homes.xml", allowed=True),
    refused("a landing page saved as a file", HOMES, landing, "source.unreadable", "landing.geojson", allowed=True),
    refused("a document of a WFS saved as a file", HOMES, lambda d: {"path": d.text("a.xml", "<OGRWFSDataSource/>")}, "source.indirect", "a.xml", allowed=True),
    refused("an API that cuts its answers", HOMES, served(kind="api", cap=2, pages=False), "remote.cut", "6", "2", allowed=True),
    refused("a WFS that begins again on every page", HOMES, served(cap=2, pages=False), "remote.twice", "127.0.0.1", allowed=True),
    refused("an old WFS that cuts its answers", HOMES, served(cap=2, newest="1.1.0"), "remote.uncounted", "2", allowed=True),
    refused("an answer broken off in the middle", HOMES, served(twist=features(half)), "remote.lost", "127.0.0.1", allowed=True),
    refused("a page to log in", HOMES, served(twist=lambda *_: HTML), "remote.not_service", "127.0.0.1", allowed=True),
    refused("a key that is not valid", HOMES, served(twist=lambda *_: Answer(b"", status=403)), "remote.login", "403", allowed=True),
    refused("a complaint instead of features", HOMES, served(twist=features(lambda _: exception("no table"))), "remote.exception", "no table", allowed=True),
    refused("a redirection to another host", HOMES, served(twist=features(lambda _: AWAY)), "remote.redirect", "127.0.0.2", allowed=True),
    refused("a next page on another host", HOMES, served(kind="api", cap=2, twist=features(onward)), "remote.elsewhere", "127.0.0.2", allowed=True),
    refused("axes in another order than is said", HOMES, served(turned=True), "remote.axes", "127.0.0.1", allowed=True),
    refused("a service that says no CRS", HOMES, served(spelled=""), "crs.none_said", "homes", allowed=True),
    refused("a layer the service does not have", HOMES, served(layer="hoomes"), "source.no_layer", "homes", allowed=True),
    noted("a service of codes with zeros in front", HOMES, served(), "read.remote", "town:homes", right=cells("code", *CODES), allowed=True),
)  # fmt: skip


@rows(*SERVICES)
def test_services(row, folder, record_property):
    put(row, folder, record_property)
