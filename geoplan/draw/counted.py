"""What a number counts, and by whose word: classes that are kept, states compared, and what the study changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoplan.column_words import column_said
from geoplan.draw.voice import Voice
from geoplan.layer import CLASS, LayerSpec
from geoplan.result import Result, Used

__all__ = ["classes", "column_named", "counted", "feature_said", "settings", "value_said"]

MOST = 8
"""Classes a sentence names; of more it says how many they are."""
_LEFT, _CODES, _YEARS = 5, 2, 3
_STATE = "earliest"


def counted(result: Result, voice: Voice, *, public: bool = False) -> tuple[str, ...]:
    """The sentences that belong beside a definition: which features count, of when, and what the study set anew.

    How a study chose rows by the columns of its files is not for the public.
    """
    kept = classes(result, voice)
    said = (voice.say("counted.classes", said=kept),) if kept else ()
    chosen = () if public else _filters(result, voice)
    return (*said, *_states(result, voice), *chosen, *settings(result, voice))


def settings(result: Result, voice: Voice) -> Iterator[str]:
    """What the study changed: a definition of its own, and values of parameters with those they stand for."""
    if result.analysis.own:
        yield voice.say("counted.own", file=result.analysis.origin)
    for key, before in result.analysis.instead_of.items():
        slots = {
            "name": voice.name("report.parameters", key),
            "value": value_said(result, result.analysis.printed[key], voice),
        }
        if before is None:
            yield voice.say("counted.parameter_new", **slots)
        else:
            yield voice.say("counted.parameter", before=value_said(result, before, voice), **slots)


def column_named(result: Result, name: str, voice: Voice) -> str:
    """What a column is called that a parameter names; any other word stays as it is."""
    specs = (used.spec for layers in result.used.values() for used in layers)
    spec = next((spec for spec in specs if name in spec.columns), None)
    return name if spec is None else voice.title(column_said(spec, name))


def feature_said(result: Result, key: str, voice: Voice) -> str:
    """The id of a feature as a reader knows it: that of pooled layers carries the title of its own, not its name."""
    name, colon, own = key.partition(":")
    spec = next((u.spec for layers in result.used.values() for u in layers if u.name == name), None)
    return key if spec is None or not colon else voice.say("counted.feature", layer=voice.title(spec.title), id=own)


def value_said(result: Result, value: Any, voice: Voice) -> str:
    """A parameter as a definition writes it, in words: amounts with their unit, columns and choices by their names."""
    every = value if isinstance(value, (list, tuple)) else [value]
    said = [voice.amount(str(v)) or voice.name("report.choices", column_named(result, str(v), voice)) for v in every]
    return voice.say("report.comma").join(said)


def classes(result: Result, voice: Voice, most: int = MOST) -> str:
    """All filters: roles of one layer that keep the same stand together, and what asks for more last; or nothing."""
    filters = [
        _Filter(voice.name("report.roles", role), layers, by_column)
        for role, by_column in result.analysis.classes.items()
        if (layers := result.used.get(role, ()))
    ]
    every = [used.name.partition("@")[0] for layers in result.used.values() for used in layers]
    plain = len(filters) == 1 and all(every.count(u.name) == 1 for f in filters for u in f.layers)
    filters.sort(key=lambda one: len(one.by_column))
    said = []
    for at, one in enumerate(filters):
        if any(one.like(other) for other in filters[:at]):
            continue
        roles = voice.say("report.comma").join(f.role for f in filters[at:] if one.like(f))
        base = next((f for f in reversed(filters[:at]) if one.over(f)), None)
        slots = {"role": roles, "layer": _titles(one.layers, voice)}
        if base is not None:
            rest = {k: v for k, v in one.by_column.items() if k not in base.by_column}
            said.append(voice.say("counted.further", said=_columns(one.layers, rest, voice), **slots))
        else:
            sentence = "counted.layer" if plain else "counted.role"
            said.append(voice.say(sentence, kept=_kept(one.layers, one.by_column, voice, most), **slots))
    return voice.say("report.semicolon").join(said)


@dataclass(frozen=True, slots=True)
class _Filter:
    """What of the layers in a role is kept."""

    role: str
    layers: Sequence[Used]
    by_column: Mapping[str, tuple[str, ...]]

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The layers, by name."""
        return tuple(used.spec.name for used in self.layers)

    def like(self, other: "_Filter") -> bool:
        """Whether both keep the same of the same layers."""
        return self.layer_names == other.layer_names and self.by_column == other.by_column

    def over(self, base: "_Filter") -> bool:
        """Whether this keeps what the other keeps, and asks for more."""
        return (
            self.layer_names == base.layer_names
            and CLASS not in set(self.by_column) - set(base.by_column)
            and (base.by_column.items() < self.by_column.items())
        )


