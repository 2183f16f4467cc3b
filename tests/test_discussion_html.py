"""Saved HTML discussions: the patterns of many platforms, read by one reader."""

from __future__ import annotations

import json
import re
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from community.errors import SourceError
from community.html import quotes
from community.readers import article_html, discussion_html
from community.types import Page, RawDocument, Span

PAGES = Path(__file__).parent / "discussions"


def page(data: bytes | str, key: str = "page.html", retrieved_at: str | None = None) -> Page:
    data = data.encode() if isinstance(data, str) else data
    return Page(
        key=key,
        head=data[: 64 * 1024],
        size=len(data),
        open=partial(BytesIO, data),
        retrieved_at=retrieved_at,
    )


def read(source: Page) -> RawDocument:
    (document,) = discussion_html.make().read(source)
    return document


def saved(name: str) -> RawDocument:
    return read(page((PAGES / f"{name}.html").read_bytes()))


def rows(document: RawDocument) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(p.native_id, p.parent_native_id, p.author, p.posted_at) for p in document.posts]


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


NESTED = {
    "wordpress_block": [
        ("11", None, "Pia", "2023-05-06T07:08:09+02:00"),
        ("12", "11", "Quin", "2023-05-06T08:08:09+02:00"),
    ],
    "wordpress_div": [
        ("51", None, "Yves", "2015-03-04T10:11"),
        ("52", "51", "Zoe", "2015-03-05T10:11"),
    ],
    "wordpress_odd_theme": [
        ("7", None, "Quill", "2013-06-04T15:04"),
        ("8", "7", "Rae", "2013-06-05T15:04"),
    ],
    "wordpress_children_outside": [
        ("1", None, "A1", "2013-06-04T01:00"),
        ("2", "1", "B2", "2013-06-05T01:00"),
        ("3", None, "C3", "2013-06-06T01:00"),
    ],
    "list_items_without_names": [
        ("1", None, "A1", "2013-06-04"),
        ("2", "1", "B2", "2013-06-05"),
        ("3", None, "C3", "2013-06-06"),
    ],
    "drupal": [
        ("21", None, "Rex", "2014-03-04T10:11"),
        ("22", "21", "Sue", "2014-03-05T11:11"),
        ("23", None, "Tom", "2014-03-13T11:11"),
    ],
    "hacker_news": [
        ("1001", None, "ivy", "2022-03-04T05:06:07"),
        ("1002", "1001", "jo", "2022-03-04T06:06:07"),
        ("1003", None, "kai", "2022-03-04T07:06:07"),
    ],
    "reddit_old": [
        ("t3_ab1", None, "lea", "2017-01-01T00:00:00+00:00"),
        ("c1", "t3_ab1", "max", "2017-01-01T01:00:00+00:00"),
        ("c2", "c1", "lea", "2017-01-01T02:00:00+00:00"),
    ],
    "custom_elements": [
        ("x1", None, "dee", "2024-01-02T03:04:05+00:00"),
        ("x2", "x1", "eli", "2024-01-02T04:04:05+00:00"),
    ],
    "data_attributes": [
        ("5", None, "bob", "2020-01-01T00:00:00+00:00"),
        ("6", "5", "al", "2020-01-01T00:01:00+00:00"),
    ],
}
FLAT = {
    "phpbb3": (["marta_k", "Bo", "marta_k"], [None, "101", None], [None, "marta_k", None]),
    "vbulletin4": (["Anna", "Ben"], [None, "501"], [None, "Anna"]),
    "mybb": (["Cleo", "Dov"], [None, "31"], [None, "Cleo"]),
    "invision4": (["Ena", "Finn"], [None, "900"], [None, "Ena"]),
    "discourse_crawler": (["gus", "hal"], [None, "1"], [None, "gus"]),
    "smf2": (["Nan", "Oli"], [None, "71"], [None, "Nan"]),
    "xenforo1": (["Wyn", "Xan"], [None, "41"], [None, "Wyn"]),
}


