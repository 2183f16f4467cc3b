"""Topics found in posts: what they are called, whose post is in which, and ids that stay."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import types
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import community
from community.discovery import identities, naming
from community.discovery.nouns import Found, Said
from community.discovery.posts import said
from community.discovery.topics import discover
from community.discovery.words import names_of, read, spelled
from community.errors import StudyError
from community.stores._schema import APPLICATION_ID, MIGRATIONS
from community.stores.sqlite import SqliteStore
from community.types import Document, Post, Quote, Span, Thread

SUBJECTS = {
    "sleep": "insomnia mattress pillow nightmares melatonin bedtime snoring dreams alarm nap blanket",
    "money": "insurance mortgage invoice savings refund premium bank loan tariff pension fundraiser",
    "knees": "knee joint ankle swelling cartilage crutches physiotherapist stairs limp tendon brace",
    "food": "broccoli yoghurt dietician gluten recipe breakfast vegetables calories kitchen soup vitamin",
    "chemo": "chemotherapy nausea hair needle infusion melphalan vomiting catheter fever sepsis isolation",
    "work": "employer manager office colleagues overtime salary contract commute meeting deadline desk",
}
FILLERS = ("it", "was", "the", "and", "so", "my", "then", "we", "had", "with", "that", "for")
KEY = b"a key for tests, not for people"


def post(name: str, subject: str, seed: int, size: int = 9) -> Said:
    """A post about a subject: some of its words among words without a subject."""
    rng = random.Random(f"{subject} {seed}")
    words = rng.choices(SUBJECTS[subject].split(), k=size)
    mixed = [piece for word in words for piece in (rng.choice(FILLERS), word)]
    return Said(post_id=name, text=" ".join(mixed) + ".", writer=f"writer {seed % 40}")


def posts(count: int, subjects: tuple[str, ...] = tuple(SUBJECTS), start: int = 0) -> list[Said]:
    """`count` posts, the subjects in turn, under ids that sort in no order of subject."""
    made = []
    for number in range(start, start + count):
        name = hashlib.sha256(str(number).encode()).hexdigest()[:16]
        made.append(post(name, subjects[number % len(subjects)], number))
    return made


def topic_of(found: Found) -> dict[str, str]:
    return {placed.post_id: placed.topic_id for placed in found.placed}


def kept(before: Found, now: Found) -> float:
    old, new = topic_of(before), topic_of(now)
    return sum(new.get(name) == topic for name, topic in old.items()) / len(old)


def again(found: Found, some: list[Said], **more: Any) -> Found:
    return discover(some, before=replace(found, digest=""), run=found.run + 1, **more)


# ---- ids ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [60, 300])
def test_ids_stay_when_five_percent_of_the_posts_are_new(count: int) -> None:
    first = discover(posts(count))
    second = again(first, posts(round(count * 1.05)))
    assert first.topics
    assert kept(first, second) >= 0.95
    assert {t.id for t in second.topics} >= {t.id for t in first.topics}
    assert all(topic.since == 1 for topic in second.topics)
    assert not second.changes


def test_a_second_look_at_the_same_posts_finds_the_same() -> None:
    first = discover(posts(240))
    second = again(first, posts(240))
    assert second.topics == first.topics
    assert second.placed == first.placed
    assert second.changes == ()


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_posts_does_not_matter(rng: random.Random) -> None:
    shuffled = posts(90)
    rng.shuffle(shuffled)
    assert discover(shuffled) == discover(posts(90))


_IN_A_PROCESS = """
import sys; sys.path.insert(0, sys.argv[1])
import test_discovery as t
first = t.discover(t.posts(260)); second = t.again(first, t.posts(280))
print(first, second)
"""


def test_one_core_or_many_give_the_same(tmp_path: Path) -> None:
    told = set()
    for threads, seed in (("1", "1"), ("2", "2"), ("8", "3")):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        env = dict(os.environ) | dict.fromkeys(names, threads) | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _IN_A_PROCESS, str(Path(__file__).parent)]
        done = subprocess.run(command, capture_output=True, env=env, check=True, cwd=Path.cwd())
        told.add(done.stdout)
    assert len(told) == 1
    assert b"topic_id" in told.pop()


def test_a_subject_that_comes_with_new_posts_is_born() -> None:
    known = tuple(s for s in SUBJECTS if s != "chemo")
    first = discover(posts(100, known))
    second = again(first, [*posts(100, known), *posts(25, ("chemo",), start=1000)])
    born = [change for change in second.changes if change.kind == "born"]
    assert len(born) == 1
    new = next(topic for topic in second.topics if topic.id == born[0].topic)
    assert set(new.terms) <= set(SUBJECTS["chemo"].split())
    assert new.since == 2
    assert new.id not in {topic.id for topic in first.topics}
    assert kept(first, second) >= 0.95


def test_a_subject_that_is_gone_has_died_and_its_id_is_not_given_again() -> None:
    first = discover(posts(120), count=6)
    gone = {p.post_id for number, p in enumerate(posts(120)) if number % 6 == 4}
    second = again(first, [p for p in posts(120) if p.post_id not in gone], count=6)
    died = {change.topic for change in second.changes if change.kind in ("died", "merged")}
    assert len(died) == 1
    third = again(second, posts(120), count=6)
    assert not died & {topic.id for topic in third.topics}
    assert max(identities.number(t.id) for t in third.topics) == third.ids > first.ids


def test_more_topics_come_out_of_the_old_ones_and_fewer_go_into_them() -> None:
    first = discover(posts(120), count=3)
    more = again(first, posts(120), count=6)
    assert len(more.topics) == 6
    assert {change.kind for change in more.changes} == {"split"}
    assert all(change.other in {t.id for t in first.topics} for change in more.changes)
    assert all(change.share is not None and change.share >= 0.5 for change in more.changes)
    fewer = again(more, posts(120), count=3)
    assert len(fewer.topics) == 3
    assert {change.kind for change in fewer.changes} <= {"merged", "died"}
    assert not {c.topic for c in fewer.changes} & {t.id for t in fewer.topics}


def test_posts_that_moved_decide_what_became_of_a_topic() -> None:
    before = {f"a{i}": "t1" for i in range(10)} | {f"b{i}": "t2" for i in range(10)}
    labels = {f"t{i}": f"Label {i}" for i in range(1, 5)}

    def kinds(now: dict[str, str | None]) -> set[tuple[str, str, str | None]]:
        return {(c.kind, c.topic, c.other) for c in identities.changes(before, now, labels)}

    assert kinds(dict(before)) == set()
    half = before | {f"a{i}": "t3" for i in range(5)}
    assert kinds(half) == {("split", "t3", "t1")}
    other = half | {f"c{i}": "t3" for i in range(6)}  # most of its posts are new
    assert kinds(other) == {("born", "t3", None)}
    assert kinds(before | {f"b{i}": "t1" for i in range(10)}) == {("merged", "t2", "t1")}
    scattered = {f"b{i}": "t1" if i < 4 else None for i in range(10)}
    assert kinds(before | scattered) == {("died", "t2", None)}


def test_groups_go_on_under_the_id_that_most_posts_had() -> None:
    before: dict[str, str | None] = {f"a{i}": "t7" for i in range(6)}
    before |= {f"b{i}": "t9" for i in range(6)} | {"c": None}
    now: dict[str, int | None] = {f"a{i}": 1 if i < 4 else 2 for i in range(6)}
    now |= {f"b{i}": 2 for i in range(6)} | {"c": 3, "d": 3}
    assert identities.matched(before, now) == {1: "t7", 2: "t9"}
    assert identities.matched({}, now) == {}
    assert identities.matched(before, {}) == {}
    thin = {f"a{i}": i for i in range(6)}  # scattered: none has half of the topic, all are of it
    assert len(identities.matched(before, thin)) == 1


# ---- which posts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "some",
    [
        [],
        posts(1),
        posts(19),
        [replace(post("x", "food", 1), post_id=f"p{i:03}") for i in range(80)],
        [Said(post_id=f"p{i}", text="Thank you!", writer=f"w{i}") for i in range(80)],
    ],
    ids=["none", "one", "nineteen", "all equal", "all short"],
)
def test_too_few_posts_have_no_topics_and_the_reason_is_told(some: list[Said]) -> None:
    found = discover(some)
    assert found.topics == found.placed == ()
    assert found.reason is not None
    assert "20" in found.reason
    assert found.method is None
    assert found.counts["posts"] == len(some)


def test_topics_end_where_too_few_posts_are_left() -> None:
    first = discover(posts(60))
    second = again(first, posts(10))
    assert second.topics == ()
    assert {change.kind for change in second.changes} == {"died"}
    assert second.ids == first.ids


def test_posts_that_say_nothing_of_a_subject_have_no_topic_and_are_counted() -> None:
    odd = [
        Said(post_id="zz1", text="Thank you so much, all the best!", writer="a"),
        Said(
            post_id="zz2", text="der Arzt hat gesagt Knie Schiene Treppe", writer="b", foreign=True
        ),
        Said(post_id="zz3", text="☃☃☃ \u0f00\u0f01\u0f02 123", writer="c"),
    ]
    found = discover([*posts(60), *odd])
    assert not {p.post_id for p in odd} & set(topic_of(found))
    assert found.counts["foreign"] == 1
    assert found.counts["short"] == 2
    assert found.counts["posts"] == 63
    without = sum(found.counts[name] for name in ("short", "foreign", "unknown", "far"))
    assert found.counts["placed"] + without == 63
    assert set(found.unplaced) | set(topic_of(found)) == {p.post_id for p in [*posts(60), *odd]}


def test_a_sentence_that_many_paste_is_no_topic_of_its_own() -> None:
    pasted = [
        Said(post_id=f"pasted{i}", text="Broccoli soup and yoghurt for breakfast", writer=f"p{i}")
        for i in range(50)
    ]
    found = discover([*posts(60), *pasted])
    topics = {topic_of(found)[p.post_id] for p in pasted}
    assert len(topics) == 1
    mine = Counter(topic_of(found).values())[topics.pop()]
    assert mine > 50  # with the others who write of food


def test_the_example_is_a_post_of_the_topic_and_none_of_the_short_ones() -> None:
    some = posts(120)
    some += [post(f"zz{i}", "food", 500 + i, size=3) for i in range(12)]
    found = discover(some)
    words = {p.post_id: len(p.text.split()) for p in some}
    for topic in found.topics:
        mine = [name for name, other in topic_of(found).items() if other == topic.id]
        assert topic.example in mine
        assert len(mine) == topic.posts
        assert words[topic.example] >= sorted(words[name] for name in mine)[len(mine) // 2]


def test_words_of_others_names_and_addresses_are_not_read() -> None:
    text = "Runa: see me@example.org\n> quoted words of the doctor\nbroccoli helps, Runa"
    start = text.index(">")
    end = text.index("\nbroccoli")
    own = (Span(0, start), Span(end, len(text)))
    document = Document(id="d", source="s", reader="table", text=text, kind="discussion")
    written = Post(
        id="p", document_id="d", thread_id="d", position=0, span=Span(0, len(text)), text=text,
        author="Runa", own=own, quotes=(Quote(span=Span(start, end), of="external"),),
    )  # fmt: skip
    gone = replace(written, id="q", status="withdrawn")
    empty = replace(written, id="r", own=())
    (found,) = said(Thread(document=document, posts=(written, gone, empty)), {"p"})
    assert "quoted" not in found.text
    assert "Runa" not in found.text
    assert "example.org" not in found.text
    assert "broccoli helps" in found.text
    assert found.foreign


# ---- what they are called ----------------------------------------------------------------------


def test_labels_are_two_to_four_words_and_each_its_own() -> None:
    found = discover(posts(300))
    labels = [topic.label for topic in found.topics]
    assert len(set(labels)) == len(labels)
    for topic in found.topics:
        size = len(topic.label.replace(",", "").replace(" and ", " ").split())
        assert 2 <= size <= 4, topic.label
        assert topic.label[0].isupper()
        assert 1 <= len(topic.terms) <= 10
        assert len(set(topic.terms)) == len(topic.terms)


def test_phrases_go_before_their_words_and_capitals_stay() -> None:
    said_so = "I had a stem cell transplant and an MRI after it, side effects and Tysabri too"
    some = posts(60) + [
        Said(post_id=f"zz{i}", text=f"{said_so}, {w}.", writer=f"z{i}")
        for i, w in enumerate(" ".join(SUBJECTS.values()).split()[:30])
    ]
    found = discover(some)
    topic = next(t for t in found.topics if t.id == topic_of(found)["zz0"])
    assert "stem cell transplant" in topic.terms
    assert "side effects" in topic.terms
    assert "MRI" in topic.terms
    assert "Tysabri" in topic.terms
    assert not {"stem", "cell", "transplant", "side"} & set(topic.terms)


def test_plurals_and_forms_of_one_word_stand_once() -> None:
    found = discover(
        [
            *posts(60),
            *(
                Said(
                    post_id=f"zz{i}",
                    text=f"An infection, many infections, infected by a virus and viruses {w}",
                    writer=f"z{i}",
                )
                for i, w in enumerate(SUBJECTS["sleep"].split() * 2)
            ),
        ]
    )
    for topic in found.topics:
        assert sum(term.startswith("infect") for term in topic.terms) <= 1
        assert sum(term.startswith("virus") for term in topic.terms) <= 1


def test_names_of_those_who_write_are_no_terms_but_words_that_are_names_may_be() -> None:
    some = [
        replace(p, text=f"{p.text} Well, Hjordis said so, and I hope so, hope it is.")
        for p in posts(90)
    ]
    found = discover(some, authors=["Hjordis", "Hope88", "knee doc"])
    terms = {word for topic in found.topics for term in topic.terms for word in term.split()}
    assert "Hjordis" not in terms
    assert "hjordis" not in terms
    assert "knee" in terms  # nobody writes it with a capital


def test_first_names_are_no_terms_where_they_are_written_as_names() -> None:
    names = names_of(["Grace"])
    words = read([Said(post_id="p", text="then Grace said, and Sarah too", writer="w")], names)
    assert not [word for run in words.runs[0] for word in run]
    plain = read([Said(post_id="p", text="the grace of a broccoli", writer="w")], names)
    assert plain.singles(0) == ["grace", "broccoli"]


def test_a_term_is_used_by_three_people_or_more() -> None:
    one = [replace(p, text=p.text + " zanzibarian trip", writer="the same") for p in posts(60)[::6]]
    found = discover([*(p for i, p in enumerate(posts(60)) if i % 6), *one])
    terms = {term for topic in found.topics for term in topic.terms}
    assert not any("zanzibarian" in term for term in terms)
    few = [replace(p, writer=f"only {i % 2}") for i, p in enumerate(posts(60))]
    silent = discover(few)
    assert silent.topics
    assert all(topic.terms == () and topic.label for topic in silent.topics)


def test_a_label_stays_while_its_terms_are_among_the_best() -> None:
    assert naming.joined(["knee pain", "swelling", "fever"]) == "Knee pain, swelling and fever"
    terms = ["knee pain", "swelling", "fever", "cane"]
    assert naming.still_fits("Knee pain and swelling", terms, ["cane", "Swelling", "knee pain"])
    assert not naming.still_fits("Knee pain and swelling", terms, ["cane", "knee pain"])
    assert not naming.still_fits("Another label", terms, terms)


def test_posts_that_were_left_over_are_not_given_a_subject() -> None:
    """Words that each stand in few of a topic's posts do not say what the topic is about."""
    few = [naming.Candidate(term=w, weight=0.2, here=0.14, everywhere=0.01) for w in ("car", "far")]
    assert not naming.in_common(few)
    assert not naming.in_common([])
    most = naming.Candidate(term="knee", weight=0.1, here=0.5, everywhere=0.2)
    assert naming.in_common([*few, most])


