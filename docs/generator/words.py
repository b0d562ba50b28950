"""What the pages call things: the words of the reports, and the few only these pages need; Chinese, then English."""

from typing import Final

from generator.markdown import both, cell, code
from geoplan.draw.voice import Voice
from geoplan.units import symbol

__all__ = ["KINDS", "SHAPES", "SYSTEMS", "chosen", "named", "said", "unit"]

SYSTEMS: Final = {
    "规划考核": {"zh": "规划考核", "en": "Targets of plans"},
    "住建体检": {"zh": "住建体检", "en": "Urban check-up (housing and construction)"},
    "国空体检": {"zh": "国空体检", "en": "Territorial check-up (natural resources)"},
    "": {"zh": "未归入体系", "en": "Of no system"},
}
SHAPES: Final = {
    "point": {"zh": "点", "en": "points"},
    "line": {"zh": "线", "en": "lines"},
    "polygon": {"zh": "面", "en": "polygons"},
    "network": {"zh": "路网", "en": "street network"},
    "raster": {"zh": "栅格", "en": "raster"},
    "table": {"zh": "表", "en": "table"},
    "any": {"zh": "点、线、面均可", "en": "points, lines or polygons"},
}
KINDS: Final = {
    "text": {"zh": "文本", "en": "text"},
    "number": {"zh": "数值", "en": "number"},
    "integer": {"zh": "整数", "en": "whole number"},
    "date": {"zh": "日期", "en": "date"},
    "flag": {"zh": "是/否", "en": "yes or no"},
}
_CHOICES: Final = {
    "higher": {"zh": "越高越好", "en": "higher is better"},
    "lower": {"zh": "越低越好", "en": "lower is better"},
    "none": {"zh": "无方向", "en": "neither"},
    "whole": {"zh": "全部研究范围", "en": "the whole place"},
    "built_up": {"zh": "建成区", "en": "the built-up area"},
    "urban": {"zh": "城区", "en": "the urban area"},
    "no_data": {"zh": "无数据", "en": "no data"},
    "not_applicable": {"zh": "不适用", "en": "not applicable"},
}
_VOICES: Final = {language: Voice(language) for language in ("zh", "en")}


def said(kind: str, name: str) -> dict[str, str]:
    """What reports call a method, a role, a class, ... in both languages; the name itself where nobody named it."""
    return {language: voice.name(kind, name) for language, voice in _VOICES.items()}


def named(kind: str, name: str) -> str:
    """The name as definitions write it, and what reports call it."""
    words = said(kind, name)
    return code(name) if words["zh"] == name else f"{code(name)} {both(words)}"


def chosen(word: str) -> str:
    """A choice of a definition in words."""
    return both(_CHOICES.get(word, {"zh": word}))


def unit(name: str) -> str:
    """A unit in both languages."""
    return cell("—") if name in {"", "-"} else both({"zh": symbol(name, "zh"), "en": symbol(name, "en")})
