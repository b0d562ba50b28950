"""DOOR IN: every format in, one metre CRS out; the only room that opens sources."""

from geoplan.read import drivers

drivers.switch_off()
