"""The nouns of the field, frozen, with nothing but the standard library and our errors below them.

Three families, so that a signature tells its stage: what a source said (`Page`, `RawDocument`,
`RawPost`), what we made of it (`Document`, `Thread`, `Post`, `Coding`, `Mention`, `Claim`, `Link`),
and what a run has to say about itself (`Problem`, `Run`).

Offsets, everywhere: half-open, in Unicode code points, into the *document's* text as read
(decoded, newlines ``\\n``, otherwise untouched; for markup, the text that the reader built). Times
are ISO 8601 strings, with an offset only where the source states one. ``None`` means *not stated*;
0 is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from community.errors import SourceError
from community.reported import Reported

MAX_READ = 64 * 1024 * 1024  # bytes of a page that are ever held at once

Kind = Literal["discussion", "article", "both"]
Status = Literal["present", "removed", "deleted", "withdrawn"]
Role = Literal["patient", "carer", "professional", "unknown"]
Layer = Literal["topic", "sentiment", "stance"]
Direction = Literal["favourable", "unfavourable", "neutral"]
Relation = Literal[
    "supports", "disputes", "questions", "asks", "experience-for", "experience-against", "mentions"
]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of a document's text, in code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span {self.start}:{self.end} is not a stretch of text")

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """The words that the span covers in `text`."""
        return text[self.start : self.end]


# ---- what a source said -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Bytes as found, not yet read.

    `key` names the source in the study, portably (never an absolute path); `open` gives the bytes
    anew at each call and must be picklable; `head` holds the first bytes (64 KiB), for sniffing.
    Of a compressed file all of this is about the bytes in it: `open` decompresses, and `size` is
    exact up to `MAX_READ`, and beyond that only said to be more; `stored` gives the compressed
    ones. `parts` are files beside it that belong to the same source, by name.
    """

    key: str
    head: bytes
    size: int
    open: Callable[[], BinaryIO]
    url: str | None = None
    retrieved_at: str | None = None
    stored: Callable[[], BinaryIO] | None = None
    parts: Mapping[str, Callable[[], BinaryIO]] = field(default_factory=dict)

    def read(self) -> bytes:
        """All bytes. Streams (dumps) use `open` instead.

        Raises:
            SourceError: there are more than `MAX_READ`, or they cannot be decompressed.
        """
        with self.open() as stream:
            data = stream.read(MAX_READ + 1)
        if len(data) > MAX_READ:
            reason = f"larger than {MAX_READ >> 20} MiB, too large to be read in one piece"
            raise SourceError(self.key, reason, "split it, or give JSON lines or CSV")
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class RawQuote:
    """A quoted passage as its source marks it up: where it stands, and what the markup says."""

    span: Span
    author: str | None = None
    native_id: str | None = None  # of the post quoted
    posted_at: str | None = None
    external: bool = False  # the markup itself says that it quotes something outside the thread


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPost:
    """One contribution as its source gives it; nothing judged, nothing repaired.

    `parent_native_id` is a pointer to another post's `native_id` ("" or None: none). Where the
    source has no pointers, `level` is the rank of its indent or nesting (0 = top), and the parent
    follows from it. `gap` says that the layout itself shows a missing parent.
    """

    span: Span
    native_id: str | None = None
    parent_native_id: str | None = None
    level: int | None = None
    gap: bool = False
    author: str | None = None
    author_native_id: str | None = None
    platform_role: str | None = None
    posted_at: str | None = None
    time_precision: Literal["second", "minute", "day", "month", "relative"] | None = None
    status: Status = "present"
    addressee: str | None = None  # the source names who is answered ("Reply to NAME")
    quotes: tuple[RawQuote, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """A page or one thread of a dump, as read: its text, where its posts and its article stand.

    `article` lists the stretches of article text, page furniture left out, in order. `thread_key`
    tells threads of one source apart ("" where the source is one thread). `complete` is False
    where the reader knows that posts are missing, and `note` says why. `problems` are reasons for
    rows of ``problems.csv`` that did not stop the reading. `ledger` carries ready claims. `study`
    is given by sources that name it in fields; such a record is a document without results too.
    """

    thread_key: str = ""
    reader: str
    text: str
    title: str | None = None
    title_span: Span | None = None
    article: tuple[Span, ...] = ()
    posts: tuple[RawPost, ...] = ()
    complete: bool = True
    note: str | None = None
    url: str | None = None
    published_at: str | None = None
    article_author: str | None = None
    lang: str | None = None
    problems: tuple[str, ...] = ()
    flat: bool = False  # a forum without nesting: the first quoted post is the parent
    pointers: bool = False  # parents are the platform's own pointers, not a nesting that is capped
    ledger: tuple[Mention, ...] = ()
    study: Reported | None = None


# ---- what we made of it -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page or thread with an identity: `id` = hash(source key, thread key), never of content."""

    id: str
    source: str
    thread_key: str = ""
    reader: str
    text: str
    kind: Kind
    title: str | None = None
    title_span: Span | None = None
    article: tuple[Span, ...] = ()
    article_author: str | None = None
    complete: bool = True
    note: str | None = None
    url: str | None = None
    published_at: str | None = None
    retrieved_at: str | None = None
    lang: str | None = None
    pointers: bool = False  # as in RawDocument; needed while judging, not stored
    study: Reported | None = None  # as in RawDocument; needed for claims, not stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words in a post that are repeated from elsewhere, never coded as its own; `of` is the
    id of the post quoted, ``"article"``, or ``"external"``."""

    span: Span
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One contribution. `text` is the document's text at `span`, quotes included.

    `parent_id` is structural (pointer, nesting, indent; in a flat forum the first quoted post);
    `gap` says that a parent existed and is not on the page. `answers_id` is judged, with score and
    reason. `role` is judged from words (`role_span` tells which), `platform_role` is the site's.
    """

    id: str
    document_id: str
    thread_id: str
    position: int
    span: Span
    text: str
    depth: int = 0
    native_id: str | None = None
    parent_id: str | None = None
    parent_native_id: str | None = None
    gap: bool = False
    answers_id: str | None = None
    answers_score: float | None = None
    answers_reason: str | None = None
    author: str | None = None
    author_native_id: str | None = None
    role: Role = "unknown"
    role_score: float | None = None
    role_span: Span | None = None
    platform_role: str | None = None
    posted_at: str | None = None
    time_precision: str | None = None
    status: Status = "present"
    lang: str | None = None
    url: str | None = None
    quotes: tuple[Quote, ...] = ()
    # stretches that are neither quoted nor pasted headers: what the poster says
    own: tuple[Span, ...] = ()

    def own_text(self) -> str:
        """`text` with everything that is not the poster's own blanked: character i of the result is
        character i of `text`, or a space; newlines stay."""
        if self.own == (self.span,):
            return self.text
        blank = ["\n" if c == "\n" else " " for c in self.text]
        for span in self.own:
            a, b = span.start - self.span.start, span.end - self.span.start
            blank[a:b] = self.text[a:b]
        return "".join(blank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A document and its posts in page order."""

    document: Document
    posts: tuple[Post, ...] = ()

    def by_id(self) -> dict[str, Post]:
        """Posts by their id."""
        return {post.id: post for post in self.posts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """A code applied to a post by a coder (``human:a``, ``rules``, ``vader``, ``model:…``).

    Gold and prediction are the same type; authority is the coder. `evidence` holds the stretches
    (document offsets, strongest first) that justify it; an abstention says why in `reason`.
    """

    post_id: str
    layer: Layer
    code: str
    coder: str
    polarity: str | None = None
    whose: str | None = None
    score: float | None = None
    raw: float | None = None
    abstained: bool = False
    reason: str | None = None
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A coder's probability for one code on one post, whether or not the code was given."""

    post_id: str
    code: str
    coder: str
    probability: float
    raw: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """What a coder says of a thread."""

    codings: tuple[Coding, ...] = ()
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place that states one reported result. Fields as the columns of ``claims.csv``.

    `value` is in `unit` ("%", "patients", "months", "EDSS points", …); `ci_*` are confidence
    intervals only, with `ci_level` in percent; ranges and IQRs stand in `spread_*`.
    """

    document_id: str
    span: Span
    post_id: str | None = None
    trial: str | None = None
    registration: str | None = None
    doi: str | None = None
    population: str | None = None
    intervention: str | None = None
    comparator: str | None = None
    endpoint: str
    measure: str | None = None
    value: float | None = None
    unit: str | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    p_value: str | None = None
    n: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    timepoint: str | None = None
    timepoint_months: float | None = None
    followup: str | None = None
    direction: Direction | None = None
    subgroup: str | None = None
    arm: str | None = None
    spread_kind: str | None = None
    spread_low: float | None = None
    spread_high: float | None = None
    flags: tuple[str, ...] = ()
    score: float | None = None
    text: str | None = None  # the words that state it; None where the source has none
    known_as: tuple[str, ...] = ()  # further names of the trial; no column
    given_id: str | None = None  # the claim's id in a user's own ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One reported result with every place that states it; `version_group` ties what may be
    versions of one result (3-year and 5-year, rounded and exact)."""

    id: str
    version_group: str
    mentions: tuple[Mention, ...]
    flags: tuple[str, ...] = ()

    def best(self) -> Mention:
        """The mention that states most."""
        return max(self.mentions, key=_stated)


def _stated(mention: Mention) -> int:
    told = (mention.value, mention.ci_low, mention.timepoint, mention.n, mention.trial, mention.doi)
    return sum(value is not None for value in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All claims of a study, in a stable order."""

    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A post speaks to a claim (``claim:ID``), a trial (``trial:NAME``) or an intervention
    (``intervention:NAME``). `hops` is 0 where the target stands in the post's own words, n where it
    is inherited from n posts up; the evidence is always in the post's own words."""

    post_id: str
    refers_to: str
    relation: Relation
    coder: str
    score: float | None = None
    hops: int = 0
    evidence: Span


# ---- what a run has to say --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that went wrong and did not stop the rest. `where` is a line, offset or post."""

    source: str
    stage: str
    reason: str
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that one document gave."""

    thread: Thread
    fingerprint: str
    codings: tuple[Coding, ...] = ()
    scores: tuple[Score, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one execution did: counts by name, seconds by stage."""

    number: int
    started_at: str
    finished_at: str
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
