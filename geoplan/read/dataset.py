"""One table of shapes of one file, as GDAL reads it: its names, CRS and extent before any feature is read."""

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geoplan.errors import CRSError, EncodingError, LayerError, SourceError, nearest
from geoplan.measure import Note
from geoplan.read import columns, copied, drivers, encoding, flatgeobuf, rooms, rows, searched
from geoplan.read.absurd import refuse_absurd
from geoplan.read.guards import Found
from geoplan.read.quotes import refuse_open_quotes
from geoplan.read.scratch import scratch

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.crs import Bounds

__all__ = ["Dataset", "opened", "worded"]

_EMPTY = " OR OGR_GEOM_WKT LIKE '%EMPTY'"
_CSV = {"KEEP_GEOM_COLUMNS": "NO", "GEOM_POSSIBLE_NAMES": "wkt", **copied.PLACES}


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table of shapes that was opened but not read.

    Attributes:
        found: the source.
        path: what GDAL is handed (a CSV in another encoding is handed over as a copy in UTF-8).
        layer: the name of the table.
        fields: column name -> type, as numpy names it; the names are decoded.
        crs: what the file says, as a registry number or WKT; an empty text where it says nothing.
        bounds: the extent of all its shapes; nan where it has none.
        recode: the encoding text is put together in after it was read byte by byte, or an empty text.
        raw: column name -> the bytes of it, where it was read so.
        notes: what had to be found out.
    """

    found: Found
    path: str
    layer: str
    fields: Mapping[str, str]
    crs: str
    bounds: "Bounds"
    driver: str
    geometry_column: str
    options: Mapping[str, str]
    recode: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = field(default=())

    def read(
        self,
        columns: tuple[str, ...] | None = None,
        *,
        where: str = "",
        box: "Bounds | None" = None,
        most: int | None = None,
    ) -> "gpd.GeoDataFrame":
        """Features by their number in the file: those whose box meets the box, and those without a shape.

        Args:
            columns: names of the columns wanted; all where left out.
            where: a filter, handed to GDAL as it stands.
            box: in the CRS of the file.
            most: read at most so many features.

        Raises:
            SourceError: the filter cannot be applied, or the file is broken.
            EncodingError: text is not in the encoding the file claims.
        """
        import pandas as pd

        frame = self._rows(columns, where, box, most)
        if box is not None:
            more = [part[~part.index.isin(frame.index)] for part in self._left_out(columns, where, box, frame)]
            if any(map(len, more)):
                frame = pd.concat([frame, *more]).sort_index()
        refuse_absurd(frame, self.found.text)
        return frame

    def _left_out(
        self, columns: tuple[str, ...] | None, where: str, box: "Bounds", frame: "gpd.GeoDataFrame"
    ) -> "Iterator[gpd.GeoDataFrame]":
        """What GDAL leaves out when it filters by place, and the ledger must not lose."""
        if self.driver in searched.INDEXED:
            found, kept = frame.index.to_numpy(), self._filter(where)
            with worded(self.found, where=where, layer=self.layer, names=", ".join(self.fields)), _quiet():
                lost = searched.left_out(self.path, self.layer, box, found, where=kept, options=self.options)
            if len(lost):
                yield self._rows(columns, "", None, None, fids=lost)
            return
        shapeless = self.shapeless()
        rest = self._rows(columns, f"({where}) AND ({shapeless})" if where else shapeless, None, None)
        yield rest[rest.geometry.isna() | rest.geometry.is_empty]
        west, south, east, north = self.bounds
        if west <= 0 <= east and south <= 0 <= north:
            yield self._rows(columns, where, (0.0,) * 4, None)

    def shapeless(self) -> str:
        """The filter that keeps features without a shape."""
        return "OGR_GEOMETRY IS NULL" + (_EMPTY if self.driver in {"CSV", "GeoJSON"} else "")

    def digest(self, frame: "gpd.GeoDataFrame") -> str:  # noqa: ARG002  (of a file, the file itself tells)
        """The sha256 of what was read, where no file tells whether it changed; else an empty text."""
        return ""

    def _rows(
        self, columns: tuple[str, ...] | None, where: str, box: "Bounds | None", most: int | None, **more: Any
    ) -> "gpd.GeoDataFrame":
        # GDAL finds nothing, and says nothing, when a filter names a column that is not read
        names = None if columns is None or where else [self.raw.get(c, c) for c in columns]
        asked: dict[str, Any] = {"where": self._filter(where), "box": box, "most": most, "options": self.options}
        with worded(self.found, where=where, layer=self.layer, names=", ".join(self.fields)), _quiet():
            frame = rows.features(self.path, self.layer, names, **asked, **more)
        if frame is None:
            raise SourceError("source.no_geometry", path=self.found.text)
        return self._decoded(frame) if self.recode else frame

    def _filter(self, where: str) -> str:
        """The filter as GDAL must see it: byte by byte, and a name that was cut with the half character it ends in."""
        if not self.recode:
            return where
        raw = where.encode(self.recode).decode("latin-1")
        for name, own in self.raw.items():
            raw = raw.replace(f'"{name.encode(self.recode).decode("latin-1")}"', f'"{own}"')
        return raw

    def _decoded(self, frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
        """Text that was read byte by byte, put together in its encoding."""
        import pandas as pd

        def whole(text: Any) -> Any:
            return encoding.decoded(text.encode("latin-1"), self.recode) if isinstance(text, str) else text

        named = frame.rename(columns={own: name for name, own in self.raw.items()})
        for column in named.columns:
            if pd.api.types.is_string_dtype(named[column].dtype) and column != named.geometry.name:
                named[column] = named[column].map(whole)
        return named


@contextlib.contextmanager
def opened(found: Found, *, layer: str = "", declared: str = "") -> Iterator[Dataset]:
    """One table of a source.

    Args:
        found: the source.
        layer: the name of the table; may be left out where there is only one.
        declared: the encoding study.toml states, or an empty text.

    Raises:
        SourceError: it cannot be read, has no such table, or several to choose from, or no shapes.
        EncodingError: its text is in no encoding that can be told.
    """
    with contextlib.ExitStack() as stack:
        if (table := rooms.opened(found, layer, stack)) is not None:
            yield table
            return
        flatgeobuf.refuse_false_count(found)
        found = copied.at_hand(found, layer, stack)
        path, recode = found.gdal, ""
        options: dict[str, str] = {}
        notes: tuple[Note, ...] = ()
        if found.suffix == ".csv" and found.file is not None:
            path, notes = _as_utf8(found, declared, stack)
            options = dict(_CSV)
        elif found.suffix == ".shp" and found.file is not None:
            said = encoding.of_shapefile(found, declared, found.stem)
            options = {"ENCODING": "ISO-8859-1" if said.cut else said.name}
            recode, notes = (said.name if said.cut else ""), _noted(said, found)
        elif declared:
            options = {"encoding": encoding.known(declared, {"layer": layer or found.stem, "path": found.text})}
        chosen = _chosen(found, path, layer)
        info = _info(found, path, chosen, options)
        told_apart, _ = columns.unique(
            [encoding.decoded(f.encode("latin-1"), recode) if recode else f for f in info["fields"].tolist()]
        )
        names = dict(zip(told_apart, map(str, info["fields"]), strict=True))
        yield Dataset(
            found,
            path,
            chosen,
            dict(zip(names, map(str, info["dtypes"]), strict=True)),
            str(info["crs"] or ""),
            _bounds(info["total_bounds"]),
            str(info["driver"]),
            str(info["geometry_name"]),
            options,
            recode,
            names if recode else {},
            notes,
        )


def _info(found: Found, path: str, layer: str, options: Mapping[str, str]) -> dict[str, Any]:
    import pyogrio

    with worded(found), _quiet():
        info: dict[str, Any] = pyogrio.read_info(path, layer=layer, force_total_bounds=True, **options)
    if info["driver"] in drivers.CONNECTING:
        raise SourceError("source.indirect", path=found.text)
    if info["geometry_type"] is None:
        raise SourceError("source.no_geometry", path=found.text)
    return info


def _chosen(found: Found, path: str, layer: str) -> str:
    import pyogrio

    with worded(found), _quiet():
        tables = pyogrio.list_layers(path)
    # a CSV has one table, and says that it has shapes only when told which columns hold them
    names = [str(name) for name, kind in tables if kind is not None or found.suffix == ".csv"]
    if not names:
        raise SourceError("source.no_geometry", path=found.text)
    if layer and layer not in names:
        raise SourceError(
            "source.no_layer", path=found.text, layer=layer, nearest=nearest(layer, names) or ", ".join(names)
        )
    if not layer and len(names) > 1:
        raise SourceError("source.which_layer", path=found.text, names=", ".join(names))
    return layer or names[0]


def _as_utf8(found: Found, declared: str, stack: contextlib.ExitStack) -> tuple[str, tuple[Note, ...]]:
    """A CSV as GDAL can filter it: itself if it is in UTF-8, else a copy that is, for as long as the stack stands."""
    if found.member or found.file is None:
        return found.gdal, ()
    data = found.file.read_bytes()
    said = encoding.of_text(data, declared, layer=found.stem, path=found.text)
    refuse_open_quotes(data.decode(said.name), found.text)
    if said.name in {"UTF-8", "UTF-8-SIG"}:
        return found.gdal, ()
    copy = stack.enter_context(scratch()) / found.file.name
    copy.write_text(data.decode(said.name), encoding="utf-8", newline="")
    return str(copy), _noted(said, found)


def _noted(said: encoding.Encoding, found: Found) -> tuple[Note, ...]:
    if said.said_by != "bytes":
        return ()
    return (Note("read.encoding", {"path": found.text, "encoding": said.name}),)


def _bounds(bounds: Any) -> "Bounds":
    west, south, east, north = (float(b) for b in bounds) if bounds is not None else (float("nan"),) * 4
    return west, south, east, north


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """GDAL's remarks on what it reads; what matters of them is found by the checks of this room."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


@contextlib.contextmanager
def worded(found: Found, *, where: str = "", layer: str = "", names: str = "") -> Iterator[None]:
    """GDAL's failures as sentences a planner can act on."""
    from pyogrio import errors
    from pyogrio.errors import CRSError as NotACRS

    try:
        yield
    except (NotACRS, UnboundLocalError) as error:
        # the second is how pyogrio stumbles over a CRS that is none
        raise CRSError("source.broken_crs", path=found.text) from error
    except UnicodeDecodeError as error:
        raise EncodingError("read.encoding_unknown", layer=layer or found.stem, path=found.text) from error
    except (errors.FeatureError, ValueError, IndexError, MemoryError) as error:
        if where:
            raise SourceError("source.where", path=found.text, where=where, names=names) from error
        raise SourceError("source.unreadable", path=found.text, reason=error) from error
    except (errors.DataLayerError, errors.DataSourceError, errors.FieldError) as error:
        raise SourceError("source.unreadable", path=found.text, reason=error) from error
    except errors.GeometryError as error:
        raise LayerError("source.unreadable", path=found.text, reason=error) from error
