"""The tables of two versions, with the heads planners know: totals, findings, patches, matrix, 勘界差异, wetlands."""

from collections.abc import Callable, Iterator, Sequence

from geoplan.draw.figures import closed
from geoplan.draw.site_tables import Roll
from geoplan.draw.tables import Cell, Head
from geoplan.draw.version_view import HECTARE, VersionView
from geoplan.sites.version_report import Account, ClassFlow, Patch

__all__ = ["patches", "rolls"]

NOTHING = Cell("—")
_DIGITS = 4
_TEXTS = frozenset({
    "patch", "zone", "class_before", "class_after", "kind", "adjustment", "approval", "remark", "domain", "class",
    "feature", "reason", "wetland", "wetland_class", "land", "project", "compensation", "accepted", "aspect",
    "verdict", "said", "from_to",
})  # fmt: skip
_WIDE = frozenset({"remark", "reason", "said", "adjustment", "approval"})


def rolls(view: VersionView) -> Iterator[Roll]:
    """Every table, in the order of the book."""
    yield _totals(view)
    yield _findings(view)
    yield patches(view)
    if view.report.natural is not None:
        yield _wetlands(view)
    yield _matrix(view)
    if view.report.surveyed:
        yield _surveyed(view)


def patches(view: VersionView) -> Roll:
    """The table of patches: what the user fills in and hands back as the table of causes."""
    names = (
        "number",
        "patch",
        "zone",
        "class_before",
        "class_after",
        "kind",
        "area_m2",
        "width",
        "adjustment",
        "approval",
        "remark",
    )
    rows = tuple(_patch(view, number, patch) for number, patch in enumerate(view.report.patches, start=1))
    limits = view.report.limits
    base = view.voice.say("versions.table.base", area=f"{limits.sliver_area:g}", width=f"{limits.sliver_width:g}")
    return _roll(view, "patches", names, rows, (base, view.voice.say("versions.table.pending_note")))


def _patch(view: VersionView, number: int, patch: Patch) -> tuple[Cell, ...]:
    return (
        Cell(str(number), number),
        Cell(patch.number),
        Cell(patch.zone or NOTHING.text),
        Cell(view.class_name(patch.class_before, NOTHING.text)),
        Cell(view.class_name(patch.class_after, NOTHING.text)),
        Cell(view.kind(patch), kind="sliver" if patch.sliver else ""),
        Cell.of(view.square_metres(patch.area)),
        Cell.of(view.metres(patch.width)),
        _pending(view, patch.adjustment),
        _pending(view, patch.approval),
        Cell(patch.remark),
    )


def _pending(view: VersionView, text: str) -> Cell:
    return Cell(text) if text else Cell(view.voice.say("versions.pending"), kind="not_checked")


def _totals(view: VersionView) -> Roll:
    accounts = (*view.report.accounts[1:], view.report.accounts[0])
    apart = len(accounts) > 1
    names = (
        *(("domain",) if apart else ()),
        "class", "before_ha", "after_ha", "gained_ha", "lost_ha", "turned_ha", "net_ha", "net_percent", "slivers_ha",
    )  # fmt: skip
    rows = tuple(row if apart else row[1:] for account in accounts for row in _account(view, account))
    notes = ["versions.table.turned_note", "site_word.rounding", *(["versions.table.union_note"] if apart else [])]
    said = (*view.sentences(), *(view.voice.say(note) for note in notes))
    return _roll(view, "totals", names, rows, said)


def _account(view: VersionView, account: Account) -> Iterator[tuple[Cell, ...]]:
    """A row a class and the sum, each column adding up as it is printed."""
    flow = account.flow
    pure: dict[str, Callable[[ClassFlow], float]] = {
        "before": lambda c: c.flow.before,
        "after": lambda c: c.flow.after,
        "gained": lambda c: c.flow.gained - c.came_in,
        "lost": lambda c: c.flow.lost - c.went_out,
    }
    columns = [
        closed([amount(c) / HECTARE for c in account.classes], getattr(flow, name) / HECTARE, _DIGITS)[0]
        for name, amount in pure.items()
    ]
    title = Cell(view.voice.say(f"versions.domain.{account.domain or 'all'}"))
    for number, one in enumerate(account.classes):
        amounts = [
            _hectares(view, column[number], exact(one)) for column, exact in zip(columns, pure.values(), strict=True)
        ]
        turned, net = one.came_in - one.went_out, one.flow.gained - one.flow.lost
        yield (
            title,
            Cell(view.class_name(one.name or "")),
            *amounts,
            *_net(view, turned, net, one.flow.before, one.flow.slivers),
        )
    whole = [Cell.of(view.hectares(amount)) for amount in (flow.before, flow.after, flow.gained, flow.lost)]
    thin = flow.slivers + account.reclassified_slivers
    rest = _net(view, account.reclassified, flow.gained - flow.lost, flow.before, thin)
    yield (title, Cell(view.voice.say("versions.domain.all")), *whole, *rest)


def _hectares(view: VersionView, shown: float, exact: float) -> Cell:
    """A rounded amount; one that rounds to nothing and is something says so."""
    return Cell.of(view.hectares(shown * HECTARE)) if shown or not exact > 0 else Cell.of(view.hectares(exact))


