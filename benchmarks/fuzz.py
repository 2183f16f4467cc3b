"""Mutated inputs over all readers: no crash, no hang, no broken law.

Seeds are threads written out in every export format (`tests/rendering.py`), the pages of
``tests/discussions`` and ``corpus/pages``, and those of any folder named. Each is damaged in one to
six ways (bytes, lines, tokens of its syntax, values of its JSON, pieces of another seed, nesting),
and read by the two readers that are surest of it and one more of those that take it for theirs.
What is refused must be refused in our own words; what is read must keep the laws of
`tests/invariants.py`. A watchdog ends an input that takes longer than `LIMIT` seconds of processor
time. The same numbers give the same inputs.

Run from the repository's root: ``python -m benchmarks.fuzz [--inputs N] [--workers N]
[--first N] [--keep FOLDER] [FOLDER…]``. Failing inputs are kept under ``--keep``.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, "tests")

import invariants
import rendering

from community import assembly
from community.errors import CommunityError
from community.types import Page

LIMIT = 5.0  # seconds of processor time for one input
_LARGEST = 16_000  # bytes of a seed; larger ones are cut to this size, or the night is short
_TOKENS = [
    b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0'?>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#x110000;", b"&#xD800;", b"&amp;amp;",
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b"\\u0000", b"null", b"NaN", b"-1",
    b"1e999", b"9" * 400, b"true", b",", b":", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3",
    b"\xed\xa0\x80", b"\r", b"\n\n", b"\n> ", b"\n- ", b"\n\xe2\x80\xa2 ", b"\t", b"    ",
    b"\nFrom a Mon Jan 1 00:00:00 2021\n", b"\nFrom: \n", b"\n\n--\n", b"\xe2\x80\xae",
    b"\xf0\x9f\x99\x82", b"'", b";", b"|", b"=cmd|x", b"[quote=", b"[/quote]", b"<blockquote>",
    b"</blockquote>", b"<div>", b"</div>", b"<li>", b"<p>", b"<script>", b"<template>", b"<table>",
    b"</td>", b"0", b"-", b"2021-02-30", b"99:99", b"\xa0",
]  # fmt: skip
_VALUES: list[Any] = [
    None, True, 0, -1, 1e308, 10**400, "", " ", "0", "\ud800", "\x00", [], {}, [[]], [None],
    {"a": []}, "x" * 5000, "2021-13-45", 1614850215, "<p>", "[deleted]", ["id"], {"id": {}},
    float("nan"),
]  # fmt: skip
Change = Callable[[bytes, random.Random, list[bytes]], bytes]


def seeds(folders: Iterable[Path]) -> list[tuple[str, bytes]]:
    """(file name, bytes) of all that is damaged."""
    found = []
    for name, write in rendering.FORMATS.items():
        found += [(name, write(rendering.talk(n, 3 + 2 * n))) for n in range(4)]
    here = (Path("tests/discussions"), Path("corpus/pages"), *folders)
    for folder in here:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith((".gold.json", ".md")):
                found.append((path.name, path.read_bytes()[:_LARGEST]))
    return found


def _flip(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    out = bytearray(data)
    for _n in range(dice.choice((1, 3, 20))):
        out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def _token(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(_TOKENS) * dice.choice((1, 1, 1, 3, 50)) + data[at:]


def _cut(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.choice((1, 5, 80, 2000)) :]


def _end(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    return data[: dice.randrange(1, len(data) + 1)]


def _repeat(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    at = dice.randrange(len(data))
    piece = data[at : at + dice.choice((2, 40, 600))]
    return data[:at] + piece * dice.choice((2, 3, 40)) + data[at:]


def _splice(data: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    other = dice.choice(others)
    at, there = dice.randrange(len(data)), dice.randrange(len(other))
    return data[:at] + other[there : there + dice.choice((50, 3000, 1 << 20))]


def _lines(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    rows = data.split(b"\n")
    first, second = dice.randrange(len(rows)), dice.randrange(len(rows))
    rows[first], rows[second] = rows[second], rows[first]
    return b"\n".join(rows)


def _nest(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    at = dice.randrange(len(data))
    deep = dice.choice((50, 3000, 60_000))
    opener, closer = dice.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<div>", b"</div>"), (b"> ", b""))
    )
    return data[:at] + opener * deep + closer * deep + data[at:]


def _value(data: bytes, dice: random.Random, _: list[bytes]) -> bytes:
    """Another value somewhere in JSON, or in one line of JSON lines; other data stays."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):  # not one JSON document
        rows = data.split(b"\n")
        at = dice.randrange(len(rows))
        try:
            rows[at] = json.dumps(_swapped(json.loads(rows[at]), dice)).encode()
        except (ValueError, RecursionError):  # no JSON line either
            return _token(data, dice, [])
        return b"\n".join(rows)
    return json.dumps(_swapped(found, dice)).encode()


def _swapped(found: Any, dice: random.Random) -> Any:
    holder, key = None, None
    at = found
    for _ in range(dice.randint(1, 9)):
        if isinstance(at, dict) and at:
            holder, key = at, dice.choice(list(at))
        elif isinstance(at, list) and at:
            holder, key = at, dice.randrange(len(at))
        else:
            break
        at = holder[key]
    if holder is None:
        return dice.choice(_VALUES)
    holder[key] = dice.choice([*_VALUES, found if dice.random() < 0.01 else "c1"])
    return _tree(found)


def _tree(found: Any) -> Any:
    """`found` without cycles: what holds itself becomes null (JSON cannot say it)."""
    try:
        json.dumps(found)
    except (ValueError, RecursionError):
        return None
    return found


