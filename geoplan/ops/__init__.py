"""Arrays in, arrays out: the exact and fast arithmetic under the methods."""
