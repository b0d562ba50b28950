"""Which answers a document shows a map of: those asked for by name, else those not as they should be."""

from dataclasses import dataclass

from geoplan.draw.line import by_answer
from geoplan.draw.voice import Voice
from geoplan.result import REPORTED, Results

__all__ = ["Pictured", "pictured"]

MOST, NAMED = 12, 24
"""Pictures of a document where nobody says how many: of the worst, and of what a study asks for by name."""
_WORST = ("missed", "behind", "needs_review")
_SAID = 10


@dataclass(frozen=True, slots=True)
class Pictured:
    """The answers a document shows a map of, those it has no room for, and the rule, by the sentence that says it."""

    names: frozenset[str]
    left: tuple[str, ...]
    rule: str

    def say(self, results: Results, voice: Voice) -> str:
        """How the pictures were chosen, what was left out, and where all maps are."""
        shown = len(self.names)
        if not self.left:
            return voice.say(f"report.word_pictures_{self.rule}", shown=shown)
        titles = [voice.title(results[name].analysis.title) or name for name in self.left]
        named = voice.say("report.comma").join(titles[:_SAID])
        more = voice.say("report.word_and_more", names=named) if len(titles) > _SAID else named
        return voice.say(f"report.word_pictures_{self.rule}_left", shown=shown, left=len(titles), names=more)


def pictured(results: Results, most: int | None = None) -> Pictured:
    """The answers a document shows a map of.

    Args:
        results: what a run found out.
        most: pictures at most; a dozen, or two of what is asked for by name, where left out.
    """
    known = [r.name for r in results.results if r.kind not in REPORTED and r.status == "ok"]
    if results.asked:
        chosen, limit, rule = [name for name in known if name in results.asked], NAMED, "named"
    else:
        words = {
            name: [_WORST.index(o.word) for o in own if o.word in _WORST] for name, own in by_answer(results).items()
        }
        bad = [name for name in known if words.get(name)]
        chosen, limit, rule = sorted(bad, key=lambda name: min(words[name])), MOST, "worst"
    limit = limit if most is None else most
    return Pictured(frozenset(chosen[:limit]), tuple(chosen[limit:]), rule)
