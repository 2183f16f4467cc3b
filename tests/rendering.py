"""One made-up thread, written out in every export format that is read: what the readers' round-trip
tests, the fuzzing and the speed measurements feed on.

The formats are written from their definitions, without looking at the readers.
"""

from __future__ import annotations

import csv
import html
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from xml.sax.saxutils import escape

_NAMES = ("marta_k", "Ole", "Dr. Vance", "stem cell sceptic", "Zoë", "u123", "J. O'Hara", "田中")
_WORDS = (
    "my second infusion went fine but the fatigue & brain fog stayed; walking is < half a mile, "
    "nobody at the clinic told us about mucositis… MRI next week 🙂 the waiting list is eternal "
    "café naïve 3 % of 40 patients relapse-free after 5 years they say I doubt it honestly thanks "
    "for asking anyway does anyone know who pays for the trip home it was worth every penny"
).split()
START = datetime(2021, 3, 4, 9, 30, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A contribution; `parent` is an index of an earlier one, None for a top one."""

    id: int
    parent: int | None
    author: str
    at: datetime
    words: tuple[str, ...]  # paragraphs
    gone: bool = False


@dataclass(frozen=True)
class Talk:
    """A thread; where `opened`, the first post is the opener and all others descend from it."""

    id: int
    title: str
    article: str
    said: tuple[Said, ...]

    @property
    def opened(self) -> Talk:
        """The same with an opener above the top posts."""
        opener = Said(self.id, None, "opener_anna", START - timedelta(hours=2), (self.article,))
        below = (replace(s, parent=0 if s.parent is None else s.parent + 1) for s in self.said)
        return replace(self, said=(opener, *below))


def talk(seed: int, posts: int = 9, *, gone: bool = True) -> Talk:
    """A thread of `posts` contributions, the same for the same seed."""
    dice = random.Random(seed)

    def sentence(least: int) -> str:
        return " ".join(dice.choice(_WORDS) for _ in range(dice.randint(least, 30))) + "."

    said = []
    for n in range(posts):
        parent = dice.randrange(n) if n and dice.random() < 0.7 else None
        words = tuple(f"No. {n}: {sentence(1)}" for _ in range(dice.choice((1, 1, 2, 3))))
        at = START + timedelta(minutes=7 * n + dice.randint(0, 5))
        lost = gone and n > 0 and dice.random() < 0.1
        said.append(Said(1000 * seed + 11 + n, parent, dice.choice(_NAMES), at, words, lost))
    return Talk(seed + 1, f"Talk {seed} about the trial", sentence(20), tuple(said))


def _html(words: tuple[str, ...]) -> str:
    return "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in words)


def _plain(words: tuple[str, ...]) -> str:
    return "\n\n".join(words)


def _z(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parent(talk: Talk, s: Said) -> Said | None:
    return None if s.parent is None else talk.said[s.parent]


def _nested(
    talk: Talk, make: Callable[[Said, list[Any]], Any], top: int | None = None
) -> list[Any]:
    return [make(s, _nested(talk, make, n)) for n, s in enumerate(talk.said) if s.parent == top]


# ---- XML --------------------------------------------------------------------------------------


def wxr(talk: Talk) -> bytes:
    """WordPress' own export."""
    comments = "".join(
        f"""
    <wp:comment>
      <wp:comment_id>{s.id}</wp:comment_id>
      <wp:comment_author><![CDATA[{s.author}]]></wp:comment_author>
      <wp:comment_author_email><![CDATA[someone{n}@example.org]]></wp:comment_author_email>
      <wp:comment_author_url></wp:comment_author_url>
      <wp:comment_author_IP><![CDATA[203.0.113.{n % 250}]]></wp:comment_author_IP>
      <wp:comment_date><![CDATA[{(s.at + timedelta(hours=2)):%Y-%m-%d %H:%M:%S}]]></wp:comment_date>
      <wp:comment_date_gmt><![CDATA[{s.at:%Y-%m-%d %H:%M:%S}]]></wp:comment_date_gmt>
      <wp:comment_content><![CDATA[{html.escape(_plain(s.words), quote=False)}]]></wp:comment_content>
      <wp:comment_approved><![CDATA[1]]></wp:comment_approved>
      <wp:comment_type><![CDATA[comment]]></wp:comment_type>
      <wp:comment_parent>{p.id if (p := _parent(talk, s)) else 0}</wp:comment_parent>
      <wp:comment_user_id>0</wp:comment_user_id>
    </wp:comment>"""
        for n, s in enumerate(talk.said)
    )
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>A blog</title><link>https://blog.example</link>
  <item>
    <title><![CDATA[{talk.title}]]></title>
    <link>https://blog.example/?p={talk.id}</link>
    <dc:creator><![CDATA[anna]]></dc:creator>
    <content:encoded><![CDATA[<p>{html.escape(talk.article, quote=False)}</p>]]></content:encoded>
    <wp:post_id>{talk.id}</wp:post_id>
    <wp:post_date><![CDATA[2021-03-04 08:00:00]]></wp:post_date>
    <wp:status><![CDATA[publish]]></wp:status>
    <wp:post_type><![CDATA[post]]></wp:post_type>{comments}
  </item>
</channel></rss>
""".encode()


def disqus(talk: Talk) -> bytes:
    """Disqus' export."""
    posts = "".join(
        f"""
<post dsq:id="{s.id}">
<id />
<message><![CDATA[{_html(s.words)}]]></message>
<createdAt>{_z(s.at)}</createdAt>
<isDeleted>{str(s.gone).lower()}</isDeleted>
<isSpam>false</isSpam>
<author><email>x{n}@example.org</email><name>{escape(s.author)}</name><isAnonymous>true</isAnonymous></author>
<thread dsq:id="{talk.id}" />{f'<parent dsq:id="{p.id}" />' if (p := _parent(talk, s)) else ""}
</post>"""
        for n, s in enumerate(talk.said)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>f</forum><title>General</title><isDefault>true</isDefault></category>
<thread dsq:id="{talk.id}"><id>k</id><forum>f</forum><category dsq:id="1"/>
<link>https://blog.example/{talk.id}</link><title>{escape(talk.title)}</title><message />
<createdAt>2021-03-04T08:00:00Z</createdAt>
<author><name>anna</name></author><isClosed>false</isClosed><isDeleted>false</isDeleted></thread>{posts}
</disqus>
""".encode()


def blogger_feed(talk: Talk) -> bytes:
    """Blogger's feed of one post's comments, Atom."""
    base = "https://blog.example/feeds"
    entries = "".join(
        f"""<entry><id>tag:blogger.com,1999:blog-77.post-{s.id}</id>
<published>{s.at:%Y-%m-%dT%H:%M:%S}.000+00:00</published><updated>{
            s.at:%Y-%m-%dT%H:%M:%S}.000+00:00</updated>
<title type='text'>{escape(s.words[0][:50])}</title>
<content type='html'>{escape(_html(s.words))}</content>
<link rel='edit' type='application/atom+xml' href='{base}/77/{talk.id}/comments/default/{s.id}'/>
<link rel='self' type='application/atom+xml' href='{base}/77/{talk.id}/comments/default/{s.id}'/>
<link rel='alternate' type='text/html' href='https://blog.example/2021/03/talk.html?showComment=1#c{
            s.id
        }'/>{
            f"<link rel='related' type='application/atom+xml' href='{base}/77/{talk.id}/comments/default/{p.id}'/>"
            if (p := _parent(talk, s))
            else ""
        }
