"""The verbs of the command line: parse, call, print. The only room that prints or exits."""

import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan import cli_runs, cli_sites, cli_versions
from geoplan.arguments import Verb, parser
from geoplan.errors import DefinitionError, GeoplanError, Problems, StudyError, UnknownName
from geoplan.words import Language, say

if TYPE_CHECKING:
    import argparse
    from types import TracebackType

    from geoplan.catalogue import Kind

__all__ = ["main"]

DONE, USAGE, UNREADABLE, INTERRUPTED = 0, 2, 3, 130
_RARELY = (100_000, 50, 50)
"""How seldom Python looks for what refers to itself: a run makes millions of shapes and cells, hardly any in circles,
and looking through them again and again takes an eighth of its time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code: 0 done, 2 usage or definition, 3 data unreadable, 130 interrupted."""
    gc.set_threshold(*_RARELY)
    # a console that cannot show a character shows a question mark, not a traceback
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    language = _language()
    options = parser(language, _VERBS).parse_args(arguments)
    language = getattr(options, "lang", None) or language
    if not options.debug:
        sys.excepthook = _unexpected(language)
    try:
        return int(options.verb(options, language))
    except (GeoplanError, Problems) as error:
        if options.debug:
            raise
        return _refused(error, _spoken(options, language))
    except KeyboardInterrupt:
        print(say(language, "cli.interrupted"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _language() -> Language:
    spoken = os.environ.get("GEOPLAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "zh"


def _spoken(options: "argparse.Namespace", language: Language) -> Language:
    # errors speak the study's language, as far as the study can be read
    if getattr(options, "lang", None) or not getattr(options, "study", None):
        return language
    from geoplan.study_file import language_of

    file = options.study / "study.toml" if options.study.is_dir() else options.study
    return language_of(file) if file.is_file() else language


def _refused(error: GeoplanError | Problems, language: Language) -> int:
    parts = error.exceptions if isinstance(error, Problems) else (error,)
    for part in parts:
        print(part.say(language) if isinstance(part, GeoplanError) else part, file=sys.stderr)
    if isinstance(error, Problems):
        print(say(language, "cli.problems", count=len(parts)), file=sys.stderr)
    ours = (StudyError, DefinitionError, UnknownName)
    return USAGE if any(isinstance(part, ours) for part in parts) else UNREADABLE


def _unexpected(language: Language) -> "Callable[[type[BaseException], BaseException, TracebackType | None], None]":
    def hook(kind: type[BaseException], error: BaseException, _: "TracebackType | None") -> None:
        print(say(language, "cli.unexpected", kind=kind.__name__, reason=error), file=sys.stderr)

    return hook


def _demo(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.sample import write_demo

    folder: Path = options.out
    if (folder / "study.toml").is_file():
        print(say(language, "cli.demo_again", folder=folder), file=sys.stderr)
    elif folder.exists() and any(folder.iterdir()):
        raise StudyError("study.exists", path=folder)
    else:
        write_demo(folder)
    options.study, options.out = folder, folder / "out"
    code = cli_runs.answered(options, options.lang or None)
    print(say(language, "cli.demo_next", sites=folder / "data" / "sites.gpkg", folder=folder), file=sys.stderr)
    return code


def _init(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.skeleton import new_study

    print(say(language, "cli.written", path=new_study(options.folder, language)))
    return DONE


def _list(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.catalogue import KINDS, Catalogue

    catalogue = Catalogue.for_study(Path())
    kinds: tuple[Any, ...] = (options.kind,) if options.kind else (*KINDS, "methods", "reported")
    found = {kind: _titles(catalogue, kind, language) for kind in kinds}
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True))
        return DONE
    for kind, titles in found.items():
        print(say(language, f"cli.kind_{kind}", count=len(titles)))
        for name, title in titles.items():
            print(f"  {name:<24} {title}")
    return DONE


def _titles(catalogue: Any, kind: "Kind | str", language: Language) -> dict[str, str]:
    if kind == "methods":
        # a method is listed by its file; its first sentence needs no library to be read
        import ast

        from geoplan.signature import method_names

        folder = Path(__file__).parent / "methods"
        trees = {n: ast.parse((folder / f"{n}.py").read_text(encoding="utf-8")) for n in method_names()}
        return {name: (ast.get_docstring(tree) or "").split("\n")[0] for name, tree in trees.items()}
    if kind == "reported":
        return {name: q.title_zh if language == "zh" else q.title_en for name, q in catalogue.questions().items()}
    if kind == "maps":
        looks = {name: catalogue.look(name) for name in catalogue.names("maps")}
        return {name: str(look.get("title", {}).get(language, "")) for name, look in looks.items()}
    read = catalogue.layer if kind == "layers" else catalogue.analysis
    return {name: read(name).title[language] for name in catalogue.names(kind)}


def _show(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.catalogue import KINDS, Catalogue
    from geoplan.errors import nearest

    catalogue = Catalogue.for_study(Path())
    questions = catalogue.questions()
    if options.name in questions and not options.example:
        print(json.dumps(asdict(questions[options.name]), ensure_ascii=False, indent=1))
        return DONE
    homes = {name: kind for kind in reversed(KINDS) for name in catalogue.names(kind)}
    if options.name not in homes:
        raise UnknownName(
            "cli.no_name", name=options.name, nearest=nearest(options.name, (*homes, *questions)) or "service_500m"
        )
    if options.example:
        return _example(options, catalogue, language)
    path = catalogue.path(homes[options.name], options.name)
    print(path.read_text(encoding="utf-8"), end="")
    return DONE


def _example(options: "argparse.Namespace", catalogue: Any, language: Language) -> int:
    from geoplan.example import worked

    sums = worked(catalogue.analysis(options.name), catalogue)
    if options.json:
        print(json.dumps({"stated": sums.stated, "computed": sums.computed, "why": sums.why}, ensure_ascii=False))
    else:
        fields = {
            "stated": sums.stated,
            "computed": "—" if sums.computed is None else f"{sums.computed:.10g}",
            "unit": sums.unit,
            "why": sums.why,
        }
        print(say(language, "cli.example_agrees" if sums.agrees else "cli.example_differs", **fields))
    return DONE if sums.agrees else 1


def _new(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.skeleton import new_analysis

    path = new_analysis(options.out, options.name, options.method, language)
    print(say(language, "cli.written", path=path))
    return DONE


def _validate(options: "argparse.Namespace", language: Language) -> int:
    from geoplan.study import open_study

    study = open_study(options.study, allow_remote=options.allow_remote)
    language = options.lang or study.language
    if options.report or options.out:
        from geoplan.cli_health import report

        return report(study, options, language)
    try:
        study.validate()
    except Problems as problems:
        if not options.json:
            raise
        said = [e.say(language) for e in problems.exceptions if isinstance(e, GeoplanError)]
        print(json.dumps({"problems": said}, ensure_ascii=False, indent=1))
        return USAGE
    ready, lacking = study.analyses()
    if options.json:
        print(json.dumps({"problems": [], "asked": [a.name for a in ready], "not_asked": lacking}, ensure_ascii=False))
        return DONE
    for path in study.outside_paths():
        print(say(language, "cli.outside_path", path=path))
    for name, layers in lacking.items():
        print(say(language, "cli.not_asked", name=name, layers=cli_runs.lacked(layers, language)))
    print(say(language, "cli.valid", count=len(ready)))
    return DONE


def _fetch(options: "argparse.Namespace", language: Language) -> int:
    from geoplan import read

    written = read.fetch_osm(place=options.place, bbox=options.bbox, out=options.out)
    print(say(language, "cli.written", path=written))
    return DONE


_VERBS: dict[str, Verb] = {
    "demo": _demo,
    "init": _init,
    "list": _list,
    "show": _show,
    "new": _new,
    "validate": _validate,
    "fetch": _fetch,
    **cli_runs.VERBS,
    **cli_sites.VERBS,
    **cli_versions.VERBS,
}
