"""Reads WordPress' own export (WXR): every post or page with its comments is a document.

Elements are matched by local name, as their namespace changes with the version. Comments that the
site does not show (unapproved, spam, trash) and pings are left out; what answered them keeps its
pointer, as a gap. Addresses of mail and network are dropped while parsing. Topics and replies of
bbPress are threads of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from community.errors import SourceError
from community.readers import _wxr_parts as wp_parts
from community.records import endings, people, typed, values
from community.records.documents import Head, Record, document
from community.types import Page, RawDocument
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import Rows

_NAME = "wxr"
_MARKS = re.compile(
    rb"wordpress\.org/export/|<wp:(?:wxr_version|post_id|comment_id|author_login)\b", re.I
)
_ROOTS = frozenset({"rss", "channel", "item"})
_SHOWN = frozenset({"publish", "inherit", "closed", ""})  # closed: a bbPress topic
_ALONE = frozenset({"post", "page", ""})  # kinds that are articles without a comment too
_NEVER = frozenset({"nav_menu_item", "revision", "attachment", "custom_css", "oembed_cache"})
_PINGS = frozenset({"pingback", "trackback", "linkback", "webmention"})
_QUERY_ID = re.compile(r"[?&](?:p|page_id|attachment_id)=(\d+)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads WXR files of any size."""

    streams = True

    def sniff(self, page: Page) -> float:
        """0.97 for what bears the marks of a WordPress export."""
        if root(page.head) not in _ROOTS:
            return 0.0
        return 0.97 if _MARKS.search(page.head.replace(b"\x00", b"")) else 0.0

    def read(self, page: Page) -> Iterable[RawDocument]:
        """Each post or page that has comments, or words of its own, as a document.

        Raises:
            SourceError: no XML, hostile, or nothing in it that was public.
        """
        site = _Site(page)
        return site.checked(endings.told(site.documents(), site.told))


def make() -> Reader:
    """A reader of WordPress exports."""
    return Reader()


@dataclass(slots=True)
class _Site:
    """An export while it is read: who has which login, and what was left out."""

    page: Page
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)  # login → (user id, name)
    lang: str | None = None
    seen: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def checked(self, documents: Iterator[RawDocument]) -> Iterator[RawDocument]:
        """The documents; an error where there are none."""
        found = False
        for made in documents:
            found = True
            yield made
        if not found:
            told = "; ".join(self.told()) or "no post, page or comment in it"
            raise SourceError(self.page.key, told, "export all content of the site")

    def documents(self) -> Iterator[RawDocument]:
        """Posts and pages in the order of the file, then topics of a forum, if it has one."""
        rows = Rows(self.page, {"item", "author", "language"})
        has_forum = False
        for row in rows:
            if row.name == "language":
                self.lang = self.lang or row.text().strip() or None
            elif row.name == "author":
                self._author(row)
            elif wp_parts.is_part(row):
                has_forum = True
            else:
                made = self._item(row)
                if made is not None:
                    yield made
        self.problems += rows.problems
        if has_forum:
            yield from wp_parts.threads(self.page, self.seen, self.lang)

    def told(self) -> list[str]:
        """What was left out, and what was damaged."""
        return self.problems + [f"{n} {what} left out" for what, n in self.left_out.items()]

    def _author(self, row: Node) -> None:
        login = row.words("author_login")
        if login:
            shown = row.words("author_display_name") or login
            self.logins[login] = (row.words("author_id"), shown)

    def _item(self, item: Node) -> RawDocument | None:
        status, kind = item.words("status"), item.words("post_type")
        comments = item.children("comment")
        if kind in _NEVER and not comments:
            return None
        if status not in _SHOWN:
            self.left_out[f"items that the site does not show ({status[:20]})"] += 1
            return None
        if item.words("post_password"):
            self.left_out["items behind a password"] += 1
            return None
        login = item.words("creator")
        records = list(self._records(comments, login))
        article = _article(item) if kind in _ALONE or records else ""
        if not records and not article.strip():
            return None
        _, shown = self.logins.get(login, ("", login))
        published = values.when(item.words("post_date_gmt"), utc=True)
        published = published or values.when(item.words("post_date"))
        head = Head(
            reader=_NAME,
            thread_key=self._key(item),
            title=typed.line(item.words("title")) or None,
            article=article or None,
            article_author=people.name(shown) if article else None,
            published_at=published.iso if published else None,
            url=item.words("link") or None,
            lang=self.lang,
        )
        return document(head, records)

    def _key(self, item: Node) -> str:
        """The post's id; where it has none, what its address says; unique within the file."""
        link = item.words("link")
        found = _QUERY_ID.search(link) or _QUERY_ID.search(item.words("guid"))
        key = item.words("post_id") or (found[1] if found else "") or link or item.words("title")
        name, nth = key, 1
        while name in self.seen:
            nth += 1
            name = f"{key}#{nth}"
        self.seen.add(name)
        return name

    def _records(self, comments: Iterable[Node], login: str) -> Iterator[Record]:
        user, shown = self.logins.get(login, ("", login))
        for comment in comments:
            if comment.words("comment_type").lower() in _PINGS:
                continue
            approved = comment.words("comment_approved").lower()
            if approved not in ("1", "approve", "approved", ""):
                self.left_out["comments that the site does not show"] += 1
                continue
            yield _record(comment, {user} - {"", "0"}, {login, shown} - {""})


def _record(comment: Node, users: set[str], names: set[str]) -> Record:
    user = values.identity(comment.words("comment_user_id"))
    author = people.name(typed.line(comment.words("comment_author")))
    by_author = user in users if users else user is not None and author in names
    when = values.when(comment.words("comment_date_gmt"), utc=True)
    when = when or values.when(comment.words("comment_date"))
    body = comment.words("comment_content")
    marked = "<" in body or "&" in body
    return Record(
        native_id=values.identity(comment.words("comment_id")),
        parent=values.identity(comment.words("comment_parent")),
        body=typed.with_breaks(body) if marked else body,
        markup=marked,
        author=author,
        author_native_id=user,
        platform_role="post author" if by_author else None,
        posted_at=when.iso if when else None,
        time_precision=when.precision if when else None,
    )


def _article(item: Node) -> str:
    body = item.child("encoded", within="content")
    return wp_parts.article(body.text()) if body else ""
