"""The demo city: a coastal eco-city of about 30 km2 that nobody built, with the data a bureau would have of one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.sample.demo.city import City

__all__ = ["SEED", "city_layers", "write_city"]

SEED = 2025
MANY = 3_000


def city_layers(seed: int = SEED) -> Mapping[str, "gpd.GeoDataFrame"]:
    """Every vector layer by name, in metres from the origin of the demo; the same seed gives the same features."""
    return _made(seed)[1]


def write_city(folder: Path, seed: int = SEED) -> Path:
    """Write the demo city as an ordinary study, `study.toml` and `data/`, and give the study file."""
    from geoplan.sample.demo.ground import ORIGIN
    from geoplan.sample.demo.inventory import declarations
    from geoplan.sample.demo.raster import write_ndvi
    from geoplan.sample.demo.write import CRS, write_layers

    city, layers = _made(seed)
    write_layers(layers, folder / "data")
    write_ndvi(city, layers["canopy"], CRS, ORIGIN, folder / "data" / "ndvi.tif")
    here = Path(__file__).parent
    for name, more in (("study.toml", declarations()), ("README.md", ""), ("reported.csv", "")):
        (folder / name).write_bytes((here / name).read_bytes() + more.encode())
    return folder / "study.toml"


def _made(seed: int) -> "tuple[City, dict[str, gpd.GeoDataFrame]]":
    from geoplan.sample.demo.buildings import raise_buildings, register
    from geoplan.sample.demo.city import build_city
    from geoplan.sample.demo.controls import draw_controls
    from geoplan.sample.demo.flows import draw_flows
    from geoplan.sample.demo.green import grow_green
    from geoplan.sample.demo.homes import people_at_home
    from geoplan.sample.demo.inventory import take_stock
    from geoplan.sample.demo.land import draw_land_use
    from geoplan.sample.demo.past import look_back
    from geoplan.sample.demo.rail import lay_rail
    from geoplan.sample.demo.roads import name_streets
    from geoplan.sample.demo.services import open_services
    from geoplan.sample.demo.shore import draw_water
    from geoplan.sample.demo.sites import choose_sites, scatter_sites
    from geoplan.sample.demo.zones import draw_zones

    city = build_city(seed)
    houses = raise_buildings(city)
    homes = people_at_home(city, houses)
    zones = draw_zones(city, homes["residential"])
    lines = draw_controls(city)
    layers: dict[str, gpd.GeoDataFrame] = {
        **zones,
        **name_streets(city),
        **homes,
        "buildings": register(houses),
        **open_services(city, homes["residential"], zones["communities"]),
        **grow_green(city, houses),
        **lay_rail(city),
        **lines,
        **draw_water(city, lines["nature_reserves"], zones["built_up"].geometry.iloc[0]),
        **draw_land_use(city),
        "sites": choose_sites(city, lines["permanent_farmland"]),
        "sites_many": scatter_sites(city, MANY),
    }
    layers |= look_back(city, houses, layers) | draw_flows(city, homes["residential"], houses)
    return city, layers | take_stock(city, layers)
