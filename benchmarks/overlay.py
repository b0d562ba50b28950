"""The share of 20,000 parcels inside 10,000 overlapping service areas: disjoint tiles beside one giant union.

    python benchmarks/overlay.py [--parcels N] [--areas N] [--sample N]

Both ways are timed in one run on one machine. The giant union is intersected with a sample of the parcels only, and
that part of its time is multiplied up; on the sample the two must agree to 1e-9. Writes docs/benchmarks/overlay.json
and overlay.md.
"""

import argparse
import datetime as dt
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geoplan.ops import overlay
from geoplan.ops.ellipsoid import area

CRS = pyproj.CRS("EPSG:4548")
OUT = Path(__file__).parents[1] / "docs" / "benchmarks"
SIDE = 60_000.0
AT_LEAST = 20
T = TypeVar("T")


def city(parcels: int, areas: int, seed: int = 0) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Parcels of 0.2 to 3 ha and service areas of about 500 m with ragged edges, both crowding about 60 centres."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, SIDE, (60, 2)) + np.array([500_000.0, 4_300_000.0])

    def around(count: int) -> NDArray[np.float64]:
        return centres[rng.integers(0, len(centres), count)] + rng.normal(0, 3_000, (count, 2))

    at, half = around(parcels), rng.uniform(22, 87, (parcels, 2))
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    reach = rng.uniform(0.55, 1.0, (areas, 1)) * 500 + rng.uniform(-60, 60, (areas, len(turn)))
    ring = around(areas)[:, None, :] + reach[:, :, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return shapely.box(*(at - half).T, *(at + half).T), shapely.polygons(ring)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and the seconds it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def measured(parcels: int, areas: int, sample: int) -> dict[str, Any]:
    """Both ways, side by side."""
    targets, services = city(parcels, areas)
    ours, tiled = timed(lambda: overlay.covered(targets, services, CRS))
    chosen = np.random.default_rng(1).choice(parcels, sample, replace=False)
    giant, built = timed(lambda: shapely.union_all(services))
    theirs, cut = timed(lambda: area(shapely.intersection(targets[chosen], giant), CRS))
    whole = area(targets[chosen], CRS)
    worst = float(np.max(np.abs(ours[chosen] - theirs) / whole))
    if worst > 1e-9:
        sys.exit(f"the two ways differ by {worst:.1e} of a parcel")
    extrapolated = built + cut * parcels / sample
    return {
        "sizes": {
            "parcels": parcels, "areas": areas, "sample": sample,
            "vertices_of_areas": int(shapely.get_num_coordinates(services).sum()),
            "vertices_of_union": int(shapely.get_num_coordinates(giant)),
            "share_covered": round(float(ours.sum() / area(targets, CRS).sum()), 4),
        },
        "seconds": {
            "tiles": round(tiled, 2), "union_built": round(built, 2), "union_cut_sample": round(cut, 2),
            "union_extrapolated": round(extrapolated, 1),
        },
        "ratio": round(extrapolated / tiled, 1),
        "largest_difference": worst,
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__, "shapely": shapely.__version__,
            "geos": shapely.geos_version_string, "pyproj": pyproj.__version__,
        },
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }  # fmt: skip


def table(found: dict[str, Any]) -> str:
    """The page."""
    size, took = found["sizes"], found["seconds"]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return f"""# Overlay: parcels inside overlapping service areas

{size["parcels"]:,} parcels, {size["areas"]:,} service areas that overlap.
The areas have {size["vertices_of_areas"]:,} vertices, their union {size["vertices_of_union"]:,}.
{100 * size["share_covered"]:.1f} % of the ground of the parcels is covered, in square metres on the ellipsoid.

| way | seconds |
|---|---|
| geoplan: disjoint tiles, then each parcel against its tiles | {took["tiles"]:,} |
| one giant union: building it | {took["union_built"]:,} |
| one giant union: {size["sample"]:,} parcels against it | {took["union_cut_sample"]:,} |
| one giant union: all parcels, **extrapolated** from those {size["sample"]:,} | {took["union_extrapolated"]:,} |

Ratio **{found["ratio"]:,}** (at least {AT_LEAST} is asked).
On the {size["sample"]:,} parcels the two ways differ by at most {found["largest_difference"]:.0e} of a parcel.

Both ways in one run on one machine; only the ratio travels. {found["date"]}, {versions}.
Made by `python benchmarks/overlay.py`.
"""


def main() -> None:
    """Measure, write, and fail where the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--areas", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    found = measured(asked.parcels, asked.areas, asked.sample)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "overlay.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (asked.out / "overlay.md").write_text(table(found), encoding="utf-8")
    print(table(found))
    if found["ratio"] < AT_LEAST:
        sys.exit(f"only {found['ratio']} times faster")


if __name__ == "__main__":
    main()
