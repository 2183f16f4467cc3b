"""Reported results of an article, and of posts that bring one: from sentences to mentions.

Each sentence is read for quantities, endpoints, arms and points in time (`claim_pairs`); what it
leaves out comes from the document (`claim_context`); what states no result (aims, definitions,
forecasts, baseline) is dropped by cues from data; results without a number are read by cue words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from community.results import arms as claim_arms
from community.results import carried as claim_carried
from community.results import context as claim_context
from community.results import endpoints, quantities, telling
from community.results import groups as claim_groups
from community.results import names as claim_names
from community.results import retold as claim_retold
from community.results import selection as claim_selection
from community.results import words as claim_words
from community.results.context import Context, all_but, treated_in
from community.results.endpoints import Endpoint, Hit, Vocabulary
from community.results.freedom import freed
from community.results.heads import Row, composed, is_time
from community.results.mentions import Place, built, part_of
from community.results.pairs import pair
from community.results.sentences import Sentence, lasting, split
from community.results.studies import Studies, one_named
from community.types import Direction, Mention, Post, Span, Thread

Claims = Callable[[Thread], tuple[Mention, ...]]
_ASIDE = ("reference", "background", "methods")


def make(*, vocabulary: Vocabulary | None = None) -> Claims:
    """A step that lists the reported results of a thread's article and posts, in document order.

    Args:
        vocabulary: endpoints, trials and cues; the packaged ones by default.
    """
    return partial(extract, vocabulary=vocabulary or endpoints.packaged())


def extract(thread: Thread, *, vocabulary: Vocabulary) -> tuple[Mention, ...]:
    """Mentions in the article, then in posts, each in document order."""
    document = thread.document
    title = document.title_span
    apart = title is not None and not any(title.overlaps(span) for span in document.article)
    spans = ((title,) if apart and title is not None else ()) + document.article
    sentences = lasting(tuple(split(document.text, spans, vocabulary)))
    context = claim_context.read(
        document, sentences, vocabulary, _page(thread) if sentences else ""
    )
    words = "\n".join(s.text for s in sentences)
    studies = Studies(context.trial, document.title, words, vocabulary)
    found = list(_of_article(document.id, sentences, context, studies))
    for post in thread.posts:
        if post.status == "present":
            found += _of_post(post, document.text, context, vocabulary)
    found.sort(key=lambda m: (m.span.start, m.span.end))
    return tuple(replace(m, text=m.span.of(document.text)) for m in found)


def _page(thread: Thread) -> str:
    """The document's text without its posts: source lines often stand outside the article."""
    text, out, at = thread.document.text, [], 0
    for post in sorted(thread.posts, key=lambda p: p.span.start):
        out.append(text[at : max(at, post.span.start)])
        at = max(at, post.span.end)
    return "\n".join((*out, text[at:]))


def _of_article(
    document_id: str, sentences: tuple[Sentence, ...], context: Context, studies: Studies
) -> Iterator[Mention]:
    vocabulary = studies.vocabulary
    drafts: list[tuple[Mention, str]] = []
    compared: tuple[str, str] | None = None
    before: Endpoint | None = None
    since = since_when = 0
    when: quantities.Quantity | None = None
    asked = [None if s.section in _ASIDE else s.text for s in sentences]
    chances = telling.results(asked, vocabulary)
    for sentence, chance in zip(sentences, chances, strict=True):
        compared = _compared(sentence.text, context) or compared
        if sentence.section == "reference":
            continue
        told = studies.read(sentence)
        if sentence.section == "background":
            continue
        place = Place(
            document_id=document_id,
            sentence=sentence,
            context=context,
            vocabulary=vocabulary,
            trial=told.study.identity if told.study else None,
            told=told,
            compared=compared,
            before=before,
            when=when,
            chance=chance,
        )
        when, since_when = _passage(sentence, vocabulary, when, since_when)
        named_here = claim_carried.last_named(vocabulary.hits(sentence.text), None)
        since = 0 if named_here else since + 1
        before = named_here or (before if since < 3 else None)
        drafts += _of_sentence(place)
    yield from claim_arms.weighed(list(claim_names.reconciled(drafts)))


def _passage(
    sentence: Sentence, vocabulary: Vocabulary, when: quantities.Quantity | None, since: int
) -> tuple[quantities.Quantity | None, int]:
    """The point in time that holds on after a sentence: its own, if it has one, for four more."""
    hits = vocabulary.hits(sentence.text)
    times = [
        q
        for q in quantities.find(sentence.text)
        if is_time(q, sentence.text, hits) and q.cue not in ("adjective", "past", "to", "in")
    ]
    months = {q.months() for q in times}
    if len(months) == 1 and any(
        q.kind in ("percent", "fraction", "number", "count") for q in quantities.find(sentence.text)
    ):
        return times[0], 0
    return (when, since + 1) if since < 4 and not times else (None, 0)


def _compared(text: str, context: Context) -> tuple[str, str] | None:
    """The two arms that a sentence sets against each other, treatment first."""
    arms = claim_groups.arms(text, context.arms)
    names = list(dict.fromkeys(arm.name for arm in arms if arm.span.start >= 0))
    controls = [arm.name for arm in arms if arm.control]
    if len(names) != 2:
        return None
    if names[0] in controls and names[1] not in controls:
        names.reverse()
    return names[0], names[1]


