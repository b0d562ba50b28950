"""Broken layers in a whole run: the answer is no data with its reason, never a low number and never a traceback."""

import json
import re

import numpy as np
import pytest
import shapely
from bad_inputs_bench import CATALOGUE, PLACE, STUDY, Desk, both, square, wkt

from geoplan import crs as crs_room
from geoplan import read
from geoplan.cli import main
from geoplan.examine import shifted, trace_of
from geoplan.ops.encrypted import encrypted
from geoplan.place import Place
from geoplan.study import open_study

STUDY_FILE = """\
[place]
name     = "小镇"
boundary = "boundary.csv"
crs      = "EPSG:4548"
year     = 2025
language = "{language}"

[ask]
analyses = ["green_coverage"]

[layers.built_up]
path = "built.csv"
crs = "EPSG:4548"

[layers.canopy]
path = "{canopy}"
crs = "{crs}"
"""
WHOLE = wkt("POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))")
GREEN = wkt("POLYGON ((0 0, 200 0, 200 200, 0 200, 0 0))")
SWAPPED = re.sub(r"(\S+) (\S+?)([,)])", r"\2 \1\3", GREEN.replace("POLYGON ((", "")).rstrip(")")
DAMAGES = {
    "a file that is not there": ("没有这个.gpkg", "EPSG:4548", {}, "source.missing"),
    "a file of nothing": ("canopy.csv", "EPSG:4548", {"canopy.csv": "id,wkt\n"}, "source.nothing"),
    "shapes that are none": ("canopy.csv", "EPSG:4548", {"canopy.csv": "id,wkt\n1,绿地\n"}, "source.nothing"),
    "lines for ground": ("canopy.csv", "EPSG:4548", {"canopy.csv": f'id,wkt\n1,"{wkt("LINESTRING (0 0, 9 9)")}"\n'}, "layer.kind"),
    "axes swapped": ("canopy.csv", "EPSG:4548", {"canopy.csv": f'id,wkt\n1,"POLYGON (({SWAPPED}))"\n'}, "crs.swapped"),
    "the meridian of a neighbour": ("canopy.csv", "EPSG:4549", {"canopy.csv": f'id,wkt\n1,"{GREEN}"\n'}, "source.elsewhere_as"),
    "metres called degrees": ("canopy.csv", "EPSG:4490", {"canopy.csv": f'id,wkt\n1,"{GREEN}"\n'}, "crs.metres_as_degrees"),
    "text of no known encoding": ("canopy.csv", "EPSG:4548", {"canopy.csv": b"id,wkt,\xb0\xff\x81\n1,x,\xfe\n"}, "read.encoding_unknown"),
    "all of it elsewhere": ("canopy.csv", "EPSG:4548", {"canopy.csv": f'id,wkt\n1,"{wkt("POLYGON ((90000 0, 90200 0, 90200 200, 90000 0))")}"\n'}, "source.elsewhere"),
    "a broken archive": ("canopy.zip", "EPSG:4548", {"canopy.zip": b"PK\x03\x04 broken"}, "source.broken_archive"),
}  # fmt: skip


@pytest.fixture
def town(folder):
    def make(canopy, crs, files, language="zh"):
        every = {"boundary.csv": f'id,wkt\n1,"{WHOLE}"\n', "built.csv": f'id,wkt\n1,"{WHOLE}"\n', **files}
        for name, text in every.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        text = STUDY_FILE.format(canopy=canopy, crs=crs, language=language)
        (folder / "study.toml").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.mark.parametrize(("canopy", "crs", "files", "sentence"), DAMAGES.values(), ids=list(DAMAGES))
def test_an_answer_that_cannot_be_had_says_why(canopy, crs, files, sentence, town, record_property):
    from geoplan.errors import SourceError

    with pytest.raises(SourceError) as caught:
        open_study(town(canopy, crs, files)).run()
    assert caught.value.id == "study.nothing_readable"
    reason = caught.value.fields["reason"]
    inner = getattr(reason, "fields", {}).get("reason", reason)
    assert sentence in {reason.id, getattr(inner, "id", "")}
    both(caught.value, ("canopy",) if "layer" in reason.fields else (canopy,))
    record_property("bad_input", "refused")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["a file of nothing", "axes swapped"])
