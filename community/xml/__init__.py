"""Hostile XML of any size to rows, one in memory at a time."""
