"""geoplan: spatial planning indicators, site checks and maps from GIS layers, judged against a plan's targets.

>>> import geoplan
>>> "open_study" in geoplan.__all__
True
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geoplan.analysis import Analysis
    from geoplan.checking import check
    from geoplan.comparing import diff
    from geoplan.desk import convert
    from geoplan.errors import GeoplanError, Problems
    from geoplan.layer import Layer, LayerSpec
    from geoplan.measure import Change, Index, Ratio, Total
    from geoplan.place import Place
    from geoplan.result import Result, Results
    from geoplan.runs import compare
    from geoplan.scorecard import Scorecard
    from geoplan.sites.finding import SiteReport
    from geoplan.sites.site import Site
    from geoplan.study import Study, open_study
    from geoplan.target import Target
    from geoplan.verdict import Verdict

__version__ = "0.1.0"

# a name is loaded on first use, so that `geoplan --help` need not wait for the libraries behind it
_HOMES = {
    "Analysis": "analysis", "Change": "measure", "GeoplanError": "errors", "Index": "measure", "Layer": "layer",
    "LayerSpec": "layer", "Place": "place", "Problems": "errors", "Ratio": "measure", "Result": "result",
    "Results": "result", "Scorecard": "scorecard", "Study": "study", "Target": "target", "Total": "measure",
    "Site": "sites.site", "SiteReport": "sites.finding", "Verdict": "verdict", "check": "checking",
    "compare": "runs", "convert": "desk", "diff": "comparing", "open_study": "study",
}  # fmt: skip

__all__ = [
    "Analysis",
    "Change",
    "GeoplanError",
    "Index",
    "Layer",
    "LayerSpec",
    "Place",
    "Problems",
    "Ratio",
    "Result",
    "Results",
    "Scorecard",
    "Site",
    "SiteReport",
    "Study",
    "Target",
    "Total",
    "Verdict",
    "check",
    "compare",
    "convert",
    "diff",
    "open_study",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'geoplan' has no attribute '{name}'")
    return getattr(importlib.import_module(f"geoplan.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
