"""The words of posts that carry a subject, alone and as phrases of neighbours.

Function words, words of time, amount and doing, greetings, what forums say of themselves, and the
names of those who write are left out; they would make topics of their own. Phrases are words that
stand side by side, without a mark, a line break or one of those words between them.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources

from community import lexicon
from community.discovery.nouns import Said

JOINT = "_"  # between the words of a phrase
_LONGEST = 3  # words of a phrase
_TOKEN = re.compile(r"[^\W\d_][^\W_]*(?:['’-][^\W_]+)*|[^\w\s]|\n|\d+")
_INSIDE = frozenset(",-–()'’\"/")  # marks that end no sentence
_PART = re.compile(r"[^\W\d_]{3,}")
_GENITIVE = ("'s", "’s")
_SHORTEST = 3  # letters of a word; of two letters, those in capitals (MS, GP)
# of the lexicon "address"; its collectives ("doctor", "team") are subjects
_COMMON = ("greeting", "closing", "interjection", "adverb", "function-word", "english", "german")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of some posts. `runs` holds each post's stretches of neighbouring words, folded
    by `folds` (plural to singular); `spellings` how often a word is written in which way inside a
    sentence."""

    runs: tuple[tuple[tuple[str, ...], ...], ...]
    folds: Mapping[str, str]
    spellings: Mapping[str, Mapping[str, int]]

    def singles(self, post: int) -> list[str]:
        """The words of a post, in order."""
        return [word for run in self.runs[post] for word in run]

    def only(self, posts: Sequence[int]) -> Words:
        """The words of some of the posts; how words are written stays as it is in all."""
        return replace(self, runs=tuple(self.runs[post] for post in posts))

    def terms(self, post: int) -> Iterator[str]:
        """The words and phrases of a post, phrases joined by `JOINT`."""
        for run in self.runs[post]:
            for size in range(1, _LONGEST + 1):
                for start in range(len(run) - size + 1):
                    yield JOINT.join(run[start : start + size])


@cache
def _own() -> lexicon.Lexicon:
    file = resources.files("community").joinpath("data", "topics.toml")
    return lexicon.parse(file.read_text(encoding="utf-8"), "topics.toml")


@cache
def stop_words() -> frozenset[str]:
    """Words without a subject, lower case, with straight apostrophes."""
    folder = resources.files("community").joinpath("data")
    plain = (term for term in _own().terms if term.group == "plain")
    common = (term for term in lexicon.packaged("address").terms if term.id in _COMMON)
    found = {word for term in (*plain, *common) for word in term.spellings}
    languages = tomllib.loads(folder.joinpath("languages.toml").read_text(encoding="utf-8"))
    for words in languages["words"].values():
        found.update(words.split())
    return frozenset(found)


def names_of(authors: Iterable[str | None]) -> set[str]:
    """What may be a name in a text, lower case: common first names, and parts of authors' names."""
    parts = {part for name in authors if name for part in _PART.findall(name.casefold())}
    return parts.union(_own().find("first-name").spellings)


def read(posts: Sequence[Said], names: Collection[str] = ()) -> Words:
    """The words of posts.

    Args:
        posts: the posts, their text masked.
        names: what may be a name (`names_of`); it is one where it is written with
            a capital in half of its places or more ("Hope" the member, not hope).
    """
    counts: dict[str, int] = defaultdict(int)
    raw = [_runs(post.text, counts) for post in posts]
    spellings: dict[str, dict[str, int]] = defaultdict(dict)
    for spelling, often in counts.items():
        spellings[_subject(spelling)][spelling] = often
    people = {name for name in names if _is_name(spellings.get(name))}
    fold = _folds(spellings)
    runs = (
        tuple(
            tuple(fold.get(word, word) for word in part)
            for run in post
            for part in _without(run, people)
        )
        for post in raw
    )
    return Words(runs=tuple(runs), folds=fold, spellings=spellings)


def _runs(text: str, counts: dict[str, int]) -> list[list[str]]:
    """Stretches of words that carry a subject; every word is counted as it is written, but for a
    first word with a capital, which a sentence has anyway."""
    found: list[list[str]] = [[]]
    inside = False
    for token in _TOKEN.findall(text):
        parts = _parts(token)
        if not parts:
            inside = token in _INSIDE or token.isdigit()
            found.append([])
        for written, word in parts:
            if not word:
                found.append([])
            else:
                found[-1].append(word)
                counts[written] += inside or written.isupper() or written.islower()
            inside = True
    return [run for run in found if run]


@lru_cache(maxsize=100_000)
def _parts(token: str) -> tuple[tuple[str, str], ...]:
    """The words in a token as they are written, and in lower case or "" where they carry no
    subject; nothing where the token is a mark. Genitives go; hyphens part words unless one is a
    mere letter ("t-cell")."""
    if not token[0].isalpha():
        return ()
    for ending in _GENITIVE:
        token = token.removesuffix(ending)
    parts = token.split("-")
    whole = all(len(part) >= _SHORTEST for part in parts)
    return tuple((part, _subject(part)) for part in (parts if whole else [token]))


def _subject(written: str) -> str:
    word = written.lower().replace("’", "'")
    long = len(written) >= _SHORTEST or (len(written) == 2 and written.isupper())
    return word if long and "'" not in word and word not in stop_words() else ""


def _is_name(spellings: Mapping[str, int] | None) -> bool:
    if not spellings:
        return False
    capital = sum(often for written, often in spellings.items() if written[0].isupper())
    return capital > 0 and 2 * capital >= sum(spellings.values())


def _without(run: list[str], people: set[str]) -> Iterator[list[str]]:
    """A run, cut where somebody's name stands."""
    part: list[str] = []
    for word in run:
        if word not in people:
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _folds(known: Iterable[str]) -> dict[str, str]:
    """Plural → singular, where both are written in these posts."""
    words = set(known)
    folds: dict[str, str] = {}
    for word in sorted(words):
        for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
            single = word.removesuffix(ending) + instead
            if word.endswith(ending) and len(single) >= _SHORTEST and single in words:
                folds[word] = single
                break
    return folds


def spelled(words: Words) -> dict[str, str]:
    """How each folded word is written most often: plural or singular, with capitals only where most
    write it so inside a sentence ("MRI", "Tysabri")."""
    ways: dict[str, dict[str, int]] = defaultdict(dict)
    for word, spellings in words.spellings.items():
        ways[words.folds.get(word, word)] |= {word: 0, **spellings}
    return {word: max(often, key=lambda w: _usual(w, often[w])) for word, often in ways.items()}


def _usual(written: str, often: int) -> tuple[bool, int, bool, str]:
    """Which of two ways to write a word is the better one; a slip happens once."""
    slip = often < 2 and not written.islower() and not written.isupper()
    return (not slip, often, written.islower(), written)
