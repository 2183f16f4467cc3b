"""Whether an outcome was higher, lower or no different with one treatment than with another.

The task of Evidence Inference (Lehman et al. 2019): an abstract, and a prompt of outcome,
intervention and comparator. `evidence` ranks sentences for a prompt; `direction` reads the best
ones. Both are linear heads (`linear`): of words and pairs around the three, of which arm follows a
word of change, of p values and intervals that cross 1 or 0, and of the values of the two arms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from community.results import linear, telling
from community.results.endpoints import Vocabulary
from community.results.linear import Floats
from community.types import Direction

CHANGES = ("increased", "decreased", "no difference")
SHARE = 2.0  # what the vector weighs beside the named features
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|<[ico]>|\d+(?:\.\d+)?|[%<>=±]")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the and for with from than was were had has have not that this these those group groups "
        "arm patients treatment treated therapy mean median total number rate score scores level "
        "levels change changes after before during between days weeks months years week month "
        "year day study compared versus per use using who into all each only both also daily dose "
        "received receive",
    )
)
_P = re.compile(r"(?i)\bp(?:[- ]?values?)?\s*(?P<sign>[<>=≤≥]|of|was)\s*(?P<p>0?[.·]\d+|\d)")
_RATIO = re.compile(
    r"(?i)\b(?:HR|OR|RR|hazard ratio|odds ratio|relative risk|risk ratio|rate ratio)\b\D{0,25}"
    r"(?P<ratio>\d+[.·]\d+)"
)
_INTERVAL = re.compile(
    r"(?i)\bCI\b[^\d−–-]{0,12}(?P<low>[−–-]?\d+(?:[.·]\d+)?)\s*(?:to|,|[–−-])\s*"
    r"(?P<high>[−–-]?\d+(?:[.·]\d+)?)"
)
_VALUE = re.compile(r"(?<![\w.·])(?P<v>[−-]?\d+(?:[.·]\d+)?)(?=\s?%|\s?±|\s?\(|\s|[,;.)]|$)")
_MOST = 700  # characters of evidence that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is asked: an outcome, and the two treatments set against each other."""

    outcome: str
    intervention: str
    comparator: str


def stems(words: str) -> frozenset[str]:
    """What tells one name from another: beginnings of its words, without the commonest; "group B"
    is one of them, a bare number is none."""
    return frozenset(stem for _, _, stem in _tokens(words))


_TOKEN = re.compile(
    r"(?i)\b(?:groups?|arm) (?P<letter>[A-Z\d]\b)|\(?\b(?P<short>[A-Z]{2,6}\d?)\b"
    r"|\b[A-Za-z][A-Za-z0-9]+"
)


def _tokens(text: str) -> list[tuple[int, int, str]]:
    """Words that may name something, with offsets and stem."""
    out = []
    for m in _TOKEN.finditer(text):
        word = m[0].strip("(").lower()
        if m["letter"]:
            out.append((m.start(), m.end(), f"group {m['letter'].lower()}"))
        elif (len(word) > 2 and word not in _STOP) or (m[0].strip("(").isupper() and len(word) > 1):
            out.append((m.start() + m[0].startswith("("), m.end(), word[:6]))
    return out


def direction(
    text: str, prompt: Prompt, vocabulary: Vocabulary
) -> tuple[str, tuple[float, float, float]]:
    """Which of `CHANGES` a passage tells of the prompt's outcome, and the chance of each."""
    found = keys(text, prompt, vocabulary)
    vector = telling.embedded(telling.bare(text[:_MOST]))[None] * SHARE
    chances = linear.packaged()["compared"].chances([found], np.array([scale(found)]), vector)[0]
    told = (float(chances[0]), float(chances[1]), float(chances[2]))
    return CHANGES[int(chances.argmax())], told


# From this chance on the head's answer is taken; below it the words of the clause decide.
_SURE = 0.7


