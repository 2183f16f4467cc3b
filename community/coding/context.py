"""Whose course a patient's sentence tells, and whether it happened: ConText for patients' language.

The idea is that of ConText (Harkema, Dowling, Thornblade and Chapman, J Biomed Inform 2009): a cue
opens a scope that ends with the clause or with a terminator, and what lies in the scope is negated,
hypothetical, historical or somebody else's. Clinicians' notes gave the original its cues; these, in
``data/context.toml``, come from how patients write: *my husband had*, *if i could afford it*, *they
say*, *no relapses since*, *came back negative*.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Literal, NamedTuple, Protocol

from spacy.language import Language
from spacy.tokens import Doc, Span

from community.coding.clauses import Clauses, Cut
from community.coding.cues import Rules, rules
from community.coding.phrases import Phrases

Experiencer = Literal["self", "close", "others", "nobody"]
_SCOPE = 7  # tokens that a forward negation reaches


Hit = tuple[int, int, str]  # first word, last + 1, key of the cue
_NOTHING: frozenset[int] = frozenset()


class Placed(Protocol):
    """Anything that begins at a word, as spaCy's spans do."""

    @property
    def start(self) -> int: ...


class Clause(NamedTuple):
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

    def denies(self, span: Placed) -> bool:
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
    """spaCy's component: writes a doc's clauses with their context into ``doc.user_data``."""

    def __init__(self, nlp: Language) -> None:
        self._phrases = Phrases(
            cue_phrases(lambda phrase: [token.lower_ for token in nlp.tokenizer(phrase)])
        )
        if not Span.has_extension("patient_context"):
            Span.set_extension("patient_context", getter=_clause_of)

    def __call__(self, doc: Doc) -> Doc:
        if "clauses" not in doc.spans:
            Clauses()(doc)
        sentences = [(span.start, span.end) for span in doc.spans["sentences"]]
        ends = [end for _, end in sentences]
        numbered = [
            (span.start, span.end, bisect_right(ends, span.start))
            for span in doc.spans["clauses"]
            if ends and span.start < ends[-1]
        ]
        words = [token.lower_ for token in doc]
        found = self._phrases.find(words, map(self._phrases.begin, words))
        hits = [(a, b, key) for a, b, (keys,) in found for key in keys]
        terms = doc.spans.get("terms", ())
        clinicians = {term.start for term in terms if term.label_ == "clinician"}
        cut = Cut(sentences, numbered)
        doc.user_data["patient_context"] = in_context(words, cut, sorted(hits), clinicians)
        return doc


