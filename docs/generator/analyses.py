"""A page for each question: what it asks, how it is answered, on which data, against which targets, with its example."""

from collections.abc import Iterator, Sequence

from generator import methods, targets
from generator.examples import Example
from generator.markdown import (
    both,
    cell,
    code,
    codes,
    facts,
    fenced,
    heading,
    link,
    paragraphs,
    section,
    subtitle,
    table,
    titled,
)
from generator.remarks import head
from generator.themes import Themes
from generator.words import SHAPES, SYSTEMS, chosen, named, said, unit, value
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.signature import Parameter, parameters_of
from geoplan.target import Target

__all__ = ["index", "page", "used_by"]

VERIFIED = "已与标准原文核对 · checked against the official text"
UNVERIFIED = "**待与标准原文核对** · **not yet checked against the official text**"


def page(analysis: Analysis, catalogue: Catalogue, example: Example, bound: Sequence[Target]) -> str:
    """The page of one question."""
    known = parameters_of(analysis.method)
    return paragraphs(
        f"# {analysis.title['zh']}",
        subtitle(cell(analysis.title["en"])),
        _question(analysis),
        _facts(analysis, catalogue),
        _definition(analysis, catalogue, example),
        section(heading(2, "图层", "Layers"), _layers(analysis, catalogue, known)),
        _classes(analysis),
        _parameters(analysis, known),
        heading(2, "规划目标", "Targets"),
        targets.rows(bound, home="../targets/") or "没有规划目标。 No plan names a target.",
        heading(2, "手算例", "Worked example"),
        *_example(analysis, example),
        _source(analysis),
    )


def _question(analysis: Analysis) -> str:
    asked = [cell(analysis.question[language]) for language in ("zh", "en") if language in analysis.question]
    return "\n>\n".join(f"> {line}" for line in asked)


def _facts(analysis: Analysis, catalogue: Catalogue) -> str:
    sheet = f"maps/{analysis.map}.toml"
    look = catalogue.look(analysis.map).get("title", {}) if analysis.map else {}
    return facts((
        ("名称 Name", code(analysis.name)),
        ("单位 Unit", unit(analysis.unit)),
        ("方法 Method", link(code(analysis.method), f"../methods/{analysis.method}.md") + f" {_method(analysis)}"),
        ("体系 System", both(SYSTEMS[analysis.system]) if analysis.system else ""),
        ("依据 Standard", cell(analysis.standard)),
        ("核对 Verified", VERIFIED if analysis.verified else UNVERIFIED),
        ("方向 Better", chosen(analysis.better)),
        ("题头口径 Headline", named("report.weight", analysis.weight)),
        ("分母范围 Area of the whole", chosen(analysis.area_role)),
        ("分母为空 Empty whole", chosen(analysis.empty)),
        ("图纸 Sheet", f"{code(sheet)} {both(look)}" if analysis.map else ""),
    ))  # fmt: skip


def _method(analysis: Analysis) -> str:
    words = said("report.method", analysis.method)
    return "" if words["zh"] == analysis.method else cell(words["zh"])


def _definition(analysis: Analysis, catalogue: Catalogue, example: Example) -> str:
    """What the file says at its head, what reports print beside the number, and what the method says of itself."""
    remarks = [cell(line) for line in head(catalogue.path("analyses", analysis.name)).split("\n") if line]
    printed = zip(example.notes["zh"], example.notes["en"], strict=True)
    beside = [f"- {cell(chinese)}<br> <span class=en>{cell(english)}</span>" for chinese, english in printed]
    return section(
        heading(2, "定义", "Definition"),
        *remarks,
        _boxed(
            "!!! info",
            "成果中随数字印出的说明（以方格镇为例） Printed beside the number (on gridtown)",
            "\n".join(beside),
        ),
        _boxed("??? abstract", f"方法 {analysis.method} 怎样算 How the method computes", _method_told(analysis.method)),
    )


def _method_told(method: str) -> str:
    return section("", methods.told_in_chinese(method), methods.told(method)).strip()


def _boxed(kind: str, title: str, text: str) -> str:
    """A box of text with a title; nothing where there is no text."""
    inside = "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
    return f'{kind} "{title}"\n\n{inside}' if text else ""


def _layers(analysis: Analysis, catalogue: Catalogue, known: Sequence[Parameter]) -> str:
    roles = {p.name: p for p in known if p.kind == "role"}
    rows = []
    for role, names in analysis.roles.items():
        for name in names:
            plain, _, state = name.partition("@")
            spec = catalogue.layer(plain)
            which = f" {code('@' + state)}" if state else ""
            rows.append((
                named("report.roles", role), link(cell(spec.title["zh"]), f"../layers/{plain}.md") + which,
                code(plain), both(SHAPES[spec.geometry]), codes(spec.required) or "—",
                "可缺 optional" if roles[role].optional else "**必需 required**",
            ))  # fmt: skip
    heads = ("角色 Role", "图层 Layer", "名称 Name", "图形 Geometry", "必备列 Needed columns", "")
    return table(heads, rows)