def test_two_words_are_a_phrase_only_where_the_commoner_one_mostly_stands_in_it() -> None:
    def best(pair: float) -> list[str]:
        shares = {"pain": 0.8, "knee": 0.3, "knee_pain": pair}
        made = [
            naming.Candidate(term=term, weight=share, here=share, everywhere=share / 10)
            for term, share in shares.items()
        ]
        return [candidate.term for candidate in naming.best_terms(made)]

    assert best(0.25) == ["knee_pain"]
    assert best(0.05) == ["pain", "knee"]


def test_words_are_spelled_as_most_spell_them() -> None:
    text = "the MRI and the mri, an MRI; Knee. knees hurt, knees swell; a Lemtrada day, Lemtrada"
    words = read([Said(post_id="p", text=text, writer="w")])
    ways = spelled(words)
    assert ways["mri"] == "MRI"
    assert ways["knee"] == "knees"
    assert ways["lemtrada"] == "Lemtrada"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=30))
def test_no_text_breaks_it(texts: list[str]) -> None:
    odd = [Said(post_id=f"zz{i}", text=t, writer=str(i)) for i, t in enumerate(texts)]
    found = discover([*posts(24), *odd])
    assert found.counts["posts"] == 24 + len(texts)
    assert set(topic_of(found)) <= {p.post_id for p in [*posts(24), *odd]}
    assert all(0 <= placed.score <= 1 for placed in found.placed)


