"""Replies whose parent was lost when the page was flattened, told by what they talk about.

An extractor that drops a comment prints its replies right below the previous one's. The lost
comment's replies follow those of the comment above, so they are the tail of its replies: we look
for the point from which the replies lean on things that nobody above has mentioned. The judgement
is made only on pages that lose comments: a linear model, weights in ``answers.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from community.judges import authors, wording
from community.judges.wording import Wording
from community.types import Post, Thread

# Things that one can refer to with "the" only where somebody has brought them up.
_THING = re.compile(
    r"\b(?:the|this|that|her|his|their)\s+(?:\w+\s+){0,2}?(?P<noun>documentary|doco|docu|film|movie|"
    r"programme|program|show|episode|broadcast|interview|video|clip|podcast|book|petition|"
    r"journalist|reporter|presenter|broadcaster|celebrity|actress|actor|story|blog|credits|telly|tv|"
    r"newspaper|magazine|press|camera|link|photo|picture|letter|email|e-mail|conference|webinar)\b",
    re.IGNORECASE,
)
_BROUGHT_UP = re.compile(
    r"\b(?:documentar\w+|docos?|docus?|films?|movies?|programmes?|shows?|episodes?|broadcasts?|"
    r"interviews?|videos?|clips?|podcasts?|telly|tv|television|journalis\w+|reporters?|newspapers?|"
    r"magazines?|press|stor(?:y|ies)|media|camera)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:\W*(?:lol|oh|ah|well|yes|no|yeah|and|but)\W+)*(?:"
    r"(?:i|we)\s+(?:\w+\s+)?(?:saw|watched|read|heard|liked|loved|hated|noticed|tried|remember)\s+"
    r"(?:it|that|this|them|him|her)\b|"
    r"(?:it|he|she)\s+(?:is|was|were|has|had|does|did|will|would)\b|"
    r"they\s+(?:do|did|are|were|have)\b|"
    r"(?:ah|oh),?\s+i\s+(?:see|understand)|what did you expect)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:she|her|hers|he|him|his)\b", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"\b(?:wife|husband|partner|girlfriend|boyfriend|daughter|son|mother|father|mum|mom|dad|sister|"
    r"brother|aunt|uncle|friend|neighbou?r|colleague|doctor|dr|neuro\w*|nurse|consultant|professor|"
    r"prof|man|woman|girl|boy|lady|guy|person|patient|child|kid|boss|hematologist|haematologist|"
    r"specialist|gp|somebody|someone|she|he|her|him)\b",
    re.IGNORECASE,
)


def find(thread: Thread, wordings: Mapping[str, Wording], weights: Mapping[str, float]) -> Thread:
    """The thread with `gap` set, and no parent, on replies that plainly answer a lost post."""
    if not _loses_posts(thread):
        return thread
    replies: dict[str, list[Post]] = {}
    for post in thread.posts:
        if post.parent_id is not None:
            replies.setdefault(post.parent_id, []).append(post)
    by_id = thread.by_id()
    lost: set[str] = set()
    for parent_id, children in replies.items():
        parent = by_id[parent_id]
        if parent.depth == 0:
            lost.update(_lost_tail(thread, parent, children, wordings, weights))
    posts = tuple(
        replace(post, parent_id=None, gap=True) if post.id in lost else post
        for post in thread.posts
    )
    return replace(thread, posts=posts)


def _loses_posts(thread: Thread) -> bool:
    """Whether the page is known to lack posts, and names no parents or authors of its own."""
    posts = thread.posts
    if thread.document.complete or not posts:
        return False
    if any(post.native_id or post.parent_native_id for post in posts):
        return False
    return sum(post.posted_at is not None for post in posts) <= len(posts) / 4


def _lost_tail(
    thread: Thread,
    parent: Post,
    children: list[Post],
    wordings: Mapping[str, Wording],
    weights: Mapping[str, float],
) -> list[str]:
    """Ids of the replies from the likeliest break on; none where no break is likely."""
    best, start = weights["enough"], len(children)
    for k in range(len(children)):
        kept, tail = children[:k], children[k:]
        onset = _evidence(thread, parent, kept, tail[0], wordings, weights)
        if onset <= 0:
            continue
        total = onset + weights["onset"]
        total += sum(
            min(1.0, _evidence(thread, parent, kept, post, wordings, weights)) for post in tail[1:]
        )
        if total > best:
            best, start = total, k
    return [post.id for post in children[start:]]


def _evidence(
    thread: Thread,
    parent: Post,
    kept: list[Post],
    post: Post,
    wordings: Mapping[str, Wording],
    weights: Mapping[str, float],
) -> float:
    """How much speaks for `post` answering something else than `parent` or the replies kept."""
    ours = [wordings[other.id] for other in (parent, *kept)]
    mine = wordings[post.id]
    above = " ".join(words.own for words in ours)
    close = wording.overlap(mine, ours[0])
    between = wording.overlaps(mine, ours[1:])
    names = {address.name for address in authors.addresses(post)}
    known = [other.author for other in (parent, *kept) if other.author]
    quoted = {quote.of for quote in post.quotes}
    opens_outside = bool(post.quotes) and post.quotes[0].of == "external"
    features = {
        "anaphor": bool(_LEANS.match(mine.first_sentence)),
        "unseen-thing": bool(_THING.search(mine.own)) and not _BROUGHT_UP.search(above),
        "news-quote": opens_outside and post.quotes[0].span.start - post.span.start < 4,
        "stranger": bool(_PERSON.search(mine.own))
        and not _SOMEBODY.search(above)
        and not _somebody_first(mine.own),
        "no-overlap": close < 0.02 and between < 0.02,
        "overlap": close,
        "sibling-overlap": between,
        "names": any(authors.same(name, author) for name in names for author in known),
        "quotes": bool(quoted & {other.id for other in (parent, *kept)}),
        "speaks-to": mine.speaks_to,
        "thanks": mine.thanks,
        "first": not kept,
        "answers-question": ours[0].asks and not mine.asks,
    }
    return sum(weights[name] * float(value) for name, value in features.items())


def _somebody_first(own: str) -> bool:
    """Whether a post introduces somebody before it says she or he."""
    pronoun = _PERSON.search(own)
    somebody = _SOMEBODY.search(own)
    return bool(pronoun and somebody and somebody.start() < pronoun.start())
