"""Pages in the shapes that sites of all kinds have, read without knowing which site it is.

Each page is put together here from its parts, in the words of made-up people, and read once as it
is and once with its class names gone, since those are what one site has and another has not.
"""

from __future__ import annotations

import json
import re
from functools import partial
from io import BytesIO

import pytest

from community import threads
from community.readers import discussion_html
from community.types import Page, RawDocument, Thread

FILLER = "<p>" + "The path along the river is open all year and the benches are new. " * 12 + "</p>"
SAID = (
    ("Rosa", "I slept four hours after the second infusion and then all of the next day."),
    ("Tim B.", "Same with me."),
    ("Rosa", "How long did that last for you, Tim?"),
    ("k_lindqvist", "Mine lasted three days, then it was as if nothing had been."),
    ("Dr. Amsel", "Please tell your nurse when it lasts longer than a week."),
    ("Tim B.", "Two days!"),
)
PARENTS = (None, 0, 1, 0, None, 4)
DEPTHS = (0, 1, 2, 1, 0, 1)


def page(html: str, *, stripped: bool = False, retrieved_at: str | None = None) -> Page:
    if stripped:
        html = re.sub(r"""\sclass=(?:"[^"]*"|'[^']*')""", "", html)
    data = html.encode()
    return Page(
        key="page.html",
        head=data[: 1 << 16],
        size=len(data),
        open=partial(BytesIO, data),
        retrieved_at=retrieved_at,
    )


def read(source: Page) -> RawDocument:
    reader = discussion_html.make()
    assert reader.sniff(source) > 0.3
    (document,) = reader.read(source)
    return document


def told(source: Page) -> tuple[list[str], list[str | None], list[str | None], list[int | None]]:
    """Words, authors, times and the place of the parent of each post."""
    thread: Thread = threads.build(read(source), source="page.html")[0]
    at = {post.id: n for n, post in enumerate(thread.posts)}
    return (
        [post.text for post in thread.posts],
        [post.author for post in thread.posts],
        [(post.posted_at or "")[:16] for post in thread.posts],
        [at[post.parent_id] if post.parent_id else None for post in thread.posts],
    )


TIMES = [f"2019-03-{4 + n:02}T1{n}:05" for n in range(6)]


def when(n: int) -> str:
    return f"{4 + n} March 2019, 1{n}:05"


def frame(inside: str, title: str = "After the infusion") -> str:
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title></head><body>"
        f"<div class='top'><a href='/'>Home</a> <a href='/about'>About us</a></div>"
        f"<div class='main'><h1>{title}</h1>{FILLER}{inside}</div>"
        "<div class='foot'>All rights reserved.</div></body></html>"
    )


# ---- one function per way to print a discussion; each gives the same six posts ------------------


def _children(n: int) -> list[int]:
    return [m for m in range(6) if PARENTS[m] == n]


def nested_lists() -> str:
    def one(n: int) -> str:
        inner = "".join(one(m) for m in _children(n))
        below = f"<ul>{inner}</ul>" if inner else ""
        return (
            f"<li><article><header><h4>{SAID[n][0]}</h4><time datetime='{TIMES[n]}:00'>{when(n)}"
            f"</time></header><p>{SAID[n][1]}</p><button>Reply</button></article>{below}</li>"
        )

    return frame(f"<ol>{''.join(one(n) for n in range(6) if PARENTS[n] is None)}</ol>")


def margins() -> str:
    rows = (
        f"<div class='e' style='margin-left: {DEPTHS[n] * 1.5}em'><p><b>{SAID[n][0]}</b> "
        f"<i>{when(n)}</i></p><div>{SAID[n][1]}</div><a href='#f'>Answer</a></div>"
        for n in range(6)
    )
    return frame("".join(rows))


def tables() -> str:
    rows = (
        f"<tr><td><img src='/dot.gif' width='{DEPTHS[n] * 40}' height='1'></td><td><font size='2'>"
        f"<a href='/user?id=u{n}'>{SAID[n][0]}</a> <font color='gray'>{when(n)}</font><br>"
        f"<font>{SAID[n][1]}</font><br><a href='reply?id={70 + n}'>reply</a></font></td></tr>"
        for n in range(6)
    )
    return frame(f"<table>{''.join(rows)}</table>")


