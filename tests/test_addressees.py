"""Whom a page says that a post answers, and names, badges, events and first posts around that.

Each page is put together here, in the words of made-up people, with the parts that sites print
beside an author's name: the name of the one answered, badges, dates of other things.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO

import pytest
from lxml import html as markup

from community import threads
from community.html import fields, signs
from community.readers import discussion_html
from community.types import Page, RawDocument, Thread

SAID = (
    ("Marit", "The splint is easier to wear when the edges are filed down a little."),
    ("Oskar", "Filed with what?"),
    ("Marit", "A nail file, the fine side, and only where it rubs."),
    ("Bea T.", "My dentist does that for nothing, you only have to ask for it."),
    ("Oskar", "Then I will ask, thank you both."),
)
ANSWERED = (None, 0, 1, 0, 3)


def read(html: str) -> RawDocument:
    data = f"<html lang='en'><head><title>Splints</title></head><body>{html}</body></html>".encode()
    page = Page(key="p.html", head=data[: 1 << 16], size=len(data), open=partial(BytesIO, data))
    (document,) = discussion_html.make().read(page)
    return document


def thread_of(html: str) -> Thread:
    return threads.build(read(html), source="p.html")[0]


def authors(html: str) -> list[str | None]:
    return [post.author for post in read(html).posts]


def parents(html: str) -> list[int | None]:
    """The place of each post's parent."""
    thread = thread_of(html)
    at = {post.id: n for n, post in enumerate(thread.posts)}
    return [at[post.parent_id] if post.parent_id else None for post in thread.posts]


def name_of(n: int) -> str | None:
    """The name of whom post `n` answers."""
    target = ANSWERED[n]
    return None if target is None else SAID[target][0]


def nested(n: int, label: str) -> str:
    """A comment with who, when and whom it answers in its head, and replies after it."""
    name, words = SAID[n]
    told = label.format(name=name_of(n), id=ANSWERED[n]) if name_of(n) else ""
    replies = "".join(nested(m, label) for m, above in enumerate(ANSWERED) if above == n)
    return (
        f"<div class='c-comment' id='comment-{70 + n}'><div class='c-head'>{told}"
        f"<div class='c-author'>{name}</div><time datetime='2021-03-0{n + 1}T10:00'>3 years"
        f"</time></div><div class='c-text'><p>{words}</p></div><a href='#r'>Reply</a>"
        f"<div class='replies'>{replies}</div></div>"
    )


@pytest.mark.parametrize(
    "label",
    [
        "<div class='c-reply-to'>Reply to <a href='#comment-7{id}' class='author'>{name}</a></div>",
        "<div class='line'><i class='icon'></i> In reply to <span class='user'>{name}</span></div>",
        "<span class='small'>Antwort an <a class='author' href='#comment-7{id}'>{name}</a></span>",
        "<p class='author-recipient'>@{name}</p>",
    ],
)
def test_the_one_answered_is_the_addressee_and_not_the_author(label: str) -> None:
    document = read("".join(nested(n, label) for n in range(5) if ANSWERED[n] is None))

    told = {post.native_id: post for post in document.posts}
    found = [told[f"{70 + n}"] for n in range(5)]
    assert [post.author for post in found] == [name for name, _ in SAID]
    assert [post.addressee for post in found] == [name_of(n) for n in range(5)]


def flat(label: str, extra: str = "") -> str:
    """A forum's posts one after the other, with a tab that names whom a post answers."""
    rows = []
    for n, (name, words) in enumerate(SAID):
        told = label.format(name=name_of(n), n=ANSWERED[n]) if name_of(n) else ""
        rows.append(
            f"<article class='post' id='post_{n + 1}'><div class='names'><a class='username' "
            f"href='/u/x{n}'>{name}</a></div><div class='info'>{told}<time datetime="
            f"'2021-03-0{n + 1}T10:00'>3y</time></div><div class='cooked'><p>{words}</p></div>"
            f"<button>Reply</button></article>"
        )
        rows.append(extra if n == 2 else "")
    return f"<h1>Splints</h1><div class='stream'>{''.join(rows)}</div>"


def test_a_tab_that_names_a_user_leads_to_that_users_latest_post_before() -> None:
    tab = "<a class='reply-to-tab' href><img alt='' src='/a/{n}.png'><span>{name}</span></a>"

    assert parents(flat(tab)) == [None, 0, 1, 2, 3]  # Marit's latest before the fourth is the third
    assert thread_of(flat(tab)).posts[1].author == "Oskar"