<author><name>{escape(s.author)}</name><email>noreply@blogger.com</email></author>
<thr:in-reply-to href='https://blog.example/2021/03/talk.html' ref='tag:blogger.com,1999:blog-77.post-{
            talk.id
        }' type='text/html'/>
</entry>"""
        for s in talk.said
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/' xmlns:thr='http://purl.org/syndication/thread/1.0'>
<id>tag:blogger.com,1999:blog-77.post{talk.id}..comments</id><updated>2021-04-01T00:00:00.000+00:00</updated>
<title type='text'>Comments on A blog: {escape(talk.title)}</title>
<link rel='alternate' type='text/html' href='https://blog.example/2021/03/talk.html'/>
<openSearch:totalResults>{len(talk.said)}</openSearch:totalResults>{entries}</feed>
""".encode()


def takeout(talk: Talk) -> bytes:
    """Blogger's Takeout, one post with its comments."""

    def entry(number: int, kind: str, body: str, at: datetime, who: str, more: str) -> str:
        return (
            f"<entry><id>tag:blogger.com,1999:blog-77.post-{number}</id>"
            f"<blogger:type>{kind}</blogger:type><blogger:status>LIVE</blogger:status>"
            f"<author><name>{escape(who)}</name><uri/><blogger:type>BLOGGER</blogger:type></author>"
            f"<title>{escape(talk.title) if kind == 'POST' else ''}</title>"
            f"<content type='html'>{escape(body)}</content>"
            f"<blogger:created>{_z(at)}</blogger:created><published>{_z(at)}</published>"
            f"<updated>{_z(at)}</updated>{more}<blogger:trashed/></entry>"
        )

    comments = "".join(
        entry(
            s.id, "COMMENT", _html(s.words), s.at, s.author,
            f"<blogger:parent>tag:blogger.com,1999:blog-77.post-{talk.id}</blogger:parent>"
            + (f"<blogger:inReplyTo>tag:blogger.com,1999:blog-77.post-{p.id}</blogger:inReplyTo>"
               if (p := _parent(talk, s)) else "<blogger:inReplyTo/>"),
        )
        for s in talk.said
    )  # fmt: skip
    post = entry(talk.id, "POST", f"<p>{html.escape(talk.article)}</p>", START, "anna",
                 "<blogger:filename>/2021/03/talk.html</blogger:filename>")  # fmt: skip
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:blogger='http://schemas.google.com/blogger/2018'>"
        f"<id>tag:blogger.com,1999:blog-77</id><title>A blog</title>{post}{comments}</feed>"
    ).encode()


