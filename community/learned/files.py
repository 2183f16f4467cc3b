"""The packaged weights: read once per process, and the version that their bytes are."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources


@cache
def packaged(name: str) -> bytes:
    """The bytes of ``community/data/NAME.npz``."""
    return resources.files("community").joinpath("data", f"{name}.npz").read_bytes()


@cache
def digest(name: str) -> str:
    """First eight hexadecimal digits of a packaged file's SHA-256: its version."""
    return hashlib.sha256(packaged(name)).hexdigest()[:8]
