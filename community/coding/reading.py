"""A post as the rules see it: its clauses, and in each the terms and cues that begin there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from community.codebook import Codebook, Cue
from community.coding.context import Clause, clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A codebook cue found in a clause; `denied` where a negation governs it."""

    cue: Cue
    span: Span
    denied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One code that a rule found: its score before squashing, and the clauses that carry it,
    strongest first, as (first, last + 1) characters of the post."""

    code: str
    raw: float
    polarity: str | None = None
    whose: str | None = None
    evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`terms` is parallel to `clauses`; `signs[code]` and `groups[lexicon group]` know the clauses
    in which cues and terms begin, in text order; `words` are the doc's tokens, lower case."""

    doc: Doc
    clauses: tuple[Clause, ...]
    terms: tuple[tuple[Span, ...], ...]
    groups: dict[str, list[int]]
    signs: dict[str, dict[int, list[Sign]]]
    words: list[str]

    def characters(self, number: int) -> tuple[int, int]:
        """Where clause `number` stands in the post."""
        clause = self.clauses[number]
        last = self.doc[clause.end - 1]
        return self.doc[clause.start].idx, last.idx + len(last)


def read(doc: Doc, codebook: Codebook) -> Reading:
    """Sort a parsed doc's hits by clause and resolve them against the codebook."""
    found = clauses(doc)
    owner: dict[int, int] = {
        token: number for number, c in enumerate(found) for token in range(c.start, c.end)
    }
    terms: list[list[Span]] = [[] for _ in found]
    groups: dict[str, list[int]] = {}
    for span in doc.spans["terms"]:
        number = owner.get(span.start)
        if number is not None:
            terms[number].append(span)
            groups.setdefault(span.label_, []).append(number)
    cues = {code.code: code.cues for code in codebook.codes}
    signs: dict[str, dict[int, list[Sign]]] = {}
    for span in doc.spans["cues"]:
        number = owner.get(span.start)
        if number is None:
            continue
        label = span.label_
        sign = Sign(cue=cues[label][int(span.id_)], span=span, denied=found[number].denies(span))
        signs.setdefault(label, {}).setdefault(number, []).append(sign)
    return Reading(
        doc=doc,
        clauses=found,
        terms=tuple(tuple(row) for row in terms),
        groups=groups,
        signs=signs,
        words=doc.user_data["words"],
    )


def squash(raw: float, middle: float, slope: float) -> float:
    """Logistic of a rule score: 0.5 at `middle`; `slope` is how much a point of evidence moves the
    logit. Rounded to four places, so that platforms agree."""
    return round(1 / (1 + math.exp(-slope * (raw - middle))), 4)