def attributes() -> str:
    rows = (
        f"<x-remark data-key='q{80 + n}' data-deep='{DEPTHS[n]}'><span>{SAID[n][0]}</span>"
        f"<span title='{TIMES[n]}:00'>some time ago</span><div><p>{SAID[n][1]}</p></div>"
        f"<button>Reply</button></x-remark>"
        for n in range(6)
    )
    return frame(f"<x-stream>{''.join(rows)}</x-stream>")


def pointers() -> str:
    rows = (
        f"<section id='e{90 + n}' data-parent-id='{'' if p is None else 90 + p}'><h5>{SAID[n][0]}</h5>"
        f"<small>{when(n)}</small><p>{SAID[n][1]}</p><a href='#re'>Reply</a></section>"
        for n, p in enumerate(PARENTS)
    )
    return frame("".join(rows))


def nested_divs() -> str:
    def one(n: int) -> str:
        inner = "".join(one(m) for m in _children(n))
        return (
            f"<div class='x9'><div class='h'><span class='w'>{SAID[n][0]}</span> "
            f"<span class='t'>{when(n)}</span></div><div class='b'><p>{SAID[n][1]}</p></div>"
            f"<div class='k'><a href='#'>Reply</a> <a href='#'>Report</a></div>"
            f"<div class='r'>{inner}</div></div>"
        )

    return frame(f"<div>{''.join(one(n) for n in range(6) if PARENTS[n] is None)}</div>")


def shadows() -> str:
    def one(n: int) -> str:
        inner = "".join(one(m) for m in _children(n))
        return (
            f"<my-comment comment-key='k{n}'><template shadowrootmode='open'><div>"
            f"<a href='/u/{n}'>{SAID[n][0]}</a> <time datetime='{TIMES[n]}:00'>{when(n)}</time>"
            f"<p>{SAID[n][1]}</p><button>Reply</button></div></template>{inner}</my-comment>"
        )

    top = "".join(one(n) for n in range(6) if PARENTS[n] is None)
    return frame(f"{top}<template><my-comment><p>Write here</p></my-comment></template>")


NESTED = (nested_divs, shadows, nested_lists, margins, tables, attributes, pointers)


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("shape", NESTED)
def test_a_tree_of_any_shape_is_read_with_its_parents(shape: object, stripped: bool) -> None:
    words, authors, times, parents = told(page(shape(), stripped=stripped))  # type: ignore[operator]
    assert words == [text for _, text in SAID]
    assert authors == [name for name, _ in SAID]
    assert times == TIMES
    assert parents == list(PARENTS)


def rules() -> str:
    rows = (
        f"<p><b>{SAID[n][0]}</b>, {when(n)}</p><p>{SAID[n][1]}</p><p>Kind regards</p><hr>"
        for n in range(6)
    )
    return frame("<hr>" + "".join(rows))


def definitions() -> str:
    rows = (f"<dt>{SAID[n][0]} | {when(n)}</dt><dd>{SAID[n][1]}</dd>" for n in range(6))
    return frame(f"<dl>{''.join(rows)}</dl>")


def footers() -> str:
    rows = (
        f"<p>{SAID[n][1]}</p><p class='f'>Posted by: <a href='http://s.example/{n}'>{SAID[n][0]}</a> "
        f"| {when(n)}</p>"
        for n in range(6)
    )
    return frame(f"<h3>6 comments</h3><div>{''.join(rows)}</div>")


def headings() -> str:
    rows = (
        f"<h4><span>{SAID[n][0]}</span> <small>{when(n)}</small></h4><p>{SAID[n][1]}</p>"
        for n in range(6)
    )
    return frame(f"<h2>Guest book</h2><div>{''.join(rows)}</div><form><textarea></textarea></form>")


@pytest.mark.parametrize("shape", [rules, definitions, footers, headings])
def test_posts_that_are_runs_of_siblings_are_put_together(shape: object) -> None:
    words, authors, times, _ = told(page(shape()))  # type: ignore[operator]
    assert len(words) == 6
    for (_, text), found in zip(SAID, words, strict=True):
        assert text in found
    assert [name in (found or "") for (name, _), found in zip(SAID, authors, strict=True)] == [
        True
    ] * 6
    assert times == TIMES


# ---- what pages state of themselves -----------------------------------------------------------


