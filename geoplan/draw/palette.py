"""Colours as numbers: how far apart they look, to whom, and how well they stand on their ground.

Which colours are used stands in `maps/theme.toml`. Here is what can be said of any of them: contrast (WCAG 2), distance
in OKLab, how they look to the eight men in a hundred who see colours differently, and ramps that step evenly.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

from geoplan.errors import DefinitionError

__all__ = ["VISIONS", "contrast", "distance", "ink_on", "ramp", "rgb", "seen_by", "separation"]

RGB: TypeAlias = tuple[float, float, float]
"""Red, green, blue, each 0 to 1, as a screen is told them (gamma encoded)."""

# Machado, Oliveira & Fernandes (2009), severity 1.0, applied to linear light
_SEEN = {
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_LUMA = (0.2126, 0.7152, 0.0722)
VISIONS = ("normal", *_SEEN, "print")
"""Whose eyes a map is checked for; `print` is a black and white printer."""

# OKLab after Ottosson (2020): linear light to cones, cones to lightness and two opponents, and back
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def rgb(colour: str) -> RGB:
    """The parts of a colour written `#rrggbb`.

    Raises:
        DefinitionError: it is not written so.

    >>> rgb("#ff8000")
    (1.0, 0.5019607843137255, 0.0)
    >>> rgb("")
    Traceback (most recent call last):
    ...
    geoplan.errors.DefinitionError: '' is not a colour; write it like "#1b7f79".
    """
    digits = colour.removeprefix("#")
    if not colour.startswith("#") or len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        raise DefinitionError("look.colour", value=colour)
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """How strongly two colours contrast, 1 (not at all) to 21 (black on white); text wants 4.5, outlines 3 (WCAG 2).

    >>> round(contrast("#000000", "#ffffff"), 1), contrast("#777777", "#777777")
    (21.0, 1.0)
    """
    light, dark = sorted((_luminance(rgb(one)), _luminance(rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str, dark: str, light: str) -> str:
    """Which of two inks reads better on a ground.

    >>> ink_on("#08306b", "#1f2a33", "#ffffff"), ink_on("#eff3f6", "#1f2a33", "#ffffff")
    ('#ffffff', '#1f2a33')
    """
    return max((dark, light), key=lambda ink: contrast(ink, ground))


def seen_by(colour: str, vision: str) -> str:
    """How a colour looks to one of `VISIONS`.

    >>> seen_by("#d55e00", "normal"), seen_by("#ff0000", "print")
    ('#d55e00', '#7f7f7f')
    """
    if vision == "normal":
        return colour
    linear = tuple(_linear(c) for c in rgb(colour))
    if vision == "print":
        grey = sum(w * c for w, c in zip(_LUMA, linear, strict=True))
        return _hex((grey, grey, grey))
    return _hex(_times(_SEEN[vision], linear))


def distance(one: str, other: str) -> float:
    """How far apart two colours look: 0 is the same, 100 black and white; under about 10 a legend misleads.

    >>> round(distance("#000000", "#ffffff")), distance("#1b7f79", "#1b7f79")
    (100, 0.0)
    """
    a, b = _lab(rgb(one)), _lab(rgb(other))
    return 100 * float(sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5)


def separation(colours: Sequence[str], vision: str = "normal") -> float:
    """The smallest distance between any two of these colours, as that vision sees them; 100 for fewer than two.

    >>> round(separation(["#009e73", "#d55e00"], "deuteranopia")) > 10
    True
    >>> separation(["#009e73"]), separation([])
    (100.0, 100.0)
    """
    seen = [seen_by(c, vision) for c in colours]
    return min((distance(a, b) for a, b in combinations(seen, 2)), default=100.0)


def ramp(stops: Sequence[str], count: int) -> tuple[str, ...]:
    """That many colours along a line through the stops, evenly spaced to the eye (straight lines in OKLab).

    >>> ramp(["#ffffff", "#000000"], 3)
    ('#ffffff', '#636363', '#000000')
    >>> ramp(["#ffffff", "#08306b"], 1), ramp(["#ffffff"], 0)
    (('#08306b',), ())
    """
    labs = [_lab(rgb(stop)) for stop in stops]
    if count < 2 or len(labs) < 2:
        return (stops[-1],) * max(count, 0)
    colours = []
    for step in range(count):
        at = step * (len(labs) - 1) / (count - 1)
        low = min(int(at), len(labs) - 2)
        mixed = tuple(a + (b - a) * (at - low) for a, b in zip(labs[low], labs[low + 1], strict=True))
        colours.append(_hex(_times(_FROM_LMS, tuple(c**3 for c in _times(_FROM_LAB, mixed)))))
    return tuple(colours)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _luminance(colour: RGB) -> float:
    return sum(w * _linear(c) for w, c in zip(_LUMA, colour, strict=True))


def _lab(colour: RGB) -> RGB:
    lms = _times(_TO_LMS, tuple(_linear(c) for c in colour))
    return _times(_TO_LAB, tuple(max(c, 0.0) ** (1 / 3) for c in lms))


def _times(matrix: tuple[RGB, RGB, RGB], vector: tuple[float, ...]) -> RGB:
    x, y, z = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _hex(linear: RGB) -> str:
    def part(c: float) -> int:
        c = min(max(c, 0.0), 1.0)
        return round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))

    return "#" + "".join(f"{part(c):02x}" for c in linear)
