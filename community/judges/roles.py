"""Judge from words who writes: patient, carer, professional, or unknown.

A post's own words are matched against patterns (``roles.toml``), each with the chance that whoever
writes so has that role; matches of one role combine as noisy-or, the likeliest role wins, and what
one post tells holds for the same author's other posts in the thread.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import get_args

from community.errors import CodebookError
from community.judges import authors
from community.privacy import is_shared
from community.text import fold
from community.types import Post, Role, Span, Thread

_FILE = "roles.toml"
_ENOUGH = 0.5
_CARRIED = 0.9  # of a role's chance remains when another post of the author told it
_HYPOTHETICAL = re.compile(r"\b(?:if|imagine|suppose|as if|as though|pretend|whether|unless)\s+$")
_STAFF = re.compile(r"post.?author|staff|admin|moderator|editor|author", re.IGNORECASE)
_STAFF_BONUS = 0.3  # with some words for it: the site's badge alone tells no profession
_TITLED = re.compile(
    r"^(?:dr|prof|professor)\.?\s|,?\s(?:md|phd|rn|frcp|mbbs|facp)\.?$", re.IGNORECASE
)
_TITLED_CHANCE = 0.8


@dataclass(frozen=True, slots=True)
class _Pattern:
    role: Role
    weight: float
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Judged:
    role: Role
    chance: float
    span: Span | None


@cache
def _patterns() -> tuple[_Pattern, ...]:
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    return parse(text, _FILE)


def parse(text: str, name: str) -> tuple[_Pattern, ...]:
    """Patterns in the text of a file like ``roles.toml``; `name` is what errors call it.

    Raises:
        CodebookError: not TOML, an unknown key or role, a weight that is no chance, or a pattern
            that cannot be compiled.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    if set(data) - {"lists", "pattern"}:
        raise CodebookError(name, "unknown key", "keys are lists, pattern")
    lists: dict[str, str] = {}
    for key, words in data.get("lists", {}).items():
        lists[key] = _filled(words, lists)
    return tuple(_pattern(entry, lists, name) for entry in data.get("pattern", []))


def _pattern(entry: dict[str, object], lists: dict[str, str], name: str) -> _Pattern:
    if set(entry) != {"role", "weight", "words"}:
        raise CodebookError(name, f"keys of a pattern are role, weight, words: {sorted(entry)}")
    role, weight, words = entry["role"], entry["weight"], entry["words"]
    if role not in get_args(Role) or not isinstance(weight, float) or not 0 < weight < 1:
        raise CodebookError(name, f"role {role!r}, weight {weight!r}: no such role, or no chance")
    try:
        compiled = re.compile(_filled(str(words), lists))
    except re.error as error:
        raise CodebookError(name, f"pattern {words!r}: {error}") from error
    return _Pattern(role, weight, compiled)  # type: ignore[arg-type]


def _filled(words: str, lists: dict[str, str]) -> str:
    """A pattern with the lists it names put in."""
    for name, alternatives in lists.items():
        words = words.replace("{" + name + "}", alternatives)
    return words


def judge(thread: Thread) -> Thread:
    """The thread with authors inferred, and `role`, `role_score` and `role_span` judged."""
    thread = authors.infer(thread)
    judged = [_judge(post) for post in thread.posts]
    known = _by_author(thread, judged)
    posts = []
    for post, own in zip(thread.posts, judged, strict=True):
        told = known.get(_key(post) or "")
        if own is None and told is not None:
            own = _Judged(told.role, told.chance * _CARRIED, None)
        if own is None:
            posts.append(post)
            continue
        chance = round(own.chance, 4)
        posts.append(replace(post, role=own.role, role_score=chance, role_span=own.span))
    return replace(thread, posts=tuple(posts))


def _key(post: Post) -> str | None:
    if post.author_native_id:
        return f"id {post.author_native_id}"
    if post.author is None or is_shared(post.author):
        return None
    return post.author.casefold()


def _by_author(thread: Thread, judged: list[_Judged | None]) -> dict[str, _Judged]:
    """What is likeliest of each author, from all their posts."""
    best: dict[str, _Judged] = {}
    for post, own in zip(thread.posts, judged, strict=True):
        key = _key(post)
        if key and own and (key not in best or own.chance > best[key].chance):
            best[key] = own
    return best


def _judge(post: Post) -> _Judged | None:
    """The role that a post's own words tell, with the span of the most telling ones."""
    if post.status != "present":
        return None
    found = _matches(post)
    missing: dict[Role, float] = {}
    spans: dict[Role, tuple[float, Span | None]] = {}
    for pattern, span in found:
        missing[pattern.role] = missing.get(pattern.role, 1.0) * (1 - pattern.weight)
        if pattern.weight > spans.get(pattern.role, (0.0, None))[0]:
            spans[pattern.role] = (pattern.weight, span)
    chances: dict[Role, float] = {role: 1 - rest for role, rest in missing.items()}
    if _TITLED.search(post.author or ""):
        chances["professional"] = 1 - (1 - chances.get("professional", 0.0)) * (1 - _TITLED_CHANCE)
    elif post.platform_role and _STAFF.search(post.platform_role) and "professional" in chances:
        chances["professional"] = 1 - (1 - chances["professional"]) * (1 - _STAFF_BONUS)
    if not chances:
        return None
    role = max(chances, key=lambda name: chances[name])
    if chances[role] < _ENOUGH:
        return None
    return _Judged(role, min(chances[role], 0.99), spans.get(role, (0.0, None))[1])


def _matches(post: Post) -> list[tuple[_Pattern, Span]]:
    """Patterns found in a post's own words, each once, at its first place."""
    folded = fold(post.own_text())
    found = []
    for pattern in _patterns():
        for match in pattern.words.finditer(folded.text):
            if _HYPOTHETICAL.search(folded.text[max(0, match.start() - 14) : match.start()]):
                continue
            inside = folded.span(match.start(), match.end())
            start, end = post.span.start + inside.start, post.span.start + inside.end
            found.append((pattern, Span(start, end)))
            break
    return found
