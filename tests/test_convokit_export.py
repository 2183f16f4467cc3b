"""ConvoKit out: five files that the real ConvoKit loads, and that our own reader reads back."""

from __future__ import annotations

import json
import os
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import community
from community import plugins, threads
from community.readers import convokit
from community.types import Page, Thread
from tests.hand_study import HandSnapshot, study
from tests.hand_study import Page as Written

FILES = ["utterances.jsonl", "speakers.json", "conversations.json", "corpus.json", "index.json"]


def corpus(snapshot: HandSnapshot) -> dict[str, bytes]:
    made = plugins.make("exporters", "convokit")(snapshot)
    return {name.removeprefix("convokit/"): b"".join(chunks) for name, chunks in made}


def utterances(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["utterances.jsonl"].splitlines()]


def read_back(files: dict[str, bytes]) -> list[Thread]:
    data = files["utterances.jsonl"]
    parts = {name: partial(BytesIO, files[name]) for name in FILES[1:]}
    page = Page(key="u", head=data, size=len(data), open=partial(BytesIO, data), parts=parts)
    return [threads.build(raw, source="u")[0] for raw in convokit.make().read(page)]


def told(thread: Thread) -> list[tuple[Any, ...]]:
    return [
        (p.native_id, p.text, p.author, p.posted_at, p.time_precision, p.status, p.gap,
         p.platform_role, p.url, thread.by_id()[p.parent_id].native_id if p.parent_id else None)
        for p in thread.posts
    ]  # fmt: skip


def wanted(snapshot: HandSnapshot) -> list[tuple[Any, ...]]:
    return [
        (r["post_id"], (r["text"] or "").replace("\ud83d", "\ufffd").replace("\x00", "\ufffd"),
         None if r["author"] == "[deleted]" else r["author"],
         r["posted_at"] and r["posted_at"].replace("Z", "+00:00"),
         r["time_precision"], r["status"], r["gap"], r["platform_role"], r["url"], r["parent_id"])
        for r in snapshot.dicts("posts")
    ]  # fmt: skip


def test_there_are_five_files_in_ascii() -> None:
    files = corpus(study())
    assert list(files) == FILES
    assert all(data.isascii() for data in files.values())
    assert corpus(study()) == files


def test_every_reply_has_its_parent_and_every_conversation_one_root() -> None:
    rows = utterances(corpus(study()))
    ids = {row["id"] for row in rows}
    assert len(ids) == len(rows)
    for key in {row["conversation_id"] for row in rows}:
        mine = [row for row in rows if row["conversation_id"] == key]
        assert [row["id"] for row in mine if row["reply-to"] is None] == [key]
        assert {row["reply-to"] for row in mine if row["reply-to"]} <= ids


def test_our_own_reader_gets_back_what_was_written() -> None:
    snapshot = study()
    back = [post for thread in read_back(corpus(snapshot)) for post in told(thread)]
    expected = [(p[0], p[1].replace("\r", "\n"), *p[2:]) for p in wanted(snapshot)]
    assert back == expected


def test_codes_of_the_headline_coder_are_metadata() -> None:
    second = utterances(corpus(study()))[2]
    assert second["meta"]["topics"] == ["efficacy", "care"]
    assert second["meta"]["sentiment"] == "positive"  # VADER says negative, and is not the headline
    assert {"code": "treatment-experience", "polarity": "good", "whose": "self"} in second["meta"][
        "stances"
    ]
    assert {row["coder"] for row in second["meta"]["codings"]} == {"rules", "vader"}


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n🎉<&>[]="), max_size=30
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "said": words.map(str.strip).filter(lambda said: said.strip("\n .[]\ufeff") != ""),
                "above": st.none() | st.integers(0, 9),
                "gap": st.booleans(),
                "author": st.none() | st.sampled_from(["member-1", "member-2", "Ann B"]),
                "when": st.none() | st.datetimes().map(lambda t: t.isoformat(timespec="seconds")),
            }
        ),
        min_size=1,
        max_size=10,
    )
)
def test_no_thread_loses_anything_on_its_way_out_and_in(posts: list[dict[str, Any]]) -> None:
    snapshot = HandSnapshot()
    page = Written(snapshot, "s.html", "A title")
    ids: list[str] = []
    for number, post in enumerate(posts):
        above = ids[post["above"]] if post["above"] is not None and post["above"] < number else None
        more: dict[str, Any] = {"parent_id": above, "gap": above is None and post["gap"]}
        more |= {"author": post["author"], "posted_at": post["when"]}
        more |= {"time_precision": "second" if post["when"] else None}
        ids.append(page.post(str(number), post["said"], **more))
    page.done()
    files = corpus(snapshot)
    (thread,) = read_back(files)
    assert thread.document.title == "A title"
    expected = wanted(snapshot)
    back = told(thread)
    for got, want in zip(back, expected, strict=True):
        if got[5] == want[5]:  # words that say "deleted" are a notice wherever they are read
            assert (got[0], got[2:]) == (want[0], want[2:])
            assert got[1] == want[1]


def test_for_sharing_the_utterances_have_no_words(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    page = tmp_path / "board.jsonl"
    page.write_text('{"id": "1", "text": "Private words about the ALPHA trial.", "author": "Ann"}')
    options = community.Options(key=key, sharing=True)
    community.analyze([page], study=tmp_path / "study", options=community.Options(key=key))
    made = community.export(
        tmp_path / "study", tmp_path / "out", formats=["convokit"], options=options
    )
    told_ = b"".join(path.read_bytes() for path in made)
    assert b"Private" not in told_
    assert b"Ann" not in told_
    assert b"board" not in told_
    assert [path.name for path in made if path.parent.name == "convokit"] == FILES


def test_the_real_convokit_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # it writes its configuration there
    reason = "convokit is not installed: pip install --no-deps convokit, and what it imports"
    real = pytest.importorskip("convokit", reason=reason, exc_type=ImportError)
    snapshot = study()
    for name, data in corpus(snapshot).items():
        (tmp_path / name).write_bytes(data)
    loaded = real.Corpus(filename=os.fspath(tmp_path))
    rows = {row["id"]: row for row in utterances(corpus(snapshot))}
    assert set(loaded.get_utterance_ids()) == set(rows)
    for utterance in loaded.iter_utterances():
        row = rows[utterance.id]
        assert (utterance.text, utterance.reply_to) == (row["text"], row["reply-to"])
        assert utterance.speaker.id == row["speaker"]
        assert utterance.conversation_id == row["conversation_id"]
        assert utterance.meta["codings"] == row["meta"].get("codings")
    for conversation in loaded.iter_conversations():
        assert conversation.check_integrity(verbose=False)
        walked = list(conversation.traverse("dfs", as_utterance=True))
        assert len(walked) == len(conversation.get_utterance_ids())
