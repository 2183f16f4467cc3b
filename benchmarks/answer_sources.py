"""Conversations whose reply links are known, and layouts that hide them.

Every source gives `Talk`s: messages in page order with the true answers. `hidden` builds the thread
that the product would see once the structure is taken away: a flat stream (in the order of time or
of the page) or a nesting that stops at some depth, as WordPress and Blogger print it.

IRC: Kummerfeld et al. 2019 (CC BY 4.0). RumourEval 2019: Gorrell et al. (CC BY 4.0). Words of these
sources are read, never stored.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree, html

from community import threads
from community.types import RawDocument, RawPost, RawQuote, Span, Thread

ROOT = Path(__file__).parent.parent
LAYOUTS = ("flat", "page order", "cap 1", "cap 2", "as laid out")
_IRC = re.compile(r"\[(\d\d):(\d\d)\] (?:<([^>\s]+)>?|\* (\S+)) ?(.*)")
_CONTEXT = 150  # messages before the annotated ones
_HANDLES = re.compile(r"^(?:\s*@\w+)+\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message; `answers` lists indices of messages it answers, None where nobody knows.

    An empty tuple: it answers nobody on the page. `parent` is where its source hangs it.
    """

    text: str
    author: str | None = None
    time: str | None = None
    precision: str = "second"
    parent: int | None = None
    answers: tuple[int, ...] | None = None
    role: str | None = None
    quotes: tuple[RawQuote, ...] = ()  # offsets into `text`


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A thread; `group` names what must not be split between training and test."""

    source: str
    group: str
    messages: tuple[Message, ...]
    article: str = ""
    pointers: bool = False
    thread: Thread | None = None  # as the product reads it, where it comes from a page of ours


# ---- sources ----------------------------------------------------------------------------------


def irc(data: Path, part: str) -> Iterator[Talk]:
    """Channel logs; a message that starts a conversation answers nobody."""
    with gzip.open(data / "irc_disentanglement" / f"{part}.jsonl.gz", "rt", encoding="utf-8") as f:
        for line in f:
            yield _channel(json.loads(line))


def _channel(row: dict[str, Any]) -> Talk:
    links: dict[int, list[int]] = defaultdict(list)
    for a, b in row["links"]:
        links[max(a, b)].append(min(a, b))
    first = max(0, min(links) - _CONTEXT)
    place: dict[int, int] = {}
    messages: list[Message] = []
    clock = datetime(2005, 1, 1, tzinfo=UTC)
    last = None
    for n, line in enumerate(row["lines"]):
        match = _IRC.match(line)
        if not match or n < first:
            continue
        minute = (int(match[1]) % 12) * 60 + int(match[2])
        clock += timedelta(minutes=0 if last is None else (minute - last) % 720 % 700)
        last = minute
        place[n] = len(messages)
        answers = None
        if n in links:
            found = [place[a] for a in links[n] if a in place and a != n]
            lost = [a for a in links[n] if a != n and a not in place]
            answers = tuple(found) if found or not lost else (-1,)  # its addressee is out of reach
        messages.append(
            Message(
                text=match[5] or "…",
                author=match[3] or match[4],
                time=clock.isoformat(),
                precision="minute",
                answers=answers,
            )
        )
    return Talk(source="irc", group=row["file"], messages=tuple(messages))


def rumoureval(data: Path, handles: bool = True) -> Iterator[Talk]:
    """Trees of tweets and of Reddit comments below a rumour; `handles` keeps leading @names."""
    path = data / "rumoureval2019" / "dev.jsonl"
    trees: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        trees[row["thread_id"]].append(row)
    for key, rows in trees.items():
        source = rows[0]["platform"]
        if not handles and source != "twitter":
            continue
        rows.sort(key=lambda row: (row["created"], row["id"]))
        ids = {row["id"]: n for n, row in enumerate(rows)}
        messages = []
        for row in rows:
            parent = ids.get(row["parent_id"] or "")
            text = row["text"] or "…"
            if not handles:
                text = _HANDLES.sub("", text) or "…"
            messages.append(
                Message(
                    text=text,
                    author=row["author"],
                    time=datetime.fromtimestamp(row["created"], UTC).isoformat(),
                    parent=parent,
                    answers=() if row["is_source"] else None if parent is None else (parent,),
                )
            )
        name = f"{source}{'' if handles else ', no handles'}"
        yield Talk(source=name, group=key, messages=tuple(messages))


def patients(data: Path, reader: str = "d") -> Iterator[Talk]:
    """The labelled threads of a patient forum: whom each post answers, as a person read it."""
    folder = data / "patient_threads"
    posts = [json.loads(x) for x in (folder / "dev.jsonl").read_text("utf-8").splitlines()]
    path = folder / f"dev_labels_{reader}.jsonl"
    labels = [json.loads(x) for x in path.read_text("utf-8").splitlines()]
    answers = {label["post_id"]: label["answers"] for label in labels}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for post in posts:
        found[post["thread_id"]].append(post)
    for key, rows in found.items():
        ids = {row["post_id"]: n for n, row in enumerate(rows)}
        messages = tuple(
            Message(
                text=row["text"],
                author=row["author"],
                time=re.sub(r"\+00:00$", ":00+00:00", row["date"]),
                precision="minute",
                parent=ids.get(row["parent_id"]),
                answers=() if answers[row["post_id"]] is None else (ids[answers[row["post_id"]]],),
            )
            for row in rows
        )
        yield Talk(source="patient forum", group=key, messages=messages)


def unlabelled(data: Path) -> Iterator[Talk]:
    """More threads of the forum, with its own pointers. Most first-level replies hang below the
    opener whomever they answer, so that only first replies to replies are taken as known."""
    path = data / "patient_threads" / "unlabelled.jsonl"
    threads_: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        threads_[row["thread_id"]].append(row)
    for key, rows in threads_.items():
        ids = {row["post_id"]: n for n, row in enumerate(rows)}
        messages: list[Message] = []
        answered: set[str] = set()
        for n, row in enumerate(rows):
            parent = row["parent_id"]
            known = row["depth"] > 1 and parent not in answered
            if row["depth"] > 1:
                answered.add(parent)
            sure: tuple[int, ...] | None = (ids[parent],) if known or n == 1 else None
            messages.append(
                Message(
                    text=row["text"] or "…",
                    author=row["author"],
                    time=re.sub(r"\+00:00$", ":00+00:00", row["date"]),
                    precision="minute",
                    parent=ids.get(parent or ""),
                    answers=() if parent is None else sure,
                )
            )
        yield Talk(source="forum", group=key, messages=tuple(messages))


def corpus() -> Iterator[Talk]:
    """Pages written for this project, with whom each post answers as their writer meant it."""
    for path in sorted((ROOT / "corpus" / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if not any(post["answers"] is not None for post in gold["posts"]):
            continue
        yield from _of_gold(gold, path.stem)


def _of_gold(gold: dict[str, Any], stem: str) -> Iterator[Talk]:
    from community import plugins, sources

    page = sources.page(sources.find([str(ROOT / "corpus" / gold["page"])])[0])
    names = ("discussion_html", "outline", "reddit", "table")
    readers = [plugins.make("readers", name) for name in names]
    reader = max(readers, key=lambda reader: reader.sniff(page))
    for raw in reader.read(page):
        built = threads.build(raw, source=stem)[0]
        wanted = [_gold_of(post, gold["posts"]) for post in built.posts]
        numbers = {want["n"]: n for n, want in enumerate(wanted) if want is not None}
        places = {post.id: n for n, post in enumerate(built.posts)}
        messages = []
        for post, spoken, want in zip(built.posts, raw.posts, wanted, strict=True):
            answers = None
            if want is not None and want["answers"] in numbers:
                answers = (numbers[want["answers"]],)
            elif want is not None and want["answers"] is None:
                answers = ()
            shift = post.span.start
            marks = tuple(
                replace(q, span=Span(q.span.start - shift, q.span.end - shift))
                for q in spoken.quotes
                if q.span.start >= shift and q.span.end <= post.span.end
            )
            messages.append(
                Message(
                    text=post.text,
                    author=spoken.author,
                    role=spoken.platform_role,
                    time=spoken.posted_at,
                    precision=spoken.time_precision or "minute",
                    parent=places.get(post.parent_id or ""),
                    answers=answers,
                    quotes=marks,
                )
            )
        article = "\n\n".join(span.of(raw.text) for span in raw.article)
        yield Talk(
            source="corpus",
            group=stem,
            messages=tuple(messages),
            article=article,
            pointers=raw.pointers,
            thread=built,
        )


def _gold_of(post: Any, gold: list[dict[str, Any]]) -> dict[str, Any] | None:
    text = " ".join(post.text.split())
    for want in gold:
        if want["native_id"] and post.native_id:
            if want["native_id"].endswith(post.native_id):
                return want
            continue
        starts, ends = " ".join(want["starts"].split()), " ".join(want["ends"].split())
        if text.startswith(starts[:30]) and text.endswith(ends[-20:]):
            return want
    return None


def pages(folder: Path) -> Iterator[Talk]:
    """Saved pages with the platform's own parents; words are found by how each post begins."""
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        posts = [post for post in gold["posts"] if post["kind"] != "pingback"]
        source = next(folder.glob(f"{gold['file']}"))
        texts = _texts(source)
        ids = {post["id"]: n for n, post in enumerate(posts)}
        if not any(post["parent"] in ids for post in posts):
            continue
        reddit = source.name.startswith(("reddit", "discourse", "xenforo", "smf"))
        messages = tuple(
            Message(
                text=_words_of(post, texts),
                author=post["author"],
                role=post["role"],
                time=post["date"],
                parent=ids.get(post["parent"]),
                answers=_true(post, posts, ids, source.name),
            )
            for post in posts
        )
        name = re.split(r"[_.]", source.name)[0].removesuffix("1").removesuffix("2")
        article = "" if reddit else gold.get("title") or path.stem.replace(".", " ")
        yield Talk(source=name, group=path.stem, messages=messages, article=article)


