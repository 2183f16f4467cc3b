"""How many people were in each arm, and whether a study sets one arm against another at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from community.results import groups as claim_groups
from community.results.groups import PERSONS
from community.results.numbers import number
from community.results.quantities import WRITTEN

_SET_AGAINST = re.compile(
    r"(?i)\b(?:(?:were|was|are|been) randomi[sz]ed|randomi[sz]ed (?:\d|to)|randomly|at random|"
    r"placebo|sham|"
    r"dummy|saline|(?:control|comparison|other) (?:group|arm)|usual care|standard care|versus|vs)\b"
)
_UNCONTROLLED = re.compile(r"(?i)\b(?:without|no|lack(?:s|ed|ing)?(?: of)?|nor|not)\b[^.;]{0,15}$")


def controlled(text: str, arms: frozenset[str]) -> bool:
    """Whether one arm is set against another: a control is named and not said to be lacking, in
    at least two places, and the text tells of chance, a dummy, or a group to compare with."""
    if not _SET_AGAINST.search(text):
        return False
    told = [
        arm
        for arm in claim_groups.arms(text, arms)
        if arm.control
        and not _UNCONTROLLED.search(text, max(0, arm.span.start - 30), arm.span.start)
    ]
    return len(told) > 1


_N = rf"(?<![\w.,:/-])(?P<n>{WRITTEN})"
_WHO = rf"(?:{PERSONS}|children|infants|babies|men|patients)"
_WHO_ELSE = rf"(?:(?:[\w-]+ ){{0,2}}?{_WHO} )?"
# "55 were assigned to a transplant and 55 to a drug", "302 people took A and 151 a placebo".
_ASSIGNED = re.compile(
    rf"{_N} {_WHO_ELSE}(?:(?:who )?(?:were|was|had been) )?(?:randomly )?(?:(?:assigned|allocated|"
    r"randomi[sz]ed|given|started on) ?(?:to )?(?:receive |have |get )?|to |(?:received|"
    r"receiving|got|took|taking|"
    r"underwent|followed|used|tried) )(?:the |an? )?",
    re.IGNORECASE,
)
# "the 150 patients in the A group and 149 in the placebo group".
_WITHIN = re.compile(
    rf"{_N} {_WHO_ELSE}(?:in|on|with|from|of|receiving|given|taking) (?:the "
    rf")?(?=[^.;,]{{1,40}} (?:groups?|arms?)\b)",
    re.IGNORECASE,
)
# what follows where people are counted who had something, and not all of an arm
_EVENT = re.compile(
    r"(?i)\W*(?:groups?|arms?)?\W*(?:(?:who |that )?(?:had|have|has|did|developed|experienced|"
    r"reported|relapsed|died|needed|required|stopped|reached|achieved|lost|met|got|suffered|discontinued|"
    r"withdrew|showed|responded|were (?:still|free)))\b"
)
_EACH = re.compile(
    rf"{_N} (?:{_WHO} )?(?:per (?:group|arm|study arm|treatment group)|(?:in each|in either|"
    rf"to each|each in the two)(?: group| arm| study arm| treatment group)?)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\((?:[^()]{0,60}[\s,;])?[nN]\s?=\s?(?P<n>\d[\d,]*)\)")
_BETWEEN = re.compile(
    r"(?:[\s-](?:\d[\d.]*\s?m?c?g|groups?|arms?|once|twice|daily|weekly|every|weeks|\d+|alone|therapy|"
    r"treatment|\([^()]{1,30}\)|recipients?))*\s?"
)
# "gave 517 people A and 514 B".
_GAVE = re.compile(rf"(?i)(?:\b(?:gave|give)|\band) {_N} {_WHO_ELSE}(?:the |an? )?")
_SPLIT = re.compile(r"(?i)\b(?:assigned|allocated|randomi[sz]ed)\b[^.;]{0,120}")
_BRACKET = re.compile(r"\s?\((?P<n>\d{1,3}(?:,\d{3})+|\d+)(?: \w+)?\)")


def sizes_of(text: str, arms: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Arms, lower case, with the numbers of people in them that a text states; the likelier later.

    Args:
        text: the article.
        arms: names of its arms, lower case.
    """
    for match in _EACH.finditer(text):
        yield from ((arm, n) for n in _counted(match) for arm in sorted(arms))
    for pattern, reach in ((_WITHIN, 40), (_ASSIGNED, 12)):
        for match in pattern.finditer(text):
            near = claim_groups.arms(text[match.end() : match.end() + 50], arms)
            ahead = match.end() + near[0].span.end if near else 0
            if near and near[0].span.start < reach and not _EVENT.match(text, ahead):
                yield from ((bare(near[0].name), n) for n in _counted(match))
    for match in _GAVE.finditer(text):
        near = claim_groups.arms(text[match.end() : match.end() + 50], arms)
        if near and near[0].span.start < 1:
            yield from ((bare(near[0].name), n) for n in _counted(match))
    for match in _SPLIT.finditer(text):
        for arm in claim_groups.arms(match[0], arms):
            told = _BRACKET.match(match[0], arm.span.end)
            if told:
                yield from ((bare(arm.name), n) for n in _counted(told))
    for match in _AFTER.finditer(text):
        lead = text[max(0, match.start() - 40) : match.start()]
        near = claim_groups.arms(lead + text[match.start()], arms)
        if near and _BETWEEN.fullmatch(lead, near[-1].span.end):
            yield from ((bare(near[-1].name), n) for n in _counted(match))


def _counted(match: re.Match[str]) -> Iterator[int]:
    value = number(match["n"].strip(","))
    if value is not None and value > 1 and value % 1 == 0 and not 1900 <= value <= 2100:
        yield int(value)


def bare(name: str) -> str:
    """An arm's name without its dose and the word for a group."""
    return re.sub(r" \d+ ?m?c?g$|[ -](?:group|arm)s?$", "", name.lower())