def test_a_control_that_answers_names_no_addressee() -> None:
    control = "<a class='reply-to-this' href='#answer'>Reply</a>"

    assert [post.addressee for post in read(flat(control)).posts] == [None] * 5


def test_what_was_done_to_a_thread_is_no_post() -> None:
    row = (
        "<div class='event post' data-post-id='9'><p>pinned <time datetime='2021-03-03T11:00'>3y"
        "</time></p></div>"
    )

    assert authors(flat("", row)) == [name for name, _ in SAID]


def test_a_short_answer_of_the_usual_make_is_a_post_and_no_event() -> None:
    row = (
        "<article class='post' id='post_9'><div class='names'><a class='username' href='/u/k'>Kim"
        "</a></div><div class='info'><time datetime='2021-03-03T11:00'>3y</time></div>"
        "<div class='cooked'><p>Ok</p></div></article>"
    )

    assert authors(flat("", row))[3] == "Kim"


def badged(badge: str, before: str = "") -> str:
    """Comments some of whose heads show a badge before the name."""
    rows = []
    for n, (name, words) in enumerate(SAID):
        shown = badge if name == "Marit" else ""
        rows.append(
            f"<li class='comment' id='comment-{n + 1}'>{before.format(n=n + 1)}{shown}"
            f"<span class='nick'>{name}</span> <time datetime='2021-03-0{n + 1}T10:00'>3y</time>"
            f"<div class='comment-text'><p>{words}</p></div><a href='#r'>Reply</a></li>"
        )
    return f"<ol>{''.join(rows)}</ol>"


@pytest.mark.parametrize("words", ["Author", "Moderator", "Vertrauensperson", "管理人"])
def test_a_badge_before_the_name_is_no_name_in_any_language(words: str) -> None:
    assert authors(badged(f"<b class='user-flag'>{words}</b>")) == [name for name, _ in SAID]


def test_a_date_in_an_element_named_after_the_author_is_no_name() -> None:
    line = "<p class='author-line'><a href='#comment-{n}'>Posted 4 March 2021</a></p>"

    assert authors(badged("", line)) == [name for name, _ in SAID]


def test_numbers_of_groups_are_no_depths() -> None:
    rows = "".join(
        f"<div class='post group-{3 if n % 2 else 6}' id='post{n + 1}'><a class='user' "
        f"href='/u/{n}'>{name}</a> <time datetime='2021-03-0{n + 1}T10:00'>3y</time>"
        f"<div class='message'>{words}</div><a href='#q'>Quote</a></div>"
        for n, (name, words) in enumerate(SAID)
    )

    document = read(rows.replace("group-6", "group-3", 1))  # 3 3 6 3 6: as depths might be
    assert document.flat
    assert [post.parent_native_id for post in document.posts] == [None] * 5


def test_a_quotation_is_traced_by_an_id_in_an_attribute_of_any_name() -> None:
    quote = "<blockquote data-cited-message='m-2'><p>with what?</p></blockquote>"
    html = flat("").replace("<p>Then I", f"{quote}<p>Then I")

    assert parents(html) == [None, None, None, None, 1]


def test_a_note_of_an_edit_is_not_said_by_the_poster() -> None:
    note = "<p class='n'>Last edited <time datetime='2022-01-01T10:00'>1 January 2022</time></p>"
    document = read(flat("").replace("thank you both.</p>", f"thank you both.</p>{note}"))

    last = document.posts[-1]
    assert last.span.of(document.text) == SAID[-1][1]
    assert last.posted_at == "2021-03-05T10:00"


def board(text: str) -> str:
    """A link board: a numbered head in a table, below it a tree of comments."""
    rows = "".join(
        f"<tr class='thing row' id='{31 + n}'><td><table><tr><td indent='{indent}'><img width="
        f"'{40 * indent}'></td><td><a class='hnick-user' href='user?id={name[0]}'>{name}</a> "
        f"<span class='age' title='2021-03-0{n + 2}T10:00:00'>3 years ago</span><br>"
        f"<div class='ctext'>{words}</div><a href='reply?id={31 + n}'>reply</a></td></tr></table>"
        f"</td></tr>"
        for n, ((name, words), indent) in enumerate(zip(SAID, (0, 1, 2, 1, 0), strict=True))
    )
    return (
        "<table><tr><td><table class='frame'><tr class='thing' id='30'><td><a href='item?id=30'>"
        "How do you keep a splint clean?</a></td></tr><tr><td>12 points by <a class='hnick-user' "
        "href='user?id=w'>Willem</a> <span class='age' title='2021-03-01T10:00:00'>3 years ago"
        "</span> | <a href='hide?id=30'>hide</a></td></tr>"
        f"{text}<tr><td><form><textarea></textarea></form></td></tr></table><br><table>{rows}"
        "</table></td></tr></table>"
    )


