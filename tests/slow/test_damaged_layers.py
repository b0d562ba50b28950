"""Over eight thousand damages to a control layer: nobody becomes clear, nothing but a sentence is raised, no 0 is made up."""

import dataclasses
import importlib.util
import random
import warnings
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import geoplan as gp
from geoplan.checking import Lines
from geoplan.errors import GeoplanError
from geoplan.layer import Layer
from geoplan.rulebook import rulebook_of
from geoplan.run import place_of


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


damage = _loaded("damage", Path(__file__).with_name("damage.py"))
ground = _loaded("site_ground", Path(__file__).parents[1] / "sites" / "ground.py")
pytestmark = pytest.mark.slow

NAME = "eco_redline"
BYTES, ROWS, SAID = 5_400, 1_200, 1_800
HEAD = (
    "layer,class,relation,distance_m,domain,applies_to,severity,verdict,activity,documents,exception,next_step,"
    "authority,basis,required,valid_from,valid_to,max_age_years,order,wording_zh,wording_en"
)
STUDY = '[place]\nname = "镇"\nboundary = "boundary.gpkg"\ncrs = "EPSG:4548"\nyear = 2025\n\n[ask]\nanalyses = []\n\n'


class Desk:
    """A study of one square kilometre, opened once, with one control line that is harmed again and again."""

    def __init__(self, folder):
        self.folder = folder
        gpd.GeoDataFrame({"id": ["1"]}, geometry=[damage.box(0, 0, 1000, 1000)], crs=damage.TOWN).to_file(
            folder / "boundary.gpkg"
        )
        (folder / "layers").mkdir()
        rows = [
            f"{NAME},{c},overlap,,,,{s},forbidden,,,,,,某法第一条,yes,,,,1,,"
            for c, s in (("core", 1), ("general", 3), ("other", 3))
        ]
        (folder / "layers" / "controls.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
        (folder / "study.toml").write_text(STUDY + f'[layers.{NAME}]\npath = "red.gpkg"\n', encoding="utf-8")
        self.study = gp.open_study(folder)
        self.place = place_of(self.study, 1_000.0)
        self.book = rulebook_of(self.study)
        self.area = self.place.boundary.buffer(1_000.0)
        self.sites = [
            ground.site(ground.plot(damage.box(*where)), receipt=receipt)
            for where, receipt in ((damage.INSIDE, "inside"), (damage.OUTSIDE, "outside"))
        ]

    def line(self, declared):
        """The line as the check reads it: a layer, or why it cannot be read."""
        study = dataclasses.replace(self.study, table={**self.study.table, "layers": {NAME: declared}})
        return Lines.of(study, self.place, self.book.rules, self.area)[NAME]

    def verdicts(self, line):
        report = ground.check(self.sites, self.book.rules, {NAME: line}, books=self.book.books)
        return {site.receipt: report.verdict_of(site) for site in report.register.sites}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("damaged"))


@pytest.fixture(scope="module", params=damage.FORMATS)
def line(request, desk):
    """The line in one format, read while it was whole."""
    ending = request.param
    for path in damage.parts(desk.folder):
        path.unlink()
    path = damage.write(damage.table(), desk.folder, ending)
    declared = {"path": path.name, "crs": damage.TOWN, "as_of": "2025-01-01", "covers": "boundary"}
    whole = desk.line(declared)
    assert isinstance(whole, Layer), whole
    assert desk.verdicts(whole) == {"inside": "forbidden", "outside": "clear"}
    kept = {p.name: p.read_bytes() for p in damage.parts(desk.folder)}
    return ending, declared, whole, kept


def same(one, other):
    """Whether a layer is as it was: the same shapes, classes, coverage, dates."""
    if not isinstance(one, Layer) or len(one.frame) != len(other.frame):
        return False
    return bool(
        (one.frame["class"].to_numpy() == other.frame["class"].to_numpy()).all()
        and (shapely.to_wkb(one.frame.geometry) == shapely.to_wkb(other.frame.geometry)).all()
        and one.source.covers == other.source.covers
        and one.source.valid_to == other.source.valid_to
        and one.source.as_of == other.source.as_of
    )


def fate(desk, declared, whole):  # noqa: PLR0911  (each way a case may end)
    """What became of a harmed line, and what is wrong with that, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            line = desk.line(declared)
            if isinstance(line, GeoplanError):
                return "refused", "" if line.say("zh") and line.say("en") else "no sentence"
            if line is None:
                return "gone", "a declared line is not declared any more"
        if same(line, whole):
            return "unharmed", ""
        verdicts = desk.verdicts(line)
    except Exception as error:  # noqa: BLE001  (whatever is no sentence is what is looked for)
        return "raised", f"{type(error).__name__}: {error}"
    kept = line.ledger.read - sum(e.fate == "set_aside" for e in line.ledger.entries)
    if kept != len(line.frame):
        return "lost", f"{len(line.frame)} {line.ledger}"
    if verdicts["inside"] == "clear" or (verdicts["inside"] == "not_checked" and verdicts["outside"] == "clear"):
        return "cleared", f"{verdicts} {line.frame} {line.notes}"
    return verdicts["inside"], ""


def all_sound(desk, cases):
    """Hold every case against the law, and count what became of them."""
    seen, wrong = Counter(), []
    for name, declared, whole in cases:
        what, fault = fate(desk, declared, whole)
        seen[what] += 1
        if fault:
            wrong.append((name, what, fault))
    assert not wrong, f"{len(wrong)} of {seen.total()}: " + "\n".join(map(str, wrong[:12]))
    return seen


def test_whatever_bytes_are_harmed_the_site_inside_is_not_cleared(desk, line):
    ending, declared, whole, kept = line

    def cases():
        for seed in range(-(-BYTES // len(damage.FORMATS))):
            rng = random.Random(f"{ending} {seed}")
            name = rng.choice(list(kept))
            harmed = {n: d for n, d in kept.items() if n != name}
            if rng.random() < 0.97 or len(kept) == 1:
                harmed[name] = damage.bytes_of(kept[name], rng)
            damage.restored(harmed, desk.folder)
            yield (seed, name), declared, whole

    seen = all_sound(desk, cases())
    damage.restored(kept, desk.folder)
    assert seen["refused"] > 20, seen
    assert seen["unharmed"] > 10, seen


def test_whatever_a_study_says_wrongly_of_it_nobody_is_cleared(desk, line):
    ending, declared, whole, kept = line
    damage.restored(kept, desk.folder)

    def cases():
        for seed in range(-(-SAID // len(damage.FORMATS))):
            said = damage.said_of(declared, random.Random(f"{ending} said {seed}"))
            yield {k: said[k] for k in said if said[k] != declared.get(k)}, said, whole

    seen = all_sound(desk, cases())
    assert seen["refused"] > 20, seen


def test_whatever_is_done_to_its_rows_nobody_is_cleared(desk, line):
    ending, declared, whole, kept = line

    def cases():
        for seed in range(-(-ROWS // len(damage.FORMATS))):
            rng = random.Random(f"{ending} rows {seed}")
            damage.restored({}, desk.folder)
            frame = damage.rows_of(damage.table(), rng)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    damage.write(frame, desk.folder, ending)
            except Exception:  # noqa: BLE001, S112  (what a format cannot hold cannot arrive in it)
                continue
            yield seed, declared, whole

    seen = all_sound(desk, cases())
    damage.restored(kept, desk.folder)
    assert seen["forbidden"] > 20, seen
