"""Every command of the README is run: a newcomer who copies them gets what they promise."""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
# commands that stand around the suite, not in it: `make test` is what runs this test
AROUND = re.compile(
    r"(make( (demo|docs|test|check))*|git clone .*|cd .*|python3? -m venv .*|(\S*/)?pip install .*|source .*|\. .*)"
)
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(text):
    """Fenced blocks as (language, text), in order."""
    return [(found[1], found[2]) for found in _BLOCK.finditer(text)]


def commands(text):
    """The lines of shell blocks, comments and prompts taken away, continued lines joined."""
    shell = "".join(body for language, body in blocks(text) if language in {"bash", "console", "sh", "shell"})
    lines = (
        re.sub(r"(^|\s)#.*", "", line.removeprefix("$ ")).strip() for line in shell.replace("\\\n", " ").splitlines()
    )
    return [line for line in lines if line]


def answers(text):
    """Commands whose comment names the exit code they answer with, as in `geoplan check …   # exit 1: …`."""
    named = re.findall(r"^(geoplan .*?)\s+#.*?(?:exit|退出码)\s*(\d+)", text, re.MULTILINE)
    return {line.strip(): int(code) for line, code in named}


def run_all(text, folder, demo=None):
    """Run the commands of a text in order in one folder, then its Python; what fails is told with its output.

    `geoplan demo` has been typed once for all texts where what it made is given: a copy of that stands for it.
    """
    env = {
        **os.environ,
        # the README speaks of an installed geoplan: this one
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONWARNINGS": "ignore",
    }
    run = [shlex.split(line) for line in commands(text) if not AROUND.fullmatch(line)]
    run += [[sys.executable, "-c", body] for language, body in blocks(text) if language == "python"]
    expected = answers(text)
    for command in run:
        if demo and command[:2] == ["geoplan", "demo"]:
            target = command[command.index("-o") + 1] if "-o" in command else demo.name
            shutil.copytree(demo, folder / target)
            continue
        own = [sys.executable, "-m"] if command[0] == "geoplan" else []
        done = subprocess.run([*own, *command], cwd=folder, env=env, capture_output=True, text=True, check=False)
        wanted = expected.get(shlex.join(command), 0)
        assert done.returncode == wanted, f"{shlex.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return run


SAMPLE = """
```bash
make demo            # around the suite
$ geoplan --version  # a prompt and a comment
geoplan list \\
    layers
```
```python
import geoplan
open("ran", "w").close()
```
"""


def test_the_commands_of_a_text_are_run_in_order(tmp_path):
    assert commands(SAMPLE) == ["make demo", "geoplan --version", "geoplan list      layers"]
    assert len(run_all(SAMPLE, tmp_path)) == 3
    assert (tmp_path / "ran").exists()


def test_a_command_that_fails_fails_the_test(tmp_path):
    with pytest.raises(AssertionError, match="geoplan no-such-verb"):
        run_all("```bash\ngeoplan no-such-verb\n```\n", tmp_path)


def test_both_languages_show_the_same_commands():
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    assert commands(english) == commands(chinese)
    assert commands(english)


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.name)
def test_every_link_of_the_readme_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = [*re.findall(r"\]\(([^)#\s]+)", text), *re.findall(r"<img[^>]+src=\"([^\"]+)\"", text)]
    assert not [target for target in targets if "://" not in target and not (ROOT / target).exists()]


@pytest.mark.slow
def test_every_command_of_the_readme_runs(tmp_path, built_demo):
    assert run_all(READMES[0].read_text(encoding="utf-8"), tmp_path, built_demo[0])


@pytest.mark.parametrize(("path", "language"), list(zip(READMES, ("en", "zh"), strict=True)), ids=("en", "zh"))
def test_the_generated_list_of_analyses_has_not_drifted(path, language):
    # `python docs/generate.py` writes it anew
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    text = path.read_text(encoding="utf-8")
    assert all(mark in text for mark in generate["MARKS"])
    assert generate["filled"](text, language) == text
