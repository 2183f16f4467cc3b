"""What the learned reading adds to the rules: outcomes and arms that no list knows.

The vocabulary names the endpoints of the field; what a sentence of another disease reports is found
by its place and form (`spans`). Names are cleaned of what is no part of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from community.results import spans
from community.results.endpoints import Endpoint, Hit
from community.results.groups import PERSONS, Arm, is_control, populations
from community.results.quantities import WRITTEN, Quantity
from community.types import Span

_VALUES = ("percent", "fraction", "proportion", "number", "count", "ratio")
_LEAST = 0.4  # chance from which an arm or outcome is taken for a value's
_BEYOND = 0.3  # how much likelier a new outcome is than one of the vocabulary that it replaces
_SURE = 0.5  # how much likelier another one of the vocabulary is than what the rules chose

_TIMED = re.compile(
    rf"(?i)\W*(?:(?:at|after|weeks?|months?|years?|days?|hours?|minutes?|the|end|of|last|first|final|"
    rf"follow|up|time|point|endpoint|baseline|to|and|post|treatment|surgery|visit|later|mark|stage|"
    rf"observation|{WRITTEN})\W*)+"
)
_PERSONAL = re.compile(r"\b(?:I|I['’](?:m|ve|d)|my|me)\b")
# A clause, people or places are no outcome.
_CLAUSE = re.compile(
    rf"(?i)\b(?:they|you|I|it|who|which|that|went|came|told|said|did|does|is|are|was|were|has|could|"
    rf"would|according|completed|enrolled|assigned|allocated|randomi[sz]ed|study|trial|researchers|scientists|hospitals?|countries|cent(?:re|er)s|{PERSONS})\b|"
    rf"^(?:study |trial )?(?:drugs?|treatments?|therapy|interventions?|device|programme|vaccine)$|"
    rf"^(?:baseline|been|being|be|on|respond(?:ed|ing) to|{WRITTEN}|nearly|almost|about|"
    rf"around|half|more than|less than|only|just|up to)\b"
)
_GROUPED = re.compile(
    rf"(?i)^(?:the|an?|in|those|both|all|{PERSONS}|who|were|was|received|receiving|given|taking|"
    rf"treated|with|on|assigned|randomi[sz]ed|to|group|arm|of)\b\s*"
)
_GROUP_END = re.compile(
    rf"(?i)[\s-](?:groups?|arms?|cohorts?|recipients?|treated|{PERSONS}|treatment groups?)$"
)
_LOOSE_END = re.compile(
    r"(?i)(?:\s(?:when|and|or|at|in|on|with|vs\.?|versus|than|to|for|of|the|was|were|had|did))+$"
)
_SAID_OF = re.compile(
    r"(?i)\b(?:can|could|would|will|may|might|was|were|is|are|had|have|did|what|how|which|who|they|we)\b"
)
_NO_ARM = re.compile(
    r"(?i)\W*(?:(?:both|each|either|all|two|the|other|these|those|patients?|participants?|groups?|"
    r"arms?|treatments?|between|baseline|weeks?|months?|controls?|and|or|in|of|a|one)\W*)*"
)
_MOVED = re.compile(
    r"\s(?:(?:was|were|had|significantly) )*(?:decreas|increas|fell|rose|drop|improv|reduc|"
    r"declin|went|"
    r"chang|worsen)\w*\s(?:(?:up|down) )?(?:by|to|from)\s"
)
_VERBS = re.compile(r"(?<=\w\w)\s(?:is|are|was|were|has|have|had|which|who|that|to reach)\s.*$")
_EDGES = re.compile(
    r"(?i)^(?:(?:the|an?|in|of|had|have|has|with|were|was|and|or|significant(?:ly)?|statistically|"
    r"overall|mean|median|average|who|that|also|experienced|reported|achieved|developed|showed|"
    r"greater|higher|lower|more|less|fewer|smaller|larger|similar|on)\b\s*)+"
    r"|[\s,]*\b(?:was|were|is|are|had|of|at|in|by|to|from|the|an?|with|for|and|or|than|occurred|"
    r"decreased|increased|improved|reduced|declined|dropped|changed|worsened|differed|fell|rose|"
    r"(?:turned|showed|cropped|came) up|happened|"
    r"decreased|increased|improved|reduced|declined|dropped|changed|worsened|differed|"
    r"respectively|after|during)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a sentence: arms by rules with those that the learned reading adds, outcomes
    that no list knows, and where it sees a measure; `measures` is None where it was not asked."""

    arms: tuple[Arm, ...]
    fresh: tuple[Hit, ...] = ()
    measures: tuple[Span, ...] | None = None


def told(
    text: str, quantities: Sequence[Quantity], hits: tuple[Hit, ...], arms: tuple[Arm, ...]
) -> Told:
    """What the learned reading finds in a sentence beside `hits` and `arms`; nothing where it holds
    no value."""
    if _PERSONAL.search(text) or not any(q.kind in _VALUES for q in quantities):
        return Told(arms=arms)
    found = spans.read(text, quantities, hits, arms)
    whose = [Span(a, b) for _, a, b in populations(text)]
    taken = [*whose, *(Span(h.start, h.end) for h in hits if h.end)]
    cases = counted(text, hits)
    taken += [Span(h.start, h.end) for h in cases]
    fresh = [_outcome(text, s) for s in found.outcomes if not any(s.overlaps(t) for t in taken)]
    held = [*whose, *(a.span for a in arms)]
    more = [_arm(text, s) for s in found.arms if not any(s.overlaps(t) for t in held)]
    return Told(
        arms=tuple(sorted([*arms, *filter(None, more)], key=lambda a: a.span.start)),
        fresh=(*cases, *filter(None, fresh)),
        measures=found.measures,
    )


