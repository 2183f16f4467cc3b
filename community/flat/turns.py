"""What two neighbouring lines show of a change of writers: the features of `community.flat.breaks`.

A line is looked at once (`look`), a gap between two lines is described by both (`between`). All
features are named, so that their weights can be read; word lists stand in ``flat.toml``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from community import lexicon

_MOST_READ = 3000  # characters of a line that are looked at
_HEAD = 5  # words in which a line shows what it opens with
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FACE = re.compile(r"[:;=xX8]['’]?-?[()DPp3*/|]+(?!\w)|[☀-➿🌀-🫿]|\^\^|<3")
_LIST = re.compile(r"(?:(?P<number>\d{1,2})[.):]\)?|[-–—*•+]|[a-zA-Z]\))\s")
_QUOTE = re.compile(r"[\"“”„«»>‚‘]")
_CLOSED = re.compile(r"[\"“”„«»’')\]*_]+$")
_LINK = re.compile(r"https?://|www\.")
_SENTENCE = re.compile(r"[^.!?…]*[.!?…]*")
_VOCATIVE = re.compile(r"(?:@\s?)?(?P<name>[^\W\d_][\w'’-]*(?:\s[^\W\d_][\w'’.-]*){0,2})\s*[,:!–-]")
_SHORT_NAME = 4  # words of a name on a line of its own
_RARE_FROM = 4  # letters of a word that may tie two lines together


@cache
def terms(group: str) -> frozenset[str]:
    """Spellings of a group of ``flat.toml``, lower case."""
    found = (term for term in _lexicon().terms if term.group == group)
    return frozenset(spelling for term in found for spelling in term.spellings)


@cache
def _lexicon() -> lexicon.Lexicon:
    file = resources.files("community").joinpath("data", "flat.toml")
    return lexicon.parse(file.read_text(encoding="utf-8"), "flat.toml")


@cache
def _opening(group: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, terms(group)), key=len, reverse=True))
    return re.compile(rf"\W*(?:{names})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A line, looked at."""

    text: str
    words: tuple[str, ...]  # folded
    opens: frozenset[str]  # groups of words that it opens with
    ends: str  # kind of its last character
    greeting_only: bool
    closing: bool
    name_like: bool
    vocative: str
    thanks_late: bool
    you: int
    me: int
    asks: bool
    asks_last: bool
    faces: int
    number: int
    listed: bool
    lower: bool
    habits: frozenset[str]  # of typing


def look(line: str) -> Look:
    """What one line shows."""
    text = line.strip()[:_MOST_READ]
    words = tuple(match.group().casefold().replace("’", "'") for match in _WORD.finditer(text))
    groups = ("greeting", "thanks", "agreement", "connective", "question")
    opens = {group for group in groups if _opening(group).match(text)}
    listed = _LIST.match(text)
    first = next((c for c in text if c.isalpha()), "")
    bare = _CLOSED.sub("", text)
    vocative = _vocative(text, words, opens)
    closing = bool(_opening("closing").match(text)) and len(words) <= 7
    greeting_only = "greeting" in opens and len(words) <= 4 and not bare.endswith("?")
    return Look(
        text=text,
        words=words,
        opens=frozenset(opens),
        ends=_ends(bare, text),
        greeting_only=greeting_only,
        closing=closing,
        name_like=_name_like(text, words),
        vocative=vocative,
        thanks_late=_thanks_late(text),
        you=sum(word in terms("you") for word in words),
        me=sum(word in terms("me") for word in words),
        asks="?" in text,
        asks_last=bare.endswith("?"),
        faces=len(_FACE.findall(text)),
        number=int(listed["number"] or 0) if listed else 0,
        listed=listed is not None,
        lower=first.islower(),
        habits=_habits(text),
    )


def _vocative(text: str, words: tuple[str, ...], opens: set[str]) -> str:
    """The name that a line is addressed to, folded; "" where it opens with none."""
    rest = text
    if "greeting" in opens or "thanks" in opens:
        group = "greeting" if "greeting" in opens else "thanks"
        match = _opening(group).match(text)
        rest = text[match.end() :].lstrip(" ,") if match else text
    elif not text.startswith("@") and (opens & {"connective", "question", "agreement"}):
        return ""
    match = _VOCATIVE.match(rest + ("," if len(rest) < 25 and rest is not text else ""))
    if not match or not (match["name"][:1].isupper() or text.startswith("@")):
        return ""
    name = match["name"].casefold()
    return "" if name.split()[0] in terms("me") | terms("you") else name


