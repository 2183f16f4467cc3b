"""ConvoKit corpora: five files, one source, a document per conversation."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import community
from community import assembly, sources, threads
from community.analysis import choose
from community.errors import CommunityError, SourceError
from community.readers import convokit
from community.types import Page, RawDocument

UTTERANCES = [
    {"id": "u1", "speaker": "s1", "conversation_id": "u1", "reply_to": None,
     "timestamp": 1500000000, "text": "I walk every day now.", "meta": {}, "vectors": []},
    {"id": "w1", "speaker": "s2", "conversation_id": "w1", "reply_to": None,
     "timestamp": "1500000005", "text": "", "meta": {}, "vectors": []},
    {"id": "u3", "speaker": "s1", "conversation_id": "u1", "reply_to": "u2",
     "timestamp": 1500000020, "text": "Far enough.", "meta": {}, "vectors": []},
    {"id": "u2", "speaker": "s2", "conversation_id": "u1", "reply_to": "u1",
     "timestamp": 1500000010, "text": "How far?", "meta": {}, "vectors": []},
    {"id": "w2", "speaker": "s3", "conversation_id": "w1", "reply_to": "w1",
     "timestamp": 1500000030, "text": "[deleted]", "meta": {}, "vectors": []},
]  # fmt: skip
BESIDE: dict[str, Any] = {
    "speakers.json": {"s1": {"meta": {"name": "Ann"}, "vectors": []}, "s2": {"meta": {}}},
    "conversations.json": {
        "u1": {"meta": {"title": "Walks", "permalink": "https://x.example/u1"}},
        "w1": {"meta": {"title": "Braces"}},
        "z9": {"meta": {"title": "Nobody speaks"}},
    },
    "corpus.json": {"meta": {}},
    "index.json": {"version": 1},
}


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def corpus(folder: Path) -> Path:
    folder.mkdir()
    (folder / "utterances.jsonl").write_bytes(lines(UTTERANCES))
    for name, found in BESIDE.items():
        (folder / name).write_text(json.dumps(found))
    (folder / "info.parsed.jsonl").write_text("{}\n")
    return folder


def page(data: bytes) -> Page:
    return Page(key="utterances.jsonl", head=data, size=len(data), open=partial(BytesIO, data))


def words(document: RawDocument) -> list[str]:
    return [post.span.of(document.text) for post in document.posts]


def check(found: list[RawDocument]) -> None:
    first, second = found
    assert (first.thread_key, first.title, first.url) == ("u1", "Walks", "https://x.example/u1")
    assert words(first) == ["I walk every day now.", "How far?", "Far enough."]
    assert [(p.native_id, p.parent_native_id) for p in first.posts] == [
        ("u1", None),
        ("u2", "u1"),
        ("u3", "u2"),
    ]
    assert [post.author for post in first.posts] == ["Ann", "s2", "Ann"]
    assert first.posts[0].posted_at == "2017-07-14T02:40:00+00:00"
    assert words(second)[0] == "Braces"
    assert [post.status for post in second.posts] == ["present", "deleted"]
    assert first.complete
    assert second.complete


def test_a_folder_is_one_source_and_so_is_a_zip_of_it(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "walks")
    with zipfile.ZipFile(tmp_path / "walks.zip", "w") as made:
        for path in sorted(folder.iterdir()):
            made.write(path, f"walks/{path.name}")
    for named, key in (
        ("walks", "walks/utterances.jsonl"),
        ("walks/*.json*", "walks/utterances.jsonl"),
        ("walks/utterances.jsonl", "utterances.jsonl"),
        ("walks.zip", "walks.zip/walks/utterances.jsonl"),
    ):
        ((found, _, made_page),) = sources.opened(sources.find([str(tmp_path / named)]))
        assert found == key
        assert isinstance(made_page, Page)
        assert set(made_page.parts) == set(BESIDE)
        assert convokit.make().sniff(made_page) > 0.9
        check(list(convokit.make().read(made_page)))


def test_a_link_to_elsewhere_is_no_part_of_a_corpus(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "walks")
    (tmp_path / "private.json").write_text('{"u1": {"meta": {"title": "Private"}}}')
    (folder / "conversations.json").unlink()
    (folder / "conversations.json").symlink_to(tmp_path / "private.json")
    found = {key: made for key, _, made in sources.opened(sources.find([str(folder)]))}
    made = found["walks/utterances.jsonl"]
    assert isinstance(made, Page)
    assert "conversations.json" not in made.parts


def test_files_of_these_names_without_utterances_are_sources(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{}")
    assert [found.path.name for found in sources.find([str(tmp_path)])] == ["index.json"]


def test_older_names_of_fields_are_known() -> None:
    rows = [
        {"id": "1", "user": "ann", "root": "1", "reply-to": None, "text": "One", "timestamp": None},
        {"id": "2", "user": {"id": "bob"}, "root": "1", "reply-to": "1", "text": "Two"},
    ]
    for data in (lines(rows), json.dumps(rows).encode()):
        assert convokit.make().sniff(page(data)) > 0.9
        (document,) = convokit.make().read(page(data))
        assert [(p.author, p.parent_native_id) for p in document.posts] == [
            ("ann", None),
            ("bob", "1"),
        ]


def test_a_conversation_without_its_opener_says_so() -> None:
    (document,) = convokit.make().read(page(lines(UTTERANCES[2:4])))
    assert not document.complete
    assert "opens the conversation" in (document.note or "")
    thread, _ = threads.build(document, source="x")
    assert [post.gap for post in thread.posts] == [True, False]


def test_what_is_wrong_beside_the_utterances_costs_titles_only() -> None:
    made = page(lines(UTTERANCES))
    for wrong in (
        b"[1]",
        b'{"u1": {"meta"',
        b"\xff\xfe\x00",
        b"{" * 100_000,
        b'{"u1": 3, "w1": []}',
    ):
        parts = {name: partial(BytesIO, wrong) for name in BESIDE}
        broken = Page(
            key=made.key, head=made.head, size=made.size, open=made.open, parts=parts
        )  # fmt: skip
        documents = list(convokit.make().read(broken))
        assert [len(document.posts) for document in documents] == [3, 1]


def test_of_all_readers_this_one_takes_corpora() -> None:
    steps = assembly.steps(assembly.load_codebook(None), coders=())
    assert choose(steps, page(lines(UTTERANCES)))[0] == "convokit"
    assert convokit.make().sniff(page(b'{"id": 1, "text": "words", "speaker": "ann"}\n')) == 0
    with pytest.raises(SourceError, match="no utterance"):
        list(convokit.make().read(page(b'{"id": 3}\n')))


def test_a_changed_title_reads_the_corpus_again(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    options = community.Options(key=key)
    folder, study = corpus(tmp_path / "walks"), tmp_path / "study"
    first = community.analyze([folder], study=study, options=options)
    assert (first.run.counts["sources"], first.problems) == (1, 0)
    again = community.analyze([folder], study=study, options=options)
    assert again.run.counts["analysed"] == 0
    titles = BESIDE["conversations.json"] | {"u1": {"meta": {"title": "Longer walks"}}}
    (folder / "conversations.json").write_text(json.dumps(titles))
    changed = community.analyze([folder], study=study, options=options)
    assert (changed.run.counts["analysed"], changed.run.counts["unchanged"]) == (1, 1)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(UTTERANCES[0])), VALUE, max_size=6), max_size=5)
)
def test_fields_of_any_kind_are_read_or_told(changes: list[dict[str, Any]]) -> None:
    rows = [UTTERANCES[n] | change for n, change in enumerate(changes)]
    try:
        for document in convokit.make().read(page(lines(rows))):
            threads.build(document, source="x")
    except CommunityError:
        return
