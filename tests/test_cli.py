"""The command line, as a planner types it: exit codes, sentences instead of tracebacks, one JSON document."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from geoplan import sample
from geoplan.cli import main

LAYERS = ("residential", "community_facilities", "walk_network", "parks", "canopy", "built_up", "coastline")


@pytest.fixture
def town(tmp_path):
    """Gridtown with the layers of a few questions."""
    folder = tmp_path / "town"
    shutil.copytree(sample.gridtown_folder(), folder)
    file = folder / "study.toml"
    head, *layers = re.split(r"(?m)^(?=\[layers\.)", file.read_text(encoding="utf-8"))
    kept = [layer for layer in layers if layer[len("[layers.") : layer.index("]")] in LAYERS]
    file.write_text("".join((head, *kept)), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _speak_english(monkeypatch):
    monkeypatch.setenv("GEOPLAN_LANG", "en")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def test_a_run_ends_by_naming_the_page_and_counting_the_outcomes(town, capsys):
    assert main(["run", str(town), "--only", "service_500m", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == str((town / "out" / "index.html").resolve())
    assert lines[-1].startswith("1 answered, 0 without data")
    assert (town / "out" / "index.html").is_file()


def test_json_is_one_document_and_nothing_else(town, capsys):
    assert main(["run", str(town), "--only", "natural_shoreline", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["results"][0]["value"] == pytest.approx(45.0, abs=1e-5)
    assert captured.err == ""


def test_a_study_that_cannot_be_honoured_exits_with_2_in_the_studys_language(town, capsys):
    file = town / "study.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("year     = 2025", 'year = "2025"'), encoding="utf-8")
    assert main(["run", str(town)]) == 2
    said = capsys.readouterr().err
    assert "place.year" in said
    assert "写法不对" in said
    assert "Traceback" not in said


def test_data_that_cannot_be_read_exit_with_3_and_the_rest_is_written(town, capsys):
    (town / "canopy.csv").unlink()
    assert main(["run", str(town)]) == 3
    assert "canopy.csv" in capsys.readouterr().err
    assert (town / "out" / "index.html").is_file()


def test_a_study_that_is_not_there_is_a_sentence(tmp_path, capsys):
    assert main(["run", str(tmp_path / "nowhere")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_validate_lists_what_is_wrong_as_json_too(town, capsys):
    assert main(["validate", str(town)]) == 0
    capsys.readouterr()
    (town / "parks.csv").unlink()
    assert main(["validate", str(town), "--json"]) == 2
    assert "parks.csv" in "".join(json.loads(capsys.readouterr().out)["problems"])


def test_list_and_show_speak_both_languages(capsys):
    assert main(["list", "analyses"]) == 0
    assert "natural_shoreline" in capsys.readouterr().out
    assert main(["list", "methods", "--lang", "zh"]) == 0
    assert "方法" in capsys.readouterr().out
    assert main(["show", "residential"]) == 0
    assert 'geometry = "polygon"' in capsys.readouterr().out
    assert main(["show", "natural_shorelin"]) == 2
    assert "did you mean 'natural_shoreline'" in capsys.readouterr().err


def test_show_example_computes_the_sum_on_paper_again(capsys):
    assert main(["show", "natural_shoreline", "--example", "--json"]) == 0
    sums = json.loads(capsys.readouterr().out)
    assert sums["computed"] == pytest.approx(sums["stated"], abs=0.01)


def test_new_writes_a_draft_with_every_role_and_parameter_and_never_over_a_file(tmp_path, capsys):
    assert main(["new", "analysis", "market_300m", "--method", "reach", "-o", str(tmp_path)]) == 0
    text = (tmp_path / "analyses" / "market_300m.toml").read_text(encoding="utf-8")
    for word in ("demand", "supply", "streets", "distance", "max_snap", "[example]"):
        assert word in text
    assert main(["new", "analysis", "market_300m", "--method", "reach", "-o", str(tmp_path)]) == 2
    assert main(["new", "analysis", "x", "--method", "raech", "-o", str(tmp_path)]) == 2
    assert "did you mean 'reach'" in capsys.readouterr().err


def test_init_makes_a_folder_of_the_same_shape_and_never_in_a_full_one(tmp_path, capsys):
    folder = tmp_path / "eco-city"
    assert main(["init", str(folder)]) == 0
    assert sorted(p.name for p in folder.iterdir()) == ["analyses", "data", "layers", "maps", "study.toml"]
    assert main(["init", str(folder)]) == 2
    # the new study is honest about what it still lacks
    assert main(["validate", str(folder)]) == 2 or main(["validate", str(folder)]) == 3


def test_an_unknown_verb_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as left:
        main(["fly"])
    assert left.value.code == 2


def test_a_bug_is_a_sentence_not_a_traceback():
    code = (
        "import geoplan.cli as c, sys\n"
        "c._VERBS['list'] = lambda *_: 1 / 0\n"
        "sys.exit(c.main(['list', '--lang', 'en']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_debug_shows_the_whole_call(town):
    (town / "study.toml").write_text("[place\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not a valid TOML"):
        main(["run", str(town), "--debug"])


def test_interrupting_exits_with_130(town, monkeypatch, capsys):
    from geoplan import cli

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli._VERBS, "run", stopped)
    assert main(["run", str(town)]) == 130
    assert "nothing was written" in capsys.readouterr().err
