"""geoplan: spatial planning indicators, site checks and maps from GIS layers, judged against a plan."""
