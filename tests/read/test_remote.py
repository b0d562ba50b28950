"""Layers of WFS and OGC API Features: the right coordinates, all of them or none, and a sentence for what goes wrong."""

import threading
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from read_serving import Answer, Served, Serving, exception, found

from geoplan import read
from geoplan.errors import GeoplanError
from geoplan.read import counter, guards, service, web

WEST, SOUTH = 500_000.0, 4_334_000.0
AREA = shapely.box(WEST + 250, SOUTH + 250, WEST + 1250, SOUTH + 1250)


def town(count=6, gone=()):
    """Squares of 100 m, one every 200 m, with codes of digits, numbers, gaps and a name with signs of XML."""
    shapes = [
        shapely.box(WEST + 200 * i, SOUTH + 200 * j, WEST + 200 * i + 100, SOUTH + 200 * j + 100)
        for j in range(count) for i in range(count)
    ]  # fmt: skip
    n = len(shapes)
    shapes = [None if i in gone else s for i, s in enumerate(shapes)]
    return gpd.GeoDataFrame(
        {
            "BSM": [f"{i:04d}" for i in range(n)],
            "RK": np.where(np.arange(n) % 5 == 0, np.nan, np.arange(n) * 10.5),
            "MC": [f"小区<{i}>&" for i in range(n)],
        },
        geometry=np.array(shapes, dtype=object),
        crs=4548,
    )


def served(epsg=4548, spelled="", frame=None):
    frame = town() if frame is None else frame
    return Served(frame.to_crs(epsg), epsg, spelled or f"urn:ogc:def:crs:EPSG::{epsg}")


HOMES = {"BSM": {"kind": "text"}, "population": {"aliases": ["RK"], "kind": "number", "unit": "people"}}


@pytest.fixture
def homes(contract):
    return contract(columns={"id": {"aliases": ["BSM"]}, "population": {"aliases": ["RK"], "kind": "number"}})


@pytest.fixture
def taken(folder, homes):
    """A layer of a service, in the CRS of the study."""

    def take(path, area=None, *, spec=None, allow_remote=True, **declared):
        return read.open_layer(
            spec or homes, {"path": path, **declared}, folder=folder, crs=town().crs, area=area,
            allow_remote=allow_remote,
        )  # fmt: skip

    return take


def refused(call, *args, **keys):
    with pytest.raises(GeoplanError) as caught:
        call(*args, **keys)
    for language in ("zh", "en"):
        assert caught.value.say(language)
    return caught.value.id


def same(layer, frame, tolerance=1e-6):
    """Whether a layer holds these squares and no others, with their numbers."""
    mine = layer.frame.set_index("id").sort_index()
    theirs = frame.set_index("BSM").sort_index()
    assert mine.index.tolist() == theirs.index.tolist()
    apart = shapely.hausdorff_distance(mine.geometry.to_numpy(), theirs.geometry.to_numpy())
    assert np.nanmax(apart) < tolerance
    np.testing.assert_allclose(mine["population"].to_numpy(float), theirs["RK"].to_numpy(float))


def of(frame, area):
    return frame[frame.geometry.intersects(area)]


SPELLED = [
    ("2.0.0", 4326, "urn:ogc:def:crs:EPSG::4326"), ("2.0.0", 4490, "urn:ogc:def:crs:EPSG::4490"),
    ("2.0.0", 4548, "urn:ogc:def:crs:EPSG::4548"), ("2.0.0", 4548, "http://www.opengis.net/def/crs/EPSG/0/4548"),
    ("2.0.0", 4490, "EPSG:4490"), ("2.0.0", 32650, "urn:ogc:def:crs:EPSG::32650"),
    ("1.1.0", 4326, "urn:x-ogc:def:crs:EPSG:4326"), ("1.1.0", 4490, "urn:ogc:def:crs:EPSG::4490"),
    ("1.1.0", 4548, "urn:ogc:def:crs:EPSG::4548"), ("1.1.0", 4548, "EPSG:4548"),
    ("1.0.0", 4326, "EPSG:4326"), ("1.0.0", 4490, "http://www.opengis.net/gml/srs/epsg.xml#4490"),
    ("1.0.0", 4548, "EPSG:4548"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "epsg", "spelled"), SPELLED)