def _true(
    post: dict[str, Any], posts: list[dict[str, Any]], ids: dict[str, int], name: str
) -> tuple[int, ...] | None:
    """The platform's parent, where it can be trusted to be the post answered.

    At the deepest level of a saved page a second reply may answer the first, whatever the nesting
    says (Blogger never nests deeper than that); files with pointers have no such level.
    """
    if post["parent"] not in ids:
        # in a forum, a post that points at nobody may still answer somebody
        return None if name.startswith(("discourse", "xenforo", "smf")) or post["parent"] else ()
    deepest = max(other["depth"] or 0 for other in posts)
    if name.endswith(".html") and post["depth"] == deepest:
        first = next(other for other in posts if other["parent"] == post["parent"])
        if first is not post:
            return None
    return (ids[post["parent"]],)


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _texts(path: Path) -> list[str]:
    """Every run of words in a file, white space squeezed."""
    data = path.read_bytes()
    found: list[str] = []
    if path.suffix == ".json":
        stack = [json.loads(data)]
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                stack += value.values()
            elif isinstance(value, list):
                stack += value
            elif isinstance(value, str) and value.strip():
                found.append(_squeeze(value))
                if "<" in value or "&" in value:
                    found.append(_plain(value))
        return found
    if path.suffix == ".xml":
        root = etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False))
        for element in root.iter():
            if isinstance(element.tag, str) and element.text and element.text.strip():
                found += [_squeeze(element.text), _plain(element.text)]
        return found
    tree = html.fromstring(data)
    for element in tree.xpath("//script|//style"):
        element.drop_tree()
    return [_squeeze(" ".join(tree.itertext())), _squeeze(tree.text_content())]


