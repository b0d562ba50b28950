"""DOOR OUT: results in, pages, tables and maps out."""
