"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from community.errors import StoreError
from community.files import write_whole
from community.locks import take


def test_what_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".a.csv.part").write_bytes(b"half of a much longer file")
    write_whole(tmp_path, "a.csv", [b"x,", b"y\n"])
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"x,y\n"


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_whole(tmp_path, "a.csv", [b"old"])

    def broken() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("out of ink")

    with pytest.raises(RuntimeError, match="ink"):
        write_whole(tmp_path, "a.csv", broken())
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"old"


def test_two_writers_of_one_file_the_second_leaves(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / ".a.csv.part", os.O_CREAT | os.O_RDWR)
    take(descriptor)
    try:
        with pytest.raises(StoreError, match="another export"):
            write_whole(tmp_path, "a.csv", [b"x"])
    finally:
        os.close(descriptor)