# ---- with and without BERTopic -----------------------------------------------------------------


def test_bertopic_does_the_work_from_200_posts_on_and_the_stand_in_below() -> None:
    pytest.importorskip("bertopic")
    large, small = discover(posts(240)), discover(posts(60))
    assert large.method is not None
    assert large.method.startswith("BERTopic 0.")
    assert small.method == "built-in stand-in for BERTopic (fewer than 200 posts)"


def test_the_stand_in_finds_the_same_where_bertopic_is_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("bertopic")
    with_it = discover(posts(240))
    monkeypatch.setitem(sys.modules, "bertopic", None)
    without = discover(posts(240))
    assert without.method is not None
    assert "stand-in" in without.method
    assert "bertopic cannot be imported" in without.method
    assert replace(without, method=with_it.method) == with_it


def test_importing_bertopic_silences_nobodys_warnings() -> None:
    pytest.importorskip("bertopic")
    script = (
        "import warnings, test_discovery as t; before = list(warnings.filters);"
        "t.discover(t.posts(240)); assert warnings.filters == before, warnings.filters"
    )
    env = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", script], env=env, check=True, cwd=Path.cwd())


# ---- in a study --------------------------------------------------------------------------------


def write(path: Path, some: list[Said]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"id": p.post_id, "text": p.text, "author": p.writer} for p in some]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def options(tmp_path: Path) -> community.Options:
    (tmp_path / "key").write_bytes(KEY)
    return community.Options(key=tmp_path / "key")


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def told(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "run.json").read_text(encoding="utf-8")))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != "run.json"}


