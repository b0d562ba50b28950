"""The words of the command line: which verbs there are, and what each takes."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from geoplan.words import Language, say

__all__ = ["Verb", "parser"]

Verb = Callable[[argparse.Namespace, Language], int]


def parser(language: Language, runs: Mapping[str, Verb]) -> argparse.ArgumentParser:
    """The parser of all verbs; each hands on to the function of its name."""
    from geoplan import __version__

    def text(sentence: str) -> str:
        return say(language, f"cli.{sentence}")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help=text("debug"))
    common.add_argument("--lang", choices=("zh", "en"), help=text("lang"))
    common.add_argument("--json", action="store_true", help=text("json"))
    whole = argparse.ArgumentParser("geoplan", description=text("about"), epilog=text("exit_codes"))
    whole.add_argument("--version", action="version", version=f"geoplan {__version__}")
    verbs = whole.add_subparsers(metavar="VERB", required=True)

    def verb(name: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text(name), description=text(name), parents=[common])
        added.set_defaults(verb=runs[name])
        if name in _OPTIONS:
            _OPTIONS[name](added, text)
            added.add_argument("--allow-remote", action="store_true", help=text("allow_remote"))
        return added

    demo = verb("demo")
    demo.add_argument("-o", "--out", type=Path, default=Path("geoplan-demo"), metavar="DIR", help=text("demo_out"))
    verb("init").add_argument("folder", type=Path, metavar="DIR", help=text("init_dir"))
    listed = verb("list")
    listed.add_argument(
        "kind", nargs="?", choices=("layers", "analyses", "maps", "methods", "reported"), help=text("list_kind")
    )
    shown = verb("show")
    shown.add_argument("name", metavar="NAME", help=text("show_name"))
    shown.add_argument("--example", action="store_true", help=text("show_example"))
    new = verb("new")
    new.add_argument("kind", choices=("analysis",), help=text("new_kind"))
    new.add_argument("name", metavar="NAME", help=text("new_name"))
    new.add_argument("--method", required=True, help=text("new_method"))
    new.add_argument("-o", "--out", type=Path, default=Path(), metavar="DIR", help=text("new_out"))
    for reader in ("validate", "run"):
        verb(reader)
    fetch = verb("fetch")
    fetch.add_argument("source", choices=("osm",), help=text("fetch_source"))
    fetch.add_argument("--place", help=text("fetch_place"))
    fetch.add_argument("--bbox", help=text("fetch_bbox"))
    fetch.add_argument("-o", "--out", type=Path, default=Path("osm.gpkg"), metavar="FILE", help=text("fetch_out"))
    for reader in ("check", "intake", "convert", "diff"):
        verb(reader)
    compare = verb("compare")
    compare.add_argument("before", type=Path, metavar="OUT", help=text("compare_before"))
    compare.add_argument("after", type=Path, metavar="OUT", help=text("compare_after"))
    return whole


def _validate_options(validate: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    validate.add_argument("study", type=Path, metavar="STUDY", help=text("study"))
    validate.add_argument("--report", action="store_true", help=text("validate_report"))
    validate.add_argument("-o", "--out", type=Path, metavar="DIR", help=text("validate_out"))
    validate.add_argument("--against", type=Path, metavar="OUT", help=text("validate_against"))


def _check_options(check: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    check.add_argument("sites", type=Path, nargs="*", metavar="SITE", help=text("check_site"))
    check.add_argument("--study", type=Path, required=True, metavar="STUDY", help=text("study"))
    check.add_argument("-o", "--out", type=Path, metavar="OUT", help=text("check_out"))
    check.add_argument("--replay", type=Path, metavar="BUNDLE", help=text("check_replay"))
    check.add_argument("--activity", action="append", default=[], metavar="CODE", help=text("check_activity"))
    check.add_argument("--use", default="", metavar="TEXT", help=text("check_use"))
    check.add_argument("--near", default="", metavar="METRES", help=text("check_near"))
    check.add_argument("--stamp", default="", metavar="DATE", help=text("run_stamp"))
    _audience_option(check, text)
    check.add_argument("--docx", action=argparse.BooleanOptionalAction, default=None, help=text("check_docx"))
    check.add_argument("--template", type=Path, metavar="FILE", help=text("check_template"))
    _claim_options(check, text)
    _reading_options(check, text)


def _intake_options(intake: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    intake.add_argument("folder", type=Path, metavar="FOLDER", help=text("intake_folder"))
    intake.add_argument("--study", type=Path, required=True, metavar="STUDY", help=text("study"))
    _reading_options(intake, text)


def _convert_options(convert: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    convert.add_argument("source", type=Path, metavar="IN", help=text("convert_in"))
    convert.add_argument("out", type=Path, metavar="OUT", help=text("convert_out"))
    convert.add_argument("--study", type=Path, metavar="STUDY", help=text("convert_study"))
    convert.add_argument("--crs", default="", metavar="EPSG", help=text("convert_crs"))
    _claim_options(convert, text)
    _reading_options(convert, text)


def _claim_options(verb: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    verb.add_argument("--declare-crs", default="", metavar="EPSG", help=text("declare_crs"))
    verb.add_argument("--declared-by", default="", metavar="NAME", help=text("declared_by"))


def _reading_options(verb: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    verb.add_argument("--parameters", type=Path, metavar="FILE", help=text("parameters"))
    verb.add_argument("--width", default="", metavar="METRES", help=text("width"))
    verb.add_argument("--converter", default="", metavar="PATH", help=text("converter"))


def _diff_options(diff: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    diff.add_argument("before", metavar="BEFORE", help=text("diff_before"))
    diff.add_argument("after", metavar="AFTER", help=text("diff_after"))
    diff.add_argument("--layer", default="", metavar="NAME", help=text("diff_layer"))
    diff.add_argument("--study", type=Path, metavar="STUDY", help=text("diff_study"))
    diff.add_argument("--causes", type=Path, metavar="FILE", help=text("diff_causes"))
    diff.add_argument("--scheme", default="", metavar="NAME", help=text("diff_scheme"))
    diff.add_argument("--confirm-shift", action="store_true", help=text("diff_confirm"))
    _audience_option(diff, text)
    diff.add_argument("-o", "--out", type=Path, metavar="OUT", help=text("diff_out"))


def _audience_option(verb: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    verb.add_argument("--audience", choices=("internal", "public"), default="internal", help=text("check_audience"))


def _count(text: str) -> int:
    """A number of things, none included.

    >>> _count("12"), _count("0")
    (12, 0)
    """
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(text)
    return int(text)


def _run_options(run: argparse.ArgumentParser, text: Callable[[str], str]) -> None:
    run.add_argument("study", type=Path, metavar="STUDY", help=text("study"))
    run.add_argument("-o", "--out", type=Path, metavar="OUT", help=text("run_out"))
    run.add_argument("--only", action="append", default=[], metavar="NAME", help=text("run_only"))
    run.add_argument("--stamp", default="", metavar="DATE", help=text("run_stamp"))
    run.add_argument("--sensitivity", action="store_true", help=text("run_sensitivity"))
    run.add_argument("--to", default="", metavar="ADDRESS", help=text("run_to"))
    run.add_argument("--schema", default="geoplan", metavar="NAME", help=text("run_schema"))
    run.add_argument("--audience", choices=("internal", "public"), default="internal", help=text("run_audience"))
    run.add_argument("--grid", metavar="METRES", help=text("run_grid"))
    run.add_argument("--review-number", default="", metavar="TEXT", help=text("run_review"))
    run.add_argument("--pictures", type=_count, metavar="N", help=text("run_pictures"))


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser, Callable[[str], str]], None]] = {
    "validate": _validate_options,
    "run": _run_options,
    "check": _check_options,
    "intake": _intake_options,
    "convert": _convert_options,
    "diff": _diff_options,
}
"""The verbs that read the data of a study, with the function that adds their words."""
