"""The lines of a network as they are counted: every stretch once, cut at borders, with the part it hangs in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from geoplan import borders
from geoplan.ops import ellipsoid, lines, structure
from geoplan.role import pooled

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.layer import Layer
    from geoplan.place import Place

    Floats: TypeAlias = NDArray[np.float64]
    Indices: TypeAlias = NDArray[np.intp]
    Shapes: TypeAlias = NDArray[np.object_]
    Texts: TypeAlias = NDArray[np.object_]

__all__ = ["Strands", "strands"]


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """Stretches of lines, cut at the borders of a place and its zones.

    Attributes:
        frame: the features, those of known class first, then the longest.
        shapes: stretches (n,).
        owner: the feature each is of (n,).
        status: `counted`, `unknown` (nobody knows its class) or `left_out` (it runs beside another) (n,).
        part: the part of the network it hangs in, 0 the longest; -1 of what is not counted (n,).
        account: of `borders`, none beyond the place (n,).
        metres: geodesic (n,).
        net: how the counted lines of the whole place hang together.
        lines: those lines.
        doubled: metres in the place that were drawn again and are none of the above.
    """

    frame: "gpd.GeoDataFrame"
    shapes: "Shapes"
    owner: "Indices"
    status: "Texts"
    part: "Indices"
    account: "Indices"
    metres: "Floats"
    net: structure.Structure
    lines: "Shapes"
    doubled: float

    def by_account(self, place: "Place", status: str) -> "Floats":
        """Metres of that status, by account."""
        chosen = self.status == status
        return borders.by_account(place, self.account[chosen], self.metres[chosen])

    def rows(self, place: "Place") -> "gpd.GeoDataFrame":
        """A row for each feature, status and part: what of it lies in the place, with `component` and `length_m`."""
        mine = np.flatnonzero(self.account == 0)
        words, word = np.unique(self.status[mine].astype(str), return_inverse=True)
        keys = np.stack([self.owner[mine], word.ravel(), self.part[mine]], axis=1)
        kind, row = np.unique(keys, axis=0, return_inverse=True)
        said = self.frame.iloc[kind[:, 0]].reset_index(drop=True)
        parts = np.array([None if p < 0 else str(p + 1) for p in kind[:, 2].tolist()], dtype=object)
        status = np.array([str(words[w]) for w in kind[:, 1].tolist()], dtype=object)
        held = (self.shapes[mine], row.ravel().astype(np.intp), self.metres[mine])
        return borders.stretched(said, place, *held, status=status, component=parts)


def strands(of: "tuple[Layer, ...]", place: "Place", *, parallel: float, join: float) -> Strands:
    """Every stretch of the lines once, and what runs within `parallel` metres beside a longer line left out.

    Args:
        of: lines.
        place: where.
        parallel: see `ops.structure.beside`.
        join: see `ops.structure.structure`.
    """
    frame, unclassed = pooled(of)
    frame = frame.assign(known=~unclassed, long=np.round(shapely.length(frame.geometry.to_numpy()), 3))
    ranked = frame.sort_values(["known", "long", "id"], ascending=[False, False, True], kind="stable")
    frame = ranked.reset_index(drop=True)
    known = frame["known"].to_numpy(dtype=bool)
    once = lines.once(frame.geometry.to_numpy(), np.zeros(len(frame), dtype=np.int64))
    # a feature is compared with others as one line: cut at crossings, its pieces would be too short to tell
    order = np.argsort(once.parent, kind="stable")
    owner, number = np.unique(once.parent[order], return_inverse=True)
    ways = np.asarray(shapely.line_merge(shapely.multilinestrings(once.lines[order], indices=number)), dtype=object)
    apart = structure.beside(ways, owner, parallel)
    inside = lines.cut(apart.kept, np.array([place.boundary]))
    mine = inside.zone == 0
    shapes, piece = shapely.get_parts(inside.lines[mine], return_index=True)
    of_piece = owner[apart.kept_of][inside.parent[mine][piece]]
    sure, part = known[of_piece], np.full(len(shapes), -1, dtype=np.intp)
    net = structure.structure(shapes[sure], join)
    part[sure] = net.part
    kept, left = borders.stretches(place, shapes, 0.0), borders.stretches(place, apart.left, 0.0)
    words = np.where(sure, "counted", "unknown").astype(object)
    again = borders.stretches(place, once.doubled, 0.0)
    return _within(
        Strands(
            frame,
            np.concatenate([kept.shapes, left.shapes]),
            np.concatenate([of_piece[kept.parent], owner[apart.left_of[left.parent]]]).astype(np.intp),
            np.concatenate([words[kept.parent], np.full(len(left.shapes), "left_out", dtype=object)]),
            np.concatenate([part[kept.parent], np.full(len(left.shapes), -1, dtype=np.intp)]),
            np.concatenate([kept.account, left.account]),
            ellipsoid.length(np.concatenate([kept.shapes, left.shapes]), place.crs),
            net,
            shapes[sure],
            float(ellipsoid.length(again.shapes[again.account == 0], place.crs).sum()),
        )
    )


def _within(all_of_it: Strands) -> Strands:
    """Without what lies beyond the place: it was never asked about."""
    i = np.flatnonzero(all_of_it.account != borders.OUTSIDE)
    s = all_of_it
    return Strands(
        s.frame, s.shapes[i], s.owner[i], s.status[i], s.part[i], s.account[i], s.metres[i], s.net, s.lines, s.doubled
    )