def _of_post(post: Post, text: str, context: Context, vocabulary: Vocabulary) -> Iterator[Mention]:
    """Results that a poster brings: a figure about a group, told, not lived."""
    for sentence in split(text, post.own, vocabulary):
        words = sentence.text
        if "%" not in words and not any(
            q.kind in ("percent", "fraction", "proportion") for q in quantities.find(words)
        ):
            continue
        cue = partial(vocabulary.has, "post")
        if not cue("told", words) or cue("own", words) or words.rstrip().endswith("?"):
            continue
        place = Place(
            document_id=post.document_id,
            sentence=sentence,
            context=Context(arms=context.arms),
            vocabulary=vocabulary,
            trial=one_named(words, vocabulary),
            post_id=post.id,
        )
        for mention, _ in _of_sentence(place):
            told = mention.value is not None or mention.spread_low is not None
            if told and "endpoint-from-text" not in mention.flags:
                yield mention


def _of_sentence(place: Place) -> list[tuple[Mention, str]]:
    """Mentions of a sentence, each with the words that named its endpoint."""
    text, vocabulary = place.sentence.text, place.vocabulary
    out: list[tuple[Mention, str]] = list(_treated(place))
    if claim_selection.states_nothing(text, vocabulary):
        return out
    hits = composed(text, vocabulary.hits(text), vocabulary)
    methods = place.sentence.section == "methods"
    if methods:
        hits = tuple(hit for hit in hits if hit.endpoint.name == "follow-up")
    hits = claim_carried.again(text, hits, None if methods else place.before, vocabulary)
    found = quantities.find(text)
    arms = claim_groups.arms(text, place.context.arms)
    rows, times = pair(text, found, hits, arms, place.compared)
    rows = claim_selection.kept(
        text, rows, [(m.span.start - place.sentence.start) for m, _ in out], vocabulary
    )
    rows = _once(tuple(r for r in rows if r.hit) if methods else rows)
    rows = claim_retold.fixed(text, claim_names.with_names(text, rows), hits, vocabulary)
    rows = freed(text, rows, vocabulary)
    anchors = [Span(h.start, h.end) for h in hits] + [row.at for row in rows]

    def part(row: Row) -> str | None:
        return part_of(text, row, place.context, anchors)

    alone = len(rows) == 1 and not out and len(text) <= 300
    for row in rows:
        mention = built(place, row, part(row))
        whole = place.sentence.span(0, len(text)) if alone else mention.span
        out.append((replace(mention, span=whole), _said(text, row.hit)))
    if place.post_id is None and not methods:
        hits = tuple(sorted((*hits, *claim_carried.cases(text, hits)), key=lambda h: h.start))
        read = claim_words.Read(
            text=text,
            hits=hits,
            rows=rows,
            found=found,
            times=times,
            arms=place.compared,
            chance=place.chance,
        )
        told = claim_words.without_number(read, vocabulary)
        out += [_in_words(place, row, part(row), way) for row, way in told]
    return out


def _in_words(place: Place, row: Row, part: str | None, way: Direction) -> tuple[Mention, str]:
    """A mention of a result in words, with the words that named its endpoint."""
    text = place.sentence.text
    mention = replace(
        built(place, row, part),
        direction=way,
        measure="qualitative",
        span=claim_words.clause_span(place.sentence, row),
        score=0.6,
    )
    if row.hit and way == "favourable" and claim_carried.zero(text, row.hit):
        mention = claim_carried.as_zero(mention)
    return mention, _said(text, row.hit)


def _once(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """`rows` without those that say a value again ("62 months or longer (median 62 months)"): the
    one with more company stays."""
    best: dict[tuple[object, ...], Row] = {}
    for row in rows:
        head = row.head
        key = (row.hit, head.value, head.unit, row.arm) if head and head.value else (row.at,)
        last = best.get(key)
        if last is None or row.hit is None:
            best[(*key, row.at) if last else key] = row
        elif len(row.attached) > len(last.attached):
            best[key] = row
    return tuple(sorted(best.values(), key=lambda r: r.at.start))


def _said(text: str, hit: Hit | None) -> str:
    return text[hit.start : hit.end] if hit else ""


def _treated(place: Place) -> Iterator[tuple[Mention, str]]:
    """Participants treated, as a claim."""
    endpoint = next(
        (e for e in place.vocabulary.endpoints if e.name == "participants treated"), None
    )
    if endpoint is None or place.post_id is not None:
        return
    text, cue = place.sentence.text, place.vocabulary.has
    if cue("cue", "aim", text) and place.sentence.section in ("background", "methods"):
        return
    but = all_but(text, place.context.enrolled)
    told = [(n, None, a, b) for n, a, b in treated_in(text)] + ([but] if but else [])
    for n, of, start, end in told:
        row = Row(endpoint=endpoint, head=None, at=Span(start, end))
        mention = replace(
            built(place, row),
            value=float(n),
            unit="patients",
            measure="count",
            n=n,
            flags=("derived",) if of else (),
            direction="neutral",
            timepoint=None,
            timepoint_months=None,
            subgroup=None,
            score=0.85,
        )
        yield mention, text[start:end]
