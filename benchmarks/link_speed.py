"""Links in posts a second, by size of ledger: `python benchmarks/link_speed.py [OUT]`.

Ledgers of 10, 1,000 and 100,000 claims: those of our own corpus, then variations of them (other
trials, treatments, numbers, times, twenty to a document). The posts are those of the corpus, under
pages that report claims and under pages that report none; each is linked by the rules and by
meaning as `community run` does it. Told: seconds to prepare the index, its size as a worker is
handed it, the process's largest memory, posts a second (the best of three rounds over all threads,
one core; the first, which fills what is remembered of words, apart), and the rate beside that at 10
claims. Each size runs in a process of its own. Writes a table into OUT between its marks.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import links as corpus

from community.linking.links import make
from community.linking.targets import prepare
from community.types import Claim, Coding, Ledger, Mention, Thread

SIZES = (10, 1_000, 100_000)
ROUNDS = 3
IN_A_DOCUMENT = 20
SYLLABLES = ("bor", "lan", "vik", "sten", "mar", "tol", "rey", "das", "kel", "nov", "hal", "ost")
TREATMENTS = ("HSCT", "alemtuzumab", "ocrelizumab", "natalizumab", "cladribine", "rituximab")
POPULATIONS = ("relapsing MS", "progressive MS", "Crohn's disease", "psoriasis", "lupus")
START, END = "<!-- speed: made -->", "<!-- speed: end -->"


def threads() -> list[tuple[Thread, list[Coding]]]:
    """The corpus's threads, with codings from its gold."""
    golds = corpus.pages()
    return [
        made
        for stem, gold in golds.items()
        if gold.get("posts")
        for made in corpus.threads(stem, gold, corpus.page_text(gold))
    ]


def claims(count: int) -> list[Claim]:
    """The corpus's claims, then variations of them, `count` in all."""
    own, _ = corpus.ledger(corpus.pages())
    chosen = [claim for claim in own.claims if claim.mentions[0].text][:count]
    lots = random.Random(0)
    base = list(chosen)
    while len(chosen) < count:
        number = len(chosen)
        chosen.append(_varied(base[number % len(base)], number, lots))
    return chosen


def _varied(claim: Claim, number: int, lots: random.Random) -> Claim:
    told = claim.best()
    value = None if told.value is None else round(lots.uniform(0.5, 99), 1)
    months = lots.choice((6, 12, 24, 36, 48, 60, 120))
    treatment, people = lots.choice(TREATMENTS), lots.choice(POPULATIONS)
    name = "".join(lots.choice(SYLLABLES) for _ in range(3)).capitalize()
    document = number // IN_A_DOCUMENT
    figure = "" if value is None else f" {value} {told.unit or ''}"
    words = f"{told.text} {treatment} in {people}: {told.endpoint}{figure} at {months} months"
    mention: Mention = replace(
        told,
        document_id=f"made-{document}",
        trial=f"{name} {document}",
        intervention=treatment,
        population=people,
        value=value,
        numerator=None,
        n=lots.randrange(20, 2000),
        timepoint=f"{months} months",
        timepoint_months=float(months),
        text=words,
    )
    return Claim(id=f"c{number}", version_group=f"v{number}", mentions=(mention,))


def measured(size: int) -> dict[str, float]:
    """One size: seconds, megabytes, posts a second."""
    ledger = Ledger(claims=tuple(claims(size)))
    todo = threads()
    posts = sum(len(thread.posts) for thread, _ in todo)
    prepare(Ledger(claims=ledger.claims[:1]))  # what is loaded once, whatever the ledger
    start = time.process_time()
    index = prepare(ledger)
    spent = time.process_time() - start
    weight = len(pickle.dumps(index)) / 1e6
    linker, rates, found = make(), [], 0
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        found = sum(len(linker(thread, index, codings)) for thread, codings in todo)
        rates.append(posts / (time.process_time() - start))
    return {
        "claims": size,
        "posts": posts,
        "links": found,
        "prepare_s": spent,
        "index_mb": weight,
        "most_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first": rates[0],
        "rate": max(rates[1:]),
    }


def table(rows: list[dict[str, float]]) -> str:
    """The figures as Markdown."""
    lines = [
        "| claims | posts | links | prepare, s | index, MB | memory, MB | posts/s, first round |"
        " posts/s | of the rate at 10 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row['claims']:,} | {row['posts']} | {row['links']} | {row['prepare_s']:.2f}"
            f" | {row['index_mb']:.1f} | {row['most_mb']:.0f} | {row['first']:.0f}"
            f" | {row['rate']:.0f} | {row['rate'] / rows[0]['rate']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measures each size in a process of its own; prints, writes where told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--size", type=int, help="measure this size alone, as JSON")
    args = parser.parse_args()
    if args.size:
        print(json.dumps(measured(args.size)))
        return
    rows = []
    for size in SIZES:
        command = [sys.executable, __file__, "--size", str(size)]
        rows.append(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    text = table(rows)
    print(text)
    if args.out:
        before, _, rest = args.out.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        args.out.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
