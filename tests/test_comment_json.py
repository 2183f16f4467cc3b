"""Comments in JSON: systems whose names are known, and trees of any make."""

from __future__ import annotations

import json
from typing import Any

import mutated_json
import pytest
from hypothesis import given, settings
from mutated_json import page

from community import threads
from community.errors import SourceError
from community.readers import comment_json
from community.types import RawDocument


def read(found: Any) -> RawDocument:
    (document,) = comment_json.make().read(page(found))
    return document


def tree(document: RawDocument) -> list[tuple[str, int | None, str | None]]:
    """Words, the position of the parent, and the author of each post."""
    thread, _ = threads.build(document, source="x")
    position = {post.id: post.position for post in thread.posts}
    return [
        (post.text, position[post.parent_id] if post.parent_id else None, post.author)
        for post in thread.posts
    ]


def sure(found: Any) -> float:
    return comment_json.make().sniff(page(found))


# ---- systems whose names are known --------------------------------------------------------------


def commento(name: str, parent: str = "root", **more: Any) -> dict[str, Any]:
    data = {
        "commentHex": name,
        "domain": "blog.example",
        "url": "/rest",
        "commenterHex": "h1",
        "markdown": f"Words *{name}*",
        "html": f"<p>Words <em>{name}</em></p>",
        "parentHex": parent,
        "state": "approved",
        "creationDate": "2021-02-03T04:05:06.789Z",
        "deleted": False,
    }
    return data | more


COMMENTO = {
    "version": 1,
    "comments": [
        commento("aa"),
        commento("bb", "aa", commenterHex="h2"),
        commento("cc", "bb", deleted=True, markdown="secret", html="secret"),
        commento("dd", "cc", commenterHex="anonymous"),
        commento("ee", state="unapproved", markdown="buy", html="buy"),
    ],
    "commenters": [
        {"commenterHex": "h1", "email": "lea@mail.example", "name": "Lea", "isModerator": True},
        {"commenterHex": "h2", "email": "tom@mail.example", "name": "Tom", "isModerator": False},
    ],
}


def test_commento_s_commenters_stand_in_a_list_of_their_own() -> None:
    document = read(COMMENTO)
    assert sure(COMMENTO) > 0.9
    assert tree(document) == [
        ("Words aa", None, "Lea"), ("Words bb", 0, "Tom"), ("", 1, "Lea"), ("Words dd", 2, None),
    ]  # fmt: skip
    assert [p.status for p in document.posts] == ["present", "present", "deleted", "present"]
    assert document.posts[0].platform_role == "moderator"
    assert document.posts[0].posted_at == "2021-02-03T04:05:06+00:00"
    told = repr(document)
    assert "mail.example" not in told
    assert "secret" not in told
    assert "buy" not in told


def test_commento_s_pages_are_threads_and_a_map_of_commenters_will_do() -> None:
    found = {
        "comments": [commento("aa"), commento("zz", url="/other")],
        "commenters": {"h1": {"name": "Lea", "link": ""}},
    }
    documents = list(comment_json.make().read(page(found)))
    assert [d.thread_key for d in documents] == ["/rest", "/other"]
    assert documents[0].posts[0].author == "Lea"


def isso(number: int, parent: int | None, *replies: Any, **more: Any) -> dict[str, Any]:
    data = {
        "id": number,
        "parent": parent,
        "text": f"<p>Isso {number}</p>",
        "author": "Ines",
        "website": None,
        "mode": 1,
        "created": 1612345678.9,
        "hash": "0123abcd",
        "replies": list(replies),
        "total_replies": len(replies),
        "hidden_replies": 0,
    }
    return data | more


ISSO = {
    "id": None,
    "total_replies": 3,
    "hidden_replies": 0,
    "replies": [
        isso(1, None, isso(2, 1), isso(3, 1, mode=4, text="", author=None)),
        isso(4, None, mode=2, text="<p>waiting</p>"),
    ],
}


def test_isso_s_modes_tell_what_is_shown() -> None:
    document = read(ISSO)
    assert tree(document) == [("Isso 1", None, "Ines"), ("Isso 2", 0, "Ines"), ("", 0, None)]
    assert document.posts[2].status == "deleted"
    assert document.posts[0].posted_at == "2021-02-03T09:47:58+00:00"
    hidden = {**ISSO, "hidden_replies": 7}
    assert not read(hidden).complete


def remark(name: str, parent: str = "", **more: Any) -> dict[str, Any]:
    data = {
        "id": name,
        "pid": parent,
        "text": f"<p>Remark {name}</p>\n",
        "orig": f"Remark {name}",
        "user": {
            "name": "Olga",
            "id": "github_1",
            "picture": "p",
            "ip": "ffee",
            "admin": name == "r1",
        },
        "locator": {"site": "s", "url": "https://blog.example/rest"},
        "time": "2021-02-03T04:05:06.123456789+02:00",
        "title": "Rest | Blog",
    }
    return data | more


