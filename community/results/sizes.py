"""How many people were in each arm, and whether a study sets one arm against another at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from community.results import groups as claim_groups

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


# "55 were assigned to a transplant and 55 to a drug".
_ASSIGNED = re.compile(
    r"\b(\d[\d,]*) (?:[\w-]+ ){0,3}?(?:(?:were|was) )?(?:randomly )?(?:(?:assigned|allocated|"
    r"randomi[sz]ed) )?(?:to|received|got|given)(?: receive| have| get)? (?:the |an? )?"
)


def sizes_of(text: str, arms: frozenset[str]) -> Iterator[tuple[str, int]]:
    for match in _ASSIGNED.finditer(text):
        near = claim_groups.arms(text[match.end() : match.end() + 50], arms)
        if near and near[0].span.start < 25:
            yield near[0].name.lower(), int(match[1].replace(",", ""))
    for match in re.finditer(r"\([nN]\s?=\s?(\d[\d,]*)\)", text):
        near = claim_groups.arms(text[max(0, match.start() - 40) : match.start()], arms)
        if near:
            name = re.sub(r" \d+ ?m?c?g$", "", near[-1].name.lower())
            yield name, int(match[1].replace(",", ""))
