"""A folder of results changes as a whole, whoever is killed when."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from geoplan.draw import exchange
from geoplan.draw.exchange import ready, replacing
from geoplan.errors import StudyError

ROOT = Path(__file__).parents[2]


def result(folder: Path, text: str, names: tuple[str, ...] = ("index.html", "maps/a.html")) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    told = {"geoplan": "0.1.0", "files": dict.fromkeys(names, "")}
    (folder / "provenance.json").write_text(json.dumps(told), encoding="utf-8")


def write(out: Path, text: str, names: tuple[str, ...] = ("index.html", "maps/a.html")) -> None:
    with replacing(out) as folder:
        result(folder, text, names)


def content(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): p.read_text(encoding="utf-8") for p in out.rglob("*") if p.is_file()}


def beside(out: Path) -> list[str]:
    return sorted(p.name for p in out.parent.iterdir() if p != out)


@pytest.fixture(name="way", params=["one step", "two renames"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two renames":
        monkeypatch.setattr(exchange, "_exchanged", lambda *_: False)
    return str(request.param)


def test_a_folder_that_is_not_there_is_made_with_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "成果 2025" / "out", "new")
    assert content(tmp_path / "成果 2025" / "out")["index.html"] == "new"
    assert beside(tmp_path / "成果 2025" / "out") == []


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "new")
    assert content(tmp_path / "out")["index.html"] == "new"


def test_a_later_run_takes_the_place_of_an_earlier_one_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    write(tmp_path / "out", "old", ("index.html", "maps/a.html", "maps/gone.html"))
    write(tmp_path / "out", "new")
    found = content(tmp_path / "out")
    assert (found["index.html"], found["maps/a.html"], "maps/gone.html" in found) == ("new", "new", False)
    assert beside(tmp_path / "out") == []


def test_files_of_others_are_carried_over(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    (out / "批注").mkdir()
    (out / "批注" / "局长.txt").write_text("重算", encoding="utf-8")
    (out / "maps" / "mine.png").write_bytes(b"\x89PNG")
    (out / "empty").mkdir()
    (out / "link").symlink_to("index.html")
    write(out, "new")
    assert (out / "批注" / "局长.txt").read_text(encoding="utf-8") == "重算"
    assert (out / "maps" / "mine.png").read_bytes() == b"\x89PNG"
    assert (out / "empty").is_dir()
    assert (out / "link").readlink() == Path("index.html")
    write(out, "newer")
    assert (out / "批注" / "局长.txt").read_text(encoding="utf-8") == "重算"


def test_files_of_others_are_copied_where_the_disk_knows_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    out = tmp_path / "out"
    write(out, "old")
    (out / "note.txt").write_text("n", encoding="utf-8")
    monkeypatch.setattr(os, "link", refused)
    write(out, "new")
    assert (out / "note.txt").read_text(encoding="utf-8") == "n"


def test_a_folder_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(StudyError) as error:
        write(out, "new")
    assert error.value.id == "out.not_ours"
    assert str(out) in error.value.say("zh")
    assert content(out) == {"cat.jpg": "cat"}


@pytest.mark.parametrize("told", ["", "[]", '{"files": {}}', '{"geoplan": "1", "files": ["index.html"]}'])
def test_any_provenance_is_not_ours(tmp_path: Path, told: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "provenance.json").write_text(told, encoding="utf-8")
    with pytest.raises(StudyError):
        ready(tmp_path / "out")


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        write(tmp_path / "out", "new")
    assert error.value.id == "out.in_the_way"


def test_a_file_where_a_parent_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        write(tmp_path / "file" / "out", "new")
    assert error.value.id == "out.in_the_way"


def test_a_file_of_somebody_else_under_our_name_is_said_and_nothing_changes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old", ("index.html",))
    (out / "maps").mkdir()
    (out / "maps" / "a.html").write_text("theirs", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        write(out, "new")
    assert error.value.id == "out.in_the_way"
    assert content(out)["maps/a.html"] == "theirs"
    assert content(out)["index.html"] == "old"
    assert beside(out) == []


@pytest.mark.parametrize(
    ("number", "sentence"), [(13, "out.read_only"), (30, "out.read_only"), (28, "out.full"), (5, "out.failed")]
)
def test_what_the_system_refuses_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    write(tmp_path / "out", "old")

    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(exchange, "_sync_tree", refused)
    with pytest.raises(StudyError) as error:
        write(tmp_path / "out", "new")
    assert error.value.id == sentence
    assert str(tmp_path / "out") in str(error.value)
    assert content(tmp_path / "out")["index.html"] == "old"
    assert beside(tmp_path / "out") == []


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_left() -> None:
    """Run as somebody who may not write there: root may write everywhere."""
    code = """
        import os, sys, tempfile
        from pathlib import Path
        sys.path.insert(0, sys.argv[1])
        from geoplan.draw.exchange import replacing
        from geoplan.errors import StudyError
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o555)
            if os.geteuid() == 0:
                os.seteuid(65534)
            try:
                with replacing(Path(folder) / "out"):
                    print("written")
            except StudyError as error:
                print(error.id)
            finally:
                if os.getuid() == 0:
                    os.seteuid(0)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(ROOT)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "out.read_only"


