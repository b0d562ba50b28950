"""From a sheet to a page: one HTML text with everything in it, which asks for nothing and is always the same.

The only module that knows folium. Leaflet comes from the XStatic package and is written into the page; there is no
background map, no font, no icon to fetch. A policy in the page forbids every script that is not one of ours, by hash,
and every request.
"""

import functools
import json
import re
from collections.abc import Iterator
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from xstatic.pkg import leaflet

from geoplan.draw.panel import furniture, header, inset_scale, panel
from geoplan.draw.roster import Roster, roster_html
from geoplan.draw.seal import sealed
from geoplan.draw.sheet import Feature, Overlay, Sheet
from geoplan.draw.swatch import Patterns
from geoplan.draw.theme import Paint, Theme

__all__ = ["page"]

MAX_ZOOM = 20
_KINDS = {"point": 0, "line": 1, "polygon": 2}


class _Figure(Figure):
    """The document: language, head, what is beside the map, the map, and the scripts last."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.lang }}">\n<head>\n{{ this.header.render(**kwargs) }}\n</head>\n'
        "<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang


class _Text(Element):
    """A text as it stands: an element's own text would be read as a template, and names may hold braces."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class _Literal(MacroElement):
    """An element whose macros are written as they come out.

    Folium reads what a macro wrote as a template once more, so that a name with braces in it would be carried out.
    """

    def render(self, **kwargs: Any) -> str:
        """Write what the macros say into the document, then the elements below; nothing stands where the element is."""
        figure = self.get_root()
        for part in ("html", "script"):
            macro = getattr(self._template.module, part, None)
            if macro is not None:
                getattr(figure, part).add_child(_Text(macro(self, kwargs)), name=self.get_name())
        for child in self._children.values():
            child.render(**kwargs)
        return ""


class _Map(_Literal, folium.Map):
    """A map without tiles or any file from elsewhere, and what lies on it."""

    default_js: list[Any] = []  # noqa: RUF012  (folium reads it as a class attribute)
    default_css: list[Any] = []  # noqa: RUF012  (folium reads it as a class attribute)
    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<main><div class="folium-map" id={{ this.get_name()|tojson }} aria-label={{ this.title|tojson }}></div>'
        "{{ this.furniture }}</main>{{ this.panel }}"
        "{% endmacro %}{% macro script(this, kwargs) %}"
        "const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, "
        "{center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}});\n"
        "geoplan.start({{ this.get_name() }}, {{ this.settings }});"
        "{% endmacro %}"
    )

    def __init__(self, sheet: Sheet, patterns: Patterns, theme: Theme) -> None:
        west, south, east, north = sheet.bounds
        super().__init__(
            location=[round((south + north) / 2, 6), round((west + east) / 2, 6)],
            tiles=None,
            prefer_canvas=not sheet.crisp,
            zoom_start=12,
            zoom_control=False,
            zoom_snap=0.25,
            attribution_control=False,
        )
        self.options["maxZoom"] = MAX_ZOOM
        self.title = sheet.texts["map"]
        self.furniture = furniture(sheet)
        # the legend may add hatches, so it comes before they are listed
        self.panel = panel(sheet, patterns)
        self.settings = _json(_settings(sheet, patterns, theme.inks["paper"]))


class _Overlay(_Literal, folium.map.Layer):
    """Features that are switched on and off together; the page's own script draws them."""

    _template = Template(
        "{% macro script(this, kwargs) %}const {{ this.get_name() }} = geoplan.overlay({{ this.data }});{% endmacro %}"
    )

    def __init__(self, data: str) -> None:
        super().__init__(overlay=True, control=False, show=False)
        self._name = "Overlay"
        self.data = data


class _Ready(_Literal):
    """The last thing a page does when it opens."""

    _template = Template("{% macro script(this, kwargs) %}geoplan.ready();{% endmacro %}")

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Ready"


class _Below(_Literal):
    """The table below the map, and the script that ties it to the map."""

    _template = Template(
        "{% macro html(this, kwargs) %}{{ this.table }}{% endmacro %}"
        "{% macro script(this, kwargs) %}{{ this.code }}\nroster.start({{ this.tied }});{% endmacro %}"
    )

    def __init__(self, roster: Roster) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Below"
        self.table = roster_html(roster)
        self.code = _own("roster.js")
        self.tied = ", ".join(_json(value) for value in (roster.overlay, roster.over, roster.count))


