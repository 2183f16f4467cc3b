"""Where, in each of a page's contributions, the author and the words stand: learned by comparison.

All contributions of a page are made alike, so a place in one (the way from its element down to a
part of it) is the same place in the others. What stands there tells what it is: a name is short and
changes from one contribution to the next, now and then coming back; a control says the same in
most; the words are what is long and never repeats.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from community import dates
from community.html import relative
from community.html.markup import Element, classes, text_of, walk
from community.html.quotes import is_quote

Path = tuple[str, ...]

_LONGEST_NAME = 48  # characters
_MOST_WORDS = 5
_MOST_NODES = 400  # of a contribution looked at
_SAMPLE = 120  # contributions compared
_SURE_NAME = 0.6  # from here on the words at a place are names
_COMMON = 0.5  # of the contributions say the same at a place: it is furniture
_LONGEST_LABEL = 60
_NOT_NAME = re.compile(
    r"^\W*$|^[\W\d]+$|https?:|www\.|(?<!^)@.+\.|[!?;{}]|\w{5}\.\s|^(?:re|aw|sv|vs|rv|odp|rif)\s*:|"
    r"\b(?:posts?|likes?|points?|joined|views|"
    r"comments?|reply|replies|member|beiträge|antworten|mitglied|messages|mensajes|messaggi)\b",
    re.I,
)
_REMOTE = re.compile(r"@[\w.-]+@[\w.-]+$")  # how federated sites print who writes elsewhere
_PROFILE = re.compile(
    r"(?:^|/)(?:members?|users?|profiles?|u|author|user|people)/|profile|member|user", re.I
)
_SOFT = frozenset(["span", "font", "small"])  # now and then the words stand in one of these
_INLINE = frozenset(
    ["a", "b", "strong", "i", "em", "cite", "time", "abbr", "u", "img", "br",
     "sub", "sup", "code", "mark", "s", "del", "ins", "q", "kbd", "bdi", "label", "button"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """What was learned: the places of author and words, and per contribution what is furniture."""

    authors: Mapping[Element, str] = field(default_factory=dict)
    signed: Mapping[Element, Element] = field(default_factory=dict)  # who wrote, as an element
    bodies: Mapping[Element, Element] = field(default_factory=dict)
    furniture: frozenset[Element] = frozenset()

    def joined(self, item: Element, author: Element | None, body: Element | None) -> Fields:
        """The same with one more contribution."""
        named = {item: _line(author, ())} if author is not None else {}
        return Fields(
            authors={**self.authors, **named},
            signed={**self.signed, **({item: author} if author is not None else {})},
            bodies={**self.bodies, **({item: body} if body is not None else {})},
            furniture=self.furniture,
        )


@dataclass(slots=True)
class _Part:
    """A part of a contribution: where it stands and its words on one line (shortened)."""

    node: Element
    path: Path
    words: str


def learn(items: Sequence[Element], nested: Mapping[Element, Collection[Element]]) -> Fields:
    """Compares contributions; `nested` gives for each the elements that belong to others."""
    if len(items) < 2:
        return Fields()
    sample = items[:: max(1, len(items) // _SAMPLE)]
    parts = [list(_parts(item, nested.get(item, ()))) for item in sample]
    at = [_first_at(own) for own in parts]
    repeated = _repeated(parts)
    author = _author_path(at, parts)
    controls = {
        part.node
        for own in parts
        for part in own
        if part.words and (part.path, _bare(part.words)) in repeated
    }
    named = {
        part.node
        for own in parts
        for part in own
        if author and author in (part.path, _loose(part.path)) and may_name(part.words)
    }
    body = _body_path(parts, controls | named)
    return _everywhere(items, nested, (author, body), repeated)


def _everywhere(
    items: Sequence[Element],
    nested: Mapping[Element, Collection[Element]],
    paths: tuple[Path, Path],
    repeated: Collection[tuple[Path, str]],
) -> Fields:
    """Looks up in all contributions the places that some of them taught."""
    author, body = paths
    places = {path for path, _ in repeated}
    signed: dict[Element, Element] = {}
    bodies: dict[Element, Element] = {}
    furniture: set[Element] = set()
    for item in items:
        stop = nested.get(item, ())
        for node, path in _ways(item, stop):
            if (
                item not in signed
                and author in (path, _loose(path))
                and may_name(_line(node, stop))
            ):
                signed[item] = node
            if path == body:
                bodies.setdefault(item, node)
            if path in places and (path, _bare(_line(node, stop))) in repeated:
                furniture.add(node)
    return Fields(
        authors={item: _line(node, ()) for item, node in signed.items()},
        signed=signed,
        bodies=bodies,
        furniture=frozenset(furniture),
    )


def _line(node: Element, stop: Collection[Element]) -> str:
    return text_of(node, stop, most=_LONGEST_LABEL + 20)


def _parts(item: Element, stop: Collection[Element]) -> Iterator[_Part]:
    for node, path in _ways(item, stop):
        yield _Part(node, path, _line(node, stop))


def _ways(item: Element, stop: Collection[Element]) -> Iterator[tuple[Element, Path]]:
    """The parts of a contribution, each with the way down to it."""
    paths: dict[Element, Path] = {item: ()}
    counts: dict[Element, Counter[str]] = defaultdict(Counter)
    for seen, node in enumerate(walk(item, stop)):
        if seen > _MOST_NODES:
            return
        if node is item:
            continue
        above = node.getparent()
        step = _step(node, counts[above])
        paths[node] = (*paths.get(above, ()), step)
        if len(paths[node]) < 14:
            yield node, paths[node]


def _step(node: Element, before: Counter[str]) -> str:
    """One step of a way down: the tag and its first class, counted among its like."""
    bare = (token.rstrip("0123456789-_") for token in classes(node))
    marks = [token for token in bare if token and not any(char.isdigit() for char in token)]
    name = f"{node.tag}.{marks[0]}" if marks else str(node.tag)
    before[name] += 1
    return f"{name}:{before[name]}" if before[name] > 1 else name


def _first_at(parts: Sequence[_Part]) -> dict[Path, _Part]:
    found: dict[Path, _Part] = {}
    for part in parts:
        if part.words:
            found.setdefault(part.path, part)
    return found


def _bare(words: str) -> str:
    """Words without their numbers: counters of likes and replies say the same everywhere."""
    return re.sub(r"[\d.,]+", "0", words).casefold().strip()


def _repeated(parts: Sequence[Sequence[_Part]]) -> set[tuple[Path, str]]:
    """What most contributions say at one place."""
    counts: Counter[tuple[Path, str]] = Counter()
    for own in parts:
        counts.update(
            {
                (part.path, _bare(part.words))
                for part in own
                if part.words and len(part.words) <= _LONGEST_LABEL and not _mentions(part)
            }
        )
    least = max(3, _COMMON * len(parts))
    return {key for key, count in counts.items() if count >= least}


def _mentions(part: _Part) -> bool:
    """Whether a part addresses somebody: the poster's own words, however often they come."""
    above = part.node.getparent()
    return part.words[0] == "@" or (above.text or "").strip() == "@"


