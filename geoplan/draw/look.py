"""How a kind of sheet looks, as its file in maps/ says: which evidence, by which column, in which colours.

A file may say exactly what stands here; any other key is an error that names the file and the nearest allowed word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geoplan.draw import look_file as of
from geoplan.draw.theme import Paint, Theme, paint_readers
from geoplan.errors import UnknownName, nearest

__all__ = ["ClassLook", "GroundLook", "LayerLook", "Look", "Looks", "PageLook", "Worst", "ZoneLook"]


@dataclass(frozen=True, slots=True)
class ClassLook:
    """Features with one value in the column that sorts them.

    Attributes:
        paint: how they are drawn.
        label: by language; the word `status.<value>` of words/ when left out, else the value as it stands.
        unmet: whether they are what is lacking: these are drawn even where a layer has too many features.
    """

    paint: Paint
    label: Mapping[str, str] = field(default_factory=dict)
    unmet: bool = False


@dataclass(frozen=True, slots=True)
class Worst:
    """The features to number on the map and list beside it: those with the most (or least) of a column.

    Attributes:
        by: the column.
        among: the class they must be of; any when left out.
        count: how many.
        order: `most` or `least` first.
    """

    by: str
    among: str = ""
    count: float = 10
    order: str = "most"


@dataclass(frozen=True, slots=True)
class LayerLook:
    """One layer of evidence on a sheet.

    Attributes:
        evidence: its name in the outcome of the method.
        title: of its part of the legend, by language.
        role: the role of the analysis it shows the data of: a public map leaves it out where these are not public.
        by: the column that sorts features into classes; empty for one class.
        split: the column that divides a class in two: `restored.part` stands before `restored`.
        classes: by value, in the order of the legend; drawn in that order too, so the last lies on top.
        other: how a feature of any other class is drawn; without it, in grey.
        areal: how it is drawn where it is an area and `other` is meant for points (parks among facilities).
        tooltip: columns shown when a feature is pointed at.
        names: columns that hold ids of other evidence, which is shown by its name (`facility` -> `supply`).
        amount: the column whose sum stands behind each class in the legend; features are counted when left out.
        unit: what that sum is printed in.
        worst: what is numbered.
        label: the column written beside each feature.
        shown: whether it is seen when the page opens.
        control: whether it is a control line, which a public map never shows.
        down: whether distances are rounded down, because nearer is worse; up otherwise.
    """

    evidence: str
    title: Mapping[str, str]
    role: str = ""
    by: str = ""
    split: str = ""
    classes: Mapping[str, ClassLook] = field(default_factory=dict)
    other: ClassLook | None = None
    areal: ClassLook | None = None
    tooltip: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""
    unit: str = ""
    worst: Worst | None = None
    label: str = ""
    shown: bool = True
    control: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class ZoneLook:
    """How zones are coloured by their value.

    Attributes:
        ramp: colours from little to much.
        breaks: `even` steps, equal numbers of zones (`quantile`), or `given`.
        at: the limits between classes in the unit of the analysis, where they are given.
        count: how many classes.
        opacity: of the fill.
        shown: whether zones are filled when the page opens; their borders and names always are there.
    """

    ramp: tuple[str, ...]
    breaks: str = "even"
    at: tuple[float, ...] = ()
    count: float = 5
    opacity: float = 0.7
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """A kind of sheet: what it is called, how zones are filled, and the evidence from the lowest layer to the top."""

    kind: str
    title: Mapping[str, str]
    zones: ZoneLook
    layers: tuple[LayerLook, ...] = ()

    @classmethod
    def from_toml(cls, kind: str, table: Mapping[str, Any], theme: Theme) -> "Look":
        """The sheet a file in maps/ describes.

        Raises:
            DefinitionError: an unknown or missing key, or a value of another kind.
            UnknownName: a colour the theme does not have.
        """
        readers: dict[str, of.Reader] = {
            "title": of.bilingual,
            "zones": lambda at, value: _zones(at, value, theme),
            "layers": of.listed(lambda at, value: _layer(at, value, theme)),
        }
        return of.made(cls, table, of.Where(f"maps/{kind}.toml"), readers, kind=kind)


@dataclass(frozen=True, slots=True)
class GroundLook:
    """A layer of the study under every map, or `only` under some; with `over` it lies on filled zones, as water."""

    title: Mapping[str, str]
    paint: Paint
    over: bool = False
    control: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Public:
    """What a public map does not tell: coordinates finer than a grid, and columns about the people of a parcel."""

    grid: float = 0.0
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageLook:
    """What every sheet shares beside colours.

    Attributes:
        base: names of layers drawn under every map, the lowest first.
        ground: how each is drawn.
        frame: how boundary and zone borders are drawn (`boundary`, `zones`).
        nodata: how a zone without a value is drawn.
        features: the most features of a layer a page draws.
        crisp: up to so many features are drawn as vectors, which print sharp; above, as an image.
        scales: denominators a printed sheet may have.
        public: what a public map leaves out.
    """

    base: tuple[str, ...]
    ground: Mapping[str, GroundLook]
    frame: Mapping[str, Paint]
    nodata: Paint
    scales: tuple[float, ...]
    features: float = 10_000
    crisp: float = 3_000
    public: Public = field(default_factory=Public)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], theme: Theme, file: str = "maps/page.toml") -> "PageLook":
        """The page a file describes.

        Raises:
            DefinitionError: an unknown or missing key, or a value of another kind.
            UnknownName: a colour the theme does not have.
        """
        paint = paint_readers(theme)
        frame = {part: _painted(theme) for part in ("boundary", "zones")}
        readers: dict[str, of.Reader] = {
            "base": of.texts,
            "ground": of.each(lambda at, _, value: _ground(at, value, theme)),
            "frame": lambda at, value: of.complete(at, value, frame),
            "nodata": lambda at, value: of.made(Paint, value, at, paint),
            "features": of.number,
            "crisp": of.number,
            "scales": of.listed(of.number),
            "public": lambda at, value: of.made(Public, value, at, {"grid": of.metres, "hidden": of.texts}),
        }
        return of.made(cls, table, of.Where(file), readers)


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything in maps/ that one sheet needs."""

    theme: Theme
    page: PageLook
    sheet: Look

    @classmethod
    def of(cls, looks: Mapping[str, Mapping[str, Any]], kind: str) -> "Looks":
        """The look of a kind of sheet, from the plain tables of maps/ by file name.

        Raises:
            UnknownName: there is no such kind of sheet.
            DefinitionError: a file cannot be honoured.
        """
        for name in (kind, "theme", "page"):
            if name not in looks:
                raise UnknownName("look.sheet", name=name, nearest=nearest(name, looks) or ", ".join(sorted(looks)))
        theme = Theme.from_toml(looks["theme"])
        return cls(theme, PageLook.from_toml(looks["page"], theme), Look.from_toml(kind, looks[kind], theme))


