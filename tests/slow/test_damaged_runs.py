"""Over two and a half thousand damages to the layers of a run: an answer that differs has something to say of it.

What nobody could see is left out of the harm: a number overwritten by another, a row that a whole table lacks.
"""

import contextlib
import csv
import dataclasses
import io
import random
import shutil
import warnings
from collections import Counter

import pyogrio
import pytest
import shapely
import slow_damage as damage
import slow_town as town

import geoplan as gp
from geoplan.cli import main
from geoplan.errors import GeoplanError, Problems
from geoplan.examine import examined
from geoplan.run import layer_of, place_of

pytestmark = pytest.mark.slow

TURNS = 3
BYTES, ROWS, SAID, WHOLE = 420, 240, 240, 8
"""Of each town, of which each holds its layers in other formats; and runs through the command."""
GOOD = {"met", "met_early", "on_track", "missed", "behind"}


class Town:
    """A study whose layers are harmed one at a time, and what it answers while they are whole."""

    def __init__(self, folder, turn):
        self.layers = town.founded(folder, turn)
        (folder / "study.toml").write_text(town.STUDY, encoding="utf-8")
        self.folder = folder
        study = gp.open_study(folder)
        self.study = dataclasses.replace(study, table={**study.table, "ask": {"analyses": list(town.ASKED)}})
        self.place = place_of(self.study, 1_000.0)
        self.read = {name: self.layer(self.layers.declared, name) for name in self.layers.declared}
        self.whole = self.run(self.layers.declared)
        assert [r.status for r in self.whole.values()] == ["ok"] * len(town.ASKED)
        assert not {r.value for r in self.whole.values()} & {0.0, 100.0}

    def run(self, declared, only=(), harmed=""):
        """The answers; where one layer is harmed, the others are handed over as they were read."""
        study = self.saying(declared)
        for name in town.STATELESS if harmed else ():
            if name != harmed:
                study = study.with_layer(name, self.read[name])
        return {r.name: r for r in study.run(only=only).results}

    def saying(self, declared):
        return dataclasses.replace(self.study, table={**self.study.table, "layers": town.table_of(declared)})

    def layer(self, declared, name):
        return layer_of(self.saying(declared), self.place, name)


def said(result):
    """Everything a result says of its data beside the number."""
    used = [u for layers in result.used.values() for u in layers]
    notes = [*(result.outcome.notes if result.outcome else ()), *(n for u in used for n in u.notes)]
    unknown = getattr(getattr(result.outcome.measure, "overall", result.outcome.measure), "unknown", 0)
    facts = {k: v for k, v in result.outcome.facts.items() if "unknown" in k or k in {"estimated", "doubtful"}}
    return {
        *((u.name, e.feature, e.fate, e.reason) for u in used for e in u.ledger.entries),
        *((n.sentence, str(n.say("en"))) for n in notes),
        ("unknown", unknown),
        *facts.items(),
    }


def answer(result):
    return result.value, result.ceiling, [j.verdict.word for j in result.judged]


