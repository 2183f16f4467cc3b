"""A study over its life: run, run again, pages that change, vanish and come back."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import community
from community.errors import StoreError, StudyError, UsageError
from community.locks import exclusive

PAGES = Path(__file__).parent.parent / "corpus" / "pages"
KEY = b"a key for tests, not for people"


@pytest.fixture
def options(tmp_path: Path) -> community.Options:
    key = tmp_path / "key"
    key.write_bytes(KEY)
    return community.Options(key=key)


def posts_file(path: Path, posts: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(post) + "\n" for post in posts), encoding="utf-8")
    return path


POSTS: list[dict[str, Any]] = [
    {"id": "1", "text": "I had my transplant in 2014 and no relapse since.", "author": "Runa"},
    {"id": "2", "text": "How long did it last for you?", "author": "Ivo", "parent_id": "1"},
    {"id": "3", "text": "My neurologist laughed at me.", "author": "Petra", "parent_id": "1"},
]


def contents(folder: Path) -> dict[str, bytes]:
    """Every exported file but the one that says when."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    import csv

    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project's own corpus, analysed once: (study, tables)."""
    base = tmp_path_factory.mktemp("corpus")
    key = base / "key"
    key.write_bytes(KEY)
    community.analyze(
        [PAGES], study=base / "study", out=base / "out", options=community.Options(key=key)
    )
    return base / "study", base / "out"


def test_a_second_run_analyses_nothing_and_exports_the_same_bytes(
    analysed: tuple[Path, Path], tmp_path: Path, options: community.Options
) -> None:
    study, out = analysed
    again = community.analyze([PAGES], study=study, out=tmp_path / "again", options=options)
    assert again.run.counts["analysed"] == 0
    assert again.run.counts["linked"] == 0
    assert again.run.counts["unchanged"] == len(rows(out, "documents"))
    assert contents(tmp_path / "again") == contents(out)


def test_a_pool_of_processes_gives_the_same_bytes_as_one(
    analysed: tuple[Path, Path], tmp_path: Path, options: community.Options
) -> None:
    community.analyze(
        [PAGES],
        study=tmp_path / "study",
        out=tmp_path / "out",
        options=replace(options, workers=2),
    )
    assert contents(tmp_path / "out") == contents(analysed[1])


def test_the_order_of_sources_does_not_matter(
    analysed: tuple[Path, Path], tmp_path: Path, options: community.Options
) -> None:
    some = [PAGES / "support_group.csv", PAGES / "clinic_blog.html"]
    for name, named in (("a", some), ("b", some[::-1])):
        community.analyze(
            named, study=tmp_path / name / "s", out=tmp_path / name / "o", options=options
        )
    assert contents(tmp_path / "a" / "o") == contents(tmp_path / "b" / "o")


def test_nothing_of_the_corpus_is_an_internal_error(analysed: tuple[Path, Path]) -> None:
    assert not [p for p in rows(analysed[1], "problems") if "internal" in p["reason"]]


def test_every_offset_is_in_range_and_every_reference_exists(analysed: tuple[Path, Path]) -> None:
    _, out = analysed
    posts = {row["post_id"]: row for row in rows(out, "posts")}
    codings = {row["coding_id"] for row in rows(out, "codings")}
    for post in posts.values():
        assert not post["parent_id"] or post["parent_id"] in posts
        assert not post["answers_id"] or post["answers_id"] in posts
        assert not (post["gap"] == "true" and post["parent_id"])
        assert int(post["end"]) - int(post["start"]) == len(post["text"].removeprefix("'")) or (
            post["text"].startswith("'")
        )
    for row in rows(out, "evidence"):
        assert row["coding_id"] in codings
    for row in rows(out, "codings") + rows(out, "links"):
        post = posts[row["post_id"]]
        if row["evidence_start"]:
            assert int(post["start"]) <= int(row["evidence_start"]) < int(row["evidence_end"])
            assert int(row["evidence_end"]) <= int(post["end"])
    said = rows(out, "quoted_numbers") + rows(out, "questions")
    assert len(said) > 100
    for row in said:
        post = posts[row["post_id"]]
        assert int(post["start"]) <= int(row["start"]) < int(row["end"]) <= int(post["end"])
        assert row["text"].removeprefix("'")


