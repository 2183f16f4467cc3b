"""HTML to text: charsets, hostile nesting, blocks and spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import SourceError
from community.html.charsets import MAX_BYTES, decode_html, looks_like_html
from community.html.markup import TextBuilder, parse, text_of, walk


def built(html: str) -> str:
    builder = TextBuilder()
    builder.add(parse(html, "page"))
    return builder.text()


def test_blocks_become_paragraphs_and_breaks_become_lines() -> None:
    html = "<p>One  two<br>three</p>\n<div>four <b>fi</b>ve</div><p>&nbsp;</p><p>six</p>"
    assert built(html) == "One two\nthree\n\nfour five\n\nsix"


def test_two_breaks_set_paragraphs_apart() -> None:
    assert built("<div>a<br><br>b<br/>c</div>") == "a\n\nb\nc"


def test_lists_are_lines_and_cells_are_set_apart_by_tabs() -> None:
    assert built("<ul><li>a</li><li>b</li></ul>") == "a\nb"
    assert built("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>") == "1\t2\n3"


def test_what_a_browser_does_not_show_is_left_out() -> None:
    html = "<p>a</p><script>x()</script><template><p>b</p></template><noscript>c</noscript><p>d</p>"
    assert built(html) == "a\n\nd"


def test_preformatted_text_keeps_its_lines() -> None:
    assert built("<pre>  one\n    two</pre>") == "one\n    two"


def test_an_image_of_a_face_is_read_and_a_photograph_is_not() -> None:
    html = '<p>well <img class="wp-smiley" alt=":)"> <img src="cat.jpg" alt="my cat"></p>'
    assert built(html) == "well :)"


def test_entities_are_decoded_and_markup_in_them_stays_words() -> None:
    assert built("<p>a &lt;b&gt; &amp;amp; &eacute;</p>") == "a <b> &amp; é"


def test_marked_elements_are_reported_with_their_spans() -> None:
    root = parse("<div>x<blockquote><p>q1</p><blockquote>q2</blockquote></blockquote>y</div>", "p")
    builder = TextBuilder()
    builder.add_text("Title")
    rendered = builder.add(root, mark=lambda node: node.tag == "blockquote")
    text = builder.text()
    assert text == "Title\n\nx\n\nq1\n\nq2\n\ny"
    assert rendered.span is not None
    assert rendered.span.of(text) == "x\n\nq1\n\nq2\n\ny"
    assert [span.of(text) for _, span in rendered.marks] == ["q1\n\nq2"]


def test_dropped_elements_leave_the_words_after_them() -> None:
    root = parse("<p>a <span>b</span> c</p>", "page")
    drop = {node for node in walk(root) if node.tag == "span"}
    assert text_of(root, drop) == "a c"


def test_text_since_an_offset_is_the_end_of_the_text() -> None:
    builder = TextBuilder()
    builder.add_text("first")
    span = builder.add_text("second")
    assert span is not None
    assert builder.since(span.start) == "second"
    assert builder.length == len(builder.text())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("\ufeff<p>é".encode(), "é"),
        ("<p>é".encode("utf-16"), "é"),
        (b'<meta charset="iso-8859-1"><p>\x93a\x94 \xe9', "“a” é"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=windows-1251"><p>\xef', "п"),
        ("<meta charset=latin1><p>naïve".encode(), "naïve"),  # saved again as UTF-8 by a browser
        (b"<meta charset=no-such-thing><p>plain", "plain"),
        ("<meta charset=iso-2022-jp><p>日本".encode("iso-2022-jp"), "日本"),
    ],
)
def test_the_charset_is_found(data: bytes, words: str) -> None:
    assert text_of(parse(data, "page")) == words


def test_nul_bytes_and_stray_surrogates_do_no_harm() -> None:
    assert text_of(parse(b"<p>a\x00b &#xD800; c", "page")).replace("\ufffd", "").split()[0] == "ab"
    assert text_of(parse("<p>a\ud83d b", "page")) == "a b"


def test_nesting_that_the_parser_cannot_hold_is_an_error_with_its_subject() -> None:
    assert text_of(parse("<div>" * 1500 + "deep", "page")) == "deep"
    with pytest.raises(SourceError, match="my page: elements nested too deep"):
        parse("<div>" * 10_000 + "deep", "my page")


def test_a_page_without_words_and_one_too_large_are_errors() -> None:
    with pytest.raises(SourceError, match="no text"):
        parse(b"  \n", "page")
    with pytest.raises(SourceError, match="more than"):
        decode_html(b" " * (MAX_BYTES + 1), "page")


def test_other_xml_and_json_are_not_html() -> None:
    assert looks_like_html(b"<!DOCTYPE html><html>")
    assert looks_like_html("<html><body>".encode("utf-16"))
    assert looks_like_html(b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">')
    assert not looks_like_html(b'<?xml version="1.0"?><rss><item><p>x</p></item></rss>')
    assert not looks_like_html(b'[{"kind": "Listing", "html": "<div>"}]')
    assert not looks_like_html(b"plain words, a < b")


@given(st.text(alphabet="<>/abdpr \n&;\"'=!-\x00é\ud800", max_size=300))
def test_whatever_is_parsed_has_spans_that_fit_its_text(html: str) -> None:
    try:
        root = parse(html, "page")
    except SourceError:
        return
    builder = TextBuilder()
    rendered = builder.add(root, mark=lambda node: node.tag in ("b", "p"))
    text = builder.text()
    assert builder.length == len(text)
    for span in [rendered.span, *(span for _, span in rendered.marks)]:
        if span is not None:
            assert span.of(text) == span.of(text).strip(" \n\t")
            assert span.end <= len(text)


@given(st.binary(max_size=400))
def test_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        words = text_of(parse(b"<p>" + data, "page"))
    except SourceError:
        return
    assert words == words.strip()
