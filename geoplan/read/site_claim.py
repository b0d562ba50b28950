"""What a name of a coordinate system claims: a datum, a zone, or a whole registered system. Nothing is guessed."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from geoplan.crs import parse
from geoplan.errors import CRSError, GeoplanError
from geoplan.read import site_words as words
from geoplan.read.survey import Claim

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["claim_of_crs", "claim_of_name", "claim_of_texts", "datum_of_crs", "declared", "twin"]

_CODE = re.compile(r"(?:EPSG|SRID)[:：=]?\s*(\d{4,6})", re.IGNORECASE)
_ESRI = re.compile(r"(.+?)_(3_DEGREE_)?(?:GK|GAUSS_KRUGER)_(?:CM_(\d+)E|ZONE_(\d+))")
_SPOKEN = re.compile(
    r"(.+?)[/,，;；:：]?(?:([36])度分?带)?[/,，;；]?(?:第?(\d{2})带|带号=?(\d{2})|(?:中央子午线|CM)=?(\d{2,3})(?:度|°|E)?)"
)


def claim_of_name(text: str, *, file: str, where: GeoplanError) -> Claim:
    """What the name of a coordinate system says, in words or as a registry number.

    Raises:
        CRSError: a registry number that nothing is registered under.

    >>> from geoplan.read.survey import at_file
    >>> claim_of_name("CGCS2000 3度带 39带", file="a.txt", where=at_file()).zone
    39
    >>> claim_of_name("EPSG:4548", file="a.txt", where=at_file()).datum
    'CGCS2000'
    >>> claim_of_name("", file="a.txt", where=at_file()).datum
    ''
    """
    code = _CODE.search(text)
    if code:
        try:
            return replace(claim_of_crs(parse(f"EPSG:{code[1]}")), text=text)
        except CRSError as error:
            if error.id != "crs.unknown":
                raise
            raise CRSError("site_file.unknown_crs", file=file, where=where, crs=text) from error
    claim = Claim(text=text.strip(), datum=words.datum_of(text))
    if claim.datum != "local":
        return claim
    return _esri(text) or _spoken(text) or claim


def claim_of_crs(crs: "CRS") -> Claim:
    """What a complete coordinate system says; a datum shift an old file carries beside it is not believed."""
    crs = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    return Claim(text=crs.name, datum=datum_of_crs(crs), crs=crs)


def datum_of_crs(crs: "CRS") -> str:
    """The datum of a CRS, as `Claim` names it; `other` for one that is neither Chinese nor WGS 84.

    >>> datum_of_crs(parse("EPSG:2384")), datum_of_crs(parse("EPSG:4527")), datum_of_crs(parse("EPSG:32628"))
    ('XIAN80', 'CGCS2000', 'WGS84')
    """
    geodetic = crs.geodetic_crs
    name = words.folded(geodetic.name).replace("_", "") if geodetic is not None else ""
    for datum, marks in _MARKS:
        if any(mark in name for mark in marks):
            return datum
    return "local" if geodetic is None else "other"


_MARKS = (
    ("CGCS2000", ("CHINAGEODETICCOORDINATESYSTEM2000", "CGCS2000", "CHINA2000")),
    ("XIAN80", ("XIAN1980", "XI'AN1980", "XIAN80")),
    ("BEIJING54", ("BEIJING1954", "NEWBEIJING", "BEIJING54")),
    ("WGS84", ("WGS84", "WGS1984")),
)


def declared(text: str, by: str, claim: Claim, file: str) -> Claim:
    """The claim of a file once somebody has declared the system in writing: their word replaces the file's.

    A declared datum keeps the zone the file names; a declared system replaces everything.

    Raises:
        CRSError: nobody signs the declaration, or its words mean nothing.
    """
    from geoplan.read.survey import at_file

    if not by.strip():
        raise CRSError("site_file.unsigned", file=file, crs=text)
    said = claim_of_name(text, file=file, where=at_file())
    if said.crs is not None:
        return said
    return replace(
        said,
        width=said.width or claim.width,
        zone=said.zone or (claim.zone if said.meridian is None else None),
        meridian=said.meridian or (claim.meridian if said.zone is None else None),
        unit=claim.unit,
    )


def claim_of_texts(texts: Iterable[tuple[str, GeoplanError]], file: str) -> Claim:
    """What the texts around a table, or of a drawing, say about the coordinate system.

    Raises:
        CRSError: they name two.

    >>> from geoplan.read.survey import at_file
    >>> claim = claim_of_texts([("坐标系：2000国家大地坐标系 3度带 带号39", at_file())], "a.xlsx")
    >>> claim.datum, claim.width, claim.zone
    ('CGCS2000', 3, 39)
    >>> claim_of_texts([], "a.xlsx").datum
    ''
    """
    said = [(text, spot, name) for text, spot in texts for name in _systems_in(text)]
    claims = [(claim_of_name(name, file=file, where=spot), spot) for _, spot, name in said]
    for claim, spot in claims[1:]:
        if claim.datum != claims[0][0].datum or claim.crs != claims[0][0].crs:
            raise CRSError("site_file.two_systems", file=file, where=spot, first=claims[0][0].text, second=claim.text)
    whole = " ".join(text for text, _, _ in said)
    zones = {int(next(g for g in m.groups() if g)) for m in words.ZONE.finditer(whole)}
    meridians = {float(m[1]) + float(m[2] or 0) / 60 for m in words.MERIDIAN.finditer(whole)}
    widths = {m[1] for m in words.WIDTH.finditer(whole)}
    if max(len(zones), len(meridians), len(widths)) > 1:
        raise CRSError("site_file.two_systems", file=file, where=said[0][1], first=said[0][0], second=said[-1][0])
    odd = next((m for m in meridians if m % 3), None)
    if odd is not None:
        raise CRSError("site_file.zone", file=file, where=said[0][1], value=f"{odd:g}")
    found = claims[0][0] if claims else Claim()
    return replace(
        found,
        zone=found.zone or next(iter(zones), None),
        meridian=found.meridian or next(iter(meridians), None),
        width=found.width or next((3 if w in "3三" else 6 for w in widths), None),
    )


def _systems_in(text: str) -> list[str]:
    """Names of coordinate systems in a text."""
    found = [m[1] for m in words.STATED.finditer(unicodedata.normalize("NFKC", text))]
    if found or words.CRS_KEY not in text:
        return found
    keyed = words.KEYED.fullmatch(text)
    local = words.LOCAL_NAMES.search(text)
    if keyed and keyed[2] and words.TITLES["crs"].fullmatch(words.folded(keyed[1])):
        return [keyed[2].strip()]
    return [text.strip()] if local else []


def twin(crs: "CRS") -> "CRS | None":
    """The same zone of CGCS2000 with its number before the easting, or without it; None for any other system.

    >>> twin(parse("EPSG:4548")).to_epsg(), twin(parse("EPSG:4527")).to_epsg(), twin(parse("EPSG:32650"))
    (4527, 4548, None)
    """
    code = crs.to_epsg()
    if code is None:
        return None
    for first, last, step in ((4513, 4533, 21), (4491, 4501, 11)):
        if first <= code <= last:
            return parse(f"EPSG:{code + step}")
        if first + step <= code <= last + step:
            return parse(f"EPSG:{code - step}")
    return None


def _esri(text: str) -> Claim | None:
    match = _ESRI.fullmatch(re.sub(r"[\s-]+", "_", text.strip().upper()))
    if match is None or words.datum_of(match[1]) == "local":
        return None
    width = 3 if match[2] else 6
    if match[3]:
        return Claim(text=text, datum=words.datum_of(match[1]), width=width, meridian=float(match[3]))
    return Claim(text=text, datum=words.datum_of(match[1]), width=width, zone=int(match[4]))


def _spoken(text: str) -> Claim | None:
    match = _SPOKEN.fullmatch(words.folded(text))
    if match is None or words.datum_of(match[1]) == "local":
        return None
    width, zone = match[2], match[3] or match[4]
    number = int(zone) if zone else None
    return Claim(
        text=text,
        datum=words.datum_of(match[1]),
        width=int(width) if width else None,
        zone=number,
        meridian=float(match[5]) if match[5] else None,
    )
