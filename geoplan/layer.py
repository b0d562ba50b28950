"""A layer: the contract (`LayerSpec`), data that met it (`Layer`), and the ledger of every feature."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from rasterio.windows import Window
    from shapely.geometry.base import BaseGeometry

    from geoplan.measure import Note
    from geoplan.place import Box

__all__ = ["UNCLASSED", "ColumnSpec", "Entry", "Geometry", "Layer", "LayerSpec", "Ledger", "Raster", "Source"]

T = TypeVar("T")
UNCLASSED = "unclassed"
"""The name, among the tags of a layer, of those that choose a feature and do not say its class."""
Geometry = Literal["point", "line", "polygon", "network", "raster", "any"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a layer: its engine name, the names bureaus give it, and what it may hold.

    Attributes:
        name: what methods call it (`population`).
        aliases: names met in practice, best first; matched without regard to case, full width, or a cut at ten bytes.
        kind: `text` (codes are always text), `number`, `integer`, `date` or `flag`.
        unit: what a number is counted in.
        required: whether a layer without it is refused.
        minimum: the least a number may be.
    """

    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["text", "number", "integer", "date", "flag"] = "text"
    unit: str = ""
    required: bool = False
    minimum: float | None = None


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """What a layer must be, as its file in layers/ says.

    Attributes:
        name: the file name.
        title: by language.
        geometry: `point`, `line`, `polygon`, `network` (streets), `raster`, or `any`.
        columns: by engine name.
        class_column: the column whose codes sort features into classes, or an empty text.
        schemes: scheme -> class -> code prefixes (the longest prefix that fits wins). A layer that has schemes
            needs one declared.
        words: class -> plain words that mean it wherever they are met, and need no scheme.
        osm: class -> tags (`amenity=school`) that make a feature of OpenStreetMap one of this layer.
        secrecy: how such data are usually marked (公开 | 内部 | 敏感 | 涉密).
        control: whether these are control lines: what they do not cover is not checked, never clear.
    """

    name: str
    title: Mapping[str, str]
    geometry: Geometry
    columns: Mapping[str, ColumnSpec] = field(default_factory=dict)
    class_column: str = ""
    schemes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    osm: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrecy: str = "公开"
    control: bool = False

    @classmethod
    def from_toml(cls, name: str, table: Mapping[str, Any], origin: str = "") -> "LayerSpec":
        """The contract a file of layers/ describes.

        Raises:
            DefinitionError: an unknown or missing key, or a value that is none of the allowed ones.
        """
        from geoplan.layer_file import spec_of

        return spec_of(name, table, origin or f"layers/{name}.toml")

    @property
    def required(self) -> tuple[str, ...]:
        """Columns a layer is refused without."""
        return tuple(c.name for c in self.columns.values() if c.required)

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class a feature of this layer can be of."""
        tables = (*self.schemes.values(), self.words, self.osm)
        return tuple(dict.fromkeys(name for table in tables for name in table if name != UNCLASSED))


@dataclass(frozen=True, slots=True)
class Source:
    """Where data came from: enough to find them again, and to tell whether they are still the same."""

    path: str = ""
    sha256: str = ""
    layer: str = ""
    crs: str = ""
    as_of: str = ""
    published: str = ""
    valid_to: str = ""
    document: str = ""
    provider: str = ""
    scale: str = ""
    scheme: str = ""
    secrecy: str = "公开"
    area_basis: str = ""
    where: str = ""
    covers: "BaseGeometry | None" = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One feature that was not simply used: which, what happened to it and why, and how many m2 that is."""

    feature: str
    fate: Literal["repaired", "set_aside"]
    reason: str
    area: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every feature accounted for: read = used + repaired + set aside.

    Raises:
        ValueError: the counts do not add up.

    >>> Ledger(read=3, used=2, entries=(Entry("7", "set_aside", "empty"),)).set_aside
    1
    >>> Ledger(read=0, used=0).repaired
    0
    >>> Ledger(read=3, used=2)
    Traceback (most recent call last):
    ...
    ValueError: 3 read, but 2 used + 0 repaired + 0 set aside
    """

    read: int
    used: int
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if self.read != self.used + self.repaired + self.set_aside:
            raise ValueError(
                f"{self.read} read, but {self.used} used + {self.repaired} repaired + {self.set_aside} set aside"
            )

    @property
    def repaired(self) -> int:
        """Features whose shape was mended; they are used."""
        return sum(e.fate == "repaired" for e in self.entries)

    @property
    def set_aside(self) -> int:
        """Features left out, each with its reason."""
        return sum(e.fate == "set_aside" for e in self.entries)


class Raster(Protocol):
    """A grid that keeps its own CRS and is read block by block."""

    @property
    def crs(self) -> "CRS":
        """The CRS of the grid."""

    @property
    def transform(self) -> "Affine":
        """From column, row to x, y."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""

    def blocks(self, box: "Box | None" = None) -> Iterator["tuple[Window, NDArray[np.float64]]"]:
        """Windows with their values, scaled and offset, nodata as NaN; only those that meet the box (grid CRS)."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Geodata that met its contract, in the study CRS. Columns carry their engine names; `id` is always there, as text.

    Features whose class is not known stand in it with an empty `class` and are counted as unknown.

    Attributes:
        spec: the contract.
        data: features (`frame`) or a grid (`raster`).
        source: where they came from.
        ledger: what was read, used, repaired, set aside.
        classes: the class names the definition kept, or none where it keeps everything.
        notes: what a reader of the data must know (an encoding found out, codes of no class).
        made: what was made of this layer (see `once`).
    """

    spec: LayerSpec
    data: "gpd.GeoDataFrame | Raster"
    source: Source = field(default_factory=Source)
    ledger: Ledger = field(default_factory=lambda: Ledger(0, 0))
    classes: tuple[str, ...] = ()
    notes: "tuple[Note, ...]" = ()
    made: dict[str, Any] = field(init=False, repr=False, default_factory=dict)

    def once(self, name: str, make: "Callable[[gpd.GeoDataFrame], T]") -> T:
        """What is costly to make of the features (a network), made the first time it is asked for and kept with them.

        Args:
            name: of what is made; says which way it is made, where there are several.
            make: makes it.
        """
        if name not in self.made:
            self.made[name] = make(self.frame)
        made: T = self.made[name]
        return made

    @property
    def name(self) -> str:
        """The name of the contract."""
        return self.spec.name

    @property
    def frame(self) -> "gpd.GeoDataFrame":
        """The features.

        Raises:
            TypeError: the layer is a grid.
        """
        import geopandas as gpd

        if not isinstance(self.data, gpd.GeoDataFrame):
            raise TypeError(f"layer {self.name} is a raster")
        return self.data

    @property
    def raster(self) -> Raster:
        """The grid.

        Raises:
            TypeError: the layer holds features.
        """
        import geopandas as gpd

        if isinstance(self.data, gpd.GeoDataFrame):
            raise TypeError(f"layer {self.name} is not a raster")
        return self.data

    @property
    def is_raster(self) -> bool:
        """Whether the layer is a grid."""
        import geopandas as gpd

        return not isinstance(self.data, gpd.GeoDataFrame)

    def of_classes(self, kept: tuple[str, ...]) -> "Layer":
        """The features of these classes, and those whose class nobody knows."""
        classes = self.frame["class"]
        chosen = self.frame[classes.isin(kept) | classes.isna() | (classes == "")]
        return replace(self, data=chosen.reset_index(drop=True), classes=kept)

    def numbers(self, column: str) -> "NDArray[np.float64]":
        """A column as numbers: NaN where nobody knows, everywhere if there is no such column."""
        import numpy as np
        import pandas as pd

        if column not in self.frame:
            return np.full(len(self.frame), np.nan)
        return np.asarray(pd.to_numeric(self.frame[column]).to_numpy(dtype=float, na_value=np.nan))

    @property
    def unclassed(self) -> "NDArray[np.bool_]":
        """Per feature, whether the definition asked for its class and nobody knows it; such features are unknown."""
        import numpy as np

        if not self.classes:
            return np.zeros(len(self.frame), dtype=bool)
        classes = self.frame["class"]
        return np.asarray(classes.isna() | (classes == ""), dtype=bool)