_CASES = re.compile(
    rf"(?i)(?:\d|\b(?:{WRITTEN})) (?:[\w-]+ )?(?:cases|episodes|attacks|instances) of "
    r"(?P<what>[a-z][\w-]+(?: (?!in\b|among\b|were\b|was\b|and\b|with\b|on\b|at\b)[\w-]+){0,2})"
)


def counted(text: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Outcomes that no list knows and of which cases are counted: "81 cases of malaria"."""
    return tuple(
        Hit(Endpoint(name=m["what"].lower(), high="unfavourable"), *m.span("what"))
        for m in _CASES.finditer(text)
        if not any(h.start < m.end("what") and m.start("what") < h.end for h in hits)
    )


def _outcome(text: str, span: Span) -> Hit | None:
    """An outcome under its own words; None for a point in time and the like."""
    words = _MOVED.split(text[span.start : span.end])[0]
    if ": " in words:
        span = Span(span.start + words.rfind(": ") + 2, span.end)
        words = words[words.rfind(": ") + 2 :]
    if _TIMED.fullmatch(words):
        return None
    name = clean(words)
    if len(name) < 3 or not re.search(r"[a-z]{3}|[A-Z]{2}", name) or _CLAUSE.search(name):
        return None
    last = name.split()[-1]  # what the name leaves out at its end is no part of it
    told = words.rfind(last)
    length = told + len(last) if told >= 0 else len(words)
    return Hit(Endpoint(name=name), span.start, span.start + length)


def clean(words: str) -> str:
    """The bare name in words for an outcome: no brackets, articles or verbs at its ends."""
    bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]?", " ", words).strip(" ,:;-–()[]")
    bare = _VERBS.sub("", bare)
    last = ""
    while bare != last:
        last, bare = bare, _EDGES.sub("", bare).strip(" ,:;-–")
    parts = bare.split()[:8]
    name = " ".join(parts)
    return name if name[:2].isupper() or name[1:2].isupper() else name[:1].lower() + name[1:]


def _arm(text: str, span: Span) -> Arm | None:
    """An arm under its bare name: "the group assigned to PACT" is "PACT"."""
    start, end = span.start, span.end
    while (lead := _GROUPED.match(text[start:end])) and lead.end() < end - start:
        start += lead.end()
    while (tail := _GROUP_END.search(text[start:end])) and tail.start() > 1:
        end = start + tail.start()
    name = re.sub(r"\s*\([^()]*\)?$", "", text[start:end]).strip(" ,:;-–()")
    name = _LOOSE_END.sub("", name)
    if (len(name) < 2 and not name.isupper()) or not re.search(r"[^\W\d_]", name):
        return None
    if _SAID_OF.search(name) or len(name) > 60:
        return None
    if _NO_ARM.fullmatch(name) and not is_control(name):
        return None
    return Arm(name, span, is_control(name))


def arms_of(text: str, values: Sequence[Span], arms: Sequence[Arm]) -> list[str | None]:
    """The arm of each value by the learned pairing; None where none is likely."""
    if not values or not arms:
        return [None] * len(values)
    chances = spans.chances(text, values, [arm.span for arm in arms], "arm")
    best = chances.argmax(axis=1)
    return [
        arms[which].name if chances[at][which] >= _LEAST else None
        for at, which in enumerate(best.tolist())
    ]


def fresh_of(
    text: str,
    values: Sequence[Span],
    known: Sequence[Hit | None],
    hits: Sequence[Hit],
    fresh: Sequence[Hit],
) -> list[Hit | None]:
    """The endpoint of each value where several stand in the sentence, or one that no list knows.

    Args:
        text: the sentence.
        values: its values, in order.
        known: the endpoint of the vocabulary that the rules gave each, or None.
        hits: endpoints of the vocabulary in the sentence.
        fresh: outcomes that no list knows.
    """
    listed = {hit for hit in hits if hit.end and hit.endpoint.family != "conduct"}
    listed |= {hit for hit in known if hit is not None and hit.end}
    placed = sorted([*listed, *fresh], key=lambda h: h.start)
    if not values or not placed or any(hit is not None and not hit.end for hit in known):
        return list(known)
    if not fresh and len(listed) < 2:
        return list(known)
    chances = spans.chances(text, values, [Span(h.start, h.end) for h in placed], "outcome")
    out: list[Hit | None] = []
    for row, had in zip(chances, known, strict=True):
        best = int(row.argmax())
        beside = row[placed.index(had)] if had is not None else 0.0
        most = _SURE if placed[best] in listed else _BEYOND
        sure = row[best] >= _LEAST and (had is None or row[best] - beside > most)
        out.append(placed[best] if sure else had)
    return out