def test_a_study_has_topics_and_a_second_run_the_same_bytes(
    tmp_path: Path, options: community.Options
) -> None:
    page = write(tmp_path / "pages" / "a.jsonl", posts(60))
    study, out = tmp_path / "study", tmp_path / "out"
    done = community.analyze([page], study=study, out=out, options=options)
    topics, placed = rows(out, "topics"), rows(out, "post_topics")
    assert done.run.counts["topics"] == len(topics) > 1
    assert [int(t["posts"]) for t in topics] == sorted(
        (int(t["posts"]) for t in topics), reverse=True
    )
    assert Counter(row["topic_id"] for row in placed) == {
        t["topic_id"]: int(t["posts"]) for t in topics
    }
    ids = [row["post_id"] for row in rows(out, "posts")]
    order = [ids.index(row["post_id"]) for row in placed]
    assert order == sorted(order)
    assert {t["example_post_id"] for t in topics} <= {row["post_id"] for row in placed}
    assert told(out)["topics"]["method"].startswith("built-in stand-in")
    assert "topics" not in told(out)["not_computed"]
    assert "Topics found" in (out / "report.html").read_text(encoding="utf-8")
    assert topics[0]["label"] in (out / "report.html").read_text(encoding="utf-8")
    community.analyze([page], study=study, out=tmp_path / "again", options=options)
    assert contents(tmp_path / "again") == contents(out)
    assert told(tmp_path / "again")["topics"] == told(out)["topics"]
    with sqlite3.connect(study / "study.db") as db:
        assert db.execute("SELECT first_run, last_run FROM topic_runs").fetchall() == [(1, None)]
        assert not db.execute("SELECT * FROM post_topics WHERE last_run IS NOT NULL").fetchall()


