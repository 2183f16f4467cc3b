"""The tables we publish, declared once: the store's schema, the CSV writers, the Table Schemas in
``datapackage.json`` and the data dictionary all derive from here.

A column is added at the end of its table, never renamed: researchers' scripts depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "number", "probability", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and what it may hold."""

    name: str
    kind: Kind
    about: str
    enum: tuple[str, ...] = ()
    required: bool = False
    references: str = ""  # "table.column"
    personal: bool = False  # left out of, or masked in, what is shared


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row is, its key and its columns in publication order."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    computed: bool = True  # False: header only until the version that brings its content

    def names(self) -> tuple[str, ...]:
        """Column names in publication order."""
        return tuple(column.name for column in self.columns)


def _s(name: str, about: str, enum: str = "", **more: object) -> Column:
    return Column(name, "string", about, tuple(enum.split()), **more)  # type: ignore[arg-type]


def _i(name: str, about: str, **more: object) -> Column:
    return Column(name, "integer", about, **more)  # type: ignore[arg-type]


def _n(name: str, about: str, **more: object) -> Column:
    return Column(name, "number", about, **more)  # type: ignore[arg-type]


def _p(name: str, about: str, **more: object) -> Column:
    return Column(name, "probability", about, **more)  # type: ignore[arg-type]


def _b(name: str, about: str, **more: object) -> Column:
    return Column(name, "boolean", about, **more)  # type: ignore[arg-type]


_DOC = _s("document_id", "document", required=True, references="documents.document_id")
_POST = _s("post_id", "post", required=True, references="posts.post_id")
_START = _i("start", "first character, code points into the document's text", required=True)
_END = _i("end", "one past the last character", required=True)
_LAYERS = "topic sentiment stance"
_RELATIONS = "supports disputes questions asks experience-for experience-against mentions"
_ROLES = "patient carer professional unknown"

