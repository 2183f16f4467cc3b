"""A message of a mailbox as a thread needs it, in a form that JSON can hold."""

from __future__ import annotations

from typing import TypedDict

from community.html.dates import When
from community.mail import cuts, fields, parts, stamps
from community.mail.mboxes import Raw


class Message(TypedDict):
    """What a message says. `id` and `named` are digests, as ids hold addresses; `named` are the
    messages it follows, the one that it answers last. `answered` is the stretch of `words` that is
    a letter pasted below: start, end, whose, of when."""

    id: str | None
    named: list[str]
    title: str
    author: str | None
    when: str | None
    precision: str | None
    words: str
    answered: tuple[int, int, str | None, str | None] | None


def message(raw: Raw) -> Message:
    """A message from its bytes; what is damaged in it is read as far as it goes."""
    told, body = fields.split(raw.data)
    letter = cuts.letter(parts.words(told, body))
    when = _when(told, raw.stamp)
    pasted = letter.answered
    own = told.get("message-id", "")
    return {
        "id": (fields.ids(own) or [fields.digest(own)])[0] if own else None,
        "named": _named(told),
        "title": fields.decoded(told.get("subject", "")),
        "author": fields.author(told.get("from", "")),
        "when": when.iso if when else None,
        "precision": when.precision if when else None,
        "words": letter.words,
        "answered": (pasted.span.start, pasted.span.end, pasted.author, pasted.posted_at)
        if pasted
        else None,
    }


def _named(told: dict[str, str]) -> list[str]:
    """The messages that a message follows. Of both fields ``In-Reply-To`` names what is answered,
    where it names but one; some programs put more than ids into it."""
    chain = fields.ids(told.get("references", ""))
    direct = fields.ids(told.get("in-reply-to", ""))
    if not chain:
        return direct[:1]
    if len(direct) == 1 and direct[0] != chain[-1]:
        return [*(name for name in chain if name != direct[0]), direct[0]]
    return chain


def _when(told: dict[str, str], stamp: str) -> When | None:
    """When a message was sent: as it says, else as it was received or filed."""
    for value in (told.get("date", ""), told.get("received", "").rpartition(";")[2], stamp):
        when = stamps.when(value) if value.strip() else None
        if when:
            return when
    return None
