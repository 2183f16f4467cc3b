"""How fast each format is read, beside the bare parse of the same bytes.

"read" is choosing the reader, reading, and building threads: what `community analyze` does
before any judging or coding. "bare" is the parser alone: `lxml.html`, `lxml.etree`, `json` or
`csv` over the same bytes, nothing kept. Both are timed in turn in one process, five pairs after
one for warming up; the figures are medians, the ratio is the median of the pairs' ratios with its
least and most.

Run from the repository's root: ``python -m benchmarks.reading [FOLDER of pages]``.
"""

from __future__ import annotations

import csv
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

sys.path.insert(0, "tests")

import rendering

from community import assembly, threads
from community.analysis import Steps, choose
from community.types import Page

_PAIRS = 5
_POSTS = 3000  # of the thread that is written out in every export format


def page(name: str, data: bytes) -> Page:
    """Bytes as a page."""
    opener = partial(io.BytesIO, data)
    return Page(key=name, head=data[: 1 << 16], size=len(data), open=opener)


def read(steps: Steps, files: list[tuple[str, bytes]]) -> int:
    """Reads all files; the number of posts."""
    posts = 0
    for name, data in files:
        found = page(name, data)
        _, reader = choose(steps, found)
        for raw in reader.read(found):
            thread, _ = threads.build(raw, source=name)
            posts += len(thread.posts)
    return posts


def bare(files: list[tuple[str, bytes]]) -> None:
    """The parsers alone."""
    for name, data in files:
        if name.endswith((".html", ".htm")):
            lxml_html.document_fromstring(data)
        elif name.endswith((".xml", ".atom")):
            etree.fromstring(data, etree.XMLParser(huge_tree=True))
        elif name.endswith(".json"):
            json.loads(data)
        elif name.endswith(".jsonl"):
            for line in data.splitlines():
                json.loads(line)
        elif name.endswith(".csv"):
            for _ in csv.reader(io.StringIO(data.decode())):
                pass
        else:
            data.decode("utf-8", "replace").splitlines()


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time, and what came out."""
    began = time.process_time()
    made = act()
    return time.process_time() - began, made


def measure(steps: Steps, files: list[tuple[str, bytes]]) -> dict[str, float]:
    """Medians for one group of files."""
    read(steps, files)
    bare(files)
    pairs, posts = [], 0
    for _ in range(_PAIRS):
        whole, posts = timed(partial(read, steps, files))
        alone, _ = timed(partial(bare, files))
        pairs.append((whole, alone))
    size = sum(len(data) for _, data in files) / 1e6
    whole, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratios = [w / max(a, 1e-6) for w, a in pairs]
    return {
        "MB": size,
        "posts": posts,
        "MB/s": size / whole,
        "posts/s": posts / whole,
        "bare MB/s": size / max(alone, 1e-6),
        "times bare": statistics.median(ratios),
        "least": min(ratios),
        "most": max(ratios),
    }


def groups(folders: list[Path]) -> dict[str, list[tuple[str, bytes]]]:
    """What is measured: an export of each format, and the HTML of each platform of a folder."""
    talk = rendering.talk(1, _POSTS, gone=False)
    found = {name: [(name, write(talk))] for name, write in rendering.FORMATS.items()}
    for folder in folders:
        for path in sorted(folder.glob("*.html")):
            found.setdefault(f"{path.name.split('_')[0]} pages", []).append(
                (path.name, path.read_bytes())
            )
    return found


def main() -> None:
    """Prints the table."""
    folders = [Path(f) for f in sys.argv[1:]] or [Path("../shared/pages")]
    steps = assembly.steps(assembly.load_codebook(None), readers=(), coders=())
    columns = ("MB", "posts", "MB/s", "posts/s", "bare MB/s", "times bare", "least", "most")
    print(f"{'files':22}" + "".join(f"{c:>11}" for c in columns))
    for name, files in groups(folders).items():
        found = measure(steps, files)
        print(f"{name:22}" + "".join(f"{found[c]:>11,.1f}" for c in columns), flush=True)


if __name__ == "__main__":
    main()
