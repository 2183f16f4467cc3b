"""The command line as a person meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parent.parent / "corpus" / "pages"
COMMANDS = (
    "analyze",
    "run",
    "export",
    "fetch",
    "claims",
    "columns",
    "doctor",
    "evaluate",
    "agreement",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def community(
    *words: str | Path, cwd: Path, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "community", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, env=dict(os.environ), timeout=120
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, home: Path) -> None:
    told = community(command, "--help", cwd=home)
    assert told.returncode == 0
    assert b"Examples" in told.stdout
    assert f"community {command}".encode() in told.stdout


def test_help_names_the_exit_codes(home: Path) -> None:
    assert b"Exit codes" in community("--help", cwd=home).stdout


def test_a_typo_is_answered_with_what_was_meant(home: Path) -> None:
    told = community("analyse", "x", cwd=home)
    assert told.returncode == 2
    assert b"analyze" in told.stderr
    assert b"Traceback" not in told.stderr


def test_a_missing_file_is_one_line_and_exit_code_2(home: Path) -> None:
    told = community("analyze", "nowhere.html", "--study", "s", cwd=home)
    assert told.returncode == 2
    assert told.stderr.count(b"\n") == 1
    assert b"nowhere.html" in told.stderr


def test_an_empty_folder_is_exit_code_1_with_advice(home: Path) -> None:
    (home / "empty").mkdir()
    told = community("analyze", "empty", "--study", "s", cwd=home)
    assert told.returncode == 1
    assert b"no document could be read" in told.stderr


def test_a_folder_that_is_no_study_is_exit_code_3(home: Path) -> None:
    told = community("run", ".", cwd=home)
    assert told.returncode == 3
    assert b"study.toml" in told.stderr


def test_a_page_by_standard_input_is_analysed(home: Path) -> None:
    page = (PAGES / "blog_outline.txt").read_bytes()
    told = community("analyze", "-", "--out", "out", "--json", cwd=home, stdin=page)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["posts"] == 31
    assert (home / "out" / "report.html").exists()


def test_a_whole_life_on_the_command_line(home: Path) -> None:
    page = PAGES / "closed_group.jsonl"
    first = community("analyze", page, "--study", "s", "--out", "o", "--json", cwd=home)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["analysed"] == 1
    refused = community("run", "s", cwd=home)
    assert refused.returncode == 3
    assert b"--allow-outside" in refused.stderr
    again = community("run", "s", "--allow-outside", "--json", cwd=home)
    assert json.loads(again.stdout)["analysed"] == 0
    exported = community("export", "s", "--for-sharing", "--out", "shared", cwd=home)
    assert exported.returncode == 0
    assert "posts.csv" in exported.stdout.decode()
    checked = community("doctor", "s", "--json", cwd=home)
    assert checked.returncode == 0, checked.stdout
    assert all(finding["sound"] for finding in json.loads(checked.stdout))


def test_claims_are_printed_as_a_table_and_as_json(home: Path) -> None:
    page = PAGES / "halt_ms_five_years.txt"
    table = community("claims", page, cwd=home)
    assert table.returncode == 0, table.stderr
    assert b"69.2" in table.stdout
    found = json.loads(community("claims", page, "--json", cwd=home).stdout)
    assert any(claim["value"] == 69.2 and claim["ci_level"] == 90 for claim in found)


def test_nothing_is_said_on_standard_output_but_data(home: Path) -> None:
    told = community(
        "analyze", PAGES / "closed_group.jsonl", "--study", "s", "--out", "o", cwd=home
    )
    assert told.stdout == b""
    assert b"\x1b[" not in told.stderr, "no colours and no bars into a pipe"
