"""The bench of the site check: a study with one control line that is harmed again and again, and the law for it."""

import dataclasses
import importlib.util
import warnings
from collections import Counter
from pathlib import Path

import geopandas as gpd
import shapely
import slow_damage as damage

import geoplan as gp
from geoplan.checking import Lines
from geoplan.errors import GeoplanError
from geoplan.layer import Layer
from geoplan.rulebook import rulebook_of
from geoplan.run import place_of

_SPEC = importlib.util.spec_from_file_location("site_ground", Path(__file__).parents[1] / "sites" / "ground.py")
ground = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(ground)

NAME = "eco_redline"
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


class Line:
    """The line of a desk in one format, as it was read while it was whole."""

    def __init__(self, desk, ending):
        self.desk, self.ending = desk, ending
        self.put({})
        path = damage.write(damage.table(), desk.folder, ending)
        self.declared = {"path": path.name, "crs": damage.TOWN, "as_of": "2025-01-01", "covers": "boundary"}
        self.whole = desk.line(self.declared)
        assert isinstance(self.whole, Layer), self.whole
        assert desk.verdicts(self.whole) == {"inside": "forbidden", "outside": "clear"}
        self.kept = {p.name: p.read_bytes() for p in damage.parts(desk.folder)}

    def put(self, files):
        damage.restored(files, self.desk.folder)


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


def fate(line, declared):  # noqa: PLR0911  (each way a case may end)
    """What became of a harmed line, and what is wrong with that, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read = line.desk.line(declared)
            if isinstance(read, GeoplanError):
                return "refused", "" if read.say("zh") and read.say("en") else "no sentence"
            if read is None:
                return "gone", "a declared line is not declared any more"
            if same(read, line.whole):
                return "unharmed", ""
            verdicts = line.desk.verdicts(read)
    except Exception as error:  # noqa: BLE001  (whatever is no sentence is what is looked for)
        return "raised", f"{type(error).__name__}: {error}"
    kept = read.ledger.read - sum(e.fate == "set_aside" for e in read.ledger.entries)
    if kept != len(read.frame):
        return "lost", f"{len(read.frame)} {read.ledger}"
    if verdicts["inside"] == "clear" or (verdicts["inside"] == "not_checked" and verdicts["outside"] == "clear"):
        return "cleared", f"{verdicts} {read.frame} {read.notes}"
    return verdicts["inside"], ""


def all_sound(line, cases):
    """Hold every case against the law, and count what became of them."""
    seen, wrong = Counter(), []
    for name, declared in cases:
        what, fault = fate(line, declared)
        seen[what] += 1
        if fault:
            wrong.append((name, what, fault))
    assert not wrong, f"{len(wrong)} of {seen.total()}: " + "\n".join(map(str, wrong[:12]))
    return seen