def pointing(
    text: str, prompt: Prompt, means: Direction, vocabulary: Vocabulary
) -> Direction | None:
    """Which way a passage points that sets two arms against each other; None where it does not name
    both, where nobody knows what more of the outcome means, or where the head is not sure."""
    named = {kind for *_, kind in placed(text, prompt)}
    if means == "neutral" or not {"i", "c"} <= named:
        return None
    change, chances = direction(text, prompt, vocabulary)
    if max(chances) < _SURE:
        return None
    if change == "no difference":
        return "neutral"
    good = (means == "favourable") == (change == "increased")
    return "favourable" if good else "unfavourable"


def scale(found: Sequence[str]) -> float:
    """What one feature weighs: less, the more there are."""
    return 3 / float(np.sqrt(max(4, len(found) / 5)))


def placed(text: str, prompt: Prompt) -> list[tuple[int, int, str]]:
    """Where the prompt's outcome and arms stand in a passage: start, end, "i", "c" or "o"."""
    words = _tokens(text)
    own, other = stems(prompt.intervention), stems(prompt.comparator)
    wanted = {"i": own - other or own, "c": other - own or other, "o": stems(prompt.outcome)}
    out: list[tuple[int, int, str]] = []
    for kind, names in wanted.items():
        begun = end = -1
        for start, stop, stem in words:
            if stem not in names:
                continue
            if begun >= 0 and start - end <= 12:
                end = stop
                continue
            if begun >= 0:
                out.append((begun, end, kind))
            begun, end = start, stop
        if begun >= 0:
            out.append((begun, end, kind))
    for kind, pattern in _USUAL.items():
        if not any(k == kind for *_, k in out):
            out += [(m.start(), m.end(), kind) for m in pattern.finditer(text)]
    return _apart(sorted(out))


# How passages call the arms where they do not name them.
_USUAL = {
    "i": re.compile(
        r"(?i)\b(?:intervention|experimental|active|treated|treatment|study|case|test)s? "
        r"(?:groups?|arms?|patients|participants|subjects)\b|\bcases\b"
    ),
    "c": re.compile(
        r"(?i)\b(?:placebo|controls?|sham|usual care|standard|(?:the )?other (?:groups?|arms?)|"
        r"untreated)\b"
    ),
}


