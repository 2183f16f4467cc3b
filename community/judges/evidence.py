"""What speaks for and against each candidate: a column per feature, a row per pair of posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from community.judges import authors
from community.judges.candidates import FAR, NOBODY, Pairs
from community.judges.facts import Facts, Floats, Ints
from community.judges.wording import Wording
from community.privacy import is_shared
from community.types import Post

Columns = dict[str, Floats]
_LONG = 8.0  # scale of the logarithm of a length
_YEAR = 17.3  # logarithm of the seconds of a year, scale of time gaps


# What is told of an answer, with the columns that speak for it; the first must be above zero.
REASONS: dict[str, tuple[str, ...]] = {
    "quotes it": ("quotes first",),
    "repeats words of it": ("quotes",),
    "a pasted header names its author": ("header fits",),
    "a pasted header may name its author": ("header may fit",),
    "greets its author": ("names", "names first", "names last", "names set off"),
    "names its author": ("mentions", "mentions last"),
    "answers back": ("names me", "names me last", "they named me", "right after me"),
    "answers what was said below its own post": ("below me",),
    "goes on with whom it spoke to": ("I named them",),
    "shares rare words": ("overlap", "overlap best", "overlap share"),
    "speaks of what is theirs": ("yours",),
    "answers a question": ("answers a question", "yes to a question"),
    "thanks": ("thanks above", "thanks who named me"),
    "the layout's parent": (
        "parent", "parent capped", "parent deep", "parent pointer", "parent topic",
    ),
    "stands right above": ("right above", "beside above", "agrees above", "points up"),
    "stands above": ("distance", "second above", "third above", "near"),
    "the opening post": ("opener", "opener flat", "of the opener", "opener's author"),
    "goes on from its author's own post": (
        "same author", "same author last", "same author above",
    ),
}  # fmt: skip


def rows(
    posts: Sequence[Post],
    facts: Facts,
    wordings: Mapping[str, Wording],
    vectors: sparse.csr_matrix,
    pairs: Pairs,
) -> Columns:
    """All features of pairs, by name."""
    who, whom = pairs.who, np.maximum(pairs.whom, 0)
    somebody = (pairs.whom != NOBODY).astype(np.float64)
    found: Columns = {"nobody": 1.0 - somebody}
    found |= _layout(facts, pairs, who, whom)
    found |= _order(pairs)
    found |= _time(facts, who, whom)
    found |= _people(facts, who, whom)
    found |= _named(facts, who, whom)
    found |= _words(facts, vectors, pairs, who, whom)
    found |= _rare(posts, facts, wordings, pairs)
    for name, column in found.items():
        if name != "nobody":
            found[name] = column * somebody
    return found | _post_level(facts, pairs, who)


def _layout(facts: Facts, pairs: Pairs, who: Ints, whom: Ints) -> Columns:
    parent = facts.parent[who] == whom
    capped = facts.depth[who] >= facts.deepest
    topic = (facts.depth[whom] == 0) & (not facts.article)
    beside = (facts.depth[who] == facts.depth[whom]) & (facts.depth[who] > 0)
    elsewhere = pairs.distance == FAR
    return {
        "parent": parent + 0.0,
        "parent capped": (parent & capped) + 0.0,
        "parent deep": (parent & ~capped) + 0.0,
        "parent pointer": parent * float(facts.pointers),
        "parent topic": (parent & topic) + 0.0,
        "beside capped": (beside & capped) + 0.0,
        "beside above": (beside & capped & (pairs.distance == 1)) + 0.0,
        "deeper": (facts.depth[whom] > facts.depth[who]) + 0.0,
        "elsewhere": elsewhere + 0.0,
        "opener": ((whom == 0) & (not facts.article)) + 0.0,
        "opener flat": ((whom == 0) & (not facts.article) & (not facts.nests)) + 0.0,
        "removed": 1.0 - facts.present[whom],
    }


def _order(pairs: Pairs) -> Columns:
    d = pairs.distance
    return {
        "right above": (d == 1) + 0.0,
        "second above": (d == 2) + 0.0,
        "third above": (d == 3) + 0.0,
        "near": ((d > 3) & (d <= 6)) + 0.0,
        "distance": np.log(d) / np.log(FAR),
    }


def _time(facts: Facts, who: Ints, whom: Ints) -> Columns:
    gap = facts.time[who] - facts.time[whom]
    fine = (facts.coarse[who] == 0) & (facts.coarse[whom] == 0)
    known = ~np.isnan(gap) & fine
    gap = np.where(known, gap, 0.0)
    return {
        "gap known": known + 0.0,
        "gap": np.log1p(np.maximum(gap, 0.0)) / _YEAR,
        "gap minutes": (known & (gap >= 0) & (gap < 120)) + 0.0,
        "gap hours": (known & (gap >= 120) & (gap < 7200)) + 0.0,
        "later": (known & (gap < -90)) + 0.0,
        "older between": (facts.older_after[whom] < who) + 0.0,
    }


def _people(facts: Facts, who: Ints, whom: Ints) -> Columns:
    mine, theirs = facts.author[who], facts.author[whom]
    both = (mine >= 0) & (theirs >= 0)
    same = both & (mine == theirs)
    before = np.maximum(whom - 1, 0)
    after_me = both & (whom > 0) & (facts.author[before] == mine) & (not facts.nests)
    parent = facts.parent[whom]
    answered = np.where(parent >= 0, facts.author[np.maximum(parent, 0)], -3)
    own = facts.own_before[who]
    spoke = own >= 0
    return {
        "same author": same + 0.0,
        "same author last": (same & (own == whom)) + 0.0,
        "same author above": (same & (whom == who - 1)) + 0.0,
        "author unknown": (~both) + 0.0,
        "their last": (both & ~same & (facts.own_after[whom] >= who)) + 0.0,
        "right after me": (after_me & ~same) + 0.0,
        "below me": (both & ~same & (answered == mine)) + 0.0,
        "since I spoke": (spoke & (whom > own)) + 0.0,
        "before I spoke": (spoke & (whom < own)) + 0.0,
        "first since": (spoke & (whom == own + 1)) + 0.0,
        "opener's author": (both & (theirs == facts.author[0])) + 0.0,
        "their posts": facts.posts_before[whom] / 3.0,
        "host to guest": facts.host[who] * (1 - facts.host[whom]),
        "guest to host": facts.host[whom] * (1 - facts.host[who]),
        "I am the opener": (both & (mine == facts.author[0]) & ~same) + 0.0,
    }


def _in(numbers: Ints, who: Ints) -> Ints:
    """Whether each number stands in its row."""
    return (numbers == who[:, None]).any(axis=1)  # type: ignore[no-any-return]


def _named(facts: Facts, who: Ints, whom: Ints) -> Columns:
    mine, theirs = facts.author[who], facts.author[whom]
    known = theirs >= 0
    first = known & (facts.opening[who, 0] == theirs)
    opens = known & _in(facts.opening[who], theirs)
    anybody = facts.opening[who, 0] >= 0
    passing = known & _in(facts.passing[who], theirs)
    last = facts.own_after[whom] >= who
    me = (mine >= 0) & _in(facts.opening[whom], mine)
    me_passing = (mine >= 0) & _in(facts.passing[whom], mine)
    own = np.maximum(facts.own_before[who], 0)
    talked = (facts.own_before[who] >= 0) & known & _in(facts.opening[own], theirs)
    namer = facts.named_me[who]
    theirs_named = known & (namer >= 0) & (facts.author[np.maximum(namer, 0)] == theirs)
    third = (facts.opening[who, 0] >= 0) & (facts.opening[who, 0] == facts.opening[whom, 0])
    return {
        "names first": first + 0.0,
        "names": opens + 0.0,
        "names last": (opens & last) + 0.0,
        "names set off": opens * facts.set_off[who],
        "names another": (anybody & ~opens) + 0.0,
        "mentions": passing + 0.0,
        "mentions last": (passing & last) + 0.0,
        "names me": me + 0.0,
        "names me last": (me & (namer == whom)) + 0.0,
        "mentions me": me_passing + 0.0,
        "names others": ((facts.opening[whom, 0] >= 0) & ~me) + 0.0,
        "I named them": talked + 0.0,
        "they named me": theirs_named + 0.0,
        "same third": (third & ~opens) + 0.0,
    }


def _words(
    facts: Facts, vectors: sparse.csr_matrix, pairs: Pairs, who: Ints, whom: Ints
) -> Columns:
    overlap = np.asarray(vectors[who].multiply(vectors[whom]).sum(axis=1)).ravel()
    overlap *= pairs.whom != NOBODY
    counts = np.diff(np.append(pairs.starts, len(who)))
    best = np.repeat(np.maximum.reduceat(overlap, pairs.starts), counts)
    total = np.repeat(np.add.reduceat(overlap, pairs.starts), counts)
    above = pairs.distance == 1
    asks, theirs_asks = facts.asks[who], facts.asks[whom]
    me = _in(facts.opening[whom], facts.author[who]) & (facts.author[who] >= 0)
    return {
        "overlap": overlap,
        "overlap best": ((overlap > 0) & (overlap >= best - 1e-12)) + 0.0,
        "overlap share": overlap / (total + 0.05),
        "answers a question": theirs_asks * (1 - asks),
        "both ask": theirs_asks * asks,
        "asks back": asks * (1 - theirs_asks),
        "their thanks": facts.thanks[whom],
        "thanks above": facts.thanks[who] * above,
        "thanks who named me": facts.thanks[who] * me,
        "agrees above": facts.agrees[who] * above,
        "yes to a question": facts.agrees[who] * theirs_asks,
        "speaks to": facts.you[who] + 0.0,
        "their length": facts.length[whom] / _LONG,
        "points up": facts.up[who] * above,
        "of the opener": facts.of_opener[who] * (whom == 0) * (not facts.article),
    }


def _rare(
    posts: Sequence[Post], facts: Facts, wordings: Mapping[str, Wording], pairs: Pairs
) -> Columns:
    """Features that few posts have, pair by pair: quotations, headers, "your"."""
    names = ("quotes first", "quotes", "header fits", "header may fit", "header misfits", "yours")
    found = {name: np.zeros(len(pairs.who)) for name in names}
    bounds = [*pairs.starts.tolist(), len(pairs.who)]
    whom = pairs.whom.tolist()
    for start, end in pairwise(bounds):
        n = int(pairs.who[start])
        quoted = facts.quoted.get(n, ())
        header = facts.headers.get(n)
        credits = wordings[posts[n].id].credits
        if not quoted and header is None and not credits:
            continue
        for row in range(start + 1, end):
            m = whom[row]
            if m in quoted:
                opens = m == quoted[0] and n in facts.quotes_first
                found["quotes first" if opens else "quotes"][row] = 1.0
            if header is not None:
                found[_header(header, posts[m])][row] = 1.0
            if credits and credits & wordings[posts[m].id].claims:
                found["yours"][row] = 1.0
    return found


def _header(header: object, other: Post) -> str:
    author, time = header.author, header.posted_at  # type: ignore[attr-defined]
    if other.author is not None and not authors.same(other.author, author):
        return "header misfits"
    if other.posted_at and time:
        return "header fits" if other.posted_at[:19] == time[:19] else "header misfits"
    if other.author is not None:
        return "header fits"
    return "header misfits" if is_shared(author) else "header may fit"


def _post_level(facts: Facts, pairs: Pairs, who: Ints) -> Columns:
    """What holds for a post whoever the candidate is: the setting in which the rest is weighed."""
    below = (facts.depth[who] > 0) | (facts.gap[who] > 0)
    counts = np.diff(np.append(pairs.starts, len(who)))
    size = len(who)
    nobody = pairs.whom == NOBODY
    own = facts.own_before[who]
    before = np.maximum(who - 1, 0)
    gap = facts.time[who] - facts.time[before]
    tempo = ~np.isnan(gap) & (who > 0) & (not facts.nests)
    headed = np.zeros(len(facts.author))
    headed[list(facts.headers)] = 1.0
    return {
        "in flat": np.full(size, float(not facts.nests)),
        "in flat article": np.full(size, float(not facts.nests and facts.article)),
        "in article": np.full(size, float(facts.article)),
        "in pointers": np.full(size, float(facts.pointers)),
        "in shuffled": np.full(size, float(facts.shuffled and not facts.nests)),
        "at top": (~below & facts.nests) + 0.0,
        "at gap": facts.gap[who] + 0.0,
        "at cap": (below & (facts.depth[who] >= facts.deepest)) + 0.0,
        "first": (who == 0) + 0.0,
        "early": np.log1p(np.minimum(who, 20)) / 3.0 * (not facts.nests),
        "nobody below": (nobody & below) + 0.0,
        "nobody top": (nobody & ~below & facts.nests & facts.article) + 0.0,
        "nobody flat article": nobody * float(not facts.nests and facts.article),
        "nobody headed": nobody * headed[who],
        "my thanks": facts.thanks[who],
        "my question": facts.asks[who],
        "my you": facts.you[who],
        "my agreement": facts.agrees[who],
        "my length": facts.length[who] / _LONG,
        "my naming": (facts.opening[who, 0] >= 0) + 0.0,
        "my stranger": facts.stranger[who],
        "my first": (own < 0) * (facts.author[who] >= 0) + 0.0,
        "my posts": facts.posts_before[who] / 3.0,
        "my host": facts.host[who],
        "my last near": ((own >= 0) & (who - own <= 5)) + 0.0,
        "was named": (facts.named_me[who] > own) + 0.0,
        "timed": tempo * (facts.coarse[who] == 0),
        "back in time": np.log1p(facts.back[who]) / 3.0 * (not facts.nests),
        "older than above": (tempo & (gap < -90)) + 0.0,
        "tempo": np.where(tempo, np.log1p(np.maximum(np.nan_to_num(gap), 0.0)) / _YEAR, 0.0),
        "choice": np.repeat(np.log(counts), counts) / 3.0,
    }
