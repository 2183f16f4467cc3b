"""Rows of hostile and damaged XML: what is refused, what is repaired, what never stays."""

from __future__ import annotations

import tracemalloc
from functools import partial
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.types import Page
from community.xml.nodes import Node
from community.xml.roots import root
from community.xml.streams import MAX_DEPTH, Rows


def page(data: bytes | str, key: str = "export.xml") -> Page:
    data = data.encode() if isinstance(data, str) else data
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def rows(data: bytes | str, *wanted: str) -> list[Node]:
    return list(Rows(page(data), wanted or ("item",)))


def texts(data: bytes | str) -> list[str]:
    return [row.text() for row in rows(data)]


def test_rows_come_with_all_that_is_in_them_and_without_prefixes() -> None:
    data = '<rss xmlns:w="urn:w"><channel><item W:ID="3" xmlns:W="urn:w"><w:Name>Ann</w:Name>tail</item></channel></rss>'
    (row,) = rows(data)
    assert (row.name, row.above, row.get("id")) == ("item", "channel", "3")
    assert row.words("name") == "Ann"
    assert row.child("name", within="urn:w") is not None
    assert row.child("name", within="other") is None
    assert row.text() == "Anntail"


def test_an_element_of_the_own_namespace_comes_first() -> None:
    (row,) = rows(
        '<r xmlns:m="urn:media"><item><m:title>Picture</m:title><title>Post</title></item></r>'
    )
    assert row.words("title") == "Post"
    assert row.words("title", within="media") == "Picture"


def test_markup_in_a_row_comes_back_as_html() -> None:
    (row,) = rows('<f><item><div><p class="a&quot;b">1 &lt; 2<br/>x</p></div></item></f>')
    assert row.markup() == '<div><p class="a&quot;b">1 &lt; 2<br>x</p></div>'


@pytest.mark.parametrize(
    ("damaged", "read"),
    [
        ("a & b", "a & b"),
        ("a &nbsp; b &eacute; &hellip;", "a \xa0 b é …"),
        ("&unheard; &#1; &#xD800; &#60;", "&unheard;  \ufffd <"),
        ("1 < 2 <3 and <ann@example.org>", "1 < 2 <3 and <ann@example.org>"),
        ("one\x00two\x1f\x08three", "onetwothree"),
        ("<![CDATA[a ]] ]]]]><![CDATA[> <b>]]>", "a ]] ]]> <b>"),
        ("]]> alone", "]]> alone"),
        ("<!-- a <b> -- & --><?php echo ?>x", "x"),
        ("&amp;amp; &quot;q&quot;", '&amp; "q"'),
    ],
)
def test_damage_that_has_one_meaning_gets_it(damaged: str, read: str) -> None:
    assert texts(f"<rss><item>{damaged}</item></rss>") == [read]


def test_words_before_the_declaration_and_attributes_without_quotes_do_no_harm() -> None:
    data = (
        '\ufeffx\n<?xml version="1.0"?><rss><item id=12 open dsq:n = 13 title="a>b">w</item></rss>'
    )
    (row,) = rows(data)
    assert row.attributes == {"id": "12", "open": "open", "n": "13", "title": "a>b"}
    assert row.text() == "w"


def test_prefixes_that_nobody_bound_are_read() -> None:
    (row,) = rows("<rss><item><wp:post_id>3</wp:post_id></item></rss>")
    assert row.words("post_id", within="wp") == "3"


def test_what_follows_a_root_closed_too_early_is_read_and_the_damage_told() -> None:
    found = Rows(page("<rss><item>one</item></b></rss><item>two</item>"), {"item"})
    assert [row.text() for row in found] == ["one", "two"]
    assert any("damaged XML" in told for told in found.problems)


@pytest.mark.parametrize("tail", ["", "<c>wor", "<c><![CDATA[wor", "<!-- a comm", "<c x='"])
def test_a_file_that_was_cut_gives_what_it_has_and_says_so(tail: str) -> None:
    found = Rows(page("<rss><item>one</item><item>two" + tail), {"item"})
    assert [row.text()[:3] for row in found] == ["one", "two"]
    assert found.cut
    assert any("cut" in told for told in found.problems)


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("UTF-8", "cp1252"), ("iso-8859-1", "utf-8"), ("windows-1251", "windows-1251"),
        ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("shift_jis", "shift_jis"),
        ("iso-2022-jp", "iso-2022-jp"), ("no-such-charset", "utf-8"), ("punycode", "utf-8"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_costs_no_word(declared: str, real: str) -> None:
    words = {"windows-1251": "Привет, мир", "shift_jis": "歩く", "iso-2022-jp": "歩く"}.get(
        real, "Grüße — café"
    )
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><item>{words}</item></rss>'
    assert texts(text.encode(real)) == [words]


def test_two_charsets_in_one_file_are_both_read() -> None:
    data = "<rss><item>né</item>".encode() + "<item>né</item></rss>".encode("latin-1")
    assert texts(data) == ["né", "né"]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss><item>&lol9;</item></rss>"
)