def test_what_is_superseded_stays_in_the_database(
    tmp_path: Path, options: community.Options
) -> None:
    page = write(tmp_path / "pages" / "a.jsonl", posts(60))
    study, out = tmp_path / "study", tmp_path / "out"
    community.analyze([page], study=study, out=out, options=options)
    before = {row["topic_id"]: row for row in rows(out, "topics")}
    write(page, posts(66))
    community.analyze([page], study=study, out=out, options=options)
    now = {row["topic_id"]: row for row in rows(out, "topics")}
    assert now.keys() == before.keys()
    assert all(row["since_run"] == "1" for row in now.values())
    with sqlite3.connect(study / "study.db") as db:
        ended = db.execute("SELECT topic_id, posts FROM topics WHERE last_run=1").fetchall()
        assert ended
        assert all(int(before[topic]["posts"]) == count for topic, count in ended)
        runs = db.execute("SELECT first_run, last_run FROM topic_runs ORDER BY 1").fetchall()
        assert runs == [(1, 1), (2, None)]


def test_posts_of_a_removed_page_leave_and_the_rest_keep_their_topics(
    tmp_path: Path, options: community.Options
) -> None:
    pages = tmp_path / "pages"
    write(pages / "a.jsonl", posts(80))
    write(pages / "b.jsonl", posts(30, start=80))
    study, out = tmp_path / "study", tmp_path / "out"
    community.analyze([pages], study=study, out=out, options=options)
    before = {row["post_id"]: row["topic_id"] for row in rows(out, "post_topics")}
    write(pages / "b.jsonl", posts(3, start=80))  # the others are withdrawn
    community.analyze([pages], study=study, out=out, options=options)
    status = {row["post_id"]: row["status"] for row in rows(out, "posts")}
    now = {row["post_id"]: row["topic_id"] for row in rows(out, "post_topics")}
    assert Counter(status.values())["withdrawn"] == 27
    assert all(status[name] == "present" for name in now)
    assert sum(before[name] == topic for name, topic in now.items()) >= 0.95 * len(now)
    unchanged = rows(out, "topics")
    (pages / "b.jsonl").unlink()  # vanished: its rows stay, flagged, and so do its topics
    community.analyze([pages], study=study, out=out, options=options)
    assert rows(out, "topics") == unchanged


