"""Which land lies within the service radius of a park, as the official reading has it: straight, by the park's size."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import DefinitionError, LayerError
from geoplan.layer import Layer
from geoplan.measure import RELATIVE_TOLERANCE, Note, Outcome, Table
from geoplan.ops import ellipsoid, service
from geoplan.place import Place
from geoplan.role import covered, owned, pooled, titles
from geoplan.tally import tally
from geoplan.units import Metres, Share, SquareMetres, percent


def service_radius(
    demand: Layer, supply: tuple[Layer, ...], *, place: Place, weight: str,
    sizes: tuple[SquareMetres, ...] = (SquareMetres(5000.0), SquareMetres(2000.0)),
    radii: tuple[Metres, ...] = (Metres(500.0), Metres(300.0)), most: Share = Share(0.5),
) -> Outcome:  # fmt: skip
    """The share of the demand's land (m2, ellipsoidal) within the radius of at least one supply, land once.

    A supply of at least `sizes[i]` m2 serves what lies within `radii[i]` metres of its edge in a straight line; the
    largest size it reaches decides, below all sizes it serves nobody. Lines and points have no size: they serve by the
    radius of size 0. Supply outside the place serves the land inside. Land is cut at borders; people (`population`) are
    counted in proportion to land, whole parcels where at least the share `most` of theirs is covered (`count`).
    Supply of unknown class may serve. Adds up over tiles. Definition: 城市体检指标 公园绿地服务半径覆盖率 (from 5000 m2
    500 m, from 2000 m2 300 m). Evidence `demand` (status reached | unreached | unknown, share,
    area_m2, population), `supply` (metres: its radius), `rings`; table `unreached`.

    Raises:
        DefinitionError: not one radius a size.
        LayerError: a headline of what the demand does not carry.
    """
    if len(sizes) != len(radii):
        raise DefinitionError("service_radius.sizes", sizes=len(sizes), radii=len(radii))
    crs, (pool, unclassed) = place.crs, pooled(supply)
    shapes = pool.geometry.to_numpy()
    size = ellipsoid.area(shapes, crs)
    served, rings = _rings(shapes, size, sorted(zip(sizes, radii, strict=True)), place)
    drawn = np.isfinite(served)
    weights, part = covered(demand, place, rings[drawn & ~unclassed], rings[drawn & unclassed])
    mine, homes = owned(demand, place), demand.frame.geometry.to_numpy()
    sure, maybe = part.share >= most - 1e-9, part.share + part.blank >= most - 1e-9
    points, ones = shapely.point_on_surface(homes), np.ones(len(homes))
    weights["count"] = tally(place, points, part=sure, whole=ones, unknown=maybe & ~sure)
    headline = weights.get(weight)
    if headline is None:
        raise LayerError("reach.no_weight", layer=demand.name, weight=weight)
    frame = demand.frame[[c for c in ("id", "name", "geometry") if c in demand.frame]].assign(
        status=np.select([sure, maybe], ["reached", "unknown"], "unreached").astype(object), share=part.share,
        area_m2=ellipsoid.area(homes, crs), population=demand.numbers("population"))  # fmt: skip
    frame = frame[mine].reset_index(drop=True)
    told = {
        "supply_small": float(np.isnan(served).sum()), "supply_unclassed": float((drawn & unclassed).sum()),
        "people_unknown": float(frame["population"].isna().sum()),
        "unreached": float((frame["status"] == "unreached").sum()),
    }  # fmt: skip
    said: dict[str, Any] = told | {f"by_{w}": percent(r.value if r else None) for w, r in weights.items()} | {
        "place": place.name, "unit": demand.spec.title, "supply": titles(supply), "most": percent(most, 0),
        "sizes": list(sizes), "radii": list(radii),
    }  # fmt: skip
    definition = f"definition_{'sizes' if any(sizes) else 'one'}"
    words = ["headline", definition, "people", *(w for w, n in told.items() if n)]
    ground = pool[[c for c in ("id", "name", "class") if c in pool]].assign(metres=served, area_m2=size)
    evidence = {
        "demand": frame, "supply": gpd.GeoDataFrame(ground, geometry=shapes, crs=crs),
        "rings": gpd.GeoDataFrame(ground[drawn], geometry=rings[drawn], crs=crs).reset_index(drop=True),
    }  # fmt: skip
    notes = tuple(Note(f"service_radius.{word}", said) for word in words)
    return Outcome(headline, weights, evidence, {"unreached": _unreached(frame)}, notes, told)


def _rings(
    shapes: NDArray[np.object_], size: NDArray[np.float64], steps: list[tuple[SquareMetres, Metres]], place: Place
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """How far each supply serves, NaN where it is too small, and the ground within that."""
    served, rings = np.full(len(shapes), np.nan), np.full(len(shapes), None, dtype=object)
    for least, metres in steps:
        served[size >= least * (1 - RELATIVE_TOLERANCE)] = metres
    for metres in {metres for _, metres in steps}:
        rings[served == metres] = service.discs(shapes[served == metres], metres, place.crs)
    return served, rings


def _unreached(frame: gpd.GeoDataFrame) -> Table:
    """The parcels that do not count as covered, those with the least covered first."""
    far = frame[frame["status"] != "reached"].sort_values("share", kind="stable")
    units = {"id": "", "name": "", "status": "", "area_m2": "m2", "population": "people"}
    columns = {c: (unit, far[c].to_numpy()) for c, unit in units.items() if c in far}
    return Table.of(columns | {"share": ("%", 100 * far["share"].to_numpy())})
