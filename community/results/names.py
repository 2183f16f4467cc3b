"""What an outcome is called: endpoints that the vocabulary lacks, and lay paraphrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from community.results.endpoints import Endpoint
from community.results.groups import PERSONS
from community.results.heads import UNKNOWN, Row
from community.results.quantities import WRITTEN
from community.results.selection import clause
from community.types import Direction, Mention

_TRAILING = re.compile(
    r"(?i)[\s,:;(]*\b(?:was|were|is|are|had|of|at|in|by|to|from|the|a|an|with|for|reached|"
    r"rate|rates|averaged|"
    r"only|significantly|occurred|reported|observed|seen|achieved|also|worsened|increased|"
    r"decreased|reduced|improved|fell|slowed|dropped|slipped|climbed|came|went|stood|"
    r"rose|declined|remained|median|mean|than|lower|higher|greater|and|or|up|down|about|"
    r"nearly|approximately|over|"
    r"as|that|which|who|on average|found|showed|did|has|have|been|being|n|=|between|both|"
    r"respectively|than)\s*$"
)


_LEADING = re.compile(
    r"(?i)^\s*(?:(?:although|though|while|whereas|because|since|of|in|the|these|all|our|patients?|participants?|people|women|men|"
    r"subjects|individuals|children|"
    r"who|that|had|has|have|experienced|achieved|developed|reported|showed|were|was|reached|"
    r"also|an?|still|having|"
    r"saw|got|demonstrated|remained|with|cases of|cases|events of|and|in the|there|however|"
    r"overall|results|rates? of|"
    r"significantly|after treatment|findings|showed that|we found that|relapsing|"
    r"progressive)\b[\s,:]*)+"
)


def with_names(text: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows whose endpoint the vocabulary lacks get a name from the text, or go."""
    out: list[Row] = []
    for i, row in enumerate(rows):
        inside = _bracketed(text, row)
        if inside is not None:
            harm = row.endpoint.family == "harm" or any(r.endpoint.family == "harm" for r in rows)
            high: Direction = "unfavourable" if harm else "neutral"
            out.append(
                replace(
                    row,
                    endpoint=Endpoint(name=inside, high=high, family="listed" if harm else ""),
                    hit=None,
                )
            )
            continue
        if (
            out
            and out[-1].hit is None
            and row.at.start - out[-1].at.end < 25
            and _versus(text, out[-1], row)
            and row.hit == rows[i - 1].hit
        ):
            out.append(replace(row, endpoint=out[-1].endpoint, hit=None))
            continue
        if row.endpoint is not UNKNOWN:
            out.append(row)
            continue
        same = out and rows[i - 1] is not None and row.at.start - out[-1].at.end < 60
        name = _after(text, row) or _before(text, row) or _subject(text, row)
        if same and out and (name is None or _versus(text, out[-1], row)):
            out.append(replace(row, endpoint=out[-1].endpoint, hit=out[-1].hit))
        elif name and not _UNNAMED.search(name):
            points: Direction = _POINTS.get(name, "neutral")
            out.append(replace(row, endpoint=Endpoint(name=name, high=points)))
    return tuple(out)


# No outcome is called so: number words, a clause with a subject, words for numbers as such.
_UNNAMED = re.compile(
    rf"(?i)^(?:assigned|allocated|randomi[sz]ed|enrolled|recruited|included|male|female|men|women|married|divided)\b|^(?:almost|nearly|around|about|against|roughly|respectively|others|just|only|most)$|"
    rf"^(?:have|has|is|are|be|been|to|if|when|that|it|they|we|you|i|do|does|did|not)\b"
    rf"|\b(?:in|of|out of) {WRITTEN}\b|^{WRITTEN}\b|\b(?:I|we|you|figures?|numbers?|know|think|"
    rf"say|said)\b"
)
_LISTED = re.compile(
    r"(?i)(?:^|[,;:]|\b(?:and|or|were|was|included|including|as|by|of|for|in))\s(?P<what>(?"
    r":[^\W\d][\w-]* ?){1,5})\((?:[nN]\s?=\s?)?$"
)


