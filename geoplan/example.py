"""The example worked by hand in every definition, computed again on gridtown."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geoplan.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoplan.analysis import Analysis
    from geoplan.catalogue import Catalogue
    from geoplan.result import Results
    from geoplan.words import Language

__all__ = ["Sums", "answered", "worked"]


@dataclass(frozen=True, slots=True)
class Sums:
    """The sum on paper beside the sum of the engine.

    >>> Sums(33.88, 33.884, "%", "20 of 59").agrees, Sums(33.88, 33.9, "%", "").agrees
    (True, False)
    >>> Sums(50.0, None, "%", "").agrees
    False
    """

    stated: float
    computed: float | None
    unit: str
    why: str

    @property
    def agrees(self) -> bool:
        """Whether the engine's value, rounded to the digits on paper, is the value on paper."""
        digits = len(repr(self.stated).partition(".")[2])
        return self.computed is not None and abs(self.computed - self.stated) <= 0.5000001 * 10.0**-digits


def answered(
    analysis: "Analysis", catalogue: "Catalogue", language: "Language" = "zh", *, beside: "Sequence[Analysis]" = ()
) -> "Results":
    """The answer to a definition on gridtown, on the features its example keeps, as a run of that study.

    Args:
        analysis: the definition.
        catalogue: where layers are defined.
        language: of the run.
        beside: other definitions whose examples keep the same features, answered in the same run: each layer is read
            once.

    Raises:
        DefinitionError: the definition has no example, or gridtown has not the layers it needs.
    """
    from geoplan import sample
    from geoplan.run import layer_of, place_of, results_of
    from geoplan.study import open_study

    if not {"overall", "why"} <= analysis.example.keys():
        raise DefinitionError("definition.missing", file=analysis.origin, key="example.overall, example.why")
    town = replace(open_study(sample.gridtown_folder() / "study.toml"), catalogue=catalogue)
    town = replace(town, table={**town.table, "ask": {"analyses": [a.name for a in (analysis, *beside)]}})
    place = place_of(town, town.context(tuple(a.bound() for a in (analysis, *beside))))
    for name, ids in analysis.example.get("layers", {}).items():
        layer = layer_of(town, place, name)
        kept = layer.frame[layer.frame["id"].isin(ids)].reset_index(drop=True)
        town = town.with_layer(name, replace(layer, data=kept))
    results = results_of(town, (), language, "", trends=False)
    if results.not_asked:
        raise DefinitionError("definition.example_layers", file=analysis.origin, layers=results.not_asked)
    return results


def worked(analysis: "Analysis", catalogue: "Catalogue") -> Sums:
    """The sum on paper of a definition beside what the engine makes of it.

    Raises:
        DefinitionError: the definition has no example, or gridtown has not the layers it needs.
    """
    value = answered(analysis, catalogue)[analysis.name].value
    return Sums(float(analysis.example["overall"]), value, analysis.unit, analysis.example["why"])
