"""One answer of a WFS, read by GDAL: texts stay texts, coordinates are put in the order x, y as its CRS says."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from geoplan.errors import CRSError, SourceError
from geoplan.read.service import Address
from geoplan.read.web import complaint, local

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Rows", "complete", "read_gml", "stated_number"]

_TAIL = 65_536
_OPTIONS = {"EXPOSE_GML_ID": "YES", "EXPOSE_FID": "YES", "WRITE_GFS": "NO"}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What one question brought.

    Attributes:
        frame: the features; without rows where there are none.
        crs: what the answer says they are in, or an empty text.
        matched: how many there are in all, where the answer says so.
    """

    frame: "gpd.GeoDataFrame"
    crs: str = ""
    matched: int | None = None


def complete(path: Path, address: Address) -> dict[str, str]:
    """The attributes of a collection of features that came whole.

    Raises:
        SourceError: it broke off, complains of something, or is no collection of features.
    """
    with path.open("rb") as file:
        head = file.read(_TAIL)
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    name, attributes = _first(path)
    if name != "FeatureCollection":
        told = address.clean(complaint(head))
        raise SourceError("remote.exception" if told else "remote.not_service", path=address.shown, reason=told)
    if not re.search(rb"(?:FeatureCollection\s*>|<[^<>]*FeatureCollection\b[^<>]*/>)\s*(?:<!--.*-->\s*)?$", tail):
        told = address.clean(complaint(tail))
        raise SourceError("remote.exception" if told else "remote.lost", path=address.shown, reason=told)
    return attributes


def read_gml(path: Path, name: str, address: Address) -> Rows:
    """The features of one answer.

    Args:
        path: the file it stands in.
        name: what the features are called there, without a prefix.
        address: for messages.

    Raises:
        SourceError: it broke off, complains, or is no answer of a WFS.
    """
    import geopandas as gpd
    import pyogrio
    from pyogrio.errors import CRSError as NotACRS

    attributes = complete(path, address)
    matched = stated_number(attributes, "numberMatched")
    with _as_texts():
        try:
            tables = [str(t) for t, _ in pyogrio.list_layers(path)] if _any(path) else []
            if not tables:
                return Rows(gpd.GeoDataFrame(geometry=[]), matched=matched)
            table = tables[0] if len(tables) == 1 else name
            # a look at the tables leaves notes beside the file, which would outweigh what it says itself
            path.with_suffix(".gfs").unlink(missing_ok=True)
            frame = pyogrio.read_dataframe(path, layer=table, on_invalid="ignore", **_OPTIONS)
        except (NotACRS, UnboundLocalError) as error:
            raise CRSError("source.broken_crs", path=address.shown) from error
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
            raise SourceError("remote.not_service", path=address.shown, reason="") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
    returned = stated_number(attributes, "numberReturned")
    if returned is not None and returned != len(frame):
        raise SourceError("remote.cut", path=address.shown, matched=returned, read=len(frame))
    crs = "" if frame.crs is None else ("OGC:CRS84" if "CRS84" in frame.crs.name else frame.crs.to_string())
    return Rows(frame, crs, matched)


def stated_number(attributes: dict[str, str], name: str) -> int | None:
    """A number a collection says of itself; None where it says none, or `unknown`.

    >>> stated_number({"numberMatched": "12"}, "numberMatched"), stated_number({"numberMatched": "unknown"}, "x")
    (12, None)
    """
    said = attributes.get(name, "")
    return int(said) if said.isdigit() else None


def _first(path: Path) -> tuple[str, dict[str, str]]:
    try:
        _, element = next(ET.iterparse(path, events=("start",)))  # noqa: S314  (the first element alone)
    except (ET.ParseError, StopIteration):
        return "", {}
    return local(element.tag), {local(key): value for key, value in element.attrib.items()}


def _any(path: Path) -> bool:
    """Whether a collection holds any feature."""
    with path.open("rb") as file:
        before = b""
        while part := file.read(1 << 20):
            if re.search(rb"<(?:\w+:)?(?:member|featureMembers?)\b", before + part):
                return True
            before = part[-64:]
    return False


@contextlib.contextmanager
def _as_texts() -> Iterator[None]:
    """A code of digits is a text: GDAL would make 702 of 0702. The types a service states are put on later."""
    import warnings

    import pyogrio

    had: Any = pyogrio.get_gdal_config_option("GML_FIELDTYPES")
    pyogrio.set_gdal_config_options({"GML_FIELDTYPES": "ALWAYS_STRING"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        pyogrio.set_gdal_config_options({"GML_FIELDTYPES": had})
