"""Which of GDAL's readers stay switched off: those that open other places than the file they are given.

A .vrt handed over as a layer opens any file of the machine, a web service document any address. The switches are read
when GDAL loads, so this module is imported before anything that loads it; files are looked at as well (`guards`),
because a program may have loaded GDAL before.
"""

import functools
import importlib
import logging
import os

from geoplan.errors import SourceError

__all__ = ["CONNECTING", "STEP", "load_rasters", "refuse_indirect", "switch_off"]

CONNECTING = (
    "ADBC", "AmigoCloud", "Carto", "CSW", "DAAS", "EEDA", "EEDAI", "Elasticsearch", "GDALG", "GMLAS", "GPSBabel",
    "GTI", "HANA", "HTTP", "KMLSUPEROVERLAY", "MongoDBv3", "MRF", "MSSQLSpatial", "MySQL", "NGW", "OAPIF", "OCI",
    "ODBC", "OGCAPI", "OGR_VRT", "PGeo", "PLMOSAIC", "PLSCENES", "PostGISRaster", "PostgreSQL", "STACIT", "STACTA",
    "VRT", "WCS", "WFS", "WMS", "WMTS",
)  # fmt: skip
"""Names of drivers, as GDAL knows them, that follow references or open connections."""
STEP = 0.125
"""Degrees of an arc that one chord stands for: a circle loses less than a millionth of its area."""

_MARKS = (
    b"<OGRVRTDataSource", b"<VRTDataset", b"gdal_streamed_alg", b"<GDAL_WMS", b"<Capabilities", b"<WCS_GDAL",
    b"<GDALTileIndexDataset", b"<OGRWFSDataSource", b"<OGRCSWDataSource", b"<OGCAPIDataset", b"<MRF_META",
)  # fmt: skip


def switch_off() -> None:
    """Switch these drivers off for a GDAL that loads from now on; PROJ and GML fetch nothing, arcs get fine chords."""
    for name in ("GDAL_SKIP", "OGR_SKIP"):
        had = [d for d in os.environ.get(name, "").split(",") if d]
        os.environ[name] = ",".join([*had, *(d for d in CONNECTING if d not in had)])
    os.environ["PROJ_NETWORK"] = "OFF"
    os.environ["GML_DOWNLOAD_SCHEMA"] = "NO"
    os.environ["OGR_ARC_STEPSIZE"] = f"{STEP:g}"
    log = os.environ.get("CPL_LOG")
    # GDAL complains of every switch whose driver it was built without, on the screen of whoever runs this
    os.environ["CPL_LOG"] = log or os.devnull
    importlib.import_module("pyogrio")
    if log is None:
        del os.environ["CPL_LOG"]


@functools.cache
def load_rasters() -> None:
    """Load the GDAL of rasterio, which has one of its own, without what it says of the switches."""
    import rasterio

    log = logging.getLogger("rasterio._env")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with rasterio.Env():
            pass
    finally:
        log.setLevel(level)


def refuse_indirect(head: bytes, text: str) -> None:
    """Refuse a file that is no data, but a list of other places to open.

    Raises:
        SourceError: its first bytes say so.
    """
    if any(mark in head for mark in _MARKS):
        raise SourceError("source.indirect", path=text)
