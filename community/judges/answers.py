"""Judge whom each post really answers, with a probability and a reason, and what replies lost.

By layout a reply answers its parent; but pages cap their nesting, and readers answer several people
at once, quote, and greet by name. Candidates are the posts above in the same branch, posts quoted,
and the last posts of people named; a linear model scores them (weights in ``answers.toml``), with
"nobody on this page" among the candidates.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from community import headers
from community.errors import CodebookError
from community.judges import authors, lost, wording
from community.judges.wording import Wording
from community.privacy import is_shared
from community.types import Post, Thread

_FILE = "answers.toml"
_NO_CAP = 1 << 30
_MOST_CANDIDATES = 40
_NAMED_BACK = 200  # posts in which the last post of somebody named is looked for


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    post: Post | None
    reason: str


@cache
def _weights() -> dict[str, dict[str, float]]:
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    if set(data) != {"answers", "lost"}:
        raise CodebookError(_FILE, "must hold the tables [answers] and [lost], and no other")
    return data


def judge(thread: Thread) -> Thread:
    """The thread with authors inferred, lost parents marked, and `answers_id` judged.

    `answers_id` that the page itself states is kept. Where `gap` is judged, `parent_id` becomes
    None and `depth` stays as laid out.
    """
    if not thread.posts:
        return thread
    thread = authors.infer(thread)
    wordings = wording.read(thread)
    weights = _weights()
    thread = lost.find(thread, wordings, weights["lost"])
    deepest = _deepest(thread)
    judged: list[Post] = []
    learned: dict[str, headers.Header] = {}
    for post in thread.posts:
        if post.answers_id is not None or post.status != "present":
            judged.append(post)
            continue
        best, chance = _best(post, judged, wordings, weights["answers"], deepest)
        if best.post is None:
            judged.append(post)
            continue
        judged.append(
            replace(
                post,
                answers_id=best.post.id,
                answers_score=round(chance, 4),
                answers_reason=best.reason,
            )
        )
        header = addressee(post)
        if header and best.post.author is None:
            learned[best.post.id] = header
    posts = tuple(_with_header(post, learned.get(post.id)) for post in judged)
    return replace(thread, posts=posts)


def _deepest(thread: Thread) -> int:
    """The depth at which a layout may have flattened replies to replies. Pointers never flatten."""
    if thread.document.pointers:
        return _NO_CAP
    return max(post.depth for post in thread.posts)


def addressee(post: Post) -> headers.Header | None:
    """Whom a bare header at the start of a post names; None where it starts with its own words."""
    if not post.own or post.own[0].start == post.span.start:
        return None
    if any(quote.span.start <= post.span.start + 1 for quote in post.quotes):
        return None
    first = post.text.split("\n", 1)[0]
    return headers.dated(first)


def _with_header(post: Post, header: headers.Header | None) -> Post:
    """A post with what the header on an answer to it tells."""
    if header is None or post.author is not None or is_shared(header.author):
        return post
    if post.posted_at is not None:
        return replace(post, author=header.author)
    return replace(
        post, author=header.author, posted_at=header.posted_at, time_precision=header.precision
    )


def _best(
    post: Post,
    above: list[Post],
    wordings: Mapping[str, Wording],
    weights: Mapping[str, float],
    deepest: int,
) -> tuple[_Candidate, float]:
    """The likeliest candidate and its probability."""
    candidates = [
        _scored(other, found, weights) for other, found in features(post, above, wordings, deepest)
    ]
    top = max(candidate.score for candidate in candidates)
    total = sum(math.exp(candidate.score - top) for candidate in candidates)
    best = max(candidates, key=lambda candidate: candidate.score)
    return best, 1.0 / total


def features(
    post: Post, above: list[Post], wordings: Mapping[str, Wording], deepest: int
) -> list[tuple[Post | None, dict[str, float]]]:
    """Every candidate with its features; None, the first, stands for nobody on this page.

    Args:
        post: who answers.
        above: posts above it on the page, already judged.
        wordings: the wording of each post, by id.
        deepest: the greatest depth of the page.
    """
    found: list[tuple[Post | None, dict[str, float]]] = [(None, _nobody(post, above))]
    for other in _candidates(post, above):
        found.append((other, _features(post, other, above, wordings, deepest)))
    return found


def _nobody(post: Post, above: list[Post]) -> dict[str, float]:
    header = addressee(post)
    return {
        "nobody-top": float(post.depth == 0 and not post.gap),
        "nobody-reply": float(post.depth > 0 or post.gap),
        "nobody-gap": float(post.gap),
        "nobody-header": float(
            header is not None and not any(_fits(header, other) for other in above)
        ),
    }


def _fits(header: headers.Header, other: Post) -> bool:
    """Whether a post can be the one that a header describes."""
    if other.author is not None and not authors.same(other.author, header.author):
        return False
    if other.posted_at and header.posted_at:
        return other.posted_at[:19] == header.posted_at[:19]
    return other.author is not None or not is_shared(header.author)


def _candidates(post: Post, above: list[Post]) -> list[Post]:
    """Posts that a post may answer, in page order."""
    found: dict[str, Post] = {}
    quoted = {quote.of for quote in post.quotes}
    names = [address.name for address in authors.addresses(post)]
    header = addressee(post)
    if header and header.author:
        names.append(header.author)
    for other in _branch(post, above):
        found[other.id] = other
    for other in above:
        if other.id in quoted:
            found[other.id] = other
    for name in names:
        for other in reversed(above[-_NAMED_BACK:]):
            if authors.same(name, other.author):
                found[other.id] = other
                break
    return sorted(found.values(), key=lambda other: other.position)


def _branch(post: Post, above: list[Post]) -> list[Post]:
    """The posts above in the same branch, nearest first, with the parent in any case."""
    found: list[Post] = []
    if post.depth == 0 and not post.gap and post.parent_id is None:
        return found
    for other in reversed(above):
        if other.depth == 0:
            if not post.gap:
                found.append(other)
            break
        if post.gap != other.gap and other.depth == 1:
            break  # a lost comment stood between the two
        if len(found) < _MOST_CANDIDATES:
            found.append(other)
    if post.parent_id is not None and all(other.id != post.parent_id for other in found):
        found += [other for other in above if other.id == post.parent_id]
    return found


def _scored(
    other: Post | None, found: dict[str, float], weights: Mapping[str, float]
) -> _Candidate:
    parts = {name: weights[name] * value for name, value in found.items()}
    if other is None:
        return _Candidate(sum(parts.values()), None, "")
    telling = {name: part for name, part in parts.items() if name in _REASONS and part > 0}
    reason = max(telling, key=lambda name: telling[name]) if telling else "previous"
    return _Candidate(sum(parts.values()), other, _REASONS[reason])


_REASONS = {
    "parent": "the layout's parent",
    "parent-deep": "the layout's parent",
    "previous": "stands right above",
    "previous-deepest": "stands right above",
    "quoted-first": "quotes it",
    "quoted": "quotes it",
    "named-opening": "greets its author",
    "named": "names its author",
    "header": "a pasted header names its author",
    "addressed-back": "answers back",
    "overlap": "shares rare words",
    "yours": "speaks of what is theirs",
}


def _features(
    post: Post, other: Post, above: list[Post], wordings: Mapping[str, Wording], deepest: int
) -> dict[str, float]:
    mine, theirs = wordings[post.id], wordings[other.id]
    previous = bool(above) and above[-1].id == other.id
    parent = post.parent_id == other.id
    quoted = [quote.of for quote in post.quotes]
    opens = bool(quoted) and quoted[0] == other.id and _at_start(post)
    named = [a for a in authors.addresses(post) if authors.same(a.name, other.author)]
    opening = any(address.how != "closing" for address in named)
    header = addressee(post)
    branch = post.depth > 0 and (parent or other.depth > 0 or not post.gap)
    return {
        "parent": float(parent),
        "parent-deep": float(parent and post.depth < deepest),
        "previous": float(previous and post.depth > 0),
        "previous-deepest": float(previous and 0 < other.depth == post.depth >= deepest),
        "elsewhere": float(not branch and not parent),
        "quoted-first": float(opens),
        "quoted": float(other.id in quoted and not opens),
        "named-opening": float(opening),
        "named": float(not opening and _mentions(mine.own, other.author)),
        "header": float(header is not None and _fits(header, other) and not parent)
        or float(header is not None and other.author is not None and _fits(header, other)),
        "own": float(_same_person(post, other)),
        "addressed-back": float(_speaks_back(post, other, above)),
        "overlap": wording.overlap(mine, theirs),
        "thanks": float(mine.thanks and previous),
        "question": float(theirs.asks and not mine.asks),
        "agrees": float(mine.agrees and previous),
        "yours": float(wording.claims(theirs) & wording.credits(mine) != set()),
    }


def _at_start(post: Post) -> bool:
    first = post.quotes[0]
    return not post.own or post.own[0].start > first.span.start


def _mentions(own: str, author: str | None) -> bool:
    """Whether a text names an author, in full or by a first name of four letters or more."""
    if not author or is_shared(author):
        return False
    first = author.split()[0]
    text = own.casefold()
    return author.casefold() in text or (len(first) > 3 and first.casefold() in text)


def _same_person(post: Post, other: Post) -> bool:
    if is_shared(post.author):
        return False
    return post.author is not None and post.author == other.author


def _speaks_back(post: Post, other: Post, above: list[Post]) -> bool:
    """Whether a post above addresses this post's author, or answers a post of theirs."""
    if post.author is None or is_shared(post.author):
        return False
    if any(authors.same(address.name, post.author) for address in authors.addresses(other)):
        return True
    answered = next((p for p in above if p.id == (other.answers_id or other.parent_id)), None)
    return answered is not None and answered.author == post.author
