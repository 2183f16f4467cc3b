"""Posts in tables: names and contents of columns, threads, damaged rows, ledgers."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.errors import CommunityError, SourceError
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


def test_rows_of_a_thread_are_found_wherever_they_stand_without_holding_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("community.spool._HELD", 100)
    sorted_, mixed = [k for k in range(50) for _ in range(3)], [k % 50 for k in range(150)]
    for order in (sorted_, mixed):
        documents = read(many(order))
        assert [len(document.posts) for document in documents] == [3] * 50
        assert [document.thread_key for document in documents] == [str(k) for k in range(50)]


def test_a_thread_that_no_memory_holds_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.spool._HELD", 100)
    monkeypatch.setattr("community.spool.MAX_GROUP", 1000)
    (document,) = read(many([0] * 150))
    assert 0 < len(document.posts) < 150
    assert not document.complete
    assert f"{150 - len(document.posts)} rows" in (document.note or "")


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


def test_bbcode_in_cells_becomes_quotations() -> None:
    cell = '[quote=""Ann"" post_id=12 time=1500000000][b]I walk.[/b][/quote]So do [i]I[/i].[/quote]'
    (document,) = read(f'id,text\n12,I walk.\n13,"{cell}"\n')
    assert words(document)[1] == "I walk.\n\nSo do I."
    (quote,) = document.posts[1].quotes
    assert (quote.author, quote.native_id) == ("Ann", "12")
    (document,) = read("id,text\n1,an [aside] and [b] alone\n")
    assert words(document) == ["an [aside] and [b] alone"]


def test_figures_of_a_date_are_read_as_the_whole_file_writes_them() -> None:
    rows = ["03/04/2020 10:00", "05/04/2020", "17/04/2020"]
    data = "id,text,date\n" + "".join(f"{n},words here,{day}\n" for n, day in enumerate(rows))
    (document,) = read(data)
    assert [post.posted_at for post in document.posts] == [
        "2020-04-03T10:00:00", "2020-04-05", "2020-04-17",
    ]  # fmt: skip
    (document,) = read(data.replace("17/04", "04/17"))
    assert document.posts[0].posted_at == "2020-03-04T10:00:00"
    unclear = "id,text,date\n1,words here,03/04/2020\n2,more words,02/04/2020\n"
    (document,) = read(unclear)
    assert document.posts[0].posted_at is None
    assert "dates=dmy" in document.problems[0]
    (document,) = read(unclear, dates="mdy")
    assert [post.posted_at for post in document.posts] == ["2020-03-04", "2020-02-04"]
    assert not document.problems


def test_the_order_of_rows_tells_dates_that_could_be_read_two_ways() -> None:
    days = ["28/1/20", "02/02/20", "03/02/20", "04/02/20", "05/02/20", "01/03/20"]
    data = "id,text,date\n" + "".join(f"{n},words,{day}\n" for n, day in enumerate(days[1:]))
    (document,) = read(data)
    assert [post.posted_at for post in document.posts] == [
        "2020-02-02", "2020-02-03", "2020-02-04", "2020-02-05", "2020-03-01",
    ]  # fmt: skip


def test_lines_above_the_header_and_a_missing_header_are_no_obstacle() -> None:
    above = (
        "Export of comments,,,\nhttps://x.example/1,,,\n\n"
        "Name,Date,Likes,Comment\nann,2020-01-02,1,It went well I think\n"
        "bob,2020-01-03,0,So I hear from all\ncy,2020-01-04,2,Not for me at all\n"
    )
    (document,) = read(above)
    assert [post.author for post in document.posts] == ["ann", "bob", "cy"]
    bare = (
        "x17,ann,2020-01-02 10:00,I have walked since then every day.\n"
        "x18,bob,2020-01-02 11:00,And I have not walked at all since.\n"
        "x19,ann,2020-01-02 12:00,That is a pity to hear I must say.\n"
    )
    (document,) = read(bare)
    first = document.posts[0]
    assert (first.native_id, first.author, first.posted_at) == ("x17", "ann", "2020-01-02T10:00")
    assert len(document.posts) == 3
    (document,) = read("sep=;\nid;text\n1;one\n2;two\n")
    assert words(document) == ["one", "two"]


def test_addresses_are_never_read_as_names_or_ids() -> None:
    data = "email,name,ip,text\na@b.example,Ann,10.1.2.3,Hello there\nc@d.example,e@f.example,10.1.2.4,Me\n"
    (document,) = read(data)
    assert document.posts[0].author == "Ann"
    assert "example" not in repr(document)
    assert "10.1" not in repr(document)


def test_names_of_those_answered_are_kept_where_there_are_no_pointers() -> None:
    data = "Name,Antwort auf,Kommentar\nann,,Ich gehe jeden Tag.\nbob,ann,Ich auch sehr gern.\n"
    (document,) = read(data)
    assert [post.addressee for post in document.posts] == [None, "ann"]
    assert [post.parent_native_id for post in document.posts] == [None, None]


def test_a_json_array_beyond_memory_is_read_element_by_element(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("community.tabular.rows.MAX_READ", 100)
    rows = [{"id": n, "text": f"words of {n}"} for n in range(50)]
    for data in (json.dumps(rows), json.dumps({"of": {"a": [1]}, "data": rows})):
        (document,) = read(data, "posts.json")
        assert len(document.posts) == 50
    with pytest.raises(SourceError, match="not JSON: cut off"):
        read(json.dumps(rows)[:-1], "posts.json")


def test_an_endless_line_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.tabular.streams.MOST", 1000)
    monkeypatch.setattr("community.tabular.streams._CHUNK", 100)
    lines = ['{"id": 1, "text": "one"}', json.dumps({"text": "x" * 5000}), '{"id": 2, "text": "b"}']
    (document,) = read("\n".join(lines), "p.jsonl")
    assert words(document) == ["one", "b"]
    assert document.problems == ("line 2: longer than 0 MiB; row left out",)


ROWS = [
    {"id": n, "text": "[quote]a[/quote] " + "words " * n, "author": "ann", "date": "1/2/2020",
     "parent": n // 2, "thread_id": n % 3}
    for n in range(12)
]  # fmt: skip


@given(st.data())
def test_a_damaged_table_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    out = io.StringIO()
    if data.draw(st.booleans()):
        writer = csv.DictWriter(out, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    else:
        out.write("".join(json.dumps(row) + "\n" for row in ROWS))
    raw = bytearray(out.getvalue().encode())
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        documents = read(bytes(raw), "posts.csv")
    except CommunityError:
        return
    for document in documents:
        assert all(post.span.end <= len(document.text) for post in document.posts)


VALUE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(ROWS[0], VALUE)), min_size=1, max_size=6))
def test_fields_of_any_kind_are_posts_or_problems(rows: list[dict[str, object]]) -> None:
    data = "\n".join(json.dumps(row) for row in rows)
    try:
        documents = read(data, "posts.jsonl", text="text")
    except CommunityError:
        return
    assert sum(len(d.posts) + len(d.problems) for d in documents) >= len(rows)
