"""Feeds: whose comments stand where, and articles."""

from __future__ import annotations

import pytest
from export_pages import built, mutations, page, read, survives, words
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.readers import feed
from community.types import RawDocument

SITE = "https://blog.example"
RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
)
ATOM = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:thr="http://purl.org/syndication/thread/1.0">'
)


def rss_comment(number: int, path: str, body: str, day: int = 1, **more: str) -> str:
    creator = more.get("creator", "<dc:creator><![CDATA[Ann]]></dc:creator>")
    return (
        f"<item><title>By: Ann</title><link>{SITE}/{path}/{more.get('paged', '')}#comment-{number}</link>{creator}"
        f"<pubDate>Wed, {day:02} Jan 2020 10:00:00 +0000</pubDate>"
        f'<guid isPermaLink="false">{SITE}/?p=3#comment-{number}</guid>'
        f"<description><![CDATA[{body[:20]}]]></description><content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


def rss(*items: str, title: str = "Comments on: On walking") -> list[RawDocument]:
    head = f"<title>{title}</title><link>{SITE}</link><language>en-GB</language>"
    return read(feed.make(), RSS + head + "".join(items) + "</channel></rss>")


def answer(number: int, name: str, path: str = "walk") -> str:
    return f'<p>In reply to <a href="{SITE}/{path}/#comment-{number}">{name}</a>.</p>\n'


def test_comments_of_a_page_are_a_thread_the_oldest_first() -> None:
    (found,) = rss(
        rss_comment(
            12,
            "walk",
            answer(11, "Ann") + "<p>Same <b>here</b>.</p>",
            day=2,
            paged="comment-page-2/",
        ),
        rss_comment(11, "walk", "<p>I walk daily.</p>"),
    )
    assert (found.thread_key, found.title, found.lang) == (f"{SITE}/walk", "On walking", "en-GB")
    assert words(found) == ["I walk daily.", "Same here."]
    assert [(p.native_id, p.parent_native_id, p.addressee) for p in found.posts] == [
        ("11", None, None),
        ("12", "11", "Ann"),
    ]
    assert found.posts[0].posted_at == "2020-01-01T10:00:00+00:00"
    assert found.complete


def test_an_answer_to_a_comment_that_the_feed_has_no_more_is_a_gap() -> None:
    (found,) = rss(rss_comment(12, "walk", answer(7, "Bo") + "<p>Yes.</p>"))
    assert built(found).posts[0].gap
    assert "1 of the comments" in (found.note or "")


def test_a_link_to_another_page_at_the_start_is_the_posters_words() -> None:
    (found,) = rss(rss_comment(12, "walk", answer(7, "Bo", path="other") + "<p>Yes.</p>"))
    assert found.posts[0].parent_native_id is None
    assert words(found) == ["In reply to Bo.\n\nYes."]


def test_comments_of_a_whole_site_are_told_apart_and_pings_left_out() -> None:
    found = rss(
        rss_comment(5, "run", "<p>r</p>"),
        rss_comment(4, "walk", "<p>w</p>"),
        rss_comment(3, "walk", "<p>[&#8230;] somebody linked here [&#8230;]</p>"),
        title="Comments for Blog",
    )
    assert [(d.thread_key, words(d)) for d in found] == [
        (f"{SITE}/run", ["r"]),
        (f"{SITE}/walk", ["w"]),
    ]


def test_addresses_beside_names_are_dropped() -> None:
    (found,) = rss(
        rss_comment(4, "walk", "a", creator="<author>ann@mail.example (Ann B.)</author>"),
        rss_comment(5, "walk", "b", creator="<author>ann@mail.example</author>", day=2),
    )
    assert found.posts[0].author == "Ann B."
    assert (found.posts[1].author or "").startswith("sender-")
    assert "mail.example" not in repr(found)


def atom_entry(number: int, ref: str, href: str, body: str, kind: str = "html") -> str:
    return (
        f'<entry><title>By: Bea</title><link rel="alternate" href="{SITE}/walk/#comment-{number}" type="text/html"/>'
        f"<author><name>Bea</name><uri>http://bea.example</uri><email>bea@mail.example</email></author>"
        f"<id>{SITE}/?p=3#comment-{number}</id><updated>2020-01-0{number}T10:00:00Z</updated>"
        f'<content type="{kind}">{body}</content><thr:in-reply-to ref="{ref}" href="{href}"/></entry>'
    )


def test_atom_points_to_the_page_or_to_the_comment_answered() -> None:
    (found,) = read(
        feed.make(),
        ATOM
        + "<title>Comments on Walks</title>"
        + atom_entry(1, f"{SITE}/?p=3", f"{SITE}/walk/", "&lt;p&gt;One&lt;/p&gt;")
        + atom_entry(
            2,
            f"{SITE}/?p=3#comment-1",
            f"{SITE}/walk/#comment-1",
            "<div xmlns='http://www.w3.org/1999/xhtml'>Two<br/>lines</div>",
            "xhtml",
        )
        + atom_entry(3, "tag:else,1", f"{SITE}/walk/", "1 &lt; 2", "text")
        + "</feed>",
    )
    assert found.title == "Walks"
    assert words(found) == ["One", "Two\nlines", "1 < 2"]
    assert [p.parent_native_id for p in found.posts] == [None, "1", None]
    assert "mail.example" not in repr(found)


def test_entries_answer_each_other_by_their_own_ids() -> None:
    def part(name: str, to: str) -> str:
        return (
            f'<entry><id>urn:{name}</id><link href="{SITE}/talk#{name}"/><author><name>N</name></author>'
            f'<updated>2020-01-01T10:00:00Z</updated><content>{name}</content><thr:in-reply-to ref="{to}" href="{SITE}/talk"/></entry>'
        )

    (found,) = read(feed.make(), ATOM + part("x", "urn:talk") + part("y", "urn:x") + "</feed>")
    assert [(p.native_id, p.parent_native_id) for p in found.posts] == [
        ("urn:x", None),
        ("urn:y", "urn:x"),
    ]


def test_posts_of_a_forums_topic_are_a_thread() -> None:
    items = "".join(
        f"<item><title>Slow walks</title><dc:creator>@ann</dc:creator><link>https://f.example/t/slow-walks/77/{n}</link>"
        f"<guid>f.example-post-77-{n}</guid><pubDate>Wed, 0{n} Jan 2020 10:00:00 +0000</pubDate><description><![CDATA["
        f'<p>Post {n}</p><p><a href="https://f.example/t/slow-walks/77/{n}">Read full topic</a></p>]]></description></item>'
        for n in (3, 2, 1)
    )
    (found,) = read(feed.make(), RSS + f"<title>Slow walks</title>{items}</channel></rss>")
    assert words(found) == ["Post 1", "Post 2", "Post 3"]
    assert (found.thread_key, found.posts[0].author) == ("https://f.example/t/slow-walks/77", "ann")


LONG = (
    "Twelve people walked for six months after the infusion, and most of them walked further each week than before. "
    * 2
)


def article(name: str, body: str, tag: str = "content:encoded") -> str:
    return f"<item><title>T {name}</title><link>{SITE}/{name}</link><dc:creator>Mira</dc:creator><{tag}><![CDATA[{body}]]></{tag}></item>"


def test_articles_are_documents_of_their_own() -> None:
    found = rss(
        article("a", f"<p>{LONG}</p>"), article("b", LONG, "description"), article("c", "Too short")
    )
    assert [(d.thread_key, d.title, d.complete) for d in found] == [
        (f"{SITE}/a", "T a", True),
        (f"{SITE}/b", "T b", False),
    ]
    assert built(found[0]).document.kind == "article"
    assert found[0].article_author == "Mira"
    assert any("1 items" in told for told in found[-1].problems)


def test_an_article_and_its_comments_in_one_feed_are_one_document() -> None:
    (found,) = rss(rss_comment(5, "a", "<p>r</p>"), article("a", f"<p>{LONG}</p>"))
    assert (found.title, words(found)) == ("T a", ["r"])
    assert found.article


def test_articles_that_share_an_address_keep_their_own_keys() -> None:
    found = rss(article("a", LONG), article("a", LONG + " Again."))
    assert len({d.thread_key for d in found}) == 2


@pytest.mark.parametrize("data", [RSS + "</channel></rss>", ATOM + "<title>x</title></feed>"])
def test_a_feed_without_words_is_said_to_have_none(data: str) -> None:
    with pytest.raises(SourceError, match="without an item"):
        list(feed.make().read(page(data)))


def test_only_feeds_are_feeds() -> None:
    sniff = feed.make().sniff
    assert sniff(page("<!DOCTYPE html><html><body><feed></body></html>")) == 0
    assert sniff(page("<opml><body/></opml>")) == 0
    assert sniff(page("Write <rss> and <item> like this")) == 0
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item rdf:about="x"/></rdf:RDF>'
    assert sniff(page(rdf)) > 0.9


VALID = (
    RSS + "<title>Comments on: X</title>" + rss_comment(11, "walk", "<p>one</p>")
    + rss_comment(12, "walk", answer(11, "Ann") + "<p>two</p>", 2) + article("a", LONG) + "</channel></rss>"
).encode()  # fmt: skip
VALID_ATOM = (
    ATOM + atom_entry(1, f"{SITE}/?p=3", f"{SITE}/walk/", "one")
    + atom_entry(2, f"{SITE}/?p=3#comment-1", f"{SITE}/walk/#comment-1", "two") + "</feed>"
).encode()  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_mutated_feeds_are_read_or_refused(data: st.DataObject) -> None:
    survives(feed.make(), data.draw(mutations(data.draw(st.sampled_from([VALID, VALID_ATOM])))))
