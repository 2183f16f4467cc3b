"""Posts in tables: names and contents of columns, threads, damaged rows, ledgers."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import SourceError
from community.ids import document_id
from community.readers import table
from community.types import Page, RawDocument


def page(data: str | bytes, key: str = "posts.csv") -> Page:
    data = data.encode() if isinstance(data, str) else data
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def read(data: str | bytes, key: str = "posts.csv", **columns: str) -> list[RawDocument]:
    return list(table.make(columns=columns).read(page(data, key)))


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


OWN = """id,text,thread_id,parent_id,author,timestamp,title,url
1,"I walk, slowly.",a,,ann,2020-01-02T03:04:05Z,Sticks,https://x.example/1
2,So do I.,a,1,bob,1577934300,Re: Sticks,https://x.example/2
7,Other matter.,b,,cy,2020-01-03,Shoes,
"""


def test_our_own_names_give_threads_with_their_pointers() -> None:
    first, second = read(OWN)
    assert (first.thread_key, second.thread_key) == ("a", "b")
    assert words(first) == ["I walk, slowly.", "So do I."]
    assert [(p.native_id, p.parent_native_id, p.author) for p in first.posts] == [
        ("1", None, "ann"),
        ("2", "1", "bob"),
    ]
    assert [p.posted_at for p in first.posts] == [
        "2020-01-02T03:04:05+00:00",
        "2020-01-02T03:05:00+00:00",
    ]
    assert first.title == "Sticks"
    assert first.title_span is not None
    assert first.title_span.of(first.text) == "Sticks"
    assert first.posts[0].url == "https://x.example/1"
    assert second.posts[0].time_precision == "day"


def test_convokit_s_names_are_known() -> None:
    rows = [
        {"id": "u1", "speaker": "ann", "conversation_id": "u1", "reply_to": None,
         "timestamp": 1577934300, "text": "First.", "meta": {"title": "Walks"}},
        {"id": "u2", "speaker": {"id": "bob"}, "conversation_id": "u1", "reply_to": "u1",
         "timestamp": 1577934360, "text": "Second.", "meta": {}},
    ]  # fmt: skip
    (document,) = read("\n".join(map(json.dumps, rows)), "utterances.jsonl")
    assert document.title == "Walks"
    assert [(p.author, p.parent_native_id) for p in document.posts] == [
        ("ann", None),
        ("bob", "u1"),
    ]
    old = [{"id": "1", "user": "ann", "root": "1", "reply-to": None, "text": "One"},
           {"id": "2", "user": "bob", "root": "1", "reply-to": "1", "text": "Two"}]  # fmt: skip
    (document,) = read(json.dumps(old), "utterances.json")
    assert [(p.author, p.parent_native_id) for p in document.posts] == [("ann", None), ("bob", "1")]


def test_4cat_s_names_are_known_and_seconds_come_before_local_time() -> None:
    data = (
        "id,thread_id,author,body,subject,timestamp,unix_timestamp\n"
        "5,5,ann,Hello there.,Hi,2020-01-02 04:05:00,1577934300\n"
    )
    (document,) = read(data)
    assert document.title == "Hi"
    assert document.posts[0].posted_at == "2020-01-02T03:05:00+00:00"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_delimiters_and_charsets_are_read(mark: str) -> None:
    data = mark.join(["id", "text"]) + "\r\n" + mark.join(["1", "Ich gehe täglich weit"]) + "\r\n"
    for charset in ("utf-8-sig", "utf-16"):
        (document,) = read(data.encode(charset))
        assert words(document) == ["Ich gehe täglich weit"]


def test_a_column_of_words_is_found_by_its_content() -> None:
    data = "ward,q7,score\n" + "A,The nurse took time for me and explained each step.,4\n" * 5
    (document,) = read(data, "survey.csv")
    assert len(document.posts) == 5


def test_without_words_the_columns_seen_are_told() -> None:
    with pytest.raises(
        SourceError, match="no column with posts' words; columns: ward, score"
    ) as caught:
        read("ward,score\nA,4\n")
    assert caught.value.subject == "posts.csv"


def test_columns_can_be_named_by_hand() -> None:
    data = "ward,opinion,text\nA,Good,x\n"
    (document,) = read(data, text="opinion", author="ward")
    assert words(document) == ["Good"]
    assert document.posts[0].author == "A"
    with pytest.raises(SourceError, match="no column 'nothing'"):
        read(data, text="nothing")


def test_a_damaged_row_is_reported_with_its_line_and_the_rest_goes_on() -> None:
    (document,) = read('id,text\n1,one\n2,two,three\n3,"a\nb"\n4\n5,five\n')
    assert words(document) == ["one", "a\nb", "five"]
    assert [problem.split(":")[0] for problem in document.problems] == ["line 3", "line 6"]
    (document,) = read(
        '{"id": 1, "text": "one"}\n{"id": 2, "te\n[1]\n{"id": 3, "text": "x"}\n', "p.jsonl"
    )
    assert words(document) == ["one", "x"]
    assert [problem.split(":")[0] for problem in document.problems] == ["line 2", "line 3"]


def test_a_row_without_words_is_reported_and_a_tombstone_is_kept() -> None:
    (document,) = read("id,text,parent_id\n1,[deleted],\n2,,1\n3,Hello,1\n")
    assert [(p.native_id, p.status) for p in document.posts] == [("1", "deleted"), ("3", "present")]
    assert len(document.problems) == 1


def test_pointers_to_nothing_and_to_the_thread_itself_are_no_pointers() -> None:
    pointers = ("t", "0", "nan", "t3_zz", "t1_4", "99", "3.0")
    rows = "".join(f"{n},words,t,{pointer}\n" for n, pointer in enumerate(pointers, 1))
    (document,) = read("id,text,thread_id,parent_id\n" + rows)
    parents = [post.parent_native_id for post in document.posts]
    assert parents == [None, None, None, None, "4", "99", "3"]


def test_cells_with_markup_become_text_with_quotations() -> None:
    cell = "<blockquote data-author='Ann'><p>I walk.</p></blockquote><p>Me&amp;you<br>too.</p>"
    (document,) = read(f'id,text\n1,"{cell}"\n2,a < b and c > d\n')
    assert words(document) == ["I walk.\n\nMe&you\ntoo.", "a < b and c > d"]
    (quote,) = document.posts[0].quotes
    assert (quote.author, quote.span.of(document.text)) == ("Ann", "I walk.")


def test_a_guarding_apostrophe_stays() -> None:
    (document,) = read("id,text\n1,'=1 to that\n")
    assert words(document) == ["'=1 to that"]


def test_each_review_keeps_its_own_heading() -> None:
    (document,) = read("title,text\nFine,It went well.\nBad,It did not.\n")
    assert words(document) == ["It went well.", "Bad\n\nIt did not."]


def test_a_quote_mark_that_is_never_closed_is_an_error_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("community.tabular.rows.MAX_CELL", 1000)
    with pytest.raises(SourceError, match=r"line \d+: not CSV"):
        read('id,text\n1,"open\n' + "x,y\n" * 1000)


def many(order: list[int]) -> str:
    rows = "".join(f"{n},text {n} in thread {key},{key}\n" for n, key in enumerate(order))
    return "id,text,thread_id\n" + rows


def test_big_files_are_streamed_if_sorted_and_grouped_if_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "_HELD", 100)
    sorted_, mixed = [k for k in range(50) for _ in range(3)], [k % 50 for k in range(150)]
    for order in (sorted_, mixed):
        documents = read(many(order))
        assert [len(document.posts) for document in documents] == [3] * 50
    stream = iter(table.make().read(page(many(sorted_))))
    assert next(stream).thread_key == "0"
    monkeypatch.setattr(table, "_MOST_HELD", 500)
    assert len(read(many(sorted_))) == 50
    with pytest.raises(SourceError, match="not sorted by thread"):
        read(many(mixed))


LEDGER = (
    "claim_id,mention_id,trial,endpoint,value,unit,ci_low,ci_high,ci_level,n,direction,text,flags\n"
    'k,m,STRIDE,relapse,0,%,,,,24,favourable,"Nobody relapsed.",check;odd\n'
    "k,m,STRIDE,death,four,patients,,,,24.5,good,,\n"
    "k,m,STRIDE,,1,%,,,,,,,\n"
)


def test_a_claims_table_is_a_ledger() -> None:
    assert table.make().sniff(page(LEDGER)) > 0.9
    (document,) = read(LEDGER, "claims.csv")
    first, second = document.ledger
    assert document.posts == ()
    assert (first.value, first.n, first.ci_low) == (0.0, 24, None)
    assert first.span.of(document.text) == "Nobody relapsed."
    assert first.document_id == document_id("claims.csv", "")
    assert first.flags == ("check", "odd")
    assert (second.value, second.n, second.direction) == (None, None, None)
    assert [problem.split(":")[0] for problem in document.problems] == ["line 3"] * 3 + ["line 4"]


def test_what_is_no_table_is_refused() -> None:
    sniff = table.make().sniff
    assert sniff(page(OWN)) >= 0.9
    assert sniff(page("<html><body><p>a, b</p></body></html>", "a.html")) == 0
    assert sniff(page("A walk, they say, is good for you.\nOr so I hear.\n", "a.txt")) < 0.3
    with pytest.raises(SourceError, match="without rows"):
        read("id,text\n")
    with pytest.raises(SourceError, match="no table"):
        read("just words\n")


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), min_size=1, max_size=8))
def test_every_row_is_a_post_or_a_problem(cells: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["author", "text"])
    writer.writerows(
        (a.encode("utf-8", "replace").decode(), t.encode("utf-8", "replace").decode())
        for a, t in cells
    )
    try:
        documents = read(out.getvalue())
    except SourceError:
        return
    (document,) = documents
    for post in document.posts:
        assert post.span.end <= len(document.text)