# ---- the author -------------------------------------------------------------------------------


def may_name(words: str) -> bool:
    """Whether words, on one line, may be somebody's name."""
    if not words or len(words) > _LONGEST_NAME or len(words.split()) > _MOST_WORDS:
        return False
    if _REMOTE.match(words):
        return True
    if _NOT_NAME.search(words) or not any(char.isalpha() for char in words):
        return False
    return dates.find(words) is None and not relative.is_relative(words)


def _author_path(at: Sequence[Mapping[Path, _Part]], parts: Sequence[Sequence[_Part]]) -> Path:
    """The place whose words are most like names; () where none is."""
    total = len(at)
    values: dict[Path, list[_Part]] = defaultdict(list)
    for places in at:
        for path, part in places.items():
            values[path].append(part)
    heard = _heard(parts)
    path = _best_path(values, total, heard)
    if path:
        return _narrowed(path, values)
    loose: dict[Path, list[_Part]] = defaultdict(list)
    for places in at:
        first: dict[Path, _Part] = {}
        for path, part in places.items():
            first.setdefault(_loose(path), part)
        for path, part in first.items():
            loose[path].append(part)
    return _best_path(loose, total, heard)


def _narrowed(path: Path, values: Mapping[Path, Sequence[_Part]]) -> Path:
    """The way to the name alone, where after it some contributions say more (a badge)."""
    whole = {part.node: part.words for part in values[path]}
    for below, parts in values.items():
        if below[:-1] != path or len(parts) != len(whole):
            continue
        around = [whole.get(part.node.getparent(), "") for part in parts]
        same = sum(part.words == words for part, words in zip(parts, around, strict=True))
        led = all(words.startswith(part.words) for part, words in zip(parts, around, strict=True))
        if led and _COMMON * len(parts) <= same < len(parts):
            return below
    return path


def _best_path(values: Mapping[Path, Sequence[_Part]], total: int, heard: Collection[str]) -> Path:
    best = 0.0
    path_of_best: Path = ()
    for path, found in values.items():
        quality = _like_names(found, total, heard) if len(found) >= 0.6 * total else 0.0
        if quality > best:
            best, path_of_best = quality, path
    return path_of_best if best >= _SURE_NAME else ()


def _loose(path: Path) -> Path:
    """A way down that does not count among like ones, marked as such."""
    return ("*", *(re.sub(r":\d+$", "", step) for step in path))