def minutes(at: str | None) -> str | None:
    return at.removesuffix(":00") if at and len(at) == len("2013-06-04T01:00:00") else at


@pytest.mark.parametrize("name", NESTED)
def test_nested_comments_keep_id_parent_author_and_time(name: str) -> None:
    document = saved(name)
    assert not document.flat
    assert [(*row[:3], minutes(row[3])) for row in rows(document)] == NESTED[name]


@pytest.mark.parametrize("name", FLAT)
def test_a_flat_forum_says_whom_its_quotes_quote(name: str) -> None:
    document = saved(name)
    authors, quoted, quoted_authors = FLAT[name]
    assert document.flat
    assert document.article == ()
    assert [post.author for post in document.posts] == authors
    first = [post.quotes[0] if post.quotes else None for post in document.posts]
    assert [quote and quote.native_id for quote in first] == quoted
    assert [quote and quote.author for quote in first] == quoted_authors
    assert all(post.posted_at for post in document.posts)


@pytest.mark.parametrize("name", FLAT)
def test_quote_headers_signatures_and_names_are_no_words_of_a_post(name: str) -> None:
    document = saved(name)
    for post, text in zip(document.posts, words(document), strict=True):
        assert post.author is not None
        assert post.author not in text
        for furniture in ("wrote", "Originally", "said", "expand", "edited", "signature", "sig "):
            assert furniture not in text


def test_items_without_numbers_are_placed_by_level() -> None:
    document = saved("classes_only")
    assert [(post.native_id, post.level) for post in document.posts] == [
        (None, 0),
        (None, 1),
        (None, 0),
    ]
    assert words(document) == ["One.", "Two.", "Three."]


def test_a_level_that_is_skipped_is_a_gap() -> None:
    document = saved("wordpress_depth_gap")
    assert [post.gap for post in document.posts] == [False, True, False]
    assert [post.parent_native_id for post in document.posts] == [None, None, "1"]


def test_a_definition_list_of_comments_is_read_with_its_tombstone() -> None:
    document = saved("blogger_definition_list")
    first, second = document.posts
    assert (first.author, first.posted_at) == ("Ute", "2015-06-06T08:23:05+00:00")
    assert first.platform_role == "post author"
    assert second.status == "deleted"


def test_a_page_with_one_comment_is_a_discussion_too() -> None:
    document = saved("wordpress_single")
    assert words(document) == ["Hello there."]


def test_the_addressee_that_a_page_prints_is_kept() -> None:
    document = saved("nested_articles")
    assert [post.addressee for post in document.posts] == [None, None, "vic"]
    assert [post.level for post in document.posts] == [0, 1, 2]


def test_the_article_stands_beside_its_comments() -> None:
    document = saved("wordpress_block")
    assert document.title == "A walk"
    assert document.title_span is not None
    assert document.title_span.of(document.text) == "A walk"
    assert len(document.article) == 2
    assert all(
        a.end <= b.start for a, b in zip(document.article, document.article[1:], strict=False)
    )


WORDPRESS = """<html lang="en"><body><article><p>{article}</p></article>
<h3 class="comments-title">{count} comments</h3><ol class="comment-list">{items}</ol></body>
</html>"""
ITEM = """<li id="comment-{n}" class="comment depth-1"><article class="comment-body">
<footer class="comment-meta"><b class="fn">Bea</b> <a href="#comment-{n}">
<time datetime="2021-02-03T04:05:06+01:00">3 Feb</time></a></footer>
<div class="comment-content">{body}</div></article></li>"""


def wordpress(*bodies: str, count: int | None = None, extra: str = "") -> RawDocument:
    items = "".join(ITEM.format(n=n, body=body) for n, body in enumerate(bodies, 1))
    count = len(bodies) if count is None else count
    return read(page(WORDPRESS.format(article="Words. " * 40, count=count, items=items) + extra))


