"""Sections of CLAIMS.md that scripts write, each between its own marks."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).with_name("CLAIMS.md")


def section(name: str, text: str) -> None:
    """Puts a script's section in place, or at the end; nothing else in the file is touched."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    old = FILE.read_text(encoding="utf-8") if FILE.exists() else "# Claims: what is measured\n"
    pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    new = pattern.sub(lambda _: block, old) if pattern.search(old) else f"{old}\n{block}\n"
    FILE.write_text(new, encoding="utf-8")