def _plain(value: str) -> str:
    try:
        return _squeeze(" ".join(html.fromstring(f"<div>{value}</div>").itertext()))
    except (etree.ParserError, ValueError):
        return _squeeze(value)


def _words_of(post: dict[str, Any], texts: list[str]) -> str:
    prefix = _squeeze(post["text_prefix"])
    for size in (len(prefix), 60, 30):
        for text in texts:
            at = text.find(prefix[:size]) if prefix else -1
            if at >= 0:
                return text[at : at + max(post["text_len"], len(prefix))]
    return prefix or "…"


# ---- the same talk, known less well -----------------------------------------------------------


def below_article(talk: Talk) -> Talk:
    """The first message as an article, and the rest as comments on it."""
    moved = [
        replace(
            message,
            parent=None if not message.parent else message.parent - 1,
            answers=message.answers and tuple(a - 1 for a in message.answers if a),
        )
        for message in talk.messages[1:]
    ]
    article = talk.article or talk.messages[0].text
    source = f"{talk.source}, article"
    return replace(talk, messages=tuple(moved), article=article, source=source, thread=None)


def bare(talk: Talk) -> Talk:
    """Comments without their article: whether a first-level one answers somebody is not known."""
    messages = tuple(replace(m, answers=m.answers or None) for m in talk.messages)
    return replace(talk, messages=messages, article="", source=f"{talk.source}, bare")


