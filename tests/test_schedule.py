"""Timers: what each scheduler would read, and what a crontab looks like before and after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import community
from community.errors import UsageError
from community.run_log import FILE, logged
from community.scheduling import cron, jobs, recipe, systemd, windows

HARD = '/home/o\'hara/my "study"\n100% $HOME `id` é'
NAMES = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=40
)


def job(folder: str = HARD, **when: str) -> jobs.Job:
    command = ["/usr/bin/python3", "-m", "community", "run", folder, "--log"]
    return jobs.Job(study=folder, command=command, when=jobs.when(**{"every": "week", **when}))


@given(NAMES)
def test_the_shell_of_a_crontab_gives_back_any_path_on_one_line_without_percent(name: str) -> None:
    folder = f"/{name}"
    told = cron.quoted(folder)
    assert "\n" not in told
    assert "%" not in told
    said = subprocess.run(["sh", "-c", f"printf '%s' {told}"], capture_output=True, check=True)
    expected = folder + ("/." if folder.endswith("\n") else "")
    assert said.stdout.decode("utf-8") == expected


@given(NAMES)
def test_systemd_reads_back_any_path(name: str) -> None:
    told = systemd.quoted(f"/{name}")
    assert told.isascii()
    assert "\n" not in told
    plain = told[1:-1].replace("%%", "%").replace("$$", "$")
    assert plain.encode().decode("unicode_escape").encode("latin-1").decode() == f"/{name}"


@pytest.mark.parametrize(
    ("every", "fields", "calendar"),
    [
        ("hour", "30 * * * *", "*-*-* *:30:00"),
        ("day", "30 3 * * *", "*-*-* 03:30:00"),
        ("week", "30 3 * * 1", "Mon *-*-* 03:30:00"),
        ("month", "30 3 1 * *", "*-*-01 03:30:00"),
    ],
)
def test_periods_are_said_alike_to_every_scheduler(every: str, fields: str, calendar: str) -> None:
    when = jobs.when(every)
    assert cron.fields(when) == fields
    assert systemd.calendar(when) == calendar


def test_sunday_is_the_first_day_of_cron_and_the_last_of_ours() -> None:
    assert cron.fields(jobs.when("week", "7:05", "sun")) == "5 7 * * 0"


@pytest.mark.parametrize("wrong", [{"every": "fortnight"}, {"at": "25:00"}, {"on": "t"}])
def test_a_time_that_is_none_is_told_with_what_may_stand_there(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="--"):
        job(**wrong)


def test_a_crontab_keeps_every_other_line_and_gets_one_line_of_ours() -> None:
    theirs = 'MAILTO=""\n# backup\n0 1 * * * /usr/bin/backup # community'
    once = cron.with_line(theirs, job())
    twice = cron.with_line(once, job(every="day"))
    assert twice.startswith(theirs + "\n")
    assert twice.count(job().name) == 1
    assert cron.without(twice, job().name) == theirs + "\n"


def test_the_windows_task_is_well_formed_and_names_the_command_whole() -> None:
    for every in jobs.PERIODS:
        tree = etree.fromstring(windows.task(job("C:\\my <studies> & more", every=every)))
        told = {etree.QName(e).localname: e.text for e in tree.iter()}
        assert told["Command"] == "/usr/bin/python3"
        assert '"C:\\my <studies> & more" --log' in str(told["Arguments"])


def test_the_recipe_is_yaml_that_names_the_folder_whole() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    told = yaml.safe_load(recipe.workflow(job(), 'studies/"a" #b'))
    assert told["jobs"]["run"]["env"]["STUDY"] == 'studies/"a" #b'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "my study %s"
    page = tmp_path / "page.txt"
    page.write_text("Relapse-free survival was 81 % at two years.", encoding="utf-8")
    community.analyze([page], study=folder)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """An environment whose crontab is a file of this test's."""
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    table = tmp_path / "table"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{table}"; else cat > "{table}"; fi\n'
    )
    program.chmod(0o755)
    return dict(os.environ) | {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def said(machine: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "community", "schedule", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=machine, check=False)


def test_a_timer_is_put_in_shown_and_taken_out(study: Path, machine: dict[str, str]) -> None:
    assert "no timer" in said(machine, study, "--system", "cron").stdout
    installed = said(machine, study, "--every", "day", "--at", "22:15", "--system", "cron")
    assert installed.returncode == 0, installed.stderr
    assert installed.stdout.startswith("15 22 * * *")
    assert 'every = "day"' in (study / "study.toml").read_text()
    assert said(machine, study, "--system", "cron").stdout == installed.stdout
    assert "removed" in said(machine, study, "--remove", "--system", "cron").stderr
    assert "schedule" not in (study / "study.toml").read_text()
    assert "no timer" in said(machine, study, "--remove", "--system", "cron").stderr


def test_the_line_that_cron_would_run_runs_the_study_and_logs_it(
    study: Path, machine: dict[str, str]
) -> None:
    told = said(
        machine, study, "--every", "hour", "--system", "cron", "--dry-run", "--allow-outside"
    )
    command = told.stdout.split(" ", 5)[5]
    assert subprocess.run(["sh", "-c", command], env=machine, check=False).returncode == 0
    (line,) = (study / FILE).read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["exit"] == 0
    assert json.loads(line)["unchanged"] == 1


def test_a_run_that_fails_is_logged_with_its_exit_code_and_reason(tmp_path: Path) -> None:
    with pytest.raises(UsageError), logged(tmp_path):
        raise UsageError("x", "is wrong")
    told = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert told["exit"] == 2
    assert "is wrong" in told["message"]


def test_a_scheduler_that_we_do_not_know_is_named_with_those_we_do(
    study: Path, machine: dict[str, str]
) -> None:
    done = said(machine, study, "--every", "day", "--system", "at")
    assert done.returncode == 2
    assert "systemd, cron, tasks or ci" in done.stderr
