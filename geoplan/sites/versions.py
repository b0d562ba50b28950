"""Two versions of a layer: 面积不减少, 性质不改变, and where. Red lines and wetlands by the same machine."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import CRSError
from geoplan.measure import Change, Note, slack
from geoplan.ops import ellipsoid
from geoplan.ops.shift import Shift, displacement
from geoplan.result import Used
from geoplan.sites.causes import joined, read_causes
from geoplan.sites.finding import Limits
from geoplan.sites.version_remarks import became, remarks, surveyed
from geoplan.sites.version_report import Account, Aspect, Domain, Patch, VersionReport, Word
from geoplan.sites.version_state import Compared, State, compared
from geoplan.states import incomparable

if TYPE_CHECKING:
    from geoplan.layer import Layer
    from geoplan.place import Place

__all__ = ["FARTHEST", "compare_versions"]

FARTHEST = 0.5
"""Metres: versions displaced by more are not compared before somebody says that this is right."""
_DOMAINS: tuple[Domain, ...] = ("land", "sea", "unstated")


def compare_versions(
    before: "Layer",
    after: "Layer",
    *,
    place: "Place",
    causes: Sequence[Mapping[str, str]] = (),
    limits: Limits | None = None,
    confirmed_shift: bool = False,
    natural: Sequence[str] = (),
    land: "Layer | None" = None,
) -> VersionReport:
    """What changed between two versions of a layer, over one place: in total, by class, patch by patch.

    Both versions are cut to the place; ground that several features of a version hold counts once, for the class that
    stands first in the contract. Nothing is moved: versions that lie beside each other are refused until confirmed.

    Args:
        before: polygons in the study CRS.
        after: likewise, of the same contract.
        place: where.
        causes: the user's table of causes, one row a patch or feature (see `read_causes`).
        limits: what counts as a sliver.
        confirmed_shift: whether somebody has said that a systematic displacement is right.
        natural: the classes that count as natural (of wetlands); none elsewhere.
        land: land uses of the later date; says what lost ground became, where the table of causes does not.

    Raises:
        CRSError: they are in different coordinate systems, or displaced by more than half a metre unconfirmed.
        Problems: the table of causes cannot be honoured.
    """
    limits, told = limits or Limits(), read_causes(causes)
    _one_system(before, after, place)
    was, now = State.of(before, place, natural), State.of(after, place, natural)
    shift = _shift(was, now, place)
    if shift is not None and shift.metres > FARTHEST and not confirmed_shift:
        raise CRSError("versions.shift", **_moved(shift))
    whole = compared(was, now, place, limits)
    _balanced(whole)
    patches, idle = joined(_numbered(whole), told)
    patches = became(patches, land) if land is not None else patches
    reason = incomparable(before, after, place)
    return VersionReport(
        layer=before.name,
        before=_used(before),
        after=_used(after),
        place=place,
        change=Change(whole.account("").flow),
        accounts=tuple(_accounts(was, now, whole, place, limits)),
        patches=patches,
        verdicts=_careful(_verdicts(whole, patches, comparable=reason is None), before, after),
        surveyed=surveyed(whole, told),
        shift=shift,
        incomparable=reason,
        natural=whole.natural if natural else None,
        held=whole.held,
        unchanged=tuple(whole.ground.shapes[whole.kinds() == ""]),
        notes=(*_shifted(shift), *remarks(before, after, whole), *idle),
        limits=limits,
    )


def _one_system(before: "Layer", after: "Layer", place: "Place") -> None:
    systems = {"before": before.frame.crs, "after": after.frame.crs, "place": place.crs}
    if any(crs != place.crs for crs in systems.values()):
        raise CRSError("versions.two_systems", **{name: getattr(crs, "name", None) for name, crs in systems.items()})


def _used(layer: "Layer") -> Used:
    return Used(layer.name, layer.spec, layer.source, layer.ledger)


def _shift(was: State, now: State, place: "Place") -> Shift | None:
    """The displacement on the ground, whatever the plane makes of it."""
    found = displacement(was.whole, now.whole)
    if found is None:
        return None
    middle = place.boundary.centroid
    scale = float(ellipsoid.scale(np.array([middle.x]), np.array([middle.y]), place.crs)[0])
    return found._replace(metres=found.metres / scale, spread=found.spread / scale)


def _moved(shift: Shift) -> dict[str, str]:
    return {
        "metres": f"{shift.metres:.2f}",
        "azimuth": f"{shift.azimuth:.0f}°",
        "spread": f"{shift.spread:.2f}",
        "percent": f"{100 * shift.matched:.0f}",
    }


def _shifted(shift: Shift | None) -> Iterator[Note]:
    if shift is None:
        yield Note("versions.shift_unknown")
    elif shift.metres > FARTHEST:
        yield Note("versions.shift_confirmed", _moved(shift))


def _accounts(was: State, now: State, whole: Compared, place: "Place", limits: Limits) -> Iterator[Account]:
    """All ground once, then each domain for itself where the data tell any apart."""
    yield whole.account("")
    if not {"land", "sea"} & {*was.domain, *now.domain}:
        return
    for domain in _DOMAINS:
        if domain in {*was.domain, *now.domain}:
            yield compared(was.only(domain), now.only(domain), place, limits).account(domain)


def _balanced(whole: Compared) -> None:
    """The second version, measured for itself, is what the first became.

    Raises:
        ValueError: it is not: a difference was lost on the way.
    """
    flow = whole.account("").flow
    own = math.fsum(ellipsoid.area(whole.now.shapes, whole.crs))
    if abs(own - flow.after) > 10 * slack(flow.before + own) + whole.dust:
        raise ValueError(f"{flow.before} - {flow.lost} + {flow.gained} m2 is not {own} m2")


def _numbered(whole: Compared) -> Iterator[Patch]:
    """The patches, each by the id of its feature; those of a feature that changed in several places are counted."""
    order = {"lost": 0, "reclassified": 1, "gained": 2}
    patches = sorted(whole.patches(), key=lambda p: (order[p.kind], p.sliver, -p.area, p.feature, *p.shape.bounds))
    places: dict[str, int] = {}
    for patch in patches:
        places[patch.feature] = places.get(patch.feature, 0) + 1
    taken = {feature for feature, count in places.items() if count == 1}
    counted: dict[str, int] = {}
    for patch in patches:
        number = patch.feature
        if places[number] > 1:
            counted[number] = counted.get(number, 0) + 1
            number = f"{number}-{counted[number]}"
            while number in taken:
                number += "*"
            taken.add(number)
        yield replace(patch, number=number)


def _verdicts(whole: Compared, patches: Sequence[Patch], *, comparable: bool) -> dict[Aspect, Word]:
    """A word for each aspect; what is only a sliver, or of unknown class, is for a person to look at."""
    if not comparable:
        return {
            "area": "not_comparable",
            "class": "not_comparable",
            "place": "not_comparable",
            "function": "not_assessed",
        }
    flow = whole.account("").flow
    lost, reclassified = ({p.sliver for p in patches if p.kind == kind} for kind in ("lost", "reclassified"))
    return {
        "area": "changed" if flow.after < flow.before - slack(flow.before) else "kept",
        "class": _word(reclassified, doubt=whole.unclassed > 0),
        "place": _word(lost, doubt=False),
        "function": "not_assessed",
    }


def _careful(words: dict[Aspect, Word], *versions: "Layer") -> dict[Aspect, Word]:
    """The words, those that would decide left to a person where a version came through a crosswalk."""
    if not any(version.source.crosswalk for version in versions):
        return words
    return {aspect: "needs_review" if word in {"changed", "kept"} else word for aspect, word in words.items()}


def _word(slivers: set[bool], *, doubt: bool) -> Word:
    if False in slivers:
        return "changed"
    return "needs_review" if slivers or doubt else "kept"
