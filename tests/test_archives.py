"""Compressed files and archives: what is in them is read, what is wrong with them is said."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import community
from community import archives, compression, sources
from community.errors import CommunityError, SourceError
from community.types import Page, Problem

LINES = "".join(json.dumps({"id": n, "text": f"words of {n}"}) + "\n" for n in range(200)).encode()


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(data)


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zst,
}


def pages(path: Path) -> dict[str, Page | Problem]:
    return {key: page for key, _, page in sources.opened(sources.find([str(path)]))}


def only(path: Path) -> Page | Problem:
    (page,) = pages(path).values()
    return page


def reason(page: Page | Problem) -> str:
    assert isinstance(page, Problem)
    return page.reason


@pytest.mark.parametrize("form", FORMS)
def test_a_compressed_file_is_the_page_in_it_whatever_it_is_called(
    form: str, tmp_path: Path
) -> None:
    path = tmp_path / "posts.dump"
    path.write_bytes(FORMS[form](LINES[:300]) + FORMS[form](LINES[300:]))
    page = only(path)
    assert isinstance(page, Page)
    assert (page.key, page.size, page.head) == ("posts.dump", len(LINES), LINES)
    assert pickle.loads(pickle.dumps(page)).read() == LINES
    assert page.stored is not None
    with page.stored() as stream:
        assert stream.read() == path.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_or_damaged_or_a_bomb_is_said_when_it_shows(form: str, tmp_path: Path) -> None:
    whole = FORMS[form](LINES)
    made = {
        "cut": whole[:-20],
        "damaged": whole[: len(whole) // 2] + b"\xff" * 9 + whole[len(whole) // 2 + 9 :],
        "followed by something else": whole + b"and more than that",
    }
    for told, data in made.items():
        path = tmp_path / "posts"
        path.write_bytes(data)
        page = only(path)
        if isinstance(page, Page):
            with pytest.raises(SourceError, match=r"cut|damaged|followed"):
                page.read()
        else:
            assert told in page.reason or "damaged" in page.reason


@pytest.mark.parametrize("form", FORMS)
def test_no_page_is_larger_in_memory_than_a_page_may_be(form: str, tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    path.write_bytes(FORMS[form](bytes(70_000_000)))
    page = only(path)
    if isinstance(page, Page):
        assert page.size > 1_000_000
        with pytest.raises(SourceError, match=r"64 MiB|1000-fold"):
            page.read()
    else:
        assert "1000-fold" in page.reason


def archive(path: Path, files: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in files.items():
                made.writestr(name, data)
        return path
    mode = "w:gz" if path.name.endswith(".tar.gz") else "w"
    with tarfile.open(path, mode) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


ARCHIVES = ("take.zip", "take.tar", "take.tar.gz")


@pytest.mark.parametrize("name", ARCHIVES)
def test_each_file_of_an_archive_is_a_source_of_its_own(name: str, tmp_path: Path) -> None:
    long = "/".join(["folder"] * 30) + "/posts.jsonl"
    files = {"a/posts.jsonl": LINES, long: LINES, ".hidden": b"x", "__MACOSX/a": b"x",
             "dump.jsonl.gz": gzip.compress(LINES)}  # fmt: skip
    found = pages(archive(tmp_path / name, files))
    assert set(found) == {f"{name}/a/posts.jsonl", f"{name}/{long}", f"{name}/dump.jsonl.gz"}
    for page in found.values():
        assert isinstance(page, Page)
        assert page.size == len(LINES)
        assert pickle.loads(pickle.dumps(page)).read() == LINES


@pytest.mark.parametrize("name", ARCHIVES)
def test_names_that_lead_out_and_archives_in_archives_are_refused(
    name: str, tmp_path: Path
) -> None:
    inner = archive(tmp_path / f"inner-{name}", {"x.txt": b"words"}).read_bytes()
    files = {
        "../out.txt": b"a",
        "/abs.txt": b"b",
        "ok.txt": b"c",
        "in.bin": inner,
        "c:/x.txt": b"d",
    }
    found = pages(archive(tmp_path / name, files))
    told = {key: page.reason for key, page in found.items() if isinstance(page, Problem)}
    assert sum("leads out" in why for why in told.values()) == 3
    assert "archive in an archive" in told[f"{name}/in.bin"]
    assert isinstance(found[f"{name}/ok.txt"], Page)
    assert not (tmp_path.parent / "out.txt").exists()


def test_links_and_repeated_names_in_a_tar_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        for _ in range(2):
            info = tarfile.TarInfo("twice.txt")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
    told = [(key, page) for key, _, page in sources.opened(sources.find([str(path)]))]
    assert [key for key, _ in told] == ["a.tar/link.txt", "a.tar/twice.txt", "a.tar/twice.txt"]
    assert "a link" in reason(told[0][1])
    assert "again" in reason(told[2][1])


def test_links_encryption_and_other_methods_in_a_zip_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("odd.txt", "words " * 50, zipfile.ZIP_BZIP2)
        made.writestr("secret.txt", "words")
    data = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rfind(magic)
        data[at + offset] |= 1
    path.write_bytes(bytes(data))
    found = pages(path)
    assert "a link" in reason(found["a.zip/link"])
    assert "method 12" in reason(found["a.zip/odd.txt"])
    assert "encrypted" in reason(found["a.zip/secret.txt"])


def test_documents_damaged_and_overlapping_zips_are_one_problem(tmp_path: Path) -> None:
    archive(tmp_path / "letter.zip", {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert "a document" in reason(only(tmp_path / "letter.zip"))
    whole = archive(tmp_path / "whole.zip", {"a.txt": b"words " * 99}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-9])
    assert "damaged zip" in reason(only(tmp_path / "cut.zip"))
    with zipfile.ZipFile(tmp_path / "over.zip", "w") as made:
        for n in range(40):
            made.writestr(f"{n}.txt", "words " * 50)
    data = (tmp_path / "over.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        start = read.start_dir
    directory = bytearray(data[start:])
    at = 0
    while (at := directory.find(b"PK\x01\x02", at)) >= 0:
        directory[at + 20 : at + 24] = (9000).to_bytes(4, "little")
        at += 4
    (tmp_path / "over.zip").write_bytes(data[:start] + bytes(directory))
    assert "overlap" in reason(only(tmp_path / "over.zip"))


def test_a_damaged_member_is_a_problem_of_its_own(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"bad.txt": b"words " * 99, "good.txt": b"other words"})
    data = bytearray(path.read_bytes())
    at = data.find(b"bad.txt") + len("bad.txt") + 6
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    found = pages(path)
    bad = found["a.zip/bad.txt"]
    if isinstance(bad, Page):
        with pytest.raises(SourceError, match="damaged"):
            bad.read()
    assert isinstance(found["a.zip/good.txt"], Page)


def test_large_members_of_a_compressed_tar_are_found_without_being_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_HELD", 10)
    monkeypatch.setattr(archives, "_SCANNED", 1)
    files = {"a.jsonl": LINES, "b.jsonl": LINES, "c.txt": b"few"}
    found = pages(archive(tmp_path / "a.tar.gz", files))
    first = found["a.tar.gz/a.jsonl"]
    assert isinstance(first, Page)
    assert first.read() == LINES
    assert "unpack it" in reason(found["a.tar.gz/b.jsonl"])
    assert isinstance(found["a.tar.gz/c.txt"], Page)


def test_members_keep_their_keys_and_what_is_unchanged_is_not_read_again(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    options = community.Options(key=key)
    first = archive(tmp_path / "take.zip", {"in/posts.jsonl": LINES[:500].rsplit(b"\n", 1)[0]})
    study = tmp_path / "study"
    made = community.analyze([first], study=study, options=options)
    assert made.run.counts["analysed"] == 1
    (tmp_path / "b").mkdir()
    second = archive(tmp_path / "b" / "take.zip", {"in/posts.jsonl": b'{"id": 1, "text": "a b"}\n'})
    again = community.analyze([first, second], study=study, options=options)
    assert (again.run.counts["analysed"], again.run.counts["unchanged"]) == (1, 1)
    with community.opened(study, options=options) as snapshot:
        told = {str(row[1]) for row in snapshot.rows("documents")}
    assert told == {"take.zip/in/posts.jsonl", "b/take.zip/in/posts.jsonl"}


def test_a_compressed_page_by_standard_input_is_the_page_in_it() -> None:
    assert sources.stdin_page(gzip.compress(LINES)).read() == LINES
    with pytest.raises(SourceError):
        sources.stdin_page(b"\x1f\x8b\x08broken")


@given(name=st.sampled_from([*ARCHIVES, *FORMS]), data=st.data())
def test_damaged_archives_are_read_or_refused_and_never_break(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    if name in FORMS:
        path = folder / "posts"
        raw = bytearray(FORMS[name](LINES))
    else:
        path = archive(folder / name, {"a.jsonl": LINES, "b/c.txt": b"words"})
        raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    path.write_bytes(bytes(raw))
    for page in pages(path).values():
        if isinstance(page, Page):
            try:
                page.read()
            except (CommunityError, OSError):
                continue


@pytest.mark.parametrize("text", [b"", b"BZh is a place", b"\x1f\x8b", b"PK\x03", b"just words"])
def test_what_only_begins_like_a_compressed_file_is_left_as_it_is(text: bytes) -> None:
    assert compression.form_of(text) is None
    assert archives.kind_of(text) is None


def test_a_stream_is_closed_with_what_it_reads_from() -> None:
    inner = io.BytesIO(gzip.compress(LINES))
    with compression.expanded(partial(lambda s: s, inner), "gz", "x") as stream:
        stream.read(10)
    assert inner.closed
