"""What is asked of every control line of a batch: plots, who claims what on them, and what counts as near."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geoplan.ops import ellipsoid
from geoplan.sites.finding import Contact, Limits
from geoplan.sites.rules import Rule
from geoplan.sites.sides import Part, parts_of
from geoplan.sites.uses import Uses
from geoplan.sites.verdicts import Claim, Side

if TYPE_CHECKING:
    from pyproj import CRS

    from geoplan.layer import Layer
    from geoplan.plot import Plot
    from geoplan.sites.site import Register

__all__ = ["Ask", "Project", "ask_of"]


class Project(NamedTuple):
    """All plots of a project: the positions of the first and after the last, and the side of the shore they lie on.

    The side is empty where they lie on both, or nobody knows; the contact is one of which nothing was looked at.
    """

    first: int
    end: int
    claim: Claim
    side: Side
    contact: Contact


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What is asked of every control line: plots, who claims what on them, and what counts as near.

    Attributes:
        plots: of all sites, in the study CRS.
        receipts, keys: of each plot, the receipt of its site and the key it is called by.
        claims: of each plot, what its project says of itself.
        wholes: m2 of each plot.
        parts: plots cut at the shore.
        projects: where the plots of each project are, and what is asked of all of them alike.
        crs: of the study.
        limits: what counts as near, adjacent, sliver.
        uses: what planned uses mean.
        day: ISO date; empty where nobody knows.
    """

    plots: "Sequence[Plot]"
    receipts: Sequence[str]
    keys: Sequence[str]
    claims: Sequence[Claim]
    wholes: Sequence[float]
    parts: Sequence[Part]
    projects: "Sequence[Project]"
    crs: "CRS"
    limits: Limits
    uses: Uses
    day: str = ""

    def cut(self, rules: Sequence[Rule]) -> Sequence[Part]:
        """Plots cut at the shore where the rows of a line tell land from sea, else whole."""
        if any(rule.domain != "both" for rule in rules):
            return self.parts
        return [Part(i, plot) for i, plot in enumerate(self.plots)]


def ask_of(register: "Register", crs: "CRS", *, land: "Layer | None", limits: Limits, uses: Uses, day: str = "") -> Ask:
    """What is asked about a batch.

    Args:
        register: plots in the study CRS.
        crs: of the study.
        land: polygons of the land, where rows tell land from sea; nobody knows where a plot lies without them.
        limits: what counts as near, adjacent, sliver.
        uses: what planned uses mean.
        day: ISO date; empty where nobody knows.
    """
    plots = [plot for site in register.sites for plot in site.plots]
    parts = parts_of(plots, land, crs)
    wholes = ellipsoid.area(np.array([plot.shape for plot in plots], dtype=object), crs).tolist()
    sides: dict[int, Side] = {part.owner: part.side for part in parts if part.all_of_it}
    projects: list[Project] = []
    claims: list[Claim] = []
    for site in register.sites:
        first, end = len(claims), len(claims) + len(site.plots)
        claim = Claim(frozenset(site.activities), site.planned_use)
        claims += [claim] * len(site.plots)
        here: set[Side] = {sides.get(i, "") for i in range(first, end)}
        contact = Contact(uncovered=float(sum(wholes[first:end])))
        if site.plots:
            projects.append(Project(first, end, claim, here.pop() if len(here) == 1 else "", contact))
    return Ask(
        plots=plots,
        receipts=[site.receipt for site in register.sites for _ in site.plots],
        keys=[key for site in register.sites for key in site.keys],
        claims=claims,
        wholes=wholes,
        parts=parts,
        projects=projects,
        crs=crs,
        limits=limits,
        uses=uses,
        day=day,
    )
