"""Posts as tasks for annotation tools, and what people say of them there: Label Studio, Potato.

Both ask the same of a post: which topics (any number), which sentiment (one), and stances as
stretches of words whose label is ``code: polarity (whose)``, as in REFI-QDA projects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from community.codebook import Codebook
from community.errors import SourceError
from community.interchange import codes
from community.interchange.codes import Label
from community.interchange.layout import line
from community.interchange.passages import found as find
from community.interchange.taken import Taken, TakenRow

TOPICS, SENTIMENT, SPANS = "topics", "sentiment", "evidence"
_ADVICE = "export the annotations as JSON again"


class Known(NamedTuple):
    """A post of the study."""

    post_id: str
    thread_id: str
    text: str
    start: int | None


@dataclass(slots=True)
class Found:
    """What one person said of one post: names of codes, and marked stretches
    (start, end, words, name of the code)."""

    post_id: str
    person: str
    names: list[str] = field(default_factory=list)
    marked: list[tuple[int, int, str | None, str]] = field(default_factory=list)


def labels(book: Codebook) -> dict[str, list[str]]:
    """Names of codes by what is asked: topics, sentiments, and everything that can be marked."""
    nodes = [node for top in codes.tree(book) for node in top.walk() if node.label]
    named: dict[str, list[str]] = {TOPICS: [], SENTIMENT: [], SPANS: []}
    for node in nodes:
        if node.label and node.label.layer == "topic":
            named[TOPICS].append(node.name)
        elif node.label and node.label.layer == "sentiment":
            named[SENTIMENT].append(node.name)
        named[SPANS].append(node.name)
    return named


def colours(book: Codebook) -> dict[str, str]:
    """The colour of each code, by its name."""
    return {node.name: node.colour for top in codes.tree(book) for node in top.walk()}


# ---- reading ----------------------------------------------------------------------------------


def read(text: str, name: str) -> Iterator[Found]:
    """What people said, from a file of Label Studio (JSON, or JSON-MIN without words) or Potato.

    Args:
        text: the file.
        name: what errors call it.

    Raises:
        SourceError: it is no JSON, or neither of the two.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(name, f"is not JSON: {error}", _ADVICE) from error
    if isinstance(told, dict) and "instance_id_to_label_to_value" in told:
        yield from _potato(told)
    elif isinstance(told, list) and told and all(isinstance(task, dict) for task in told):
        for task in told:
            yield from _label_studio(task)
    else:
        reason = "is neither tasks of Label Studio nor a user_state.json of Potato"
        raise SourceError(name, reason, _ADVICE)


def _label_studio(task: Mapping[str, Any]) -> Iterator[Found]:
    data = _dict(task.get("data"))
    post_id = data.get("post_id")
    if not isinstance(post_id, str):
        return
    for annotation in _list(task.get("annotations")):
        annotation = _dict(annotation)
        if annotation.get("was_cancelled"):
            continue
        made = Found(post_id, _person(annotation.get("completed_by")))
        for result in _list(annotation.get("result")):
            value = _dict(_dict(result).get("value"))
            made.names += [name for name in _list(value.get("choices")) if isinstance(name, str)]
            for name in _list(value.get("labels")):
                if isinstance(name, str):
                    made.marked.append((*_offsets(value), _words(value), name))
        yield made


def _potato(told: Mapping[str, Any]) -> Iterator[Found]:
    person = _person(told.get("user_id"))
    given = _dict(told.get("instance_id_to_label_to_value"))
    marked = _dict(told.get("instance_id_to_span_to_value"))
    for post_id in dict.fromkeys([*given, *marked]):
        made = Found(post_id, person)
        made.names = [name for schema, name in _pairs(given.get(post_id)) if schema != SPANS]
        for span in _spans(marked.get(post_id)):
            label = span.get("name") or span.get("label")
            if isinstance(label, str):
                made.marked.append((*_offsets(span), _words(span), label))
        yield made


def _pairs(told: Any) -> Iterator[tuple[str, str]]:
    """(schema, label) of what was chosen. Potato writes a list of pairs of a label and its value,
    its documentation a dictionary of schemas; both are read."""
    for item in told if isinstance(told, list) else ():
        if isinstance(item, list) and len(item) == 2 and _is_chosen(item[1]):
            label = _dict(item[0])
            yield str(label.get("schema", "")), str(label.get("name", ""))
    for schema, chosen in _dict(told).items():
        chosen = _dict(chosen)
        for name, value in _dict(chosen.get("labels", chosen)).items():
            if _is_chosen(value):
                yield schema, name


def _is_chosen(value: Any) -> bool:
    return value not in (None, False, "", "false", 0)


def _spans(told: Any) -> Iterator[Mapping[str, Any]]:
    """Marked stretches: a list of pairs of a stretch and its value, or lists by schema."""
    for item in told if isinstance(told, list) else ():
        yield _dict(item[0] if isinstance(item, list) and item else item)
    for items in _dict(told).values():
        yield from (_dict(item) for item in _list(items))


def _dict(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _person(told: Any) -> str:
    if isinstance(told, dict):
        told = told.get("email") or told.get("username") or told.get("id")
    return f"human:{line(str(told)) if told not in (None, '') else 'unnamed'}"


def _offsets(value: Mapping[str, Any]) -> tuple[int, int]:
    start, end = value.get("start"), value.get("end")
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (start, end))
    return (start, end) if whole else (-1, -1)  # type: ignore[return-value]


def _words(value: Mapping[str, Any]) -> str | None:
    told = value.get("text")
    return told if isinstance(told, str) else None


# ---- rows -------------------------------------------------------------------------------------


def take(said: Iterable[Found], posts: Iterable[Known], book: Codebook) -> Taken:
    """Rows of labels.

    Args:
        said: what people said of posts.
        posts: those of the study.
        book: the codes that there are.
    """
    known, there = codes.Known(book), {post.post_id: post for post in posts}
    taken = Taken()
    threads, foreign = set(), set()
    for found in said:
        post = there.get(found.post_id)
        if post is None:
            foreign.add(found.post_id)
            continue
        threads.add(post.thread_id)
        taken.seen[(found.person, post.post_id)] = post.thread_id
        marked: set[Label] = set()
        for start, end, words, name in found.marked:
            label = known.label("", name)
            span = find(post.text, start, end, words)
            if label is None:
                taken.unknown[line(name)] += 1
            elif span is None or post.start is None:
                taken.lost[found.person] += 1
            else:
                marked.add(label)
                place = (post.start + span[0], post.start + span[1])
                taken.rows.append(_row(found, post, label, place))
        for name in found.names:
            label = known.label("", name)
            if label is None:
                taken.unknown[line(name)] += 1
            elif label not in marked:
                taken.rows.append(_row(found, post, label, (None, None)))
    taken.threads, taken.foreign = len(threads), len(foreign)
    return taken


def _row(
    found: Found, post: Known, label: Label, place: tuple[int, int] | tuple[None, None]
) -> TakenRow:
    return TakenRow(
        post_id=post.post_id, thread_id=post.thread_id, coder=found.person, layer=label.layer,
        code=label.code, polarity=label.polarity, whose=label.whose, start=place[0], end=place[1],
    )  # fmt: skip