@pytest.mark.parametrize("looked_at", [1000, 5])
def test_coordinates_land_where_they_are_in_every_version_and_order_of_axes(
    serving, taken, monkeypatch, version, epsg, spelled, looked_at
):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    serving.newest = version
    serving.layers["n:homes"] = served(epsg, spelled)
    layer = taken(serving.wfs, AREA, layer="homes")
    same(layer, of(town(), AREA), 1e-5)
    boxes = [q["bbox"] for q in serving.of("GetFeature") if "bbox" in q and q.get("resulttype") != "hits"]
    assert bool(boxes) == (looked_at == 5 or version < "2")


@pytest.mark.parametrize("epsg", [4326, 4490, 4548])
@pytest.mark.parametrize("looked_at", [1000, 5])
@pytest.mark.parametrize("counts", [True, False])
def test_collections_of_an_api_land_where_they_are(serving, taken, monkeypatch, epsg, looked_at, counts):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    serving.counts, serving.cap = counts, 7
    serving.layers["homes"] = served(epsg)
    same(taken(serving.api, AREA, layer="homes"), of(town(), AREA), 1e-5)


def test_the_address_of_a_page_of_a_collection_is_that_of_its_service(serving, taken):
    serving.layers["homes"] = served()
    same(taken(f"{serving.api}/collections/homes/items?f=html", layer="homes"), town())