def test_a_quotation_is_marked_and_stays_in_the_text() -> None:
    document = wordpress(
        "<p>I slept.</p>", "<blockquote><p>I slept.</p></blockquote><p>Me too.</p>"
    )
    (quote,) = document.posts[1].quotes
    assert quote.span.of(document.text) == "I slept."
    assert words(document)[1] == "I slept.\n\nMe too."


def test_a_quotation_linked_to_another_site_is_external() -> None:
    body = '<blockquote cite="https://paper.example/a">News.</blockquote><p>Look.</p>'
    html = WORDPRESS.format(
        article="x", count=1, items=ITEM.format(n=1, body=body) + ITEM.format(n=2, body="y")
    )
    canonical = '<link rel="canonical" href="https://blog.example/p">'
    document = read(page(html.replace("<body>", f"<head>{canonical}</head><body>")))
    assert document.posts[0].quotes[0].external


def test_pingbacks_are_no_posts() -> None:
    items = ITEM.format(n=1, body="Hello.") + ITEM.format(n=3, body="Bye.")
    items += (
        '<li class="pingback depth-1" id="comment-2"><p>Pingback: <a href="/">Other</a></p></li>'
    )
    document = read(page(WORDPRESS.format(article="x", count=3, items=items)))
    assert [post.native_id for post in document.posts] == ["1", "3"]
    assert document.complete


def test_a_comment_held_for_moderation_without_words_is_a_tombstone() -> None:
    held = '<em class="comment-awaiting-moderation">Your comment waits.</em>'
    document = wordpress("Hello.", held)
    assert [post.status for post in document.posts] == ["present", "removed"]


@pytest.mark.parametrize(
    ("words_there", "status"),
    [
        ("This comment has been removed by the author.", "deleted"),
        ("This comment was removed by an administrator.", "removed"),
        ("[deleted]", "deleted"),
        ("[removed]", "removed"),
        ("Dieser Beitrag wurde vom Verfasser gelöscht.", "deleted"),
        ("This comment was removed from my last letter, so here it is again.", "present"),
        ("They removed my port last week.", "present"),
    ],
)
def test_a_notice_in_place_of_words_is_a_tombstone(words_there: str, status: str) -> None:
    assert wordpress("Hello.", f"<p>{words_there}</p>").posts[1].status == status


def test_a_page_that_speaks_of_more_comments_than_it_has_is_incomplete() -> None:
    assert wordpress("a b", "c d").complete
    document = wordpress("a b", "c d", count=40)
    assert not document.complete
    assert document.note is not None
    assert "40" in document.note


@pytest.mark.parametrize(
    "extra",
    ["<button>Load more comments</button>", "<a href='#'>Ältere Kommentare</a>",
     "<div class='pagination'>Page 1 of 7</div>"],
)  # fmt: skip
def test_what_leads_to_further_comments_makes_a_page_incomplete(extra: str) -> None:
    assert not wordpress("a b", "c d", extra=extra).complete


def test_comments_in_a_frame_are_told_of_by_the_article_reader() -> None:
    html = (
        f"<html><body><article><p>{'Words here. ' * 30}</p></article><div id='disqus_thread'></div>"
    )
    assert discussion_html.make().sniff(page(html)) == 0
    (document,) = article_html.make().read(page(html))
    assert not document.complete
    assert document.article


def test_relative_dates_count_from_the_time_of_saving_alone() -> None:
    item = ITEM.replace('<time datetime="2021-02-03T04:05:06+01:00">3 Feb</time>', "2 hours ago")
    html = WORDPRESS.format(
        article="x", count=2, items="".join(item.format(n=n, body="a b") for n in (1, 2))
    )
    assert [(p.posted_at, p.time_precision) for p in read(page(html)).posts] == [
        (None, "relative")
    ] * 2
    (first, _) = read(page(html, retrieved_at="2024-05-06T12:00:00+00:00")).posts
    assert (first.posted_at, first.time_precision) == ("2024-05-06T10:00", "relative")


