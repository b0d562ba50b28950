"""Every sentence a person reads, one reviewed file per language: `zh.toml` is the master text, `en.toml` follows it."""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

__all__ = ["LANGUAGES", "Language", "say", "sentences"]


@functools.cache
def sentences(language: Language) -> dict[str, str]:
    """All sentences of a language by id; the id is the path of the key, as in `layer.no_crs`."""
    text = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


def say(language: Language, sentence: str, /, **fields: object) -> str:
    """The sentence of that id, its slots filled; a slot may hold a title by language.

    >>> say("en", "verdict.no_data")
    'No data'
    >>> say("zh", "verdict.no_data")
    '无数据'
    >>> say("en", "layer.no_crs", layer={"zh": "公园", "en": "Parks"}, path="p.shp")[:13]
    "Layer 'Parks'"
    >>> say("en", "nowhere.to_be_found")
    Traceback (most recent call last):
    ...
    KeyError: 'nowhere.to_be_found'
    """
    said = {k: v.get(language, v) if isinstance(v, Mapping) else v for k, v in fields.items()}
    return sentences(language)[sentence].format_map(said)


def _flat(table: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", str(value)))
    return rows
