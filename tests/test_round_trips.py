"""A thread written out in each export format is read back as the same thread."""

from __future__ import annotations

import io
from datetime import datetime
from functools import partial

import invariants
import pytest
import rendering

from community.analysis import choose
from community.api import assembly
from community.types import Page, Post, RawDocument

SEEDS = range(12)


@pytest.fixture(scope="session")
def steps():
    return assembly.steps(assembly.load_codebook(None), readers=(), coders=())


def page(name: str, data: bytes) -> Page:
    opener = partial(io.BytesIO, data)
    return Page(key=f"folder/{name}", head=data[: 1 << 16], size=len(data), open=opener)


def read(steps, name: str, data: bytes) -> list[RawDocument]:
    found = page(name, data)
    _, reader = choose(steps, found)
    return list(reader.read(found))


def shape(talk: rendering.Talk, name: str) -> rendering.Talk:
    return talk.opened if name in rendering.OPENED else talk


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", rendering.FORMATS)
def test_a_thread_is_read_back_from_each_format_as_it_was(steps, name: str, seed: int) -> None:
    talk = rendering.talk(seed, gone=name not in rendering.KEEPS_ALL)
    (raw,) = read(steps, name, rendering.FORMATS[name](talk))
    thread = invariants.built(raw, page(name, b""))
    wanted = shape(talk, name).said
    by_words = {number(post.text): post for post in thread.posts if post.status == "present"}
    assert len(thread.posts) == len(wanted)
    for n, said in enumerate(wanted):
        if said.gone:
            continue
        post = (
            by_words[number(said.words[0])] if said.words[0].startswith("No.") else thread.posts[0]
        )
        above = expected_parent(talk, name, n)
        if above is not None and wanted[above].gone:
            assert post.parent_id is not None
            assert thread.by_id()[post.parent_id].status != "present"
        elif above is not None:
            parent = thread.by_id()[post.parent_id or ""]
            assert number(parent.text) == number(wanted[above].words[0]), (name, n)
        else:
            assert post.parent_id is None
        same_words(post, said, talk.title)
    assert sum(post.status != "present" for post in thread.posts) == sum(s.gone for s in wanted)


def expected_parent(talk: rendering.Talk, name: str, n: int) -> int | None:
    said = shape(talk, name).said[n]
    if name == "threads.json" and said.parent is not None:
        return rendering.roots(talk)[n]  # YouTube keeps two levels
    if name == "topic.json" and said.parent == 0:
        return None  # Discourse does not point to the opener
    return said.parent


def number(words: str) -> str:
    """What names a post of the made-up thread; "" for the opener."""
    found = words.strip()
    return found.split(":", 1)[0] if found.startswith("No. ") else ""


def same_words(post: Post, said: rendering.Said, title: str) -> None:
    found = " ".join(post.text.split()).removeprefix(title).strip()
    assert found == " ".join(" ".join(said.words).split())
    assert post.author == said.author
    assert post.posted_at is not None
    at = datetime.fromisoformat(post.posted_at)
    assert at.tzinfo is not None
    assert abs((at - said.at).total_seconds()) < 1


@pytest.mark.parametrize("name", rendering.FORMATS)
def test_no_format_lets_an_address_of_mail_or_net_through(steps, name: str) -> None:
    data = rendering.FORMATS[name](rendering.talk(1))
    told = repr(read(steps, name, data))
    assert "@example.org" not in told
    assert "203.0.113" not in told
    assert "2f3a" not in told


@pytest.mark.parametrize("name", rendering.FORMATS)
def test_a_tree_of_four_hundred_is_read_whole(steps, name: str) -> None:
    talk = rendering.talk(5, 400, gone=False)
    (raw,) = read(steps, name, rendering.FORMATS[name](talk))
    assert len(raw.posts) == 400 + (name in rendering.OPENED)
    invariants.built(raw, page(name, b""))
