"""Drawings (DXF): plots are the closed lines of the layers meant for them, whatever they are drawn with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from geoplan.errors import GeoplanError, SourceError
from geoplan.measure import Note
from geoplan.read import site_words as words
from geoplan.read.cad_curves import edges, vertices
from geoplan.read.cad_plots import plots_of_drawing
from geoplan.read.cad_rings import SAGITTA, Drawn, Fill, Line, Opaque, Ring, Text, rings_of
from geoplan.read.scratch import scratch
from geoplan.read.site_claim import claim_of_texts
from geoplan.read.survey import Survey, at_entity

__all__ = ["MOST_DRAWN", "survey_of"]

MOST_DRAWN = 256 * 1024**2
"""Bytes of a drawing; a site plan has a few megabytes."""
_LAYER_TAG = 8
_DEEPEST = 8
"""Blocks within blocks that are followed."""
_COARSE = 1e9
"""Units an arc may bulge where only its size is asked for."""
_LINES = {"LWPOLYLINE", "POLYLINE", "LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE"}
_FILLS = {"HATCH", "MPOLYGON"}
_TEXTS = {"TEXT", "MTEXT", "ATTRIB"}
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, OSError, RuntimeError)
"""What the drawing library raises over drawings that are not as they should be, beside its own errors."""
_HARMLESS = {
    "POINT", "DIMENSION", "LEADER", "MULTILEADER", "IMAGE", "WIPEOUT", "VIEWPORT", "ATTDEF", "TOLERANCE", "XLINE",
    "RAY", "SHAPE", "OLE2FRAME", "ACAD_TABLE", "LIGHT", "SUN", "PDFUNDERLAY", "DWFUNDERLAY", "DGNUNDERLAY", "SEQEND",
    "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION", "GEODATA",
}  # fmt: skip
"""Entities that enclose nothing. Any other that is not read here may be a boundary nobody can see."""


@dataclass(slots=True)
class _Seen:
    """Everything of a drawing that may matter, block by block taken apart."""

    lines: list[tuple[Any, str, str]] = field(default_factory=list)
    fills: list[tuple[Any, str, str]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    opaque: list[Opaque] = field(default_factory=list)


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
    from ezdxf.lldxf.const import DXFError

    _check(content, file)
    seen = _Seen()
    try:
        unit, units = _collect(content, seen)
        drawn = _drawn(seen, unit, file)
    except GeoplanError:
        raise
    except (DXFError, *_BROKEN) as error:
        raise SourceError("site_file.broken_drawing", file=file) from error
    notes = []
    if seen.hidden:
        notes.append(Note("site_note.hidden_layers", {"layers": ", ".join(sorted(seen.hidden))}))
    plots, more = plots_of_drawing(drawn, file, width)
    claim = claim_of_texts([(t.text, at_entity(t.layer, t.handle)) for t in seen.texts], file)
    return Survey("dxf", claim, plots, northing_first=False, notes=(*notes, *more), units=units)


def _check(content: bytes, file: str) -> None:
    if not content.strip():
        raise SourceError("site_file.empty", file=file)
    if len(content) > MOST_DRAWN:
        raise SourceError("site_file.large", file=file, most=MOST_DRAWN // 1024**2)
    if content[:4] in {b"AC10", b"AC1."}:
        raise SourceError("site_file.dwg_named_dxf", file=file)
    # a drawing that was cut off may still open: what is missing would never be missed
    if b"EOF" not in content[-64:] or b"SECTION" not in content[:4096]:
        raise SourceError("site_file.broken_drawing", file=file)


def _collect(content: bytes, seen: _Seen) -> tuple[float, tuple[float, ...]]:
    """Everything of a drawing that may matter, metres per unit as far as its size tells, and those it may have.

    A drawing that is not whole is refused, never repaired: the repair of the library reads 4-35324.4 as 4.
    """
    from ezdxf.filemanagement import readfile

    with scratch() as folder:
        path = Path(folder, "drawing.dxf")
        path.write_bytes(content)
        document = readfile(path)
    off = {layer.dxf.name for layer in document.layers if layer.is_off() or layer.is_frozen()}
    for entity, layer in _entities(document.modelspace(), "", 0):
        if layer in off:
            seen.hidden.add(_readable(layer))
        else:
            _see(entity, _readable(layer), seen)
    said = int(document.header.get("$INSUNITS", 0))
    units = (*[u for u in words.DIMENSIONS.get(said, ()) if u != 1.0], 1.0)
    return _unit(seen, units), units


def _entities(container: Any, layer: str, depth: int) -> Iterator[tuple[Any, str]]:
    """Every entity with its layer, blocks taken apart; what is drawn on layer 0 of a block takes the block's layer."""
    for entity in container:
        own = _layer(entity)
        found = layer if layer and own == "0" else own
        if entity.dxftype() != "INSERT":
            yield entity, found
        elif depth < _DEEPEST:
            yield from ((a, found) for a in entity.attribs)
            for block in entity.multi_insert() if entity.mcount > 1 else (entity,):
                yield from _entities(block.virtual_entities(), found, depth + 1)


def _layer(entity: Any) -> str:
    """The layer of an entity; of one that only its own program understands, by the tag all entities carry."""
    if not hasattr(entity, "xtags") or entity.is_supported_dxf_attrib("layer"):
        return str(entity.dxf.get("layer", "0"))
    tags = (tag for part in entity.xtags.subclasses for tag in part)
    return next((str(tag.value) for tag in tags if tag.code == _LAYER_TAG), "0")


def _see(entity: Any, layer: str, seen: _Seen) -> None:
    kind = entity.dxftype()
    handle = str(entity.dxf.handle or "-")
    mesh = kind == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline)
    if kind in _LINES and not mesh:
        seen.lines.append((entity, layer, handle))
    elif kind in _FILLS:
        seen.fills.append((entity, layer, handle))
    elif kind in _TEXTS:
        text = entity.plain_text() if kind == "MTEXT" else entity.dxf.get("text", "")
        x, y, *_ = entity.dxf.get("insert", (0.0, 0.0))
        seen.texts.append(Text(_readable(text).strip(), (float(x), float(y)), layer, handle))
    elif kind not in _HARMLESS:
        seen.opaque.append(Opaque(kind, layer, handle))


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
    if not all(np.isfinite(line.xy).all() for line in lines):
        raise ArithmeticError
    return Drawn(lines, fills, seen.texts, seen.opaque, unit)


def _readable(text: str) -> str:
    """Chinese that was written in GBK into a drawing that says it is Western, read as it was meant."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252", "surrogateescape").decode("gb18030")
    except UnicodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
