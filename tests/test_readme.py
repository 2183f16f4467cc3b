"""What the README shows, works: every command and every line of Python in it is executed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(README)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "corpus", base / "corpus")
    return base


def test_the_tutorial_runs_from_top_to_bottom(folder: Path) -> None:
    ran = 0
    for kind, body in blocks():
        lines = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
        commands = [shlex.split(line) for line in lines] if kind == "console" else []
        if kind == "python":
            commands = [[sys.executable, "-c", body]]
        for command in commands:
            if command[0] == "make":
                target = command[1]
                assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
                continue
            if command[0] == "community":
                command = [sys.executable, "-m", "community", *command[1:]]
            env = dict(os.environ) | {"XDG_CONFIG_HOME": str(folder / "config")}
            done = subprocess.run(command, cwd=folder, capture_output=True, env=env, timeout=120)
            assert done.returncode == 0, (command, done.stderr.decode())
            ran += 1
    assert ran >= 6
    assert (folder / "tables" / "report.html").exists()


def test_every_command_is_in_the_readme_and_every_link_leads_somewhere() -> None:
    from community.cli import app

    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert f"community {name}" in README
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
    for path in re.findall(r"`((?:community|corpus|tests|benchmarks)/[\w./-]+\.\w+)`", README):
        if "NAME" not in path:
            assert (ROOT / path).exists(), path