def _net(view: VersionView, turned: float, net: float, before: float, slivers: float) -> tuple[Cell, ...]:
    figures = (view.hectares(turned), view.hectares(net), view.percent(net, before), view.hectares(slivers))
    return tuple(Cell.of(figure) for figure in figures)


def _findings(view: VersionView) -> Roll:
    rows = tuple(
        (Cell(view.voice.say(f"versions.aspect.{aspect}")), Cell(view.verdict(aspect)), Cell(said))
        for aspect, said in view.aspects()
    )
    return _roll(view, "verdicts", ("aspect", "verdict", "said"), rows)


def _matrix(view: VersionView) -> Roll:
    """Which class became which: the earlier version down, the later across; ground outside the layer too."""
    matrix = view.report.accounts[0].matrix
    order = [c.name or "" for c in view.report.accounts[0].classes]
    down, across = ([*(c for c in order if any(key[i] == c for key in matrix)), None] for i in (0, 1))
    outside = view.voice.say("versions.head.outside")
    heads = (_head(view, "from_to"), *(Head(view.class_name(c, outside), numeric=True) for c in across))
    rows = tuple(
        (
            Cell(view.class_name(b, outside)),
            *(Cell.of(view.hectares(m2)) if (m2 := matrix.get((b, a))) else NOTHING for a in across),
        )
        for b in down
    )
    return Roll("matrix", view.voice.say("versions.table.matrix"), heads, rows)


def _surveyed(view: VersionView) -> Roll:
    names = (
        "number",
        "feature",
        "approved_ha",
        "surveyed_ha",
        "difference_m2",
        "difference_percent",
        "offset",
        "reason",
    )
    rows = tuple(
        (
            Cell(str(number), number),
            Cell(one.feature),
            Cell.of(view.hectares(one.before)),
            Cell.of(view.hectares(one.after)),
            Cell.of(view.square_metres(one.difference)),
            Cell.of(view.percent(one.difference, one.before)),
            Cell.of(view.metres(one.offset)),
            _pending(view, one.reason) if one.difference or one.offset else NOTHING,
        )
        for number, one in enumerate(view.report.surveyed, start=1)
    )
    return _roll(view, "surveyed", names, rows)


def _wetlands(view: VersionView) -> Roll:
    """A row for each feature that lost ground or changed its class, and for each piece gained."""
    names = (
        "number", "wetland", "wetland_class", "base_m2", "end_m2", "change_m2", "land", "project", "compensation",
        "approval", "accepted",
    )  # fmt: skip
    report = view.report
    mine: dict[str, list[Patch]] = {}
    for patch in (p for p in report.patches if p.kind != "gained"):
        mine.setdefault(patch.feature, []).append(patch)
    rows = []
    for feature, found in mine.items():
        held, gone = report.held[feature], sum(p.area for p in found)
        rows.append(_wetland(view, feature, found, (held, held - gone)))
    rows += [_wetland(view, p.number, [p], (0.0, p.area)) for p in report.patches if p.kind == "gained"]
    return _roll(view, "wetlands", names, tuple((Cell(str(n), n), *row) for n, row in enumerate(rows, start=1)))


def _wetland(view: VersionView, name: str, found: Sequence[Patch], amounts: tuple[float, float]) -> tuple[Cell, ...]:
    base, end = amounts
    first = found[0]
    own = first.class_after if first.kind == "gained" else first.class_before
    into = dict.fromkeys(_became(view, patch) for patch in found)
    told = [dict.fromkeys(p.more.get(key, "") for p in found) for key in ("project", "compensation", "accepted")]
    project, compensation, accepted = (view.voice.say("report.comma").join(filter(None, texts)) for texts in told)
    approval = view.voice.say("report.comma").join(filter(None, dict.fromkeys(p.approval for p in found)))
    return (
        Cell(name),
        Cell(view.class_name(own, NOTHING.text)),
        Cell.of(view.square_metres(base)),
        Cell.of(view.square_metres(max(end, 0.0))),
        Cell.of(view.square_metres(end - base)),
        Cell(view.voice.say("report.comma").join(filter(None, into)) or NOTHING.text),
        _pending(view, project) if first.kind == "lost" else Cell(project or NOTHING.text),
        _pending(view, compensation) if first.kind == "lost" else Cell(compensation or NOTHING.text),
        _pending(view, approval),
        Cell(accepted or NOTHING.text),
    )


def _became(view: VersionView, patch: Patch) -> str:
    """What ground became: another class of the layer, else the land it is now."""
    if patch.kind == "reclassified":
        return view.class_name(patch.class_after)
    land = patch.more.get("land", "")
    return view.class_name(land) if land else ""


def _roll(
    view: VersionView,
    name: str,
    columns: Sequence[str],
    rows: tuple[tuple[Cell, ...], ...],
    notes: tuple[str, ...] = (),
) -> Roll:
    return Roll(name, view.voice.say(f"versions.table.{name}"), tuple(_head(view, c) for c in columns), rows, notes)


def _head(view: VersionView, name: str) -> Head:
    return Head(view.voice.say(f"versions.head.{name}"), numeric=name not in _TEXTS, wide=name in _WIDE)
