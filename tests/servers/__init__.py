"""Servers on loopback for tests: one that misbehaves on purpose, and a real WordPress."""
