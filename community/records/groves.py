"""Posts found in a page of JSON, sorted into threads, their parents resolved: ready records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from community.records import values
from community.records.documents import Head, Record
from community.records.lineage import depth_first, roots
from community.records.order import by_time
from community.records.trees import Forest, Node, Talk

_NOWHERE = frozenset({"root", "-1", "top", "none", "false"})  # parents that stand for no post
_RE = re.compile(r"^(?:(?:re|aw|sv|antw|rv|rif)\s*:\s*)+", re.I)


@dataclass(slots=True)
class Grove:
    """The posts of one thread, with the index of each one's parent among them."""

    key: str
    talk: Talk
    nodes: list[Node] = field(default_factory=list)
    parents: list[int | None] = field(default_factory=list)
    pointers: list[str | None] = field(default_factory=list)  # to parents that are not here


def sorted_out(forest: Forest) -> list[Grove]:
    """The threads of a page, in its order."""
    tops: list[tuple[int, str]] = []  # of each node: its talk, and the thread that its top names
    for node in forest.nodes:
        if node.above is not None:
            tops.append(tops[node.above])
        else:
            tops.append((id(node.talk), node.fields.thread or ""))
    groves: dict[tuple[int, str], Grove] = {}
    names: Counter[str] = Counter()
    wheres: dict[int, tuple[Grove, int]] = {}
    for n, (node, place) in enumerate(zip(forest.nodes, tops, strict=True)):
        if place not in groves:
            told = place[1] or node.talk.key
            names[told] += 1
            key = told if names[told] == 1 else f"{told}#{names[told]}"
            groves[place] = Grove(key, node.talk)
        grove = groves[place]
        wheres[n] = (grove, len(grove.nodes))
        above = wheres[node.above][1] if node.above is not None else None
        grove.parents.append(above)
        grove.nodes.append(_introduced(node, forest))
    for grove in groves.values():
        _turn(grove)
        _resolve(grove)
    return list(groves.values())


def _turn(grove: Grove) -> None:
    """Puts a list that begins with the newest the other way round."""
    times = [node.fields.when.iso if node.fields.when else None for node in grove.nodes]
    flat = all(parent is None for parent in grove.parents)
    if flat and times[0] and times[-1] and times[0] > times[-1]:
        grove.nodes = by_time(grove.nodes, lambda n: n.fields.when.iso if n.fields.when else None)


def _introduced(node: Node, forest: Forest) -> Node:
    """A post with the name of its author, where the page lists names apart."""
    fields = node.fields
    known = next((k for k in (fields.author_id, fields.author) if k and k in forest.people), None)
    if known is None:
        return node
    role = fields.role or forest.offices.get(known)
    named = replace(fields, author=forest.people[known], author_id=known, role=role)
    return replace(node, fields=named)


def _resolve(grove: Grove) -> None:
    """Parents by pointer where there is one, else by nesting."""
    ids: dict[str, int] = {}
    for n, node in enumerate(grove.nodes):
        if node.fields.id is not None:
            ids.setdefault(node.fields.id, n)
    loose: list[str | None] = []
    for n, node in enumerate(grove.nodes):
        parent = node.fields.parent
        known = ids.get(parent) if parent else None
        if known is not None and known != n:
            grove.parents[n] = known
        nowhere = not parent or known is not None or parent.lower() in _NOWHERE
        thread = parent in (grove.key, node.fields.thread, grove.talk.key)
        loose.append(None if grove.parents[n] is not None or nowhere or thread else parent)
    if all(known is None for known in grove.parents) and not any(loose):
        _by_level(grove)
    # where all first posts point to one and the same thing, it is what the thread is about
    tops = {loose[n] for n in range(len(loose)) if grove.parents[n] is None}
    grove.pointers = [None] * len(loose) if len(tops) == 1 else loose


def _by_level(grove: Grove) -> None:
    """Parents by the depth that each post states, where all of them do."""
    levels = [node.fields.level for node in grove.nodes]
    above: list[tuple[int, int]] = []  # (level, index), levels rising
    for n, level in enumerate(levels):
        if level is None or None in levels:
            return
        while above and above[-1][0] >= level:
            above.pop()
        grove.parents[n] = above[-1][1] if above else None
        above.append((level, n))


