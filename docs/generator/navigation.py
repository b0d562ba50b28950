"""The ways through the site: `nav.yml`, which mkdocs.yml takes in."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.themes import Themes
from generator.words import SYSTEMS, said
from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue
from geoplan.signature import method_names

__all__ = ["navigation"]

_GUIDE = ("install", "first_study", "formats", "site_check", "scorecard", "add_indicator", "gridtown")


def navigation(
    docs: Path, questions: Sequence[Analysis], catalogue: Catalogue, themes: Themes, plans: Mapping[str, str]
) -> str:
    """The file, as YAML."""
    tree: list[Any] = [
        {"首页": "index.md"},
        {"指南 Guide": [
            {"中文": [f"guide/{name}.md" for name in _GUIDE]},
            {"English": [f"guide/en/{name}.md" for name in _GUIDE if name != "gridtown"]},
        ]},
        {"指标": ["analyses/index.md", *_questions(questions, themes), *_reported(catalogue)]},
        {"图层": ["layers/index.md", {"写法": "layers/format.md"}, *_layers(catalogue, themes)]},
        {"方法": ["methods/index.md", *({_method(m): f"methods/{m}.md"} for m in method_names())]},
        {"控制线规则": "rules/controls.md"},
        {"规划目标": ["targets/index.md", {"写法": "targets/format.md"}, *({s: f"targets/{n}.md"} for s, n in plans.items())]},
        {"决定与基准": [
            {"决定 Decisions": _files(docs, "decisions")},
            {"基准 Benchmarks": _files(docs, "benchmarks")},
        ]},
    ]  # fmt: skip
    lines = ["# 由 docs/generate.py 写出 written by docs/generate.py", "nav:"]
    return "\n".join([*lines, *_yaml(tree, 1)]) + "\n"


def _questions(questions: Sequence[Analysis], themes: Themes) -> list[Any]:
    tree = []
    for system, title in SYSTEMS.items():
        mine = {q.name: q for q in questions if q.system == system}
        groups = themes.grouped((name, themes.of_analysis(q)) for name, q in mine.items())
        entries = [
            {themes.titles[theme]["zh"]: [{mine[n].title["zh"]: f"analyses/{n}.md"} for n in names]}
            for theme, names in groups.items()
        ]
        if entries:
            tree.append({title["zh"]: entries})
    return tree


def _reported(catalogue: Catalogue) -> list[Any]:
    return [{"填报指标": "analyses/reported.md"}] if catalogue.questions() else []


def _layers(catalogue: Catalogue, themes: Themes) -> list[Any]:
    groups = themes.grouped((n, themes.layers[n]) for n in catalogue.names("layers"))
    return [
        {themes.titles[theme]["zh"]: [{catalogue.layer(n).title["zh"]: f"layers/{n}.md"} for n in names]}
        for theme, names in groups.items()
    ]


def _method(name: str) -> str:
    words = said("report.method", name)["zh"]
    return name if words == name else f"{words.partition('（')[0]} {name}"


def _files(docs: Path, folder: str) -> list[str]:
    return [f"{folder}/{path.name}" for path in sorted((docs / folder).glob("*.md"))]


def _yaml(entries: Sequence[Any], depth: int) -> list[str]:
    lines = []
    for entry in entries:
        start = "  " * depth + "- "
        if isinstance(entry, str):
            lines.append(start + json.dumps(entry, ensure_ascii=False))
            continue
        for title, inside in entry.items():
            key = json.dumps(title, ensure_ascii=False)
            if isinstance(inside, str):
                lines.append(f"{start}{key}: {json.dumps(inside, ensure_ascii=False)}")
            else:
                lines += [f"{start}{key}:", *_yaml(inside, depth + 2)]
    return lines
