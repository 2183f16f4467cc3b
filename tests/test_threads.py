"""Threads from pointers, levels and quotations; repairs, ids and what quotations recover."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from community import threads
from community.ids import sha256
from community.types import Post, RawDocument, RawPost, RawQuote, Span, Thread


def raw(*posts: tuple[str, dict[str, object]], flat: bool = False, head: str = "") -> RawDocument:
    """A document of posts given as words and further fields."""
    text, found = head, []
    for words, fields in posts:
        start = len(text)
        text += words + "\n\n"
        found.append(RawPost(span=Span(start, start + len(words)), **fields))  # type: ignore[arg-type]
    article = (Span(0, len(head.strip())),) if head else ()
    return RawDocument(reader="x", text=text, posts=tuple(found), flat=flat, article=article)


def build(document: RawDocument) -> tuple[Thread, tuple[str, ...]]:
    return threads.build(document, source="page.txt", retrieved_at="2020-01-01")


def parents(thread: Thread) -> list[int | None]:
    place = {post.id: post.position for post in thread.posts}
    return [None if p.parent_id is None else place[p.parent_id] for p in thread.posts]


def test_parents_come_from_pointers_before_levels() -> None:
    thread, problems = build(
        raw(
            ("one", {"native_id": "1"}),
            ("two", {"native_id": "2", "parent_native_id": "1", "level": 0}),
            ("three", {"native_id": "3", "parent_native_id": "2", "level": 1}),
        )
    )
    assert parents(thread) == [None, 0, 1]
    assert [post.depth for post in thread.posts] == [0, 1, 2]
    assert problems == ()


def test_a_pointer_to_a_post_that_is_not_on_the_page_is_a_gap() -> None:
    thread, _ = build(raw(("one", {"native_id": "1", "parent_native_id": "0"})))
    assert (thread.posts[0].gap, thread.posts[0].parent_id, thread.posts[0].depth) == (
        True,
        None,
        1,
    )


def test_a_skipped_level_is_a_gap_and_keeps_its_depth() -> None:
    thread, _ = build(raw(("a", {"level": 0}), ("b", {"level": 2}), ("c", {"level": 3})))
    assert parents(thread) == [None, None, 1]
    assert [(post.gap, post.depth) for post in thread.posts] == [(False, 0), (True, 2), (False, 3)]


def test_a_flat_forum_answers_the_first_quoted_post() -> None:
    words = "you write that the first year was the hardest one of all, and I agree"
    thread, _ = build(
        raw(
            ("For me the first year was the hardest one of all by far.", {"native_id": "1"}),
            ("Mine was easy, thank you.", {"native_id": "2"}),
            (words, {"native_id": "3", "quotes": ()}),
            flat=True,
        )
    )
    assert parents(thread) == [None, None, None]
    quoting = raw(
        ("For me the first year was the hardest one of all by far.", {"native_id": "1"}),
        ("the first year was the hardest one of all\n\nNot for me.", {"native_id": "2"}),
        flat=True,
    )
    start = quoting.posts[1].span.start
    quote = RawQuote(span=Span(start, start + 41), author="Ann")
    posts = (quoting.posts[0], replace(quoting.posts[1], quotes=(quote,)))
    thread, _ = build(replace(quoting, posts=posts))
    assert parents(thread) == [None, 0]
    assert thread.posts[0].author == "Ann"


def test_a_quote_that_names_its_post_is_believed() -> None:
    document = raw(("short", {"native_id": "1"}), ("short\n\nyes", {"native_id": "2"}), flat=True)
    span = Span(document.posts[1].span.start, document.posts[1].span.start + 5)
    quoting = replace(document.posts[1], quotes=(RawQuote(span=span, native_id="1"),))
    thread, _ = build(replace(document, posts=(document.posts[0], quoting)))
    assert parents(thread) == [None, 0]
    assert thread.posts[1].own_text().strip() == "yes"


def test_self_parents_and_cycles_are_cut_and_reported() -> None:
    thread, problems = build(
        raw(
            ("a", {"native_id": "1", "parent_native_id": "3"}),
            ("b", {"native_id": "2", "parent_native_id": "1"}),
            ("c", {"native_id": "3", "parent_native_id": "2"}),
            ("d", {"native_id": "4", "parent_native_id": "4"}),
        )
    )
    assert parents(thread) == [None, 0, 1, None]
    assert len(problems) == 2
    assert "circle" in problems[1] or "circle" in problems[0]


def test_a_post_given_twice_is_kept_once_and_another_under_its_id_is_kept_too() -> None:
    thread, problems = build(
        raw(
            ("a", {"native_id": "1"}),
            ("a", {"native_id": "1"}),
            ("other", {"native_id": "1"}),
            ("b", {"native_id": "2", "parent_native_id": "1"}),
        )
    )
    assert [post.text for post in thread.posts] == ["a", "other", "b"]
    assert len({post.id for post in thread.posts}) == 3
    assert parents(thread) == [None, None, 0]
    assert len(problems) == 2


def test_very_deep_nesting_is_no_problem() -> None:
    posts = [
        (f"p{n}", {"native_id": str(n), "parent_native_id": str(n - 1)}) for n in range(10_000)
    ]
    thread, _ = build(raw(*posts))
    assert thread.posts[0].gap
    assert thread.posts[-1].depth == 10_000
    levels = [(f"p{n}", {"level": n}) for n in range(10_000)]
    assert build(raw(*levels))[0].posts[-1].depth == 9_999


def test_one_new_comment_changes_no_other_id() -> None:
    before = raw(("Thanks!", {"level": 0}), ("I agree", {"level": 1}), ("Thanks!", {"level": 0}))
    after = raw(
        ("Thanks!", {"level": 0}),
        ("I agree", {"level": 1}),
        ("A new one", {"level": 1}),
        ("Thanks!", {"level": 0}),
    )
    old, new = ({post.id for post in build(document)[0].posts} for document in (before, after))
    assert old < new
    assert len(old) == 3


def test_ids_depend_on_source_and_thread_and_native_id_only() -> None:
    one = build(raw(("a", {"native_id": "1"})))[0]
    edited = build(raw(("edited", {"native_id": "1"})))[0]
    other = threads.build(raw(("a", {"native_id": "1"})), source="other")[0]
    assert one.posts[0].id == edited.posts[0].id != other.posts[0].id
    assert one.document.id == edited.document.id != other.document.id


def test_the_addressee_that_a_page_names_is_whom_a_post_answers() -> None:
    thread, _ = build(
        raw(
            ("one", {"level": 0, "author": "Ann"}),
            ("two", {"level": 1, "author": "Bo"}),
            ("three", {"level": 1, "author": "Cy", "addressee": "bo"}),
        )
    )
    assert parents(thread) == [None, 0, 0]
    assert thread.posts[2].answers_id == thread.posts[1].id
    assert thread.posts[1].answers_id is None


def test_the_kind_says_what_the_document_holds() -> None:
    assert build(raw())[0].document.kind == "article"
    assert build(raw(("a", {})))[0].document.kind == "discussion"
    assert build(raw(("a", {}), head="An article.\n\n"))[0].document.kind == "both"


KEYS = st.sampled_from(["", "1", "2", "3", "4"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b c", ""]), KEYS, KEYS, st.none() | st.integers(0, 4)),
        max_size=9,
    )
)
def test_any_pointers_and_levels_give_a_forest(
    given_: list[tuple[str, str, str, int | None]],
) -> None:
    posts = [
        (words, {"native_id": key or None, "parent_native_id": up or None, "level": level})
        for words, key, up, level in given_
    ]
    thread, _ = build(raw(*posts))
    ids = [post.id for post in thread.posts]
    assert len(set(ids)) == len(ids)
    for post in thread.posts:
        assert post.parent_id is None or (post.parent_id in ids and not post.gap)
        assert post.text == post.span.of(thread.document.text)
        assert post.position == ids.index(post.id)
        assert _climbs(thread, post) <= len(ids)


def _climbs(thread: Thread, post: Post) -> int:
    by_id, steps = thread.by_id(), 0
    while post.parent_id is not None and steps <= len(by_id):
        post, steps = by_id[post.parent_id], steps + 1
    return steps


def test_the_flattened_blog_page_recovers_an_author_and_a_time(shared: Path) -> None:
    from test_outline import SEED, read

    thread, _ = threads.build(read((shared / SEED).read_bytes()), source="x")
    post = thread.posts[18]
    assert sha256(post.author or "")[:12] == "8627fe821968"
    assert post.posted_at == "2017-02-10T04:22:00"
    assert thread.posts[14].author is None
    assert thread.posts[14].own[0].start > thread.posts[14].span.start
    by_id = thread.by_id()
    quoted = {}
    for post in thread.posts:
        if post.quotes:
            of = (quote.of for quote in post.quotes)
            quoted[post.position] = [by_id[name].position if name in by_id else name for name in of]
    assert quoted == {10: ["external"], 20: [18, 19, 17], 21: ["article"]}
