"""What coding costs, by stage: milliseconds of one core per post of about 720 characters.

Posts are made of the project's own (`corpus/written`), joined and cut to length. Every stage runs
over the same posts, five times in turn; the least and the most are told, and the ratio to the
library's VADER, so that machines can be compared. Run from the repository's root:
``python -m benchmarks.coding_speed [--encoder]``.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import HashingVectorizer
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.code_labels import Labelled, threads
from community.codebook import default
from community.coders import encoder as encoder_coder
from community.coders import learned, rules, vader
from community.coding.reading import make_reader
from community.learned import heads, seen, stack
from community.types import Thread

ROOT = Path(__file__).resolve().parents[1]
LENGTH, POSTS, ROUNDS = 720, 400, 5


def posts() -> list[str]:
    """Texts of about `LENGTH` characters."""
    lines = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "corpus" / "written").glob("w*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    made, text = [], ""
    for line in lines * 2:
        text = f"{text}\n{line}" if text else line
        if len(text) >= LENGTH:
            made.append(text[:LENGTH])
            text = ""
    return made[:POSTS]


def stages(texts: list[str], whole: list[Thread]) -> dict[str, Callable[[], Any]]:
    """Each stage over all posts; stages of the learned coder take up where the one before ends."""
    book, library = default(), SentimentIntensityAnalyzer()
    read = make_reader(book)
    model = heads.default()
    asked = stack.together(model.stack["questions"])
    known = [one for thread in whole for one in seen.see(thread, book)]
    scored = [heads.score(model, one.units) for one in known]
    values = [stack.inputs(model, s, k.numbers) for s, k in zip(scored, known, strict=True)]
    coders = {name: make.make() for name, make in (("learned", learned), ("rules", rules))}
    exact = vader.make()
    grams = HashingVectorizer(analyzer="char", ngram_range=(2, 5))
    found: dict[str, Callable[[], Any]] = {
        "VADER, the library's": lambda: [library.polarity_scores(t) for t in texts],
        "character 2-5-grams, scikit-learn": lambda: grams.transform(texts),
        "VADER, ours (same scores)": lambda: [exact(t) for t in whole],
        "learned: words, terms, clauses": lambda: [read(t) for t in texts],
        "learned: all that heads see": lambda: [list(seen.see(t, book)) for t in whole],
        "learned: linear heads": lambda: [heads.score(model, one.units) for one in known],
        "learned: inputs of the stack": lambda: [
            stack.inputs(model, s, k.numbers) for s, k in zip(scored, known, strict=True)
        ],
        "learned: questions": lambda: [asked.ask(v) for v in values],
        "coder learned": lambda: [coders["learned"](t) for t in whole],
        "coder rules": lambda: [coders["rules"](t) for t in whole],
    }
    if "--encoder" in sys.argv:
        slow = encoder_coder.make()
        found["coder encoder"] = lambda: [slow(t) for t in whole]
    return found


def main() -> None:
    """Print the table."""
    texts = posts()
    whole = threads([Labelled(f"p{n}", "s", f"p{n}", text, {}) for n, text in enumerate(texts)])
    todo = stages(texts, whole)
    gc.collect()
    gc.freeze()  # what the stages share is not to be looked through again and again
    told: dict[str, list[float]] = {name: [] for name in todo}
    for turn in range(ROUNDS + 1):
        for name, run in todo.items():
            begun = time.process_time()
            run()
            if turn:  # the first is to warm up
                told[name].append((time.process_time() - begun) * 1000 / len(texts))
    base = min(told["VADER, the library's"])
    print(f"{len(texts)} posts of {LENGTH} characters; ms per post, least to most of {ROUNDS}")
    for name, times in told.items():
        least = min(times)
        print(f"{name:36s} {least:8.3f} to {max(times):8.3f}  {least / base:6.2f} x  "
              f"{1000 / least:8.0f} posts/s")  # fmt: skip


if __name__ == "__main__":
    main()