def test_days_and_months_are_told_apart_by_the_page_s_own_dates() -> None:
    item = ITEM.replace('<time datetime="2021-02-03T04:05:06+01:00">3 Feb</time>', "{at}")

    def dated(*at: str) -> list[str | None]:
        items = "".join(item.format(n=n, body="a b", at=words) for n, words in enumerate(at))
        return [
            p.posted_at
            for p in read(page(WORDPRESS.format(article="x", count=2, items=items))).posts
        ]

    assert dated("03/04/2020", "25/04/2020") == ["2020-04-03", "2020-04-25"]
    assert dated("03/04/2020", "04/25/2020") == ["2020-03-04", "2020-04-25"]


def test_an_article_alone_is_left_to_the_article_reader() -> None:
    html = f"<html><body><article><h1>T</h1><p>{'Words here. ' * 30}</p></article></body></html>"
    assert discussion_html.make().sniff(page(html)) < article_html.make().sniff(page(html))


def test_a_list_of_articles_is_no_discussion() -> None:
    teaser = """<div class="post" id="post-{n}"><h2><a href="https://b.example/{n}/">Walk</a></h2>
    <span class="author">Ann</span> <span class="date">March 4, 2015</span>
    <div class="excerpt"><p>A first paragraph of some length about walk {n}.</p></div></div>"""
    html = "".join(teaser.format(n=n) for n in range(8))
    assert discussion_html.make().sniff(page(f"<html><body>{html}</body></html>")) == 0


def test_furniture_around_an_article_is_left_out() -> None:
    body = "".join(
        f"<p>Paragraph {n} says something about walking a long way.</p>" for n in range(6)
    )
    html = f"""<html lang="en"><head><title>Long walks | Site</title>
    <meta property="article:published_time" content="2020-01-02T03:04:05Z"></head><body>
    <nav><a href="/">Home</a></nav><div class="content-sidebar-wrap"><article><h1>Long walks</h1>
    <p class="byline">By Ann Walker</p><div class="entry-content">{body}
    <div class="share-buttons">Share this page with all of your very good friends</div>
    <div class="related-posts"><p>Read our other very long story on short walks too</p></div></div>
    </article><aside><p>Subscribe to the letter that we send every single week</p></aside></div>
    <footer>All rights are reserved by the people who made this page</footer></body></html>"""
    (document,) = article_html.make().read(page(html))
    assert [a.of(document.text).split()[0] for a in document.article] == ["Paragraph"] * 6
    assert document.title == "Long walks"
    assert document.published_at == "2020-01-02T03:04:05+00:00"
    assert document.article_author == "Ann Walker"


def test_a_page_without_words_is_refused_with_its_key() -> None:
    with pytest.raises(SourceError, match=r"empty\.html"):
        list(article_html.make().read(page("<html><body><div></div></body></html>", "empty.html")))


def test_a_letter_in_place_of_a_picture_is_nobodys_name() -> None:
    people = [("Nina Falk", "The pump beeps all night, whatever I do, and nobody at the clinic rings back."), ("otter12", "Mine did too until we changed the battery and cleaned the little filter below."),
              ("Rosa P.", "We have changed it twice now. It helps for a day, then the beeping starts anew."), ("Al", "Then ring the people who made it; they sent us another one within the week.")]  # fmt: skip
    rows = "".join(
        f'<div class="x_row" data-cid="{n}"><div class="x_ava"><span>{name[0]}</span></div>'
        f'<div class="x_who"><div class="x_who1">{name}</div><div class="x_when">'
        f'{n + 1} May 2024, 07:4{n}</div></div><div class="x_txt"><p>{words}</p></div>'
        f"<button>Reply</button></div>"
        for n, (name, words) in enumerate(people)
    )
    document = read(page(f"<html lang='en'><body><div>{rows}</div></body></html>"))
    assert [post.author for post in document.posts] == [name for name, _ in people]


