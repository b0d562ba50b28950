"""Land use as the survey has it and as the plan wants it, with the codes of two schemes that must not be mixed."""

import geopandas as gpd
import numpy as np
import shapely

from geoplan.sample.demo.city import City, stack
from geoplan.sample.demo.ground import Ground
from geoplan.sample.demo.plots import UNBUILT, USES
from geoplan.sample.demo.text import text

__all__ = ["draw_land_use"]

# uses of streets and banks that no plot carries
_ALSO = {"river_bank": "park", "canal_bank": "buffer"}
_SEA = {"sea_leisure": "21", "sea_port": "20", "sea_other": "24"}


def draw_land_use(city: City) -> dict[str, gpd.GeoDataFrame]:
    """Layers `land_use_current` (survey codes, the land) and `land_use_plan` (plan codes, land and sea)."""
    cover = city.cover.assign(use=city.cover["use"].replace(_ALSO)).sort_values(["use", "cell"], kind="stable")
    return {"land_use_current": _current(city, cover), "land_use_plan": _plan(city, cover)}


def _current(city: City, cover: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What is not built yet is saline ground, or grass where it lies near homes. Farmland has its ridges deducted."""
    rng, words = city.rng("survey"), text()
    built = cover["built"].to_numpy()
    fallow = np.where(cover["role"].isin(["homes", "centre", "lakeside", "beach"]), UNBUILT[1], UNBUILT[0])
    code = np.where(built, [USES[u][1] for u in cover["use"]], fallow)
    bare = np.where(fallow == UNBUILT[1], words["uses"]["fallow"][1], words["uses"]["reserve"][1])
    name = np.where(built, [words["uses"][u][1] for u in cover["use"]], bare)
    rural = cover["role"].isin(["farmland"]).to_numpy()
    frame = gpd.GeoDataFrame(
        {
            "code": code,
            "name": name,
            "ownership": np.where(rural, "30", "10"),
            "owner": np.where(rural, words["survey"]["village"], words["survey"]["state"]),
            "deducted": np.where(
                np.isin(code, ["0101", "0102"]), np.round(rng.uniform(0.04, 0.11, len(cover)), 4), 0.0
            ),
        },
        geometry=cover.geometry.to_numpy(),
    )
    return frame.assign(id=[f"{n:06d}" for n in range(1, len(frame) + 1)])


def _plan(city: City, cover: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Every plot as planned, built or not; the sea by what it is for."""
    words = text()["uses"]
    land = gpd.GeoDataFrame(
        {"code": [USES[u][0] for u in cover["use"]], "name": [words[u][0] for u in cover["use"]]},
        geometry=cover.geometry.to_numpy(),
    )
    use, shapes = _sea_uses(city.ground)
    sea = gpd.GeoDataFrame({"code": [_SEA[u] for u in use], "name": [words[u][0] for u in use]}, geometry=shapes)
    frame = stack([land, sea])
    return frame.assign(id=[f"GH{n:05d}" for n in range(1, len(frame) + 1)])


def _sea_uses(ground: Ground) -> tuple[list[str], list[shapely.Geometry]]:
    """Leisure before the beaches in the south, ships before the harbour, the rest left alone."""
    cuts = (("sea_leisure", -2000.0, 2350.0), ("sea_port", 3400.0, 4500.0), ("sea_other", 2350.0, 3400.0),
            ("sea_other", 4500.0, 9000.0))  # fmt: skip
    use, shapes = [], []
    for name, south, north in cuts:
        part = shapely.intersection(ground.sea, shapely.box(0, south, 20_000, north), grid_size=0.01)
        kept = [p for p in shapely.get_parts(part) if shapely.area(p) > 1.0]
        use += [name] * len(kept)
        shapes += kept
    return use, shapes
