"""A page for each method: the shape of question it answers, in its own words, and what a definition may say to it."""

import functools
import inspect
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.markdown import both, cell, code, codes, heading, link, paragraphs, section, subtitle, table, titled
from generator.words import named, said, value
from geoplan.analysis import Analysis
from geoplan.signature import Parameter, method_function, method_names, parameters_of

__all__ = ["index", "page", "told", "told_in_chinese"]

_SECTION = re.compile(r"^(Args|Raises|Returns|Attributes):\n((?:[ ]+.*\n?|\n)+)", re.MULTILINE)
_LITERAL = re.compile(r"(`[^`]*`)")


@functools.cache
def _chinese() -> Mapping[str, str]:
    return tomllib.loads(Path(__file__).with_name("methods.toml").read_text(encoding="utf-8"))


def told_in_chinese(method: str) -> str:
    """The same for who reads Chinese; empty where nobody wrote it yet."""
    return str(_chinese().get(method, "")).strip()


def told(method: str) -> str:
    """What the method says of itself: meaning, formula and source."""
    return _marked(_SECTION.sub("", _docstring(method)).split(">>>")[0].strip())


def _docstring(method: str) -> str:
    return inspect.getdoc(method_function(method)) or ""


def _marked(text: str) -> str:
    """Prose as markdown: only names between backticks, and lists, mean anything."""
    parts = _LITERAL.split(text)
    return "".join(p if p.startswith("`") else re.sub(r"([*_<\[\]|])", r"\\\1", p) for p in parts)


def _refusals(method: str) -> str:
    found = dict(_SECTION.findall(_docstring(method)))
    return _marked("\n".join(f"- {line}" for line in _joined(found.get("Raises", ""))))


def _joined(body: str) -> list[str]:
    """The entries of a section: a line that stands deeper goes on with the one before."""
    lines: list[str] = []
    for line in body.rstrip().split("\n"):
        if line.startswith(" " * 8) and lines:
            lines[-1] += " " + line.strip()
        elif line.strip():
            lines.append(line.strip())
    return lines


def page(method: str, questions: Sequence[Analysis]) -> str:
    """The page of one method."""
    mine = [q for q in questions if q.method == method]
    known = parameters_of(method)
    words = said("report.method", method)
    rows = [(titled(q.title, f"../analyses/{q.name}.md"), code(q.name)) for q in mine]
    return paragraphs(
        f"# {words['zh'] if words['zh'] != method else method}",
        subtitle(f"<code>{method}</code> {'' if words['en'] == method else cell(words['en'])}".strip()),
        told_in_chinese(method),
        _english(method),
        heading(2, "图层角色", "Roles"),
        table(("角色 Role", "", ""), [_role(p) for p in known if p.kind == "role"]),
        heading(2, "参数", "Parameters"),
        table(
            ("参数 Parameter", "种类 Kind", "缺省 Default"),
            [_parameter(p) for p in known if p.kind not in {"role", "asked"}],
        )
        or "没有参数。 None.",
        section(heading(2, "拒绝计算的情形", "What it refuses"), _refusals(method)),
        heading(2, "使用本方法的指标", "Questions it answers"),
        table(("指标 Question", "名称 Name"), rows) or "内置指标均未使用。 No built-in question uses it.",
        f"新指标：`geoplan new analysis 名称 --method {method}`，见[加一项指标](../guide/add_indicator.md)。 "
        f"A question of your own: [add an indicator](../guide/en/add_indicator.md).",
    )


def _english(method: str) -> str:
    inside = "\n".join(f"    {line}".rstrip() for line in told(method).split("\n"))
    return f'!!! quote "In English, as the program says it"\n\n{inside}'


def _role(parameter: Parameter) -> tuple[str, str, str]:
    return (
        named("report.roles", parameter.name),
        "可缺 optional" if parameter.optional else "**必需 required**",
        "可列多个图层 several layers" if parameter.several else "一个图层 one layer",
    )


def _parameter(parameter: Parameter) -> tuple[str, str, str]:
    kinds = {
        "quantity": {"zh": f"带单位的量（{parameter.dimension}）", "en": "quantity with its unit"},
        "choice": {"zh": "选择", "en": "choice"},
        "integer": {"zh": "整数", "en": "whole number"},
        "flag": {"zh": "是/否", "en": "yes or no"},
        "text": {"zh": "列名", "en": "name of a column"},
    }
    kind = both(kinds[parameter.kind]) + (f"<br>{codes(parameter.choices)}" if parameter.choices else "")
    shown = "" if parameter.default is None else value(parameter.default, parameter.dimension)
    return (
        named("report.parameters", parameter.name),
        kind,
        shown or ("—" if parameter.optional else "**必填 required**"),
    )


def index(questions: Sequence[Analysis]) -> str:
    """The list of all methods."""
    count = {m: sum(q.method == m for q in questions) for m in method_names()}
    rows = [
        (link(code(m), f"{m}.md"), cell(said("report.method", m)["zh"]), _marked(_first(m)), str(count[m] or "—"))
        for m in method_names()
    ]
    lead = (
        "一个方法回答一种形状的问题；指标是方法加图层、参数和手算例。 "
        "A method answers one shape of question; a question is a method with its layers, quantities and example."
    )
    return paragraphs(
        "# 方法 Methods", lead, table(("方法 Method", "中文 Chinese", "In a sentence", "指标 Questions"), rows)
    )


def _first(method: str) -> str:
    return " ".join(_docstring(method).split("\n\n")[0].split()).replace("|", "&#124;")