def linked(*, shown: bool) -> str:
    def one(n: int) -> dict[str, object]:
        return {
            "@type": "Comment",
            "@id": f"https://f.example/t/5#r{n}",
            "text": SAID[n][1],
            "dateCreated": f"{TIMES[n]}:00Z",
            "author": {"@type": "Person", "name": SAID[n][0]},
            "comment": [one(m) for m in _children(n)],
        }

    data = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": "https://f.example/t/5",
        "text": "Who else was so tired after the infusion?",
        "author": {"@type": "Person", "name": "Rosa"},
        "datePublished": "2019-03-01T08:00:00Z",
        "comment": [one(n) for n in range(6) if PARENTS[n] is None],
    }
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    rows = "".join(
        f"<div><b>{name}</b> <span>two days ago</span><p>{text}</p><button>Reply</button></div>"
        for name, text in SAID
    )
    return frame(script + (rows if shown else "<div id='app'></div>"))


def test_posts_that_only_the_page_s_data_holds_are_read_from_it() -> None:
    words, authors, times, parents = told(page(linked(shown=False)))
    assert words == ["Who else was so tired after the infusion?", *(text for _, text in SAID)]
    assert authors == ["Rosa", *(name for name, _ in SAID)]
    assert times == ["2019-03-01T08:00", *TIMES]
    assert parents == [None, *(0 if p is None else p + 1 for p in PARENTS)]


def test_the_page_s_data_gives_times_and_parents_to_the_posts_shown() -> None:
    words, _, times, parents = told(page(linked(shown=True)))
    assert words == [text for _, text in SAID]
    assert times == TIMES
    assert parents == list(PARENTS)


def test_questions_that_are_often_asked_are_no_discussion() -> None:
    data = {
        "@type": "FAQPage",
        "mainEntity": [
            {"@type": "Question", "name": "Q", "acceptedAnswer": {"@type": "Answer", "text": said}}
            for _, said in SAID
        ],
    }
    html = frame(f"<script type='application/ld+json'>{json.dumps(data)}</script>")
    assert discussion_html.make().sniff(page(html)) == 0


def test_answers_hang_on_the_question_and_comments_on_what_they_stand_under() -> None:
    def comment(n: int) -> str:
        return (
            f"<li class='comment' id='comment-{n}'><span class='copy'>{SAID[n][1]}</span> – "
            f"<a class='comment-user' href='/users/{n}'>{SAID[n][0]}</a> "
            f"<span class='comment-date' title='{TIMES[n]}:00Z'>a while ago</span></li>"
        )

    def post(n: int, kind: str, below: str) -> str:
        return (
            f"<div class='{kind}' id='{kind}-{n}'><div class='prose'><p>{SAID[n][1]}</p></div>"
            f"<div class='sig'>said <span title='{TIMES[n]}:00Z'>then</span> "
            f"<a class='user-name' href='/users/{n}'>{SAID[n][0]}</a></div><ul>{below}</ul></div>"
        )

    html = post(0, "question", comment(1)) + post(2, "answer", comment(3) + comment(4))
    words, authors, times, parents = told(page(frame(html + post(5, "answer", ""))))
    assert [text in found for (_, text), found in zip(SAID, words, strict=True)] == [True] * 6
    assert authors == [name for name, _ in SAID]
    assert times == TIMES
    assert parents == [None, 0, 0, 2, 2, 0]


# ---- what is no discussion --------------------------------------------------------------------


def teasers() -> str:
    rows = (
        f"<div class='card'><h3><a href='/2019/walk-{n}'>A walk of {n + 3} miles</a></h3>"
        f"<span>By {SAID[n][0]}</span> <time datetime='{TIMES[n]}'>{when(n)}</time>"
        f"<p>{SAID[n][1]}</p><a href='/2019/walk-{n}'>Read more</a></div>"
        for n in range(6)
    )
    return frame("".join(rows))


def results() -> str:
    rows = (
        f"<li><a href='https://site{n}.example/long/page/{n}'>The whole story of path number {n}</a>"
        f"<br><cite>site{n}.example</cite> <span>{when(n)}</span><p>{SAID[n][1]}</p></li>"
        for n in range(6)
    )
    return frame(f"<ol>{''.join(rows)}</ol>")


def events() -> str:
    rows = (
        f"<div><b>{when(n)}</b><p>{SAID[n][1]} Entry is free, the room is on the first floor.</p></div>"
        for n in range(6)
    )
    return frame("".join(rows))