def cue_phrases(
    words_of: Callable[[str], Iterable[str]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(key, words) of each cue that is looked for; `words_of` cuts a phrase, in lower case."""
    single = ("about", "boundary", "joining", "subjects", "elliptic")
    for key in sorted(field.name for field in fields(Rules) if field.name not in single):
        for phrase in sorted(getattr(rules(), key)):
            for typed in _typed(phrase):
                yield key, tuple(words_of(typed))


def in_context(
    words: list[str], cut: Cut, hits: list[Hit], clinicians: set[int]
) -> tuple[Clause, ...]:
    """The clauses of a text, each with its context.

    Args:
        words: those of the text, in lower case.
        cut: its sentences and clauses.
        hits: where the cues stand, in order.
        clinicians: words that name those who treat.
    """
    found: list[Clause] = []
    person = _Person(words, clinicians)
    at, current, supposed, asked, wish, hypothetical = 0, -1, False, False, False, False
    for start, end, sentence in cut.clauses:
        first = words[start]
        mine = []
        while at < len(hits) and hits[at][0] < end:
            if hits[at][0] >= start and hits[at][1] <= end:
                mine.append(hits[at])
            at += 1
        flags = {hit[2] for hit in mine}
        if sentence != current:
            current, supposed = sentence, False
            asked = _asked(words, *cut.sentences[sentence])
            person.next_sentence()
        elif first in _GOES_ON:  # what the clause before wishes or supposes, this one does too
            if wish:
                flags.add("wish")
            if hypothetical:
                flags.add("hypothetical")
        begins_if = first in ("if", "unless") and not (start and words[start - 1] in _WHETHER)
        supposed = supposed or begins_if
        who, explicit = person.read(start, end, mine if flags & _PERSONS else ())
        addressed = "second" in flags and "first" not in flags
        wish = "wish" in flags or first in _HOPES
        hypothetical = (
            begins_if
            or "hypothetical" in flags
            or (supposed and not _CONDITIONAL.isdisjoint(words[start:end]))
        )
        question = "question" in flags or (asked and not _states(words, start, end))
        negated = _negated(start, end, mine) if flags & _NEGATING else _NOTHING
        found.append(
            Clause(
                start, end, sentence, who, explicit, addressed, hypothetical, wish,
                "historical" in flags, "hearsay" in flags, question, "general" in flags, negated,
            )
        )  # fmt: skip
    return tuple(found)


_CONDITIONAL = frozenset(
    ("would", "could", "might", "will", "d", "'d", "’d", "should", "may", "if")
)


# an "if" behind these is a whether: "not sure if it works"
_WHETHER = frozenset(
    ("know", "sure", "certain", "see", "wonder", "wondering", "ask", "asked", "as")
)
_HOPES = frozenset(("hope", "hopes", "hoping", "hopefully"))
_LINKS = frozenset(("and", "but", "so", "because", "since", "as", "although", "though", ","))
_GOES_ON = frozenset(("that", "which", "to", "who", "where", "what", "how"))


_NEGATING = frozenset(("negation", "negated_before"))
_PERSONS = frozenset(("first", "second", "close", "others", "resumed"))


class _Person:
    """Who the text is about, carried from clause to clause."""

    def __init__(self, words: list[str], clinicians: set[int]) -> None:
        self._words = words
        self._clinicians = clinicians
        self._elliptic = rules().elliptic
        self._who: Experiencer = "nobody"  # subject of the last clause
        self._third: Experiencer = "others"  # whom "he", "she", "they" mean
        self._last: Experiencer | None = None  # the other person named last in the clause before
        self._fresh = True

    def next_sentence(self) -> None:
        """A new sentence: an unsaid subject is no longer that of the clause before."""
        self._fresh = True

    def read(self, start: int, end: int, hits: Sequence[Hit]) -> tuple[Experiencer, bool]:
        """The clause's experiencer, and whether the clause itself names it."""
        before = self._last
        who = self._named(start, end, hits)
        if before and self._words[start] == "who":
            who = before  # "I talked to people who had it": theirs, not mine
        explicit = who is not None
        if who is None and not self._fresh:
            who = self._who
        if who is None:
            who = "self" if self._words[start] in self._elliptic else "nobody"
        self._who, self._fresh = who, False
        return who, explicit

    def _named(self, start: int, end: int, hits: Sequence[Hit]) -> Experiencer | None:
        """The first person named as subject; a relative named beats the "my" before it."""
        order: list[tuple[int, Experiencer]] = []
        named = [(a, b) for a, b, key in hits if key in ("close", "others")]
        for a, b, key in hits:
            if named and any(c <= a and b <= d and (a, b) != (c, d) for c, d in named):
                continue  # the "my" of "my husband", the "friend" of "my friend's wife"
            if key == "first":
                order.append((a, "self"))
            elif key in ("close", "others"):
                order.append((a, "close" if key == "close" else "others"))
                self._third = order[-1][1]
            elif key == "second":
                order.append((a, "nobody"))
        self._last = self._third if named else None
        if self._clinicians and not self._clinicians.isdisjoint(range(start, end)):
            self._third = "nobody"  # from here "she" and "they" may be the doctors
        order += [(a, self._third) for a, _, key in hits if key == "resumed"]
        if not order:
            return None
        if not named and any(who == "self" for _, who in order):
            return "self"  # "they put me on": the treated one is the writer
        return min(order, key=lambda hit: hit[0])[1]


def _states(words: list[str], start: int, end: int) -> bool:
    """Whether a clause of an asking sentence states something of the writer: *…but I felt good?*"""
    while start < end - 1 and words[start] in _LINKS:
        start += 1
    return words[start] in ("i", "im", "ive", "my", "we", "mine")


def _asked(words: list[str], start: int, end: int) -> bool:
    """Whether a sentence ends in a question mark (the mark may stand just behind it)."""
    return any("?" in word for word in words[max(start, end - 3) : end])


def _negated(start: int, end: int, hits: list[Hit]) -> frozenset[int]:
    """Words in the scope of a negation: behind it up to a terminator, or before it."""
    pseudo = {i for a, b, key in hits if key == "not_negation" for i in range(a, b)}
    ends = [a for a, _, key in hits if key == "until"]
    scope: set[int] = set()
    for a, b, key in hits:
        if a in pseudo:
            continue
        if key == "negation":
            stop = min([e for e in ends if e >= b], default=end)
            scope.update(range(b, min(stop, b + _SCOPE, end)))
        elif key == "negated_before":
            scope.update(range(start, a))
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
