"""The check of project sites as a study sees it: its rulebook, its control lines, its thresholds."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from geoplan.errors import GeoplanError, LayerError, Problems
from geoplan.measure import Note
from geoplan.rulebook import Rulebook, rulebook_of, threshold_faults
from geoplan.study_file import THRESHOLDS
from geoplan.units import quantity

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geoplan.desk import Claim
    from geoplan.examine import Witness
    from geoplan.layer import Layer, LayerSpec
    from geoplan.place import Place
    from geoplan.sites.finding import Limits, SiteReport
    from geoplan.sites.rules import Rule
    from geoplan.sites.site import Register, Site
    from geoplan.study import Study
    from geoplan.words import Language

    Sites: TypeAlias = "Register | Site | Sequence[Site] | gpd.GeoDataFrame | Path | str | Sequence[Path | str]"

__all__ = ["Lines", "check", "checked", "limits_of"]

LAND = "land"
"""The layer that tells land from sea, where a rulebook does."""
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def check(
    sites: "Sites",
    *,
    study: "Study | Path | str",
    claim: "Claim | None" = None,
    near: object = None,
    language: "Language | None" = None,
    stamp: str = "",
    day: str = "",
    **desk: Any,
) -> "SiteReport":
    """What a study says of project sites: every plot against every control line, fail closed.

    Args:
        sites: attachments (one, several, a folder, a register), sites already read, or a table of plots with the
            columns project, plot, role, planned_use, activity as far as it has them.
        study: the study, its file or its folder.
        claim: what is said of attachments named one by one, or of sites that say nothing: use, activities, CRS.
        near: metres within which lines are reported though they are not touched, with a unit; the study's own where
            left out.
        language: of the documents; the study's own where left out.
        stamp: the date printed on them; the newest date the study declares where left out.
        day: ISO date for which rules are in force and data fresh; the stamp where left out, if it is a date.
        desk: what attachments are read with: parameters, width, converter, earlier.

    Raises:
        Problems: a rulebook or a study file that cannot be honoured, everything that is wrong at once.
        StudyError: there is no such study, or no such folder.
        UnknownName: an activity that is not on the list.
        SourceError: the boundary of the study cannot be read.
    """
    from geoplan.study import open_study

    opened = open_study(study) if isinstance(study, (str, Path)) else study
    return checked(sites, opened, claim=claim, near=near, language=language, stamp=stamp, day=day, **desk)[0]


def checked(
    sites: "Sites",
    opened: "Study",
    *,
    claim: "Claim | None" = None,
    near: object = None,
    language: "Language | None" = None,
    stamp: str = "",
    day: str = "",
    keep: bool = False,
    **desk: Any,
) -> "tuple[SiteReport, Lines]":
    """As `check`, and the lines it was checked against: to `keep` them in memory is to read each once.

    Raises:
        Problems, StudyError, UnknownName, SourceError: as for `check`.
    """
    from geoplan.answering import StudyPages
    from geoplan.examine import Witness
    from geoplan.run import place_of
    from geoplan.sites.check import check_register

    if wrong := [*opened.faults(), *threshold_faults(opened)]:
        raise Problems(wrong)
    place = place_of(opened, opened.context(()))
    limits = limits_of(opened)
    if near is not None:
        limits = replace(limits, near=quantity(near, "Metres"))
    book = rulebook_of(opened)
    register = _register(sites, opened, place, claim, desk)
    lines = Lines.of(opened, place, book.rules, _area(register, place, limits, book.rules), keep=keep)
    lines = replace(lines, witness=(witness := Witness(place)))
    stamp = stamp or opened.stamp
    report = check_register(
        register,
        place=place,
        rules=book.rules,
        controls=lines,
        specs=lines.specs,
        land=lines.land(),
        land_use=lines.land_use(),
        limits=limits,
        books=book.books,
        day=next((one for one in (day, stamp, opened.stamp) if DATE.fullmatch(one)), ""),
        language=language or opened.language,
        stamp=stamp,
        notices=_notices(opened, lines),
        doubted=witness.doubts,
    )
    return replace(report, provenance=_origin(opened, place, report, book), pages=StudyPages(opened)), lines


def _notices(study: "Study", lines: "Lines") -> tuple[Note, ...]:
    """What every document says: that the city is invented, that nobody could tell land from sea."""
    found = [Note("notice.synthetic")] if study.table["place"].get("synthetic") else []
    land = lines[LAND]
    surveys = lines.land_use()
    through = [s for s in (surveys.current, surveys.plan) if s is not None and s.source.crosswalk]
    found += [note for s in through for note in s.notes if note.sentence.startswith("read.crosswalk")]
    return (*found, Note("site.no_land", {"reason": land})) if isinstance(land, GeoplanError) else tuple(found)


def limits_of(study: "Study") -> "Limits":
    """What counts as near, adjacent, sliver, as the study's thresholds say.

    Raises:
        UnitError: a threshold that is no amount with a unit.
    """
    from geoplan.sites.finding import Limits

    declared = study.table.get("thresholds", {})
    return Limits(**{k: quantity(declared[k], kind) for k, kind in THRESHOLDS.items() if k in declared})


@dataclass(frozen=True, slots=True, eq=False)
class Lines(Mapping[str, "Layer | GeoplanError | None"]):
    """The control lines of a study, each read when it is asked for: those of the rulebook, and those it declares.

    Attributes:
        study: whose they are.
        place: where, in which metres.
        specs: line -> its contract, those of the rulebook first.
        area: where they are read.
        keep: whether a line that was read stays in memory.
        witness: who compares the lines that are read; nobody where left out.
    """

    study: "Study"
    place: "Place"
    specs: "Mapping[str, LayerSpec]"
    area: "BaseGeometry"
    keep: bool = False
    witness: "Witness | None" = None
    _kept: "dict[str, Layer | GeoplanError | None]" = field(default_factory=dict)

    @classmethod
    def of(
        cls, study: "Study", place: "Place", rules: "Sequence[Rule]", area: "BaseGeometry", *, keep: bool = False
    ) -> "Lines":
        """The lines of a study and its rulebook."""
        known = study.catalogue.names("layers")
        declared = [name for name in (*study.table.get("layers", {}), *study.extra) if name in known and name != LAND]
        specs = {name: study.catalogue.layer(name) for name in dict.fromkeys([*(r.layer for r in rules), *declared])}
        ruled = {rule.layer for rule in rules}
        return cls(study, place, {n: spec for n, spec in specs.items() if n in ruled or spec.control}, area, keep)

    def __iter__(self) -> Iterator[str]:
        return iter(self.specs)

    def __contains__(self, name: object) -> bool:
        return name in self.specs

    def __len__(self) -> int:
        return len(self.specs)

    def __getitem__(self, name: str) -> "Layer | GeoplanError | None":
        if name in self._kept:
            return self._kept[name]
        found: Layer | GeoplanError | None
        try:
            found = self._read(name)
        except GeoplanError as error:
            found = error
        if self.keep:
            self._kept[name] = found
        if self.witness is not None:
            self.witness.see(found)
        return found

    def land(self) -> "Layer | None":
        """The layer that tells land from sea; None where there is none that can be read."""
        found = self[LAND]
        return None if isinstance(found, GeoplanError) else found

    def land_use(self) -> Any:
        """The surveys behind the tables; they are rulebook lines too, and read once."""
        from geoplan.sites.tables import LandUse

        for name in ("land_use_current", "land_use_plan"):
            self._kept[name] = self[name]
        current, plan = (self._kept[name] for name in ("land_use_current", "land_use_plan"))
        return LandUse(*(None if isinstance(one, GeoplanError) else one for one in (current, plan)))

    def _read(self, name: str) -> "Layer | None":
        from geoplan import read

        if name in self.study.extra:
            return self.study.extra[name]
        if not self.study.declares(name):
            return None
        spec, declared = self.study.catalogue.layer(name), self.study.state(name) or {}
        where = partial(
            read.open_layer, spec, declared, folder=self.study.folder, crs=self.place.crs,
            allow_remote=self.study.allow_remote,
        )  # fmt: skip
        found = where(area=self.area, boundary=self.place.boundary)
        if found.is_raster:
            raise LayerError("site.raster", layer=spec.title)
        if not len(found.frame):
            # nothing near the sites is an answer only where the data have something elsewhere
            return where(area=None, boundary=self.place.boundary)
        return found


def _register(
    sites: "Sites", study: "Study", place: "Place", claim: "Claim | None", desk: Mapping[str, Any]
) -> "Register":
    """The batch, however it was handed in."""
    import geopandas as gpd

    from geoplan.sites.frame import register_of
    from geoplan.sites.site import Register, Site

    if isinstance(sites, Register):
        return sites
    if isinstance(sites, gpd.GeoDataFrame):
        return _claiming(register_of(sites, place.crs), claim)
    several = [sites] if isinstance(sites, (Site, Path, str)) else list(sites)
    if all(isinstance(one, Site) for one in several):
        return _claiming(Register(tuple(one for one in several if isinstance(one, Site)), crs=place.crs), claim)
    from geoplan.desk import Desk
    from geoplan.mailbag import collect

    earlier = desk.get("earlier", ())
    opened = replace(Desk.of(study, **{k: v for k, v in desk.items() if k != "earlier"}), earlier=earlier)
    return collect([Path(str(one)) for one in several], opened, claim)


def _claiming(register: "Register", claim: "Claim | None") -> "Register":
    """The batch, with what is said of it where a site itself says nothing."""
    if claim is None:
        return register
    sites = tuple(
        replace(site, activities=site.activities or claim.activities, planned_use=site.planned_use or claim.use)
        for site in register.sites
    )
    return replace(register, sites=sites)


def _area(register: "Register", place: "Place", limits: "Limits", rules: "tuple[Rule, ...]") -> "BaseGeometry":
    """Where control lines are read: the place with its context, and around every plot as far as any row looks."""
    import numpy as np
    import shapely

    from geoplan.crs import LARGEST_DISTORTION

    reach = max([limits.near, limits.adjacent, *(rule.distance for rule in rules)]) * (1 + LARGEST_DISTORTION)
    plots = [plot.shape for site in register.sites for plot in site.plots]
    west, south, east, north = shapely.total_bounds(np.array([place.boundary, *plots], dtype=object))
    wider = max(place.context, reach) + 1.0
    return shapely.box(west - wider, south - wider, east + wider, north + wider)


def _origin(study: "Study", place: "Place", report: "SiteReport", book: Rulebook) -> dict[str, Any]:
    """Everything needed to check or repeat a check; nothing in it changes from run to run on one machine."""
    from geoplan.provenance import origin_of

    used = [one for one in report.controls.values() if one is not None]
    limits = {name: getattr(report.limits, name) for name in THRESHOLDS}
    files = {
        name: {"file": f"{path.parent.name}/{path.name}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for name, path in book.files.items()
    }
    return {**origin_of(study, place, (), used), "rulebook": files, "thresholds": limits}