def _classes(analysis: Analysis) -> str:
    """Which features of a role are kept; classes by column."""
    rows = [
        (
            named("report.roles", role),
            code(column),
            "、".join(named("status", name).replace("<br>", " ") for name in kept),
        )
        for role, by_column in analysis.classes.items()
        for column, kept in by_column.items()
    ]
    told = (
        "只计下列类别；类别不详的要素单列为未知，不归入任何一类。 "
        "Only these classes count; what is of no known class is counted apart, as unknown."
    )
    heads = ("角色 Role", "列 Column", "类别 Classes")
    return section(heading(3, "保留的类别", "Classes kept"), told, table(heads, rows))


def _parameters(analysis: Analysis, known: Sequence[Parameter]) -> str:
    rows = [
        (
            named("report.parameters", parameter.name),
            value(analysis.printed.get(parameter.name, parameter.default), parameter.dimension),
            "定义 definition" if parameter.name in analysis.printed else "方法缺省 default of the method",
        )
        for parameter in known
        if parameter.kind not in {"role", "asked"}
        and (parameter.name in analysis.printed or parameter.default is not None)
    ]
    also = [
        (named("report.parameters", name), value(list(values)), "敏感性对照 `--sensitivity`")
        for name, values in analysis.sensitivity.items()
    ]
    heads = ("参数 Parameter", "取值 Value", "出自 From")
    return section(heading(2, "参数", "Parameters"), table(heads, rows + also))


def _example(analysis: Analysis, example: Example) -> Iterator[str]:
    kept = analysis.example.get("layers", {})
    yield (
        "在[方格镇](../guide/gridtown.md)（虚构，整十米坐标）上手算，测试时由程序重算。 "
        "Worked by hand on [gridtown](../guide/gridtown.md), a fictitious town; computed again by the tests."
    )
    yield facts((
        ("手算 On paper", f"**{analysis.example['overall']:g}** {unit(analysis.unit)}"),
        ("程序 Computed", both(example.figure)),
        *((f"只取 Only {code(name)}", codes(ids)) for name, ids in kept.items()),
    ))  # fmt: skip
    yield fenced(analysis.example["why"])
    yield f"![{analysis.title['zh']}：方格镇示例图](maps/{analysis.name}.svg)"


def _source(analysis: Analysis) -> str:
    file = f"analyses/{analysis.name}.toml"
    return _boxed("??? note", f"定义文件 Definition file `{file}`", f'```toml\n--8<-- "{file}"\n```')


def used_by(catalogue: Catalogue, questions: Sequence[Analysis]) -> dict[str, list[tuple[Analysis, tuple[str, ...]]]]:
    """Layer -> the questions that use it, with its roles in each."""
    found: dict[str, list[tuple[Analysis, tuple[str, ...]]]] = {name: [] for name in catalogue.names("layers")}
    for analysis in questions:
        roles: dict[str, list[str]] = {}
        for role, names in analysis.roles.items():
            for name in dict.fromkeys(name.partition("@")[0] for name in names):
                roles.setdefault(name, []).append(role)
        for name, mine in roles.items():
            found[name].append((analysis, tuple(mine)))
    return found


def index(questions: Sequence[Analysis], themes: Themes, bound: Sequence[Target]) -> str:
    """The list of all questions: by system, and in it by theme."""
    count = {q.name: len({t.id for t in bound if t.analysis == q.name}) for q in questions}
    parts: list[str] = []
    for system, title in SYSTEMS.items():
        mine = {q.name: q for q in questions if q.system == system}
        if mine:
            parts.append(heading(2, title["zh"], title["en"]))
        for theme, names in themes.grouped((n, themes.of_analysis(q)) for n, q in mine.items()).items():
            parts.append(heading(3, themes.titles[theme]["zh"], themes.titles[theme]["en"]))
            parts.append(table(
                ("指标 Question", "名称 Name", "单位 Unit", "方法 Method", "目标 Targets", "核对 Verified"),
                [
                    (
                        titled(mine[n].title, f"{n}.md"),
                        code(n), unit(mine[n].unit), link(code(mine[n].method), f"../methods/{mine[n].method}.md"),
                        str(count[n] or "—"), "是 yes" if mine[n].verified else "**待核 no**",
                    )
                    for n in names
                ],
            ))  # fmt: skip
    lead = (
        f"共 {len(questions)} 项。每项一个定义文件，附手算例；“待核”的定义尚待与标准原文核对。 "
        f"{len(questions)} questions, one definition file each, each with an example worked by hand; those marked **no** "
        "wait for the official text of their standard."
    )
    return paragraphs("# 指标 Questions", lead, *parts)
