"""The one function that does the job, `run`, and nothing else.

::

    pages ─fresh?─▶ jobs ──map(analyse)──▶ outcomes ─settle─▶ store        (one transaction each)
                      └ unchanged: skipped                      │
    exports ◀── store ◀──map(link)── threads × ledger ◀─merge── mentions
                  └──discover── posts of all threads, and the topics of the last run

`analyse` and `link` run wherever `map` runs them; this process alone writes. Deciding what is fresh
compares content, never dates. A killed run is resumed by the same command: what was stored stays,
the rest is done, the result is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from community import rows
from community.analysis import (
    BIG_PAGE,
    Job,
    Outcome,
    Steps,
    analyse,
    choose,
    failed,
    fingerprint,
    link,
)
from community.discovery.nouns import Found, Said
from community.discovery.posts import said
from community.errors import CommunityError
from community.ids import document_id, sha256
from community.linked import Linked
from community.matching import settle
from community.types import (
    Analysis,
    Coding,
    Document,
    Ledger,
    Mention,
    Page,
    Problem,
    Run,
    Thread,
)

A = TypeVar("A")
B = TypeVar("B")
Map = Callable[[Callable[[A], B], Iterable[A]], Iterable[B]]
Progress = Callable[[str, int, int | None], None]


class Store(Protocol):
    """What the pipeline asks of a store."""

    def start_run(self, started_at: str) -> int: ...
    def finish_run(self, number: int, finished_at: str, meta: Mapping[str, Any]) -> None: ...
    def sources(self) -> dict[str, tuple[str, str | None]]: ...
    def put_source(
        self, key: str, path: str, fingerprint: str | None, problems: Iterable[Problem] = ()
    ) -> None: ...
    def mark_vanished(self, keys: Iterable[str]) -> None: ...
    def forget_missing(self, source: str, document_ids: set[str]) -> None: ...
    def known(self, source: str) -> list[Any]: ...
    def put(self, document: Document, made: Mapping[str, list[Any]], **facts: Any) -> None: ...
    def thread(self, seq: int) -> Thread: ...
    def codings(self, seq: int) -> list[Coding]: ...
    def linked(self, seq: int) -> Linked: ...
    def mentions(self) -> list[tuple[str, Mention]]: ...
    def ledger_of(self) -> Mapping[str, tuple[Any, ...]]: ...

    def put_ledger(self, ledger: Ledger, ids: Mapping[Mention, str]) -> None: ...
    def unlinked(self, fingerprint: str) -> list[int]: ...
    def put_linked(self, seq: int, linked: Linked, *, fingerprint: str, run: int) -> None: ...
    def documents(self) -> Iterator[tuple[int, Document]]: ...
    def posts_digest(self) -> str: ...
    def foreign_posts(self) -> set[str]: ...
    def topics(self) -> Found | None: ...
    def put_topics(self, found: Found) -> None: ...
    def put_problems(self, problems: Iterable[Problem]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page to read (or the reason why it could not be opened) and the path it came from."""

    key: str
    path: str
    page: Page | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run is given from outside: how to map, what time it is, whom to tell."""

    map: Map[Any, Any] = map
    now: Callable[[], str]
    clock: Callable[[], float]
    progress: Progress = lambda _stage, _done, _total: None


@dataclass(slots=True)
class _Tally:
    """What a run counts as it goes."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by


def _page_fingerprint(page: Page, version: str) -> str:
    """What decides whether a source is read again: its bytes as they lie there, and what reads."""
    digest = hashlib.sha256()
    for name, opener in (("", page.stored or page.open), *sorted(page.parts.items())):
        digest.update(name.encode())
        with opener() as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    digest.update(version.encode())
    return digest.hexdigest()


def _previous(store: Store, source: str) -> dict[str, Thread]:
    return {known.thread_key: store.thread(known.seq) for known in store.known(source)}


