"""The HTML files of web/ as templates: every text put into them is escaped, and a slot nobody fills is an error."""

from importlib import resources
from typing import Any

__all__ = ["template", "text_of"]


def template(name: str) -> Any:
    """The template of a file of web/; it may include others of them."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(text_of),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def text_of(name: str) -> str:
    """What stands in a file of web/."""
    return resources.files("geoplan.draw").joinpath("web", name).read_text(encoding="utf-8")