def page(sheet: Sheet, theme: Theme, *, home: str = "", roster: Roster | None = None) -> str:
    """The sheet as one HTML text.

    Args:
        sheet: what is on the map and around it.
        theme: colours and letters of the page itself.
        home: where the way back leads; empty for none.
        roster: a table below the map, its rows tied to features.
    """
    patterns = Patterns()
    overlays = [_json(_overlay(o, patterns)) for o in sheet.overlays]
    drawn = _Map(sheet, patterns, theme)
    for data in overlays:
        drawn.add_child(_Overlay(data))
    drawn.add_child(_Ready())
    if roster is not None:
        drawn.add_child(_Below(roster))
    figure = _Figure("zh-CN" if sheet.language == "zh" else "en")
    figure.header.add_child(_Text(_head(sheet, theme, "" if roster is None else _own("roster.css"))), name="meta_http")
    figure.html.add_child(
        _Text(f'<svg class="defs" aria-hidden="true"><defs>{patterns.svg()}</defs></svg>{header(sheet, home)}')
    )
    figure.script.add_child(_Text(f"{_leaflet('leaflet.js')}\n{_own('shapes.js')}\n{_own('map.js')}"))
    figure.add_child(drawn)
    for number, element in enumerate(_tree(figure)):
        element._id = str(number)  # noqa: SLF001  (branca draws ids at random and offers no other way)
    return sealed(figure.render())


def _settings(sheet: Sheet, patterns: Patterns, paper: str) -> dict[str, Any]:
    """What the page's script must know."""
    return {
        "texts": {k: sheet.texts[k] for k in ("zoom_in", "zoom_out", "metre", "kilometre", "scale_screen")},
        "bounds": sheet.bounds,
        "inset": inset_scale(sheet),
        "scales": sheet.scales,
        "paper": paper,
        "hatches": patterns.described(),
        "listed": [[one.number, one.name, one.says, one.spot, one.overlay] for one in sheet.listed],
    }


def _overlay(overlay: Overlay, patterns: Patterns) -> dict[str, Any]:
    """An overlay as the page's script reads it: paints by position, shapes as steps."""
    keys = {key: i for i, key in enumerate(overlay.paints)}
    return {
        "id": overlay.id,
        "group": overlay.group,
        "paints": [_paint(p, patterns) for p in overlay.paints.values()],
        "columns": overlay.columns,
        "features": [_feature(f, keys) for f in overlay.features],
        "labels": [[*one.spot, one.name, one.figure] for one in overlay.labels],
    }


def _paint(paint: Paint, patterns: Patterns) -> list[Any]:
    fixed = [paint.fill, paint.line, paint.width, paint.dash, patterns.number(paint), paint.opacity]
    return [*fixed, paint.shape, paint.size, paint.casing]


def _feature(feature: Feature, keys: dict[str, int]) -> list[Any]:
    shape = feature.shape
    return [keys[feature.paint], _KINDS[shape.kind], shape.parts, feature.says, feature.label]


def _json(value: Any) -> str:
    """JSON that may stand in a script: nothing in it can end the script or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _head(sheet: Sheet, theme: Theme, more: str) -> str:
    inks = "".join(f"--{name}:{colour};" for name, colour in theme.inks.items())
    fonts = ",".join(f'"{name}"' if " " in name else name for name in theme.fonts)
    styles = (_leaflet("leaflet.css"), f":root{{{inks}--fonts:{fonts};}}", _own("map.css"), _own("print.css"), more)
    return (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(sheet.title)} · {escape(sheet.subtitle)}</title>\n<style>\n{chr(10).join(styles)}\n</style>"
    )


@functools.cache
def _leaflet(name: str) -> str:
    """A file of Leaflet without what it would fetch: its images, and the map of its source."""
    text = (Path(leaflet.BASE_DIR) / name).read_text(encoding="utf-8")
    text = re.sub(r"(background-image|behavior): url\([^)]*\);", "", text)
    return re.sub(r"//# sourceMappingURL=\S+", "", text).strip()


@functools.cache
def _own(name: str) -> str:
    return resources.files("geoplan.draw").joinpath("web", name).read_text(encoding="utf-8").strip()


def _tree(figure: Figure) -> Iterator[Element]:
    """Every element in the order it is written."""
    yield figure
    for part in (figure.header, figure.html, figure.script):
        yield from _below(part)
    yield from _below(figure)


def _below(element: Element) -> Iterator[Element]:
    for child in element._children.values():  # noqa: SLF001  (branca shows its tree no other way)
        yield child
        yield from _below(child)
