"""What a person reads of two versions: amounts in the units of planners, classes by name, and the sentences."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geoplan import units
from geoplan.draw.figures import Figure
from geoplan.draw.voice import Voice
from geoplan.result import Used
from geoplan.sites.version_report import ASPECTS, Aspect, Patch, VersionReport

__all__ = ["HECTARE", "VersionView"]

HECTARE = 1e4
_KM2 = 1e6


@dataclass(frozen=True, slots=True)
class VersionView:
    """A report as a reader of its language sees it."""

    report: VersionReport
    voice: Voice

    @property
    def title(self) -> str:
        """Of the report."""
        return self.voice.say("versions.say.title", layer=self.layer)

    @property
    def layer(self) -> str:
        """The layer by name."""
        return self.voice.title(self.report.after.spec.title) or self.report.layer

    def class_name(self, name: str | None, nowhere: str = "") -> str:
        """A class as a reader knows it; `nowhere` where there is none, a word where nobody knows it."""
        if name is None:
            return nowhere
        if not name:
            return self.voice.say("versions.head.unknown")
        # the contract lists the plain words a class is known by, all of them Chinese
        words = self.report.after.spec.words.get(name, ()) if self.voice.language == "zh" else ()
        if words:
            return words[0]
        return self.voice.say(f"status.{name}") if self.voice.knows(f"status.{name}") else name.replace("_", " ")

    def kind(self, patch: Patch) -> str:
        """What happened to a patch, in words; a boundary drawn twice is called that."""
        return self.voice.say(f"versions.kind.{'sliver' if patch.sliver else patch.kind}")

    def hectares(self, m2: float) -> Figure:
        """Square metres as hectares with four digits, a loss with its sign; never 0 where there is something."""
        return self._signed(m2 / HECTARE, "ha")

    def square_metres(self, m2: float) -> Figure:
        """Square metres with two digits, likewise."""
        return self._signed(m2, "m2")

    def percent(self, part: float, whole: float) -> Figure:
        """A share of a whole in percent; no value where there is no whole."""
        return self._signed(100 * part / whole, "%") if whole > 0 else Figure("—", None, 2)

    def metres(self, metres: float) -> Figure:
        """A width with two digits, never more than it is."""
        if not math.isfinite(metres):
            return Figure("—", None, 2)
        below = 0 < metres < 0.01
        text = self.voice.say("verdict_gap.less", step="0.01") if below else units.shown(metres, 2, toward=-1)
        return Figure(text, metres, 2)

    def km2(self, m2: float) -> str:
        """Square kilometres as a sentence says them."""
        text = units.shown(m2 / _KM2, 2)
        return self.voice.say("verdict_gap.less", step="0.01") if m2 > 0 and float(text.replace(",", "")) == 0 else text

    def version(self, used: Used) -> str:
        """Which version: its document, else its file, else that nobody says."""
        name = used.source.path.replace("\\", "/").rpartition("/")[2]
        return used.source.document or name or self.voice.say("versions.unstated")

    def date(self, used: Used) -> str:
        """The date of a version."""
        return self.voice.date(used.source.as_of) if used.source.as_of else self.voice.say("versions.unstated")

    def verdict(self, aspect: Aspect) -> str:
        """The word of one aspect."""
        word = self.report.verdicts[aspect]
        return self.voice.say(
            f"versions.word.{aspect}_{word}" if word in {"kept", "changed"} else f"versions.word.{word}"
        )

    def sentences(self) -> tuple[str, ...]:
        """What the report says, in the order it is read."""
        report, voice = self.report, self.voice
        wet = report.natural is not None
        said = [*self._wetlands()] if wet else [self._summary(), *(text for _, text in self.aspects())]
        said += self._pending()
        if report.shift is not None and report.shift.metres <= 0.5:
            percent = f"{100 * report.shift.matched:.0f}"
            said.append(
                voice.say("versions.shift_small", metres=f"{report.shift.metres:.2f}", percent=percent, limit="0.5")
            )
        # versions that allow no conclusion allow none on any aspect: that is said once
        return tuple(dict.fromkeys((*said, *(voice.note(note) for note in report.notes))))

    def aspects(self) -> Iterator[tuple[Aspect, str]]:
        """Each aspect with its sentence; none where the versions allow no conclusion."""
        for aspect in ASPECTS:
            word = self.report.verdicts[aspect]
            if word == "not_comparable":
                reason = self.report.incomparable
                yield aspect, self.voice.say("versions.incomparable", reason=reason)
            else:
                yield aspect, self._aspect(aspect, word)

    def _aspect(self, aspect: str, word: str) -> str:
        report, voice = self.report, self.voice
        flow = report.change.overall
        if aspect == "function":
            return voice.say("versions.say.function")
        if aspect == "area":
            named = {"place": report.place.name, "layer": self.layer, "document": self.version(report.before)}
            if word == "kept":
                return voice.say("versions.say.area_kept", before=self.km2(flow.before), **named)
            less = self.hectares(flow.before - flow.after).text
            return voice.say("versions.say.area_changed", before=self.km2(flow.before), less=less, **named)
        moved = report.of("reclassified" if aspect == "class" else "lost")
        hectares = self.hectares(math.fsum(p.area for p in moved)).text
        if word != "changed":
            return voice.say(f"versions.say.{aspect}_{word}")
        if aspect == "place":
            return voice.say("versions.say.place_changed", count=len(moved), hectares=hectares)
        approved = sum(bool(p.approval) for p in moved)
        fields = {"count": len(moved), "approved": approved, "pending": len(moved) - approved}
        return voice.say("versions.say.class_changed", hectares=hectares, **fields)

    def _summary(self) -> str:
        report, flow = self.report, self.report.change.overall
        net = flow.after - flow.before
        return self.voice.say(
            "versions.say.summary",
            version_before=self.version(report.before),
            version_after=self.version(report.after),
            date_before=self.date(report.before),
            date_after=self.date(report.after),
            before=self.km2(flow.before),
            after=self.km2(flow.after),
            direction=self.voice.say("versions.say.decrease" if net < 0 else "versions.say.increase"),
            net=self.km2(abs(net)),
            gained=self.km2(flow.gained),
            lost=self.km2(flow.lost),
            turned=self.km2(report.accounts[0].reclassified),
        )

    def _wetlands(self) -> Sequence[str]:
        report, voice, flow = self.report, self.voice, self.report.natural
        if flow is None:
            return ()
        dates = {"date_before": self.date(report.before), "date_after": self.date(report.after)}
        amounts = {name: self.hectares(getattr(flow, name)).text for name in ("before", "after", "lost", "gained")}
        net = flow.after - flow.before
        fields = {"accepted": self.hectares(report.accepted).text, "net": self.hectares(net).text}
        said = [voice.say("versions.say.wetlands", **dates, **amounts, **fields)]
        if report.incomparable is not None:
            said += [
                voice.say("versions.say.incomparable"),
                voice.say("versions.incomparable", reason=report.incomparable),
            ]
        elif report.verdicts["class"] == "needs_review" and net >= 0:
            said.append(voice.say("versions.say.class_needs_review"))
        elif net < 0:
            said.append(
                voice.say("versions.say.loss", place=report.place.name, hectares=self.hectares(-net).text, **dates)
            )
        else:
            said.append(voice.say("versions.say.no_loss", place=report.place.name, **dates))
        return (*said, voice.say("versions.say.offsets"))

    def _pending(self) -> Iterator[str]:
        bare, thin = self.report.unfounded, [p for p in self.report.patches if p.sliver]
        for name, patches in (("unfounded", bare), ("slivers", thin)):
            if patches:
                hectares = self.hectares(math.fsum(p.area for p in patches)).text
                yield self.voice.say(f"versions.say.{name}", count=len(patches), hectares=hectares)

    def _signed(self, value: float, unit: str) -> Figure:
        found = self.voice.figure(abs(value), unit)
        return Figure(f"-{found.text}", value, found.digits) if value < 0 and found.number != 0 else found
