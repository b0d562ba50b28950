"""gridtown, whose sums fit on paper, and the synthetic demo city."""
