"""A real WordPress on loopback, of Debian's packages, for as long as a test runs."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEEDED = ("php", "mariadbd", "mariadb-install-db")


def lacking() -> str:
    """What of the packages is not installed, in words; "" where all are."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if not Path("/usr/share/wordpress/wp-load.php").exists():
        missing.append("wordpress")
    return ", ".join(missing)


@dataclass
class WordPress:
    """The site: its script, its folder, its port."""

    script: Path
    folder: Path
    port: int

    def do(self, *words: str) -> str:
        made = subprocess.run(
            ["bash", str(self.script), words[0], str(self.folder), *words[1:]],
            capture_output=True, check=True, timeout=240, text=True,
        )  # fmt: skip
        return made.stdout

    def set(self, option: str, value: str) -> None:
        self.do("set", option, value)

    def sql(self, script: str) -> None:
        command = ["mariadb", "--no-defaults", f"--socket={self.folder}/db.sock", "-uroot", "wp"]
        subprocess.run([*command, "-e", script], check=True, timeout=30)

    def add(self, posts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Posts with comments; their addresses and the numbers that they got."""
        seed = self.folder / "seed.json"
        seed.write_text(json.dumps(posts), encoding="utf-8")
        return [json.loads(line) for line in self.do("seed", str(seed)).splitlines()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def wordpress(script: Path, folder: Path) -> Iterator[WordPress]:
    site = WordPress(script, folder, _free_port())
    try:
        site.do("start", str(site.port))
        yield site
    finally:
        site.do("stop")