# "Wound closure was commoner (48% …)": no name.
_COMPARED = re.compile(
    r"(?i)(?:(?:significantly|much|slightly|also|no) )*(?:high|low|great|small|larg|long|"
    r"short|bett|fast|"
    r"slow|strong|rar|common|few|wors|more|less|fewer|similar|comparable|equal|identical|differ|"
    r"observed|seen|reported|noted|found)\w*(?: (?:common|frequent|often|likely|so|\w+ed))?"
)


def _bracketed(text: str, row: Row) -> str | None:
    """What stands right before a value in brackets, where it is no endpoint of the vocabulary:
    "constipation (7.1%"."""
    before = text[max(0, row.at.start - 80) : row.at.start]
    match = _LISTED.search(before)
    if match is None or row.head is None or row.head.kind not in ("percent", "fraction"):
        return None
    start = row.at.start - len(before) + match.start("what")
    if row.hit is not None and row.hit.end > start and row.hit.start < row.at.start:
        return None
    what = _name(match["what"])
    if _COMPARED.fullmatch(match["what"].strip()):
        return None
    grouped = re.search(rf"(?i)\b(?:{PERSONS}|groups?|arm|placebo|controls?)\b", match["what"])
    return None if grouped else what


def _versus(text: str, last: Row, row: Row) -> bool:
    gap = text[last.at.end : row.at.start]
    return re.search(r"(?i)\b(?:vs|versus|compared|than|and)\b|^[\s,]*$", gap) is not None


_OUTCOMES = {
    "improved": "improvement",
    "worsened": "worsening",
    "recovered": "recovery",
    "deteriorated": "worsening",
    "got better": "improvement",
    "felt better": "improvement",
    "got worse": "worsening",
    "declined": "worsening",
    "held steady": "no change",
    "stayed the same": "no change",
    "noticed no change": "no change",
    "saw no change": "no change",
    "did not change": "no change",
    "healed": "healing",
}


_POINTS: dict[str, Direction] = {
    "improvement": "favourable",
    "worsening": "unfavourable",
    "recovery": "favourable",
    "healing": "favourable",
}


_TURNED = re.compile(
    rf"(?i)\s?(?:\([^()]{{0,40}}\)\s?)?(?:(?:of (?:the |all |them ?|those ?)?)?(?:[\w-]+ )"
    rf"{{0,2}}?(?:{PERSONS}) )?(?P<verb>{'|'.join(_OUTCOMES)})\b"
)


def _after(text: str, row: Row) -> str | None:
    rest = text[row.at.end : row.at.end + 120]
    lead = re.match(
        rf"(?i)\s?(?:\([^()]{{0,40}}\)\s?)?(?:of (?:the |all |these |our )?)?(?:[\w-]+ )"
        rf"{{0,3}}?(?:{PERSONS})"
        rf"(?: (?:who|in the [\w ]{{1,30}} (?:group|arm)|(?:receiv|treat|tak)\w+ (?:with )?"
        rf"[\w-]+|with [\w -]{{1,40}}?))?"
        rf" (?P<verb>had|experienced|achieved|developed|reported|showed|were|was|reached|"
        rf"remained|saw|became|lost|gained|needed|required|stopped|felt)\b",
        rest,
    )
    turned = _TURNED.match(rest)
    if turned is not None:
        return _OUTCOMES[turned["verb"].lower()]
    if lead is None and row.head is not None and (row.head.kind == "count" or row.count):
        lead = re.match(
            r"(?i)[)\]]?\s(?P<verb>no longer|had|developed|experienced|achieved|reported|"
            r"needed|required|reached|lost|"
            r"gained|became|stayed|remained)\b",
            rest,
        )
    if lead is None:
        return None
    stop = re.search(
        r"(?i)[,.;()]|\b(?:after|at|in the|in|versus|vs|compared|than|while|whereas|but|by|"
        r"during|within|and (?=\d)|following|over|with)\b|\d",
        rest[lead.end() :],
    )
    words = rest[lead.end() : lead.end() + stop.start() if stop else len(rest)]
    if lead["verb"].lower() == "no longer":
        return f"no longer {words.strip()}"
    return _name(words)


