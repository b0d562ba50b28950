"""The demo city as files a bureau would hand over: one GeoPackage a theme, a GBK shapefile, a CSV, a GeoTIFF."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoplan.sample.demo.ground import ORIGIN
from geoplan.sample.demo.inventory import themes

__all__ = ["CRS", "STAMP", "write_layers"]

CRS = "EPSG:4548"
STAMP = "2025-06-30"
_ELLIPSOID = "EPSG:4490"

_WET = {"code": "DLBM", "kind": "DLMC", "name": "SDMC", "protection": "BHXS"}
_LINE = {"id": "BSM", "name": "HXMC", "zone": "GKFQ", "domain": "LHLX"}
# layer -> file, table, columns as the bureau names them (others keep their name)
_FILES: dict[str, tuple[str, str, dict[str, str]]] = {
    "boundary": ("boundary.gpkg", "boundary", {}),
    "land": ("zones.gpkg", "land", {}),
    "districts": ("zones.gpkg", "districts", {"id": "PQDM", "name": "PQMC"}),
    "communities": ("zones.gpkg", "communities", {"id": "SQDM", "name": "SQMC"}),
    "built_up": ("zones.gpkg", "built_up", {"name": "MC"}),
    "walk_network": ("streets.gpkg", "walk_network", {}),
    "roads": ("streets.gpkg", "roads", {"kind": "DLDJ", "width": "DLKD"}),
    "barriers": ("streets.gpkg", "barriers", {}), "bus_stops": ("streets.gpkg", "bus_stops", {}),
    "residential": ("homes.gpkg", "residential", {
        "name": "XQMC", "population": "RK", "households": "HS", "floor_area": "JZMJ", "built_year": "JCND",
        "quiet": "NJXQ", "waste_online": "LJJC"}),
    "residential_entrances": ("homes.gpkg", "residential_entrances", {}),
    "buildings": ("homes.gpkg", "buildings", {
        "floors": "CS", "floor_area": "JZMJ", "use": "JZYT", "year": "JCND", "star": "LJXJ"}),
    "community_facilities": ("SQFWSS.shp", "SQFWSS", {
        "id": "BSM", "name": "SSMC", "kind": "SSLX", "status": "JSZT", "floor_area": "SSGM"}),
    "facility_entrances": ("services.gpkg", "facility_entrances", {}),
    "schools": ("services.gpkg", "schools", {
        "name": "XXMC", "kind": "XXLX", "capacity": "XWS", "open_year": "JCND", "smart": "ZHXY"}),
    "hospitals": ("services.gpkg", "hospitals", {"name": "YYMC", "kind": "YYLX", "beds": "CWS"}),
    "sports_grounds": ("services.gpkg", "sports_grounds", {
        "level": "SSJB", "field_area": "CDMJ", "open_year": "JCND"}),
    "utility_sites": ("services.gpkg", "utility_sites", {"kind": "CZLX", "status": "JSZT", "open_year": "TYND"}),
    "charging_stations": ("services.gpkg", "charging_stations", {
        "operator": "YYS", "ports": "ZS", "open_year": "TYND"}),
    "parks": ("green.gpkg", "parks", {"name": "GYMC", "class": "LDLX", "open_year": "KFND"}),
    "park_entrances": ("park_entrances.csv", "", {}), "canopy": ("green.gpkg", "canopy", {}),
    "greenways": ("green.gpkg", "greenways", {"name": "LDMC", "part": "FLD"}),
    "public_spaces": ("green.gpkg", "public_spaces", {"barrier_free": "WZA"}),
    "coastline": ("coast.gpkg", "HAX", {"class_cn": "AXLX", "type": "AXEJLX", "certified": "XFRD", "grade": "BHDJ"}),
    "rail_stations": ("rail.gpkg", "rail_stations", {"name": "ZDMC", "line": "XLMC", "status": "JSZT"}),
    "station_entrances": ("rail.gpkg", "station_entrances", {"status": "JSZT"}),
    "rail_lines": ("rail.gpkg", "rail_lines", {"name": "XLMC", "kind": "XLLX", "status": "JSZT"}),
    "wetlands": ("water.gpkg", "SDTB_2025", _WET),
    "wetlands_2020": ("water.gpkg", "SDTB_2020", _WET),
    "water": ("water.gpkg", "SY", {"name": "SYMC", "kind": "SYLX"}),
    "rivers_lakes": ("water.gpkg", "HHGLFW", {"name": "HLMC", "zone": "AXGNQ"}),
    "drainage_areas": ("water.gpkg", "drainage_areas", {"other_items": "DBQK"}),
    "runoff_surfaces": ("sponge.gpkg", "XDM", {"kind": "XDMLX", "psi": "JLXS", "loss": "SSJY"}),
    "sponge_facilities": ("sponge.gpkg", "HMSS", {
        "kind": "SSLX", "catchment": "FQBH", "volume": "TXRJ", "status": "JSZT"}),
    "rainfall": ("rainfall.csv", "", {"date": "RQ", "until": "ZR", "mm": "JYL", "snow": "SFJX"}),
    "commutes": ("flows.gpkg", "TQLX", {"from": "JZD", "to": "JYD", "people": "RS"}),
    "jobs": ("flows.gpkg", "GW", {"name": "DWMC", "jobs": "GWS"}),
    "employed_residents": ("flows.gpkg", "JYRK", {"employed": "JYRK"}),
    "rail_hubs": ("flows.gpkg", "TLSN", {"name": "ZDMC", "town": "SSCQ", "status": "JSZT"}),
    "rail_network": ("flows.gpkg", "YXWL", {"name": "XLMC", "minutes": "YXSJ"}),
    "drive_network": ("streets.gpkg", "drive_network", {"kind": "DLDJ", "minutes": "XSSJ"}),
    "cycle_network": ("streets.gpkg", "cycle_network", {"kind": "DLDJ"}),
    "economy": ("economy.gpkg", "GDP_2025", {"name": "XZQMC", "gdp": "GDP"}),
    "economy_2020": ("economy.gpkg", "GDP_2020", {"name": "XZQMC", "gdp": "GDP"}),
    "eco_shoreline": ("coast.gpkg", "STAX_2025", {"kind": "AXLX", "side": "SYLX"}),
    "eco_shoreline_2020": ("coast.gpkg", "STAX_2020", {"kind": "AXLX", "side": "SYLX"}),
    "plant_inventory": ("nature.gpkg", "ZWML", {"species": "ZM", "origin": "SXLX"}),
    "protected_areas": ("nature.gpkg", "SDBH", {"name": "BHDMC", "kind": "BHXS"}),
    "port_area": ("plans.gpkg", "GQ", {"name": "GQMC"}), "city_area": ("plans.gpkg", "CQ", {"name": "CQMC"}),
    "port_city_buffer": ("plans.gpkg", "GCHC", {}),
    "eco_redline": ("controls.gpkg", "STBHHX", _LINE),
    "eco_redline_2018": ("controls.gpkg", "STBHHX_2018", _LINE),
    "permanent_farmland": ("controls.gpkg", "YJJBNTTB", {"id": "YJJBNTTBBH", "code": "DLBM"}),
    "growth_boundary": ("controls.gpkg", "CZKFBJ", {"id": "BSM", "zone": "GHFQMC"}),
    "nature_reserves": ("controls.gpkg", "ZRBHD", {"id": "BSM", "name": "BHDMC", "kind": "BHDLX", "zone": "GNFQ"}),
    "land_use_current": ("land_use.gpkg", "DLTB", {
        "id": "BSM", "code": "DLBM", "name": "DLMC", "ownership": "QSXZ", "owner": "QSDWMC", "deducted": "KCXS"}),
    "land_use_current_2020": ("land_use.gpkg", "DLTB_2020", {
        "id": "BSM", "code": "DLBM", "name": "DLMC", "ownership": "QSXZ", "owner": "QSDWMC", "deducted": "KCXS"}),
    "land_use_plan": ("land_use.gpkg", "GHYDYH", {"id": "DKBH", "code": "YDYHFLDM", "name": "YDYHFLMC"}),
    "sites": ("sites.gpkg", "sites", {}), "sites_many": ("sites_many.gpkg", "sites_many", {}),
}  # fmt: skip
# tables that carry the ellipsoidal area of each feature, and the column for it
_AREA = {
    "land_use_current": "TBMJ",
    "land_use_current_2020": "TBMJ",
    "land_use_plan": "MJ",
    "permanent_farmland": "YJJBNTMJ",
}


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> None:
    """Write every layer into its file; files of the same city are the same bytes (the date in them is `STAMP`)."""
    folder.mkdir(parents=True, exist_ok=True)
    written: set[str] = set()
    with _dated():
        for name, frame in layers.items():
            theme = themes().get(name, {})
            file, table, names = _FILES[name] if name in _FILES else (theme["file"], theme["table"], {})
            surveyed = name in {"sites", "sites_many"}
            placed = _in_place(frame, keep=surveyed)
            if name in _AREA:
                placed.insert(len(placed.columns) - 1, _AREA[name], _ellipsoidal(placed))
            if not surveyed:
                placed = placed.drop(columns="plot", errors="ignore")
            if file not in written:
                (folder / file).unlink(missing_ok=True)
            _write(placed.rename(columns=names), folder / file, table, append=file in written)
            written.add(file)


def _in_place(frame: gpd.GeoDataFrame, *, keep: bool) -> gpd.GeoDataFrame:
    """In EPSG:4548, columns with the id first; surveyed sites keep their digits, the rest is to the centimetre."""
    shapes = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.round(xy + np.asarray(ORIGIN), 4 if keep else 2)
    )
    order = ["id", *(c for c in frame.columns if c not in {"id", "geometry"})]
    return gpd.GeoDataFrame(frame[order].reset_index(drop=True), geometry=shapes, crs=CRS)


def _ellipsoidal(frame: gpd.GeoDataFrame) -> pd.Series:
    geod = frame.crs.get_geod()
    degrees = frame.geometry.segmentize(60.0).to_crs(_ELLIPSOID)
    return pd.Series([round(abs(geod.geometry_area_perimeter(g)[0]), 2) for g in degrees], index=frame.index)


def _write(frame: gpd.GeoDataFrame, path: Path, table: str, *, append: bool) -> None:
    if path.suffix == ".csv":
        plain = pd.DataFrame(frame.drop(columns="geometry")).assign(
            wkt=shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=2)
        )
        plain.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    elif path.suffix == ".shp":
        date = {"DBF_DATE_LAST_UPDATE": STAMP}
        pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding="GBK", layer_options=date)
    else:
        kinds = set(frame.geom_type)
        kind = next(iter(kinds), "LineString") if len(kinds) < 2 else f"Multi{min(kinds, key=len)}"
        pyogrio.write_dataframe(
            frame, path, layer=table, driver="GPKG", append=append, geometry_type=kind,
            promote_to_multi=len(kinds) > 1, layer_options={"GEOMETRY_NAME": "geom"},
        )  # fmt: skip


@contextmanager
def _dated() -> Iterator[None]:
    """While this lasts, GDAL writes the same date into every file."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in ("OGR_CURRENT_DATE",)}
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{STAMP}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