def pointed(talk: Talk) -> Talk:
    """As a platform with pointers gives it; in a forum, no pointer means the topic."""
    topic: tuple[int, ...] = () if talk.article else (0,)
    messages = tuple(
        replace(m, answers=topic) if n and m.answers is None and m.parent is None else m
        for n, m in enumerate(talk.messages)
    )
    return replace(talk, messages=messages, pointers=True, thread=None)


def unaddressed(talk: Talk) -> Talk:
    """Without the names that open messages."""
    names = {message.author.casefold() for message in talk.messages if message.author}
    changed = []
    for message in talk.messages:
        first, _, rest = message.text.partition(" ")
        if rest and first.strip("@,:;").casefold() in names:
            message = replace(message, text=rest)
        changed.append(message)
    return replace(talk, messages=tuple(changed), source=f"{talk.source}, no names")


def worn(talk: Talk, chance: random.Random) -> Talk:
    """With some posts that paste a header, quote or greet, as readers do."""
    messages = []
    for n, message in enumerate(talk.messages):
        lot = chance.random()
        answered = talk.messages[message.answers[0]] if message.answers else None
        if answered is not None and message.answers != (n,) and lot < 0.3:
            way = ("header", "quote", "greet")[int(lot * 10)]
            message = replace(message, text=_marked(way, message, answered, chance), quotes=())
        elif n > 1 and lot > 0.93:
            other = answered if answered is not None and lot < 0.965 else talk.messages[n - 1]
            quoted = _marked("quote", message, other, chance)
            if quoted != message.text:
                quoted = f"{message.text}\n\n{quoted.removesuffix(message.text).rstrip()}"
            message = replace(message, text=quoted, quotes=())
        messages.append(message)
    return replace(talk, messages=tuple(messages), thread=None)


def losses(talk: Talk, layout: str, chance: random.Random) -> frozenset[int]:
    """Messages that a nested page loses, as extractors lose short ones; most pages lose none."""
    if layout not in LAYOUTS[2:] or chance.random() < 0.7:
        return frozenset()
    return frozenset(n for n in range(len(talk.messages)) if chance.random() < 0.15)


def _marked(way: str, message: Message, answered: Message, chance: random.Random) -> str:
    """A message that says itself whom it answers."""
    if way == "quote":
        words = re.split(r"(?<=[.!?])\s", answered.text.strip())[0].split()[:30]
        if len(words) < 5:
            return message.text
        quoted = " ".join(words)
        form = chance.choice(["> {}", "“{}”", '"{}"', "\u201e{}\u201c"])
        return form.format(quoted) + "\n\n" + message.text
    if answered.author is None:
        return message.text
    if way == "header":
        # readers paste one where the page lets them answer no reply, only its parent
        if answered.parent is None or not answered.time or len(answered.time) <= 10:
            return message.text
        time = datetime.fromisoformat(answered.time)
        stamp = f"{time:%A, %B %d, %Y} {int(f'{time:%I}')}:{time:%M:%S} {f'{time:%p}'.lower()}"
        return f"{answered.author}{stamp}\n\n{message.text}"
    name = answered.author.split()[0] if chance.random() < 0.5 else answered.author
    form = chance.choice(["Hi {}, ", "@{} ", "{}, ", "{}: ", "Thanks {}. ", "Dear {},\n"])
    return form.format(name) + message.text


def known_less(talk: Talk, times: str, authors: bool) -> Talk:
    """With times to the `day` or `none`, and without authors where `authors` is false."""
    changed = []
    for message in talk.messages:
        if times == "none":
            message = replace(message, time=None)
        elif times == "day" and message.time:
            message = replace(message, time=message.time[:10], precision="day")
        changed.append(message if authors else replace(message, author=None))
    return replace(talk, messages=tuple(changed))


