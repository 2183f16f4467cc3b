"""Posts that name their parents: which line each belongs to, and replies below what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def roots(parents: Mapping[str, str | None]) -> dict[str, str]:
    """For each post the first of its line: a post without parent, or a parent that is not there.

    Args:
        parents: the parent of each post, by its id. Where parents run in a circle, one of the
            circle's posts is the first of the line.
    """
    found: dict[str, str] = {}
    for start in parents:
        line: dict[str, None] = {}
        at = start
        while at not in found and at not in line:
            line[at] = None
            above = parents.get(at)
            if above is None:
                break
            at = above
        top = found.get(at, at)
        found.update(dict.fromkeys(line, top))
    return {key: found[key] for key in parents}


def depth_first(
    parents: Mapping[str, str | None], children: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """The ids of all posts, each post before its replies.

    Args:
        parents: the parent of each post, by its id, in the order of the source.
        children: the replies of a post as the source orders them, where it does; other replies
            follow in the order of `parents`.
    """
    below: dict[str, list[str]] = {}
    first: list[str] = []
    for key, parent in parents.items():
        if parent is not None and parent in parents and parent != key:
            below.setdefault(parent, []).append(key)
        else:
            first.append(key)
    for key, told in (children or {}).items():
        if key in below:
            ranks = {name: rank for rank, name in reversed(list(enumerate(told)))}
            ranked = [(ranks.get(name, len(told)), n) for n, name in enumerate(below[key])]
            below[key] = [below[key][n] for _, n in sorted(ranked)]
    found: dict[str, None] = {}
    for start in (*first, *parents):  # the second time round: what runs in circles
        stack = [start]
        while stack:
            key = stack.pop()
            if key not in found:
                found[key] = None
                stack.extend(reversed(below.get(key, ())))
    return list(found)