def test_a_study_may_turn_topics_off_and_say_how_many_it_wants(
    tmp_path: Path, options: community.Options
) -> None:
    page = write(tmp_path / "pages" / "a.jsonl", posts(60))
    study, out = tmp_path / "study", tmp_path / "out"
    community.analyze([page], study=study, out=out, options=options)
    settings_file = study / "study.toml"
    plain = settings_file.read_text(encoding="utf-8")
    first = {row["topic_id"] for row in rows(out, "topics")}
    settings_file.write_text(plain + "\n[topics]\nfind = false\n", encoding="utf-8")
    done = community.analyze([page], study=study, out=out, options=options)
    assert done.run.counts["analysed"] == 0
    assert rows(out, "topics") == rows(out, "post_topics") == []
    assert told(out)["topics"]["reason"] == "turned off in study.toml"
    assert "turned off in study.toml" in (out / "report.html").read_text(encoding="utf-8")
    settings_file.write_text(plain + "\n[topics]\ncount = 3\n", encoding="utf-8")
    community.analyze([page], study=study, out=out, options=options)
    assert len(rows(out, "topics")) == 3
    assert not {row["topic_id"] for row in rows(out, "topics")} & first
    for wrong in ("count = 1", "count = 'many'", "find = 3", "number = 3"):
        settings_file.write_text(f"{plain}\n[topics]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(StudyError, match=r"topics\."):
            community.analyze([page], study=study, out=out, options=options)


def test_too_small_a_study_says_so_in_its_report(
    tmp_path: Path, options: community.Options
) -> None:
    page = write(tmp_path / "a.jsonl", posts(5))
    community.analyze([page], out=tmp_path / "out", options=options)
    assert rows(tmp_path / "out", "topics") == []
    assert "fewer than 20" in told(tmp_path / "out")["topics"]["reason"]
    assert "fewer than 20" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_broken_bertopic_is_a_problem_and_costs_nothing_else(
    tmp_path: Path, options: community.Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __init__(self, **_: object) -> None:
            raise RuntimeError("made for another version")

    page = write(tmp_path / "pages" / "a.jsonl", posts(240))
    study, out = tmp_path / "study", tmp_path / "out"
    module = types.ModuleType("bertopic")
    module.BERTopic = Broken  # type: ignore[attr-defined]
    vectorizers = types.ModuleType("bertopic.vectorizers")
    vectorizers.ClassTfidfTransformer = Broken  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "bertopic", module)
        patch.setitem(sys.modules, "bertopic.vectorizers", vectorizers)
        community.analyze([page], study=study, out=out, options=options)
    (problem,) = rows(out, "problems")
    assert problem["stage"] == "topics"
    assert "made for another version" in problem["reason"]
    assert len(rows(out, "posts")) == 240
    community.analyze([page], study=study, out=out, options=options)
    assert rows(out, "problems") == []
    assert rows(out, "topics")


def test_what_is_shared_has_keyed_ids_and_no_name(
    tmp_path: Path, options: community.Options
) -> None:
    page = write(tmp_path / "pages" / "a.jsonl", posts(60))
    study, out, shared = tmp_path / "study", tmp_path / "out", tmp_path / "shared"
    community.analyze([page], study=study, out=out, options=options)
    community.export(study, shared, options=replace(options, sharing=True))
    ours, theirs = rows(out, "topics"), rows(shared, "topics")
    assert [t["topic_id"] for t in ours] == [t["topic_id"] for t in theirs]
    assert {t["example_post_id"] for t in theirs} <= {p["post_id"] for p in rows(shared, "posts")}
    assert not {t["example_post_id"] for t in ours} & {t["example_post_id"] for t in theirs}


def test_a_database_of_the_version_before_gets_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with sqlite3.connect(path) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute("PRAGMA user_version=1")
    with SqliteStore(path) as store:
        assert store.topics() is None
        found = replace(discover(posts(40)), run=1, digest="x")
        store.put_topics(found)
        back = store.topics()
    assert back is not None
    assert back.topics == found.topics
    assert back.digest == "x"
    assert back.counts == dict(found.counts)
