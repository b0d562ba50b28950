"""A page for each layer: what it must be, which columns it has and what bureaus call them, and who uses it."""

from collections.abc import Mapping, Sequence

from generator.markdown import (
    both,
    cell,
    code,
    codes,
    facts,
    heading,
    link,
    paragraphs,
    section,
    subtitle,
    table,
    titled,
)
from generator.remarks import head, remarks
from generator.themes import Themes
from generator.words import KINDS, SHAPES, named, said, unit
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.layer import UNCLASSED, ColumnSpec, LayerSpec
from geoplan.sites.rules import Rule

__all__ = ["index", "page"]

_YES = "是 yes"
_CODED = ": codes are text, the longest prefix wins, and the scheme must be declared."


def page(
    spec: LayerSpec, catalogue: Catalogue, users: Sequence[tuple[Analysis, tuple[str, ...]]], rules: Sequence[Rule]
) -> str:
    """The page of one layer.

    Args:
        spec: its contract.
        catalogue: where its file is.
        users: the questions that use it, with its roles.
        rules: the rows of the rulebook about it.
    """
    path = catalogue.path("layers", spec.name)
    beside = remarks(path)
    file = f"layers/{spec.name}.toml"
    return paragraphs(
        f"# {spec.title['zh']}",
        subtitle(cell(spec.title["en"])),
        "\n\n".join(cell(line) for line in head(path).split("\n") if line),
        _facts(spec),
        heading(2, "列", "Columns"),
        table(
            ("列 Column", "常见列名 Aliases", "种类 Kind", "单位 Unit", "必备 Required", "说明 Remark"),
            [_column(column, beside.get(f"columns.{column.name}", "")) for column in spec.columns.values()],
        ),
        _values(spec),
        _classes(spec),
        _tags(spec),
        heading(2, "使用本图层的指标", "Questions that use it"),
        table(
            ("指标 Question", "名称 Name", "角色 Role"),
            [
                (
                    titled(q.title, f"../analyses/{q.name}.md"),
                    code(q.name), "<br>".join(named("report.roles", role) for role in roles),
                )
                for q, roles in users
            ],
        ) or "没有内置指标使用。 No built-in question uses it.",
        _rules(rules),
        heading(2, "在项目中声明", "In a study"),
        f"```toml\n[layers.{spec.name}]\n{_declared(spec)}\n```",
        f'??? note "定义文件 Definition file `{file}`"\n    ```toml\n    --8<-- "{file}"\n    ```',
    )  # fmt: skip


def _facts(spec: LayerSpec) -> str:
    control = "是：没有数据处为“未核查” yes: where there are no data, nothing is clear"
    return facts((
        ("名称 Name", code(spec.name)),
        ("图形 Geometry", both(SHAPES[spec.geometry])),
        ("密级 Secrecy", cell(spec.secrecy)),
        ("控制线 Control line", control if spec.control else ""),
        ("OpenStreetMap", _YES if spec.osm else ""),
    ))  # fmt: skip


def _column(column: ColumnSpec, remark: str) -> tuple[str, ...]:
    least = f"≥ {column.minimum:g}" if column.minimum is not None else ""
    return (
        code(column.name), codes(column.aliases) or "—", both(KINDS[column.kind]), unit(column.unit),
        _YES if column.required else "—", " ".join(part for part in (cell(remark), least) if part) or "—",
    )  # fmt: skip


def _values(spec: LayerSpec) -> str:
    """Columns whose words mean classes of their own."""
    rows = [
        (code(column.name), named("status", name), codes(words))
        for column in spec.columns.values()
        for name, words in column.words.items()
    ]
    heads = ("列 Column", "取值 Class", "识别的文字 Words that mean it")
    return section(heading(2, "列的取值", "Words of columns"), table(heads, rows))


def _classes(spec: LayerSpec) -> str:
    schemes: dict[str, Mapping[str, tuple[str, ...]]] = dict(spec.schemes)
    if spec.words:
        schemes["文字 words"] = spec.words
    names = dict.fromkeys(name for classes in schemes.values() for name in classes)
    if not names:
        return ""
    rows = [
        (named("status", name), *(codes(classes.get(name, ())) or "—" for classes in schemes.values()))
        for name in names
    ]
    coded = (
        "编码为文本，最长前缀优先；同样的数字在不同分类中含义不同，须在 `study.toml` 写明 `scheme`。"
        if spec.schemes
        else ""
    )
    told = (
        f"类别按列 {code(spec.class_column)} 判定。{coded}不在表内或空值的，类别不详，单列。 The column "
        f"{code(spec.class_column)} says the class{_CODED if coded else '.'} What is not in the table is of no known class, and "
        "counted apart."
    )
    heads = ("类别 Class", *map(cell, schemes))
    return section(heading(2, "类别与编码", "Classes and codes"), told, table(heads, rows))


def _tags(spec: LayerSpec) -> str:
    rows = [
        ("类别不详 unclassed" if name == UNCLASSED else named("status", name), codes(tags))
        for name, tags in spec.osm.items()
    ]
    return section(heading(2, "OpenStreetMap 标签", "Tags"), table(("类别 Class", "标签 Tags"), rows))


def _rules(rules: Sequence[Rule]) -> str:
    verdicts = dict.fromkeys(said("site_word.word", rule.says)["zh"] for rule in rules)
    ways = [link("规则表 rulebook", f"../rules/controls.md#{rule.layer}") for rule in rules[:1]]
    told = [
        f"{len(rules)} 条规则：{'、'.join(verdicts)}，见{way}。 {len(rules)} rules of the rulebook." for way in ways
    ]
    return section(heading(2, "项目用地核查规则", "Rules of the site check"), "".join(told))


def _declared(spec: LayerSpec) -> str:
    ending = {"raster": "tif"}.get(spec.geometry, "gpkg")
    lines = [f'path  = "data/{spec.name}.{ending}"', "as_of = 2025-06-30"]
    if spec.schemes:
        lines.append(f'scheme = "{next(iter(spec.schemes))}"')
    if spec.control:
        lines.append('covers = "boundary"')
    return "\n".join(lines)


def index(catalogue: Catalogue, themes: Themes, users: Mapping[str, Sequence[tuple[Analysis, tuple[str, ...]]]]) -> str:
    """The list of all layers, by theme."""
    names = catalogue.names("layers")
    parts: list[str] = []
    for theme, mine in themes.grouped((n, themes.layers[n]) for n in names).items():
        parts.append(heading(2, themes.titles[theme]["zh"], themes.titles[theme]["en"]))
        rows = []
        for name in mine:
            spec = catalogue.layer(name)
            rows.append((
                titled(spec.title, f"{name}.md"), code(name),
                both(SHAPES[spec.geometry]), cell(spec.secrecy), str(len({q.name for q, _ in users[name]}) or "—"),
                _YES if spec.control else "—",
            ))  # fmt: skip
        heads = ("图层 Layer", "名称 Name", "图形 Geometry", "密级 Secrecy", "指标 Questions", "控制线 Control")
        parts.append(table(heads, rows))
    lead = (
        f"共 {len(names)} 个图层，一个文件一个。`study.toml` 的写法见[图层说明](format.md)。 "
        f"{len(names)} layers, one file each. How a study declares them: [format](format.md)."
    )
    return paragraphs("# 图层 Layers", lead, *parts)