def _big_page(page: Page, store: Store, steps: Steps) -> Iterator[Job]:
    """A job for each document of a big page, read as a stream, and one that closes it."""
    known = {k.thread_key: k for k in store.known(page.key)}
    problems: list[Problem] = []
    try:
        _, reader = choose(steps, page)
        for ordinal, raw in enumerate(reader.read(page)):
            old = known.get(raw.thread_key)
            same = old is not None and old.fingerprint == fingerprint(raw, page.key, steps.version)
            previous = {} if old is None or same else {raw.thread_key: store.thread(old.seq)}
            marks = {raw.thread_key: old.fingerprint} if old else {}
            yield Job(
                page=page, raw=raw, ordinal=ordinal, known=marks, previous=previous, last=False
            )
    except Exception as error:  # noqa: BLE001 — one bad page must not end the run; it is reported
        problems.append(failed(page.key, "read", error))
    yield Job(page=page, closing=True, problems=tuple(problems))


def _jobs(
    sources: Iterable[Source], store: Store, steps: Steps, marks: dict[str, str], tally: _Tally
) -> Iterator[Job]:
    """Work for every source whose content, or what reads it, has changed; `marks` collects their
    fingerprints."""
    known = store.sources()
    for source in sources:
        tally.add("sources")
        page = source.page
        if isinstance(page, Problem):
            store.put_source(source.key, source.path, None, [page])
            tally.add("problems")
            continue
        try:
            mark = _page_fingerprint(page, steps.version)
        except (OSError, CommunityError) as error:
            ours = isinstance(error, CommunityError)
            told = error if ours else CommunityError(source.key, str(error))
            problem = failed(source.key, "find", told)
            store.put_source(source.key, source.path, None, [problem])
            tally.add("problems")
            continue
        if known.get(source.key) == (source.path, mark):
            tally.add("unchanged", len(store.known(source.key)))
            continue
        marks[source.key] = mark
        if page.size > BIG_PAGE:
            yield from _big_page(page, store, steps)
        else:
            old = {k.thread_key: k.fingerprint for k in store.known(source.key)}
            yield Job(page=page, known=old, previous=_previous(store, source.key) if old else {})


def _store_document(
    store: Store, analysis: Analysis, known: Mapping[str, int], ordinal: int, run: int
) -> None:
    document = analysis.thread.document
    seq = known.get(document.id)
    if seq is not None:
        analysis = settle(analysis, store.thread(seq), store.codings(seq))
    facts = {"fingerprint": analysis.fingerprint, "ordinal": ordinal, "run": run}
    store.put(document, rows.of_analysis(analysis), **facts)


