"""GUIDs that are the same in every export: UUIDs of version 5 (RFC 9562) of our own ids."""

from __future__ import annotations

from uuid import UUID, uuid5

_OURS = UUID("2b3f6d0e-6a0c-5d0b-9f54-6f1f7a3c9e21")  # made once for this package


def guid(kind: str, *parts: str | None) -> str:
    """The GUID of a thing of ours, in capitals as the tools write them."""
    told = "\x00".join((kind, *("\x01" if part is None else part for part in parts)))
    return str(uuid5(_OURS, told.encode("utf-8", "replace").decode("utf-8"))).upper()
