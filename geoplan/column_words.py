"""What a column of a layer is called where a planner reads of it: never by the name only methods use."""

from typing import TYPE_CHECKING

from geoplan.words import LANGUAGES, say, sentences

if TYPE_CHECKING:
    from geoplan.layer import LayerSpec

__all__ = ["column_said"]


def column_said(spec: "LayerSpec", column: str) -> dict[str, str]:
    """The name of a column by language: the first of its Chinese names in Chinese, plain words in English.

    >>> from geoplan.layer import ColumnSpec, LayerSpec
    >>> homes = LayerSpec("homes", {}, "polygon", {"built_year": ColumnSpec("built_year", ("JCND",))})
    >>> column_said(homes, "built_year")["en"], column_said(homes, "psi")["en"], column_said(homes, "")["en"]
    ('year built', 'runoff coefficient', '')
    """
    known = spec.columns.get(column)
    chinese = next((name for name in (known.aliases if known else ()) if not name.isascii()), "")
    sentence = f"layer_column.{column}"
    said: dict[str, str] = {
        language: say(language, sentence) if sentence in sentences(language) else column.replace("_", " ")
        for language in LANGUAGES
    }
    return said | {"zh": chinese} if chinese else said