@pytest.mark.parametrize("address", ["?msg=71", "index.php?topic=9.msg71#msg71", "?post=71"])
def test_a_quotation_is_of_the_post_that_its_address_names(address: str) -> None:
    node = html.fragment_fromstring(
        f"<blockquote><cite><a href='https://x.example/{address}'>Quote from: Nan</a></cite>"
        "Mine broke.</blockquote>"
    )
    assert quotes.quote(node, Span(0, 4), "x.example").native_id == "71"


@pytest.mark.parametrize("figure", ["\u00b9", "\u2460", "\u0663"])  # ¹ ① ٣
def test_figures_that_are_no_decimal_numbers_do_not_end_the_reading(figure: str) -> None:
    words = (Path(__file__).parent / "discussions" / "hacker_news.html").read_text("utf-8")
    changed = re.sub(r'(width|indent)="\d+"', rf'\1="{figure}"', words)
    assert len(read(page(changed)).posts) == 3


def test_a_thousand_levels_of_replies_are_read() -> None:
    levels = 400
    items = "".join(
        f'<li class="comment" id="comment-{n}"><b class="fn">N</b><a href="#comment-{n}">'
        f"June 4, 2013</a><p>Level {n}.</p><ul class='children'>"
        for n in range(levels)
    )
    document = read(page(f"<html lang='en'><body><ol>{items}"))
    assert len(document.posts) == levels
    assert document.posts[-1].parent_native_id == str(levels - 2)


_PIECES = st.sampled_from(
    ["<li id='comment-1' class='comment depth-1'>", "<li id='comment-2' class='comment depth-3'>",
     "<div class='comment' id='comment-3'>", "</li>", "</div>", "<ul class='children'>", "</ul>",
     "<b class='fn'>Al</b>", "<time datetime='2020-01-01'>x</time>", "<blockquote>",
     "</blockquote>",
     "words here", "<p>", "<template>", "<div class='reply'>", "<cite>", "<dl>", "<dt>", "<dd>"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=40))
def test_any_soup_gives_posts_within_the_text(pieces: list[str]) -> None:
    document = read(page("<html><body>" + "".join(pieces) + "."))
    ids = {post.native_id for post in document.posts}
    for post in document.posts:
        assert post.span.end <= len(document.text)
        assert post.parent_native_id is None or post.parent_native_id in ids
        for quote in post.quotes:
            assert post.span.start <= quote.span.start <= quote.span.end <= post.span.end


def alphanumeric(text: str | None) -> str:
    return "".join(filter(str.isalnum, text or ""))


REAL = ("blogger_*", "smf1_*", "wordpress_*", "xenforo2_*")


def test_real_pages_give_every_post_with_its_parent_author_and_first_words(shared: Path) -> None:
    checked = 0
    for pattern in REAL:
        for path in sorted((shared / "pages").glob(f"{pattern}.html")):
            gold = json.loads(path.with_suffix(".gold.json").read_text())
            posts = [p for p in gold["posts"] if p["kind"] not in ("pingback", "trackback")]
            document = read(page(path.read_bytes(), path.name))
            assert [p.native_id for p in document.posts] == [p["id"] for p in posts], path.name
            assert [p.author for p in document.posts] == [p["author"] for p in posts], path.name
            assert all(p.posted_at for p in document.posts), path.name
            if not document.flat:
                parents = [p.parent_native_id for p in document.posts]
                assert parents == [p["parent"] for p in posts], path.name
            for post, wanted in zip(document.posts, posts, strict=True):
                first = alphanumeric(wanted["text_prefix"])[:40]
                assert first in alphanumeric(post.span.of(document.text)), (path.name, wanted["id"])
            checked += len(posts)
    assert checked == 320
