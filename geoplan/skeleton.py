"""Writes the first draft of a definition, from the signature of its method, and of a study folder."""

from pathlib import Path

from geoplan.errors import StudyError
from geoplan.signature import Parameter, parameters_of
from geoplan.words import Language, say

__all__ = ["analysis_text", "new_analysis", "new_study"]

_UNITS = {
    "Metres": "500 m", "SquareMetres": "0.4 ha", "Share": "60 %", "People": "5000 people", "Minutes": "5 min",
    "Years": "30 a", "Degrees": "45 deg",
}  # fmt: skip


def analysis_text(method: str, language: Language = "zh") -> str:
    """A definition of that shape with every role and parameter its method takes, ready to be filled in.

    Raises:
        UnknownName: a method nobody wrote.
    """
    parameters = parameters_of(method)
    roles = [_role(p, language) for p in parameters if p.kind == "role"]
    others = [_line(p, language) for p in parameters if p.kind not in {"role", "asked"}]
    head = [
        'title    = { zh = "…", en = "…" }',
        f'method   = "{method}"',
        'unit     = "%"',
        'better   = "higher"                # higher | lower | none',
        'standard = "…"',
        f'map      = "{method}"',
    ]
    tail = ["[example]", "overall = 0.0", 'why     = "…"']
    return "\n".join([*head, "", "[layers]", *roles, "", "[parameters]", *others, "", *tail, ""])


def new_analysis(folder: Path, name: str, method: str, language: Language = "zh") -> Path:
    """Write `analyses/NAME.toml` in a folder.

    Raises:
        StudyError: the file is there already.
        UnknownName: a method nobody wrote.
    """
    path = folder / "analyses" / f"{name}.toml"
    text = analysis_text(method, language)
    if path.exists():
        raise StudyError("study.exists", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def new_study(folder: Path, language: Language = "zh") -> Path:
    """Make a planner's own folder: `layers/ analyses/ maps/ data/` and a commented `study.toml`.

    Raises:
        StudyError: the folder is there and not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StudyError("study.exists", path=folder)
    for name in ("layers", "analyses", "maps", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    file = folder / "study.toml"
    file.write_text(say(language, "skeleton.study", name=folder.resolve().name), encoding="utf-8")
    return file


def _role(parameter: Parameter, language: Language) -> str:
    value = '["…"]' if parameter.several else '"…"'
    mark = "# " if parameter.optional else ""
    return f"{mark}{parameter.name} = {value}{_remark(parameter, language)}"


def _line(parameter: Parameter, language: Language) -> str:
    example = {
        "quantity": f'"{_UNITS.get(parameter.dimension, "500 m")}"',
        "choice": f'"{parameter.choices[0]}"' if parameter.choices else '""',
        "integer": "1",
        "flag": "true",
    }.get(parameter.kind, '"…"')
    value = f"[{example}]" if parameter.several else example
    mark = "# " if parameter.optional else ""
    return f"{mark}{parameter.name} = {value}{_remark(parameter, language)}"


def _remark(parameter: Parameter, language: Language) -> str:
    said = []
    if parameter.optional:
        default = parameter.default if parameter.default is not None else "—"
        said.append(say(language, "skeleton.optional", default=default))
    if parameter.choices:
        said.append(" | ".join(map(str, parameter.choices)))
    return f"   # {'; '.join(said)}" if said else ""
