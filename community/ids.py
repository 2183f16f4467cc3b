"""Identities: short, stable, collision-safe names made from parts (BLAKE2b, RFC 7693)."""

from __future__ import annotations

import hashlib


def stable_id(*parts: str | int | None, size: int = 8) -> str:
    """A hexadecimal name of `2 * size` characters for the sequence of parts.

    Parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ, and so do None and "".
    """
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = b"\x00" if part is None else b"\x01" + str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def document_id(source: str, thread_key: str) -> str:
    """Id of a document: of its source's key and its thread's key, never of its content."""
    return stable_id("document", source, thread_key)


def sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hexadecimal; lone surrogates pass through."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
