"""Which theme a layer and an analysis stand under in the index; what no theme claims stands under the last one."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from geoplan.analysis import Analysis
from geoplan.catalogue import Catalogue

__all__ = ["Themes"]

FILE = Path(__file__).with_name("themes.toml")


@dataclass(frozen=True)
class Themes:
    """The themes of the index.

    Attributes:
        titles: theme -> title by language, in order; the last takes what no other claims.
        layers: layer -> theme.
        ground: layers that say where is counted and not what; a theme is taken from them only where there is no other.
    """

    titles: dict[str, dict[str, str]]
    layers: dict[str, str]
    ground: frozenset[str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Themes":
        """The themes as their file says them; control lines that no theme claims stand under `control`."""
        table = tomllib.loads(FILE.read_text(encoding="utf-8"))
        themes = table["themes"]
        claimed = {layer: name for name, theme in themes.items() for layer in theme["layers"]}
        titles = {name: {"zh": theme["zh"], "en": theme["en"]} for name, theme in themes.items()}
        last = list(titles)[-1]
        layers = {
            name: claimed.get(name, "control" if catalogue.layer(name).control else last)
            for name in catalogue.names("layers")
        }
        return cls(titles, layers, frozenset(table["ground"]))

    def of_analysis(self, analysis: Analysis) -> str:
        """The theme of what is counted: of its first layer that does not merely say where."""
        names = [name.partition("@")[0] for names in analysis.roles.values() for name in names]
        telling = [name for name in names if name not in self.ground] or names
        return next((self.layers[name] for name in telling if name in self.layers), list(self.titles)[-1])

    def grouped(self, pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        """Names by theme, in the order of the themes; pairs of a name and its theme."""
        groups: dict[str, list[str]] = {theme: [] for theme in self.titles}
        for name, theme in pairs:
            groups[theme].append(name)
        return {theme: names for theme, names in groups.items() if names}
