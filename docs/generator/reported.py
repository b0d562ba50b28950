"""The questions that somebody answers by report: rows of one table, no definition files."""

from collections.abc import Sequence

from generator.markdown import cell, code, heading, paragraphs, table
from generator.words import chosen, unit
from geoplan.reported import Question
from geoplan.target import Target

__all__ = ["page"]


def page(questions: Sequence[Question], targets: Sequence[Target]) -> str:
    """The list of them, with how many targets each has."""
    heads = ("指标 Question", "名称 Name", "单位 Unit", "方向 Better", "证据 Evidence", "目标 Targets")
    lines = [
        (
            f"{cell(asked.title_zh)}<br> <span class=en>{cell(asked.title_en)}</span>", code(asked.name),
            unit(asked.unit), chosen(asked.better), cell(asked.evidence) or "—",
            str(sum(t.analysis == asked.name for t in targets) or "—"),
        )
        for asked in questions
    ]  # fmt: skip
    lead = (
        "由单位填报、不由图层计算的指标；填在项目的 `reported.csv`，与计算指标同在一张记分表。 "
        "Answered by somebody's report, not from layers; they stand on the same scorecard."
    )
    return paragraphs(heading(1, "填报指标", "Reported questions"), lead, table(heads, lines))
