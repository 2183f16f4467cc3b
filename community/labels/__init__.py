"""Codings that people wrote down: the files they come in, and what stands in them, pure."""
