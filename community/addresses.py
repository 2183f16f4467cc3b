"""Addresses as pages and exports state them: hostile ones too, so nothing here raises."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split(value: str | None) -> SplitResult:
    """The parts of an address; all empty where it is none (brackets that hold no IPv6 address)."""
    try:
        parts = urlsplit(value or "")
        _ = parts.hostname  # told only when asked for
    except ValueError:
        return urlsplit("")
    return parts


def host(value: str | None) -> str:
    """The host of an address; "" where it has none."""
    return split(value).hostname or ""


def without_fragment(value: str) -> str:
    """An address without what follows its ``#``."""
    return value.split("#", 1)[0]
