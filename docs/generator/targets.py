"""The targets of plans: a page a plan, every row with where it is printed."""

import re
from collections.abc import Mapping, Sequence

from generator.markdown import both, cell, code, heading, link, paragraphs, table, titled
from geoplan.target import Target
from geoplan.units import symbol
from geoplan.words import LANGUAGES

__all__ = ["index", "page", "plans", "rows"]

_NUMBER = re.compile(r"（(\d+)）$")


def plans(targets: Sequence[Target]) -> dict[str, str]:
    """Source -> the name of its page: the number it ends in, else its place in the file."""
    sources = dict.fromkeys(target.source for target in targets)
    return {s: found[1] if (found := _NUMBER.search(s)) else f"plan-{n}" for n, s in enumerate(sources, start=1)}


def rows(targets: Sequence[Target], *, home: str) -> str:
    """The targets of a question as a table, one row an indicator of a plan; empty where there are none.

    Args:
        targets: the rows.
        home: where the pages of plans are, as a link from the page of the table.
    """
    names = plans(targets)
    lines = [
        (
            code(one[0].id), cell(one[0].area), *_told(one),
            f"{link(cell(one[0].source), f'{home}{names[one[0].source]}.md')}<br>{_each(one, 'locator')}",
            _each(one, "note"),
        )
        for one in _together(targets)
    ]  # fmt: skip
    heads = ("编号 Id", "范围 Area", "目标 Target", "基期 Baseline", "属性 Attribute", "出处 Source", "备注 Note")
    return table(heads, lines)


def _listed(targets: Sequence[Target], titles: Mapping[str, Mapping[str, str]]) -> str:
    """The targets of a plan as a table, one row an indicator."""
    lines = [
        (f"{_question(one[0], titles)}<br>{code(one[0].id)}", *_told(one), _each(one, "locator"), _each(one, "note"))
        for one in _together(targets)
    ]
    heads = ("指标 Question", "目标 Target", "基期 Baseline", "属性 Attribute", "位置 Where", "备注 Note")
    return table(heads, lines)


def _together(targets: Sequence[Target]) -> list[list[Target]]:
    """Targets of one indicator, question, area and plan, in the order of their years."""
    found: dict[tuple[str, ...], list[Target]] = {}
    for target in targets:
        found.setdefault((target.id, target.analysis, target.area, target.source), []).append(target)
    return [sorted(one, key=lambda target: target.year or 0) for one in found.values()]


def _told(one: Sequence[Target]) -> tuple[str, str, str]:
    """What is asked by when, from which baseline, and how binding it is."""
    asked = "<br>".join(f"**{target.year}** {_asks(target)}" if target.year else _asks(target) for target in one)
    bases = dict.fromkeys(base for target in one if (base := _baseline(target)))
    words = dict.fromkeys(word for target in one for word in (target.attribute, target.aspirational) if word)
    return asked, "<br>".join(bases) or "—", cell(" ".join(words)) or "—"


def _each(one: Sequence[Target], column: str) -> str:
    """What the rows say in a column, each text once."""
    return "<br>".join(cell(text) for text in dict.fromkeys(getattr(t, column) for t in one) if text) or "—"


def _question(target: Target, titles: Mapping[str, Mapping[str, str]]) -> str:
    title = titles.get(target.analysis)
    if title is None:
        return code(target.analysis)
    if target.kind == "reported":
        return f"{both(title)}<br>填报 reported"
    return titled(title, f"../analyses/{target.analysis}.md")


def _asks(target: Target) -> str:
    """A number with its unit, or the words of the plan; how they are compared where no number says it."""
    if target.numbers is None:
        return f"{cell(target.value)} {code(target.op)}".strip()
    return both({language: f"{target.asks(language)} {symbol(target.unit, language)}" for language in LANGUAGES})


def _baseline(target: Target) -> str:
    year = "未注明年份 undated" if target.baseline_year == "unstated" else target.baseline_year
    return cell(f"{target.baseline_value} ({year})" if target.baseline_value and year else target.baseline_value)


def page(source: str, targets: Sequence[Target], titles: Mapping[str, Mapping[str, str]]) -> str:
    """The page of one plan."""
    mine = [target for target in targets if target.source == source]
    parts: list[str] = []
    for area in dict.fromkeys(target.area for target in mine):
        parts.append(f"## {cell(area)}")
        parts.append(_listed([t for t in mine if t.area == area], titles))
    lead = (
        f"{len({t.id for t in mine})} 项指标，{len(mine)} 条目标；要求、单位、基期均为原文。 "
        f"{len({t.id for t in mine})} indicators, {len(mine)} targets; what is asked is the plan's own text."
    )
    return paragraphs(f"# {cell(source)}", lead, *parts)


def index(targets: Sequence[Target]) -> str:
    """The list of plans."""
    names = plans(targets)
    lines = []
    for source, name in names.items():
        mine = [target for target in targets if target.source == source]
        years = sorted({t.year for t in mine if t.year})
        lines.append((
            link(cell(source), f"{name}.md"), "、".join(cell(a) for a in dict.fromkeys(t.area for t in mine)),
            str(len({t.id for t in mine})), str(len(mine)), " ".join(map(str, years)),
        ))  # fmt: skip
    heads = ("规划 Plan", "范围 Areas", "指标 Indicators", "目标 Targets", "年份 Years")
    lead = (
        "目标一行一条，各列含义和判断方式见[填写说明](format.md)。两份规划要求不同的，两行并列。 "
        "One row a target; what the columns mean and how targets are judged: [format](format.md). Plans that disagree "
        "stand side by side."
    )
    return paragraphs(heading(1, "规划目标", "Targets of plans"), lead, table(heads, lines))
