"""All nodes of the Porto network to the nearest of 2,000 facilities within 500 m, beside networkx and pandana.

    GEOPLAN_REAL_DATA=... python benchmarks/reach.py

Writes docs/benchmarks/reach.json and reach.md. Every figure is a ratio of the best of several rounds in this one run,
in one process: seconds of two machines say nothing, and what else a machine does only ever makes a round slower.
Everybody gets the same nodes, edges, metres and facilities, and must come to the same metres (pandana rounds each edge
to a millimetre). Building a network (for pandana: contracting it) is timed apart, since a city is built once.
"""

import argparse
import datetime as dt
import gc
import importlib.util
import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import shapely
from pyproj import CRS

from geoplan import read
from geoplan.layer import LayerSpec
from geoplan.ops import ellipsoid
from geoplan.ops.network import Network, at_nodes, build_network, nearest_supply
from geoplan.ops.snap import nearest_distance

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "benchmarks"
PORTO = "porto_osm_r5/porto_portugal.osm.pbf"
UTM = CRS("EPSG:32629")
FACILITIES, LIMIT, ROUNDS = 2000, 500.0, 9


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Seconds of the best of some rounds, and what came out of the last."""
    best, result = math.inf, None
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def porto(every_vertex: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # noqa: FBT001  (a benchmark's switch)
    """Ends, lengths and lines of the walking network; `every_vertex` makes each bend of a street a node of its own."""
    source = Path(os.environ["GEOPLAN_REAL_DATA"]) / PORTO
    spec = LayerSpec("walk_network", {"zh": "步行网络", "en": "Walking network"}, "network")
    frame = read.open_layer(spec, {"path": str(source)}, folder=ROOT, crs=UTM, area=None).frame
    lines = frame.geometry.to_numpy()
    if not every_vertex:
        return frame["u"].to_numpy(), frame["v"].to_numpy(), frame["length"].to_numpy(), lines
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(line[1:] == line[:-1])
    _, node = np.unique(xy, axis=0, return_inverse=True)
    segments = shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1))
    return node[first], node[first + 1], ellipsoid.length(segments, UTM), segments


def ours(network: Network, places: np.ndarray) -> np.ndarray:
    return nearest_supply(network, at_nodes(network, places), LIMIT).metres


def theirs(network: Network) -> tuple[float, nx.Graph]:
    """The same network in networkx: of parallel edges the shortest."""

    def build() -> nx.Graph:
        graph = nx.Graph()
        graph.add_nodes_from(range(len(network.node)))
        for u, v, metres in zip(network.u.tolist(), network.v.tolist(), network.length.tolist(), strict=True):
            if metres < graph.get_edge_data(u, v, {"w": np.inf})["w"]:
                graph.add_edge(u, v, w=metres)
        return graph

    return timed(build, 1)


def nearest_by_networkx(graph: nx.Graph, places: np.ndarray) -> np.ndarray:
    found = nx.multi_source_dijkstra_path_length(graph, set(places.tolist()), cutoff=LIMIT, weight="w")
    metres = np.full(graph.number_of_nodes(), np.inf)
    metres[list(found)] = list(found.values())
    return metres


def by_pandana(network: Network, places: np.ndarray) -> dict[str, Any]:
    """Pandana's build, and its query alone once facilities are set; distances are rounded to millimetres there."""
    import pandana
    import pandas as pd

    xy = network.node_points()
    ends = [pd.Series(end.astype("int64")) for end in (network.u, network.v)]

    def build() -> Any:
        made = pandana.Network(
            pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), *ends, pd.DataFrame({"w": network.length}), twoway=True
        )
        made.precompute(LIMIT + 1)
        made.set_pois("f", LIMIT, 1, pd.Series(xy[places, 0]), pd.Series(xy[places, 1]))
        return made

    built, made = timed(build, 1)
    taken, found = timed(lambda: made.nearest_pois(LIMIT, "f", num_pois=1), ROUNDS)
    metres = found[1].sort_index().to_numpy(dtype=float)
    return {"build": built, "query": taken, "metres": metres}


