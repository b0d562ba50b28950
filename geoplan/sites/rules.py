"""The rulebook of control lines: one row a line, class and use, edited by planners in a spreadsheet."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of controls.csv.

    Attributes:
        row: its row number in the file, the header being row 1.
        layer: layer name of the control line.
        class_name: a class of the line, `*` for every class no row names, or empty where the line has none.
        relation: `overlap`, `outside` (the part of the site in no feature), `inside`, `within_distance`.
        distance: metres, for `within_distance`.
        domain: whether it speaks of land, sea or both.
        applies_to: planned uses it applies to; all where empty.
        severity: 1 core reserve, 2 permanent farmland, 3 red line, 4 growth boundary, 5 and up others.
        verdict: what it says where the relation holds.
        activities: codes of the claimed activities it speaks of; none for a plain row.
        documents, exception, next_step, authority: what to hand in, the statutory exception, what to do, who says.
        basis: the document and article it rests on; a row without one, or with 待核, cannot forbid.
        required: whether the absence of its data blocks `clear`.
        valid_from, valid_to: ISO dates it is in force; open where empty.
        max_age: years after which its data are stale; None where they do not age.
        order: where it stands in the tables.
        wording: sentence by language that replaces the standard one; empty where it does not.
    """

    row: int
    layer: str
    class_name: str = ""
    relation: Literal["overlap", "outside", "inside", "within_distance"] = "overlap"
    distance: float = 0.0
    domain: Literal["land", "sea", "both"] = "both"
    applies_to: tuple[str, ...] = ()
    severity: int = 5
    verdict: Literal["forbidden", "conditional", "caution"] = "caution"
    activities: tuple[str, ...] = ()
    documents: str = ""
    exception: str = ""
    next_step: str = ""
    authority: str = ""
    basis: str = ""
    required: bool = True
    valid_from: str = ""
    valid_to: str = ""
    max_age: float | None = None
    order: int = 0
    wording: tuple[str, str] = ("", "")
