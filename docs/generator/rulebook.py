"""The rulebook of the site check as pages: what each control line says of a site, and the ten limited activities."""

from collections.abc import Mapping, Sequence

from generator.markdown import both, cell, code, codes, heading, link, paragraphs, table
from generator.words import named, said
from geoplan.catalogue import Catalogue
from geoplan.sites.rules import EVERY, Rule

__all__ = ["page"]

_RELATIONS = {
    "overlap": {"zh": "压占", "en": "overlaps"},
    "outside": {"zh": "位于界外的部分", "en": "part outside"},
    "inside": {"zh": "位于界内", "en": "lies inside"},
    "within_distance": {"zh": "距离以内", "en": "within a distance"},
}
_DOMAINS = {"land": "陆域 land", "sea": "海域 sea", "both": ""}


def page(rules: Sequence[Rule], activities: Mapping[str, Mapping[str, str]], catalogue: Catalogue) -> str:
    """The whole rulebook, line by line in the order of its tables."""
    ordered = sorted(rules, key=lambda rule: rule.order)
    parts: list[str] = []
    for name in dict.fromkeys(rule.layer for rule in ordered):
        mine = [rule for rule in ordered if rule.layer == name]
        title = catalogue.layer(name).title
        parts.append(f"## {title['zh']} {title['en']} {{ #{name} }}")
        needed = "缺少数据时不得为“未压占” Without its data nothing is clear" if any(r.required for r in mine) else ""
        parts.append(f"{link(code(name), f'../layers/{name}.md')} {needed}".strip())
        heads = (
            "类别 Class",
            "关系 Relation",
            "结论 Verdict",
            "适用 For",
            "依据 Basis",
            "材料与下一步 Documents, next step",
        )
        parts.append(table(heads, [_row(rule) for rule in mine]))
    claimed = table(
        ("编号", "活动", "Activity"), [(code(n), cell(t["zh"]), cell(t["en"])) for n, t in activities.items()]
    )
    lead = (
        "项目用地合规核查的规则，一行一条，取自 `layers/controls.csv`；各列含义见[填写说明](../layers/format.md)。"
        "没有依据或依据“待核”的，不能判为原则禁止。缺失、过期、未覆盖、类别不明的一律为“未核查”，不得视为不涉及。\n\n"
        "The rules of the site check, one a row of `layers/controls.csv`. A rule without a basis, or with one marked 待核, "
        "forbids nothing. What is missing, stale, does not cover the site or is of no known class is *not checked*."
    )
    return paragraphs(
        heading(1, "控制线规则表", "Rulebook of control lines"), lead, *parts,
        "## 有限人为活动 Limited activities { #activities }", claimed,
    )  # fmt: skip


def _row(rule: Rule) -> tuple[str, ...]:
    which = {"": "—", EVERY: "其余各类 any other"}.get(rule.class_name) or named("status", rule.class_name)
    relation = both(_RELATIONS[rule.relation]) + (
        f"<br>{rule.distance:g} m" if rule.relation == "within_distance" else ""
    )
    applies = [_DOMAINS[rule.domain], cell("、".join(rule.applies_to))]
    applies.append(f"活动 activity {codes(rule.activities)}" if rule.activities else "")
    force = f"{rule.valid_from}–{rule.valid_to}" if rule.valid_from or rule.valid_to else ""
    age = f"数据不超过 {rule.max_age:g} 年 data up to {rule.max_age:g} years old" if rule.max_age else ""
    basis = cell(rule.basis) or "**待核 none yet**"
    told = [
        _labelled("材料", rule.documents), _labelled("例外", rule.exception), _labelled("下一步", rule.next_step),
        _labelled("主管", rule.authority),
    ]  # fmt: skip
    return (
        which, relation, both(said("site_word.word", rule.says)), _stacked(applies), _stacked([basis, force, age]),
        _stacked(told),
    )  # fmt: skip


def _labelled(label: str, text: str) -> str:
    return f"**{label}** {cell(text)}" if text else ""


def _stacked(parts: Sequence[str]) -> str:
    return "<br>".join(part for part in parts if part) or "—"
