"""Whose course a patient's sentence tells, and whether it happened: ConText for patients' language.

The idea is that of ConText (Harkema, Dowling, Thornblade and Chapman, J Biomed Inform 2009): a cue
opens a scope that ends with the clause or with a terminator, and what lies in the scope is negated,
hypothetical, historical or somebody else's. Clinicians' notes gave the original its cues; these, in
``data/context.toml``, come from how patients write: *my husband had*, *if i could afford it*, *they
say*, *no relapses since*, *came back negative*.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from community.coding.clauses import Clauses
from community.coding.cues import Rules, rules

Experiencer = Literal["self", "close", "others", "nobody"]
_SCOPE = 7  # tokens that a forward negation reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause with its context. `start` and `end` are tokens; `negated` holds token numbers."""

    start: int
    end: int
    sentence: int
    experiencer: Experiencer = "nobody"
    explicit: bool = False  # the experiencer stands in the clause itself
    addressed: bool = False  # speaks to "you"
    hypothetical: bool = False
    wish: bool = False
    historical: bool = False
    hearsay: bool = False
    question: bool = False
    general: bool = False
    negated: frozenset[int] = frozenset()

    def denies(self, span: Span) -> bool:
        """Whether `span` stands in the scope of a negation that begins before it."""
        return span.start in self.negated

    @property
    def real(self) -> bool:
        """Whether it tells something that is or was, not wished, asked or supposed."""
        return not (self.hypothetical or self.wish or self.question)


@Language.factory("patient_context")
def make(nlp: Language, name: str) -> PatientContext:
    """Component ``patient_context``; works alone in any English pipeline, and knows clinicians
    where ``doc.spans["terms"]`` marks them."""
    return PatientContext(nlp)


def clauses(doc: Doc) -> tuple[Clause, ...]:
    """The clauses of a doc that went through ``patient_context``."""
    found: tuple[Clause, ...] = doc.user_data["patient_context"]
    return found


class PatientContext:
    """Reads cues off a doc and writes its clauses with their context into ``doc.user_data``."""

    def __init__(self, nlp: Language) -> None:
        self._rules = rules()
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        single = ("about", "boundary", "joining", "subjects", "resumed", "elliptic")
        for field in fields(Rules):
            if field.name not in single:
                phrases = sorted(getattr(self._rules, field.name))
                wanted = [v for p in phrases for v in _typed(p)]
                self._matcher.add(field.name, [nlp.tokenizer(v) for v in wanted])
        if not Span.has_extension("patient_context"):
            Span.set_extension("patient_context", getter=_clause_of)

    def __call__(self, doc: Doc) -> Doc:
        if "clauses" not in doc.spans:
            Clauses()(doc)
        strings = doc.vocab.strings
        hits = sorted((a, b, strings[key]) for key, a, b in self._matcher(doc))
        found: list[Clause] = []
        person = _Person(doc)
        spans = list(doc.spans["clauses"])
        at = 0
        first = 0
        for number, sentence in enumerate(doc.spans["sentences"]):
            last = first
            while last < len(spans) and spans[last].start < sentence.end:
                last += 1
            mine, first = spans[first:last], last
            inside = []
            while at < len(hits) and hits[at][0] < sentence.end:
                if hits[at][0] >= sentence.start:
                    inside.append(hits[at])
                at += 1
            found += self._sentence(sentence, number, mine, inside, person)
        doc.user_data["patient_context"] = tuple(found)
        return doc

    def _sentence(
        self,
        sentence: Span,
        number: int,
        spans: list[Span],
        hits: list[tuple[int, int, str]],
        person: _Person,
    ) -> list[Clause]:
        person.next_sentence()
        doc = sentence.doc
        lower: list[str] = doc.user_data["words"]
        asked = _asked(doc, sentence)
        supposed = False
        found: list[Clause] = []
        for span in spans:
            mine = [h for h in hits if span.start <= h[0] and h[1] <= span.end]
            flags = {key for _, _, key in mine}
            words = set(lower[span.start : span.end])
            begins_if = _supposes(doc, span)
            supposed = supposed or begins_if
            who, explicit = person.read(doc, span, mine, self._rules)
            if found and found[-1].sentence == number and lower[span.start] in _GOES_ON:
                flags |= {f for f in ("wish", "hypothetical") if getattr(found[-1], f)}
            found.append(
                Clause(
                    start=span.start,
                    end=span.end,
                    sentence=number,
                    experiencer=who,
                    explicit=explicit,
                    addressed="second" in flags and "first" not in flags,
                    hypothetical="hypothetical" in flags
                    or (supposed and bool(words & _CONDITIONAL))
                    or begins_if,
                    wish="wish" in flags or lower[span.start] in _HOPES,
                    historical="historical" in flags,
                    hearsay="hearsay" in flags,
                    question="question" in flags or (asked and not _states(doc, span)),
                    general="general" in flags,
                    negated=_negated(doc, span, mine),
                )
            )
        return found


_CONDITIONAL = frozenset(
    ("would", "could", "might", "will", "d", "'d", "’d", "should", "may", "if")
)