def _like_names(found: Sequence[_Part], total: int, heard: Collection[str]) -> float:
    """How much the words at a place look like the names of who writes, 0 to about 2."""
    good = [part for part in found if may_name(part.words)]
    if len(good) < 0.85 * len(found):
        return 0.0
    distinct = len({_bare(part.words) for part in good})
    if distinct < 2 or distinct < 0.12 * len(good):
        return 0.0
    node = good[0].node
    quality = 0.5 * len(good) / total + 0.2 * distinct / len(good)
    linked = node if node.tag == "a" else node.find(".//a")
    if linked is not None and _PROFILE.search(linked.get("href") or ""):
        quality += 0.3
    if node.tag in ("b", "strong", "cite", "a", "h3", "h4", "h5", "bdi"):
        quality += 0.15
    quality += 0.3 * sum(part.words.casefold() in heard for part in good) / len(good)
    quality += 0.1 * sum(part.words[:1].isupper() for part in good) / len(good)
    quality -= 0.2 * (sum(len(part.words) for part in good) / len(good) > 24)
    initials = sum(len(p.words) == 1 or (len(p.words) == 2 and p.words.isupper()) for p in good)
    quality -= 0.4 * initials / len(good)  # a letter in place of a picture
    quality -= 0.02 * len(good[0].path)  # the fewer steps down, the more it is the name of it all
    return quality


def _heard(parts: Sequence[Sequence[_Part]]) -> set[str]:
    """What pictures are called and what is addressed: names, wherever they stand."""
    found: set[str] = set()
    for own in parts:
        for part in own:
            for label in (
                part.node.get("alt"),
                part.node.get("aria-label"),
                part.node.get("title"),
            ):
                if label and len(label) <= _LONGEST_NAME + 30:
                    bare = re.sub(
                        r"^.*?\b(?:by|to|from|of|von|auf|de|à|avatar|user)\b:?\s+", "", label
                    )
                    bare = re.sub(r"(?:['’]s)?\s+(?:avatar|profile|picture|photo).*$", "", bare)
                    found |= {label.casefold(), bare.casefold()}
            if part.words.startswith("@"):
                found.add(part.words[1:].strip(" ,:").casefold())
    return found


# ---- the words --------------------------------------------------------------------------------


def _body_path(parts: Sequence[Sequence[_Part]], furniture: Collection[Element]) -> Path:
    """The way to the element that holds the words of each contribution; () where none does."""
    mass = _masses(parts, furniture)
    path: Path = ()
    while True:
        below: Counter[Path] = Counter()
        holders: Counter[Path] = Counter()
        for own in mass:
            for place, count in own.items():
                if len(place) == len(path) + 1 and place[:-1] == path:
                    below[place] += count
                    holders[place] += 1
        if not below:
            return path
        best, count = below.most_common(1)[0]
        here = sum(own.get(path, 0) for own in mass)
        least = 0.85 if _tag(best) in _SOFT else 0.7
        if min(count / here, holders[best] / len(parts)) < least or _tag(best) in _INLINE:
            return path
        if _tag(best) in ("p", "blockquote", "ul", "ol", "pre", "li") and (
            _has_more(mass, best) or _beside_quote(parts, best)
        ):
            return path
        path = best


def _tag(path: Path) -> str:
    return re.split(r"[.:]", path[-1])[0]


def _has_more(mass: Sequence[Mapping[Path, int]], path: Path) -> bool:
    """Whether beside the first paragraph others stand: then the words are what holds them."""
    name = path[-1]
    return any(
        place[:-1] == path[:-1] and place[-1:] and place[-1].startswith(f"{name}:")
        for own in mass
        for place in own
    )


def _beside_quote(parts: Sequence[Sequence[_Part]], path: Path) -> bool:
    """Whether beside it stands a quotation: then the words are what holds both."""
    return any(part.path[:-1] == path[:-1] and is_quote(part.node) for own in parts for part in own)


def _masses(
    parts: Sequence[Sequence[_Part]], furniture: Collection[Element]
) -> list[dict[Path, int]]:
    """Characters at each place of each contribution that stand in no other contribution."""
    counts: Counter[str] = Counter()
    for own in parts:
        counts.update({words for part in own for words in _strings(part.node)})
    masses: list[dict[Path, int]] = []
    for own in parts:
        found: dict[Path, int] = {}
        skip: set[Element] = set()
        for part in own:
            above = part.node.getparent()
            if part.node in furniture or above in skip or "blockquote" in _tag(part.path):
                skip.add(part.node)
                continue
            count = sum(len(w) for w in _strings(part.node) if counts[w] == 1 and not _is_label(w))
            for length in range(len(part.path) + 1 if count else 0):
                place = part.path[:length]
                found[place] = found.get(place, 0) + count
        masses.append(found)
    return masses


def _strings(node: Element) -> Iterator[str]:
    for words in (node.text, *(child.tail for child in node)):
        if words and (bare := words.strip()):
            yield bare


def _is_label(words: str) -> bool:
    if len(words) > _LONGEST_LABEL:
        return False
    return dates.find(words, month_first=True) is not None or relative.is_relative(words)