# ---- layouts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A thread as the product sees it. `truth` holds, per post, the places of those it answers;
    () where it answers nobody on the page, None where nobody knows or its place is plain."""

    source: str
    group: str
    layout: str
    thread: Thread
    truth: tuple[tuple[int, ...] | None, ...]


def hidden(
    talk: Talk,
    layout: str,
    times: str = "full",
    authors: bool = True,
    lost: frozenset[int] = frozenset(),
) -> Case:
    """The thread with its structure hidden; `times` and `authors` as in `known_less`.

    The replies to messages that are `lost` keep their place, and show a gap.
    """
    if talk.thread is not None and (layout, times, authors) == (LAYOUTS[4], "full", True):
        return _as_read(talk, talk.thread)
    depths = _depths(talk)
    cap = int(layout[4:]) if layout.startswith("cap") else None
    order = [n for n in _order(talk, layout, cap) if n not in lost]
    place = {n: at for at, n in enumerate(order)}
    truth: list[tuple[int, ...] | None] = []
    for n in order:
        answers = talk.messages[n].answers
        if answers is not None:
            answers = tuple(place.get(a, -1) for a in answers if a not in lost)
        if answers and cap is not None and depths[n] < cap:
            answers = None  # its place is plain
        truth.append(answers)
    levels: list[int | None] = [None] * len(order)
    gaps = [False] * len(order)
    if layout in LAYOUTS[2:]:
        levels = [min(depths[n], cap if cap is not None else 1 << 20) for n in order]
        gaps = [_shown_below(talk, n, cap, depths) in lost for n in order]
    thread = _thread(known_less(talk, times, authors), order, levels, gaps)
    assert len(thread.posts) == len(order)
    return Case(
        source=talk.source, group=talk.group, layout=layout, thread=thread, truth=tuple(truth)
    )


def _as_read(talk: Talk, thread: Thread) -> Case:
    truth = tuple(message.answers for message in talk.messages)
    return Case(source=talk.source, group=talk.group, layout=LAYOUTS[4], thread=thread, truth=truth)


def _order(talk: Talk, layout: str, cap: int | None) -> list[int]:
    """Messages as the layout prints them."""
    numbers = list(range(len(talk.messages)))
    stream = layout == "flat" and talk.source.startswith("irc")
    if stream or (layout == "as laid out" and talk.source in ("corpus", "patient forum")):
        return numbers
    if layout == "flat" and all(message.time for message in talk.messages):
        return sorted(numbers, key=lambda n: (talk.messages[n].time or "", n))
    return _page_order(talk, cap)


def _shown_below(talk: Talk, n: int, cap: int | None, depths: list[int]) -> int | None:
    """The message below which a layout hangs another one."""
    parent = talk.messages[n].parent
    parent = parent if parent is not None and parent < n else None
    while cap is not None and parent is not None and depths[parent] >= cap:
        parent = talk.messages[parent].parent
    return parent


def _depths(talk: Talk) -> list[int]:
    depths: list[int] = []
    for n, message in enumerate(talk.messages):
        parent = message.parent
        # parents stand above their replies in every source
        depths.append(0 if parent is None or parent >= n else depths[parent] + 1)
    return depths


def _page_order(talk: Talk, cap: int | None) -> list[int]:
    """Depth first, as pages print it; below a cap, by time."""
    depths = _depths(talk)
    replies: dict[int | None, list[int]] = defaultdict(list)
    for n in range(len(talk.messages)):
        replies[_shown_below(talk, n, cap, depths)].append(n)
    for below in replies.values():
        below.sort(key=lambda n: (talk.messages[n].time or "", n))
    order: list[int] = []
    stack = replies[None][::-1]
    while stack:
        n = stack.pop()
        order.append(n)
        stack += replies.get(n, [])[::-1]
    return order


def _thread(talk: Talk, order: list[int], levels: list[int | None], gaps: list[bool]) -> Thread:
    text = talk.article
    article = (Span(0, len(text)),) if text else ()
    posts = []
    for n, level, gap in zip(order, levels, gaps, strict=True):
        message = talk.messages[n]
        text += "\n\n"
        start = len(text)
        text += message.text
        quotes = tuple(
            replace(q, span=Span(start + q.span.start, start + q.span.end), native_id=None)
            for q in message.quotes
        )
        posts.append(
            RawPost(
                span=Span(start, len(text)),
                level=level,
                gap=gap,
                native_id=str(n),
                author=message.author,
                platform_role=message.role,
                posted_at=message.time,
                time_precision=message.precision,  # type: ignore[arg-type]
                quotes=quotes,
            )
        )
    raw = RawDocument(
        reader="benchmark",
        text=text,
        article=article,
        posts=tuple(posts),
        flat=all(level is None for level in levels),
        pointers=talk.pointers,
    )
    return threads.build(raw, source=f"{talk.source}/{talk.group}")[0]
