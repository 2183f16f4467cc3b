"""Judge whom each post really answers, with a probability and a reason, and what replies lost.

By layout a reply answers its parent; but pages cap their nesting, forums and chats have none, and
readers answer several people at once, quote, and greet by name. Candidates stand above the post
(`candidates`), evidence is weighed by a model learned from threads whose reply links are known
(`scorer`), with "nobody on this page" among the candidates. Only the post and what stands above it
count, so that a comment added below changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np

from community import headers
from community.errors import CodebookError
from community.judges import authors, candidates, evidence, facts, lost, scorer, wording
from community.judges.facts import Floats
from community.judges.scorer import Model
from community.judges.wording import Wording
from community.privacy import is_shared
from community.types import Post, Thread

_FILE = "answers.toml"
_AT_ONCE = 500  # posts whose candidates are weighed together


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The likeliest addressee of a post by place, its probability, that of nobody, and why."""

    place: int
    chance: float
    nobody: float
    reason: str


@cache
def _settings() -> dict[str, dict[str, float]]:
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    if set(data) != {"answers", "lost"} or set(data["answers"]) != {"least", "against-nobody"}:
        raise CodebookError(_FILE, "must hold [answers] (least, against-nobody) and [lost]")
    return data


def judge(thread: Thread) -> Thread:
    """The thread with authors inferred, lost parents marked, and `answers_id` judged.

    `answers_id` that the page itself states is kept; it stays empty where no candidate is likely
    enough. Where `gap` is judged, `parent_id` becomes None and `depth` stays as laid out.
    """
    if not thread.posts:
        return thread
    thread = authors.infer(thread)
    wordings = wording.read(thread)
    settings = _settings()
    thread = lost.find(thread, wordings, settings["lost"])
    judged: list[Post] = []
    learned: dict[str, headers.Header] = {}
    for post, answer in zip(thread.posts, weighed(thread, wordings), strict=True):
        stated = post.answers_id is not None or post.status != "present"
        if stated or answer is None or not believed(answer, settings["answers"]):
            judged.append(post)
            continue
        other = thread.posts[answer.place]
        chance = round(answer.chance, 4)
        judged.append(
            replace(post, answers_id=other.id, answers_score=chance, answers_reason=answer.reason)
        )
        header = facts.addressee(post)
        if header and other.author is None:
            learned[other.id] = header
    posts = tuple(_with_header(post, learned.get(post.id)) for post in judged)
    return replace(thread, posts=posts)


def believed(answer: Answer, settings: Mapping[str, float]) -> bool:
    """Whether a likeliest addressee is likely enough to be told."""
    least, against = settings["least"], settings["against-nobody"]
    return answer.chance >= least and answer.chance >= against * answer.nobody


def _with_header(post: Post, header: headers.Header | None) -> Post:
    """A post with what the header on an answer to it tells."""
    if header is None or post.author is not None or is_shared(header.author):
        return post
    if post.posted_at is not None:
        return replace(post, author=header.author)
    return replace(
        post, author=header.author, posted_at=header.posted_at, time_precision=header.precision
    )


def weighed(
    thread: Thread, wordings: Mapping[str, Wording], model: Model | None = None
) -> list[Answer | None]:
    """The likeliest addressee of every post, None where there is no candidate at all.

    Args:
        thread: in page order, authors inferred.
        wordings: the wording of each post, by id.
        model: the one that comes with the package where None is given.
    """
    model = model or scorer.packaged()
    known = facts.gather(thread, wordings)
    vectors = wording.matrix([wordings[post.id] for post in thread.posts])
    found: list[Answer | None] = []
    for first in range(0, len(thread.posts), _AT_ONCE):
        last = min(first + _AT_ONCE, len(thread.posts))
        pairs = candidates.find(thread.posts, known, first, last)
        columns = evidence.rows(thread.posts, known, wordings, vectors, pairs)
        found += _best(scorer.stacked(columns, model.names), pairs, model)
    return found


def _best(values: Floats, pairs: candidates.Pairs, model: Model) -> list[Answer | None]:
    chances = scorer.chances(model.score(values), pairs.starts)
    ends = np.append(pairs.starts[1:], len(values))
    picked: list[int] = []
    for start, end in zip(pairs.starts.tolist(), ends.tolist(), strict=True):
        group = chances[start + 1 : end][::-1]  # of equals the nearest
        picked.append(end - 1 - int(np.argmax(group)) if len(group) else -1)
    rows = [row for row in picked if row >= 0]
    reasons = dict(zip(rows, _reasons(values[rows], model), strict=True))
    return [
        None
        if row < 0
        else Answer(
            place=int(pairs.whom[row]),
            chance=float(chances[row]),
            nobody=float(chances[start]),
            reason=reasons[row],
        )
        for row, start in zip(picked, pairs.starts.tolist(), strict=True)
    ]


def _reasons(values: Floats, model: Model) -> list[str]:
    """Per row the evidence without which its score would fall most."""
    if not len(values):
        return []
    column = {name: n for n, name in enumerate(model.names)}
    whole = model.score(values)
    told = list(evidence.REASONS)
    drops = np.full((len(values), len(told)), -np.inf)
    for n, reason in enumerate(told):
        used = [column[name] for name in evidence.REASONS[reason]]
        active = np.flatnonzero(values[:, used[0]] > 0)
        if len(active):
            without = values[active].copy()
            without[:, used] = 0.0
            drops[active, n] = whole[active] - model.score(without)
    return [told[n] for n in np.argmax(drops, axis=1)]