def reviews() -> str:
    rows = (
        f"<div itemprop='review' itemscope itemtype='https://schema.org/Review'>"
        f"<span itemprop='author'>{SAID[n][0]}</span> <meta itemprop='ratingValue' content='4'>"
        f"<span>★★★★☆</span> <time itemprop='datePublished' datetime='{TIMES[n][:10]}'>{when(n)}</time>"
        f"<div itemprop='reviewBody'>{SAID[n][1]}</div><button>Report</button></div>"
        for n in range(6)
    )
    return frame("".join(rows))


def recent() -> str:
    rows = (
        f"<li>{SAID[n][0]} on <a href='/2019/0{n + 1}/walk-{n}/#comment-{n}'>A walk of {n} miles</a> "
        f"<time datetime='{TIMES[n]}'>{when(n)}</time></li>"
        for n in range(6)
    )
    return frame(f"<aside class='widget_recent_comments'><ul>{''.join(rows)}</ul></aside>")


def changes() -> str:
    rows = (
        f"<h3>Version 2.{n} ({when(n)})</h3><ul><li>Faster</li><li>{SAID[n][1]}</li></ul>"
        for n in range(6)
    )
    return frame("".join(rows))


def questions() -> str:
    rows = (
        f"<details><summary>How do I do step {n}?</summary><p>{SAID[n][1]}</p></details>"
        for n in range(6)
    )
    return frame("".join(rows))


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("shape", [teasers, results, events, reviews, recent, changes, questions])
def test_lists_of_other_things_are_no_discussions(shape: object, stripped: bool) -> None:
    source = page(shape(), stripped=stripped)  # type: ignore[operator]
    assert discussion_html.make().sniff(source) == 0


# ---- pages that hold no discussion, or less of one than they seem to --------------------------


def is_discussion(html: str) -> bool:
    return discussion_html.make().sniff(page(html)) > 0.3


def around(html: str, lang: str = "en") -> str:
    return (
        f'<html lang="{lang}"><head><title>Roses in May</title></head><body>'
        f"<article><h1>Roses in May</h1>{FILLER}</article>{html}</body></html>"
    )


def teasers(count: int = 4, link: str = "/garden/{n}") -> str:
    made = []
    for n in range(count):
        made.append(
            f'<li class="rel"><a href="{link.format(n=n)}"><img src="x.jpg" alt="">'
            f'<span class="rel-title">A walk in garden {n + 1}</span></a>'
            f'<span class="rel-meta"><span class="author">Writer {chr(65 + n)}</span> · '
            f"<time>{n + 3} May 2021</time></span></li>"
        )
    return f"<section><h2>Read on</h2><ul>{''.join(made)}</ul></section>"


def test_a_list_of_other_articles_is_no_discussion() -> None:
    assert not is_discussion(around(teasers()))


def test_teasers_with_a_text_a_writer_and_a_date_are_no_discussion() -> None:
    made = "".join(
        f'<article class="teaser"><a href="/n/{n}"><h3>Bridge number {n} is closed</h3></a>'
        f"<p>{words}</p><footer><span>By {name}</span> "
        f'<time datetime="2022-03-0{n + 1}T08:00:00Z">yesterday</time></footer></article>'
        for n, (name, words) in enumerate(SAID)
    )
    assert not is_discussion(around(f"<div>{made}</div>"))


def test_questions_and_answers_of_a_help_page_are_no_discussion() -> None:
    made = "".join(
        f'<div class="faq-item comment-box" id="faq-{n}" itemscope '
        'itemtype="https://schema.org/Question"><h3>Question number '
        f'{n}?</h3><div itemprop="acceptedAnswer"><p>{words}</p>'
        f"<p>Last updated: {n + 2} March 2023 by the team</p></div></div>"
        for n, (_, words) in enumerate(SAID)
    )
    assert not is_discussion(around(made))


def test_the_only_comment_wins_over_a_list_of_popular_articles() -> None:
    comment = (
        '<section id="comments"><ol><li class="comment" id="c4455667788990011223">'
        '<cite class="user"><a href="https://www.blogger.com/profile/77">Rosa</a></cite>'
        '<span class="datetime"><a href="/x?showComment=1633761482000#c4455667788990011223">'
        '9 October 2021</a></span><p class="comment-content">My roses sleep until June.</p>'
        "</li></ol></section>"
    )
    words, authors, _, _ = told(page(around(comment + teasers(3, link="#"))))
    assert (words, authors) == (["My roses sleep until June."], ["Rosa"])


