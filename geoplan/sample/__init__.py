"""Two places to try everything on: gridtown, whose sums fit on paper, and the demo city, synthetic and seeded."""

from importlib.resources import files
from pathlib import Path

__all__ = ["gridtown_folder", "write_demo"]


def gridtown_folder() -> Path:
    """The folder of gridtown, an ordinary study of text files.

    >>> (gridtown_folder() / "study.toml").is_file()
    True
    """
    return Path(str(files("geoplan.sample"))) / "gridtown"


def write_demo(folder: Path, seed: int = 2025) -> Path:
    """Write the demo city as an ordinary study (`study.toml`, `data/`) into a folder, and give its study file.

    Files that stand there under the same names are replaced. The same seed gives the same files, byte for byte.

    Raises:
        OSError: the folder cannot be written to.
    """
    from geoplan.sample.demo import write_city

    return write_city(Path(folder), seed)
