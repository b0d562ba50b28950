"""GeoParquet, for which GDAL has no reader here: what a question may mean is copied into a GeoPackage and asked there.

Row groups are read a little at a time. Where the file says the box of each row, row groups without a row that meets the
box asked for are passed over; else every shape is made once, and let go.
"""

import contextlib
import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import GeoplanError, SourceError
from geoplan.read.dataset import Dataset, worded
from geoplan.read.parquet_head import Head, head_of, plain, plain_type
from geoplan.read.scratch import scratch

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from geoplan.crs import Bounds
    from geoplan.read.guards import Found

__all__ = ["Parquet", "opened"]

_BYTES = 1024**2
"""Of the rows that are held at a time, as the file counts them."""
_FEWEST, _ROWS = 64, 65_536
_SHAPE = "geoplan shape"
"""The column of shapes in the copy."""

_NO_HEAD = Head("", "WKB", None, None, (), ())


@dataclass(frozen=True, slots=True)
class Parquet(Dataset):
    """A GeoParquet that was opened but not read.

    Attributes:
        file: the open file.
        head: what it says of its shapes.
    """

    file: Any = None
    head: Head = _NO_HEAD

    def read(
        self,
        columns: tuple[str, ...] | None = None,
        *,
        where: str = "",
        box: "Bounds | None" = None,
        most: int | None = None,
    ) -> "gpd.GeoDataFrame":
        """Features by their number in the file, as `Dataset.read`: through a copy of what may be meant."""
        import pandas as pd

        said = where.replace('""', '"').casefold()
        asked = self.head.names if columns is None else columns
        names = [n for n in self.head.names if n in asked or n.casefold() in said]
        with scratch() as folder:
            if most is None:
                return self.copied(folder / "all.gpkg", names, self._runs(names, box)).read(
                    columns, where=where, box=box
                )
            parts = [self.copied(folder / "none.gpkg", names, ()).read(columns, where=where)]
            for number, run in enumerate(self._runs(names, box)):
                lacking = most - sum(map(len, parts))
                if lacking <= 0:
                    break
                copy = self.copied(folder / f"{number}.gpkg", names, (run,))
                parts.append(copy.read(columns, where=where, box=box, most=lacking))
                Path(copy.path).unlink()
            held = [part for part in parts if len(part)] or parts[:1]
            return held[0] if len(held) == 1 else pd.concat(held)

    def copied(self, path: Path, names: list[str], runs: "Iterable[pa.RecordBatch]") -> Dataset:
        """A GeoPackage of those rows, with those columns.

        Raises:
            SourceError: the file is broken, or rows were lost on the way.
        """
        import pyarrow as pa
        import pyogrio

        count, failed = 0, []

        def counted() -> "Iterator[pa.RecordBatch]":
            nonlocal count
            try:
                for run in runs:
                    count += run.num_rows
                    yield run
            except (pa.ArrowException, OSError, ValueError, GeoplanError) as error:
                # on the other side of the stream nothing would be left of it but that something failed
                failed.append(error)

        with _worded(self.found), _common_pool(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has no CRS is said where one is wanted
            stream = pa.RecordBatchReader.from_batches(self._schema(names), counted())
            pyogrio.write_arrow(
                stream, path, layer=self.layer, driver="GPKG",
                geometry_name=_SHAPE, geometry_type="Unknown", crs=self.head.crs,
                layer_options={"FID": self._number(), "GEOMETRY_NAME": _SHAPE, "SPATIAL_INDEX": "NO"},
            )  # fmt: skip
            if failed:
                raise failed[0]
            kept = pyogrio.read_info(path, layer=self.layer, force_feature_count=True)["features"]
        if kept != count:
            raise SourceError("source.fewer", path=self.found.text, said=count, read=kept)
        return Dataset(self.found, str(path), self.layer, self.fields, self.crs, self.bounds, "GPKG", _SHAPE, {})

    def extent(self) -> "Bounds":
        """The extent of all shapes, from a pass over the file; nan where it has none."""
        import numpy as np
        import shapely

        low, high = np.full(2, math.inf), np.full(2, -math.inf)
        for group in range(self.file.num_row_groups):
            made = (shapely.bounds(self._shapes(batch)) for batch in self._batches(group, [self.head.column]))
            for boxes in self._sides(group) if self.head.sides else made:
                placed = boxes[np.isfinite(boxes).all(axis=1)]
                low = np.minimum(low, placed[:, :2].min(axis=0, initial=math.inf))
                high = np.maximum(high, placed[:, 2:].max(axis=0, initial=-math.inf))
        west, south, east, north = (float(n) for n in (*low, *high))
        return (west, south, east, north) if west <= east else (math.nan,) * 4

    def _runs(self, names: list[str], box: "Bounds | None") -> "Iterator[pa.RecordBatch]":
        """Rows as the copy wants them: those whose box may meet the box, those without one, and those at 0, 0."""
        import numpy as np
        import pyarrow as pa
        import shapely

        first = 1
        for group in range(self.file.num_row_groups):
            told = box is not None and bool(self.head.sides)
            met = np.concatenate([_near(sides, box) for sides in self._sides(group)]) if told else None
            at = 0
            for batch in self._batches(group, [*names, self.head.column]) if met is None or met.any() else ():
                shapes = None if met is not None else self._shapes(batch)
                kept = _near(shapely.bounds(shapes), box) if met is None else met[at : at + batch.num_rows]
                if kept.any():
                    numbers = pa.array(np.flatnonzero(kept) + first + at)
                    cells = [plain(batch.column(name).filter(pa.array(kept))) for name in names]
                    wkb = shapely.to_wkb((self._shapes(batch) if shapes is None else shapes)[kept])
                    yield pa.record_batch([numbers, *cells, pa.array(wkb, type=pa.binary())], self._schema(names))
                at += batch.num_rows
            first += self.file.metadata.row_group(group).num_rows

    def _shapes(self, batch: "pa.RecordBatch") -> "NDArray[np.object_]":
        """The shapes of some rows; what is no shape is none."""
        import geopandas as gpd
        import numpy as np
        import pyarrow as pa
        import shapely

        column = batch.column(self.head.column)
        if self.head.encoding == "WKB":
            return np.asarray(shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore"))
        told = {"ARROW:extension:name": f"geoarrow.{self.head.encoding}"}
        one = pa.Table.from_arrays(
            [pa.concat_arrays([column])], schema=pa.schema([pa.field("g", column.type, metadata=told)])
        )
        return np.array(gpd.GeoDataFrame.from_arrow(one).geometry, dtype=object)

    def _sides(self, group: int) -> "Iterator[NDArray[np.float64]]":
        """The boxes of the rows of a group, as the file says them; nan where it says none."""
        import numpy as np
        import pyarrow.compute as pc

        for batch in self._batches(group, list(dict.fromkeys(first for first, _ in self.head.sides))):
            told = [pc.struct_field(batch.column(first), second) for first, second in self.head.sides]
            sides = np.column_stack([side.to_numpy(zero_copy_only=False) for side in told]).astype(float)
            # numbers of half the length may have been rounded inwards
            short = [2e-7 * np.abs(sides[:, n]) * (told[n].type.bit_width < 64) for n in range(4)]
            yield sides + np.column_stack([-short[0], -short[1], short[2], short[3]])

    def _batches(self, group: int, columns: list[str]) -> "Iterator[pa.RecordBatch]":
        """Those columns of a row group, about so many bytes at a time.

        Raises:
            SourceError: fewer rows than the file says.
        """
        told = self.file.metadata.row_group(group)
        # what it says of single columns is not asked: bytes that are harmed there end the program
        rows = max(_FEWEST, min(_ROWS, _BYTES * told.num_rows // max(1, told.total_byte_size)))
        read = 0
        for batch in self.file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False):
            yield batch
            read += batch.num_rows
        if read != told.num_rows:
            raise SourceError("source.fewer", path=self.found.text, said=told.num_rows, read=read)

    def _schema(self, names: list[str]) -> "pa.Schema":
        import pyarrow as pa

        known = self.file.schema_arrow
        columns = [(name, plain_type(known.field(name).type)) for name in names]
        return pa.schema([(self._number(), pa.int64()), *columns, (_SHAPE, pa.binary())])

    def _number(self) -> str:
        """What the copy calls the number of a row in the file."""
        taken = {name.casefold() for name in self.head.names}
        return "fid" if "fid" not in taken else "geoplan row"


def opened(found: "Found", layer: str, stack: ExitStack) -> Parquet:
    """A GeoParquet, for as long as the stack stands.

    Args:
        found: the file.
        layer: the name of its only table, that of the file; may be left out.
        stack: what is closed when the reading is over.

    Raises:
        SourceError: in an archive, broken, without shapes or with shapes written in a way that is not read.
    """
    import pyarrow.parquet as pq
    import pyogrio

    if found.member:
        raise SourceError("source.archive_kind", path=found.text)
    if layer not in {"", found.stem}:
        raise SourceError("source.no_layer", path=found.text, layer=layer, nearest=found.stem)
    with _worded(found):
        with _common_pool():
            # a row group may be as large as the file: its bytes are not taken all at once
            file = stack.enter_context(pq.ParquetFile(found.gdal, buffer_size=256 * 1024, pre_buffer=False))
        head = head_of(file.schema_arrow, found.text)
        nowhere = (math.nan,) * 4
        table = Parquet(found, "", found.stem, {}, "", nowhere, "Parquet", head.column, {}, file=file, head=head)
        table = replace(table, bounds=head.bounds or table.extent())
        with scratch() as folder:
            copy = table.copied(folder / "none.gpkg", list(head.names), ())
            info = pyogrio.read_info(copy.path, layer=copy.layer)
    names = [str(name) for name in info["fields"]]
    return replace(table, fields=dict(zip(names, map(str, info["dtypes"]), strict=True)), crs=str(info["crs"] or ""))


@contextlib.contextmanager
def _common_pool() -> Iterator[None]:
    """What is opened in the block gives its memory back where shapes can use it; arrow's own pools keep theirs."""
    import pyarrow as pa

    kept = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(kept)
        kept.release_unused()


def _near(boxes: "NDArray[np.float64]", box: "Bounds | None") -> "NDArray[np.bool_]":
    """Which rows may meet the box; those that have none, or hold 0, 0, are wanted wherever it is."""
    import numpy as np

    if box is None:
        return np.ones(len(boxes), dtype=bool)
    west, south, east, north = boxes.T
    met = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    at_zero = (west <= 0) & (east >= 0) & (south <= 0) & (north >= 0)
    return np.asarray(met | at_zero | ~np.isfinite(boxes).all(axis=1), dtype=bool)


@contextlib.contextmanager
def _worded(found: "Found") -> Iterator[None]:
    """What a broken file says, as a sentence a planner can act on."""
    import pyarrow as pa

    said = None
    try:
        with worded(found):
            try:
                yield
            except GeoplanError as error:
                said = error  # a sentence already, and not to be put into another
    except (pa.ArrowException, OSError) as error:
        raise SourceError("source.unreadable", path=found.text, reason=str(error).splitlines()[0]) from error
    if said is not None:
        raise said