# ---- JSON -------------------------------------------------------------------------------------


def _json(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def wordpress_rest(talk: Talk) -> bytes:
    """``/wp-json/wp/v2/comments?post=…``"""
    return _json([
        {
            "id": s.id, "post": talk.id, "parent": p.id if (p := _parent(talk, s)) else 0,
            "author": 0, "author_name": s.author, "author_url": "",
            "date": f"{s.at + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}",
            "date_gmt": f"{s.at:%Y-%m-%dT%H:%M:%S}",
            "content": {"rendered": _html(s.words)},
            "link": f"https://blog.example/?p={talk.id}#comment-{s.id}", "status": "approved",
            "type": "comment", "author_avatar_urls": {}, "meta": [], "_links": {},
        }
        for s in talk.said
    ])  # fmt: skip


def discourse(talk: Talk) -> bytes:
    """``/t/ID.json``; the opener is post 1."""
    talk = talk.opened
    posts = [
        {
            "id": 9000 + n, "name": "", "username": s.author, "created_at": f"{s.at:%Y-%m-%dT%H:%M:%S}.123Z",
            "cooked": _html(s.words), "post_number": n + 1, "post_type": 1, "reply_count": 0,
            "reply_to_post_number": s.parent + 1 if s.parent else None,
            "user_deleted": s.gone, "hidden": False, "admin": False, "moderator": False,
            "staff": False, "user_title": None, "topic_id": talk.id, "topic_slug": "talk",
        }
        for n, s in enumerate(talk.said)
    ]  # fmt: skip
    stream = [post["id"] for post in posts]
    return _json({
        "post_stream": {"posts": posts, "stream": stream}, "id": talk.id, "title": talk.title,
        "fancy_title": html.escape(talk.title), "posts_count": len(posts), "slug": "talk",
    })  # fmt: skip


def reddit(talk: Talk) -> bytes:
    """A thread's ``.json``: two listings."""
    link = f"t3_{talk.id}"

    def comment(s: Said, replies: list[Any]) -> Any:
        p = _parent(talk, s)
        body = "[deleted]" if s.gone else html.escape(_plain(s.words), quote=False)
        return {"kind": "t1", "data": {
            "id": str(s.id), "name": f"t1_{s.id}", "link_id": link, "body": body,
            "parent_id": f"t1_{p.id}" if p else link, "created_utc": s.at.timestamp(),
            "author": "[deleted]" if s.gone else s.author, "is_submitter": False,
            "replies": {"kind": "Listing", "data": {"children": replies}} if replies else "",
        }}  # fmt: skip

    opener = {"kind": "t3", "data": {
        "id": str(talk.id), "name": link, "title": talk.title, "author": "opener_anna",
        "selftext": html.escape(talk.article, quote=False), "subreddit": "x",
        "created_utc": (START - timedelta(hours=2)).timestamp(), "permalink": f"/r/x/{talk.id}/",
    }}  # fmt: skip
    return _json(
        [
            {"kind": "Listing", "data": {"children": [opener]}},
            {"kind": "Listing", "data": {"children": _nested(talk, comment)}},
        ]
    )


def reddit_dump(talk: Talk) -> bytes:
    """Comments as a monthly dump has them, one JSON object per line."""
    lines = []
    for s in talk.said:
        p = _parent(talk, s)
        lines.append({
            "id": f"c{s.id}", "link_id": f"t3_{talk.id}", "subreddit": "MultipleSclerosis",
            "parent_id": f"t1_c{p.id}" if p else f"t3_{talk.id}", "created_utc": int(s.at.timestamp()),
            "author": "[deleted]" if s.gone else s.author,
            "body": "[deleted]" if s.gone else _plain(s.words), "score": 1, "retrieved_on": 1700000000,
        })  # fmt: skip
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def hackernews_algolia(talk: Talk) -> bytes:
    """``/api/v1/items/ID``: nested, the story on top."""

    def item(s: Said, children: list[Any]) -> Any:
        p = _parent(talk, s)
        return {
            "id": s.id, "created_at": _z(s.at), "created_at_i": int(s.at.timestamp()), "type": "comment",
            "author": None if s.gone else s.author, "text": None if s.gone else _html(s.words),
            "parent_id": p.id if p else talk.id, "story_id": talk.id, "children": children,
        }  # fmt: skip

    at = START - timedelta(hours=2)
    return _json({
        "id": talk.id, "created_at": _z(at), "created_at_i": int(at.timestamp()), "type": "story",
        "author": "opener_anna", "title": talk.title, "url": None, "points": 3, "parent_id": None,
        "text": f"<p>{html.escape(talk.article)}</p>", "story_id": talk.id,
        "children": _nested(talk, item),
    })  # fmt: skip


def hackernews_items(talk: Talk) -> bytes:
    """Items of the Firebase API, one per line."""
    talk = talk.opened
    lines = []
    for n, s in enumerate(talk.said):
        kids = [c.id for c in talk.said if c.parent == n]
        p = _parent(talk, s)
        item = {"id": s.id, "time": int(s.at.timestamp()), "type": "comment" if n else "story"}
        item |= {"kids": kids} if kids else {}
        item |= {"parent": p.id} if p else {"title": talk.title}
        words = "<p>".join(html.escape(w) for w in s.words)
        item |= {"deleted": True} if s.gone else {"by": s.author, "text": words}
        lines.append(json.dumps(item) + "\n")
    return "".join(lines).encode()


def commento(talk: Talk) -> bytes:
    """Commento's export."""
    comments = [
        {
            "commentHex": f"{s.id:064x}", "domain": "blog.example", "path": "/talk", "url": "",
            "commenterHex": f"{hash_of(s.author):064x}", "markdown": _plain(s.words),
            "html": _html(s.words), "parentHex": f"{p.id:064x}" if (p := _parent(talk, s)) else "root",
            "score": 0, "state": "approved", "creationDate": _z(s.at), "direction": 0,
            "deleted": s.gone,
        }
        for s in talk.said
    ]  # fmt: skip
    commenters = [
        {"commenterHex": f"{hash_of(name):064x}", "email": "someone@example.org", "name": name,
         "link": "undefined", "photo": "undefined", "provider": "google", "joinDate": _z(START)}
        for name in sorted({s.author for s in talk.said})
    ]  # fmt: skip
    return _json({"version": 1, "comments": comments, "commenters": commenters})


def hash_of(name: str) -> int:
    """A number that stands for a name."""
    return int.from_bytes(name.encode()[:12], "big")


def isso(talk: Talk) -> bytes:
    """Isso's API: two levels, replies to replies beside them."""

    def reply(s: Said, replies: list[Any]) -> Any:
        p = _parent(talk, s)
        return {
            "id": s.id, "parent": p.id if p else None, "text": _html(s.words), "author": s.author,
            "website": None, "mode": 1, "created": s.at.timestamp(), "modified": None, "likes": 0,
            "dislikes": 0, "hash": "ab12", "replies": replies, "total_replies": len(replies),
            "hidden_replies": 0,
        }  # fmt: skip

    return _json(
        {"id": None, "total_replies": 1, "hidden_replies": 0, "replies": _nested(talk, reply)}
    )


def remark42(talk: Talk) -> bytes:
    """Remark42's backup: a line of JSON each, after a header line."""
    lines = [json.dumps({"version": 1, "users": [], "posts": []})]
    for s in talk.said:
        p = _parent(talk, s)
        lines.append(json.dumps({
            "id": str(s.id), "pid": str(p.id) if p else "", "text": _html(s.words),
            "orig": _plain(s.words), "user": {"name": s.author, "id": f"g_{hash_of(s.author)}",
            "picture": "", "ip": "2f3a", "admin": False},
            "locator": {"site": "remark", "url": "https://blog.example/talk"}, "score": 0,
            "votes": {}, "time": _z(s.at), "title": talk.title,
        }))  # fmt: skip
    return "\n".join(lines).encode()


def youtube_api(talk: Talk) -> bytes:
    """``commentThreads`` of the Data API: two levels."""

    def snippet(s: Said) -> Any:
        return {
            "videoId": "vid123", "textDisplay": _html(s.words), "textOriginal": _plain(s.words),
            "authorDisplayName": s.author, "authorChannelId": {"value": f"UC{hash_of(s.author)}"},
            "likeCount": 0, "publishedAt": _z(s.at), "updatedAt": _z(s.at),
        }  # fmt: skip

    items = []
    below: dict[int, list[Said]] = {}
    for s, root in zip(talk.said, roots(talk), strict=True):
        below.setdefault(root, []).append(s)
    for n, s in enumerate(talk.said):
        if s.parent is None:
            replies = [
                {"kind": "youtube#comment", "id": f"Y{s.id}.{c.id}",
                 "snippet": {**snippet(c), "parentId": f"Y{s.id}"}}
                for c in below[n][1:]
            ]  # fmt: skip
            top = {"kind": "youtube#comment", "id": f"Y{s.id}", "snippet": snippet(s)}
            items.append({
                "kind": "youtube#commentThread", "id": f"Y{s.id}",
                "snippet": {"videoId": "vid123", "topLevelComment": top, "canReply": True,
                            "totalReplyCount": len(replies), "isPublic": True},
                **({"replies": {"comments": replies}} if replies else {}),
            })  # fmt: skip
    return _json({"kind": "youtube#commentThreadListResponse", "items": items})


def roots(talk: Talk) -> list[int]:
    """For each post the index of the top one above it, itself if it is one."""
    found: list[int] = []
    for n, s in enumerate(talk.said):
        found.append(n if s.parent is None else found[s.parent])
    return found


def convokit(talk: Talk) -> bytes:
    """``utterances.jsonl``."""
    talk = talk.opened
    return "".join(
        json.dumps({
            "id": str(s.id), "conversation_id": str(talk.said[0].id), "speaker": s.author,
            "text": _plain(s.words), "reply-to": str(p.id) if (p := _parent(talk, s)) else None,
            "timestamp": int(s.at.timestamp()), "meta": {}, "vectors": [],
        }) + "\n"
        for s in talk.said
    ).encode()  # fmt: skip


# ---- mail and tables --------------------------------------------------------------------------


def mbox(talk: Talk) -> bytes:
    """A mailbox, one mail per post."""
    talk = talk.opened
    parts = []
    for s in talk.said:
        mail = EmailMessage(policy=SMTP.clone(max_line_length=None, linesep="\n"))
        p = _parent(talk, s)
        mail["From"] = f'"{s.author}" <m{hash_of(s.author) % 999}@example.org>'.replace("\n", "")
        mail["To"] = "list@example.org"
        mail["Subject"] = talk.title if p is None else f"Re: {talk.title}"
        mail["Date"] = s.at.strftime("%a, %d %b %Y %H:%M:%S +0000")
        mail["Message-ID"] = f"<{s.id}@example.org>"
        if p:
            mail["In-Reply-To"] = f"<{p.id}@example.org>"
            mail["References"] = f"<{p.id}@example.org>"
        mail.set_content(_plain(s.words) + "\n", cte="8bit")
        parts.append(
            f"From sender {s.at:%a %b %d %H:%M:%S %Y}\n".encode() + mail.as_bytes() + b"\n"
        )
    return b"".join(parts)


def table(talk: Talk) -> bytes:
    """A spreadsheet as a researcher would keep it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Comment ID", "Reply to", "User", "Date", "Comment"])
    for s in talk.said:
        p = _parent(talk, s)
        writer.writerow([s.id, p.id if p else "", s.author, _z(s.at), _plain(s.words)])
    return out.getvalue().encode()


# file name → writer; `OPENED` hold the opener as a post
FORMATS: dict[str, Callable[[Talk], bytes]] = {
    "wxr.xml": wxr,
    "disqus.xml": disqus,
    "comments.atom": blogger_feed,
    "feed.atom": takeout,
    "comments.json": wordpress_rest,
    "topic.json": discourse,
    "reddit.json": reddit,
    "RC_2021-03.jsonl": reddit_dump,
    "algolia.json": hackernews_algolia,
    "items.jsonl": hackernews_items,
    "commento.json": commento,
    "isso.json": isso,
    "remark.jsonl": remark42,
    "threads.json": youtube_api,
    "utterances.jsonl": convokit,
    "list.mbox": mbox,
    "table.csv": table,
}
OPENED = frozenset({
    "topic.json", "reddit.json", "algolia.json", "items.jsonl", "utterances.jsonl", "list.mbox",
})  # fmt: skip
# formats that cannot say that a post is gone: it is then written like any other
KEEPS_ALL = frozenset({
    "wxr.xml", "comments.atom", "feed.atom", "comments.json", "isso.json", "remark.jsonl",
    "threads.json", "utterances.jsonl", "list.mbox", "table.csv",
})  # fmt: skip
