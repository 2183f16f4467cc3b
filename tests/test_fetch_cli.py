"""The command line of fetching: exit codes, what is said where, and that no option opens a way in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from fetching import Desk, page, post
from servers.misbehaving import Reply, serving

import community
from community import cli
from community.errors import SourceError

FIRST = page(post(1, "I walk my dog again, twice a day."), post(2, "Stairs are still hard for me."))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving() as server:
        yield Desk(server, tmp_path / "study")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "community", "fetch", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "words",
    [
        [], ["http://example.org/"], ["--study", "s"], ["http://example.org/", "--study", "s", "--delay", "0"],
        ["http://example.org/", "--study", "s", "--pages", "0"],
        ["http://example.org/", "--study", "s", "--max-size", "-1"],
        ["http://example.org/", "--study", "s", "--contact", "nobody"],
        ["http://example.org/", "--study", "s", "--allow", "127.0.0.1:80"],
    ],
)  # fmt: skip
def test_a_command_that_means_nothing_exits_with_2(words: list[str], tmp_path: Path) -> None:
    done = run(*[str(tmp_path / word) if word == "s" else word for word in words])
    assert done.returncode == 2, done.stderr
    assert not (tmp_path / "s").exists()


def test_the_command_line_cannot_be_made_to_fetch_from_this_machine(desk: Desk) -> None:
    desk.server.routes["/p"] = Reply(FIRST)
    done = run(desk.server.url("/p"), "http://localhost/", "--study", str(desk.study))
    assert done.returncode == 1 and "nothing was fetched" in done.stderr
    assert done.stdout.count("refused") == 2 and desk.server.asked == []


def test_a_study_file_cannot_vouch_for_an_address(desk: Desk) -> None:
    desk.study.mkdir()
    (desk.study / "study.toml").write_text('[fetch]\nallow = ["127.0.0.1"]\n', encoding="utf-8")
    done = run("http://example.org/", "--study", str(desk.study))
    assert done.returncode == 3 and "[fetch]" in done.stderr


def test_some_failures_are_told_and_fail_only_a_strict_run(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.server.routes["/p"] = Reply(FIRST)
    done = desk.fetch("/p", "/lost")
    cli._say_fetched(done, as_json=False, strict=False)
    said = capsys.readouterr()
    assert "new" in said.out and "gone (404)" in said.out and "1 not fetched" in said.err
    with pytest.raises(typer.Exit) as ended:
        cli._say_fetched(done, as_json=False, strict=True)
    assert ended.value.exit_code == 1


def test_nothing_fetched_is_an_error_and_unchanged_pages_are_not(desk: Desk) -> None:
    with pytest.raises(SourceError, match="nothing was fetched"):
        cli._say_fetched(desk.fetch("/lost"), as_json=False, strict=False)
    desk.server.routes["/p"] = Reply(FIRST)
    for _ in range(2):
        cli._say_fetched(desk.fetch("/p"), as_json=False, strict=True)


def test_json_on_standard_output_has_an_object_per_address(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.server.routes["/p"] = Reply(FIRST)
    cli._say_fetched(desk.fetch("/p", "/lost"), as_json=True, strict=False)
    told = json.loads(capsys.readouterr().out)
    assert [entry["outcome"] for entry in told] == ["new", "failed"]


def test_reading_a_study_touches_no_network(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    desk.server.routes["/p"] = Reply(FIRST)
    desk.fetch("/p")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert community.rerun(desk.study).documents == 1
    assert community.analyze([desk.study], study=desk.study).documents == 1


def test_two_fetches_into_one_study_do_not_mix(desk: Desk) -> None:
    from community.errors import StoreError
    from community.locks import exclusive

    desk.server.routes["/p"] = Reply(FIRST)
    desk.fetch("/p")
    with exclusive(desk.study / "fetch.lock"), pytest.raises(StoreError):
        desk.fetch("/p")