def rows(extra: str = "", tail: str = "") -> str:
    made = [
        f'<div class="post" id="post_{n + 10}"><div class="userinfo"><b class="username">{name}'
        f"</b></div>{tail if n == 2 else ''}"
        f'<span class="date">{n + 1} June 2019, 10:0{n}</span><div class="post-content">{words}'
        f'</div><a href="#reply">Reply</a></div>{extra if n == 1 else ""}'
        for n, (name, words) in enumerate(SAID)
    ]
    return f'<html lang="en"><body><h1>Infusions</h1>{"".join(made)}</body></html>'


def test_an_advertisement_between_posts_is_no_post() -> None:
    paid = (
        '<div class="post" id="ad_after_first"><div class="userinfo">Sponsor</div>'
        '<div class="post-content">Cheap pumps, this week only</div></div>'
    )
    words, authors, _, _ = told(page(rows(paid)))
    assert words == [said for _, said in SAID]
    assert authors == [name for name, _ in SAID]


def test_a_menu_that_opens_on_a_click_names_nobody() -> None:
    menu = '<div style="display: none"><a href="member.php?u=4">See profile</a></div>'
    assert told(page(rows(tail=menu)))[1] == [name for name, _ in SAID]


def test_a_thread_whose_microdata_wrap_all_of_it_into_the_first_post_is_flat() -> None:
    made = [
        f'<div id="post_{n + 1}" class="topic-body crawler-post" {kind}>'
        f'<span itemprop="author"><span itemprop="name">{name}</span></span>'
        f'<time itemprop="datePublished" datetime="2020-02-0{n + 1}T10:00:00Z">then</time>'
        f'<div class="post" itemprop="text">{quote}<p>{words}</p></div></div>'
        for n, ((name, words), kind, quote) in enumerate(
            zip(
                SAID,
                ("", *["itemprop=comment itemscope itemtype='http://schema.org/Comment'"] * 5),
                ("", "", '<aside class="quote" data-username="Tim B." data-post="2"><blockquote>'
                 "Same with me.</blockquote></aside>", "", "", ""),
                strict=True,
            )
        )
    ]  # fmt: skip
    html = (
        '<html lang="en"><body><h1>Infusions</h1><div itemscope '
        f"itemtype='http://schema.org/DiscussionForumPosting'>{''.join(made)}</div></body></html>"
    )
    assert told(page(html))[3] == [None, None, 1, None, None, None]


def test_terms_numbered_by_their_own_anchor_head_comments() -> None:
    made = "".join(
        f'<dt id="c{n + 30}"><a href="#c{n + 30}" class="comment-number">{n + 1}.</a> '
        f"Le lundi {n + 1} avril 2013, 11:4{n} par {name}</dt><dd><p>{words}</p></dd>"
        for n, (name, words) in enumerate(SAID)
    )
    words, authors, times, _ = told(page(around(f'<div id="comments"><dl>{made}</dl></div>', "fr")))
    assert words == [said for _, said in SAID]
    assert authors == [name for name, _ in SAID]
    assert times[0] == "2013-04-01T11:40"


def test_elements_nested_a_thousand_deep_are_read_without_harm() -> None:
    html = rows() + "<div>" * 1800 + "<span>end</span>"
    assert len(told(page(html))[0]) == len(SAID)


def test_an_opening_post_in_two_blocks_beside_the_list_of_answers_is_one_post() -> None:
    made = "".join(
        f'<li><article id="comment-{n + 40}" class="node"><a class="person-listing" '
        f'href="/u/p{n}">{name}</a> <time datetime="2022-01-0{n + 1}T10:00:00Z">then</time>'
        f'<div class="md-div"><p>{words}</p></div><button>Reply</button></article></li>'
        for n, (name, words) in enumerate(SAID)
    )
    html = (
        '<html lang="en"><body><div class="page"><article><h1>Infusions</h1>'
        '<a class="person-listing" href="/u/olga">Olga</a> '
        '<time datetime="2022-01-01T08:00:00Z">then</time></article>'
        '<div id="content"><div class="md-div"><p>How was your second infusion?</p></div></div>'
        f'<ul class="comments">{made}</ul></div></body></html>'
    )
    words, authors, times, _ = told(page(html))
    assert words == ["How was your second infusion?", *(said for _, said in SAID)]
    assert authors[0] == "Olga"
    assert times[0] == "2022-01-01T08:00"
