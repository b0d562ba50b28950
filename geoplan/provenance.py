"""Where every number came from: inputs with their hashes and dates, definitions, and the software that ran."""

import hashlib
import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

from geoplan import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geoplan.analysis import Analysis
    from geoplan.place import Place
    from geoplan.result import Result, Used
    from geoplan.study import Study

__all__ = ["origin_of", "software"]

_LIBRARIES = ("geopandas", "shapely", "pyproj", "pyogrio", "rasterio", "numpy", "scipy", "networkx")


def origin_of(
    study: "Study", place: "Place", results: "Iterable[Result]", more: "Iterable[Used]" = ()
) -> dict[str, Any]:
    """Everything needed to check or repeat a run; nothing in it changes from run to run on one machine.

    Args:
        study: that was asked.
        place: where.
        results: the answers.
        more: layers that were used for something else than an answer.
    """
    results = tuple(results)
    used = {u.name: u for u in (*(u for r in results for us in r.used.values() for u in us), *more)}
    return {
        "study": {
            "name": study.name,
            "file": study.file.name,
            "sha256": hashlib.sha256(study.file.read_bytes()).hexdigest() if study.file.is_file() else "",
            "year": study.year,
        },
        "place": {
            "crs": place.crs.to_string(),
            "crs_name": place.crs.name,
            "context_m": place.context,
            "zones": {level: len(zones.ids) for level, zones in place.zones.items()},
        },
        "layers": {name: _input(layer) for name, layer in sorted(used.items())},
        "analyses": {r.name: _definition(r.analysis) for r in results},
        "software": software(),
    }


def software() -> dict[str, str]:
    """The versions of what computed: geoplan, Python, the libraries, GEOS, PROJ and GDAL."""
    import pyogrio
    import pyproj
    import shapely

    return {
        "geoplan": __version__,
        **{name: metadata.version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
        "GEOS": ".".join(map(str, shapely.geos_version)),
        "PROJ": pyproj.proj_version_str,
        "GDAL": ".".join(map(str, pyogrio.__gdal_version__)),
    }


def _input(used: "Used") -> dict[str, Any]:
    source = used.source
    plain = ("path", "layer", "sha256", "crs", "as_of", "published", "valid_to", "document", "provider", "scale")
    more = ("scheme", "crosswalk", "secrecy", "area_basis", "where", "position_checked")
    ledger = used.ledger
    return {
        **{key: getattr(source, key) for key in (*plain, *more)},
        "covers": source.covers is not None,
        "read": ledger.read,
        "used": ledger.used,
        "repaired": ledger.repaired,
        "set_aside": ledger.set_aside,
        "entries": [{"id": e.feature, "fate": e.fate, "reason": e.reason, "area_m2": e.area} for e in ledger.entries],
    }


def _definition(analysis: "Analysis") -> dict[str, Any]:
    return {
        "file": analysis.origin,
        "method": analysis.method,
        "layers": {role: list(names) for role, names in analysis.roles.items()},
        "parameters": dict(analysis.printed),
        "in_engine_units": {k: list(v) if isinstance(v, tuple) else v for k, v in analysis.parameters.items()},
        "classes": {r: {column: list(kept) for column, kept in by.items()} for r, by in analysis.classes.items()},
        "standard": analysis.standard,
        "weight": analysis.weight,
        "unit": analysis.unit,
        "verified": analysis.verified,
    }