def head(grove: Grove, reader: str, *, alone: bool, problems: tuple[str, ...] = ()) -> Head:
    """What is said of a thread as a whole."""
    talk = grove.talk
    title, stands = _title(grove)
    opened = bool(title) and not stands  # by the first post
    begun = grove.nodes[0].fields.when if opened else talk.when
    return Head(
        reader=reader,
        thread_key="" if alone else grove.key,
        title=title or None,
        title_stands=stands,
        article=talk.article or None,
        article_author=talk.author,
        published_at=begun.iso if begun else None,
        url=talk.url if talk.url and talk.url.startswith("http") else None,
        note=_note(grove, alone=alone),
        problems=(*problems, *_left_out(grove)),
    )


def _title(grove: Grove) -> tuple[str, bool]:
    """The thread's title, and whether it stands above the posts and not in the first of them."""
    told = grove.talk.title or next((n.fields.topic for n in grove.nodes if n.fields.topic), "")
    if told:
        return told, True
    titles = [_RE.sub("", node.fields.title) for node in grove.nodes if node.fields.title]
    if len(titles) > 1 and len(set(titles)) == 1:
        return titles[0], True
    first = grove.nodes[0].fields.title if grove.nodes else ""
    return first, False


def _note(grove: Grove, *, alone: bool) -> str | None:
    """What the page says of posts that it does not hold."""
    here = len(grove.nodes)
    below = _below(grove)
    missing = max(
        (node.count - below[n] for n, node in enumerate(grove.nodes) if node.count), default=0
    )
    if alone:
        missing = max(missing, grove.talk.count - here)
    if missing > 0:
        return f"{missing} posts that the page counts are not in the file"
    return (
        "the page says that there are more posts than the file holds" if grove.talk.more else None
    )


def _below(grove: Grove) -> list[int]:
    """How many posts stand below each one."""
    line = {str(n): None if p is None else str(p) for n, p in enumerate(grove.parents)}
    below = [0] * len(line)
    for name in reversed(depth_first(line)):
        above = grove.parents[int(name)]
        if above is not None:
            below[above] += below[int(name)] + 1
    return below


def _left_out(grove: Grove) -> Iterator[str]:
    out = sum(node.fields.state == "out" for node in grove.nodes)
    if out:
        yield f"posts left out because they were never let through: {out}"


def records(grove: Grove) -> Iterator[Record]:
    """The posts as records: with pointers where ids tell all parents, else with levels."""
    title, stands = _title(grove)
    ids = Counter(node.fields.id for node in grove.nodes)
    sound = all(
        (name := grove.nodes[parent].fields.id) is not None and ids[name] == 1
        for parent in grove.parents
        if parent is not None
    )
    if sound:
        for n, node in enumerate(grove.nodes):
            above = grove.parents[n]
            pointer = grove.pointers[n] if above is None else grove.nodes[above].fields.id
            if node.fields.state != "out":
                yield _record(node, title, stands, parent=pointer, level=None)
        return
    yield from _levelled(grove, title, stands)


def _levelled(grove: Grove, title: str, stands: bool) -> Iterator[Record]:
    line = {str(n): None if p is None else str(p) for n, p in enumerate(grove.parents)}
    tops = roots(line)
    for name in line:
        if tops[name] == name:
            line[name] = None  # a circle of parents is cut at its first post
    levels: dict[str, int] = {}
    answered = {parent for parent in grove.parents if parent is not None}
    for name in depth_first(line):
        n, above = int(name), line[name]
        levels[name] = levels.get(above, 0) + 1 if above is not None else 0
        node = grove.nodes[n]
        if node.fields.state == "out" and n in answered:
            node = replace(node, fields=replace(node.fields, state="removed"))
        if node.fields.state != "out":
            pointer = grove.pointers[n] if above is None else None
            level = max(levels[name], 1) if pointer else levels[name]
            levels[name] = level
            yield _record(node, title, stands, parent=pointer, level=level)


def _record(
    node: Node, title: str, stands: bool, *, parent: str | None, level: int | None
) -> Record:
    fields = node.fields
    own = fields.title if not (stands and _RE.sub("", fields.title) == title) else ""
    if node.above is not None and _RE.match(own):
        own = ""  # the subject of what it answers
    wordless = not own and not values.line(fields.body)
    status = fields.state if fields.state != "out" else "removed"
    if status == "present" and wordless and node.listed:
        status = "removed"  # its words are gone, its replies are not
    return Record(
        native_id=fields.id,
        parent=parent,
        level=level,
        heading=own or None,
        body=fields.body,
        markup=fields.markup,
        author=fields.author,
        author_native_id=fields.author_id,
        platform_role=fields.role,
        posted_at=fields.when.iso if fields.when else None,
        time_precision=fields.when.precision if fields.when else None,
        status=status,
        addressee=fields.addressee,
        url=fields.url,
    )