def test_numbers_and_questions_refer_to_what_there_is(analysed: tuple[Path, Path]) -> None:
    _, out = analysed
    posts = {row["post_id"] for row in rows(out, "posts")}
    claims = {row["claim_id"] for row in rows(out, "claims")}
    for row in rows(out, "quoted_numbers"):
        assert (row["verdict"] == "no-source") == (row["claim_id"] == "")
        assert row["claim_id"] in claims | {""}
    for row in rows(out, "questions"):
        assert row["answered_by"] in posts | {""}
        assert (row["answered_by"] == "") == (row["answerer_role"] == "") == (row["score"] == "")
        assert row["ledger_claim_id"] in claims | {""}
    threads = rows(out, "summary_threads")
    assert sum(int(row["questions"]) for row in threads) == len(rows(out, "questions"))


ASKED: list[dict[str, Any]] = [
    {"id": "1", "text": "They say that 5% die of it. Is that so?", "author": "Runa"},
    {"id": "2", "text": "Hardly, it was 8% in the nineties.", "author": "Ivo", "parent_id": "1"},
    {"id": "3", "text": "My neurologist laughed at me.", "author": "Petra"},
]


def test_numbers_and_questions_of_a_withdrawn_post_count_without_a_place(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "in" / "t.jsonl", ASKED)
    study = tmp_path / "study"
    community.analyze([page], study=study, out=tmp_path / "a", options=options)
    posts_file(page, [ASKED[0], ASKED[2]])
    community.analyze([page], study=study, out=tmp_path / "b", options=options)
    before, after = rows(tmp_path / "a", "quoted_numbers"), rows(tmp_path / "b", "quoted_numbers")
    assert [row["value"] for row in after] == [row["value"] for row in before] == ["5", "8"]
    assert (after[1]["start"], after[1]["text"]) == ("", "")
    (question,) = rows(tmp_path / "b", "questions")
    assert question["answered_by"] != before[1]["post_id"]  # who answered took the answer away
    (answered,) = rows(tmp_path / "a", "questions")
    assert answered["answered_by"] == before[1]["post_id"]


def test_links_of_a_post_that_is_gone_point_at_nobody_elses_words(
    tmp_path: Path, options: community.Options
) -> None:
    article = tmp_path / "in" / "paper.txt"
    article.parent.mkdir()
    article.write_text((PAGES / "halt_ms_five_years.txt").read_text(encoding="utf-8"))
    told = {"id": "9", "text": "HALT-MS is far too small a study, I doubt it.", "author": "Ann"}
    page = posts_file(tmp_path / "in" / "t.jsonl", [*POSTS, told])
    community.analyze([tmp_path / "in"], study=tmp_path / "s", out=tmp_path / "a", options=options)
    assert rows(tmp_path / "a", "links")
    posts_file(page, POSTS)
    community.analyze([tmp_path / "in"], study=tmp_path / "s", out=tmp_path / "b", options=options)
    lost = [r for r in rows(tmp_path / "b", "links") if r["evidence_start"] == ""]
    assert len(lost) == 1
    assert lost[0]["evidence"] == ""


def test_a_study_of_the_version_before_is_read_without_the_new_tables(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "t.jsonl", ASKED)
    study = tmp_path / "study"
    community.analyze([page], study=study, out=tmp_path / "a", options=options)
    with sqlite3.connect(study / "study.db") as db:
        db.execute("drop table questions")
        db.execute("drop table quoted_numbers")
        db.execute("pragma user_version=3")
    community.export(study, tmp_path / "b", options=options)
    assert rows(tmp_path / "b", "questions") == []
    community.analyze([page], study=study, out=tmp_path / "c", options=options)
    assert (tmp_path / "c" / "posts.csv").exists()


def test_one_more_comment_changes_no_other_post(tmp_path: Path, options: community.Options) -> None:
    page = posts_file(tmp_path / "in" / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, out=tmp_path / "a", options=options)
    posts_file(page, [*POSTS, {"id": "4", "text": "Thanks all!", "parent_id": "3"}])
    done = community.analyze([page], study=study, out=tmp_path / "b", options=options)
    assert done.run.counts["analysed"] == 1
    before, after = rows(tmp_path / "a", "posts"), rows(tmp_path / "b", "posts")
    assert after[:3] == before
    assert len(after) == 4
    old = {row["coding_id"]: row for row in rows(tmp_path / "a", "codings")}
    new = {row["coding_id"]: row for row in rows(tmp_path / "b", "codings")}
    assert old.items() <= new.items()
    with sqlite3.connect(study / "study.db") as db:
        assert (
            db.execute("select count(*) from codings where last_run is not null").fetchone()[0] == 0
        )


MOVES = {"start", "end", "position", "role_start", "role_end", "evidence_start", "evidence_end"}


