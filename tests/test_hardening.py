"""What users and hostile folders do: odd files, odd bytes, outputs among the sources."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

import pytest

import community
from community import sources
from community.api import claims_of
from community.errors import CommunityError, SourceError, StudyError, UsageError
from community.text import decode, legacy_charset
from community.types import Page, Problem

POSTS = (
    "I had this treatment in 2015 and my walking is better, what about yours?",
    "That is good to hear! How long did you have to stay in hospital, and where?",
    "Three weeks alone in one room, and then my husband drove me home at last.",
    "I am not so sure that the numbers say what you think they say, are you?",
)
LEVELS = (0, 1, 2, 0)


def outline(indent: str = "  ", bullet: str = "•") -> str:
    items = (f"{indent * level}{bullet} {post}" for post, level in zip(POSTS, LEVELS, strict=True))
    return "A page about a trial\n\nSome words on it.\n\nComments\n\n" + "\n\n".join(items) + "\n"


@pytest.fixture
def options(tmp_path: Path) -> community.Options:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    return community.Options(key=key)


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def depths(tmp_path: Path, data: bytes, options: community.Options) -> list[int]:
    page = tmp_path / "page.txt"
    page.write_bytes(data)
    community.analyze([page], out=tmp_path / "out", options=options)
    return [int(post["depth"]) for post in rows(tmp_path / "out", "posts")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_outline_is_read_in_every_usual_encoding(
    encoding: str, tmp_path: Path, options: community.Options
) -> None:
    assert depths(tmp_path, outline().encode(encoding), options) == list(LEVELS)


def test_an_outline_indented_with_tabs_keeps_its_levels(
    tmp_path: Path, options: community.Options
) -> None:
    assert depths(tmp_path, outline("\t", "*").encode(), options) == list(LEVELS)


def test_a_few_damaged_bytes_do_not_take_the_bullets_away(
    tmp_path: Path, options: community.Options
) -> None:
    whole = outline().encode()
    assert depths(tmp_path, whole[:40] + b"\xff\xfe\x80" + whole[40:], options) == list(LEVELS)


@pytest.mark.parametrize("words", ["a naïve café patient", "it cost £5 a day", "“so it is”"])
def test_a_few_letters_beyond_ascii_are_read_as_browsers_read_them(words: str) -> None:
    assert decode(words.encode("cp1252"), "page") == words


def test_letters_of_another_alphabet_are_still_told_by_statistics() -> None:
    words = "Мне сделали пересадку пять лет назад, и с тех пор обострений больше не было. " * 5
    charset = legacy_charset(words.encode("cp1251"))
    assert charset is not None
    assert words.encode("cp1251").decode(charset) == words


def test_half_a_surrogate_pair_or_nul_in_json_does_not_cost_the_thread(
    tmp_path: Path, options: community.Options
) -> None:
    page = tmp_path / "posts.jsonl"
    lines = [
        {"id": "1", "text": "so \ud800 it is", "author": "A\udc01"},
        {"text": "me \x00 too 😀"},
    ]
    page.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    community.analyze([page], out=tmp_path / "out", options=options)
    told = [post["text"] for post in rows(tmp_path / "out", "posts")]
    assert told == ["so \ufffd it is", "me \ufffd too 😀"]
    assert not rows(tmp_path / "out", "problems")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders there")
def test_a_pipe_a_device_and_a_circle_of_links_are_problems_and_nothing_waits(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    found = [sources.page(item) for item in sources.find([str(tmp_path)])]
    assert len(found) == 3
    assert all(isinstance(page, Problem) for page in found)
    assert isinstance(sources.page(sources.find(["/dev/zero"])[0]), Problem)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are characters there")
def test_a_file_name_that_is_no_text_can_be_stored_and_is_known_again(
    tmp_path: Path, options: community.Options
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/odd\xff.txt")).write_text(outline(), encoding="utf-8")
    for seen in ({"analysed": 1, "unchanged": 0}, {"analysed": 0, "unchanged": 1}):
        result = community.analyze([folder], study=tmp_path / "study", options=options)
        assert {name: result.run.counts[name] for name in seen} == seen
    assert rows(tmp_path / "study/exports", "documents")[0]["source"] == "pages/odd\\xff.txt"


def test_tables_written_among_the_sources_are_not_read_back(
    tmp_path: Path, options: community.Options
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "page.txt").write_text(outline(), encoding="utf-8")
    (folder / "notes").mkdir()
    (folder / "notes" / "posts.csv").write_text("id,text\n1,My own table of posts\n")
    for _ in range(2):
        result = community.analyze(
            [folder], study=folder / "study", out=folder / "tables", options=options
        )
    told = [document["source"] for document in rows(folder / "tables", "documents")]
    assert told == ["pages/notes/posts.csv", "pages/page.txt"]
    assert result.run.counts["unchanged"] == 2
    by_glob = sources.find([str(folder / "**" / "*.csv")])
    assert [item.path.parent.name for item in by_glob] == ["notes"]


def test_tables_never_replace_the_pages_that_they_were_made_from(
    tmp_path: Path, options: community.Options
) -> None:
    page = tmp_path / "posts.csv"
    page.write_text("id,text\n1,My own table of posts\n")
    with pytest.raises(UsageError, match="overwrite"):
        community.analyze([page], out=tmp_path, options=options)
    assert page.read_text() == "id,text\n1,My own table of posts\n"


def test_what_is_wrong_with_a_call_is_said_before_a_study_is_made(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(outline(), encoding="utf-8")
    for wrong in ({"key": tmp_path / "none"}, {"codebook": tmp_path / "none"}):
        with pytest.raises(CommunityError):
            community.analyze([page], study=tmp_path / "study", options=community.Options(**wrong))
    with pytest.raises(UsageError, match="empty name"):
        community.analyze([""], study=tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_what_is_no_page_is_told_and_the_claims_of_the_next_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    (tmp_path / "b.txt").write_text(
        "Relapse-free survival was 81 % at two years.", encoding="utf-8"
    )
    told, (_, mention) = claims_of([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert isinstance(told, SourceError)
    assert mention.value == 81


def test_a_study_s_links_do_not_lead_out_of_it(tmp_path: Path, options: community.Options) -> None:
    study = tmp_path / "study"
    (study / "sources").mkdir(parents=True)
    (study / "study.toml").write_text('[study]\nsources = ["sources"]\n')
    (study / "sources" / "page.txt").write_text(outline(), encoding="utf-8")
    community.rerun(study, options=options)
    (tmp_path / "private.txt").write_text("nobody's business")
    (study / "sources" / "link.txt").symlink_to(tmp_path / "private.txt")
    with pytest.raises(StudyError, match="leaves the study"):
        community.rerun(study, options=options)


def test_a_study_file_that_cannot_be_opened_is_told_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "study.toml").mkdir()
    with pytest.raises(StudyError, match="cannot be read"):
        community.rerun(tmp_path)


def test_titles_and_the_sites_own_ids_do_not_leave_through_trials_or_problems(
    tmp_path: Path, options: community.Options
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    article = "Otilia and her new cells\n\nOf the 71 patients 45% had no relapse over five years.\n"
    (folder / "page.txt").write_text(article, encoding="utf-8")
    (folder / "posts.csv").write_text("id,text\nnat77,I am well\nnat77,me too\n")
    study = tmp_path / "study"
    community.analyze([folder], study=study, out=tmp_path / "own", options=options)
    assert any(claim["trial"] for claim in rows(tmp_path / "own", "claims"))
    community.export(study, tmp_path / "shared", options=community.Options(
        key=options.key, sharing=True
    ))  # fmt: skip
    for path in (tmp_path / "shared").iterdir():
        assert b"Otilia" not in path.read_bytes(), path.name
        assert b"nat77" not in path.read_bytes(), path.name
    assert all(problem["reason"] for problem in rows(tmp_path / "shared", "problems"))


def test_a_page_is_not_read_whole_to_be_sniffed_at() -> None:
    def refuse() -> None:
        raise AssertionError("read whole")

    from community.readers import outline as reader

    head = outline().encode()
    page = Page(key="dump.txt", head=head, size=1 << 30, open=refuse)  # type: ignore[arg-type]
    assert reader.make().sniff(page) > 0
