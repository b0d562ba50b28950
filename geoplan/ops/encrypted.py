"""The encrypted coordinates of Chinese map services: GCJ-02 (Amap, Tencent) and BD-09 (Baidu), both ways.

Both move a true longitude and latitude (WGS 84, CGCS2000) by an amount that varies smoothly with the place: some 550 m
towards the east-north-east at Tianjin in GCJ-02, some 1.35 km in BD-09. Outside China nothing is moved.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRAMES", "Frame", "decrypted", "encrypted", "in_china"]

Floats: TypeAlias = NDArray[np.float64]
Frame: TypeAlias = str

FRAMES: tuple[Frame, ...] = ("GCJ-02", "BD-09")
_A, _EE = 6378245.0, 0.00669342162296594323
"""Krassovsky 1940, as the algorithm has it: half the long axis, and the first eccentricity squared."""
_X_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 12
"""More than any place needs: four rounds of the inverse are good for 1e-7 m already."""
_CLOSE = 1e-13
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Where the services move coordinates at all: a box, as their own code has it.

    >>> in_china(np.array([117.2, -15.4]), np.array([39.1, 28.1])).tolist()
    [True, False]
    """
    west, south, east, north = _CHINA
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def encrypted(lon: Floats, lat: Floats, frame: Frame) -> tuple[Floats, Floats]:
    """Where a map service shows a true longitude and latitude.

    Args:
        lon: degrees, WGS 84 or CGCS2000.
        lat: likewise.
        frame: `GCJ-02` or `BD-09`.

    >>> lon, lat = encrypted(np.array([117.755]), np.array([39.14]), "GCJ-02")
    >>> [round(float(v[0]), 6) for v in (lon, lat)]
    [117.761315, 39.141009]
    >>> encrypted(np.array([]), np.array([]), "BD-09")[0].size
    0
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = _moved(lon, lat)
    moved = in_china(lon, lat)
    x, y = lon + np.where(moved, east, 0.0), lat + np.where(moved, north, 0.0)
    if frame == "GCJ-02":
        return x, y
    z = np.hypot(x, y) + 0.00002 * np.sin(y * _X_PI)
    turned = np.arctan2(y, x) + 0.000003 * np.cos(x * _X_PI)
    return np.where(moved, z * np.cos(turned) + 0.0065, x), np.where(moved, z * np.sin(turned) + 0.006, y)


def decrypted(lon: Floats, lat: Floats, frame: Frame) -> tuple[Floats, Floats]:
    """The true longitude and latitude of what a map service shows: the inverse, iterated until it stands still.

    >>> shown = encrypted(np.array([117.2]), np.array([39.1]), "BD-09")
    >>> lon, lat = decrypted(*shown, "BD-09")
    >>> bool(abs(lon[0] - 117.2) < 1e-12 and abs(lat[0] - 39.1) < 1e-12)
    True
    >>> decrypted(np.array([]), np.array([]), "GCJ-02")[1].size
    0
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon.copy(), lat.copy()
    for _ in range(_ROUNDS):
        shown_x, shown_y = encrypted(x, y, frame)
        off_x, off_y = shown_x - lon, shown_y - lat
        x, y = x - off_x, y - off_y
        if max(np.abs(off_x).max(initial=0.0), np.abs(off_y).max(initial=0.0)) < _CLOSE:
            break
    return x, y


def _moved(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """By how many degrees GCJ-02 moves a place, east and north."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (waves + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (waves + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _EE * np.sin(phi) ** 2
    root = np.sqrt(magic)
    north = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * root) * np.pi)
    return east * 180.0 / (_A / root * np.cos(phi) * np.pi), north