@pytest.mark.parametrize("where", [0, 2, -1])
def test_a_comment_added_to_a_text_outline_changes_nothing_of_the_others_but_offsets(
    where: int, tmp_path: Path, options: community.Options
) -> None:
    page = tmp_path / "outline.txt"
    text = (PAGES / "blog_outline.txt").read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "a", options=options)
    tops = [match.end() for match in re.finditer(r"\n(?=  • )", text)]
    more = (
        "  • Just one more question from me: did anybody here go back to full time work after?\n\n"
    )
    page.write_text(text[: tops[where]] + more + text[tops[where] :], encoding="utf-8")
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "b", options=options)

    def of(folder: str, table: str, known: set[str]) -> list[dict[str, str]]:
        return [
            {name: value for name, value in row.items() if name not in MOVES}
            for row in rows(tmp_path / folder, table)
            if row["post_id"] in known
        ]

    known = {row["post_id"] for row in rows(tmp_path / "a", "posts")}
    assert len(rows(tmp_path / "b", "posts")) == len(known) + 1
    for table in ("posts", "quotes", "codings", "links", "quoted_numbers"):
        assert of("b", table, known) == of("a", table, known), table


def test_a_withdrawn_post_loses_its_words_and_keeps_its_counts(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "in" / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, out=tmp_path / "a", options=options)
    posts_file(page, POSTS[:2])
    community.analyze([page], study=study, out=tmp_path / "b", options=options)
    gone = next(row for row in rows(tmp_path / "b", "posts") if row["native_id"] == "3")
    assert gone["status"] == "withdrawn"
    assert gone["text"] == ""
    codes = {r["code"] for r in rows(tmp_path / "a", "codings") if r["post_id"] == gone["post_id"]}
    kept = {r["code"] for r in rows(tmp_path / "b", "codings") if r["post_id"] == gone["post_id"]}
    assert codes == kept != set()
    with sqlite3.connect(study / "study.db") as db:
        db.execute("pragma wal_checkpoint(truncate)")
    for path in study.rglob("*"):
        assert not path.is_file() or b"laughed at me" not in path.read_bytes(), path


def test_an_edited_post_without_an_id_of_its_own_stays_the_same_post(
    tmp_path: Path, options: community.Options
) -> None:
    page = tmp_path / "outline.txt"
    text = (PAGES / "blog_outline.txt").read_text(encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "a", options=options)
    before = rows(tmp_path / "a", "posts")
    words = before[5]["text"].split("\n")[0].removeprefix("'")[:40]
    page.write_text(text.replace(words, words + " (edited)", 1), encoding="utf-8")
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "b", options=options)
    after = rows(tmp_path / "b", "posts")
    assert [row["post_id"] for row in after] == [row["post_id"] for row in before]
    assert "(edited)" in after[5]["text"]


def test_a_file_that_vanished_keeps_its_rows_and_is_flagged_until_it_is_back(
    tmp_path: Path, options: community.Options
) -> None:
    folder = tmp_path / "in"
    page = posts_file(folder / "t.jsonl", POSTS)
    posts_file(folder / "u.jsonl", POSTS[:1])
    study = tmp_path / "study"
    community.analyze([folder], study=study, out=tmp_path / "a", options=options)
    kept = page.read_bytes()
    page.unlink()
    done = community.analyze([folder], study=study, out=tmp_path / "b", options=options)
    assert done.run.counts["vanished"] == 1
    assert rows(tmp_path / "b", "posts") == rows(tmp_path / "a", "posts")
    assert any("no longer found" in row["note"] for row in rows(tmp_path / "b", "documents"))
    page.write_bytes(kept)
    community.analyze([folder], study=study, out=tmp_path / "c", options=options)
    assert contents(tmp_path / "c") == contents(tmp_path / "a")


def test_a_broken_page_keeps_what_it_gave_before(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "in" / "t.jsonl", POSTS)
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "a", options=options)
    page.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "b", options=options)
    assert rows(tmp_path / "b", "posts") == rows(tmp_path / "a", "posts")
    assert len(rows(tmp_path / "b", "problems")) == 1


def test_killed_at_random_moments_the_same_command_gives_the_same_bytes(
    analysed: tuple[Path, Path], tmp_path: Path, options: community.Options
) -> None:
    study, out = tmp_path / "study", tmp_path / "out"
    command = [sys.executable, "-m", "community", "analyze", str(PAGES), "--study", str(study)]
    command += ["--out", str(out), "--key", str(options.key)]
    moments = random.Random(7)
    for _ in range(3):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.5, 4))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert contents(out) == contents(analysed[1])