def _name_like(text: str, words: tuple[str, ...]) -> bool:
    """Whether a line may be a signature: one to four words, no sentence."""
    return (
        0 < len(words) <= _SHORT_NAME
        and len(text) < 40
        and text[-1:] not in ".?!:;"
        and (text[:1].isupper() or len(words) == 1)
    )


def _thanks_late(text: str) -> bool:
    tail = re.split(r"[.!?…]\s", text.rstrip(" .!?…)"))[-1]
    return bool(_opening("thanks").match(tail) or _opening("closing").match(tail))


def _ends(bare: str, text: str) -> str:
    if _FACE.search(text[-4:]):
        return "face"
    last = bare[-1:]
    if bare.endswith(("...", "…")):
        return "dots"
    kinds = {".": "stop", "!": "bang", "?": "ask", ":": "colon", ",": "comma", ";": "comma"}
    return kinds.get(last, "none")


def _habits(text: str) -> frozenset[str]:
    """Habits of typing that stay with a writer."""
    found = {
        "curly": "’" in text or "“" in text,
        "straight": "'" in text or '"' in text,
        "dots": "..." in text or "…" in text,
        "bangs": "!!" in text,
        "spaced": re.search(r"\w\s[,!?.]", text) is not None,
        "double": ".  " in text,
        "small-i": re.search(r"\bi\b", text) is not None,
        "face": _FACE.search(text) is not None,
        "shout": sum(w.isupper() and len(w) > 2 for w in text.split()) >= 2,
        "unstarted": re.search(r"[.!?]\s+[a-z]", text) is not None,
    }
    return frozenset(name for name, here in found.items() if here)


# ---- a gap between two lines --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looks:
    """The lines of a text, looked at, and what is counted over all of them."""

    lines: tuple[Look, ...]
    counts: Counter[str]  # lines in which a word occurs
    addressed: frozenset[str]  # names to which lines are addressed

    @classmethod
    def of(cls, lines: Sequence[str]) -> Looks:
        """Looks at every line."""
        found = tuple(look(line) for line in lines)
        counts = Counter(word for one in found for word in set(one.words))
        addressed = frozenset(one.vocative for one in found if one.vocative)
        return cls(found, counts, addressed)


def between(looks: Looks, at: int) -> dict[str, float]:
    """Features of the gap in front of line `at` (1 or more), by name."""
    a, b = looks.lines[at - 1], looks.lines[at]
    found: dict[str, float] = {"bias": 1.0}
    found |= {f"b-opens-{group}": 1.0 for group in b.opens}
    found |= {f"a-ends-{a.ends}": 1.0, f"b-ends-{b.ends}": 1.0}
    found |= _shape("a", a) | _shape("b", b)
    found |= _together(looks, a, b)
    if at > 1:
        z = looks.lines[at - 2]
        found["z-greeting"] = float(z.greeting_only or "greeting" in z.opens)
        found["z-closing"] = float(z.closing)
        found["z-long"] = _length(z)
    if at + 1 < len(looks.lines):
        c = looks.lines[at + 1]
        found["c-greeting"] = float("greeting" in c.opens or bool(c.vocative))
        found["c-closing"] = float(c.closing)
        found["c-long"] = _length(c)
        found["c-name"] = float(c.name_like)
    return {name: value for name, value in found.items() if value}


def alone(one: Look) -> dict[str, float]:
    """Features of one line, by name: is it talk, or an article?"""
    found: dict[str, float] = {"bias": 1.0, f"ends-{one.ends}": 1.0}
    found |= {f"opens-{group}": 1.0 for group in one.opens}
    found |= {name[2:]: value for name, value in _shape("b", one).items()}
    found |= {f"habit-{habit}": 1.0 for habit in one.habits}
    words = max(1, len(one.words))
    found["me-share"] = min(1.0, 10 * one.me / words)
    found["you-share"] = min(1.0, 10 * one.you / words)
    found["thanks-late"] = float(one.thanks_late)
    found["figures"] = float(sum(c.isdigit() for c in one.text) > 0.04 * len(one.text))
    found["long-words"] = float(sum(len(word) > 9 for word in one.words) > 0.15 * words)
    return {name: value for name, value in found.items() if value}


