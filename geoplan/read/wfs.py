"""A WFS, asked in its own words: what it has, how much of it, and the features themselves, page by page.

The newest version both know is spoken: 2.0, 1.1 or 1.0. Only 2.0 counts what fits a question in a way that can be
relied upon (servers of 1.1 count no further than they hand out).
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from geoplan import crs as crs_room
from geoplan.errors import CRSError, SourceError
from geoplan.read.gml import Rows, read_gml, stated_number
from geoplan.read.web import Web, complaint, local, root

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.crs import Bounds
    from geoplan.read.remote import Chooser

__all__ = ["Wfs", "north_first", "opened", "system"]

_VERSIONS = ("2.0.0", "1.1.0", "1.0.0")
_KINDS = {
    **dict.fromkeys(("int", "integer", "long", "short", "byte", "unsignedInt", "unsignedShort", "unsignedLong",
                     "nonNegativeInteger", "positiveInteger", "negativeInteger"), "int64"),
    **dict.fromkeys(("double", "float", "decimal"), "float64"), "boolean": "bool",
}  # fmt: skip
_NUMBERED = re.compile(r"(?:EPSG/[\d.]+/|EPSG:(?:[\d.]*:)?|epsg\.xml#)(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wfs:
    """One type of features of a WFS.

    Attributes:
        web: the way there.
        version: that is spoken.
        name: of the type, as the service writes it.
        crs: as it writes it, or an empty text.
        system: the same as the rest of this room writes it, or an empty text.
        stated: where it says its features lie, in degrees (west, south, east, north).
        types: column -> its kind, as numpy names it.
    """

    web: Web
    version: str
    name: str
    crs: str
    system: str
    stated: "Bounds | None"
    types: dict[str, str] = field(default_factory=dict)

    @property
    def boxes(self) -> str:
        """What boxes are in."""
        return self.system

    @property
    def counts(self) -> bool:
        """Whether what it counts can be relied upon."""
        return self.version >= "2"

    def count(self, box: "Bounds | None") -> int | None:
        """How many features meet a box, of all where none is given; None where the service does not say."""
        if not self.counts:
            return None
        data, _ = self.web.get(self._url(box, resulttype="hits"))
        found = root(data)
        if found is None or local(found.tag) != "FeatureCollection":
            told = self.web.address.clean(complaint(data))
            raise SourceError("remote.exception" if told else "remote.not_service", path=self._shown, reason=told)
        return stated_number(found.attrib, "numberMatched")

    def rows(self, box: "Bounds | None", folder: Path, *, most: int | None = None) -> Rows:
        """The features that meet a box, all of those the service hands out, or some of them.

        Raises:
            SourceError: it complains, breaks off, hands out features twice, or has more behind the last.
        """
        import pandas as pd

        first = self._page(box, folder, **({} if most is None else {self._most: str(most)}))
        if most is not None or not self.counts:
            return first
        matched = self.count(box) if first.matched is None else first.matched
        frames, read = [first.frame], len(first.frame)
        while len(frames[-1]) and matched is not None and read < matched:
            page = self._page(box, folder, startindex=str(read), count=str(len(first.frame)))
            frames.append(page.frame)
            read += len(page.frame)
        frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else first.frame
        self._refuse_mixed(frame, frames, box, folder)
        return Rows(frame, first.crs, matched)

    def _refuse_mixed(
        self, frame: "pd.DataFrame", frames: "list[pd.DataFrame]", box: "Bounds | None", folder: Path
    ) -> None:
        """Pages must not overlap, nor be the first ones of more than the service counts."""
        names = frame["gml_id"] if "gml_id" in frame else frame.get("fid")
        if len(frames) > 1 and (names is None or names.isna().any() or names.duplicated().any()):
            raise SourceError("remote.twice", path=self._shown)
        if not len(frame) or names is None:
            return
        try:
            behind = self._page(box, folder, startindex=str(len(frame)), count="1").frame
        except SourceError as error:
            if error.id != "remote.exception":
                raise
            # a service that cannot begin in the middle has no page behind this one either
            return
        if len(behind) and not behind[names.name].isin(names).all():
            raise SourceError("remote.cut", path=self._shown, matched=f"> {len(frame)}", read=len(frame))

    @property
    def _shown(self) -> str:
        return self.web.address.shown

    @property
    def _most(self) -> str:
        return "count" if self.version >= "2" else "maxfeatures"

    def _page(self, box: "Bounds | None", folder: Path, **more: str) -> Rows:
        path = folder / f"page{len(list(folder.iterdir()))}.gml"
        self.web.save(self._url(box, **more), path)
        return read_gml(path, self.name.rpartition(":")[2], self.web.address)

    def _url(self, box: "Bounds | None", **more: str) -> str:
        asked = {
            "service": "WFS",
            "version": self.version,
            "request": "GetFeature",
            "typenames" if self.version >= "2" else "typename": self.name,
            **({"srsname": self.crs} if self.crs else {}),
            **({"bbox": self._box(box)} if box is not None else {}),
            **more,
        }
        return self.web.url("", list(asked.items()))

    def _box(self, box: "Bounds") -> str:
        """A box with its axes in the order this way of writing a CRS means."""
        west, south, east, north = box
        sides = (south, west, north, east) if north_first(self.crs) else box
        told = ",".join(repr(float(side)) for side in sides)
        return told if self.version < "1.1" else f"{told},{self.crs}"


def opened(web: Web, layer: str, choose: "Chooser") -> Wfs:
    """One type of features of a service.

    Args:
        web: the way there.
        layer: the type, with or without its prefix; may be left out where there is only one.
        choose: finds it among those there are.

    Raises:
        SourceError: no WFS, no such type, or several to choose from.
    """
    asked = [("version", web.address.version)] if web.address.version else []
    wanted = web.address.version or ",".join(_VERSIONS)
    data, _ = web.get(web.url("", [*_request("GetCapabilities"), *asked, ("acceptversions", wanted)]))
    found = root(data)
    if found is None or local(found.tag) != "WFS_Capabilities":
        told = web.address.clean(complaint(data))
        raise SourceError("remote.exception" if told else "remote.not_service", path=web.address.shown, reason=told)
    version = found.attrib.get("version", "")
    if version not in (*_VERSIONS, "2.0.2"):
        raise SourceError("remote.version", path=web.address.shown, version=version)
    types = {_text(e, "Name"): e for e in found.iter() if local(e.tag) == "FeatureType" and _text(e, "Name")}
    name = choose(layer, list(types))
    one = types[name]
    crs = _text(one, "DefaultCRS", "DefaultSRS", "SRS")
    return Wfs(web, version, name, crs, system(crs), _stated(one, system(crs)), _types(web, version, name))


def system(crs: str) -> str:
    """The CRS a service names, as pyproj reads it; an empty text for one nobody knows.

    >>> system("urn:ogc:def:crs:EPSG::4490"), system("http://www.opengis.net/gml/srs/epsg.xml#4548")
    ('EPSG:4490', 'EPSG:4548')
    >>> system("http://www.opengis.net/def/crs/OGC/1.3/CRS84"), system("urn:ogc:def:crs:EPSG::404000"), system("")
    ('OGC:CRS84', '', '')
    """
    number = _NUMBERED.search(crs)
    text = f"EPSG:{number[1]}" if number else ("OGC:CRS84" if crs.endswith("CRS84") else "")
    try:
        return text if text and crs_room.parse(text) else ""
    except CRSError:
        return ""


def north_first(crs: str) -> bool:
    """Whether coordinates written in this CRS, spelled like this, begin with the one that counts northwards.

    >>> north_first("urn:ogc:def:crs:EPSG::4490"), north_first("http://www.opengis.net/def/crs/EPSG/0/4548")
    (True, True)
    >>> north_first("EPSG:4490"), north_first("urn:ogc:def:crs:EPSG::32650")
    (False, False)
    """
    own = system(crs)
    if not own or not re.match(r"urn:|https?://www\.opengis\.net/def/", crs):
        return False
    return crs_room.parse(own).axis_info[0].direction == "north"


def _request(name: str) -> list[tuple[str, str]]:
    return [("service", "WFS"), ("request", name)]


def _text(element: ET.Element, *names: str) -> str:
    """The text of the first child with one of these names."""
    found = (child.text for name in names for child in element if local(child.tag) == name)
    return next((text.strip() for text in found if text), "")


def _stated(told: ET.Element, own: str) -> "Bounds | None":
    """Where the features of a type are said to lie, in degrees; None where nothing is said that can be used."""
    for element in told:
        if local(element.tag) == "WGS84BoundingBox":
            words = f"{_text(element, 'LowerCorner')} {_text(element, 'UpperCorner')}".split()
        elif local(element.tag) == "LatLongBoundingBox":
            words = [element.attrib.get(side, "") for side in ("minx", "miny", "maxx", "maxy")]
        else:
            continue
        try:
            west, south, east, north = map(float, words)
        except ValueError:
            return None
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 and own:
            return west, south, east, north
    return None


def _types(web: Web, version: str, name: str) -> dict[str, str]:
    """Column -> kind, as the service describes its features; without the column of shapes."""
    asked = ("typenames" if version >= "2" else "typename", name)
    data, _ = web.get(web.url("", [*_request("DescribeFeatureType"), ("version", version), asked]))
    found = root(data)
    if found is None or local(found.tag) != "schema":
        told = web.address.clean(complaint(data))
        raise SourceError("remote.exception" if told else "remote.not_service", path=web.address.shown, reason=told)
    types: dict[str, str] = {}
    for element in found.iter():
        if local(element.tag) != "sequence":
            continue
        for column in element:
            kind = column.attrib.get("type", "") or _restricted(column)
            kind = kind.rpartition(":")[2]
            if local(column.tag) == "element" and column.attrib.get("name") and not kind.endswith("PropertyType"):
                types[column.attrib["name"]] = _KINDS.get(kind, "object")
    return types


def _restricted(column: ET.Element) -> str:
    """The kind that a column of a kind of its own narrows down."""
    return next((e.attrib.get("base", "") for e in column.iter() if local(e.tag) == "restriction"), "")