def _apart(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Stretches without overlaps, the earlier kept."""
    out: list[tuple[int, int, str]] = []
    for one in found:
        if not out or one[0] >= out[-1][1]:
            out.append(one)
    return out


def _marked(text: str, places: Sequence[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, kind in places:
        parts += [text[at:start], f" <{kind}> "]
        at = end
    return "".join((*parts, text[at:])).lower()


@lru_cache(maxsize=256)
def _near(text: str) -> str:
    return text.replace("·", ".")


def keys(text: str, prompt: Prompt, vocabulary: Vocabulary) -> list[str]:
    """Names of the features of a passage with a prompt."""
    text = _near(text[:_MOST])
    places = placed(text, prompt)
    marked = _marked(text, places)
    words = ["0" if w[0].isdigit() else w for w in _WORD.findall(marked)]
    order = _order(places)
    plain = [w for w in words if w not in "0%<>=±"]
    out = [*plain, *(f"{a} {b}" for a, b in pairwise(plain)), f"order.{order}"]
    cues = _cues(marked, vocabulary)
    out += [f"#{name}" for name, _, _ in cues] + [f"#{name}.{order}" for name, _, _ in cues]
    out += _arguments(marked, cues) + _numbers(text, places)
    at = [n for n, w in enumerate(plain) if w == "<o>"][:2]
    for n in at:
        out += [f"o-{w}" for w in plain[max(0, n - 4) : n]] + [
            f"o+{w}" for w in plain[n + 1 : n + 6]
        ]
    return out


def _order(places: Sequence[tuple[int, int, str]]) -> str:
    """The arms in the order in which the passage first names them."""
    return "".join(dict.fromkeys(kind for *_, kind in places if kind in "ic")) or "none"


def _cues(marked: str, vocabulary: Vocabulary) -> list[tuple[str, int, int]]:
    """Words of change, with their places."""
    groups = {"result": ("same", "better", "worse", "none"), "change": vocabulary.names("change")}
    return [
        (name, m.start(), m.end())
        for group, names in groups.items()
        for name in names
        for m in vocabulary.cue(group, name).finditer(marked)
    ]


_AGAINST = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs|relative to|over|against)\b")


def _arguments(marked: str, cues: Sequence[tuple[str, int, int]]) -> list[str]:
    """Of each word of change the arm that comes next, the one before, and the one after "than"."""
    arms = [(m.start(), m[1]) for m in re.finditer(r"<([ic])>", marked)]
    marks = [(m.start(), m[1]) for m in re.finditer(r"<([ico])>", marked)]
    out = []
    for name, start, end in cues:
        after = next((arm for at, arm in arms if end <= at < end + 90), "-")
        before = next((arm for at, arm in reversed(arms) if start - 90 < at < start), "-")
        than = _AGAINST.search(marked, end, end + 140)
        other = next((arm for at, arm in arms if than and than.end() <= at < than.end() + 60), "-")
        between = [arm for at, arm in arms if than and end <= at < than.start()]
        what = next((m for at, m in marks if end <= at < end + 50), "-")
        out += [f"{name}>{after}", f"{name}<{before}", f"{name}|{before}{after}", f"{name}>>{what}"]
        out += [f"{name} than {other}", f"{name} {between[:1]} than {other}"]
    return out + _nearest(marked, cues, arms)


_OTHER = {"i": "c", "c": "i", "-": "-"}


def _nearest(
    marked: str, cues: Sequence[tuple[str, int, int]], arms: Sequence[tuple[int, str]]
) -> list[str]:
    """The word of more or less that stands nearest to the outcome, and whose it is: not of the arm
    after "than", else of the arm that follows soon, else of the one before."""
    asked = [m.start() for m in re.finditer(r"<o>", marked)]
    moved = [cue for cue in cues if cue[0] in ("more", "less")]
    if not asked or not moved:
        return ["o.unmoved"]
    name, start, end = min(moved, key=lambda c: (min(abs(c[1] - at) for at in asked), c[1]))
    than = _AGAINST.search(marked, end, end + 160)
    against = next((arm for at, arm in arms if than and than.end() <= at < than.end() + 60), "-")
    after = next((arm for at, arm in arms if end <= at < end + 60), "-")
    before = next((arm for at, arm in reversed(arms) if start - 120 < at < start), "-")
    whose = _OTHER[against] if against != "-" else after if after != "-" else before
    even = any(n in ("even", "same", "none") and abs(a - start) < 40 for n, a, _ in cues)
    return [f"o.{name}", f"o.{name}.{whose}", f"o.{name}.{whose}.{even}"]


def _numbers(text: str, places: Sequence[tuple[int, int, str]]) -> list[str]:
    """What p values, intervals, ratios and the values of the two arms say."""
    out = []
    for m in _P.finditer(text):
        small = float(m["p"]) < 0.05 and m["sign"] not in (">", "≥")
        small = small or (m["sign"] == "<" and float(m["p"]) <= 0.05)
        out.append("#significant" if small else "#chance")
    for m in _RATIO.finditer(text):
        out.append("#ratio<" if float(m["ratio"]) < 1 else "#ratio>")
    for m in _INTERVAL.finditer(text):
        low, high = (float(re.sub("[−–]", "-", m[k])) for k in ("low", "high"))
        if low > high and high < 0:
            high = -high
        crossed = low <= 0 <= high if low <= 0 else low <= 1 <= high
        out.append("#crossed" if crossed else "#uncrossed")
    return out + _values(text, places)


def _values(text: str, places: Sequence[tuple[int, int, str]]) -> list[str]:
    """Which arm has the larger value, where two comparable numbers stand by the arms, or in order
    behind both."""
    taken = [m.span() for p in (_P, _RATIO, _INTERVAL) for m in p.finditer(text)]
    free = [
        (m.start(), float(m["v"].replace("−", "-")))
        for m in _VALUE.finditer(text)
        if not any(a <= m.start() < b for a, b in taken)
        and not re.match(r"\s?(?:weeks?|months?|days?|years?|h\b|hours?|min)", text[m.end() :])
        and not re.search(r"(?:±|n\s?=|SD|grade|type)\s?$", text[: m.start()])
    ]
    arms = [(start, kind) for start, _, kind in places if kind in "ic"]
    nearest: dict[str, float] = {}
    for start, kind in arms:
        value = next((v for at, v in free if start < at < start + 60), None)
        if value is not None and kind not in nearest:
            nearest[kind] = value
    out = []
    if len(nearest) == 2 and nearest["i"] != nearest["c"]:
        out.append("near i>c" if nearest["i"] > nearest["c"] else "near i<c")
    pair = re.search(
        r"(?<![\d.])(\d+(?:\.\d+)?)\s?%?(?:\s?±\s?[\d.]+)?[^\d;]{0,40}?\b(?:vs\.?|versus|and|"
        r"compared (?:with|to)|than)\b[^\d;]{0,40}?(\d+(?:\.\d+)?)",
        text,
    )
    if pair and float(pair[1]) != float(pair[2]):
        larger = ">" if float(pair[1]) > float(pair[2]) else "<"
        out += [f"pair {larger}", f"pair {larger} {_order(places)}"]
    return out


def evidence(
    sentences: Sequence[str], prompt: Prompt, vocabulary: Vocabulary
) -> list[tuple[int, float]]:
    """Sentences by how likely they tell the answer, best first: place and chance."""
    if not sentences:
        return []
    rows = clues(sentences, prompt, vocabulary)
    none: list[list[str]] = [[] for _ in sentences]
    chances = linear.packaged()["evidence"].chances(none, np.ones(len(rows)), rows)[:, 0]
    order = sorted(range(len(sentences)), key=lambda n: (-chances[n], n))
    return [(n, float(chances[n])) for n in order]


_MOVED = (("change", "more"), ("change", "less"), ("change", "even"), ("result", "reported"))


def clues(sentences: Sequence[str], prompt: Prompt, vocabulary: Vocabulary) -> Floats:
    """What speaks for each sentence: shared words with outcome and arms, nearness in meaning,
    words of change, numbers, its place. (The head of `telling` has learned from the very sentences
    that this one is trained on, so its chances are no clue here.)"""
    wanted = [stems(prompt.outcome), stems(prompt.intervention), stems(prompt.comparator)]
    asked = telling.embedded(prompt.outcome)
    whole = [stems(text) for text in sentences]
    rare = {
        stem: 1 / (1 + sum(stem in found for found in whole)) for names in wanted for stem in names
    }
    out = []
    for at, (text, found) in enumerate(zip(sentences, whole, strict=True)):
        shares = [_share(names, found, rare) for names in wanted]
        near = float(telling.embedded(telling.bare(text)) @ asked)
        told = sum(vocabulary.has(group, name, text) for group, name in _MOVED) / len(_MOVED)
        p = bool(_P.search(text) or _INTERVAL.search(text))
        place = at / len(sentences)
        full = float(shares[0] > 0.99)
        out.append([*shares, full, near, told, shares[0] * told, near * told, p, place, at == 0])
    return np.array(out, dtype=np.float64)


def _share(names: frozenset[str], found: frozenset[str], rare: dict[str, float]) -> float:
    total = sum(rare[n] for n in sorted(names))
    return sum(rare[n] for n in sorted(names & found)) / total if total else 0.0
