"""Which trial a result is told of: `python benchmarks/trial_identity.py [--loud] [--part PART]`.

Short texts written for this (``corpus/written/trials.jsonl``), in sets that are read together; each
marked result says which trial it belongs to, and the names under which that trial may stand. Told
are the share of marked results that are found at all, of those whose trial is named right, and F1
over pairs of results of one set: are two results of one trial given one trial?
"""

from __future__ import annotations

import argparse
import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

from community import threads
from community.results import claims, ledger
from community.types import Mention, RawDocument, Span

WRITTEN = Path(__file__).parent.parent / "corpus" / "written" / "trials.jsonl"


def read(entry: dict[str, Any]) -> tuple[str, tuple[Mention, ...]]:
    """A document's text and its mentions."""
    text = f"{entry['title']}\n\n{entry['text']}"
    head = len(entry["title"])
    raw = RawDocument(
        reader="article",
        text=text,
        title=entry["title"],
        title_span=Span(0, head),
        article=(Span(head, len(text)),),
    )
    thread, _ = threads.build(raw, source=entry["id"])
    return text, claims.make()(thread)


def of(words: str, text: str, mentions: tuple[Mention, ...]) -> Mention | None:
    """The mention of a marked result: it covers the words, and states their number."""
    start = text.index(words)
    number = float(re.findall(r"\d+(?:\.\d+)?", words)[0])
    near = [
        m
        for m in mentions
        if m.span.start < start + len(words) and start < m.span.end and m.value == number
    ]
    return min(near, key=lambda m: len(m.span), default=None)


def key(name: str | None) -> str:
    return re.sub(r"[\W_]+", "", (name or "").lower())


def measure(entries: list[dict[str, Any]], loud: bool) -> dict[str, tuple[int, int]]:
    """(right, of) by figure."""
    found = named = total = 0
    right = given = wanted = 0
    for group in dict.fromkeys(e["set"] for e in entries):
        rows: list[tuple[str, Mention]] = []
        every: list[Mention] = []
        for entry in (e for e in entries if e["set"] == group):
            text, mentions = read(entry)
            every += mentions
            for result in entry["results"]:
                total += 1
                mention = of(result["words"], text, mentions)
                if mention is None:
                    if loud:
                        print(f"   {entry['id']} not found: {result['words']}")
                    continue
                found += 1
                good = any(name in key(mention.trial) for name in result["trial"])
                named += good
                if loud and not good:
                    told = f"{mention.trial!r}, not {result['trial']}"
                    print(f"   {entry['id']} {result['words']!r}: {told}")
                rows.append((result["trial"][0], mention))
        trials = ledger.trials(every)
        for (a, one), (b, other) in combinations(rows, 2):
            same = trials[one] == trials[other]
            given += same
            wanted += a == b
            right += same and a == b
    return {
        "found": (found, total),
        "trial named": (named, found),
        "pairs, precision": (right, given),
        "pairs, recall": (right, wanted),
        "pairs, F1": (2 * right, given + wanted),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loud", action="store_true", help="what went wrong, one by one")
    parser.add_argument("--part", default="tuned", help="tuned or held")
    options = parser.parse_args()
    entries = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    mine = [e for e in entries if e["part"] == options.part]
    print(f"{options.part}: {len(mine)} texts")
    for name, (right, of_) in measure(mine, options.loud).items():
        print(f"  {name:20} {right / max(1, of_):.2f}  ({right} of {of_})")


if __name__ == "__main__":
    main()