REMARK = {
    "comments": [
        {
            "comment": remark("r1"),
            "replies": [
                {
                    "comment": remark("r2", "r1", text="", orig="", delete=True),
                    "replies": [{"comment": remark("r3", "r2")}],
                }
            ],
        }
    ],
    "info": {"url": "https://blog.example/rest", "count": 3},
}


def test_remark42_is_read_as_a_tree_as_a_list_and_as_a_backup() -> None:
    document = read(REMARK)
    assert tree(document) == [
        ("Remark r1", None, "Olga"),
        ("", 0, "Olga"),
        ("Remark r3", 1, "Olga"),
    ]
    assert document.posts[1].status == "deleted"
    assert document.posts[0].platform_role == "admin"
    assert document.posts[0].posted_at == "2021-02-03T04:05:06+02:00"
    assert document.title == "Rest | Blog"
    assert "ffee" not in repr(document)
    backup = b'{"version":1,"users":[],"posts":[]}\n' + b"\n".join(
        json.dumps(c).encode() for c in (remark("r1"), remark("r2", "r1"))
    )
    assert [parent for _, parent, _ in tree(read(backup))] == [None, 0]
    assert sure(backup) > 0.9


def disqus(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    data = {
        "id": str(number),
        "parent": parent,
        "thread": "900",
        "forum": "blog",
        "author": {"name": "Nils", "username": "nils", "id": "5", "email": "nils@mail.example"},
        "message": f"<p>Disqus {number}</p>",
        "raw_message": f"Disqus {number}",
        "createdAt": f"2021-02-03T04:05:{number:02}",
        "isDeleted": False,
        "isSpam": False,
        "isApproved": True,
    }
    return data | more


DISQUS = {
    "cursor": {"hasNext": False},
    "code": 0,
    "response": [disqus(3, 1, isSpam=True), disqus(2, 1), disqus(1), disqus(0, isApproved=False)],
}


def test_disqus_gives_the_newest_first_in_universal_time() -> None:
    document = read(DISQUS)
    assert tree(document) == [("Disqus 1", None, "Nils"), ("Disqus 2", 0, "Nils"), ("", 0, "Nils")]
    assert document.posts[0].posted_at == "2021-02-03T04:05:01+00:00"
    assert document.posts[2].status == "removed"
    assert not read({**DISQUS, "cursor": {"hasNext": True}}).complete
    assert "mail.example" not in repr(document)


def lemmy(number: int, path: str, **more: Any) -> dict[str, Any]:
    said = {
        "id": number,
        "content": f"Lemmy {number}",
        "path": path,
        "published": "2023-07-01T10:00:00",
    }
    post = {"id": 3, "name": "On naps", "body": "the post itself"}
    return {"comment": {**said, **more}, "creator": {"id": 2, "name": "uwe"}, "post": post}


def test_lemmy_s_paths_tell_parents() -> None:
    found = {
        "comments": [lemmy(10, "0.10"), lemmy(11, "0.10.11"), lemmy(12, "0.10.11.12", removed=True)]
    }
    document = read(found)
    assert tree(document) == [("Lemmy 10", None, "uwe"), ("Lemmy 11", 0, "uwe"), ("", 1, "uwe")]
    assert document.title == "On naps"


def test_stack_exchange_s_answers_and_comments_hang_on_the_question() -> None:
    def owned(**more: Any) -> dict[str, Any]:
        return {"owner": {"display_name": "Eva", "user_id": 4}, "creation_date": 1600000000, **more}

    remarks = [owned(comment_id=8, post_id=8, body="Which one?")]
    answer = owned(answer_id=8, question_id=7, body="<p>Use the lift.</p>", comments=remarks)
    question = owned(
        question_id=7, title="Stairs?", body="<p>How do you cope?</p>", answers=[answer]
    )
    document = read({"items": [question], "has_more": False})
    assert [(words, parent) for words, parent, _ in tree(document)] == [
        ("Stairs?\n\nHow do you cope?", None), ("Use the lift.", 0), ("Which one?", 1),
    ]  # fmt: skip


# ---- trees of any make --------------------------------------------------------------------------


def said(words: str, *replies: Any, **more: Any) -> dict[str, Any]:
    return {
        "username": "mia",
        "comment": words,
        "date": "2022-05-06",
        "replies": list(replies),
    } | more


def test_nesting_tells_parents_where_no_post_has_an_id() -> None:
    found = [said("one here", said("two here", said("three here"))), said("four here")]
    assert sure(found) > 0.8
    assert tree(read(found)) == [
        ("one here", None, "mia"), ("two here", 0, "mia"), ("three here", 1, "mia"),
        ("four here", None, "mia"),
    ]  # fmt: skip


def test_ids_that_two_levels_share_do_not_confuse_parents() -> None:
    found = [
        said("one here", said("two here", said("three here", id=1), id=1), id=1),
        said("four here", id=2),
    ]
    assert [parent for _, parent, _ in tree(read(found))] == [None, 0, 1, None]


@pytest.mark.parametrize(
    "found",
    [
        {"topic": {"title": "T", "body": "opening words", "author": {"name": "a"}}, "responses": [
            {"body": "answer one", "author": {"name": "b"}, "responses": [
                {"body": "answer two", "author": {"name": "c"}}]}]},
        {"data": {"discussion": {"title": "T", "body": "opening words", "author": {"login": "a"},
            "comments": {"nodes": [{"body": "answer one", "author": {"login": "b"}, "replies": {
                "edges": [{"node": {"body": "answer two", "author": {"login": "c"}}}]}}]}}}},
        {"@type": "DiscussionForumPosting", "headline": "T", "text": "opening words",
         "author": {"name": "a"}, "comment": [{"@type": "Comment", "text": "answer one",
            "author": [{"name": "b"}], "comment": [{"text": "answer two", "author": {"name": "c"}}]}]},
        {"thread": {"post": {"cid": "1", "author": {"handle": "a"}, "record": {
            "text": "T\n\nopening words", "createdAt": "2024-01-01T00:00:00Z"}}, "replies": [
            {"post": {"cid": "2", "author": {"handle": "b"}, "record": {"text": "answer one",
             "createdAt": "2024-01-01T01:00:00Z"}}, "replies": [
            {"post": {"cid": "3", "author": {"handle": "c"}, "record": {"text": "answer two",
             "createdAt": "2024-01-01T02:00:00Z"}}, "replies": []}]}]}},
        {"title": "T", "message": "opening words", "from": {"name": "a"}, "created_time":
            "2020-01-01T10:00:00+0000", "comments": {"data": [{"message": "answer one", "from":
            {"name": "b"}, "comments": {"data": [{"message": "answer two", "from": {"name": "c"}}]}}]}},
        {"-M1": {"title": "T", "text": "opening words", "author": "a", "ts": 1600000000000, "replies": {
            "-M2": {"text": "answer one", "author": "b", "ts": 1600000001000, "replies": {
                "-M3": {"text": "answer two", "author": "c", "ts": 1600000002000}}}}}},
    ],
)  # fmt: skip
def test_one_talk_in_many_makes_is_the_same_talk(found: Any) -> None:
    assert sure(found) > 0.8
    assert tree(read(found)) == [
        ("T\n\nopening words", None, "a"), ("answer one", 0, "b"), ("answer two", 1, "c"),
    ]  # fmt: skip


def test_names_that_nobody_knows_are_guessed_by_what_they_hold() -> None:
    found = {
        "목록": [
            {"글쓴이": "지우", "내용": "오늘은 조금 덜 피곤해서 산책했어요", "등록": "2021-03-04 10:00", "댓글들": [
                {"글쓴이": "민서", "내용": "정말 잘됐네요 저도 나가 볼게요", "등록": "2021-03-04 11:00"}]},
            {"글쓴이": "하준", "내용": "새 약을 시작한 지 일주일 되었어요", "등록": "2021-03-05 09:00"},
        ]
    }  # fmt: skip
    assert sure(found) > 0.8
    assert [(parent, who) for _, parent, who in tree(read(found))] == [
        (None, "지우"),
        (0, "민서"),
        (None, "하준"),
    ]


def test_pointers_are_guessed_by_their_values() -> None:
    rows = [
        {
            "qx": "a1",
            "who": "Ann",
            "said": "Since the winter I walk a little further each week",
            "up": None,
        },
        {
            "qx": "a2",
            "who": "Bob",
            "said": "How far do you get before you need to sit down",
            "up": "a1",
        },
        {
            "qx": "a3",
            "who": "Ann",
            "said": "To the bakery and back, with a rest on the wall",
            "up": "a2",
        },
    ]
    assert [parent for _, parent, _ in tree(read({"entries_of_talk": rows}))] == [None, 0, 1]


def test_depths_alone_tell_parents() -> None:
    rows = [said(f"words {n}", depth=depth) for n, depth in enumerate([1, 2, 3, 2, 1])]
    for row in rows:
        del row["replies"]
    assert [parent for _, parent, _ in tree(read({"list": rows}))] == [None, 0, 1, 0, None]


def test_an_article_beside_the_comments_is_no_post() -> None:
    found = {
        "article": {"title": "News", "content": "<p>It rains.</p>"},
        "comments": [said("one here")],
    }
    document = read(found)
    assert tree(document) == [("one here", None, "mia")]
    (span,) = document.article
    assert span.of(document.text) == "It rains."
    assert document.title == "News"


def test_versions_attachments_and_quoted_posts_are_no_replies() -> None:
    beside = {
        "edit_history": [{"comment": "older words", "date": "2022-05-05"}],
        "attachments": [{"text": "a picture", "created": "2022-05-05"}],
        "quoted_posts": [said("not here")],
        "parent_comment": said("nor here"),
        "user": {"name": "mia", "status": {"text": "my motto", "date": "2022-05-05"}},
    }
    assert [words for words, _, _ in tree(read([said("one here", said("two here", **beside))]))] == [
        "one here", "two here",
    ]  # fmt: skip


def test_openers_with_replies_and_containers_with_titles_are_threads() -> None:
    openers = [said("first talk", said("me too"), title="A"), said("second talk", title="B")]
    assert [d.title for d in comment_json.make().read(page(openers))] == ["A", "B"]
    pages = [{"id": f"/{n}", "title": f"Page {n}", "comments": [said("hello you")]} for n in (1, 2)]
    assert [d.thread_key for d in comment_json.make().read(page(pages))] == ["/1", "/2"]


def test_words_that_are_gone_leave_their_place_to_the_replies() -> None:
    found = [said("", said("two here")), said("three here", said("four here"), deleted=True)]
    document = read(found)
    assert [p.status for p in document.posts] == ["removed", "present", "deleted", "present"]
    assert [parent for _, parent, _ in tree(document)] == [None, 0, None, 2]


def test_counts_of_replies_that_are_not_there_make_a_thread_incomplete() -> None:
    assert not read([said("one here", said("two here"), reply_count=4)]).complete
    assert read([said("one here", said("two here"), reply_count=1)]).complete


def test_mail_and_net_addresses_are_read_nowhere() -> None:
    found = [
        said(
            "one here",
            said("two here", username="x@mail.example"),
            email="y@mail.example",
            ip="192.0.2.1",
            user_agent="z",
        )
    ]
    told = repr(read(found))
    assert "mail.example" not in told
    assert "192.0.2" not in told


# ---- what is another reader's -------------------------------------------------------------------


def test_flat_lists_are_left_to_the_reader_of_tables() -> None:
    rows = [
        {"id": n, "author": "a", "text": f"row {n} here", "parent_id": n - 1 or None}
        for n in (1, 2)
    ]
    assert sure(rows) < 0.2
    assert sure("".join(json.dumps(row) + "\n" for row in rows).encode()) < 0.2


def test_corpora_listings_and_other_json_are_nobody_s_comments() -> None:
    utterance = {
        "id": "1",
        "speaker": "s",
        "conversation_id": "1",
        "reply_to": None,
        "text": "hi you",
    }
    listing = [
        {
            "kind": "Listing",
            "data": {"children": [{"kind": "t1", "data": {"body": "x", "author": "y"}}]},
        }
    ]
    package = {"name": "x", "author": "y", "scripts": {"test": "z"}, "keywords": ["a"]}
    places = {
        "features": [{"properties": {"name": "A hill", "date": "2020-01-01"}, "geometry": {}}]
    }
    for other in (utterance, [utterance], listing, package, places, [], {}, [1], b"{", b"<p>"):
        assert sure(other) == 0.0


def test_a_page_cut_off_at_the_sniffed_length_is_still_known() -> None:
    found = {
        "total": 3,
        "items": [said("word " * 50, *[said("reply " * 40)] * 40) for _ in range(60)],
    }
    assert sure(found) > 0.8


def test_what_holds_no_comments_is_refused() -> None:
    with pytest.raises(SourceError, match="no comments"):
        read({"name": "x"})
    with pytest.raises(SourceError, match="nested too deep"):
        read(b'[{"replies":' * 100_000)
    with pytest.raises(SourceError, match="not JSON"):
        read(b'{"comments": [' + b"9" * 10_000 + b"]}")


SAMPLES = [
    COMMENTO, ISSO, REMARK, DISQUS, {"comments": [lemmy(10, "0.10"), lemmy(11, "0.10.11")]},
    {"topic": {"id": 1, "title": "T", "body": "words", "author": {"name": "a"}}, "replies": {
        "k1": said("one here", said("two here", id=1), id=2, title="Re: T", reply_count=3),
        "k2": said("three here", parent_id=2, depth=3)}},
    [said("one here", said("two here", id=1), title="A"), {"article": {"title": "x", "text": "y"}, "comments": [said("z z")]}],
    [{"ab": n, "cd": f"Running words about number {n} that go on", "ef": "2020-01-01", "gh": n - 1} for n in range(4)],
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
def test_whatever_stands_in_the_fields_the_laws_hold(sample: Any) -> None:
    @given(found=mutated_json.mutated(sample))
    @settings(max_examples=100, deadline=None)
    def holds(found: Any) -> None:
        mutated_json.check(comment_json.make(), found)

    holds()