# ---- bad input --------------------------------------------------------------------------------


def problems_of(tmp_path: Path, name: str, data: bytes, options: community.Options) -> list[str]:
    page = tmp_path / "in" / name
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(data)
    (tmp_path / "in" / "good.jsonl").write_text(json.dumps(POSTS[0]) + "\n")
    community.analyze([page.parent], study=tmp_path / "s", out=tmp_path / "out", options=options)
    assert any(row["native_id"] == "1" for row in rows(tmp_path / "out", "posts")), "rest goes on"
    return [row["reason"] for row in rows(tmp_path / "out", "problems")]


def test_a_picture_named_as_text_is_a_problem_and_the_rest_goes_on(
    tmp_path: Path, options: community.Options
) -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20
    assert len(problems_of(tmp_path, "holiday.txt", png, options)) == 1


def test_an_empty_file_is_a_problem(tmp_path: Path, options: community.Options) -> None:
    assert problems_of(tmp_path, "empty.txt", b"", options) == ["is empty; save the page again"]


def test_a_very_long_line_is_a_problem_or_is_read(
    tmp_path: Path, options: community.Options
) -> None:
    told = problems_of(tmp_path, "line.txt", b"a very long line " * 4_200_000, options)
    assert any("larger than" in reason for reason in told)


def test_a_script_in_a_comment_is_shown_as_text(tmp_path: Path, options: community.Options) -> None:
    hostile = {"id": "1", "text": "<script>alert('gotcha')</script> my scan was clear & fine"}
    page = posts_file(tmp_path / "t.jsonl", [hostile])
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "out", options=options)
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in report


def test_ten_thousand_nested_replies_are_read(tmp_path: Path, options: community.Options) -> None:
    deep = [{"id": "0", "text": "Who else had the transplant?"}]
    deep += [
        {"id": str(i), "parent_id": str(i - 1), "text": f"reply number {i}"}
        for i in range(1, 10_000)
    ]
    page = posts_file(tmp_path / "deep.jsonl", deep)
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "out", options=options)
    assert max(int(row["depth"]) for row in rows(tmp_path / "out", "posts")) == 9_999


def test_an_empty_folder_gives_no_document_and_says_so(
    tmp_path: Path, options: community.Options
) -> None:
    (tmp_path / "empty").mkdir()
    result = community.analyze([tmp_path / "empty"], study=tmp_path / "s", options=options)
    assert result.documents == 0