def _length(one: Look) -> float:
    return math.log1p(len(one.words)) / 4


def _shape(side: str, one: Look) -> dict[str, float]:
    first = one.words[0] if one.words else ""
    n = len(one.words)
    return {
        f"{side}-greeting-only": float(one.greeting_only),
        f"{side}-greeting-name": float("greeting" in one.opens and bool(one.vocative)),
        f"{side}-vocative": float(bool(one.vocative) and "greeting" not in one.opens),
        f"{side}-at": float(one.text.startswith("@")),
        f"{side}-closing": float(one.closing),
        f"{side}-name": float(one.name_like),
        f"{side}-thanks-late": float(one.thanks_late),
        f"{side}-asks": float(one.asks),
        f"{side}-asks-last": float(one.asks_last),
        f"{side}-you": float(one.you > 0),
        f"{side}-me": float(one.me > 0),
        f"{side}-me-first": float(first in terms("me")),
        f"{side}-you-early": float(any(w in terms("you") for w in one.words[:_HEAD])),
        f"{side}-face": float(one.faces > 0),
        f"{side}-listed": float(one.listed),
        f"{side}-lower": float(one.lower),
        f"{side}-quote": float(bool(_QUOTE.match(one.text))),
        f"{side}-quoted-whole": float(
            bool(_QUOTE.match(one.text)) and bool(_QUOTE.search(one.text[-2:]))
        ),
        f"{side}-link": float(_LINK.match(one.text) is not None),
        f"{side}-long": _length(one),
        f"{side}-tiny": float(n <= 3),
        f"{side}-short": float(3 < n <= 10),
        f"{side}-wordless": float(n == 0),
        f"{side}-bracket": float(one.text[:1] in "([*"),
    }


def _together(looks: Looks, a: Look, b: Look) -> dict[str, float]:
    shared = _cohesion(looks, a, b)
    sizes = abs(_length(a) - _length(b))
    signed = (
        bool(b.vocative) and bool(a.words) and a.name_like and (a.words[0] == b.vocative.split()[0])
    )
    signature = (
        a.name_like
        and bool(a.words)
        and a.words[0] in {name.split()[0] for name in looks.addressed}
    )
    return {
        "cohesion": shared,
        "no-cohesion": float(shared == 0 and min(len(a.words), len(b.words)) > 8),
        "answers": float(a.asks_last and not b.asks),
        "answers-you": float(a.asks and b.you > 0),
        "you-after-me": float(a.me > 0 and a.you == 0 and b.you > 0 and b.me == 0),
        "me-after-you": float(a.you > 0 and a.me == 0 and b.me > 0 and b.you == 0),
        "me-me": float(a.me > 0 and b.me > 0),
        "you-you": float(a.you > 0 and b.you > 0),
        "signed-to": float(signed),
        "signature": float(signature),
        "same-addressee": float(bool(a.vocative) and a.vocative == b.vocative),
        "list-goes-on": float(b.number > 1 and (a.number == b.number - 1)),
        "both-listed": float(a.listed and b.listed),
        "size": sizes,
        "habits": len(a.habits ^ b.habits) / 4,
        "habits-shared": len(a.habits & b.habits) / 4,
        "both-long": min(_length(a), _length(b)),
        "colon-list": float(a.ends == "colon" and b.listed),
        "open-lower": float(a.ends in ("none", "comma") and b.lower),
        "greeted-then": float(a.greeting_only and not b.greeting_only),
        "closing-name": float(a.closing and b.name_like),
        "name-then": float(a.name_like and len(b.words) > 3),
    }


def _cohesion(looks: Looks, a: Look, b: Look) -> float:
    """How much of the rarer words two lines share: a cosine, each word weighted by its rarity."""
    total = len(looks.lines)
    weight = {
        word: math.log((total + 1) / looks.counts[word])
        for word in {*a.words, *b.words}
        if len(word) >= _RARE_FROM
    }
    left = {word for word in a.words if word in weight}
    right = {word for word in b.words if word in weight}
    if not left or not right:
        return 0.0
    norm = math.sqrt(sum(weight[w] ** 2 for w in left) * sum(weight[w] ** 2 for w in right))
    return sum(weight[w] ** 2 for w in left & right) / norm if norm else 0.0