def fate(at, name, declared, asked, *, unseen):
    """What became of one question on a harmed layer, and what is wrong with that, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            results = at.run(declared, asked, name)
    except (GeoplanError, Problems) as error:
        return "refused", "" if error.say("zh") and error.say("en") else "no sentence"
    except Exception as error:  # noqa: BLE001  (whatever is no sentence is what is looked for)
        return "raised", f"{type(error).__name__}: {error}"
    assert results, asked
    return max((judged(at, name, declared, r, unseen=unseen) for r in results.values()), key=lambda told: bool(told[1]))


def judged(at, name, declared, result, *, unseen):
    """What became of one answer."""
    words = {j.verdict.word for j in result.judged}
    if result.value is None:
        told = result.reason is not None and result.reason.say("zh") and result.reason.say("en")
        return "no_data", "" if told and not words & GOOD else f"{result.name}: {result.reason} {words}"
    whole = at.whole[result.name]
    if answer(result) == answer(whole):
        return "unharmed", ""
    if said(result) - said(whole):
        return "said", ""
    with contextlib.suppress(GeoplanError):
        layer = at.layer(declared, name)
        if {(o.kind, o.grave) for o in examined(layer, at.place)} - {
            (o.kind, o.grave) for o in examined(at.read[name], at.place)
        }:
            return "shown", ""
        if unseen(layer) and result.value not in {0.0, 100.0}:
            return "another", ""
    return "silent", f"{result.name}: {answer(whole)} -> {answer(result)}"


def few(at, name):
    """Whether a layer is another one that could be right: as many features, of which three or fewer differ."""
    whole, table = at.read[name].frame, at.folder / at.layers.declared[name]["path"]

    def unseen(layer):
        frame = layer.frame
        if table.suffix == ".csv":
            # a table that ends after a whole row is a table
            rows = list(csv.reader(io.StringIO(table.read_bytes().decode("utf-8", "replace"))))
            here = min(len(whole), len(rows) - 1)
        else:
            # and a shape that one coordinate moves away from here lies elsewhere
            x, y, right, top = pyogrio.read_bounds(table)[1]
            west, south, east, north = at.place.boundary.buffer(at.place.context).bounds
            here = int(((x <= east) & (right >= west) & (y <= north) & (top >= south)).sum())
        if not min(here, len(whole) - 3) <= len(frame) <= len(whole):
            return False
        columns = [c for c in whole.columns if c not in {"geometry", "u", "v"}]
        ours = {row["id"]: row for row in whole.to_dict("records")}
        rows = frame.to_dict("records")
        differing = sum(
            row["id"] not in ours
            or any(str(row.get(c)) != str(ours[row["id"]][c]) for c in columns)
            or not shapely.equals_identical(row["geometry"], ours[row["id"]]["geometry"])
            for row in rows
        )
        return differing <= 3

    return unseen


def held(at, cases):
    """Hold every case against the law, and count what became of them."""
    seen, wrong = Counter(), []
    for told, name, declared, unseen in cases:
        asks = [q for q, rests in town.ASKED.items() if name in rests]
        rng = random.Random(str(told))
        what, fault = fate(at, name, declared, (rng.choice(asks),), unseen=unseen)
        seen[what] += 1
        if fault:
            wrong.append((told, what, fault))
    assert not wrong, f"{len(wrong)} of {seen.total()}: " + "\n".join(map(str, wrong[:40]))
    return seen


@pytest.fixture(scope="module", params=range(TURNS))
def at(request, tmp_path_factory):
    return Town(tmp_path_factory.mktemp(f"town{request.param}"), request.param)


def layer_of_case(at, seed):
    names = list(at.layers.declared)
    return names[seed % len(names)]


def put_back(at, name):
    damage.restored(at.layers.kept[name], at.folder, town.stem(name))


def test_whatever_bytes_are_harmed_an_answer_that_differs_says_so(at, counted):
    def cases():
        for seed in range(BYTES):
            name = layer_of_case(at, seed)
            rng = random.Random(f"{at.layers.endings[name]} {name} {seed}")
            damage.restored(damage.harmed(at.layers.kept[name], rng), at.folder, town.stem(name))
            yield (seed, name, at.layers.endings[name]), name, at.layers.declared, few(at, name)
            put_back(at, name)

    seen = held(at, cases())
    counted(seen)
    assert seen["no_data"] + seen["refused"] > BYTES / 5, seen
    assert seen["unharmed"] > 10, seen


def test_whatever_is_done_to_its_rows_an_answer_that_differs_says_so(at, counted):
    def cases():
        for seed in range(ROWS):
            name = layer_of_case(at, seed)
            ending = at.layers.endings[name]
            rng = random.Random(f"{ending} {name} rows {seed}")
            kind, frame = damage.rows_of(at.layers.tables[name], rng)
            damage.restored({}, at.folder, town.stem(name))
            if damage.written(frame, at.folder, ending, town.stem(name)):
                yield (seed, name, ending, kind), name, at.layers.declared, lambda _, kind=kind: kind == "drop"
            put_back(at, name)

    seen = held(at, cases())
    counted(seen)
    assert seen["said"] > 20, seen


def test_whatever_a_study_says_wrongly_an_answer_that_differs_says_so(at, counted):
    def cases():
        for seed in range(SAID):
            name = layer_of_case(at, seed)
            rng = random.Random(f"{name} said {seed}")
            declared = dict(at.layers.declared)
            declared[name] = damage.said_of(declared[name], rng)
            told = {k: v for k, v in declared[name].items() if v != at.layers.declared[name].get(k)}
            yield (seed, name, told), name, declared, lambda _, told=told: bool(told.keys() & {"where", "class"})

    seen = held(at, cases())
    counted(seen)
    assert seen["refused"] + seen["no_data"] > SAID / 4, seen


def test_a_run_through_the_command_ends_in_a_folder_or_in_one_sentence(at, tmp_path, capsys):
    out = tmp_path / "out"
    for seed in range(WHOLE):
        name = layer_of_case(at, seed)
        rng = random.Random(f"whole {name} {seed}")
        damage.restored(damage.harmed(at.layers.kept[name], rng), at.folder, town.stem(name))
        code = main(["run", str(at.folder), "-o", str(out), "--lang", "en"])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        assert code in {0, 1, 2}, (name, printed.err)
        assert code != 2 or (printed.err and not out.exists()), (name, printed.err)
        shutil.rmtree(out, ignore_errors=True)
        put_back(at, name)
