"""DOOR IN: every format in, one metre CRS out; the only room that opens sources."""

from geoplan.read import drivers

drivers.switch_off()

from geoplan.read.extent import bounds_of, extent_of  # noqa: E402  (GDAL reads the switches when it loads)
from geoplan.read.fetch import fetch_osm  # noqa: E402  (GDAL reads the switches when it loads)
from geoplan.read.guards import told  # noqa: E402  (as above)
from geoplan.read.layers import check_source, open_layer  # noqa: E402  (as above)
from geoplan.read.zones import open_boundary, open_zones  # noqa: E402  (as above)

__all__ = ["bounds_of", "check_source", "extent_of", "fetch_osm", "open_boundary", "open_layer", "open_zones", "told"]