def _before(text: str, row: Row) -> str | None:
    start, _ = clause(text, row.at.start)
    lead = text[start : row.at.start]
    if not lead.strip():
        return None
    while (cut := _TRAILING.search(lead)) is not None:
        lead = lead[: cut.start()]
    lead = re.split(
        r"(?i)\b(?:that|which|in the [\w ]{1,30} group|showed|found|resulted in|led to|"
        r"caused|produced|had an?|achieved|"
        r"results|reported|with an?|mean|median|average|overall)\b",
        lead,
    )[-1]
    lead = re.split(r"(?i)\b(?:at|after|by) (?:week|month|day|year|\d)", lead)[0]
    name = _name(lead, last=True)
    return None if name is None or _GROUPED.search(name) else name


_GROUPED = re.compile(
    rf"(?i)\b(?:groups?|arms?|placebo|controls?|{PERSONS}|treated|versus|vs|sd|sem|compared|"
    rf"than|both|receiving|eyes)\b|[\[\]=/<>]"
)


_VERB = re.compile(
    r"(?i)\b(?:was|were|had|occurred|decreased|increased|rose|fell|improved|declined|did|"
    r"averaged|reached|remained|differed|ranged)\b"
)


def _subject(text: str, row: Row) -> str | None:
    """The subject of the part of the sentence that a value stands in: "The rate of X was higher in
    one group than in the other (12% vs 9%)"."""
    starts = [
        m.end()
        for m in re.finditer(r";|:|\b(?:while|whereas|although|but)\b", text[: row.at.start])
    ]
    lead = text[starts[-1] if starts else 0 : row.at.start]
    opening = re.match(
        r"(?i)\s*(?:RESULTS?\s)?(?:(?:at|after|by|in|during|overall|however|of|for|over)"
        r"\b[^,]{0,60},\s)?",
        lead,
    )
    lead = lead[opening.end() :] if opening else lead
    verb = _VERB.search(lead)
    if verb is None:
        return None
    name = _name(lead[: verb.start()], last=True)
    return None if name is None or _GROUPED.search(name) else name


def _name(words: str, last: bool = False) -> str | None:
    bare = _LEADING.sub("", words.strip(" ,:;()–-“”\"'"))
    bare = re.sub(r"\([^()]*\)?", " ", bare)
    parts = bare.split()[-8:] if last else bare.split()[:8]
    while parts and parts[-1].lower() in (
        "the",
        "of",
        "a",
        "an",
        "and",
        "or",
        "was",
        "were",
        "to",
        "with",
        "for",
    ):
        parts.pop()
    name = " ".join(parts).strip(" ,:;()–-")
    bare_number = not re.sub(rf"(?i)\b(?:only|just|the|all|{WRITTEN})\b|\W", "", name)
    if bare_number or len(name) < 3 or not re.search(r"[a-z]{3}|[A-Z]{2}", name):
        return None
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def reconciled(drafts: list[tuple[Mention, str]]) -> Iterator[Mention]:
    """Mentions, where a rounded value under a lay paraphrase ("no signs of disease", "frozen")
    takes the endpoint of the exact value of the same trial that it rounds."""
    exact = [m for m, said in drafts if m.value is not None and _literal(m, said) and m.unit == "%"]
    for mention, said in drafts:
        if mention.unit != "%" or mention.value is None or _literal(mention, said):
            yield mention
            continue
        match = [e for e in exact if _rounds(mention, e)]
        own = [e for e in exact if e.endpoint == mention.endpoint and e.value == mention.value]
        names = {e.endpoint for e in match}
        if len(names) == 1 and not own:
            flags = (*mention.flags, "endpoint-from-context")
            yield replace(mention, endpoint=match[0].endpoint, flags=flags)
        else:
            yield mention


def _literal(mention: Mention, said: str) -> bool:
    """Whether the text used the endpoint's own name or abbreviation, not a paraphrase."""
    stems = re.findall(r"[a-z]{3,}", mention.endpoint.lower())
    words = said.lower()
    return said.isupper() or ("survival" in words and any(s in words for s in stems))


def _rounds(rough: Mention, exact: Mention) -> bool:
    if rough.value is None or exact.value is None or exact.value == rough.value:
        return False
    if "survival" not in exact.endpoint or (rough.trial, rough.subgroup, rough.arm) != (
        exact.trial,
        exact.subgroup,
        exact.arm,
    ):
        return False
    if None not in (rough.timepoint_months, exact.timepoint_months) and (
        rough.timepoint_months != exact.timepoint_months
    ):
        return False
    slack = 1.0 if "approximate" in rough.flags else 0.5
    return abs(rough.value - exact.value) <= slack