@pytest.mark.parametrize(
    "attack",
    [
        LAUGHS,
        LAUGHS.encode("utf-16"),
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item>&x;</item></rss>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><rss><item/></rss>',
        f'<!DOCTYPE r [<!ENTITY a "{"a" * 100_000}">]><rss><item>{"&a;" * 1000}</item></rss>',
        "<!--c--><!doctype r [<!-- hidden --><!EnTiTy a 'b'>]><rss><item>&a;</item></rss>",
    ],
    ids=["laughs", "laughs-utf16", "file", "parameter", "quadratic", "lower-case"],
)
def test_entities_of_its_own_are_refused(attack: str | bytes) -> None:
    with pytest.raises(SourceError, match="declares entities"):
        rows(attack)


def test_a_harmless_document_type_is_passed_over() -> None:
    head = '<!DOCTYPE rss PUBLIC "-//X//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    assert texts(f"{head}<rss><item>w</item></rss>") == ["w"]
    with pytest.raises(SourceError, match="DOCTYPE that does not end"):
        rows("<!DOCTYPE rss " + "x" * 100_000)


@pytest.mark.parametrize("opening", ["<a>", "<item>", "<item><b c='d'>"])
def test_a_hundred_thousand_levels_are_refused(opening: str) -> None:
    with pytest.raises(SourceError, match=f"more than {MAX_DEPTH} deep"):
        rows("<rss>" + opening * 100_000)


def test_a_tag_without_end_is_refused() -> None:
    with pytest.raises(SourceError, match="a tag of more than"):
        rows("<rss><item a='" + "x" * 3_000_000)


def test_what_is_no_xml_is_refused() -> None:
    for data in (b"", b"plain words", b"\x00\x01\x02", b"< < <"):
        with pytest.raises(SourceError, match="not readable as XML"):
            rows(data)


def test_a_section_of_many_megabytes_is_read() -> None:
    body = "word " * 2_500_000
    (row,) = rows(f"<rss><item><![CDATA[{body}]]></item></rss>")
    assert len(row.text()) == len(body)


def test_private_fields_are_never_kept() -> None:
    data = "<d><item><author><name>Ann</name><email>a@x.example<b>c</b></email></author><ipAddress>1.2.3.4</ipAddress>w</item></d>"
    (row,) = rows(data)
    assert row.text() == "Annw"
    assert row.children("ipaddress") == []


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<rss version='2.0'>", "rss"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made <by> --><!DOCTYPE x><atom:feed >", "feed"),
        ("<?xml version='1.0'?><disqus/>".encode("utf-16"), "disqus"),
        (b"z<?xml version='1.0'?><rss>", "rss"),
        (b"How to write <rss> by hand", ""),
        (b'{"feed": 1}', ""),
    ],
)
def test_the_root_tells_what_a_page_is(head: bytes, name: str) -> None:
    assert root(head) == name


def test_a_long_file_takes_no_more_memory_than_a_short_one() -> None:
    one = b"<item><title>T</title><body><![CDATA[" + b"word " * 400 + b"]]></body></item>"

    def peak(times: int) -> int:
        data = b"<rss>" + one * times + b"</rss>"
        tracemalloc.start()
        try:
            assert sum(1 for _ in Rows(page(data), {"item"})) == times
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(3000) < peak(300) + 1_000_000


VALID = (
    '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:wp="urn:w"><channel><title>Ä</title>'
    '<item a="1">one<![CDATA[<b>two</b>]]></item><!-- c --><item>&amp;&#252;</item></channel></rss>'
).encode()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_xml_gives_rows_or_is_refused(data: st.DataObject) -> None:
    mutated = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(mutated)))
        piece = data.draw(
            st.binary(max_size=4)
            | st.sampled_from(
                [b"<", b">", b"&", b"<![CDATA[", b"<!--", b"]]>", b"<!DOCTYPE", b"</", b'"']
            )
        )
        mutated[at : at + data.draw(st.integers(0, 5))] = piece
    try:
        found = rows(bytes(mutated))
    except SourceError:
        return
    for row in found:
        row.text().encode("utf-8")
        row.markup()


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_any_words_in_a_section_come_back(words: str) -> None:
    inner = words.replace("]]>", "]]]]><![CDATA[>").replace("\ufffe", "").replace("\uffff", "")
    expected = words.replace("\ufffe", "").replace("\uffff", "")
    assert texts(f"<rss><item><![CDATA[{inner}]]></item></rss>") == [expected]
