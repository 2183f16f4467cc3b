"""One page or document, from bytes to rows: total and picklable, so that any `map` may run it.

::

    Page ──choose reader──▶ RawDocument… ──thread, judge──▶ Thread ──code──▶ Codings ─┐
                                 └ unchanged: skipped          └──extract──▶ Mentions ┴▶ Analysis
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from community import threads
from community.contracts import Coder, Reader
from community.discovery.options import Discovery
from community.errors import CommunityError, SourceError
from community.ids import sha256
from community.linked import Linked
from community.matching import keep_ids
from community.types import (
    MAX_READ,
    Analysis,
    Coding,
    Ledger,
    Mention,
    Page,
    Problem,
    RawDocument,
    Thread,
)

# what a reader that cannot stream may be handed at once, in bytes
MAX_PAGE = MAX_READ
# characters of article text from which results are extracted; no report is as long
MAX_ARTICLE = 500_000
# of a reader that need not be compared with those that must read all to tell
_SURE = 0.8
# from here on a page of many documents is read by the process that hands out the work
BIG_PAGE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The replaceable parts, in the order in which data meets them, and what they all amount to.

    `version` covers code, options, codebook, lexicons and models: another version, another result.
    `discover` finds the topics of all posts together; None where the study wants none.
    """

    readers: tuple[tuple[str, Reader], ...]
    judges: tuple[Callable[[Thread], Thread], ...]
    coders: tuple[Coder, ...]
    extract: Callable[[Thread], tuple[Mention, ...]]
    merge: Callable[[Iterable[Mention], Mapping[Mention, tuple[str, str]]], Ledger]
    prepare: Callable[[Ledger], Any]  # what the linker makes of a ledger, once for all threads
    link: Callable[[Thread, Any, Sequence[Coding]], Linked]
    version: str
    discover: Discovery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work: a whole page, or one document of a big one.

    `known` gives the fingerprint of each of the source's documents as stored, `previous` their
    threads, by thread key. `last` marks the piece after which the source has been read; a big
    page ends with a `closing` piece that holds no document, only how the reading went.
    """

    page: Page
    raw: RawDocument | None = None
    ordinal: int = 0
    known: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, Thread] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    last: bool = True
    closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a job gave: (ordinal, thread key, analysis, or None where nothing changed)."""

    source: str
    items: tuple[tuple[int, str, Analysis | None], ...] = ()
    problems: tuple[Problem, ...] = ()
    last: bool = True
    complete: bool = True  # the source was read to its end


def choose(steps: Steps, page: Page) -> tuple[str, Reader]:
    """The reader that is surest that the page is its own; of equals the first by name.

    Readers with `asked_last` read the whole page to tell; they are asked only where none of the
    others is `_SURE`.

    Raises:
        SourceError: none is, or the page is empty or too large for the one that is.
    """
    if not page.size:
        raise SourceError(page.key, "is empty", "save the page again")
    asked: list[tuple[float, int]] = []
    for late in (False, True):
        if not late or max(asked, default=(0.0, 0))[0] < _SURE:
            asked += [
                (reader.sniff(page), -i)
                for i, (_, reader) in enumerate(steps.readers)
                if getattr(reader, "asked_last", False) is late
            ]
    surest, at = max(asked)
    name, reader = steps.readers[-at]
    if surest <= 0:
        known = ", ".join(name for name, _ in steps.readers)
        raise SourceError(page.key, "is in no format that we read", f"readers: {known}")
    if page.size > MAX_PAGE and not getattr(reader, "streams", False):
        limit = f"larger than {MAX_PAGE >> 20} MiB, too large for a page in format {name}"
        raise SourceError(page.key, limit, "split it, or export it as JSONL or CSV")
    return name, reader


def fingerprint(raw: RawDocument, source: str, version: str) -> str:
    """What decides whether a document is analysed anew: all that was read, and with what."""
    digest = hashlib.sha256(repr(raw).encode("utf-8", "surrogatepass"))
    digest.update(sha256(f"{source}\x00{version}").encode())
    return digest.hexdigest()


def analyse_document(
    steps: Steps, raw: RawDocument, page: Page, previous: Thread | None = None
) -> Analysis:
    """One document, threaded, judged, coded, its claims extracted.

    Raises:
        CommunityError: the document cannot be analysed.
    """
    thread, repairs = threads.build(raw, source=page.key, retrieved_at=page.retrieved_at)
    for judge in steps.judges:
        thread = judge(thread)
    words = thread.posts or any(len(span) for span in raw.article) or raw.ledger
    if not words and (raw.study is None or not raw.text.strip()):
        raise SourceError(page.key, "holds no words that we can read", "save the page again")
    thread = keep_ids(thread, previous)
    coded = [coder(thread) for coder in steps.coders]
    problems = [Problem(source=page.key, stage="read", reason=why) for why in repairs]
    mentions = raw.ledger
    if sum(map(len, raw.article)) > MAX_ARTICLE:
        told = f"article longer than {MAX_ARTICLE} characters: its results were not extracted"
        problems.append(Problem(source=page.key, stage="claims", reason=f"{told}; split it"))
    elif not mentions:
        mentions = steps.extract(thread)
    return Analysis(
        thread=thread,
        fingerprint=fingerprint(raw, page.key, steps.version),
        codings=tuple(coding for one in coded for coding in one.codings),
        scores=tuple(score for one in coded for score in one.scores),
        mentions=tuple(mentions),
        problems=tuple(problems),
    )


def failed(source: str, stage: str, error: Exception) -> Problem:
    """The row that says what went wrong: in our words, or, for a defect of ours, in Python's."""
    if isinstance(error, CommunityError):
        told = f"{error.reason}; {error.advice}" if error.advice else error.reason
        where = error.subject if error.subject != source else None
        return Problem(source=source, stage=stage, reason=told, where=where)
    told = f"internal error, please report it: {type(error).__name__}: {error}"
    return Problem(source=source, stage=stage, reason=told)


def _documents(
    steps: Steps, job: Job, problems: list[Problem]
) -> Iterator[tuple[int, RawDocument]]:
    if job.closing:
        return
    if job.raw is not None:
        yield job.ordinal, job.raw
        return
    try:
        _, reader = choose(steps, job.page)
        yield from enumerate(reader.read(job.page))
    except (CommunityError, OSError) as error:
        problems.append(failed(job.page.key, "read", error))
    except Exception as error:  # noqa: BLE001 — one bad page must not end the run; it is reported
        problems.append(failed(job.page.key, "read", error))


def analyse(steps: Steps, job: Job) -> Outcome:
    """A job's outcome. Total: what goes wrong with a document becomes a problem of its source."""
    problems = list(job.problems)
    items: list[tuple[int, str, Analysis | None]] = []
    for ordinal, raw in _documents(steps, job, problems):
        key = raw.thread_key
        if job.known.get(key) == fingerprint(raw, job.page.key, steps.version):
            items.append((ordinal, key, None))
            continue
        try:
            made = analyse_document(steps, raw, job.page, job.previous.get(key))
            items.append((ordinal, key, made))
        except Exception as error:  # noqa: BLE001 — the document is the unit of failure
            problems.append(failed(job.page.key, "analyse", error))
    return Outcome(
        source=job.page.key,
        items=tuple(items),
        problems=tuple(problems),
        last=job.last,
        complete=not problems,
    )


def link(
    steps: Steps, index: Any, work: tuple[int, Thread, Sequence[Coding]]
) -> tuple[int, Linked]:
    """What the posts of one stored thread say of the ledger, with the thread's number."""
    seq, thread, codings = work
    return seq, steps.link(thread, index, codings)
