"""The evidence on a sheet: which parcel, how far, which stretch of shore; sorted into classes, the worst numbered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoplan.draw import geometry
from geoplan.draw.audience import Audience
from geoplan.draw.cells import cell, missing
from geoplan.draw.figures import Figure
from geoplan.draw.look import ClassLook, LayerLook, Looks
from geoplan.draw.sheet import Entry, Feature, Legend, Listed, Overlay
from geoplan.draw.voice import Voice
from geoplan.units import factor

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geoplan.result import Result, Results, Used

__all__ = ["Drawn", "behind", "drawn"]

OTHER = "?"
"""The paint of features whose class the look does not name, or nobody knows."""
AREAL = "area"
"""The paint of areas among points."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One layer of evidence, ready for the sheet: what is drawn, said of it, numbered, and left out."""

    overlay: Overlay
    legend: Legend
    listed: tuple[Listed, ...] = ()
    listed_title: str = ""
    notes: tuple[str, ...] = ()


def drawn(result: "Result", results: "Results", looks: Looks, audience: Audience) -> Iterator[Drawn]:
    """Every layer of evidence that the look names, the method handed on, and the audience may see; the lowest first."""
    voice = Voice(results.language)
    evidence = result.outcome.evidence if result.outcome else {}
    for look in looks.sheet.layers:
        frame = evidence.get(look.evidence)
        if frame is None or not len(frame) or (audience.public and look.control):
            continue
        if not audience.sees(behind(result)):
            continue
        of = (
            {voice.title(u.spec.title) for u in result.used.get(look.role, ())} if look.role == look.evidence else set()
        )
        yield _Layer(look, looks, voice, audience, tuple(sorted(of))).drawn(
            _named_by(look, evidence), _dates(result, look, voice)
        )


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer of evidence with everything that decides how it is shown."""

    look: LayerLook
    looks: Looks
    voice: Voice
    audience: Audience
    of: tuple[str, ...] = ()

    @property
    def _title(self) -> str:
        """What it is called; evidence that is a layer itself, with the title of that layer."""
        title = self.voice.title(self.look.title)
        more = [name for name in self.of if name and name not in title]
        return self.voice.say("legend.of", title=title, layers=more) if more else title

    def drawn(self, frame: "gpd.GeoDataFrame", dates: str) -> Drawn:
        """What of a frame is drawn, and what is said of it."""
        kinds = [self._kind(value, shape) for value, shape in zip(self._sorting(frame), frame.geometry, strict=True)]
        kept, note = self._within_limit(frame, kinds)
        chosen, classes = frame.iloc[kept], [kinds[i] for i in kept]
        shapes = geometry.coarsened(chosen.geometry.to_numpy(), self.audience.grid)
        columns = [c for c in self.look.tooltip if c in frame.columns and self.audience.told(c)]
        says = list(zip(*([self._cell(c, v) for v in chosen[c]] for c in columns), strict=True)) or [()] * len(kept)
        labels = [self._cell(self.look.label, v) for v in chosen[self.look.label]] if self._labelled(frame) else None
        put = geometry.put(shapes, frame.crs)
        features = [
            Feature(put[i], classes[i], tuple(says[i]), labels[i] if labels else "") for i in self._in_order(classes)
        ]
        overlay = Overlay(
            id=f"evidence-{self.look.evidence}",
            group="evidence",
            title=self._title,
            paints={name: self._class(name).paint for name in dict.fromkeys((*self.look.classes, *classes))},
            columns=tuple(self.voice.name("column", c) for c in columns),
            features=tuple(f for f in features if f.shape.parts),
            shown=self.look.shown,
        )
        listed = self._listed(chosen, classes, shapes)
        title = self._listed_title() if listed else ""
        notes = (note,) if note else ()
        return Drawn(overlay, self._legend(overlay, frame, kinds, put, dates), listed, title, notes)

    def _cell(self, column: str, value: Any) -> str:
        return cell(self.voice, column, value, down=self.look.down)

    def _sorting(self, frame: "gpd.GeoDataFrame") -> list[Any]:
        if self.look.by not in frame.columns:
            return [""] * len(frame)
        names: list[Any] = frame[self.look.by].tolist()
        if self.look.split not in frame.columns:
            return names
        both = (f"{name}.{half}" for name, half in zip(names, frame[self.look.split], strict=True))
        return [pair if pair in self.look.classes else name for pair, name in zip(both, names, strict=True)]

    def _kind(self, value: Any, shape: Any) -> str:
        # a limit of 500.0 metres is the class "500"
        whole = isinstance(value, float) and value.is_integer()
        name = "" if missing(value) else str(int(value) if whole else value)
        if name in self.look.classes:
            return name
        areal = self.look.areal is not None and shape is not None and shape.geom_type.endswith("Polygon")
        return AREAL if areal else OTHER if self.look.by else ""

    def _class(self, name: str) -> ClassLook:
        other = self.look.other or ClassLook(self.looks.page.nodata)
        return self.look.areal or other if name == AREAL else self.look.classes.get(name, other)

    def _labelled(self, frame: "gpd.GeoDataFrame") -> bool:
        return self.look.label in frame.columns and self.audience.told(self.look.label)

    def _in_order(self, classes: list[str]) -> list[int]:
        # what the legend names last lies on top: the unmet are never hidden by the met
        rank = {name: i for i, name in enumerate((OTHER, AREAL, *self.look.classes))}
        return sorted(range(len(classes)), key=lambda i: rank.get(classes[i], -1))

    def _within_limit(self, frame: "gpd.GeoDataFrame", kinds: list[str]) -> tuple[list[int], str]:
        limit, title = int(self.looks.page.features), self.voice.title(self.look.title)
        every = list(range(len(kinds)))
        if len(every) <= limit:
            return every, ""
        unmet = [i for i in every if self._class(kinds[i]).unmet]
        if 0 < len(unmet) <= limit:
            return unmet, self.voice.say("map.only_unmet", layer=title, all=len(every), drawn=len(unmet))
        largest = self._largest(frame, unmet or every, limit)
        return largest, self.voice.say("map.only_largest", layer=title, all=len(every), drawn=limit)

    def _largest(self, frame: "gpd.GeoDataFrame", among: list[int], limit: int) -> list[int]:
        import shapely

        shapes = frame.geometry.to_numpy()[among]
        size = shapely.area(shapes) if geometry.kind_of(shapes) == "polygon" else shapely.length(shapes)
        order = sorted(range(len(among)), key=lambda i: (-size[i], among[i]))
        return sorted(among[i] for i in order[:limit])

    def _legend(self, overlay: Overlay, frame: "gpd.GeoDataFrame", kinds: list[str], put: Any, dates: str) -> Legend:
        kind: geometry.Kind = next((shape.kind for shape in put if shape.parts), "polygon")
        entries = []
        for name in (n for n in (*self.look.classes, "", AREAL, OTHER) if n in kinds):
            amount = self._amount(frame, [k == name for k in kinds])
            drawn_as: geometry.Kind = (
                "polygon" if name == AREAL else "point" if kind == "polygon" and name == "" and AREAL in kinds else kind
            )
            entries.append(Entry(self._class(name).paint, drawn_as, self._text(name), amount))
        return Legend(overlay.id, overlay.title, tuple(entries), dates)

    def _text(self, name: str) -> str:
        label = self.voice.title(self._class(name).label)
        if label:
            return label
        return self.voice.say("legend.other") if name == OTHER else self.voice.name("status", name)

    def _amount(self, frame: "gpd.GeoDataFrame", chosen: list[bool]) -> str:
        if self.look.amount not in frame.columns:
            return self.voice.say("legend.count", count=f"{sum(chosen):,}")
        unit = self.look.unit
        total = float(frame.loc[chosen, self.look.amount].sum()) / factor(unit)
        return f"{Figure.of(total, unit).text} {self.voice.unit(unit)}".strip()

    def _listed(self, chosen: "gpd.GeoDataFrame", classes: list[str], shapes: Any) -> tuple[Listed, ...]:
        worst = self.look.worst
        if worst is None or worst.by not in chosen.columns or not self.audience.told(worst.by):
            return ()
        sign = -1.0 if worst.order == "most" else 1.0
        found = [
            (sign * float(value), i)
            for i, (value, name) in enumerate(zip(chosen[worst.by], classes, strict=True))
            if not missing(value) and (not worst.among or name == worst.among)
        ]
        first = [i for _, i in sorted(found)[: int(worst.count)]]
        spots = geometry.spots(shapes[first], chosen.crs)
        rows = [chosen.iloc[i] for i in first]
        return tuple(
            Listed(n, _named(row), cell(self.voice, worst.by, row[worst.by]), spot, f"evidence-{self.look.evidence}")
            for n, (row, spot) in enumerate(zip(rows, spots, strict=True), start=1)
            if spot is not None
        )

    def _listed_title(self) -> str:
        worst = self.look.worst
        among = self._text(worst.among) if worst and worst.among else self.voice.title(self.look.title)
        column = self.voice.name("column", worst.by) if worst else ""
        sentence = "map.worst_most" if worst and worst.order == "most" else "map.worst_least"
        return self.voice.say(sentence, among=among, column=column)


def _named_by(look: LayerLook, evidence: "Mapping[str, gpd.GeoDataFrame]") -> "gpd.GeoDataFrame":
    """The frame with the names of what its columns point at, in place of their ids."""
    frame = evidence[look.evidence]
    for column, other in look.names.items():
        pointed = evidence.get(other)
        if column in frame.columns and pointed is not None and {"id", "name"} <= set(pointed.columns):
            names = dict(zip(pointed["id"].astype(str), pointed["name"], strict=True))
            known = [names.get(str(v)) for v in frame[column]]
            frame = frame.assign(
                **{column: [v if missing(n) else n for v, n in zip(frame[column], known, strict=True)]}
            )
    return frame


def behind(result: "Result") -> "tuple[Used, ...]":
    """Every layer an answer rests on: what evidence says of a feature comes from all of them."""
    return tuple(used for role in result.used.values() for used in role)


def _named(row: "pd.Series[Any]") -> str:
    for column in ("name", "id"):
        if column in row.index and not missing(row[column]) and str(row[column]):
            return str(row[column])
    return "—"


def _dates(result: "Result", look: LayerLook, voice: Voice) -> str:
    layers = result.used.get(look.role) or behind(result)
    dates = sorted({u.source.as_of for u in layers if u.source.as_of})
    return voice.say("legend.as_of", date=voice.say("report.comma").join(voice.date(d) for d in dates)) if dates else ""