_WHETHER = frozenset(
    ("know", "sure", "certain", "see", "wonder", "wondering", "ask", "asked", "as")
)
_HOPES = frozenset(("hope", "hopes", "hoping", "hopefully"))
_LINKS = frozenset(("and", "but", "so", "because", "since", "as", "although", "though", ","))
_GOES_ON = frozenset(("that", "which", "to", "who", "where", "what", "how"))


class _Person:
    """Who the text is about, carried from clause to clause."""

    def __init__(self, doc: Doc) -> None:
        terms = doc.spans.get("terms", ())
        self._clinicians = frozenset(t.start for t in terms if t.label_ == "clinician")
        self._who: Experiencer = "nobody"  # subject of the last clause
        self._third: Experiencer = "others"  # whom "he", "she", "they" mean
        self._last: Experiencer | None = None  # the other person named last in the clause before
        self._fresh = True

    def next_sentence(self) -> None:
        """A new sentence: an unsaid subject is no longer that of the clause before."""
        self._fresh = True

    def read(
        self, doc: Doc, span: Span, hits: list[tuple[int, int, str]], rules: Rules
    ) -> tuple[Experiencer, bool]:
        """The clause's experiencer, and whether the clause itself names it."""
        before = self._last
        who = self._named(doc, span, hits, rules)
        if before and doc.user_data["words"][span.start] == "who":
            who = before  # "I talked to people who had it": theirs, not mine
        explicit = who is not None
        if who is None and not self._fresh:
            who = self._who
        if who is None:
            start = doc.user_data["words"][span.start]
            who = "self" if start in rules.elliptic else "nobody"
        self._who, self._fresh = who, False
        return who, explicit

    def _named(
        self, doc: Doc, span: Span, hits: list[tuple[int, int, str]], rules: Rules
    ) -> Experiencer | None:
        """The first person named as subject; a relative named beats the "my" before it."""
        order: list[tuple[int, Experiencer]] = []
        named = [(a, b) for a, b, key in hits if key in ("close", "others")]
        for start, end, key in hits:
            if any(a <= start and end <= b and (start, end) != (a, b) for a, b in named):
                continue  # the "my" of "my husband", the "friend" of "my friend's wife"
            if key == "first":
                order.append((start, "self"))
            elif key in ("close", "others"):
                order.append((start, "close" if key == "close" else "others"))
                self._third = order[-1][1]
            elif key == "second":
                order.append((start, "nobody"))
        self._last = self._third if named else None
        if not self._clinicians.isdisjoint(range(span.start, span.end)):
            self._third = "nobody"  # from here "she" and "they" may be the doctors
        words = doc.user_data["words"]
        for i in range(span.start, span.end):
            if words[i] in rules.resumed:
                order.append((i, self._third))
        if not order:
            return None
        if not named and any(who == "self" for _, who in order):
            return "self"  # "they put me on": the treated one is the writer
        return min(order, key=lambda hit: hit[0])[1]


def _supposes(doc: Doc, span: Span) -> bool:
    """Whether a clause begins with *if*, unless that is a *whether* (*not sure if it works*)."""
    words = doc.user_data["words"]
    if words[span.start] not in ("if", "unless"):
        return False
    return span.start == 0 or words[span.start - 1] not in _WHETHER


def _states(doc: Doc, span: Span) -> bool:
    """Whether a clause of an asking sentence states something of the writer: *…but I felt good?*"""
    words = doc.user_data["words"]
    start = span.start
    while start < span.end - 1 and words[start] in _LINKS:
        start += 1
    return words[start] in ("i", "im", "ive", "my", "we", "mine")


def _asked(doc: Doc, sentence: Span) -> bool:
    """Whether a sentence ends in a question mark (the mark may stand just behind it)."""
    tail = doc.user_data["texts"][max(sentence.start, sentence.end - 3) : sentence.end]
    return any("?" in text for text in tail)


def _negated(doc: Doc, span: Span, hits: list[tuple[int, int, str]]) -> frozenset[int]:
    """Tokens in the scope of a negation: behind it up to a terminator, or before it."""
    pseudo = {i for a, b, key in hits if key == "not_negation" for i in range(a, b)}
    ends = [a for a, _, key in hits if key == "until"]
    scope: set[int] = set()
    for a, b, key in hits:
        if a in pseudo:
            continue
        if key == "negation":
            stop = min([e for e in ends if e >= b], default=span.end)
            scope |= set(range(b, min(stop, b + _SCOPE, span.end)))
        elif key == "negated_before":
            scope |= set(range(span.start, a))
    return frozenset(scope)


def _clause_of(span: Span) -> Clause | None:
    """Getter of ``span._.patient_context``: the clause in which the span begins."""
    for clause in clauses(span.doc):
        if clause.start <= span.start < clause.end:
            return clause
    return None


def _typed(phrase: str) -> tuple[str, ...]:
    """A cue with straight, curly and no apostrophe."""
    return tuple(dict.fromkeys((phrase, phrase.replace("'", "’"), phrase.replace("'", ""))))
