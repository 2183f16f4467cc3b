"""Reads mail: mailboxes in any dialect of mbox, text archives of lists (pipermail), single letters.

Each conversation is a document. Letters are parsed one by one and grouped outside memory; who
answers whom follows from the ids that they name, else from their subjects. Addresses are dropped:
an author is the name shown, and ids, which hold addresses, become digests. Signatures, footers of
lists and attachments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from community import spool
from community.errors import SourceError
from community.mail import mboxes
from community.mail.conversations import Conversations, subject
from community.mail.messages import message
from community.records import endings, order
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument, RawQuote, Span

_NAME = "mbox"
_FIELDS = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):", re.M)
_FIRST = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t\r\n]")
_SENDER = frozenset({b"from", b"sender", b"reply-to"})
_TRANSIT = frozenset({
    b"message-id", b"received", b"mime-version", b"return-path", b"references", b"in-reply-to",
    b"delivered-to", b"list-id", b"x-mailer", b"content-type", b"newsgroups",
})  # fmt: skip
_MOST_HEADER = 32 * 1024  # bytes in which a letter's header ends


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads mailboxes of any size, and letters."""

    streams = True

    def sniff(self, page: Page) -> float:
        """0.97 for a mailbox, 0.93 for what begins with the header of a letter."""
        if mboxes.is_mbox(page.head):
            return 0.97
        return 0.93 if _is_letter(page.head) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each conversation as a document.

        Raises:
            SourceError: no letter with words in it.
        """
        box = _Box(page)
        found = False
        for made in endings.told(box.documents(), box.told):
            found = True
            yield made
        if not found:
            raise SourceError(page.key, "no letter with words in it", "export the mailbox again")


def make() -> Reader:
    """A reader of mail."""
    return Reader()


def _is_letter(head: bytes) -> bool:
    """Whether a page begins with header fields as only mail has them."""
    bare = head.lstrip(b"\xef\xbb\xbf\r\n \t")
    if not _FIRST.match(bare):
        return False
    header = re.split(rb"\r?\n\r?\n", bare[:_MOST_HEADER], maxsplit=1)[0]
    names = {name.lower() for name in _FIELDS.findall(header)}
    return bool(names & _SENDER and names & {b"date", b"subject"} and names & _TRANSIT)


@dataclass(slots=True)
class _Box:
    """A mailbox while it is read."""

    page: Page
    known: Conversations = field(default_factory=Conversations)
    letters: int = 0
    wordless: int = 0
    twice: int = 0
    cut: int = 0

    def told(self) -> list[str]:
        """What was left out."""
        counted = (
            (self.wordless, "letters without words of their own left out"),
            (self.twice, "letters that stand in the file twice read once"),
            (self.cut, f"letters of more than {mboxes.MAX_MESSAGE} bytes read to there"),
        )
        return [f"{count} {what}" for count, what in counted if count]

    def documents(self) -> Iterator[RawDocument]:
        """One per conversation, in the order of their first letters."""
        single = not mboxes.is_mbox(self.page.head)
        for key, letters in spool.grouped(self._by_conversation()):
            yield self._document("" if single else key, letters)

    def _by_conversation(self) -> Iterator[tuple[str, dict[str, Any]]]:
        # all letters are read before the first group is given: then all conversations are known
        for _, letters in spool.grouped(self._letters()):
            for letter in letters:
                letter["parent"] = self.known.answered(letter["parent"])
                yield self.known.key(letter["member"]), letter

    def _letters(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for number, raw in enumerate(mboxes.messages(self.page)):
            self.cut += raw.cut
            read = message(raw)
            if not read["words"]:
                self.wordless += 1
                continue
            name = read["id"] or f"unnamed-{number}"
            place = self.known.add(name, read["named"], read["title"], read["when"])
            yield str(number), {**read, "member": place.member, "parent": place.parent}

    def _document(self, key: str, letters: list[dict[str, Any]]) -> RawDocument:
        letters = _in_order(self._once(letters))
        known = {letter["id"] for letter in letters}
        missing = {letter["parent"] for letter in letters} - known - {None}
        title, _ = subject(letters[0]["title"])
        head = Head(
            reader=_NAME,
            thread_key=key,
            title=title or None,
            published_at=letters[0]["when"],
            note=f"{len(missing)} of the letters answered are not in the file" if missing else None,
        )
        made = document(head, map(_record, letters))
        pairs = zip(made.posts, letters, strict=True)
        posts = tuple(replace(post, quotes=_pasted(letter, post.span)) for post, letter in pairs)
        return replace(made, posts=posts)

    def _once(self, letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Letters without those that came twice, as to two lists or folders."""
        seen: set[str] = set()
        kept = []
        for letter in letters:
            if letter["id"] is not None and letter["id"] in seen:
                self.twice += 1
                continue
            seen.add(letter["id"])
            kept.append(letter)
        return kept


def _in_order(letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Letters as they stand, or by time where most answers stand above what they answer."""
    places = {letter["id"]: n for n, letter in enumerate(letters) if letter["id"]}
    answered = [(n, places.get(letter["parent"])) for n, letter in enumerate(letters)]
    above = sum(parent is not None and parent > n for n, parent in answered)
    below = sum(parent is not None and parent < n for n, parent in answered)
    return order.by_time(letters, lambda letter: letter["when"]) if above > below else letters


def _record(letter: dict[str, Any]) -> Record:
    return Record(
        native_id=letter["id"],
        parent=letter["parent"],
        body=letter["words"],
        markup=False,
        author=letter["author"],
        posted_at=letter["when"],
        time_precision=letter["precision"],
    )


def _pasted(letter: dict[str, Any], span: Span) -> tuple[RawQuote, ...]:
    """The letter pasted below, as a quotation."""
    if letter["answered"] is None:
        return ()
    start, end, author, when = letter["answered"]
    where = Span(span.start + start, min(span.start + end, span.end))
    return (RawQuote(span=where, author=author, posted_at=when),)