DOCUMENTS = Table(
    "documents",
    "document: a page, or one thread of a dump",
    (
        _s("document_id", "hash of source key and thread key, never of content", required=True),
        _s("source", "key of the source in the study", required=True, personal=True),
        _s("title", "title as found", personal=True),
        _s("kind", "what the document holds", "discussion article both", required=True),
        _s("reader", "the reader that read it", required=True),
        _s("text_sha256", "SHA-256 of the text that all offsets index", required=True),
        _i("posts", "posts in it", required=True),
        _i("claims", "mentions of results in it", required=True),
        _b("complete", "false where the reader knows that posts are missing", required=True),
        _s("note", "why the document is incomplete or unusual"),
        _s("url", "address", personal=True),
        _s("published_at", "when the article was published, ISO 8601"),
        _s("retrieved_at", "when the page was fetched, ISO 8601"),
        _s("lang", "language, BCP 47"),
    ),
    ("document_id",),
)
POSTS = Table(
    "posts",
    "post",
    (
        _s("post_id", "hash of document and native id, else of own words", required=True),
        _DOC,
        _s("thread_id", "thread", required=True),
        _i("position", "place on the page, from 0", required=True),
        _s("native_id", "id on the platform", personal=True),
        _s("parent_id", "post answered by the page's layout", references="posts.post_id"),
        _s("parent_native_id", "the platform's pointer to the parent", personal=True),
        _s("answers_id", "post really answered, as judged", references="posts.post_id"),
        _i("depth", "0 for a post on the article, an opener or a submission", required=True),
        _b("gap", "the post it answered by layout is not on the page", required=True),
        _s("author", "pseudonym (or the name, with --identities keep)", personal=True),
        _s("role", "role as judged from words", _ROLES, required=True),
        _s("posted_at", "when, ISO 8601, with offset where known"),
        _i("start", "first character in the document's text; empty once withdrawn"),
        _i("end", "one past the last character"),
        _i("words", "words of the poster's own", required=True),
        _s("text", "the post as it stands, quotes included", personal=True),
        _s("status", "state of the post", "present removed deleted withdrawn", required=True),
        _p("answers_score", "probability that answers_id is right"),
        _s("answers_reason", "what decided answers_id"),
        _s("platform_role", "role as the site states it", personal=True),
        _p("role_score", "probability that role is right"),
        _i("role_start", "start of the words that tell the role"),
        _i("role_end", "end of them"),
        _s("lang", "language, BCP 47"),
        _s("time_precision", "precision of posted_at", "second minute day month relative"),
        _s("url", "address of the post", personal=True),
    ),
    ("post_id",),
)
QUOTES = Table(
    "quotes",
    "quoted passage in a post",
    (
        _POST,
        _START,
        _END,
        _s("of", "post_id quoted, 'article' or 'external'", required=True),
        _s("text", "the words", personal=True),
    ),
)
CODINGS = Table(
    "codings",
    "post x coder x code x whose",
    (
        _s("coding_id", "hash of post, coder, layer, code and whose", required=True),
        _POST,
        _s("layer", "layer of the codebook", _LAYERS, required=True),
        _s("code", "code; for sentiment, its value", required=True),
        _s("polarity", "polarity of a stance"),
        _s("whose", "whose experience", "self close others"),
        _p("score", "calibrated probability"),
        _n("raw", "the coder's own number (VADER: compound)"),
        _b("abstained", "the coder was not sure, and says so", required=True),
        _s("reason", "why it abstained, or what decided"),
        _s("coder", "who coded: rules, vader, model:…, human:…", required=True),
        _i("evidence_start", "start of the strongest evidence"),
        _i("evidence_end", "end of it"),
        _s("evidence", "its words", personal=True),
    ),
    ("coding_id",),
)
EVIDENCE = Table(
    "evidence",
    "evidence span of a coding",
    (
        _s("coding_id", "coding", required=True, references="codings.coding_id"),
        _START,
        _END,
        _s("text", "the words", personal=True),
    ),
)
SCORES = Table(
    "scores",
    "post x code x coder, negatives too",
    (
        _POST,
        _s("code", "code", required=True),
        _s("coder", "coder", required=True),
        _p("probability", "probability that the code applies"),
        _n("raw", "the coder's own number"),
    ),
)
CLAIMS = Table(
    "claims",
    "mention of a reported result",
    (
        _s("claim_id", "one result, however often it is mentioned", required=True),
        _s("mention_id", "this place", required=True),
        _DOC,
        _s("post_id", "post that states it; empty for an article", references="posts.post_id"),
        _s("trial", "trial or series"),
        _s("registration", "registry number"),
        _s("doi", "DOI of the report"),
        _s("population", "who was treated"),
        _s("intervention", "treatment"),
        _s("comparator", "compared with"),
        _s("endpoint", "endpoint, in the vocabulary's preferred words", required=True),
        _s("measure", "kind of estimate"),
        _n("value", "the estimate; 0 is a value"),
        _s("unit", "its unit"),
        _n("ci_low", "lower bound of the confidence interval"),
        _n("ci_high", "upper bound of it"),
        _n("ci_level", "its level in percent"),
        _s("p_value", "p value as stated, with its sign"),
        _i("n", "participants that the result is about"),
        _i("numerator", "how many had it"),
        _i("denominator", "of how many"),
        _s("timepoint", "when assessed, as stated"),
        _s("direction", "for the people treated", "favourable unfavourable neutral"),
        _START,
        _END,
        _s("text", "the words"),
        _s("subgroup", "subgroup that the result is about"),
        _s("arm", "arm that the result is about"),
        _s("spread_kind", "what spread_low and spread_high are", "IQR range SD"),
        _n("spread_low", "lower end of the spread, or the SD"),
        _n("spread_high", "upper end of the spread"),
        _n("timepoint_months", "timepoint in months"),
        _s("followup", "length of follow-up, as stated"),
        _s("version_group", "claims that may be versions of one result"),
        _s("flags", "what a reader should check, separated by ';'"),
        _p("score", "probability that the row is right"),
    ),
    ("mention_id",),
)
LINKS = Table(
    "links",
    "post x claim, trial or intervention",
    (
        _POST,
        _s("refers_to", "claim:ID, trial:NAME or intervention:NAME", required=True),
        _s("relation", "what the post does to it", _RELATIONS, required=True),
        _p("score", "probability that the link is right"),
        _i("hops", "0: target in own words; n: inherited from n posts up", required=True),
        _s("coder", "who linked", required=True),
        _i("evidence_start", "start of the words that carry the relation"),
        _i("evidence_end", "end of them"),
        _s("evidence", "the words", personal=True),
    ),
)
_SAID_START = _i("start", "first character, code points; empty once the post is withdrawn")
_SAID_END = _i("end", "one past the last character")
QUOTED_NUMBERS = Table(
    "quoted_numbers",
    "number that a poster uses about a result",
    (
        _POST,
        _SAID_START,
        _SAID_END,
        _s("text", "the words", personal=True),
        _n("value", "the number as the post puts it; a proportion in percent"),
        _s("unit", "its unit"),
        _s("claim_id", "claim that it comes from; empty: no source"),
        _s(
            "verdict",
            "how it compares with the ledger",
            "exact rounded complement other-endpoint other-timepoint other-trial no-source",
            required=True,
        ),
    ),
)
QUESTIONS = Table(
    "questions",
    "question that a post asks about a result, a trial or a treatment",
    (
        _POST,
        _SAID_START,
        _SAID_END,
        _s("text", "the words", personal=True),
        _s("refers_to", "what it asks about, as in links; empty: not known"),
        _s(
            "answered_by",
            "first post that answers it; empty: none in the thread",
            references="posts.post_id",
        ),
        _s("answerer_role", "role of who answers", _ROLES),
        _s("ledger_claim_id", "claim that holds the answer; empty: none"),
        _p("score", "how sure it is that answered_by answers it, 0 to 1; not calibrated"),
    ),
)
TOPICS = Table(
    "topics",
    "discovered topic",
    (
        _s("topic_id", "id that stays from run to run and is never given again", required=True),
        _s(
            "label",
            "its best terms, in two to four words; 'No common subject' where its posts share none",
            required=True,
        ),
        _s("terms", "its ten best terms, separated by ';'; three people or more use each"),
        _i("posts", "posts in it", required=True),
        _s("example_post_id", "a typical post", required=True, references="posts.post_id"),
        _i("since_run", "number of the run that first found it", required=True),
    ),
    ("topic_id",),
)
POST_TOPICS = Table(
    "post_topics",
    "post x discovered topic",
    (
        _POST,
        _s("topic_id", "the post's topic", required=True, references="topics.topic_id"),
        _p("score", "cosine of the post and the centre of its topic", required=True),
    ),
    ("post_id",),
)
SUMMARY_CODES = Table(
    "summary_codes",
    "code x polarity x whose x group x unit",
    (
        _s("layer", "layer", _LAYERS, required=True),
        _s("code", "code", required=True),
        _s("polarity", "polarity; empty: any"),
        _s("whose", "whose experience; empty: any"),
        _s("group_by", "what the group is: all, role, month, document"),
        _s("group", "the group"),
        _s("unit", "what is counted", "posts authors", required=True),
        _i("n", "units that could have the code (abstentions left out)", required=True),
        _i("n_with", "units that have it", required=True),
        _i("n_abstained", "units on which the coder abstained", required=True),
        _p("prevalence", "n_with / n"),
        _p("ci_low", "lower bound, 95 %"),
        _p("ci_high", "upper bound, 95 %"),
        _p("low_if_abstained", "prevalence if no abstained unit had it"),
        _p("high_if_abstained", "prevalence if every abstained unit had it"),
        _p("corrected", "corrected for classifier error; empty without a human sample"),
        _p("corrected_low", "lower bound of it"),
        _p("corrected_high", "upper bound of it"),
        _s("coder", "coder whose codes are counted", required=True),
        _s("method", "how the interval was made"),
    ),
)
SUMMARY_CLAIMS = Table(
    "summary_claims",
    "claim x relation",
    (
        _s("claim_id", "claim", required=True),
        _s("trial", "trial"),
        _s("endpoint", "endpoint"),
        _n("value", "value"),
        _s("unit", "unit"),
        _s("timepoint", "timepoint"),
        _s("relation", "relation; empty: no post speaks to it", _RELATIONS),
        _i("posts", "posts", required=True),
        _i("authors", "known authors", required=True),
        _s("first_at", "first such post"),
        _s("last_at", "last such post"),
        _s("example_post_id", "an example", references="posts.post_id"),
    ),
)
SUMMARY_THREADS = Table(
    "summary_threads",
    "thread",
    (
        _DOC,
        _s("thread_id", "thread", required=True),
        _i("posts", "posts", required=True),
        _i("authors", "known authors", required=True),
        _i("max_depth", "deepest reply", required=True),
        _i("questions", "questions asked about results, trials, treatments"),
        _i("unanswered", "of them not answered in the thread"),
        _s("top_topics", "most frequent topics, separated by ';'"),
        _i("positive", "posts of positive sentiment", required=True),
        _i("negative", "negative", required=True),
        _i("mixed", "mixed", required=True),
        _i("neutral", "neutral", required=True),
    ),
)
PROBLEMS = Table(
    "problems",
    "thing that went wrong",
    (
        _s("source", "source", required=True, personal=True),
        _s("stage", "stage: find, read, thread, code, claims, link, topics", required=True),
        _s("reason", "what, and what to do", required=True),
        _s("where", "line, offset or post", personal=True),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        DOCUMENTS,
        POSTS,
        QUOTES,
        CODINGS,
        EVIDENCE,
        SCORES,
        CLAIMS,
        LINKS,
        QUOTED_NUMBERS,
        QUESTIONS,
        TOPICS,
        POST_TOPICS,
        SUMMARY_CODES,
        SUMMARY_CLAIMS,
        SUMMARY_THREADS,
        PROBLEMS,
    )
}