class _Stored:
    """Numbers of the stored documents of the source at hand, looked up once for a source."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._source: str | None = None
        self._seqs: dict[str, int] = {}

    def of(self, outcome: Outcome, seen: set[str]) -> dict[str, int]:
        """Number by document; those that this run has stored count where they come again."""
        ids = {document_id(outcome.source, key) for _, key, _ in outcome.items}
        if outcome.source != self._source or ids & seen:
            self._source = outcome.source
            self._seqs = {k.document_id: k.seq for k in self._store.known(outcome.source)}
        return self._seqs


def _take(
    store: Store, outcome: Outcome, seqs: Mapping[str, int], run: int, tally: _Tally
) -> set[str]:
    """Stores what a job gave; returns the ids of the documents that its source still has."""
    seen = set()
    for ordinal, key, analysis in outcome.items:
        seen.add(document_id(outcome.source, key))
        if analysis is None:
            tally.add("unchanged")
            continue
        _store_document(store, analysis, seqs, ordinal, run)
        tally.add("analysed")
        tally.add("posts", len(analysis.thread.posts))
        tally.add("problems", len(analysis.problems))
    tally.add("problems", len(outcome.problems))
    return seen


def _analyse_all(
    sources: Sequence[Source], store: Store, steps: Steps, world: World, tally: _Tally
) -> None:
    marks: dict[str, str] = {}
    paths = {source.key: source.path for source in sources}
    seen: dict[str, set[str]] = {}
    trouble: dict[str, list[Problem]] = {}
    run = tally.counts["run"]
    jobs = _jobs(sources, store, steps, marks, tally)
    stored = _Stored(store)
    for done, outcome in enumerate(world.map(partial(analyse, steps), jobs), 1):
        here = seen.setdefault(outcome.source, set())
        here |= _take(store, outcome, stored.of(outcome, here), run, tally)
        trouble.setdefault(outcome.source, []).extend(outcome.problems)
        world.progress("analyse", done, len(sources))
        if outcome.last:
            key = outcome.source
            problems = trouble.pop(key)
            if not problems:  # a source that broke midway proves nothing about what it lacks
                store.forget_missing(key, seen.pop(key))
            store.put_source(key, paths[key], marks.pop(key), problems)


def _link_all(store: Store, steps: Steps, world: World, tally: _Tally) -> None:
    """Makes the ledger, and links, numbers and questions of every thread whose posts or whose
    ledger changed."""
    mentions = store.mentions()
    last = store.ledger_of()
    before = {mention: last[name][:2] for name, mention in mentions if name in last}
    ledger = steps.merge([mention for _, mention in mentions], before)
    store.put_ledger(ledger, {mention: name for name, mention in mentions})
    mark = sha256(repr(ledger) + steps.version)
    todo = store.unlinked(mark)
    work = ((seq, store.thread(seq), store.codings(seq)) for seq in todo)
    linked = partial(link, steps, steps.prepare(ledger)) if todo else None
    for done, (seq, made) in enumerate(world.map(linked, work) if linked else (), 1):
        made = rows.kept(made, store.linked(seq), store.thread(seq))
        store.put_linked(seq, made, fingerprint=mark, run=tally.counts["run"])
        world.progress("link", done, len(todo))
    tally.counts["claims"] = len(ledger.claims)
    tally.counts["linked"] = len(todo)


def _voices(store: Store) -> tuple[list[Said], set[str | None]]:
    """Every post whose words are there, and the names of all who wrote."""
    foreign = store.foreign_posts()
    posts: list[Said] = []
    authors: set[str | None] = set()
    for seq, _ in store.documents():
        thread = store.thread(seq)
        posts += said(thread, foreign)
        authors.update(post.author for post in thread.posts)
    return posts, authors


def _find_topics(store: Store, steps: Steps, tally: _Tally) -> Found:
    """The topics of all posts; those of the last run where neither posts nor program changed."""
    before = store.topics() or Found()
    mark = sha256(f"{store.posts_digest()} {steps.version} {steps.discover!r}")
    if before.digest == mark:
        return before
    number = tally.counts["run"]
    if steps.discover is None:
        found = Found(reason="turned off in study.toml", ids=before.ids)
    else:
        posts, authors = _voices(store)
        try:
            found = steps.discover(posts, authors=authors, before=before, run=number)
        except Exception as error:  # noqa: BLE001 — topics must not cost the rest; it is reported
            store.put_problems([failed("topics", "topics", error)])
            tally.add("problems")
            return before
    found = replace(found, run=number, digest=mark)
    store.put_topics(found)
    store.put_problems([])
    return found


def run(
    sources: Sequence[Source], store: Store, steps: Steps, world: World, *, whole: bool = True
) -> Run:
    """Reads, threads, codes, extracts and links what changed, and stores it.

    Args:
        sources: what the study reads.
        store: where it is kept; only this process writes to it.
        steps: the replaceable parts.
        world: map, clock, progress.
        whole: whether `sources` are all of the study's, so that one that is missing has vanished.

    Returns:
        what the run did; also stored as the study's last run.

    Raises:
        StoreError: the store cannot be written. What was stored before stays.
    """
    started, began = world.now(), world.clock()
    tally = _Tally(counts={"run": store.start_run(started)})
    if whole:
        keys = {source.key for source in sources}
        gone = sorted(set(store.sources()) - keys)
        store.mark_vanished(gone)
        tally.add("vanished", len(gone))
    _analyse_all(sources, store, steps, world, tally)
    analysed = world.clock()
    _link_all(store, steps, world, tally)
    linked = world.clock()
    topics = _find_topics(store, steps, tally)
    tally.counts["topics"] = len(topics.topics)
    tally.seconds = {
        "analyse": analysed - began,
        "link": linked - analysed,
        "topics": world.clock() - linked,
    }
    counts = tally.counts
    done = Run(
        number=counts["run"],
        started_at=started,
        finished_at=world.now(),
        counts={k: counts.get(k, 0) for k in _COUNTS},
        seconds=tally.seconds,
    )
    meta = {"version": steps.version, "counts": done.counts, "seconds": done.seconds}
    meta["topics"] = topics.told()
    store.finish_run(done.number, done.finished_at, meta)
    return done


_COUNTS = (
    "sources",
    "analysed",
    "unchanged",
    "vanished",
    "posts",
    "claims",
    "linked",
    "topics",
    "problems",
)
