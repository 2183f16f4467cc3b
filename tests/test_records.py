"""What exports state, as records: values, bodies, JSON pages, and lines of posts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutated_json import page

from community.errors import SourceError
from community.html.markup import TextBuilder
from community.records import bodies, lineage, values
from community.records.documents import Head, Record, document
from community.records.json_pages import head_text, opening
from community.records.json_pages import values as read_values

# ---- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (12.0, "12"),
        (12, "12"),
        (" x ", "x"),
        (None, ""),
        (True, ""),
        ([1], ""),
        ("a\ud800", "a\ufffd"),
    ],
)
def test_a_field_s_words(value: Any, wanted: str) -> None:
    assert values.text(value) == wanted


@pytest.mark.parametrize("value", [None, "", "null", 0, "0", {}, [], False, float("nan")])
def test_what_names_nothing_is_no_id(value: Any) -> None:
    assert values.identity(value) is None


def test_addresses_are_no_names() -> None:
    assert values.name("Ann &amp; Bo") == "Ann & Bo"
    assert values.name("192.0.2.17") is None
    assert values.name("2001:db8::17") is None
    assert values.name("[deleted]") is None
    assert values.name("x" * 300) is None
    assert "mail" not in (values.name("ann@mail.example") or "")
    assert values.person("ann@mail.example") is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("3", 3), (3.0, 3), (-1, None), (1.5, None), (True, None), ("x", None), (1e400, None),
     (10**400, None), ([], None), (float("nan"), None)],
)  # fmt: skip
def test_counts_are_whole_and_not_negative(value: Any, wanted: int | None) -> None:
    assert values.count(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, True), (1, True), ("true", True), ("2020-01-01", True), (False, False), (0, False),
     ("false", False), (None, False), ("", False), ({"a": 1}, False)],
)  # fmt: skip
def test_flags(value: Any, wanted: bool) -> None:
    assert values.flag(value) is wanted


def test_times_keep_their_zone_and_get_one_only_where_the_format_says_so() -> None:
    def iso(value: Any, *, utc: bool = False) -> str | None:
        found = values.when(value, utc=utc)
        return found.iso if found else None

    assert iso("2020-01-02T03:04:05+02:00", utc=True) == "2020-01-02T03:04:05+02:00"
    assert iso("2020-01-02T03:04:05", utc=True) == "2020-01-02T03:04:05+00:00"
    assert iso("2020-01-02T03:04:05") == "2020-01-02T03:04:05"
    assert iso("2020-01-02", utc=True) == "2020-01-02"
    assert iso(1600000000) == iso(1600000000000) == "2020-09-13T12:26:40+00:00"
    assert iso("3 May 2021") == "2021-05-03"
    for wrong in ("2020-01-02T03:04:05+99:99", "soon", "x" * 500, 10**30, float("inf"), [], True):
        assert iso(wrong) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_no_value_is_too_odd(value: Any) -> None:
    for reading in (values.text, values.line, values.name, values.identity, values.person):
        found = reading(value)
        assert found is None or found.encode() is not None
    values.when(value, utc=True)
    values.count(value)
    values.flag(value)


# ---- bodies and documents -----------------------------------------------------------------------


def rendered(words: str, **options: Any) -> tuple[str, list[str], list[Any]]:
    builder = TextBuilder()
    span, quotes = bodies.append(words, builder, **options)
    text = builder.text()
    return span.of(text) if span else "", [q.span.of(text) for q in quotes], list(quotes)


def test_words_escaped_on_their_way_are_shown_as_they_were_typed() -> None:
    assert rendered("It&#39;s 3 &lt; 4\nnext line")[0] == "It's 3 < 4\nnext line"
    assert rendered("AT&T; 3 < 4", markup=False)[0] == "AT&T; 3 < 4"


def test_who_is_quoted_is_no_word_of_the_quotation() -> None:
    text, quoted, (quote,) = rendered(
        "<blockquote><cite>Ann wrote:</cite><p>Rest.</p></blockquote><p>Yes.</p>"
    )
    assert (text, quoted) == ("Rest.\n\nYes.", ["Rest."])
    assert quote.author == "Ann"


def test_an_address_that_is_none_breaks_nothing() -> None:
    for link in ("http://[", "http://[::1", "//[x]", "http://exa mple"):
        markup = f'<blockquote cite="{link}">Rest.</blockquote><aside class="onebox" data-onebox-src="{link}"><a href="{link}">x</a></aside>'
        assert rendered(markup, host="here.example")[1] == ["Rest.", "x"]
        assert document(Head(reader="x", url=link), [Record(body=markup)]).posts


def test_a_title_that_heads_a_post_is_not_set_above_it() -> None:
    record = Record(native_id="1", heading="Stairs", body="How do you cope?")
    found = document(Head(reader="x", title="Stairs", title_stands=False), [record])
    assert found.text == "Stairs\n\nHow do you cope?"
    assert (found.title, found.title_span) == ("Stairs", None)
    assert document(Head(reader="x", title="Stairs"), [Record(body="x")]).title_span is not None


def test_records_without_words_are_left_out_and_levels_are_kept() -> None:
    records = [
        Record(body="one", level=0),
        Record(body="<br>", level=1),
        Record(status="removed", level=1),
    ]
    found = document(Head(reader="x"), records)
    assert [(post.level, post.status) for post in found.posts] == [(0, "present"), (1, "removed")]
    assert len(found.problems) == 1


# ---- JSON pages ---------------------------------------------------------------------------------


def test_a_file_may_hold_several_values() -> None:
    one, two = {"a": 1}, {"b": [2]}
    for text in (
        f"{json.dumps(one)}\n{json.dumps(two)}\n",
        json.dumps(one) + json.dumps(two),
        json.dumps(one, indent=2) + "\n\n" + json.dumps(two, indent=2),
        f"{json.dumps(one)},\n{json.dumps(two)}",
    ):
        assert read_values(page(text.encode()))[0] == [one, two]
    found, problems = read_values(page(b'{\n"a": 1}\n{\n"b": [2'))
    assert found == [one]
    assert len(problems) == 1
    with pytest.raises(SourceError):
        read_values(page(b"[" + b"7" * 5000 + b"]"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    st.integers(0, 400),
)
def test_the_beginning_of_a_page_is_closed_where_it_is_cut(found: Any, cut: int) -> None:
    whole = json.dumps([found, found])
    text = head_text(whole[:cut].encode())
    for value in opening(text):
        assert isinstance(value, list)
        assert all(one == found for one in value[:-1])
    if cut >= len(whole):
        assert opening(text) == [[found, found]]


def test_a_beginning_of_nothing_but_escapes_and_brackets_costs_little() -> None:
    for text in (
        '["' + '\\"' * 30_000,
        "[" * 60_000,
        '[{"a":' * 10_000,
        '["a",' * 12_000,
        "[}" * 30_000,
    ):
        assert len(opening(text)) <= 1


# ---- lines of posts -----------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefghxyz")))
def test_every_post_has_a_first_of_its_line_and_a_place(parents: dict[str, str | None]) -> None:
    found = lineage.roots(parents)
    assert found.keys() == parents.keys()
    for key, root in found.items():
        above = parents[key]
        assert root == key if above is None else (root == found.get(above, above))
    order = lineage.depth_first(parents)
    assert sorted(order) == sorted(parents)
    place = {key: n for n, key in enumerate(order)}
    for key in parents:
        above = parents[key]
        runs_in_a_circle = parents.get(found[key]) is not None
        if above in place and not runs_in_a_circle:
            assert place[above] < place[key]


def test_replies_follow_in_the_order_that_the_source_gives() -> None:
    parents = {"s": None, "a": "s", "b": "s", "c": "s", "d": "b"}
    assert lineage.depth_first(parents, {"s": ["c", "b"]}) == ["s", "c", "b", "d", "a"]
