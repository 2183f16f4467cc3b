"""Judge from words who writes: patient, carer, professional, or unknown.

Two judges read a post's own words. *Rules* (``roles.toml``): patterns, each with the chance that
whoever writes so has that role; matches of one role combine as noisy-or, and what the author's name
says ("Dr …", "nurse_…") counts as a match. *Learned heads* (`role_heads`): words and pairs of
words. A stack weighs both, and what both say of the same author's other posts in the thread, into
the chance of each role; the likeliest is told, but where no rule speaks for it, in the post or in
others by its author, only from a high chance on: who merely sounds like a patient is unknown. The
rules judge alone where the stack tells nothing, and where the heads do not understand a post
(another language, no words); for such a post, what the author's other posts tell holds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import get_args

import numpy as np

from community.errors import CodebookError
from community.judges import authors, role_heads
from community.judges.role_heads import ROLES, Floats, Model, Truths
from community.privacy import is_shared
from community.text import Folded, fold
from community.types import Post, Role, Span, Thread

_FILE = "roles.toml"
_ENOUGH = 0.5  # chance from which the rules alone tell a role
# chance from which the stack tells a role that no rule speaks for: most who write in a forum of
# patients are patients, elsewhere not, so that a post that only sounds alike must sound much alike
_ALONE = 0.85
_MOST_SURE = 0.99  # of what the rules may claim
_CARRIED = 0.9  # of a role's chance remains when another post of the author told it
_HYPOTHETICAL = re.compile(r"\b(?:if|imagine|suppose|as if|as though|pretend|whether|unless)\s+$")
_STAFF = re.compile(r"post.?author|staff|admin|moderator|editor|author", re.IGNORECASE)
_STAFF_BONUS = 0.3  # with some words for it: the site's badge alone tells no profession
_HANDLE = re.compile(r"(?<=[a-z])(?=[A-Z])|[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that tell a role, with the chance that they do."""

    role: Role
    weight: float
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns over a post's own words, and over its author's name."""

    patterns: tuple[Pattern, ...]
    handles: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A post as judges see it: its own words, folded ("" unless it is present), and by role the
    chance that the rules give it and the most telling words."""

    own: Folded
    chances: dict[Role, float]
    spans: dict[Role, Span]


@dataclass(frozen=True, slots=True)
class _Judged:
    role: Role
    chance: float
    span: Span | None


@cache
def packaged() -> Rules:
    """The rules that come with the package."""
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    return parse(text, _FILE)


