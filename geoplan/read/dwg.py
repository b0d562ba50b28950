"""DWG drawings, through a converter the user has: LibreDWG's dwg2dxf or the ODA File Converter, found or named."""

import shutil
import subprocess
from pathlib import Path

from geoplan.errors import SourceError
from geoplan.measure import Note
from geoplan.read.scratch import scratch

__all__ = ["converted"]

_KNOWN = ("dwg2dxf", "ODAFileConverter")
LONGEST = 120
"""Seconds a conversion may take."""


def converted(path: Path, converter: str, file: str) -> tuple[bytes, Note]:
    """A drawing as DXF, and the note that says what converted it.

    Args:
        path: of the DWG file.
        converter: path or name of the program; where empty, the two known ones are looked for.
        file: its name, for the sentence.

    Raises:
        SourceError: no converter (the sentence says the three steps), or it failed.
    """
    program = next((found for name in ([converter] if converter else _KNOWN) if (found := shutil.which(name))), None)
    if program is None:
        raise SourceError(
            "site_file.no_converter" if not converter else "site_file.converter_missing", file=file, converter=converter
        )
    with scratch() as folder:
        source, target = Path(folder, "in", "drawing.dwg"), Path(folder, "out", "drawing.dxf")
        source.parent.mkdir()
        target.parent.mkdir()
        shutil.copyfile(path, source)
        try:
            done = subprocess.run(
                _command(program, source, target),
                capture_output=True,
                timeout=LONGEST,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourceError("site_file.converter_failed", file=file, converter=program) from error
        if done.returncode or not target.is_file() or not target.stat().st_size:
            raise SourceError("site_file.converter_failed", file=file, converter=program)
        return target.read_bytes(), Note("site_note.converted", {"converter": Path(program).name})


def _command(program: str, source: Path, target: Path) -> list[str]:
    if "oda" in Path(program).name.lower():
        return [program, str(source.parent), str(target.parent), "ACAD2013", "DXF", "0", "1", source.name]
    return [program, "-y", "-o", str(target), str(source)]