def test_the_command_line_ends_with_3_and_writes_nothing(name, language, town, capsys):
    canopy, crs, files, _ = DAMAGES[name]
    folder = town(canopy, crs, files, language)
    assert main(["run", str(folder)]) == 3
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert bool(re.search("[一-鿿]{6}", said.err)) == (language == "zh")
    assert not (folder / "out").exists()


def test_the_same_study_without_damage_is_answered(town):
    results = open_study(town("canopy.csv", "EPSG:4548", {"canopy.csv": f'id,wkt\n1,"{GREEN}"\n'})).run()
    assert results["green_coverage"].value == pytest.approx(4.0, abs=1e-4)


def test_a_table_of_results_never_holds_a_zero_for_what_was_not_read(town):
    folder = town("canopy.csv", "EPSG:4548", {"canopy.csv": f'id,wkt\n1,"{GREEN}"\n'})
    file = folder / "study.toml"
    more = '[layers.residential]\npath = "nowhere.csv"\n'
    asked = file.read_text(encoding="utf-8").replace('["green_coverage"]', '["green_coverage", "resident_population"]')
    file.write_text(asked + more, encoding="utf-8")
    open_study(folder).run(folder / "out")
    told = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    by_name = {r["analysis"]: r for r in told["results"]}
    assert (by_name["resident_population"]["value"], by_name["resident_population"]["status"]) == (None, "no_data")
    assert by_name["green_coverage"]["value"] == pytest.approx(4.0, abs=1e-4)


LINES = [shapely.LineString([(500_000 + x, 4_333_500), (500_400 + x, 4_338_000)]) for x in (300, 1500, 2500, 3500)] + [
    shapely.LineString([(499_800, 4_334_000 + y), (504_500, 4_334_300 + y)]) for y in (400, 1400, 2400)
]
STATIONS = [line.interpolate(t, normalized=True) for line in LINES for t in np.linspace(0.1, 0.9, 6)]
TOWN = Place("小镇", PLACE, STUDY, year=2025)


@pytest.mark.parametrize("label", ["EPSG:4326", "EPSG:4490", "EPSG:4548"])
@pytest.mark.parametrize("frame", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("turned", ["rail_stations", "rail_lines"])
def test_a_layer_in_the_frame_of_a_map_service_under_another_name_is_shown(
    turned, frame, label, folder, record_property
):
    desk, lonlat = Desk(folder), crs_room.parse("EPSG:4326")
    layers = {"rail_lines": LINES, "rail_stations": STATIONS}
    for name, shapes in layers.items():
        degrees = crs_room.to_crs(np.array(shapes, dtype=object), STUDY, lonlat)
        if name == turned:
            degrees = shapely.transform(degrees, lambda xy: np.column_stack(encrypted(xy[:, 0], xy[:, 1], frame)))
        claimed = crs_room.parse(label)
        shapes_ = degrees if claimed.is_geographic else crs_room.to_crs(degrees, lonlat, claimed)
        desk.write(f"{name}.gpkg", {"n": range(len(shapes))}, shapes_, crs=claimed)
    read_ = [
        read.open_layer(CATALOGUE.layer(name), {"path": f"{name}.gpkg"}, folder=folder, crs=STUDY, area=PLACE)
        for name in layers
    ]
    (found,) = shifted([trace_of(layer, TOWN) for layer in read_], TOWN)
    assert (found.layer, found.kind, found.note.fields["frame"]) == (turned, "shifted_frame", frame)
    both(found.note, (frame, f'crs = "{frame}"'))
    record_property("bad_input", "shown")


def test_layers_that_stand_where_they_say_raise_no_alarm(folder):
    desk = Desk(folder)
    for name, shapes in {"rail_lines": LINES, "rail_stations": STATIONS}.items():
        desk.write(f"{name}.gpkg", {"n": range(len(shapes))}, shapes)
    layers = [
        read.open_layer(CATALOGUE.layer(name), {"path": f"{name}.gpkg"}, folder=folder, crs=STUDY, area=PLACE)
        for name in ("rail_lines", "rail_stations")
    ]
    assert shifted([trace_of(layer, TOWN) for layer in layers], TOWN) == ()
    assert square(0, 0).area == 10_000