def _titles(layers: Sequence[Used], voice: Voice) -> str:
    return voice.say("report.comma").join(dict.fromkeys(voice.title(u.spec.title) or u.name for u in layers))


def _kept(layers: Sequence[Used], by_column: Mapping[str, tuple[str, ...]], voice: Voice, most: int) -> str:
    """What is kept by the class of a feature, and what else must be said of it."""
    rest = {column: names for column, names in by_column.items() if column != CLASS}
    if CLASS not in by_column:
        return voice.say("counted.those", said=_columns(layers, rest, voice))
    told = _by_class(layers, by_column[CLASS], voice, most)
    return told + (voice.say("counted.that", said=_columns(layers, rest, voice)) if rest else "")


def _columns(layers: Sequence[Used], by_column: Mapping[str, tuple[str, ...]], voice: Voice) -> str:
    return voice.say("counted.and").join(
        voice.say(
            "counted.column",
            column=voice.title(column_said(_with(layers, column), column)),
            words=_words(names, voice),
        )
        for column, names in by_column.items()
    )


def _with(layers: Sequence[Used], column: str) -> LayerSpec:
    return next((u.spec for u in layers if column in u.spec.columns), layers[0].spec)


def _words(names: Sequence[str], voice: Voice) -> str:
    """The words of a column; years that follow each other as a span."""
    years = [int(name) for name in names if name.isdecimal() and len(name) == 4]
    if len(years) == len(names) >= _YEARS and years == list(range(years[0], years[-1] + 1)):
        return voice.say("counted.years", first=years[0], last=years[-1])
    return voice.say("report.comma").join(voice.name("status", name) for name in names)


def _by_class(layers: Sequence[Used], names: Sequence[str], voice: Voice, most: int) -> str:
    comma = voice.say("report.comma")
    told = comma.join(_class(layers, name, voice) for name in names[:most])
    if len(names) > most:
        told = voice.say("counted.more", classes=told, count=len(names))
    known = dict.fromkeys(name for used in layers for name in _of(used))
    left = [name for name in known if name not in names]
    if not left:
        return told
    if len(left) > _LEFT:
        return told + voice.say("counted.others", count=len(left))
    return told + voice.say("counted.without", classes=comma.join(voice.name("status", name) for name in left))


def _of(used: Used) -> tuple[str, ...]:
    """The classes a layer can have: by the scheme of its codes, or by words where it has none."""
    scheme = used.spec.schemes.get(used.source.scheme)
    return used.spec.classes if scheme is None else tuple(scheme)


def _class(layers: Sequence[Used], name: str, voice: Voice) -> str:
    codes = next((c for used in layers if (c := used.spec.schemes.get(used.source.scheme, {}).get(name))), ())
    word = voice.name("status", name)
    if not codes or len(codes) > _CODES:
        return word
    return voice.say("counted.code", word=word, codes=voice.say("report.comma").join(codes))


def _states(result: Result, voice: Voice) -> Iterator[str]:
    """Which state of a layer a role takes, where it asks for that of a year, or for the oldest."""
    for role, layers in result.used.items():
        for used in layers:
            name, _, state = used.name.partition("@")
            if not state:
                continue
            yield voice.say(
                "counted.earliest" if state == _STATE else "counted.state",
                role=voice.name("report.roles", role),
                layer=voice.title(used.spec.title) or name,
                year=state,
                date=voice.date(used.source.as_of) or voice.say("report.undated"),
            )


def _filters(result: Result, voice: Voice) -> Iterator[str]:
    """Rows of a source that the study itself left out before anything was counted."""
    layers = {u.name: u for group in result.used.values() for u in group if u.source.where}
    for used in layers.values():
        yield voice.say("counted.where", layer=voice.title(used.spec.title) or used.name, where=used.source.where)
