"""provenance.json: what a folder of results was made of and by, and every file of it with its hash."""

import hashlib
from pathlib import Path
from typing import Any

from geoplan.result import Results

__all__ = ["origin", "sha256_of"]


def origin(results: Results, folder: Path, audience: str) -> dict[str, Any]:
    """The origin of a run, with the hash of every file that stands in the folder by now.

    The `files` it lists are how a later run tells its own files from those somebody put beside them.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        **results.provenance,
        "geoplan": results.provenance.get("software", {}).get("geoplan", ""),
        "stamp": results.stamp,
        "language": results.language,
        "audience": audience,
        "files": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