CHANGES: list[Change] = [
    _flip,
    _token,
    _token,
    _cut,
    _end,
    _repeat,
    _splice,
    _lines,
    _nest,
    _value,
    _value,
]


def damaged(number: int, found: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Input `number`: (file name, bytes)."""
    dice = random.Random(number)
    name, data = found[number % len(found)]
    others = [other for _, other in found]
    for _ in range(dice.choice((1, 1, 2, 2, 3, 6))):
        data = dice.choice(CHANGES)(data, dice, others)[: 4 * _LARGEST] or b" "
    return name, data


@dataclass(slots=True)
class Tally:
    """What came of the inputs, by reader."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: tuple[float, int] = (0.0, -1)
    failures: list[tuple[int, str]] = field(default_factory=list)


def try_one(readers: list[tuple[str, Any]], name: str, data: bytes, tally: Tally) -> None:
    """One input over every reader that takes it for its own.

    Raises:
        Exception: whatever a reader does that it must not.
    """
    opener = partial(io.BytesIO, data)
    page = Page(key=name, head=data[: 1 << 16], size=len(data), open=opener)
    surest = sorted(((r.sniff(page), -n) for n, (_, r) in enumerate(readers)), reverse=True)
    assert all(0 <= sure <= 1 for sure, _ in surest)
    taking = [-n for sure, n in surest if sure]
    for at in (*taking[:2], *taking[2 + len(data) % 3 :: 9][:1]):
        reader_name, reader = readers[at]
        counts = tally.counts[reader_name]
        counts["inputs"] += 1
        try:
            for raw in reader.read(page):
                thread = invariants.built(raw, page)
                counts["documents"] += 1
                counts["posts"] += len(thread.posts)
                counts["problems"] += len(raw.problems)
        except CommunityError as error:
            if not error.reason:
                raise AssertionError("refused without a reason") from error
            counts["refused"] += 1


def work(first: int, step: int, inputs: int, folders: list[Path], line: Any) -> None:
    """A worker: inputs first, first + step, …; tells the parent where it is."""
    found = seeds(folders)
    readers = list(assembly.steps(assembly.load_codebook(None), readers=(), coders=()).readers)
    tally = Tally()
    for number in range(first, inputs, step):
        line.send(("at", number, time.process_time()))
        name, data = damaged(number, found)
        began = time.process_time()
        try:
            try_one(readers, name, data, tally)
        except Exception:  # noqa: BLE001 — the very thing looked for; told with its trace
            tally.failures.append((number, traceback.format_exc(limit=-4)))
            line.send(("failed", number, tally.failures[-1][1]))
        took = time.process_time() - began
        tally.slowest = max(tally.slowest, (took, number))
    line.send(("done", tally.slowest, {name: dict(c) for name, c in tally.counts.items()}))


def _watch(options: argparse.Namespace) -> Iterator[tuple[str, Any, Any]]:
    """Messages of all workers; a worker that hangs is replaced, and its input told as one."""
    context = multiprocessing.get_context("spawn")
    folders = [Path(f) for f in options.folders]

    def start(first: int) -> tuple[Any, Any]:
        mine, theirs = context.Pipe()
        told = (first, options.workers, options.first + options.inputs, folders, theirs)
        process = context.Process(target=work, args=told, daemon=True)
        process.start()
        return process, mine

    crew = {n: (*start(options.first + n), -1, time.monotonic()) for n in range(options.workers)}
    while crew:
        for n, (process, line, at, since) in list(crew.items()):
            while line.poll(0.02):
                try:
                    kind, number, told = line.recv()
                except EOFError:  # the worker is gone: told below
                    process.join(1)
                    crew[n] = (process, line, at, since)
                    yield "died", at, ""
                    crew[n] = (*start(at + options.workers), -1, time.monotonic())
                    break
                if kind == "at":
                    at, since = number, time.monotonic()
                else:
                    yield kind, number, told
                if kind == "done":
                    del crew[n]
                    break
            else:
                crew[n] = (process, line, at, since)
                # wall time: a machine shared with others needs some patience
                stuck = time.monotonic() - since > 4 * LIMIT + 60 * (at < 0)
                if stuck or not process.is_alive():
                    process.kill()
                    yield "hang" if stuck else "died", at, ""
                    crew[n] = (*start(at + options.workers), -1, time.monotonic())


def main() -> int:
    """Runs, prints the table, keeps what failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    options = parser.parse_args()
    total: dict[str, Counter[str]] = defaultdict(Counter)
    bad = slow = 0
    slowest = (0.0, -1)
    found = seeds(Path(f) for f in options.folders)
    for kind, number, told in _watch(options):
        if kind == "done":
            slowest = max(slowest, number)
            for name, counts in told.items():
                total[name].update(counts)
            continue
        bad += 1
        options.keep.mkdir(exist_ok=True)
        name, data = damaged(number, found)
        options.keep.joinpath(f"{number}-{kind}-{name}").write_bytes(data)
        print(f"{kind} at input {number} ({name})\n{told}", flush=True)
    slow = slowest[0] > LIMIT
    print(f"{'reader':18}" + "".join(f"{c:>12}" for c in _COLUMNS))
    for name in sorted(total):
        print(f"{name:18}" + "".join(f"{total[name][c]:>12,}" for c in _COLUMNS))
    print(f"\n{options.inputs:,} inputs, {bad} failures")
    print(f"slowest: {slowest[0]:.2f} s (input {slowest[1]})")
    return 1 if bad or slow else 0


_COLUMNS = ("inputs", "documents", "posts", "problems", "refused")

if __name__ == "__main__":
    sys.exit(main())