def compared(every_vertex: bool) -> dict[str, Any]:  # noqa: FBT001  (a benchmark's switch)
    u, v, length, lines = porto(every_vertex)
    built, network = timed(lambda: build_network(u, v, length, lines), 1)
    places = np.random.default_rng(2024).choice(len(network.node), FACILITIES, replace=False)
    taken, metres = timed(lambda: ours(network, places), ROUNDS)
    graph_built, graph = theirs(network)
    slow, expected = timed(lambda: nearest_by_networkx(graph, places), 3)
    both = np.isfinite(metres) & np.isfinite(expected)
    row = {
        "nodes": len(network.node),
        "edges": len(network.length),
        "facilities": FACILITIES,
        "limit_m": LIMIT,
        "share_within": round(float(np.isfinite(metres).mean()), 4),
        "largest_difference_m": float(np.abs(metres[both] - expected[both]).max()),
        "within_by_one_only": int((np.isfinite(metres) != np.isfinite(expected)).sum()),
        "times_networkx": round(slow / taken, 1),
        "build_times_networkx": round(graph_built / built, 1),
    }
    if importlib.util.find_spec("pandana"):
        peer = by_pandana(network, places)
        near = np.isfinite(metres) & (metres < LIMIT - 0.01)
        row |= {
            "times_pandana_query": round(peer["query"] / taken, 1),
            "build_times_pandana": round(peer["build"] / built, 1),
            "largest_difference_pandana_m": round(float(np.abs(peer["metres"][near] - metres[near]).max()), 3),
        }
    return row


def snapped(points: int) -> dict[str, Any]:
    """Points all over the city to their nearest street, beside one plain question to the search tree."""
    _, _, _, lines = porto(every_vertex=False)
    west, south, east, north = shapely.total_bounds(lines)
    rng = np.random.default_rng(2024)
    at = shapely.points(rng.uniform((west, south), (east, north), (points, 2)))
    tree = shapely.STRtree(lines)
    taken, (_, metres) = timed(lambda: nearest_distance(at, tree, 150.0), 2)
    plain, (_, apart) = timed(
        lambda: tree.query_nearest(at, max_distance=150.0, return_distance=True, all_matches=False), 1
    )
    return {
        "points": points,
        "times_plain": round(plain / taken, 1),
        "largest_difference_m": float(np.abs(np.sort(metres[np.isfinite(metres)]) - np.sort(apart)).max()),
    }


def page(result: dict[str, Any]) -> str:
    """The table for docs."""
    heads = {
        "nodes": "nodes", "edges": "edges", "times_networkx": "networkx / geoplan",
        "times_pandana_query": "pandana query alone / geoplan", "build_times_networkx": "build: networkx / geoplan",
        "build_times_pandana": "build and contraction: pandana / geoplan",
        "largest_difference_m": "largest difference, m",
    }  # fmt: skip
    lines = [
        "# All nodes to the nearest of 2,000 facilities within 500 m",
        "",
        "Porto, OpenStreetMap, walking network: every junction a node, and every bend of a street one. Ratios of best",
        "times of one run in one process; above 1 geoplan is faster. `python benchmarks/reach.py` writes this page.",
        f"{result['date']}; peak memory of the whole run, readers and peers included: {result['peak_gib']} GiB.",
        "",
        "| network | " + " | ".join(heads.values()) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for name, row in result["networks"].items():
        cells = [row.get(key, "not installed") for key in heads]
        said = (f"{c:,}" if isinstance(c, int) else str(c) for c in cells)
        lines.append(f"| {name} | {' | '.join(said)} |")
    snap = result["snapping"]
    lines += [
        "",
        f"{snap['points']:,} points to the nearest street within 150 m: one plain question to the search tree takes",
        f"{snap['times_plain']} times as long. Largest difference {snap['largest_difference_m']} m.",
    ]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    return "\n".join([*lines, "", f"Python {result['python']}; {versions}.", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("junctions", "vertices"), help="one of the two networks")
    parser.add_argument("--points", type=int, default=1_000_000, help="how many points to snap to streets")
    parser.add_argument("-o", "--out", type=Path, default=OUT, help="folder to write to")
    asked = parser.parse_args()
    if "GEOPLAN_REAL_DATA" not in os.environ:
        print("set GEOPLAN_REAL_DATA to the folder that holds", PORTO, file=sys.stderr)
        return 2
    kinds = {"junctions": False, "vertices": True}
    rows = {name: compared(every) for name, every in kinds.items() if asked.only in {None, name}}
    named = ("numpy", "scipy", "shapely", "networkx", "pandana")
    installed = {n: metadata.version(n) for n in named if importlib.util.find_spec(n)}
    result = {
        "networks": rows,
        "snapping": snapped(asked.points),
        "versions": installed,
        "python": ".".join(map(str, sys.version_info[:3])),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "reach.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (asked.out / "reach.md").write_text(page(result), encoding="utf-8")
    print(page(result))
    slow = [n for n, r in rows.items() if r["times_networkx"] < 10 or r.get("times_pandana_query", 1) < 1]
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
