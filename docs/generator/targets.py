"""The targets of plans: a page a plan, every row with where it is printed."""

import re
from collections.abc import Mapping, Sequence

from generator.markdown import both, cell, code, heading, link, paragraphs, table, titled
from geoplan.target import Target

__all__ = ["index", "page", "plans", "rows"]

_NUMBER = re.compile(r"（(\d+)）$")


def plans(targets: Sequence[Target]) -> dict[str, str]:
    """Source -> the name of its page: the number it ends in, else its place in the file."""
    sources = dict.fromkeys(target.source for target in targets)
    return {s: found[1] if (found := _NUMBER.search(s)) else f"plan-{n}" for n, s in enumerate(sources, start=1)}


def rows(
    targets: Sequence[Target], *, home: str, asked: bool, titles: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """Targets as a table; empty where there are none.

    Args:
        targets: the rows.
        home: where the pages of plans are, as a link from the page of the table.
        asked: whether each says which question it is a target of; else which plan.
        titles: question -> title by language.
    """
    names = plans(targets)
    known = titles or {}
    heads = ("指标编号 Id", *(("指标 Question",) if asked else ()), "范围 Area", "年份 Year", "要求 Asked", "基期 Baseline",
             "属性 Attribute", *(() if asked else ("出处 Source",)), "位置 Where", "备注 Note")  # fmt: skip
    lines = []
    for target in targets:
        question = (_question(target, known),) if asked else ()
        source = () if asked else (link(cell(target.source), f"{home}{names[target.source]}.md"),)
        lines.append((
            code(target.id), *question, cell(target.area), str(target.year or "—"), _asks(target), _baseline(target),
            cell(" ".join(dict.fromkeys(w for w in (target.attribute, target.aspirational) if w))) or "—", *source,
            cell(target.locator) or "—", cell(target.note) or "—",
        ))  # fmt: skip
    return table(heads, lines)


def _question(target: Target, titles: Mapping[str, Mapping[str, str]]) -> str:
    title = titles.get(target.analysis)
    if title is None:
        return code(target.analysis)
    if target.kind == "reported":
        return f"{both(title)}<br>填报 reported"
    return titled(title, f"../analyses/{target.analysis}.md")


def _asks(target: Target) -> str:
    chinese, english = (f"{target.asks(language)} {target.unit}".strip() for language in ("zh", "en"))
    return both({"zh": chinese, "en": english}) + (f"<br>{code(target.op)}" if target.numbers is None else "")


def _baseline(target: Target) -> str:
    year = "未注明年份 undated" if target.baseline_year == "unstated" else cell(target.baseline_year)
    return (
        f"{cell(target.baseline_value)} ({year})"
        if target.baseline_value and year
        else cell(target.baseline_value) or "—"
    )


def page(source: str, targets: Sequence[Target], titles: Mapping[str, Mapping[str, str]]) -> str:
    """The page of one plan."""
    mine = [target for target in targets if target.source == source]
    parts: list[str] = []
    for area in dict.fromkeys(target.area for target in mine):
        parts.append(f"## {cell(area)}")
        parts.append(rows([t for t in mine if t.area == area], home="", asked=True, titles=titles))
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
