"""A study in memory, its rows written by hand: small, whole, and with all that hurts an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from community import summaries
from community.ids import sha256, stable_id
from community.tables import TABLES

Row = tuple[Any, ...]

META: dict[str, object] = {
    "version": "0.1.0",
    "study": "Three pages about one transplant trial",
    "codebook": {"name": "ms-stem-cell", "digest": "0f3a9c" * 6},
    "coders": ["rules", "vader"],
    "options": {"profile": "local", "identities": "pseudonyms"},
    "counts": {"documents": 3, "posts": 12},
    "not_computed": [],
}


@dataclass
class HandSnapshot:
    """Satisfies `community.types.Snapshot`; summaries are computed, the rest is what was put in."""

    meta: dict[str, object] = field(default_factory=lambda: dict(META))
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def rows(self, table: str) -> Iterator[Row]:
        if table in summaries.TABLES:
            yield from summaries.TABLES[table](self)
        else:
            yield from self.tables[table]

    def put(self, table: str, **values: Any) -> None:
        """Adds a row; columns that are not named stay empty."""
        names = TABLES[table].names()
        assert values.keys() <= set(names), values.keys() - set(names)
        self.tables[table].append(tuple(values.get(name) for name in names))

    def dicts(self, table: str) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return [dict(zip(TABLES[table].names(), row, strict=True)) for row in self.rows(table)]


@dataclass
class Page:
    """A document under construction: posts follow one another in its text."""

    study: HandSnapshot
    source: str
    title: str | None
    kind: str = "discussion"
    url: str | None = None
    complete: bool = True
    note: str | None = None
    lang: str = "en"
    text: str = ""
    posts: int = 0
    claims: int = 0

    @property
    def id(self) -> str:
        return stable_id("document", self.source, "")

    def post(self, name: str, said: str, **more: Any) -> str:
        """Adds a post; gives its id."""
        post_id, start = stable_id(self.id, name), len(self.text)
        self.text += said + "\n\n"
        values: dict[str, Any] = {"depth": 0, "gap": False, "role": "unknown", "status": "present"}
        values |= {"start": start, "end": start + len(said), "text": said, "lang": self.lang}
        values |= {"words": len(said.split()), "thread_id": self.id, "position": self.posts}
        values |= {"post_id": post_id, "document_id": self.id, "native_id": name}
        self.study.put("posts", **(values | more))
        self.posts += 1
        return post_id

    def at(self, words: str) -> tuple[int, int]:
        start = self.text.rindex(words)
        return start, start + len(words)

    def code(self, post: str, layer: str, code: str, words: str = "", **more: Any) -> None:
        coder, whose = more.get("coder", "rules"), more.get("whose")
        name = stable_id("coding", post, coder, layer, "" if layer == "sentiment" else code, whose)
        values = {"coding_id": name, "post_id": post, "layer": layer, "code": code}
        values |= {"coder": coder, "abstained": False, "score": 0.91}
        if words:
            start, end = self.at(words)
            values |= {"evidence_start": start, "evidence_end": end, "evidence": words}
            self.study.put("evidence", coding_id=name, start=start, end=end, text=words)
        self.study.put("codings", **(values | more))

    def quote(self, post: str, words: str, of: str) -> None:
        start, end = self.at(words)
        self.study.put("quotes", post_id=post, start=start, end=end, of=of, text=words)

    def link(self, post: str, to: str, relation: str, words: str, **more: Any) -> None:
        start, end = self.at(words)
        values = {"post_id": post, "refers_to": to, "relation": relation, "score": 0.8, "hops": 0}
        values |= {"coder": "rules", "evidence_start": start, "evidence_end": end}
        self.study.put("links", **(values | {"evidence": words} | more))

    def quoted(self, post: str, words: str, value: float, verdict: str, **more: Any) -> None:
        start, end = self.at(words)
        values = {"post_id": post, "start": start, "end": end, "text": words, "value": value}
        self.study.put("quoted_numbers", **(values | {"unit": "%", "verdict": verdict} | more))

    def ask(self, post: str, words: str, to: str | None = None, **more: Any) -> None:
        start, end = self.at(words)
        values = {"post_id": post, "start": start, "end": end, "text": words, "refers_to": to}
        self.study.put("questions", **(values | more))

    def claim(self, name: str, words: str, **more: Any) -> None:
        start = len(self.text)
        self.text += words + "\n\n"
        values = {"claim_id": name, "mention_id": stable_id(self.id, name, self.claims)}
        values |= {"document_id": self.id, "start": start, "end": start + len(words)}
        self.study.put("claims", **(values | {"text": words, "score": 0.9} | more))
        self.claims += 1

    def done(self) -> None:
        self.study.put(
            "documents",
            document_id=self.id,
            source=self.source,
            title=self.title,
            kind=self.kind,
            reader="html",
            text_sha256=sha256(self.text),
            posts=self.posts,
            claims=self.claims,
            complete=self.complete,
            note=self.note,
            url=self.url,
            lang=self.lang,
        )


def _press_release(study: HandSnapshot) -> None:
    page = Page(study, "news.html", "Transplant beats drugs in the ALPHA trial", "article")
    page.url = "https://news.example.org/alpha"
    told = {"trial": "ALPHA", "intervention": "AHSCT", "n": 80, "population": "relapsing MS"}
    page.claim(
        "c-neda",
        "At five years 62% (95% CI 50 to 72) of 80 people showed no disease activity.",
        endpoint="no evidence of disease activity",
        measure="proportion",
        value=62.0,
        unit="%",
        ci_low=50.0,
        ci_high=72.0,
        ci_level=95.0,
        timepoint="5 years",
        timepoint_months=60.0,
        direction="favourable",
        version_group="v-neda",
        **told,
    )
    page.claim(
        "c-edss",
        "Disability fell by half a point.",
        endpoint="change in EDSS",
        value=-0.5,
        unit="EDSS points",
        direction="favourable",
        version_group="v-edss",
        flags="no timepoint;rounded",
        **told,
    )
    page.claim(
        "c-deaths",
        "Nobody died of the treatment (0 of 80).",
        endpoint="treatment-related mortality",
        value=0.0,
        unit="patients",
        numerator=0,
        denominator=80,
        direction="favourable",
        version_group="v-deaths",
        **told,
    )
    page.done()


OPENER = (
    "Read the ALPHA paper twice now. 62% with no activity after five years is more than I hoped for"
    " 🎉🧠 but half a point of EDSS? =1+1 is still two."
)
HOSTILE = "<script>alert('posts are text')</script> & \"quotes\" <b>stay</b> as typed"


def _forum(study: HandSnapshot) -> None:
    page = Page(study, "forum.html", "=ALPHA results: what do you think?", complete=False)
    page.url, page.note = "https://forum.example.org/t/1", "page 2 of 3 is missing"
    one = page.post(
        "1", OPENER, author="member-aa11", role="patient", role_score=0.93,
        posted_at="2024-01-20T17:41:09+01:00", time_precision="second",
    )  # fmt: skip
    page.code(one, "topic", "efficacy", "no activity after five years")
    page.code(one, "sentiment", "mixed", "more than I hoped for", score=0.71)
    page.code(one, "sentiment", "positive", coder="vader", score=None, raw=0.4404)
    page.link(one, "claim:c-neda", "supports", "62% with no activity after five years")
    page.link(one, "claim:c-edss", "questions", "half a point of EDSS?")
    page.quoted(one, "62%", 62.0, "exact", claim_id="c-neda")
    page.ask(one, "but half a point of EDSS?", "claim:c-edss", ledger_claim_id="c-edss")

    two = page.post(
        "2",
        "> is more than I hoped for\nI had mine in 2019 and have not relapsed since. My neurologist"
        " laughed at me when I first asked, never again.",
        author="member-bb22", role="patient", role_score=0.99, parent_id=one, answers_id=one,
        answers_score=0.95, answers_reason="quote", depth=1, posted_at="2024-01-21",
        time_precision="day", platform_role="moderator",
    )  # fmt: skip
    page.quote(two, "is more than I hoped for", one)
    page.code(
        two, "stance", "treatment-experience", "have not relapsed since",
        polarity="good", whose="self",
    )  # fmt: skip
    page.code(two, "stance", "neurologist-distrust", "My neurologist laughed at me",
              polarity="distrust")  # fmt: skip
    page.code(two, "topic", "efficacy", "not relapsed since")
    page.code(two, "topic", "care", "My neurologist laughed at me when I first asked")
    page.code(two, "sentiment", "positive", "have not relapsed since")
    page.code(two, "sentiment", "negative", coder="vader", score=None, raw=-0.25)
    page.link(two, "claim:c-neda", "experience-for", "have not relapsed since", hops=1)

    three = page.post(
        "3", HOSTILE, author="Anonymous", parent_id=two, depth=2, gap=False,
        posted_at="2024-02-02T08:00:00", time_precision="second",
    )  # fmt: skip
    page.code(three, "sentiment", "neutral", score=0.5, abstained=True, reason="band")
    page.code(three, "sentiment", "neutral", coder="vader", score=None, raw=0.0)

    four = page.post(
        "4",
        "My wife was turned away, too disabled they said. We are running out of road.",
        author="member-cc33", role="carer", role_score=0.8, gap=True, depth=1,
        posted_at="2024-02-03T09:15:00Z", time_precision="minute",
    )  # fmt: skip
    page.code(four, "stance", "treatment-experience", "was turned away",
              polarity="bad", whose="close")  # fmt: skip
    page.code(four, "stance", "progression-concern", "running out of road", polarity="worried")
    page.code(four, "topic", "access", "was turned away")
    page.code(four, "sentiment", "negative", "running out of road")
    page.link(four, "trial:ALPHA", "experience-against", "was turned away")

    five = page.post("5", "", author="[deleted]", status="deleted", depth=2, parent_id=four)
    page.code(five, "topic", "community", score=0.2, abstained=True, reason="band")

    six = page.post(
        "6", "-20 degrees today, tremor is worse.\tAnd +1 to what you said, @all.",
        author="member-aa11", role="patient", depth=2, parent_id=four, posted_at="2024-02-03",
        time_precision="day",
    )  # fmt: skip
    page.code(six, "topic", "symptoms", "tremor is worse")
    page.code(six, "stance", "progression-concern", "tremor is worse", score=0.55, abstained=True,
              reason="band", polarity="worried")  # fmt: skip
    page.code(six, "sentiment", "negative", "tremor is worse")
    page.done()


def _second_board(study: HandSnapshot) -> None:
    page = Page(study, "board.csv", None, lang="en")
    one = page.post("a", "Does anybody know whether AHSCT is offered past 55?", author=None)
    page.code(one, "topic", "access", "is offered past 55")
    page.code(one, "sentiment", "neutral")
    page.link(one, "intervention:AHSCT", "asks", "Does anybody know whether AHSCT is offered")
    page.ask(
        one, "Does anybody know whether AHSCT is offered past 55?", "intervention:AHSCT",
        answered_by=stable_id(page.id, "b"), answerer_role="unknown", score=0.71,
    )  # fmt: skip
    two = page.post("b", "Bei mir wurde es abgelehnt.", author="member-dd44", lang="de",
                    parent_id=one, depth=1)  # fmt: skip
    for layer, code in (("topic", "access"), ("sentiment", "neutral"), ("stance", "any")):
        page.code(two, layer, code, abstained=True, reason="language", score=None)
    page.post("c", "", author="member-ee55", status="withdrawn", start=None, end=None,
              text=None, words=7, depth=1, parent_id=one)  # fmt: skip
    page.post("d", "lone \ud83d surrogate, NUL \x00 and\r a bare return", author="member-ff66")
    page.done()


def study() -> HandSnapshot:
    """Three documents: an article with claims, a forum page with gaps, and a small board."""
    made = HandSnapshot()
    for part in (_press_release, _forum, _second_board):
        part(made)
    made.put("problems", source="broken.html", stage="read", reason="is no text; save it anew")
    made.put("problems", source="=cmd|' /C calc'!A0", stage="find", reason="@too large", where="1")
    for row in made.dicts("codings"):
        if row["score"] is not None:
            made.put("scores", post_id=row["post_id"], code=row["code"], coder=row["coder"],
                     probability=row["score"])  # fmt: skip
    return made
