"""What the pages call things: the words of the reports, and the few only these pages need; Chinese, then English."""

from typing import Any, Final

from generator.markdown import both, cell, code
from geoplan.draw.voice import Voice
from geoplan.units import symbol

__all__ = ["KINDS", "SHAPES", "SYSTEMS", "chosen", "named", "said", "unit", "value"]

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
_ENGINE: Final = {
    "Metres": "m", "SquareMetres": "m2", "People": "people", "Minutes": "min", "Years": "a", "Degrees": "deg", "Ndvi": "NDVI",
}  # fmt: skip
"""The engine's own unit of a quantity: what a number without one is counted in."""
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


def value(given: Any, dimension: str = "") -> str:
    """What a parameter is: as the definition writes it, or a default in the engine's unit.

    Args:
        given: a text with its unit, a choice, a number, or a list or table of them.
        dimension: the name of the quantity type of a number.
    """
    if isinstance(given, dict):
        return "、".join(f"{code(key)} {value(one, dimension)}" for key, one in given.items())
    if isinstance(given, (list, tuple)):
        return "、".join(value(one, dimension) for one in given) or "—"
    if isinstance(given, bool):
        return "是 yes" if given else "否 no"
    if isinstance(given, float) and dimension == "Share":
        return code(f"{100 * given:g} %")
    if isinstance(given, float):
        return code(f"{given:g} {_ENGINE.get(dimension, '')}".strip())
    return code(given)
