"""A layer: the contract (`LayerSpec`), data that met it (`Layer`), and the ledger of every feature."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from geoplan.ledger import Entry, Ledger

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

__all__ = ["CLASS", "UNCLASSED", "ColumnSpec", "Entry", "Geometry", "Layer", "LayerSpec", "Ledger", "Raster", "Source"]

T = TypeVar("T")
CLASS = "class"
"""The column of every layer that says the class of a feature."""
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
        words: class -> the words of a text that mean it; such a text comes in as the name of its class.
    """

    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["text", "number", "integer", "date", "flag"] = "text"
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
        groups: group -> classes that belong to it, as far as a rule asks for one (`natural` wetlands).
        coverage: whether features lie side by side and never over each other (land use, districts).
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
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coverage: bool = False

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

    def classes_of(self, column: str) -> tuple[str, ...] | None:
        """Every class a feature can be of by that column; none where any word will do; None where it sorts nothing.

        >>> spec = LayerSpec("schools", {}, "point", {"smart": ColumnSpec("smart", kind="flag")})
        >>> spec.classes_of("smart"), spec.classes_of("name")
        (('yes', 'no'), None)
        """
        if column == CLASS:
            return self.classes
        spec = self.columns.get(column)
        if spec is None or spec.kind in {"number", "integer"}:
            return None
        return ("yes", "no") if spec.kind == "flag" else tuple(spec.words)


@dataclass(frozen=True, slots=True)
class Source:
    """Where data came from: enough to find them again, and to tell whether they are still the same.

    `scheme` is the classification their codes are in now; `crosswalk` says by which table codes of another one came
    into it: amounts by class are an estimate then. `position_checked`: who made sure that they lie right, and how.
    """

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
    position_checked: str = ""
    scheme: str = ""
    crosswalk: str = ""
    secrecy: str = "公开"
    area_basis: str = ""
    where: str = ""
    covers: "BaseGeometry | None" = None


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
        classes: column -> the classes the definition kept, or nothing where it keeps everything.
        notes: what a reader of the data must know (an encoding found out, codes of no class).
        made: what was made of this layer (see `once`).
    """

    spec: LayerSpec
    data: "gpd.GeoDataFrame | Raster"
    source: Source = field(default_factory=Source)
    ledger: Ledger = field(default_factory=lambda: Ledger(0, 0))
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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

    def of_classes(self, kept: tuple[str, ...] | Mapping[str, tuple[str, ...]]) -> "Layer":
        """The features of these classes, and those that may be because nobody knows their class.

        Args:
            kept: names of classes; or of the classes of several columns (`{"use": ("public",), "star": ("two",)}`),
                which a feature must be of one each.
        """
        import numpy as np

        wanted = kept if isinstance(kept, Mapping) else {CLASS: kept}
        chosen = np.ones(len(self.frame), dtype=bool)
        for column, names in wanted.items():
            said = self.said(column)
            chosen &= np.array([word is None or word in names for word in said], dtype=bool)
        frame = self.frame[chosen].reset_index(drop=True)
        return replace(self, data=frame, classes={**self.classes, **wanted})

    def said(self, column: str) -> "NDArray[np.object_]":
        """What a column says of each feature, as class names: yes or no of a flag, the year of a date; None: nothing.

        >>> import geopandas as gpd
        >>> spec = LayerSpec("schools", {}, "point", {"opened": ColumnSpec("opened", kind="date")})
        >>> layer = Layer(spec, gpd.GeoDataFrame({"smart": [True, None], "opened": ["2021-05", None]}))
        >>> layer.said("smart").tolist(), layer.said("opened").tolist(), layer.said("class").tolist()
        (['yes', None], ['2021', None], [None, None])
        """
        import numpy as np
        import pandas as pd

        if column not in self.frame:
            return np.full(len(self.frame), None, dtype=object)
        dated = column in self.spec.columns and self.spec.columns[column].kind == "date"
        found = [None if pd.isna(cell) or cell == "" else _word(cell) for cell in self.frame[column]]
        return np.array([w[:4] if w and dated else w for w in found], dtype=object)

    def numbers(self, column: str) -> "NDArray[np.float64]":
        """A column as numbers: NaN where nobody knows, everywhere if there is no such column."""
        import numpy as np
        import pandas as pd

        if column not in self.frame:
            return np.full(len(self.frame), np.nan)
        return np.asarray(pd.to_numeric(self.frame[column]).to_numpy(dtype=float, na_value=np.nan))

    @property
    def unclassed(self) -> "NDArray[np.bool_]":
        """Per feature, whether the definition asked for a class of it that nobody knows; such features are unknown."""
        import numpy as np

        unknown = np.zeros(len(self.frame), dtype=bool)
        for column in self.classes:
            unknown |= np.array([word is None for word in self.said(column)], dtype=bool)
        return unknown


def _word(cell: object) -> str:
    return ("no", "yes")[bool(cell)] if isinstance(cell, bool) or type(cell).__name__ == "bool" else str(cell)
