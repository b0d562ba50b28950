"""Local grids: the plane of a city, moved with the 4 or 7 parameters of the user's own file, and never without it.

The file is TOML; every key must be there, and at least one control point known in both systems, because the sign of a
rotation is written both ways and a wrong one shifts a boundary without a trace:

    grid = "name of the grid, as the sites call it"
    target = "EPSG:4548"              # the plane the parameters lead to
    # four parameters: N = north + k (n cos a - e sin a), E = east + k (n sin a + e cos a), k = 1 + scale / 1e6
    north = 0.0                       # m
    east = 0.0                        # m
    rotation = 0.0                    # a, seconds of arc
    scale = 0.0                       # ppm
    # seven parameters instead: source = "EPSG:2384" or a PROJ text; x, y, z in m; rx, ry, rz in seconds of arc;
    # scale in ppm; convention = "position_vector" or "coordinate_frame"
    [[control]]
    from = [northing, easting]        # in the grid
    to = [northing, easting]          # in the target
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from geoplan.crs import parse
from geoplan.errors import CRSError, SourceError
from geoplan.read import site_words as words

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    Points: TypeAlias = NDArray[np.float64]

__all__ = ["RESIDUAL", "Grid", "grid_of"]

RESIDUAL = 0.05
"""Metres a control point may miss its place by."""
_SECOND = np.pi / 180 / 3600
_FOUR = ("north", "east", "rotation", "scale")
_SEVEN = ("source", "x", "y", "z", "rx", "ry", "rz", "scale", "convention")
_ENGINEERING = (
    'ENGCRS["{name}",EDATUM["{name}"],CS[Cartesian,2],AXIS["easting",east],AXIS["northing",north],'
    'LENGTHUNIT["metre",1]]'
)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A local grid and the way out of it: points x = easting, y = northing of the grid to those of the target."""

    name: str
    plane: "CRS"
    target: "CRS"
    moved: Callable[["Points"], "Points"]

    def named(self, text: str) -> bool:
        """Whether a file that names its coordinate system so means this grid."""
        datum = words.datum_of(text)
        return words.folded(text) == words.folded(self.name) or (
            datum not in {"", "local"} and datum == words.datum_of(self.name)
        )


def grid_of(path: Path) -> Grid:
    """The grid a parameter file describes, proved on its control points.

    Raises:
        SourceError: no file there, or no TOML.
        CRSError: a key missing or unknown, or a control point that ends up elsewhere.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError("site_grid.unreadable", path=str(path), reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError("site_grid.unreadable", path=str(path), reason=error) from error
    wanted = _SEVEN if "source" in said else _FOUR
    keys = {"grid", "target", "control", *wanted}
    for key in sorted(keys ^ set(said)):
        raise CRSError("site_grid.missing" if key in keys else "site_grid.unknown", path=str(path), key=key)
    _check_kinds(said, wanted, path)
    target = parse(said["target"], where=str(path))
    if not target.is_projected:
        raise CRSError("site_grid.value", path=str(path), key="target", value=said["target"])
    moved = _seven(said, target, path) if wanted is _SEVEN else _four(said)
    _prove(moved, said["control"], path)
    return Grid(said["grid"], parse(_ENGINEERING.format(name=said["grid"].replace('"', ""))), target, moved)


def _check_kinds(said: Mapping[str, Any], wanted: Sequence[str], path: Path) -> None:
    for key in ("grid", "target", *wanted):
        kind = str if key in {"grid", "target", "source", "convention"} else (int, float)
        if (
            not isinstance(said[key], kind)
            or isinstance(said[key], bool)
            or (isinstance(said[key], str) and not said[key])
        ):
            raise CRSError("site_grid.value", path=str(path), key=key, value=said[key])
        if not isinstance(said[key], str) and not np.isfinite(said[key]):
            raise CRSError("site_grid.value", path=str(path), key=key, value=said[key])


def _four(said: Mapping[str, Any]) -> Callable[["Points"], "Points"]:
    angle, k = said["rotation"] * _SECOND, 1 + said["scale"] / 1e6

    def moved(xy: "Points") -> "Points":
        east, north = xy[:, 0], xy[:, 1]
        return np.column_stack(
            [
                said["east"] + k * (north * np.sin(angle) + east * np.cos(angle)),
                said["north"] + k * (north * np.cos(angle) - east * np.sin(angle)),
            ]
        )

    return moved


def _seven(said: Mapping[str, Any], target: "CRS", path: Path) -> Callable[["Points"], "Points"]:
    from pyproj import Proj, Transformer

    source = parse(said["source"], where=str(path))
    if not source.is_projected or said["convention"] not in {"position_vector", "coordinate_frame"}:
        key = "convention" if source.is_projected else "source"
        raise CRSError("site_grid.value", path=str(path), key=key, value=said[key])
    ellipsoids = [_ellipsoid(crs) for crs in (source, target)]
    helmert = " ".join(f"+{k}={said[v]}" for k, v in zip("xyz", "xyz", strict=True))
    helmert += " " + " ".join(f"+{k}={said[k]}" for k in ("rx", "ry", "rz")) + f" +s={said['scale']}"
    pipeline = Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=cart {ellipsoids[0]} +step +proj=helmert {helmert} "
        f"+convention={said['convention']} +step +inv +proj=cart {ellipsoids[1]}"
    )
    there, back = Proj(source), Proj(target)

    def moved(xy: "Points") -> "Points":
        lon, lat = there(xy[:, 0], xy[:, 1], inverse=True)
        lon, lat, _ = pipeline.transform(lon, lat, np.zeros(len(xy)), radians=False)
        return np.column_stack(back(lon, lat))

    return moved


def _ellipsoid(crs: "CRS") -> str:
    found = crs.ellipsoid
    if found is None:
        raise CRSError("crs.no_ellipsoid", crs=crs.name)
    return f"+a={found.semi_major_metre} +b={found.semi_minor_metre}"


def _prove(moved: Callable[["Points"], "Points"], control: object, path: Path) -> None:
    """Every control point must come out where the file says it lies."""
    if not isinstance(control, list) or not control:
        raise CRSError("site_grid.missing", path=str(path), key="control")
    for n, point in enumerate(control, start=1):
        try:
            pair = np.array([point["from"], point["to"]], dtype=np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise CRSError("site_grid.value", path=str(path), key=f"control {n}", value=point) from error
        if pair.shape != (2, 2) or not np.isfinite(pair).all():
            raise CRSError("site_grid.value", path=str(path), key=f"control {n}", value=point)
        miss = float(np.hypot(*(moved(pair[:1, ::-1]) - pair[1:, ::-1])[0]))
        if not miss <= RESIDUAL:
            raise CRSError("site_grid.residual", path=str(path), n=n, metres=f"{miss:.3f}", most=f"{RESIDUAL:g}")
