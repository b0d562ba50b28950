"""Every sentence a person reads stands in words/, in both languages, and every sentence the code asks for is there."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoplan.words import LANGUAGES, sentences

PACKAGE = Path(__file__).parents[1] / "geoplan"
FILES = sorted(p for p in PACKAGE.rglob("*.py"))
# ideographs, their punctuation, and full-width forms
CJK = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
# Chinese words that data and definitions are written in, which the engine compares with. None of them is said to a reader.
# file -> the words; None where the whole file reads such data
KEYWORDS: dict[str, set[str] | None] = {
    "units.py": None,  # units as definitions, layers and plans write them
    "draw/figures.py": None,  # how many digits each of those units is printed with
    "draw/breaks.py": {"％"},  # the unit of percentages
    "draw/scorecard.py": {"＝", "＋", "－", "＠"},  # signs a spreadsheet takes for a formula
    "analysis.py": {"住建体检", "国空体检", "规划考核"},  # the key `system` of a definition
    "examine/texts.py": None,  # the range of Chinese signs, and what a lost encoding leaves of them
    "frames.py": None,  # what people call the coordinates of map services
    "layer.py": {"公开"},  # how data are marked
    "layer_file.py": None,  # marks of secrecy and usual column names
    "ops/garbled.py": None,  # what a lost encoding leaves of Chinese signs
    "plot.py": {"净用地", "代征", "临时"},  # the role of a plot in a register
    "read/boundary_txt.py": None,  # punctuation of surveyors' files
    "read/classes.py": {"用地用海"},  # how the names of schemes begin
    "read/crosswalk.py": None,  # columns of crosswalks, and what stands between codes
    "read/columns.py": None,  # how tables write yes, no and not known
    "read/declared.py": None,  # names of schemes and classes in definitions, and how data are marked
    "read/copied.py": None,  # usual names of the columns of coordinates
    "read/zones.py": None,  # usual names of the columns of zones
    "read/site_claim.py": None,  # how files and people name a coordinate system
    "read/site_words.py": None,  # heads of coordinate tables and surveyors' files
    "read/txt_header.py": None,  # punctuation of surveyors' files
    "sites/cells.py": {"是", "否"},  # yes and no in a planner's table
    "sites/rules.py": {"待核"},  # the mark of a basis nobody has checked
    "sites/uses.py": {"用地", "用海"},  # endings of the names of land uses
    "sites/verdicts.py": {"；"},  # between the texts of several rows of the rulebook, which are Chinese
    "sites/intake.py": None,  # columns of the register, and what attachments call the things it asks for
}


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_error(name: str) -> bool:
    return (
        name.endswith("Error")
        and name
        not in {
            "ValueError",
            "TypeError",
            "KeyError",
            "AttributeError",
            "OSError",
            "ImportError",
            "LookupError",
            "RuntimeError",
        }
    ) or name == "UnknownName"


def asked() -> Iterator[tuple[str, str, set[str] | None]]:
    """Each sentence the code asks for: where, its id (`prefix*` where a part is computed), the slots it fills.

    The slots are None where the call hands on a mapping that cannot be read here.
    """
    for path in FILES:
        for node in calls(path):
            name = called(node)
            first: ast.expr | None = None
            slots = {k.arg for k in node.keywords if k.arg}
            open_ended = any(k.arg is None for k in node.keywords)
            if name == "say":
                strings = [
                    a for a in node.args[:2] if isinstance(a, (ast.Constant, ast.JoinedStr)) and not _is_language(a)
                ]
                first = strings[0] if strings else None
            elif is_error(name) or name == "Note":
                first = node.args[0] if node.args else None
                if name == "Note" and len(node.args) > 1:
                    fields = node.args[1]
                    open_ended = not isinstance(fields, ast.Dict) or None in fields.keys
                    slots = (
                        {k.value for k in fields.keys if isinstance(k, ast.Constant)}
                        if isinstance(fields, ast.Dict)
                        else set()
                    )
            elif name == "Column" and node.args and isinstance(node.args[0], ast.Constant):
                yield _at(path, node), f"column.{node.args[0].value}", None
                continue
            for sentence in _ids(first):
                yield _at(path, node), sentence, None if open_ended else slots


def _at(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"


def _is_language(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in LANGUAGES


def _ids(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _ids(node.body)
        yield from _ids(node.orelse)


def slots_of(sentence: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


ASKED = sorted(
    {(where, sentence, None if slots is None else frozenset(slots)) for where, sentence, slots in asked()}, key=str
)


def test_the_scan_finds_sentences():
    assert len(ASKED) > 50


def test_both_languages_have_the_same_sentences():
    assert set(sentences("zh")) == set(sentences("en"))


@pytest.mark.parametrize("sentence", sorted(sentences("zh")))
def test_both_languages_fill_the_same_slots(sentence):
    zh, en = (sentences(language).get(sentence, "") for language in LANGUAGES)
    assert slots_of(zh) == slots_of(en)
    assert zh.strip()
    assert en.strip()


def test_the_master_text_is_chinese_and_the_other_is_not():
    plain = {"unit", "file"}
    assert not [
        i
        for i, text in sentences("en").items()
        if CJK.search(text) and i.split(".")[0] not in plain and not _quotes_chinese(text)
    ]


def _quotes_chinese(text: str) -> bool:
    # English may quote the name of a column, a class or a scheme as it stands in the data
    return not CJK.search(re.sub(r"[\"'(“‘「].*?[\"')”’」]", "", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_in_a_file(language):
    # TOML refuses a key that stands twice; sections written apart must not repeat either
    tomllib.loads((PACKAGE / "words" / f"{language}.toml").read_text(encoding="utf-8"))


def test_every_sentence_the_code_asks_for_exists():
    known = sentences("zh")
    missing = [f"{where}: {sentence}" for where, sentence, _ in ASKED if not _known(sentence, known)]
    assert not missing


def _known(sentence: str, known: dict[str, str]) -> bool:
    if "*" not in sentence:
        return sentence in known
    pattern = re.compile(".+".join(map(re.escape, sentence.split("*"))))
    return sentence == "*" or any(pattern.fullmatch(one) for one in known)


def test_every_slot_of_a_sentence_is_filled_where_it_is_asked_for():
    known = sentences("zh")
    unfilled = [
        f"{where}: {sentence} lacks {sorted(slots_of(known[sentence]) - slots)}"
        for where, sentence, slots in ASKED
        if slots is not None and sentence in known and not slots_of(known[sentence]) <= slots
    ]
    assert not unfilled


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_chinese_is_written_into_code(path):
    allowed = KEYWORDS.get(str(path.relative_to(PACKAGE)), set())
    if allowed is None:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # a text that stands alone documents what it stands under
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [
        f"{path.name}:{node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and CJK.search(node.value)
        and node.value not in allowed
    ]
    assert not found


def test_the_list_of_keyword_files_names_files_that_need_it():
    idle = [
        name
        for name in KEYWORDS
        if not (PACKAGE / name).is_file() or not CJK.search((PACKAGE / name).read_text(encoding="utf-8"))
    ]
    assert not idle
