"""What a REFI-QDA project must say before its sources: who coded, and with which codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from community.contracts import Snapshot
from community.interchange.bundles import values
from community.interchange.codes import Label
from community.interchange.identities import guid

_HUMAN = "human:"
MACHINE = "machine: "  # how the names of users begin who are programs


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who coded, under a GUID."""

    guid: str
    name: str
    coder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Users by coder, the labels that were given, the (relation, target) pairs of links."""

    users: Mapping[str, User]
    labels: frozenset[Label]
    links: frozenset[tuple[str, str]]
    posts: int


def survey(snapshot: Snapshot) -> Survey:
    """Goes through a study's codings and links once."""
    coders: dict[str, None] = {}
    labels, links = set(), set()
    for row in values(snapshot, "codings"):
        if not row["abstained"]:
            coders.setdefault(row["coder"])
            labels.add(label_of(row))
    for row in values(snapshot, "links"):
        coders.setdefault(row["coder"])
        links.add((row["relation"], row["refers_to"]))
    return Survey(
        users={coder: user(coder, snapshot.meta) for coder in sorted(coders)},
        labels=frozenset(labels),
        links=frozenset(links),
        posts=sum(1 for _ in snapshot.rows("posts")),
    )


def label_of(coding: Mapping[str, Any]) -> Label:
    """The label that a coding gives."""
    return Label(coding["layer"], coding["code"], coding["polarity"], coding["whose"])


def user(coder: str, meta: Mapping[str, object]) -> User:
    """A coder as a user; a program's name and GUID say which version of it coded.

    Args:
        coder: as in the column `coder`.
        meta: what ``run.json`` holds.
    """
    if coder.startswith(_HUMAN):
        return User(guid=guid("user", coder), name=coder.removeprefix(_HUMAN), coder=coder)
    version = f"community {meta.get('community') or meta.get('version') or '?'}"
    packages = meta.get("packages")
    if coder == "vader" and isinstance(packages, dict):
        version += f", vaderSentiment {packages.get('vaderSentiment', '?')}"
    name = f"{MACHINE}{coder} ({version})"
    return User(guid=guid("user", coder, version), name=name, coder=coder)
