"""Two places to try everything on: gridtown, whose sums fit on paper, and the demo city, synthetic and seeded."""

from importlib.resources import files
from pathlib import Path

__all__ = ["gridtown_folder"]


def gridtown_folder() -> Path:
    """The folder of gridtown, an ordinary study of text files.

    >>> (gridtown_folder() / "study.toml").is_file()
    True
    """
    return Path(str(files("geoplan.sample"))) / "gridtown"