def _zones(where: of.Where, value: object, theme: Theme) -> ZoneLook:
    readers: dict[str, of.Reader] = {
        "ramp": theme.ramp,
        "breaks": of.choice("even", "quantile", "given"),
        "at": of.listed(of.number),
        "count": of.number,
        "opacity": of.number,
        "shown": of.flag,
    }
    zones = of.made(ZoneLook, value, where, readers)
    if (zones.breaks == "given") != bool(zones.at):
        raise where.at("at").wrong(list(zones.at), 'breaks = "given", at = [25, 50, 75]')
    return zones


def _layer(where: of.Where, value: object, theme: Theme) -> LayerLook:
    worst: dict[str, of.Reader] = {
        "by": of.text,
        "among": of.text,
        "count": of.number,
        "order": of.choice("most", "least"),
    }
    readers: dict[str, of.Reader] = {
        "evidence": of.text,
        "title": of.bilingual,
        "role": of.text,
        "by": of.text,
        "split": of.text,
        "classes": of.each(lambda at, _, v: _class(at, v, theme)),
        "other": lambda at, v: _class(at, v, theme),
        "areal": lambda at, v: _class(at, v, theme),
        "tooltip": of.texts,
        "names": of.each(lambda at, _, v: of.text(at, v)),
        "amount": of.text,
        "unit": of.text,
        "worst": lambda at, v: of.made(Worst, v, at, worst),
        "label": of.text,
        "shown": of.flag,
        "control": of.flag,
        "down": of.flag,
    }
    return of.made(LayerLook, value, where, readers)


def _class(where: of.Where, value: object, theme: Theme) -> ClassLook:
    if not isinstance(value, Mapping):
        raise where.wrong(value, "[table]")
    own = {k: v for k, v in value.items() if k in {"label", "unmet"}}
    rest = {k: v for k, v in value.items() if k not in own}
    paint = of.made(Paint, rest, where, paint_readers(theme))
    return of.made(ClassLook, own, where, {"label": of.bilingual, "unmet": of.flag}, paint=paint)


def _ground(where: of.Where, value: object, theme: Theme) -> GroundLook:
    if not isinstance(value, Mapping):
        raise where.wrong(value, "[table]")
    own = {k: v for k, v in value.items() if k in {"title", "over", "control", "only"}}
    rest = {k: v for k, v in value.items() if k not in own}
    paint = of.made(Paint, rest, where, paint_readers(theme))
    readers: dict[str, of.Reader] = {"title": of.bilingual, "over": of.flag, "control": of.flag, "only": of.texts}
    return of.made(GroundLook, own, where, readers, paint=paint)


def _painted(theme: Theme) -> of.Reader:
    return lambda where, value: of.made(Paint, value, where, paint_readers(theme))
