"""The rulebook of control lines: one row a line, class and use, edited by planners in a spreadsheet."""

import string
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from geoplan.errors import DefinitionError, GeoplanError, Problems, nearest
from geoplan.sites.cells import Cells

if TYPE_CHECKING:
    from geoplan.layer import LayerSpec

__all__ = ["COLUMNS", "EVERY", "HARD", "SLOTS", "Relation", "Rule", "RuleVerdict", "doubts", "read_rules"]

Relation = Literal["overlap", "outside", "inside", "within_distance"]
RuleVerdict = Literal["forbidden", "conditional", "caution", "clear"]
Domain = Literal["land", "sea", "both"]

COLUMNS = (
    "layer", "class", "relation", "distance_m", "domain", "applies_to", "severity", "verdict", "activity", "documents",
    "exception", "next_step", "authority", "basis", "required", "valid_from", "valid_to", "max_age_years", "order",
    "wording_zh", "wording_en",
)  # fmt: skip
EVERY = "*"
"""The class that stands for every class no row names."""
SLOTS = ("control", "area", "share", "basis", "exception", "documents", "authority", "activity", "distance")
"""What a wording of a row may have filled in."""
HARD = 2
"""Severities up to this one are never softened by a claimed activity."""
_GRAVE = 3
_PENDING = "待核"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of controls.csv.

    Attributes:
        row: its row number in the file, the header being row 1.
        layer: layer name of the control line.
        class_name: a class of the line, `*` for every class no row names, or empty where the line has none.
        relation: `overlap`, `outside` (the part of the site in no feature), `inside`, `within_distance`.
        distance: metres, for `within_distance`; 0 is to touch or cross.
        domain: whether it speaks of land, sea or both.
        applies_to: planned uses it applies to, as codes or names; all where empty.
        severity: 1 core reserve, 2 permanent farmland, 3 red line, 4 growth boundary, 5 and up others.
        verdict: what it says where the relation holds; `clear` only of ground a site should lie inside.
        activities: codes of the claimed activities it speaks of; none for a plain row.
        documents, exception, next_step, authority: what to hand in, the statutory exception, what to do, who says.
        basis: the document and article it rests on; a row without one, or with 待核, cannot forbid.
        required: whether the absence of its data blocks `clear`.
        valid_from, valid_to: ISO dates it is in force; open where empty.
        max_age: years after which its data are stale; None where they do not age.
        order: where it stands in the tables.
        wording: sentence in Chinese and English that replaces the standard one; empty where it does not.
    """

    row: int
    layer: str
    class_name: str = ""
    relation: Relation = "overlap"
    distance: float = 0.0
    domain: Domain = "both"
    applies_to: tuple[str, ...] = ()
    severity: int = 5
    verdict: RuleVerdict = "caution"
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

    @property
    def founded(self) -> bool:
        """Whether it names a basis that somebody has checked."""
        return bool(self.basis) and _PENDING not in self.basis

    @property
    def says(self) -> RuleVerdict:
        """Its verdict; a row nobody has founded does not forbid, it asks for a procedure.

        >>> Rule(2, "eco_redline", verdict="forbidden").says
        'conditional'
        >>> Rule(2, "eco_redline", verdict="forbidden", basis="自然资发〔2022〕142号").says
        'forbidden'
        """
        return "conditional" if self.verdict == "forbidden" and not self.founded else self.verdict

    def in_force(self, day: str) -> bool:
        """Whether it is in force on a day (ISO text); where the day is not known, it is.

        >>> rule = Rule(2, "parks", valid_from="2025", valid_to="2026-06")
        >>> [rule.in_force(day) for day in ("2024-12-31", "2025-01-01", "2026-06-30", "2026-07-01", "")]
        [False, True, True, False, True]
        """
        # a year or a month is all of its days: cut to the same length, the texts compare
        before = self.valid_from and day and day < self.valid_from[: len(day)]
        after = self.valid_to and day and day[: len(self.valid_to)] > self.valid_to
        return not (before or after)


def read_rules(
    rows: Sequence[Mapping[str, str]],
    file: str,
    *,
    specs: "Mapping[str, LayerSpec] | None" = None,
    activities: Collection[str] | None = None,
    uses: Callable[[str], bool] | None = None,
) -> tuple[Rule, ...]:
    """The rules of a table, in its order.

    Args:
        rows: below the header, row 2 of the file first; empty rows are passed over.
        file: for messages.
        specs: contracts of the layers, to check names and classes against; not checked where left out.
        activities: codes of the limited activities; not checked where left out.
        uses: whether a planned use is known; not checked where left out.

    Raises:
        Problems: one sentence for each thing that cannot be honoured, naming its row and column.

    >>> row = {**dict.fromkeys(COLUMNS, ""), "layer": "parks", "severity": "5", "verdict": "caution"}
    >>> [(rule.row, rule.layer, rule.relation) for rule in read_rules([row], "controls.csv")]
    [(2, 'parks', 'overlap')]
    >>> read_rules([], "controls.csv")
    ()
    """
    wrong: list[GeoplanError] = list(_columns(rows, file))
    found: list[Rule] = []
    for row, cells in enumerate([] if wrong else rows, start=2):
        if not any(cells.values()):
            continue
        read = Cells(cells)
        rule = _rule(row, read)
        faults = [*read.faults, *_within(rule, read), *_against(rule, specs, activities, uses)]
        wrong += [DefinitionError("rule.row", file=file, row=row, reason=fault) for fault in faults]
        found.append(rule)
    wrong += _twice(found, file)
    if wrong:
        raise Problems(wrong)
    return tuple(found)


def doubts(rules: Sequence[Rule], file: str) -> list[GeoplanError]:
    """What a rulebook says in vain: rows that forbid without a basis, activities that would soften the worst.

    >>> [e.fields["row"] for e in doubts([Rule(7, "eco_redline", verdict="forbidden")], "controls.csv")]
    [7]
    >>> doubts([], "controls.csv")
    []
    """
    found: list[GeoplanError] = [
        DefinitionError("rule.unfounded", file=file, row=r.row) for r in rules if r.says != r.verdict
    ]
    hard = {(r.layer, r.class_name) for r in rules if not r.activities and r.severity <= HARD}
    found += [
        DefinitionError("rule.not_softened", file=file, row=r.row)
        for r in rules
        if r.activities and (r.layer, r.class_name) in hard
    ]
    return found


def _columns(rows: Sequence[Mapping[str, str]], file: str) -> Iterator[GeoplanError]:
    if not rows:
        return
    for name in rows[0]:
        if name not in COLUMNS:
            close = nearest(name, COLUMNS) or ", ".join(COLUMNS)
            yield DefinitionError("rule.column", file=file, column=name, nearest=close)
    for name in COLUMNS:
        if name not in rows[0]:
            yield DefinitionError("rule.column_missing", file=file, column=name)


def _rule(row: int, cells: Cells) -> Rule:
    """The rule of a row; what cannot be read takes its default and leaves a fault with the cells."""
    return Rule(
        row=row,
        layer=cells.text("layer", required=True),
        class_name=cells.text("class"),
        relation=cells.word("relation", get_args(Relation), "overlap"),
        distance=cells.number("distance_m", 0.0),
        domain=cells.word("domain", get_args(Domain), "both"),
        applies_to=cells.several("applies_to"),
        severity=cells.whole("severity", None),
        verdict=cells.word("verdict", get_args(RuleVerdict), None),
        activities=cells.several("activity"),
        documents=cells.text("documents"),
        exception=cells.text("exception"),
        next_step=cells.text("next_step"),
        authority=cells.text("authority"),
        basis=cells.text("basis"),
        required=cells.flag("required", empty=True),
        valid_from=cells.date("valid_from"),
        valid_to=cells.date("valid_to"),
        max_age=cells.number("max_age_years", 0.0) or None,
        order=cells.whole("order", 0),
        wording=(cells.text("wording_zh"), cells.text("wording_en")),
    )


def _within(rule: Rule, cells: Cells) -> Iterator[GeoplanError]:
    """What a row says that does not go together."""
    if (rule.relation == "within_distance") != bool(cells.text("distance_m")):
        yield DefinitionError("rule.distance")
    if rule.severity < 1:
        yield DefinitionError("rule.severity", value=rule.severity)
    if rule.verdict == "clear" and (rule.relation != "inside" or rule.severity <= _GRAVE):
        yield DefinitionError("rule.clear")
    if rule.relation == "outside" and rule.class_name not in {"", EVERY}:
        yield DefinitionError("rule.outside")
    if rule.valid_from and rule.valid_to and not rule.in_force(rule.valid_from):
        yield DefinitionError("rule.dates", first=rule.valid_from, last=rule.valid_to)
    for column, text in zip(("wording_zh", "wording_en"), rule.wording, strict=True):
        for slot in _unknown_slots(text):
            yield DefinitionError("rule.slot", column=column, slot=slot, allowed=", ".join(SLOTS))


def _unknown_slots(text: str) -> list[str]:
    try:
        slots = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        return [text]
    return [slot for slot in slots if slot not in SLOTS]


def _against(
    rule: Rule,
    specs: "Mapping[str, LayerSpec] | None",
    activities: Collection[str] | None,
    uses: Callable[[str], bool] | None,
) -> Iterator[GeoplanError]:
    """What a row says of layers, classes, activities and uses that there are not."""
    if specs is not None and rule.layer:
        yield from _against_layer(rule, specs)
    if activities is not None:
        for code in rule.activities:
            if code not in activities:
                yield DefinitionError("rule.word", column="activity", value=code, nearest=", ".join(activities))
    if uses is not None:
        for use in rule.applies_to:
            if not uses(use):
                yield DefinitionError("rule.use", value=use)


def _against_layer(rule: Rule, specs: "Mapping[str, LayerSpec]") -> Iterator[GeoplanError]:
    if rule.layer not in specs:
        close = nearest(rule.layer, specs) or ", ".join(sorted(specs)[:8])
        yield DefinitionError("rule.word", column="layer", value=rule.layer, nearest=close)
        return
    classes = specs[rule.layer].classes
    nameless = not rule.class_name and classes and rule.relation != "outside"
    if nameless or rule.class_name not in {*classes, EVERY, ""}:
        close = nearest(rule.class_name, classes) or ", ".join((*classes, EVERY))
        yield DefinitionError("rule.word", column="class", value=rule.class_name, nearest=close)


def _twice(found: Sequence[Rule], file: str) -> Iterator[GeoplanError]:
    seen: dict[tuple[Any, ...], int] = {}
    for r in found:
        where = (r.layer, r.class_name, r.relation, r.distance, r.domain, r.valid_from, r.valid_to)
        key = (*where, frozenset(r.applies_to), frozenset(r.activities))
        if key in seen:
            yield DefinitionError("rule.twice", file=file, row=r.row, other=seen[key])
        seen.setdefault(key, r.row)
