"""Drawings (DXF): plots are the closed lines of the layers meant for them, whatever they are drawn with."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geoplan.errors import SourceError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.cad_curves import edges, vertices
from geoplan.read.cad_plots import plots_of_drawing
from geoplan.read.cad_rings import SAGITTA, Drawn, Fill, Line, Ring, Text, rings_of
from geoplan.read.site_claim import claim_of_texts
from geoplan.read.survey import Survey, at_entity

if TYPE_CHECKING:
    from ezdxf.document import Drawing

__all__ = ["MOST_DRAWN", "survey_of"]

MOST_DRAWN = 256 * 1024**2
"""Bytes of a drawing; a site plan has a few megabytes."""
_DEEPEST = 8
"""Blocks within blocks that are followed."""
_COARSE = 1e9
"""Units an arc may bulge where only its size is asked for."""
_LINES = {"LWPOLYLINE", "POLYLINE", "LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE"}
_FILLS = {"HATCH", "MPOLYGON"}
_TEXTS = {"TEXT", "MTEXT", "ATTRIB"}
_OPAQUE = {"REGION", "ACAD_PROXY_ENTITY", "3DSOLID", "BODY", "SURFACE", "MESH"}


@dataclass(slots=True)
class _Seen:
    """Everything of a drawing that may matter, block by block taken apart."""

    lines: list[tuple[Any, str, str]] = field(default_factory=list)
    fills: list[tuple[Any, str, str]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)


def survey_of(content: bytes, file: str, *, width: float | None = None) -> Survey:
    """What a drawing says.

    Args:
        content: of a DXF file.
        file: its name.
        width: metres a line is wide where the site is a line; closed lines are wanted where it is None.

    Raises:
        SourceError: no drawing, or one that was cut off.
        LayerError: nobody can tell which lines are meant, or they do not close.
    """
    document, notes = _opened(content, file)
    off = {layer.dxf.name for layer in document.layers if layer.is_off() or layer.is_frozen()}
    seen = _Seen()
    for entity, layer in _entities(document.modelspace(), "", 0):
        if layer in off:
            seen.hidden.add(_readable(layer))
        else:
            _see(entity, _readable(layer), seen)
    if seen.hidden:
        notes.append(Note("site_note.hidden_layers", {"layers": ", ".join(sorted(seen.hidden))}))
    if seen.opaque:
        notes.append(Note("site_note.opaque", {"kinds": ", ".join(sorted(seen.opaque))}))
    said = int(document.header.get("$INSUNITS", 0))
    units = (*[u for u in words.DIMENSIONS.get(said, ()) if u != 1.0], 1.0)
    plots, more = plots_of_drawing(_drawn(seen, _unit(seen, units), file), file, width)
    claim = claim_of_texts([(t.text, at_entity(t.layer, t.handle)) for t in seen.texts], file)
    return Survey("dxf", claim, plots, northing_first=False, notes=(*notes, *more), units=units)


def _opened(content: bytes, file: str) -> tuple["Drawing", list[Note]]:
    """The drawing; one that is only read after repair is said to be so."""
    from ezdxf import recover
    from ezdxf.lldxf.const import DXFError

    if not content.strip():
        raise SourceError("site_file.empty", file=file)
    if len(content) > MOST_DRAWN:
        raise SourceError("site_file.large", file=file, most=MOST_DRAWN // 1024**2)
    if content[:4] in {b"AC10", b"AC1."}:
        raise SourceError("site_file.dwg_named_dxf", file=file)
    # a drawing that was cut off still opens: what is missing would never be missed
    if b"EOF" not in content[-64:] or b"SECTION" not in content[:4096]:
        raise SourceError("site_file.broken_drawing", file=file)
    try:
        document, auditor = recover.read(io.BytesIO(content))
    except (DXFError, ValueError, TypeError, AttributeError, LookupError, OSError) as error:
        raise SourceError("site_file.broken_drawing", file=file) from error
    if auditor.has_errors:
        raise SourceError("site_file.broken_drawing", file=file)
    mended = len(auditor.fixes)
    return document, [Note("site_note.mended_drawing", {"count": mended})] if mended else []


def _entities(container: Any, layer: str, depth: int) -> Iterator[tuple[Any, str]]:
    """Every entity with its layer, blocks taken apart; what is drawn on layer 0 of a block takes the block's layer."""
    for entity in container:
        own = entity.dxf.get("layer", "0")
        found = layer if layer and own == "0" else own
        if entity.dxftype() != "INSERT":
            yield entity, found
        elif depth < _DEEPEST:
            yield from ((a, found) for a in entity.attribs)
            for block in entity.multi_insert() if entity.mcount > 1 else (entity,):
                yield from _entities(block.virtual_entities(), found, depth + 1)


def _see(entity: Any, layer: str, seen: _Seen) -> None:
    kind = entity.dxftype()
    handle = str(entity.dxf.get("handle") or "-")
    if kind in _LINES and not (kind == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline)):
        seen.lines.append((entity, layer, handle))
    elif kind in _FILLS:
        seen.fills.append((entity, layer, handle))
    elif kind in _TEXTS:
        text = entity.plain_text() if kind == "MTEXT" else entity.dxf.get("text", "")
        x, y, *_ = entity.dxf.get("insert", (0.0, 0.0))
        seen.texts.append(Text(_readable(text).strip(), (float(x), float(y)), layer, handle))
    elif kind in _OPAQUE:
        seen.opaque.add(f"{kind} ({layer})")


def _unit(seen: _Seen, units: tuple[float, ...]) -> float:
    """Metres per unit to draw arcs and close gaps by: the first that makes the coordinates those of a country."""
    largest = max((float(np.abs(vertices(e, _COARSE)[0]).max(initial=0.0)) for e, _, _ in seen.lines), default=0.0)
    return next((u for u in units if 1e5 <= largest * u < 1e8), 1.0)


def _drawn(seen: _Seen, unit: float, file: str) -> Drawn:
    sagitta = SAGITTA / unit
    lines = [
        Line(xy, layer, handle, closed, arcs)
        for e, layer, handle in seen.lines
        for xy, closed, arcs in (vertices(e, sagitta),)
    ]
    fills = []
    for entity, layer, handle in seen.fills:
        rings: list[Ring] = []
        for pieces in edges(entity, sagitta):
            made = [Line(xy, layer, handle, closed=len(pieces) == 1) for xy in pieces]
            rings += rings_of(made, unit, file)[0]
        fills.append(Fill(tuple(ring.xy for ring in rings), layer, handle))
    return Drawn(lines, fills, seen.texts, unit)


def _readable(text: str) -> str:
    """Chinese that was written in GBK into a drawing that says it is Western, read as it was meant."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode("gb18030")
    except UnicodeError:
        return text
