"""What became of ground between two states of one layer: what was lost, what was gained, what is left of it, net."""

from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan import borders, states
from geoplan.layer import Layer
from geoplan.measure import Change, Flow, Note, Outcome, Table
from geoplan.place import Place
from geoplan.units import Metres, SquareMetres, shown

Texts: TypeAlias = NDArray[np.object_]
WORDS = ("kept", "lost", "gained", "left_out", "unknown")


class _Later(NamedTuple):
    """The later state as it counts, which of its features nobody can tell of, and which are certified (yes or no)."""

    layer: Layer
    doubt: NDArray[np.bool_]
    proof: Texts


def change(
    before: Layer, after: Layer, within: Layer | None = None, *, place: Place, certified: str | None = None,
    sliver_width: Metres = Metres(0.1), sliver_area: SquareMetres = SquareMetres(1.0),
) -> Outcome:  # fmt: skip
    """The net change of ground, gained - lost, in m2 on the ellipsoid: less than 0 is a net loss.

    after = before - lost + gained, exactly. Both states are of one layer, in one scheme and over one boundary; ground
    drawn twice in a state counts once. Ground that only changed its class is kept, and stands in the table `matrix`.
    With `certified` (a column of yes and no), new ground, and ground of a class the earlier state does not ask for,
    makes up for losses only where it was certified. Ground nowhere wider than `sliver_width`, or smaller than
    `sliver_area`, looks like a boundary drawn twice: it is marked, and counts. Where class or proof is unknown in one
    state, the ground stands in no amount but `unknown`. `within` limits the question to the ground of its features.
    Adds up over tiles. Evidence `parts` (id, name, class, class_before, class_after, area_m2, status kept | lost |
    gained | sliver | left_out | unknown); tables `losses` (each of them), `classes`, `matrix`.

    Raises:
        LayerError: the states are not on one basis (口径不一致).
    """
    states.refuse(before, after, place)
    now, limits = _later(before, after, certified), within.frame[~within.unclassed] if within else None
    both = (before, before.unclassed), (now.layer, now.doubt)
    region = None if limits is None else limits.geometry.to_numpy()
    found = states.pieces(both, place, region, width=sliver_width, least=sliver_area)
    status = _status(found, before, now)
    moved = found.thin & np.isin(status, ("lost", "gained"))
    m2 = states.accounts(place, found, {w: status == w for w in WORDS} | {"slivers": moved})
    rows = zip(*(m2[w].tolist() for w in ("kept", "gained", "lost", "slivers", "unknown")), strict=True)
    flows = [Flow(kept + lost, gained, lost, thin, unknown) for kept, gained, lost, thin, unknown in rows]
    seen = np.where(moved, "sliver", status)
    flow, parts = flows[0], states.listed(found, before, now.layer, place, became=status, status=seen.astype(object))
    turned = (parts["class_before"] != parts["class_after"]) & parts[["class_before", "class_after"]].notna().all(
        axis=1
    )
    facts: dict[str, float | None] = {n: getattr(flow, n) for n in ("before", "after", "lost", "gained", "slivers")} | {
        "slivers_lost": float(found.areas[moved & (status == "lost")].sum()),
        "unknown": flow.unknown, "left_out": float(m2["left_out"][0]),
        "reclassified": float(parts["area_m2"][turned & (parts["became"] == "kept")].sum()),
    }  # fmt: skip
    said: dict[str, Any] = {n: shown((v or 0.0) / 1e4, 4) for n, v in facts.items()} | {
        "place": place.name, "layer": before.spec.title, "net": shown((flow.gained - flow.lost) / 1e4, 4),
        "one": states.version(before), "other": states.version(after), "width": sliver_width, "least": sliver_area,
        "certified": certified, "within": within.spec.title if within else {},
    }  # fmt: skip
    words = ["headline", "definition", *["certified"] * bool(certified), *["within"] * bool(within)]
    words += [name for name in ("reclassified", "left_out", "slivers", "unknown") if facts[name]]
    notes = (*(Note(f"change.{word}", said) for word in words), *states.cautions(before, after))
    lost = parts[parts["became"] == "lost"].sort_values("area_m2", ascending=False, kind="stable")
    units = {"id": "", "name": "", "class": "", "status": "", "area_m2": "m2"}
    tables = {"losses": Table.of({c: (unit, lost[c].to_numpy()) for c, unit in units.items()})} | states.flows(parts)
    return Outcome(Change(flow, borders.zoned(place, flows)), {}, {"parts": parts}, tables, notes, facts)


def _later(before: Layer, after: Layer, certified: str | None) -> _Later:
    """What of the later state counts; of what is of a kind the earlier does not ask for, only what was certified."""
    if certified is None:
        return _Later(after, after.unclassed, np.full(len(after.frame), "yes", dtype=object))
    asked, said, proof = before.classes.get("class"), states.classes(after), after.said(certified)
    other = np.array([asked is not None and word is not None and word not in asked for word in said], dtype=bool)
    counts = ~(other & (proof == "no"))
    layer = replace(after, data=after.frame[counts].reset_index(drop=True))
    return _Later(layer, (after.unclassed | (other & states.blank(proof)))[counts], proof[counts])


def _status(found: states.Pieces, before: Layer, now: _Later) -> Texts:
    """What became of each piece."""
    held, holds = found.before >= 0, found.after >= 0
    proof = np.append(now.proof, "yes")[found.after]
    status = np.select([held & holds, held], ["kept", "lost"], "gained").astype(object)
    status[~held & (proof == "no")] = "left_out"
    doubt = np.append(before.unclassed, False)[found.before] | np.append(now.doubt, False)[found.after]
    status[doubt | (~held & states.blank(proof))] = "unknown"
    return status
