"""Rows a service handed out, as a table of a file: kinds of columns, and an order that no service can change."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["keys", "plain"]

_NAMES = ("gml_id", "fid")
"""What a service calls a feature; it may be another name each time it is asked."""


def keys(frame: "gpd.GeoDataFrame") -> list[str]:
    """What each feature is, whatever the service calls it."""
    own = frame.drop(columns=[c for c in (*_NAMES, "geometry") if c in frame])
    own = own[sorted(own.columns)]
    cells = own.astype(object).where(own.notna(), None).itertuples(index=False, name=None)
    shapes = frame.geometry.to_wkb(hex=True)
    named = [own.columns[i] for i in range(len(own.columns))]
    return [
        repr([(n, c) for n, c in zip(named, row, strict=True) if c is not None]) + str(shape)
        for row, shape in zip(cells, shapes, strict=True)
    ]


def plain(frame: "gpd.GeoDataFrame", fields: dict[str, str], crs: str) -> "gpd.GeoDataFrame":
    """Features with every column there is, each of the kind the service says, in their own order."""
    import geopandas as gpd

    order = sorted(range(len(frame)), key=keys(frame).__getitem__)
    rows = frame.iloc[order].reset_index(drop=True)
    columns = [*fields, *(c for c in rows.columns if c not in fields and c != "geometry")]
    cells = {name: _column(rows.get(name), fields.get(name, ""), len(rows)) for name in columns}
    return gpd.GeoDataFrame(cells, geometry=rows.geometry.to_numpy(), crs=crs or None)


def _column(cells: Any, kind: str, count: int) -> Any:
    """A column as a GeoPackage holds it; text that is no number stays text."""
    import pandas as pd

    if cells is None:
        return pd.Series([None] * count, dtype=object)
    if kind in {"int64", "float64"}:
        try:
            numbers = pd.to_numeric(cells)
        except (ValueError, TypeError):
            return cells
        return numbers.astype("Int64") if kind == "int64" and (numbers.dropna() % 1 == 0).all() else numbers
    if kind == "bool" and cells.isin(["true", "false", "0", "1"]).all():
        return cells.isin(["true", "1"])
    if cells.dtype.kind in "biuf":
        return cells
    return pd.Series([None if c is None or c != c else str(c) for c in cells], dtype=object)  # noqa: PLR0124  (NaN is not itself)