def test_only_the_box_is_asked_for_and_all_of_it_arrives_in_pages(serving, taken, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", 5)
    serving.cap = 4
    serving.layers["homes"] = served()
    layer = taken(serving.wfs, AREA)
    same(layer, of(town(), AREA))
    pages = [q for q in serving.of("GetFeature") if q.get("resulttype") != "hits"]
    assert all("bbox" in q for q in pages[1:])
    assert pages[0]["count"] == "5"
    south, west, north, east = map(float, pages[1]["bbox"].split(",")[:4])
    assert (west, south, east, north) == pytest.approx((WEST + 249, SOUTH + 249, WEST + 1251, SOUTH + 1251), abs=1.1)
    assert [q.get("startindex") for q in pages[2:]] == ["4", "8", "12", "16", "20", "24", "25"]
    assert len(of(town(), AREA)) == 25


def test_the_same_features_give_the_same_layer_whatever_the_service_and_its_order(serving, taken, folder, write):
    import random

    serving.layers["homes"] = served()
    one = taken(serving.wfs)
    shuffled = town().iloc[random.Random(3).sample(range(36), 36)].reset_index(drop=True)
    serving.layers["homes"] = served(frame=shuffled)
    other, api = taken(serving.wfs), taken(serving.api)
    assert one.source.sha256 == other.source.sha256 != ""
    assert one.frame.equals(other.frame)
    assert api.frame.equals(one.frame)
    write(folder / "homes.gpkg", dict(town().drop(columns="geometry")), town().geometry.to_numpy())
    file = taken("homes.gpkg").frame.set_index("id").sort_index()
    assert file["population"].equals(one.frame.set_index("id").sort_index()["population"])
    serving.layers["homes"] = served(frame=town().assign(RK=1.0))
    assert taken(serving.wfs).source.sha256 != one.source.sha256


def test_codes_of_digits_keep_their_zeros_and_types_are_those_the_service_states(serving, taken):
    serving.layers["homes"] = served(frame=town().assign(n=range(36), yes=[True, False] * 18, when="2024-05-06"))
    for address in (serving.wfs, serving.api):
        layer = taken(address, where="RK > 100 AND n < 20 AND \"when\" = '2024-05-06'")
        assert layer.frame["id"].tolist() == [f"{i:04d}" for i in range(11, 20) if i % 5]


def test_a_filter_is_never_lost(serving, taken, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", 5)
    serving.layers["homes"] = served()
    for address in (serving.wfs, serving.api):
        assert taken(address, AREA, where="BSM = '0014'").frame["id"].tolist() == ["0014"]
        assert refused(taken, address, AREA, where="BSM = 'x'") == "source.where_nothing"
        assert refused(taken, address, AREA, where="XX = 1") == "source.where"
        assert refused(taken, f"{address}?cql_filter=BSM%3D1", AREA) == "remote.parameter"


def test_features_without_a_shape_stand_in_the_ledger(serving, taken, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", 5)
    serving.layers["homes"] = served(frame=town(gone={3, 14}))
    for address in (serving.wfs, serving.api):
        layer = taken(address, AREA)
        assert sorted(e.feature for e in layer.ledger.entries if e.fate == "set_aside") == ["0003", "0014"]


def test_a_town_at_the_meridian_of_zero_is_read_too(serving, folder, contract, monkeypatch):
    monkeypatch.setattr(counter, "LOOKED_AT", 2)
    shapes = [shapely.box(x, 0.01, x + 0.001, 0.02) for x in (-0.003, 0.004, 0.01, 0.02)]
    frame = gpd.GeoDataFrame({"BSM": list("abcd")}, geometry=shapes, crs=4326)
    serving.layers["homes"] = Served(frame, 4326, "EPSG:4326")
    serving.stated = (-180, -90, 180, 90)
    whole = {"folder": folder, "crs": frame.estimate_utm_crs(), "allow_remote": True}
    area = shapely.box(*frame.to_crs(whole["crs"]).total_bounds)
    layer = read.open_layer(contract(), {"path": serving.wfs}, area=area, **whole)
    assert len(layer.frame) == 4


# never less than there is


@pytest.mark.parametrize("looked_at", [1000, 5])
@pytest.mark.parametrize("newest", ["2.0.0", "1.1.0", "1.0.0"])
@pytest.mark.parametrize("cap", [1, 20, 35])
def test_a_service_that_cuts_its_answers_is_never_taken_for_whole(serving, taken, monkeypatch, newest, cap, looked_at):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    serving.newest, serving.cap, serving.pages = newest, cap, False
    serving.layers["homes"] = served(spelled="EPSG:4548")
    if newest == "2.0.0" and looked_at == 5 and cap > len(of(town(), AREA)):
        same(taken(serving.wfs, AREA), of(town(), AREA))
        return
    assert refused(taken, serving.wfs, AREA) in {"remote.cut", "remote.uncounted", "remote.twice"}


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("cap", [1, 5, 20, 35])
def test_an_api_that_links_no_next_page_is_never_taken_for_whole(serving, taken, counts, cap):
    serving.counts, serving.cap, serving.pages = counts, cap, False
    serving.layers["homes"] = served()
    assert refused(taken, serving.api, AREA) in {"remote.cut", "remote.uncounted"}


def test_a_service_that_counts_no_further_than_it_hands_out_is_found_out(serving, taken):
    def twist(q, answer):
        body = answer.body.replace(b'numberMatched="36"', b'numberMatched="20"')
        return replace(answer, body=body)

    serving.layers["homes"] = served()
    serving.cap, serving.twist = 20, twist
    assert refused(taken, serving.wfs) == "remote.cut"


def test_a_service_that_does_not_count_is_believed_where_its_halves_show_that_it_was_whole(serving, taken):
    serving.layers["homes"] = served(spelled="EPSG:4548")
    serving.newest = "1.0.0"
    same(taken(serving.wfs), town())
    serving.layers["homes"] = served(spelled="EPSG:4548", frame=town(1))
    assert refused(taken, serving.wfs) == "remote.uncounted"


@pytest.mark.parametrize("looked_at", [1000, 5])
def test_a_service_that_passes_over_boxes_gives_no_more_and_no_less(serving, taken, monkeypatch, looked_at):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    serving.ignores_box = True
    serving.layers["homes"] = served()
    for address in (serving.wfs, serving.api):
        same(taken(address, AREA), of(town(), AREA))


@pytest.mark.parametrize("looked_at", [1000, 5])
@pytest.mark.parametrize("epsg", [4326, 4490, 4548])
def test_axes_written_in_another_order_than_the_crs_says_are_refused(serving, taken, monkeypatch, epsg, looked_at):
    monkeypatch.setattr(counter, "LOOKED_AT", looked_at)
    serving.turned = True
    serving.layers["homes"] = served(epsg)
    wrong = {"remote.axes", "crs.swapped", "crs.out_of_range"}
    for address in (serving.wfs, serving.api):
        got = refused(taken, address, AREA, covers="boundary")
        assert got in wrong or got.startswith("crs."), got


def test_pages_that_overlap_are_refused(serving, taken):
    def twist(q, answer):
        # each page is a draw of its own: an order nobody promised
        return replace(answer, body=answer.body.replace(b'gml:id="homes.7"', b'gml:id="homes.2"'))

    serving.cap, serving.twist = 5, twist
    serving.layers["homes"] = served()
    assert refused(taken, serving.wfs) == "remote.twice"


# what goes wrong on the way


def on_page(number, change):
    """Change one page of features, counted from 1."""
    seen = []

    def twist(q, answer):
        items = q.get("request") == "GetFeature" and q.get("resulttype") != "hits"
        if items or q["path"].endswith("/items"):
            seen.append(q)
            return change(answer) if len(seen) == number else answer
        return answer

    return twist


HTML = Answer(b"<!DOCTYPE html><html><body>Please log in</body></html>", "text/html")
WRONG = {
    "exception": (lambda _: exception("the database is gone"), "remote.exception"),
    "exception 400": (lambda _: exception("no such property", 400), "remote.exception"),
    "page of the web": (lambda _: HTML, "remote.not_service"),
    "nothing": (lambda _: Answer(b""), "remote.not_service"),
    "401": (lambda _: Answer(b"who are you", status=401), "remote.login"),
    "403": (lambda _: exception("not for you", 403), "remote.login"),
    "404": (lambda _: replace(HTML, status=404), "remote.status"),
    "500": (lambda _: replace(HTML, status=500), "remote.status"),
    "half": (lambda answer: replace(answer, sent=len(answer.body) // 2), "remote.lost"),
    "end": (lambda answer: replace(answer, sent=len(answer.body) - 3), "remote.lost"),
    "silently half": (lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]), None),
    "elsewhere": (
        lambda _: Answer(b"", status=302, headers=(("Location", "http://127.0.0.2:1/x"),)),
        "remote.redirect",
    ),
    "file": (lambda _: Answer(b"", status=302, headers=(("Location", "file:///etc/passwd"),)), "remote.redirect"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize(("kind", "page"), [("wfs", 1), ("wfs", 3), ("api", 3)])
def test_what_goes_wrong_on_any_page_is_a_sentence_and_no_layer(serving, taken, kind, name, page):
    change, sentence = WRONG[name]
    serving.layers["homes"] = served()
    serving.cap, serving.twist = 15, on_page(page, change)
    wanted = {sentence} if sentence else {"remote.lost", "remote.not_service", "remote.cut"}
    assert refused(taken, getattr(serving, kind), covers="boundary") in wanted


def test_a_complaint_in_the_middle_of_a_page_is_heard(serving, taken):
    def change(answer):
        half = answer.body[: len(answer.body) // 2].rpartition(b"<wfs:member>")[0]
        return replace(answer, body=half + exception("connection to the store lost").body)

    serving.layers["homes"] = served()
    serving.twist = on_page(1, change)
    with pytest.raises(GeoplanError, match="connection to the store lost"):
        taken(serving.wfs)


def test_a_service_that_is_silent_is_not_waited_for(serving, taken, monkeypatch):
    done = threading.Event()
    monkeypatch.setattr(web, "SECONDS", 0.2)
    serving.layers["homes"] = served()
    serving.twist = lambda _, answer: (done.wait(30), answer)[1]
    try:
        assert refused(taken, serving.wfs) == "remote.slow"
    finally:
        done.set()


def test_an_answer_that_never_ends_is_not_read_for_ever(serving, taken, monkeypatch):
    serving.layers["homes"] = served()
    for name, kind in (("MOST", serving.wfs), ("MOST_HELD", serving.wfs), ("MOST_HELD", serving.api)):
        with monkeypatch.context() as patch:
            patch.setattr(web, name, 200)
            assert refused(taken, kind) == "remote.large"
    monkeypatch.setattr(web, "LONGEST", -1.0)
    assert refused(taken, serving.wfs) == "remote.slow"


def test_nothing_is_tried_twice(serving, taken):
    serving.layers["homes"] = served()
    serving.twist = lambda _, answer: replace(answer, status=503)
    assert refused(taken, serving.wfs) == "remote.status"
    assert len(serving.asked) == 1


def test_nobody_there_is_a_sentence(taken):
    assert refused(taken, "WFS:http://127.0.0.1:9/wfs") == "remote.unreachable"
    assert refused(taken, "OAPIF:http://127.0.0.1:9/api") == "remote.unreachable"


@pytest.mark.parametrize("kind", ["wfs", "api"])
def test_a_layer_that_is_not_there_is_answered_with_the_nearest(serving, taken, kind):
    serving.layers |= {"n:homes": served(), "n:parks": served()}
    address = getattr(serving, kind)
    assert refused(taken, address) == "source.which_layer"
    with pytest.raises(GeoplanError, match=r"n:homes|'homes'"):
        taken(address, layer="n:hmes")
    serving.layers.clear()
    assert refused(taken, address) == "remote.no_layers"


@pytest.mark.parametrize("kind", ["wfs", "api"])
def test_an_empty_collection_is_nothing_only_where_somebody_says_it_covers_the_place(serving, taken, kind):
    serving.layers["homes"] = Served(town().iloc[:0], 4548, "urn:ogc:def:crs:EPSG::4548")
    serving.stated = (116.9, 39.0, 117.2, 39.3)
    address = getattr(serving, kind)
    layer = taken(address, AREA, covers="boundary", columns={}, spec=None)
    assert len(layer.frame) == 0
    assert refused(taken, address, AREA) in {"source.nothing", "column.missing"}
    assert refused(taken, address, AREA, covers="extent") == "remote.covers_extent"


def test_a_service_that_says_no_crs_is_refused_unless_the_study_says_it(serving, taken):
    serving.layers["homes"] = Served(town(), 4548, "")
    assert refused(taken, serving.wfs) == "layer.no_crs"
    same(taken(serving.wfs, crs="EPSG:4548"), town())


def test_an_api_that_answers_in_another_crs_than_it_was_asked_for_is_refused(serving, taken):
    serving.layers["homes"] = served()
    serving.twist = lambda q, answer: replace(answer, headers=()) if q["path"].endswith("/items") else answer
    assert refused(taken, serving.api) == "remote.crs"


@pytest.mark.parametrize("link", ["http://127.0.0.2:1/api", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_next_page_at_another_place_is_not_followed(serving, taken, link):
    def twist(q, answer):
        return replace(
            answer, body=answer.body.replace(f'"href": "{serving.root}'.encode(), f'"href": "{link}'.encode())
        )

    serving.layers["homes"] = served()
    serving.cap, serving.twist = 10, twist
    assert refused(taken, serving.api) == "remote.elsewhere"


def test_a_redirection_at_home_is_followed(serving, taken):
    def twist(q, answer):
        if q["path"] == "/wfs" or answer.status != 404:
            return answer
        return Answer(b"", status=302, headers=(("Location", f"{serving.root}/wfs?{serving.line}"),))

    serving.layers["homes"] = served()
    serving.line = "service=WFS&request=GetCapabilities"
    assert refused(taken, f"OAPIF:{serving.root}/api/x") in {"remote.not_service", "remote.exception", "remote.status"}


def test_pages_that_go_round_come_to_an_end(serving, taken):
    def twist(q, answer):
        if not q["path"].endswith("/items"):
            return answer
        import json

        body = json.loads(answer.body)
        body["links"] = [{"rel": "next", "href": f"{serving.root}{q['path']}?offset=0&limit=2"}]
        return found(body, "application/geo+json")

    serving.layers["homes"] = served(4326)
    serving.twist = twist
    assert refused(taken, serving.api) == "remote.twice"


# who may ask, and what stays secret


def test_nothing_is_asked_unless_it_was_allowed(serving, taken, folder, homes):
    serving.layers["homes"] = served()
    for address in (serving.wfs, serving.api):
        with pytest.raises(GeoplanError, match="--allow-remote"):
            taken(address, allow_remote=False)
        wrong = read.check_source({"path": address}, folder, homes)
        assert [e.id for e in wrong] == ["remote.not_allowed"]
    assert serving.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "WFS:https://gis:hush@host/wfs", "WFS:https://host/wfs?tk=hush", "OAPIF:https://host/api?access_token=hush",
        "WFS:https://host/wfs?map=a&Signature=hush", "WFS:https://host/wfs?authkey=hush", "OAPIF:https://host?KEY=hush",
    ],
)  # fmt: skip
def test_a_secret_written_into_a_study_is_refused_and_not_shown(text, folder):
    with pytest.raises(GeoplanError) as caught:
        guards.locate(text, folder, allow_remote=True)
    assert caught.value.id == "remote.secret"
    with pytest.raises(GeoplanError) as other:
        guards.locate(text, folder)
    for error in (caught.value, other.value):
        assert "hush" not in error.say("zh") + error.say("en") + repr(error.fields)


def test_secrets_of_the_environment_are_sent_and_never_shown(serving, taken, monkeypatch):
    import base64

    monkeypatch.setenv("TK", "s3cret key/1")
    monkeypatch.setenv("GIS_PASSWORD", "hush hush")
    serving.layers["homes"] = served()
    address = serving.wfs.replace("http://", "http://gis:$GIS_PASSWORD@") + "?tk=$TK&map=a"
    layer = taken(address)
    assert {q["tk"] for q in serving.asked} == {"s3cret key/1"}
    assert {h["Authorization"] for h in serving.headers} == {f"Basic {base64.b64encode(b'gis:hush hush').decode()}"}
    assert layer.source.path == f"{serving.wfs}?tk=$TK&map=a"
    told = "".join(str(note.fields) for note in layer.notes)
    serving.twist = lambda _, __: exception("no key s3cret key/1 or s3cret+key%2F1 or s3cret%20key%2F1 for hush hush")
    with pytest.raises(GeoplanError) as caught:
        taken(address)
    told += caught.value.say("zh") + caught.value.say("en") + str(caught.value.__cause__)
    assert "***" in told
    assert "s3cret" not in told
    assert "hush" not in told
    monkeypatch.delenv("TK")
    assert refused(taken, address) == "source.variable"


@pytest.mark.parametrize(
    "text", ["WFS:parks.xml", "WFS:file:///etc/passwd", "WFS:ftp://host/a", "OAPIF:", "WFS:https://"]
)
def test_only_addresses_of_the_web_are_services(text, folder):
    assert refused(guards.locate, text, folder, allow_remote=True) == "remote.address"


@pytest.mark.parametrize(
    "head",
    [
        "<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>",
        '<?xml version="1.0"?><WFS_Capabilities version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"/>',
        '{"links": [{"rel": "data", "href": "http://127.0.0.1:9/collections"}], "title": "landing"}',
        '{"collections": [{"id": "a", "links": []}]}',
        '{"type": "FeatureCollection", "features": [], "links": [{"rel": "next", "href": "http://127.0.0.1:9/x"}]}',
    ],
)
@pytest.mark.parametrize("name", ["a.xml", "a.json", "a.geojson"])
def test_a_file_that_pretends_to_be_a_service_opens_no_connection(folder, taken, head, name, monkeypatch):
    import socket

    def nobody(*_):
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", nobody)
    (folder / name).write_text(head)
    refused(taken, name)


def test_the_drivers_that_connect_stay_off_after_a_service_was_read(serving, taken):
    import pyogrio

    serving.layers["homes"] = served()
    taken(serving.wfs)
    assert not {"WFS", "OAPIF"} & set(pyogrio.list_drivers())
    assert pyogrio.get_gdal_config_option("GML_FIELDTYPES") is None


def test_nothing_stays_in_the_temporary_folder(serving, taken, tmp_path, monkeypatch):
    import tempfile

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    serving.layers["homes"] = served()
    for address in (serving.wfs, serving.api):
        taken(address)
    assert list(scratch.iterdir()) == []


def test_a_service_is_no_raster(taken, contract, serving):
    assert refused(taken, serving.wfs, spec=contract(geometry="raster")) == "remote.raster"


def test_every_answer_of_one_source_is_fetched_once(serving, taken, monkeypatch):
    serving.layers["homes"] = served()
    taken(serving.wfs, AREA, where="RK > 0")
    features = [q for q in serving.of("GetFeature") if q.get("resulttype") != "hits" and "startindex" not in q]
    assert len(features) == 1


@pytest.mark.parametrize("kind", ["wfs", "api"])
def test_before_a_run_a_few_features_are_looked_at(serving, folder, homes, monkeypatch, kind):
    monkeypatch.setattr(counter, "LOOKED_AT", 5)
    serving.layers["homes"] = served()
    address = getattr(serving, kind)
    around = (town().crs, AREA)
    assert read.check_source({"path": address}, folder, homes, allow_remote=True, around=around) == []
    pages = [q for q in serving.asked if q.get("count") == "5" or q.get("limit") in {"1", "5"}]
    hits = [q for q in serving.asked if q.get("resulttype") == "hits"]
    assert len(pages) + len(hits) == len(serving.asked) - (2 if kind == "wfs" else 1)
    wrong = read.check_source(
        {"path": address, "columns": {"population": "nope"}}, folder, homes, allow_remote=True, around=around
    )
    assert [e.id for e in wrong] == ["column.declared"]


def test_addresses_are_shown_without_names_and_keys():
    assert service.shown("wfs:http://me@host/a?token=1&b=2") == "WFS:http://host/a?token=***&b=2"
    assert service.shown("OAPIF:https://$USER:$PW@host/a") == "OAPIF:https://host/a"


def test_a_person_may_ask_for_a_version(serving, taken):
    serving.layers["homes"] = served()
    taken(f"{serving.wfs}?service=WFS&version=1.1.0&request=GetCapabilities")
    assert {q.get("version") for q in serving.asked} == {"1.1.0"}


def test_serving_is_a_server_of_its_own(serving):
    assert isinstance(serving, Serving)


def test_packed_answers_are_unpacked_and_broken_ones_told(serving, taken):
    import gzip

    def packed(answer, share=1.0):
        body = gzip.compress(answer.body)
        return replace(
            answer, body=body[: int(share * len(body))], headers=(*answer.headers, ("Content-Encoding", "gzip"))
        )

    serving.layers["homes"] = served()
    serving.twist = lambda _, answer: packed(answer)
    for address in (serving.wfs, serving.api):
        same(taken(address), town())
    serving.twist = on_page(1, lambda answer: packed(answer, 0.7))
    assert refused(taken, serving.wfs) == "remote.lost"


def test_proxies_of_the_environment_are_honoured(serving, taken, monkeypatch):
    serving.layers["homes"] = served()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, serving.root)
    same(taken("WFS:http://gis.invalid/wfs"), town())
    assert {h["Host"] for h in serving.headers} == {"gis.invalid"}


def test_a_service_whose_pages_do_not_count_but_whose_questions_do_is_read_on(serving, taken):
    def twist(q, answer):
        hits = q.get("resulttype") == "hits"
        return (
            answer
            if hits
            else replace(answer, body=answer.body.replace(b'numberMatched="36"', b'numberMatched="unknown"'))
        )

    serving.layers["homes"] = served()
    serving.cap, serving.twist = 10, twist
    same(taken(serving.wfs), town())