def test_the_words_under_a_link_boards_head_open_the_thread() -> None:
    words = "Mine smells after a week, whatever I do. What works for you?"
    thread = thread_of(board(f"<tr><td><div class='top'>{words}</div></td></tr>"))

    first = thread.posts[0]
    assert (first.text, first.author, first.native_id) == (words, "Willem", "30")
    assert parents(board(f"<tr><td><div class='top'>{words}</div></td></tr>")) == [
        None, 0, 1, 2, 1, 0,
    ]  # fmt: skip


def test_a_link_without_words_opens_nothing() -> None:
    assert authors(board("")) == [name for name, _ in SAID]


def streamed(head: str = "", mention: str = "", quote: str = "", badge: str = "") -> str:
    """Posts whose names say nothing of posts, with icons for controls."""
    rows = []
    for n, (name, words) in enumerate(SAID):
        shown = badge if name == "Marit" else ""
        cited = quote if n == 4 else ""
        rows.append(
            f"<div class='x1'><div class='x2 alt{n % 2 or ''}'>{head.format(name=name, n=n)}<h3>"
            f"<span>{name}</span>{shown}</h3></div><time datetime='2021-03-0{n + 1}T10:00'>3y</time>"
            f"<div class='x3'>{cited}<p>{mention}{words}</p></div>"
            f"<button aria-label='Reply'><i></i><b>0</b></button></div>"
        )
    return f"<div class='list'>{''.join(rows)}</div>"


def test_posts_whose_controls_are_icons_and_whose_writers_are_at_names_are_found() -> None:
    head = "<a href='/@w{n}'><img alt='{name}' src='/a/{n}'> <i>w{n}@moss.garden.example</i></a>"

    assert len(read(streamed(head)).posts) == 5


def test_an_icon_with_a_counter_and_a_spoken_label_is_a_way_to_reply() -> None:
    control = markup.fromstring("<button aria-label='Reply'><i></i><b>0</b></button>")
    other = markup.fromstring("<button aria-label='Share'><i></i><b>0</b></button>")

    assert signs.is_reply(control)
    assert not signs.is_reply(other)


def test_a_repeated_mention_is_no_furniture_and_a_repeated_control_is() -> None:
    items = [
        markup.fromstring(
            f"<div><h3>{name}</h3><p><a href='/w'>@<span>marit</span></a> {words}</p>"
            f"<span class='c'>Share</span></div>"
        )
        for name, words in SAID
    ]
    learned = fields.learn(items, {})

    assert {"".join(node.itertext()) for node in learned.furniture} == {"Share"}


def test_a_mention_is_said_by_the_poster_however_many_say_it() -> None:
    mention = "<a href='/w'>@<span>marit</span></a> "
    document = read(streamed(mention=mention))

    assert document.posts[1].span.of(document.text) == "@marit Filed with what?"


def test_a_badge_right_after_the_name_is_no_part_of_it() -> None:
    assert authors(streamed(badge="<em>Autor</em>")) == [name for name, _ in SAID]


def test_a_quotation_beside_the_only_paragraph_is_kept() -> None:
    quote = "<div class='quotebox'><cite>Oskar wrote:</cite><blockquote>Filed with what?</blockquote></div>"
    rows = "".join(
        f"<div id='p{n + 1}' class='blockpost'><h2><a href='#p{n + 1}'>2021-03-0{n + 1} 10:00</a></h2>"
        f"<div class='postbody'><dl><dt><strong><a href='profile.php?id={n}'>{name}</a></strong></dt>"
        f"</dl><div class='postmsg'>{quote if n == 4 else ''}<p>{words}</p></div></div>"
        f"<p><a href='#q'>Quote</a></p></div>"
        for n, (name, words) in enumerate(SAID)
    )

    assert parents(rows) == [None, None, None, None, 1]
