"""DOOR IN: every format in, one metre CRS out; the only room that opens sources."""