def test_a_source_that_does_not_exist_is_a_usage_error_and_makes_no_study(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        community.analyze([tmp_path / "nowhere"], study=tmp_path / "s")
    assert not (tmp_path / "s").exists()


# ---- the folder -------------------------------------------------------------------------------


def test_a_study_is_for_its_owners_eyes(tmp_path: Path, options: community.Options) -> None:
    page = posts_file(tmp_path / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, options=options)
    assert stat.S_IMODE(study.stat().st_mode) == 0o700
    assert stat.S_IMODE((study / "study.db").stat().st_mode) == 0o600
    assert "*" in (study / ".gitignore").read_text()


def test_a_study_that_names_paths_outside_needs_leave_to_run(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, options=options)
    with pytest.raises(StudyError, match="leaves the study"):
        community.rerun(study, options=options)
    done = community.rerun(study, options=replace(options, allow_outside=True))
    assert done.run.counts["analysed"] == 0


def test_a_source_named_later_is_kept_in_the_studys_file(
    tmp_path: Path, options: community.Options
) -> None:
    one = posts_file(tmp_path / "one.jsonl", POSTS)
    two = posts_file(tmp_path / "two.jsonl", POSTS[:1])
    study = tmp_path / "study"
    community.analyze([one], study=study, options=options)
    with open(study / "study.toml", "a", encoding="utf-8") as stream:
        stream.write("# my own note\n")
    community.analyze([two], study=study, options=options)
    assert "# my own note" in (study / "study.toml").read_text(encoding="utf-8")
    left_alone = community.analyze([two], study=study, options=options).run.counts
    assert (left_alone["sources"], left_alone["vanished"]) == (1, 0)
    allowed = replace(options, allow_outside=True)
    both = community.analyze([two], study=study, options=allowed).run.counts
    assert (both["sources"], both["unchanged"], both["vanished"]) == (2, 2, 0)


def test_a_strangers_study_does_not_make_us_read_what_we_did_not_name(
    tmp_path: Path, options: community.Options
) -> None:
    secret = posts_file(tmp_path / "secret.jsonl", POSTS)
    mine = posts_file(tmp_path / "mine.jsonl", POSTS[:1])
    study = tmp_path / "stranger"
    study.mkdir()
    (study / "study.toml").write_text(f'[study]\nsources = ["../{secret.name}"]\n')
    community.analyze([mine], study=study, out=tmp_path / "out", options=options)
    assert {row["source"] for row in rows(tmp_path / "out", "documents")} == {"mine.jsonl"}


def test_a_page_without_words_is_a_problem(tmp_path: Path, options: community.Options) -> None:
    told = problems_of(tmp_path, "blank.txt", b" \n\t\n \n", options)
    assert told == ["holds no words that we can read; save the page again"]


def test_an_endless_article_is_read_without_its_results(
    tmp_path: Path, options: community.Options
) -> None:
    told = problems_of(
        tmp_path, "long.txt", b"A title\n\n" + b"Some words follow. " * 40_000, options
    )
    assert any("not extracted" in reason for reason in told)


def test_an_unknown_key_in_a_study_file_is_an_error_that_names_the_known_ones(
    tmp_path: Path,
) -> None:
    (tmp_path / "study.toml").write_text('[study]\nsorces = ["a"]\n')
    with pytest.raises(StudyError, match=r"sorces.*sources"):
        community.rerun(tmp_path)


def test_two_runs_at_once_the_second_leaves_without_harm(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, out=tmp_path / "a", options=options)
    with (
        exclusive(study / "study.lock"),
        pytest.raises(StoreError, match="another run"),
    ):
        community.analyze([page], study=study, out=tmp_path / "b", options=options)


def test_a_database_that_is_not_ours_is_left_alone(
    tmp_path: Path, options: community.Options
) -> None:
    page = posts_file(tmp_path / "t.jsonl", POSTS)
    study = tmp_path / "study"
    community.analyze([page], study=study, options=options)
    (study / "study.db").unlink()
    for name in ("study.db-wal", "study.db-shm"):
        (study / name).unlink(missing_ok=True)
    with sqlite3.connect(study / "study.db") as db:
        db.execute("create table somebody_elses (x)")
        db.execute("pragma user_version=1")
    with pytest.raises(StoreError, match="not a study"):
        community.analyze([page], study=study, options=options)


def test_names_contacts_and_links_are_masked_at_equal_length(
    tmp_path: Path, options: community.Options
) -> None:
    words = "Thanks Runa, write to me: runa.k@example.org or +44 7700 900123, see https://x.org/a?b"
    told = [*POSTS, {"id": "4", "text": words, "author": "Ivo"}]
    page = posts_file(tmp_path / "t.jsonl", told)
    community.analyze([page], study=tmp_path / "s", out=tmp_path / "a", options=options)
    masked = rows(tmp_path / "a", "posts")[3]["text"]
    assert len(masked) == len(words)
    for secret in ("Runa", "example.org", "7700", "https"):
        assert secret not in masked
    kept = tmp_path / "b"
    community.export(tmp_path / "s", kept, options=replace(options, identities="keep"))
    assert rows(kept, "posts")[3]["text"] == words
    assert rows(kept, "posts")[3]["author"] == "Ivo"


def test_what_is_shared_holds_no_words_no_source_and_no_day(
    analysed: tuple[Path, Path], tmp_path: Path, options: community.Options
) -> None:
    study, out = analysed
    community.export(study, tmp_path / "shared", options=replace(options, sharing=True))
    local = {row["post_id"]: row for row in rows(out, "posts")}
    shared = rows(tmp_path / "shared", "posts")
    assert len(shared) == len(local)
    assert not {row["post_id"] for row in shared} & set(local)
    assert {row["parent_id"] for row in shared} <= {row["post_id"] for row in shared} | {""}
    for row in shared:
        assert row["text"] == row["url"] == ""
        assert len(row["posted_at"]) in (0, 7)
    ids = {row["post_id"] for row in shared}
    for row in rows(tmp_path / "shared", "quoted_numbers") + rows(tmp_path / "shared", "questions"):
        assert row["text"] == ""
        assert {row["post_id"], row.get("answered_by", "")} <= ids | {""}
    everything = b"".join(contents(tmp_path / "shared").values())
    for post in local.values():
        words = post["text"].removeprefix("'")
        assert len(words) < 60 or words.encode() not in everything


def test_a_key_of_ones_own_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.config import pseudonym_key

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    first = pseudonym_key()
    assert pseudonym_key() == first
    (path,) = tmp_path.rglob("pseudonym.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.path.commonpath([path, tmp_path]) == str(tmp_path)
