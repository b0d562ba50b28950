"""The wheel carries one name, all content, and runs where no checkout is near."""

import os
import site
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CONTENT = ("layers", "analyses", "maps")
pytestmark = pytest.mark.slow


def run(*command, cwd=None, env=None):
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    # the build backend of this environment is used: nothing is downloaded
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment of its own that holds the wheel, and borrows the libraries it depends on from this one."""
    home = tmp_path_factory.mktemp("elsewhere") / "环境 env"
    run(sys.executable, "-m", "venv", "--without-pip", home)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    (packages,) = home.glob("**/site-packages")
    # a path in a .pth file is searched after the environment's own packages, and its own .pth files (an editable install
    # of geoplan among them) are not read
    libraries = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()))
    (packages / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
    return python


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_has_one_top_level_name(wheel):
    assert {name.split("/")[0] for name in names(wheel)} == {"geoplan", f"geoplan-{VERSION}.dist-info"}


def test_the_contents_of_the_wheel_are_as_wheels_should_be(wheel):
    assert "OK" in run(sys.executable, "-m", "check_wheel_contents", wheel, cwd=ROOT)


def test_the_wheel_carries_every_definition(wheel):
    carried = set(names(wheel))
    here = [
        path.relative_to(ROOT).as_posix() for folder in CONTENT for path in (ROOT / folder).rglob("*") if path.is_file()
    ]
    assert here
    assert not [name for name in here if f"geoplan/_catalogue/{name}" not in carried]


def test_the_wheel_carries_every_room_and_its_texts(wheel):
    carried = set(names(wheel))
    here = [
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "geoplan").rglob("*")
        if p.is_file() and not {"__pycache__", "_catalogue"} & set(p.parts)
    ]
    assert not [name for name in here if name not in carried]
    assert {"geoplan/py.typed", "geoplan/words/zh.toml", "geoplan/words/en.toml"} <= carried


def test_the_wheel_carries_no_tests_and_no_leavings(wheel):
    assert not [
        name for name in names(wheel) if "test" in Path(name).parts[0] or "__pycache__" in name or name.endswith(".pyc")
    ]


def test_geoplan_runs_from_the_wheel(installed, tmp_path):
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GEOPLAN"))}
    home = run(installed, "-c", "import geoplan; print(geoplan.__file__)", cwd=tmp_path, env=env).strip()
    assert Path(home).is_relative_to(installed.parents[1])
    script = installed.with_name("geoplan")
    assert VERSION in run(script, "--version", cwd=tmp_path, env=env)
    listed = run(script, "list", cwd=tmp_path, env=env)
    assert all(path.stem in listed for path in (ROOT / "analyses").glob("*.toml"))


def test_an_example_worked_by_hand_is_worked_from_the_wheel(installed, tmp_path):
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GEOPLAN"))}
    run(installed, "-m", "geoplan", "show", "service_500m", "--example", cwd=tmp_path, env=env)
