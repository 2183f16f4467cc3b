"""WordPress' own export: what is shown, what is not, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_pages import built, found_in, gold_of, mutations, page, read, survives, words
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.readers import wxr
from community.types import RawDocument

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- This is an export -->\n<rss version="2.0"'
    ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">'
    "<channel><title>Blog</title><language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>"
    "<wp:author><wp:author_id>7</wp:author_id><wp:author_login>mira</wp:author_login>"
    "<wp:author_email>mira@blog.example</wp:author_email>"
    "<wp:author_display_name>Mira K.</wp:author_display_name></wp:author>"
)


def comment(number: int, body: str, **more: str) -> str:
    fields = {
        "id": str(number), "author": "Ann", "author_email": "ann@mail.example",
        "author_url": "http://ann.example", "author_IP": "192.0.2.7",
        "date": "2020-01-11 12:00:00", "date_gmt": "2020-01-11 10:00:00", "content": body,
        "approved": "1", "type": "", "parent": "0", "user_id": "0",
    } | more  # fmt: skip
    inner = "".join(f"<wp:comment_{k}><![CDATA[{v}]]></wp:comment_{k}>" for k, v in fields.items())
    return f"<wp:comment>{inner}</wp:comment>"


def item(number: int | str, *comments: str, body: str = "", **more: str) -> str:
    fields = {"post_id": str(number), "status": "publish", "post_type": "post",
              "post_date": "2020-01-10 12:00:00", "post_date_gmt": "2020-01-10 10:00:00"} | more  # fmt: skip
    inner = "".join(f"<wp:{k}>{v}</wp:{k}>" for k, v in fields.items())
    return (
        f"<item><title>On walking</title><link>https://blog.example/{number}/</link>"
        "<dc:creator><![CDATA[mira]]></dc:creator><excerpt:encoded><![CDATA[An excerpt]]></excerpt:encoded>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{inner}{''.join(comments)}</item>"
    )


def site(*items: str) -> str:
    return HEAD + "".join(items) + "</channel></rss>"


def documents(*items: str) -> list[RawDocument]:
    return read(wxr.make(), site(*items))


def test_a_post_is_an_article_with_its_comments() -> None:
    (found,) = documents(
        item(
            3,
            comment(11, "I walk daily."),
            comment(12, "Me too!", parent="11"),
            body="We asked\n\nten people.",
        )
    )
    assert (found.thread_key, found.title, found.lang) == ("3", "On walking", "en-GB")
    assert (found.url, found.article_author) == ("https://blog.example/3/", "Mira K.")
    assert found.published_at == "2020-01-10T10:00:00+00:00"
    assert found.article[0].of(found.text) == "We asked\n\nten people."
    assert "excerpt" not in found.text
    assert words(found) == ["I walk daily.", "Me too!"]
    assert [p.parent_native_id for p in found.posts] == [None, "11"]
    assert found.posts[0].posted_at == "2020-01-11T10:00:00+00:00"
    assert built(found).document.kind == "both"


def test_comments_that_the_site_does_not_show_leave_a_gap_and_no_word() -> None:
    (found,) = documents(
        item(
            3,
            comment(1, "Shown"),
            comment(2, "heldback", parent="1", approved="0"),
            comment(3, "junkmail", approved="spam"),
            comment(4, "binned", approved="trash"),
            comment(5, "binnedtoo", approved="post-trashed"),
            comment(6, "An answer", parent="2"),
            comment(7, "[...] linked", type="pingback"),
            comment(8, "[...] traced", type="trackback"),
        )
    )
    assert words(found) == ["Shown", "An answer"]
    thread = built(found)
    assert thread.posts[1].gap
    assert not any(gone in found.text for gone in ("heldback", "junkmail", "binned", "linked"))
    assert any("4 comments" in told for told in found.problems)


def test_mail_and_network_addresses_are_nowhere() -> None:
    (found,) = documents(
        item(
            3,
            comment(1, "Hello"),
            comment(2, "Hi", author="eve@mail.example"),
            comment(3, "Ho", author="Eve eve@mail.example"),
        )
    )
    assert "mail.example" not in repr(found)
    assert "192.0.2" not in repr(found)
    assert found.posts[1].author is not None
    assert found.posts[1].author.startswith("sender-")
    assert found.posts[2].author == "Eve"


def test_who_wrote_the_post_is_known_by_account_not_by_name() -> None:
    (found,) = documents(
        item(
            3,
            comment(1, "a", author="Mira K.", user_id="7"),
            comment(2, "b", author="Mira K."),
            comment(3, "c", user_id="8"),
        )
    )
    assert [p.platform_role for p in found.posts] == ["post author", None, None]
    assert [p.author_native_id for p in found.posts] == ["7", None, "8"]


def test_words_stand_as_the_site_shows_them() -> None:
    (found,) = documents(
        item(
            3,
            comment(1, "> quoted line\n\nOne <b>bold</b>\nline &amp; more, p < 0.05"),
            comment(2, "plain\r\n\r\nwith lines"),
            body='<!-- wp:paragraph --><p>First\nparagraph</p><!-- /wp:paragraph -->\n[gallery ids="1,2"]\n<p>Second [sic]</p>',
        )
    )
    assert words(found) == [
        "> quoted line\n\nOne bold\nline & more, p < 0.05",
        "plain\n\nwith lines",
    ]
    assert found.article[0].of(found.text) == "First paragraph\n\nSecond [sic]"


def test_ids_repeat_between_posts_and_keys_do_not() -> None:
    found = documents(
        item(3, comment(1, "a")),
        item(3, comment(1, "b")),
        "<item><title>Old</title><link>http://blog.example/?p=9</link>"
        + comment(1, "c")
        + "</item>",
        "<item><title>Bare</title>" + comment(1, "d") + "</item>",
    )
    assert [d.thread_key for d in found] == ["3", "3#2", "9", "Bare"]


@pytest.mark.parametrize("status", ["draft", "private", "trash", "pending", "future", "auto-draft"])
def test_what_was_never_public_is_left_out(status: str) -> None:
    found = documents(item(1, comment(1, "seen")), item(2, comment(2, "unseen"), status=status))
    assert [d.thread_key for d in found] == ["1"]
    assert any(status in told for told in found[0].problems)


def test_attachments_menus_and_revisions_are_no_articles_and_pages_are() -> None:
    found = documents(
        item(1, body="words", post_type="attachment", status="inherit"),
        item(2, body="words", post_type="nav_menu_item"),
        item(3, body="words", post_type="revision", status="inherit"),
        item(4, body="words", post_type="page"),
        item(5, comment(1, "On a picture"), post_type="attachment", status="inherit"),
        item(6, body="secret", post_password="pw"),
        item(7, body=" "),
    )
    assert [d.thread_key for d in found] == ["4", "5"]
    assert "secret" not in repr(found)


def test_topics_of_a_forum_are_threads_with_their_replies() -> None:
    def meta(key: str, value: str) -> str:
        return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"

    found = documents(
        item(40, body="Does it last?", post_type="topic", status="publish"),
        item(50, body="Another topic", post_type="topic", status="closed"),
        item(41, meta("_bbp_reply_to", "0"), body="It did.", post_type="reply", post_parent="40"),
        item(51, body="Spam", post_type="reply", post_parent="50", status="spam"),
        item(
            42, meta("_bbp_reply_to", "41"), body="How long?", post_type="reply", post_parent="40"
        ),
        item(60, body="Hidden", post_type="topic", status="trash"),
        item(61, body="Under it", post_type="reply", post_parent="60"),
    )
    assert [d.thread_key for d in found] == ["40", "50"]
    assert [p.parent_native_id for p in found[0].posts] == [None, "40", "41"]
    assert words(found[1]) == ["Another topic"]


def test_every_version_and_bare_prefixes_are_read() -> None:
    for version in ("1.0", "1.1", "1.2"):
        data = site(item(1, comment(1, "a"))).replace("export/1.2/", f"export/{version}/")
        assert len(read(wxr.make(), data)) == 1
    unbound = "<rss><channel>" + item(1, comment(1, "a"), body="words") + "</channel></rss>"
    (found,) = read(wxr.make(), unbound)
    assert found.text == "On walking\n\nwords\n\na"


def test_an_export_without_content_is_said_to_have_none() -> None:
    with pytest.raises(SourceError, match="no post, page or comment"):
        documents()


def test_other_feeds_are_not_exports() -> None:
    sniff = wxr.make().sniff
    assert sniff(page("<rss><channel><item><title>A</title></item></channel></rss>")) == 0
    assert sniff(page("Read about wordpress.org/export/ and <wp:post_id> here")) == 0
    assert wxr.make().streams


VALID = site(
    item(3, comment(1, "I <b>walk</b>"), comment(2, "Me too", parent="1"), body="<p>Text</p>"),
    item(4, body="It lasts?", post_type="topic"),
    item(5, body="It does.", post_type="reply", post_parent="4"),
).encode()


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_mutated_exports_are_read_or_refused(data: st.DataObject) -> None:
    survives(wxr.make(), data.draw(mutations(VALID)))


def test_real_exports_give_every_comment(shared: Path) -> None:
    for path in sorted((shared / "pages").glob("wxr_*.xml")):
        assert found_in(read(wxr.make(), path.read_bytes())) == gold_of(path)
