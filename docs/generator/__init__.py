"""Writes the pages that say what the definitions say: one an analysis, a layer, a method, a plan, and the rulebook."""