def parse(text: str, name: str) -> Rules:
    """Rules in the text of a file like ``roles.toml``; `name` is what errors call it.

    Raises:
        CodebookError: not TOML, an unknown key or role, a weight that is no chance, or a pattern
            that cannot be compiled.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(name, f"is not TOML: {error}") from error
    if set(data) - {"lists", "pattern", "handle"}:
        raise CodebookError(name, "unknown key", "keys are lists, pattern, handle")
    lists: dict[str, str] = {}
    for key, words in data.get("lists", {}).items():
        lists[key] = _filled(words, lists)
    return Rules(
        tuple(_pattern(entry, lists, name) for entry in data.get("pattern", [])),
        tuple(_pattern(entry, lists, name) for entry in data.get("handle", [])),
    )


def _pattern(entry: dict[str, object], lists: dict[str, str], name: str) -> Pattern:
    if set(entry) != {"role", "weight", "words"}:
        raise CodebookError(name, f"keys of a pattern are role, weight, words: {sorted(entry)}")
    role, weight, words = entry["role"], entry["weight"], entry["words"]
    if role not in get_args(Role) or not isinstance(weight, float) or not 0 < weight < 1:
        raise CodebookError(name, f"role {role!r}, weight {weight!r}: no such role, or no chance")
    try:
        compiled = re.compile(_filled(str(words), lists))
    except re.error as error:
        raise CodebookError(name, f"pattern {words!r}: {error}") from error
    return Pattern(role, weight, compiled)  # type: ignore[arg-type]


def _filled(words: str, lists: dict[str, str]) -> str:
    """A pattern with the lists it names put in."""
    for name, alternatives in lists.items():
        words = words.replace("{" + name + "}", alternatives)
    return words


def judge(thread: Thread, model: Model | None = None) -> Thread:
    """The thread with authors inferred, and `role`, `role_score` and `role_span` judged.

    `role_score` is the chance of the role told, None where it is unknown; `role_span` holds the
    words of the post's own that tell it, None where the author's name or other posts do.

    Args:
        thread: in page order.
        model: the learned one; where None, the one that comes with the package.
    """
    thread = authors.infer(thread)
    model = model or role_heads.packaged()
    seen = [read(post) for post in thread.posts]
    heard = role_heads.hear(model, [one.own.text for one in seen])
    values = role_heads.inputs(heard, ruled(seen), numbers(thread.posts))
    found = role_heads.chances(model.stack, values)
    backed = role_heads.backed(values)
    judged = []
    for place, (post, one) in enumerate(zip(thread.posts, seen, strict=True)):
        told = None
        if heard.understood[place]:
            told = _weighed(post, one, found[place], backed[place], model)
        judged.append(told or _by_rules(one))
    carried = _by_author(thread.posts, judged, heard.understood.tolist())
    return replace(thread, posts=tuple(map(_with_role, thread.posts, carried)))


def _with_role(post: Post, judged: _Judged | None) -> Post:
    if judged is None:
        return post
    chance = round(judged.chance, 4)
    return replace(post, role=judged.role, role_score=chance, role_span=judged.span)


def numbers(posts: Sequence[Post]) -> list[int]:
    """A number per post, the same for posts of one author; -1 where the name is shared."""
    known: dict[str, int] = {}
    keys = [_key(post) for post in posts]
    return [-1 if key is None else known.setdefault(key, len(known)) for key in keys]


def _key(post: Post) -> str | None:
    if post.author_native_id:
        return f"id {post.author_native_id}"
    if post.author is None or is_shared(post.author):
        return None
    return post.author.casefold()


def _by_author(
    posts: Sequence[Post], judged: list[_Judged | None], understood: Sequence[bool]
) -> list[_Judged | None]:
    """What is judged of each post; where a post that is not understood tells nothing itself, what
    is likeliest of its author from the other posts."""
    best: dict[str, _Judged] = {}
    for post, own in zip(posts, judged, strict=True):
        key = _key(post)
        if key and own and (key not in best or own.chance > best[key].chance):
            best[key] = own
    found = []
    for post, own, heard in zip(posts, judged, understood, strict=True):
        told = best.get(_key(post) or "")
        if own is None and not heard and told is not None:
            own = _Judged(told.role, told.chance * _CARRIED, None)
        found.append(own)
    return found


def _weighed(
    post: Post, seen: Read, chances: Floats, backed: Truths, model: Model
) -> _Judged | None:
    """What the stack tells of a post, with the words for it: the rule's, else the heads'."""
    place = int(np.argmax(chances))
    role, chance = ROLES[place], float(chances[place])
    if role == "unknown" or (chance < _ALONE and not backed[place]):
        return None
    span = seen.spans.get(role) or _heard(post, seen, role, model)
    carried = span is None and role not in seen.chances
    return _Judged(role, chance * (_CARRIED if carried else 1), span)


def _heard(post: Post, seen: Read, role: Role, model: Model) -> Span | None:
    """The two words that tell a role most, as the heads weigh them."""
    for start, end in role_heads.telling(model, seen.own.text, role):
        at = _in_document(post, seen.own.span(start, end))
        # two words with a quotation between them are no pair
        if any(own.start <= at.start and at.end <= own.end for own in post.own):
            return at
    return None


def _by_rules(seen: Read) -> _Judged | None:
    """The role that the rules alone tell."""
    if not seen.chances:
        return None
    role = max(seen.chances, key=lambda name: seen.chances[name])
    if seen.chances[role] < _ENOUGH:
        return None
    return _Judged(role, min(seen.chances[role], _MOST_SURE), seen.spans.get(role))


def ruled(seen: Sequence[Read]) -> Floats:
    """Chances by the rules: posts by the first three of `ROLES`."""
    return np.array([[one.chances.get(role, 0.0) for role in ROLES[:3]] for one in seen]).reshape(
        len(seen), 3
    )


def read(post: Post) -> Read:
    """A post's own words folded, and what the rules make of them and of the author's name."""
    if post.status != "present":
        return Read(Folded("", (), 0), {}, {})
    own = fold(post.own_text())
    missing: dict[Role, float] = {}
    best: dict[Role, tuple[float, Span]] = {}
    for pattern, span in _matches(post, own):
        missing[pattern.role] = missing.get(pattern.role, 1.0) * (1 - pattern.weight)
        if pattern.role not in best or pattern.weight > best[pattern.role][0]:
            best[pattern.role] = (pattern.weight, span)
    if post.platform_role and _STAFF.search(post.platform_role) and "professional" in missing:
        missing["professional"] *= 1 - _STAFF_BONUS
    for handle in _handles(post.author):
        missing[handle.role] = missing.get(handle.role, 1.0) * (1 - handle.weight)
    chances = {role: 1 - rest for role, rest in missing.items()}
    if "professional" in chances:
        # who is ill, or cares for somebody, writes as such, whatever the profession
        lay = max(chances.get("patient", 0.0), chances.get("carer", 0.0))
        chances["professional"] *= 1 - lay
    return Read(own, chances, {role: span for role, (_, span) in best.items()})


def _handles(author: str | None) -> list[Pattern]:
    """Patterns that an author's name matches, its parts taken as words: "DrAnn_01" is "dr ann"."""
    name = _HANDLE.sub(" ", author or "").strip().casefold()
    if not name:
        return []
    return [pattern for pattern in packaged().handles if pattern.words.search(name)]


def _matches(post: Post, own: Folded) -> list[tuple[Pattern, Span]]:
    """Patterns found in a post's own words, each once, at its first place."""
    found = []
    for pattern in packaged().patterns:
        for match in pattern.words.finditer(own.text):
            if _HYPOTHETICAL.search(own.text[max(0, match.start() - 14) : match.start()]):
                continue
            found.append((pattern, _in_document(post, own.span(match.start(), match.end()))))
            break
    return found


def _in_document(post: Post, inside: Span) -> Span:
    """A stretch of the post's text as a stretch of the document."""
    return Span(post.span.start + inside.start, post.span.start + inside.end)