def test_a_run_that_fails_leaves_the_old_results(tmp_path: Path) -> None:
    write(tmp_path / "out", "old")

    def fail() -> None:
        with replacing(tmp_path / "out") as folder:
            result(folder, "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert content(tmp_path / "out")["index.html"] == "old"
    assert beside(tmp_path / "out") == []


def test_results_are_readable_by_whom_the_old_ones_were(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    out.chmod(0o750)
    write(out, "new")
    assert out.stat().st_mode & 0o777 == 0o750


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "disk" / "out", "old")
    (tmp_path / "out").symlink_to(tmp_path / "disk" / "out")
    write(tmp_path / "out", "new")
    assert (tmp_path / "out").is_symlink()
    assert content(tmp_path / "disk" / "out")["index.html"] == "new"


def test_what_a_running_command_writes_is_not_cleaned_away(tmp_path: Path) -> None:
    with replacing(tmp_path / "out") as mine:
        result(mine, "mine")
        write(tmp_path / "out", "theirs")
        assert mine.is_dir()
    assert content(tmp_path / "out")["index.html"] == "mine"


def test_folders_with_names_like_ours_are_left_alone(tmp_path: Path) -> None:
    others = (".out.geoplan-new-xyz", ".out2.geoplan-new-0123abcd", "out.geoplan-new-0123abcd")
    for name in others:
        (tmp_path / name).mkdir()
    write(tmp_path / "out", "new")
    assert beside(tmp_path / "out") == sorted(others)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/draw"]
    from geoplan.draw import exchange
    import test_exchange as t

    out, moment, times, way = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
    if way == "two renames":
        exchange._exchanged = lambda new, out: False

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def dying(real):
        calls = [0]
        def called(*args, **kwargs):
            calls[0] += 1
            if calls[0] == times:
                die()
            return real(*args, **kwargs)
        return called

    if moment == "writing":
        t.result = lambda folder, *_: ((folder / "index.html").write_text("half"), die())
    elif moment == "before the exchange":
        exchange._swap = die
    elif moment == "after the exchange":
        real = exchange._swap
        exchange._swap = lambda new, out: (real(new, out), die())
    elif moment == "rename":
        Path.rename = dying(Path.rename)
    elif moment == "journal":
        Path.unlink = dying(Path.unlink)
    t.write(out, "new")
"""


@pytest.mark.parametrize(
    ("moment", "times", "whole"),
    [
        ("writing", 1, "old"),
        ("before the exchange", 1, "old"),
        ("rename", 1, "old"),
        ("rename", 2, "new"),
        ("journal", 1, "new"),
        ("after the exchange", 1, "new"),
    ],
)
def test_a_killed_run_leaves_the_old_or_the_new_whole_and_the_next_cleans_up(
    tmp_path: Path, way: str, moment: str, times: int, whole: str
) -> None:
    if way == "one step" and moment in {"rename", "journal"}:
        pytest.skip("one step renames nothing")
    out = tmp_path / "out"
    write(out, "old")
    (out / "note.txt").write_text("theirs", encoding="utf-8")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(ROOT), str(out), moment, str(times), way]
    died = subprocess.run(command, check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    ready(out)
    assert content(out) == {**dict.fromkeys(("index.html", "maps/a.html"), whole), "note.txt": "theirs", **_told(out)}
    assert beside(out) == []
    write(out, "newer")
    assert content(out)["index.html"] == "newer"
    assert content(out)["note.txt"] == "theirs"


def _told(out: Path) -> dict[str, str]:
    return {"provenance.json": (out / "provenance.json").read_text(encoding="utf-8")}
