"""Which messages of a mailbox belong together, and which one each answers.

By the ids that messages name (``References``, ``In-Reply-To``), and where one that answers names
none, by its subject: a simplification of Jamie Zawinski's "message threading" (1997), in which two
conversations of one name are kept apart unless they lie close to each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from community.ids import stable_id

_TAGGED = re.compile(r"(?:\[[^\[\]]{1,60}\]|\([^()]{1,30}\))\s*")
_REPLY = re.compile(
    r"(?:re|aw|sv|vs|antw(?:ort)?|rép|ref|odp|ynt|res|回复|答复|回覆)"
    r"(?:\s?\[\d{1,3}\]|\s?\(\d{1,3}\)|\^\d{1,3}|\d{1,2})?\s?[:：]\s*",
    re.I,
)
_FORWARD = re.compile(r"(?:fwd?|wg|tr|rv|enc|doorst|i|vb)\s?:\s*", re.I)
_SHORTEST = 4  # characters of a subject that can tell conversations apart
_WINDOW = timedelta(days=120)  # between messages that only their subject ties


def subject(words: str) -> tuple[str, bool]:
    """A subject without the marks of answers, forwards and lists, and whether it is an answer's."""
    left, answers = words.strip()[:1000], False
    while left:
        found = _REPLY.match(left)
        answers = answers or found is not None
        found = found or _FORWARD.match(left) or _TAGGED.match(left)
        if found is None or found.end() >= len(left):
            break
        left = left[found.end() :]
    return left.strip(), answers


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: its conversation's number so far, and what it answers."""

    member: int
    parent: str | None


@dataclass(slots=True)
class Conversations:
    """Tells, when all messages have been added, which conversation each belongs to. Keeps a few
    hundred bytes of each."""

    _numbers: dict[str, int] = field(default_factory=dict)  # id of a message → its number
    _up: list[int] = field(default_factory=list)  # towards the number that stands for all
    _keys: dict[int, str] = field(default_factory=dict)  # id of the first message, by number
    _begun: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    _awaited: dict[str, str] = field(default_factory=dict)  # what an id made of a subject became

    def add(self, name: str, named: list[str], title: str, when: str | None) -> Place:
        """Takes a message in.

        Args:
            name: its id.
            named: ids that it names, the one that it answers last.
            title: its subject.
            when: its time, ISO 8601.
        """
        member = self._number(name)
        for other in named:
            self._join(member, self._number(other))
        bare, answers = subject(title)
        parent = named[-1] if named else None
        if not named and len(bare) >= _SHORTEST:
            parent = self._by_subject(name, member, bare.casefold(), answers, when)
        self._keys.setdefault(self._top(member), named[0] if named else parent or name)
        return Place(member, parent)

    def key(self, member: int) -> str:
        """The conversation that a message belongs to: the id of its first message."""
        return self._keys[self._top(member)]

    def answered(self, parent: str | None) -> str | None:
        """What a message answers, now that all are known."""
        return self._awaited.get(parent or "", parent)

    def _by_subject(
        self, name: str, member: int, bare: str, answers: bool, when: str | None
    ) -> str | None:
        begun = self._begun.get(bare)
        awaited = "subject-" + stable_id("subject", bare)
        near = begun is not None and _near(begun[1], when)
        if not answers:
            self._begun[bare] = (name, when)
            if awaited in self._numbers and awaited not in self._awaited:
                self._awaited[awaited] = name  # its answers stood before it
                self._join(member, self._number(awaited))
            return None
        parent = begun[0] if begun and near else awaited
        self._join(member, self._number(parent))
        return parent

    def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._up)
            self._up.append(number)
        return number

    def _top(self, number: int) -> int:
        while self._up[number] != number:
            self._up[number] = self._up[self._up[number]]
            number = self._up[number]
        return number

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._top(one), self._top(other)))
        self._up[second] = first
        key = self._keys.pop(second, None)
        if key is not None:
            self._keys.setdefault(first, key)


def _near(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return True
    first, second = (datetime.fromisoformat(time[:10]) for time in (one, other))
    return abs(first - second) <= _WINDOW
