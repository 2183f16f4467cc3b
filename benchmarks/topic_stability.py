"""Whether discovered topics keep their ids, how good the groups are, and what they cost.

`python benchmarks/topic_stability.py ../shared/data` reads posts of a patient forum
(`patient_threads`), drug reviews (Druglib, UCI, CC BY 4.0; PsyTAR, CC BY 4.0) and comments to
hospitals (NHS England, MIT) at run time; none of them is kept. Parts to print may be named:
`stability`, `growth`, `one`, `quality`, `machines`, `cost`. Plain BERTopic is measured beside ours
on the same vectors: as it comes (UMAP, where it is installed, and HDBSCAN), without UMAP, and with
k-means for as many topics as ours.

- **again**: the same posts a second time; **more**: 5 % of the posts are new, chosen at random. Of
  the posts with a topic in the first run, the share under the same one in the second: by its id,
  and after matching topics so that as many posts as possible stay. A route that puts nearly all
  posts into one topic keeps them easily: see **largest**, the share of posts in the largest.
- **NPMI**: whether a topic's ten terms stand in the same posts (normalised pointwise mutual
  information, Bouma 2009), and **diversity**: the share of different words among them.
- **growth**: a study that grows from 200 posts in steps of 5 %; **one**: what one more post moves.
- **agreement** of groups with what the sources say of the rows (condition treated, theme of the
  comment), as adjusted mutual information, for each half of the vectors and for both.
- whether other kernels and thread counts of BLAS give the same; the share of an analysis of 1,000
  posts that topics take.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import community
from community import vectors
from community.discovery import identities
from community.discovery.groups import NOWHERE, Grouping
from community.discovery.nouns import Found, Said
from community.discovery.spaces import Projection, embed
from community.discovery.topics import discover
from community.discovery.words import read

SIZES = {500: 3, 5_000: 2}  # posts: how often the new ones are chosen
MORE = 1.05
COMMON_CONDITIONS = 25
Rows = list[tuple[Said, str]]


# ---- posts -------------------------------------------------------------------------------------


def forum(data: Path) -> Iterator[tuple[Said, str]]:
    """Posts of an open patient forum; what they are about is not said."""
    for name in ("unlabelled.jsonl", "dev.jsonl"):
        for row in _lines(data / "patient_threads" / name):
            who = row.get("author") or row["post_id"]
            yield _said(row["post_id"], row["text"], who), ""


def reviews(data: Path) -> Iterator[tuple[Said, str]]:
    """Reviews of drugs, with the condition where it is a common one, else with ""."""
    rows = list(_lines(data / "druglib" / "train.jsonl"))
    conditions = Counter(row["condition"].strip().lower() for row in rows)
    common = {name for name, _ in conditions.most_common(COMMON_CONDITIONS)}
    for row in rows:
        condition = row["condition"].strip().lower()
        text = "\n".join(row[part] or "" for part in ("benefits", "side_effects_text", "comments"))
        yield _said(row["id"], text), condition if condition in common else ""


def drugs(data: Path) -> Iterator[tuple[Said, str]]:
    """Reviews of four psychiatric drugs, put together from their sentences."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in _lines(data / "psytar" / "sentences.jsonl"):
        texts[row["drug_id"]].append(row["text"])
    for name, sentences in texts.items():
        yield _said(name, " ".join(sentences)), ""


def comments(data: Path) -> Iterator[tuple[Said, str]]:
    """Comments of patients to hospitals, with their theme."""
    path = data / "nhs_patient_feedback" / "fft_phase1_single_label.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield _said(f"c{row['row_index']}", row["feedback"]), row["label"]


def mixed(data: Path) -> Rows:
    """All posts of the forum, all reviews, and comments up to the largest size."""
    rows = [*forum(data), *reviews(data), *drugs(data)]
    return rows + some(list(comments(data)), max(SIZES) - len(rows))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def _said(name: object, text: str, writer: str = "") -> Said:
    made = hashlib.sha256(str(name).encode()).hexdigest()[:16]
    return Said(post_id=made, text=text, writer=writer or made)


def some(rows: Rows, most: int, seed: int = 0) -> Rows:
    """At most `most` rows, chosen at random."""
    return random.Random(seed).sample(rows, min(most, len(rows)))


# ---- ids ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Topics of some posts: topic by post, and the terms of each topic."""

    topics: dict[str, str]
    terms: list[list[str]]
    found: Found | None = None


Route = Callable[[list[Said], Fit | None], Fit]


def ours(posts: list[Said], before: Fit | None) -> Fit:
    """A run after another."""
    last = before.found if before else None
    found = discover(posts, before=last, run=last.run + 1 if last else 1)
    return Fit(topics=topic_of(found), terms=[list(t.terms) for t in found.topics], found=found)


def plain(make: Callable[[int], dict[str, Any]] = lambda _: {}) -> Route:
    """BERTopic, fitted anew to every study, with the same vectors; `make` gives its models."""

    def fit(posts: list[Said], before: Fit | None) -> Fit:
        from bertopic import BERTopic

        models = make(len(posts))
        model = BERTopic(embedding_model=None, language="multilingual", **models)
        numbers, _ = model.fit_transform([p.text for p in posts], embeddings=embed(read(posts)))
        told = zip(posts, numbers, strict=True)
        terms = [[w for w, _ in best] for n, best in model.get_topics().items() if n >= 0]
        return Fit(topics={p.post_id: f"t{n}" for p, n in told if n >= 0}, terms=terms)

    return fit


def _hdbscan(_: int) -> dict[str, Any]:
    from sklearn.decomposition import PCA

    return {"umap_model": PCA(5, random_state=0)}


def _kmeans(count: int) -> dict[str, Any]:
    """As many topics as we would want."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    groups = KMeans(round(count**0.4), n_init=10, random_state=0)
    return {"umap_model": PCA(20, random_state=0), "hdbscan_model": groups}


def routes() -> dict[str, Route]:
    """What is compared."""
    found = {
        "ours": ours,
        "BERTopic, PCA + k-means": plain(_kmeans),
        "BERTopic, PCA + HDBSCAN": plain(_hdbscan),
    }
    try:
        import umap  # noqa: F401
    except ImportError:
        print("umap-learn is not installed: BERTopic with its defaults is left out")
    else:
        found["BERTopic as it comes"] = plain()
    return found


def topic_of(found: Found) -> dict[str, str]:
    """Topic id by post."""
    return {placed.post_id: placed.topic_id for placed in found.placed}


def kept(old: dict[str, str], new: dict[str, str]) -> float:
    """Share of the posts with a topic that are under the same one."""
    return sum(new.get(post) == topic for post, topic in old.items()) / max(len(old), 1)


def matched(old: dict[str, str], new: dict[str, str]) -> float:
    """The same after topics were matched so that as many posts as possible stay."""
    numbers = {post: identities.number(topic) for post, topic in new.items()}
    same = identities.matched(old, {post: numbers.get(post) for post in {*old, *new}})
    return kept(old, {post: same.get(number, "") for post, number in numbers.items()})


def coherence(terms: list[list[str]], posts: list[Said]) -> tuple[float, float]:
    """NPMI, mean over topics, and diversity of their terms."""
    words = [set(re.findall(r"[^\W\d_]+", post.text.casefold())) for post in posts]
    needed = {word for term in itertools.chain(*terms) for word in term.casefold().split()}
    where = {word: {i for i, mine in enumerate(words) if word in mine} for word in needed}
    scores = []
    for topic in terms:
        places = [set.intersection(*(where[w] for w in term.casefold().split())) for term in topic]
        pairs = [_npmi(a, b, len(posts)) for a, b in itertools.combinations(places, 2) if a and b]
        scores.append(statistics.mean(pairs) if pairs else 0.0)
    every = list(itertools.chain(*terms))
    return statistics.mean(scores) if scores else 0.0, len(set(every)) / max(len(every), 1)


def _npmi(one: set[int], other: set[int], total: int) -> float:
    both = len(one & other)
    if both in (0, total):
        return -1.0 if not both else 1.0
    expected = len(one) * len(other) / total
    return math.log(both / expected) / -math.log(both / total)


def stability(data: Path) -> None:
    """Prints what stays when nothing is new, and when 5 % of the posts are."""
    rows = mixed(data)
    told = "again | more, by id | more, matched | with a topic | topics | largest | NPMI | div."
    print(f"posts | route | {told}")
    for (size, times), (name, route) in itertools.product(SIZES.items(), routes().items()):
        figures = []
        for seed in range(times):
            posts = [post for post, _ in some(rows, size, seed)]
            first = route(posts[: round(len(posts) / MORE)], None)
            again, more = route(posts[: round(len(posts) / MORE)], first), route(posts, first)
            figures.append(
                (
                    kept(first.topics, again.topics),
                    kept(first.topics, more.topics),
                    matched(first.topics, more.topics),
                    len(more.topics) / len(posts),
                    len(set(more.topics.values())),
                    max(Counter(more.topics.values()).values(), default=0) / len(posts),
                    *coherence(more.terms, posts),
                )
            )
        means = [f"{statistics.mean(c):.3f} ({min(c):.3f})" for c in zip(*figures, strict=True)]
        print(size, name, *means, sep=" | ", flush=True)


def growth(data: Path) -> None:
    """Prints how a study fares that grows from 200 posts in steps of 5 %."""
    posts = [post for post, _ in some(mixed(data), max(SIZES))]
    found, shares, size, told = discover(posts[:200]), [], 200, Counter[str]()
    while size < len(posts):
        size = min(len(posts), round(size * MORE))
        now = discover(posts[:size], before=found, run=found.run + 1)
        shares.append(kept(topic_of(found), topic_of(now)))
        told.update(change.kind for change in now.changes)
        found = now
    print(
        f"grown from 200 to {size} posts in {len(shares)} runs: kept {statistics.mean(shares):.3f}"
        f" a run, {statistics.median(shares):.3f} in the middle, {min(shares):.3f} at worst;"
        f" changes {dict(told)}; {len(found.topics)} topics"
    )


def one(data: Path) -> None:
    """Prints what one more post moves."""
    for size in SIZES:
        posts = [post for post, _ in some(mixed(data), size)]
        first = discover(posts[:-1])
        second = discover(posts, before=first, run=2)
        old, new = topic_of(first), topic_of(second)
        moved = sum(old.get(p.post_id) != new.get(p.post_id) for p in posts[:-1])
        scores = len(set(first.placed) - set(second.placed)) - moved
        labels = {t.id: t.label for t in first.topics}
        renamed = sum(labels.get(t.id) != t.label for t in second.topics)
        print(f"one more post after {size - 1}: {moved} moved, {scores} scores, {renamed} labels")


# ---- groups ------------------------------------------------------------------------------------


def quality(data: Path) -> None:
    """Prints how groups agree with what the source says, for each half of the vectors."""
    for name, rows in {"reviews": reviews(data), "comments": comments(data)}.items():
        labelled = [row for row in rows if row[1]]
        figures: dict[str, list[float]] = defaultdict(list)
        for seed in range(5):
            chosen = some(labelled, 1_000, seed)
            whole = embed(read([post for post, _ in chosen]))
            texts = [post.text for post, _ in chosen]
            halves = {
                "static, all words": vectors.default().embed(texts).astype(np.float64),
                "static, words with a subject": whole[:, : vectors.SIZE],
                "words alone": whole[:, vectors.SIZE :],
                "both": whole,
            }
            for half, embedded in halves.items():
                figures[half].append(_agreement(embedded, [label for _, label in chosen]))
        for half, scores in figures.items():
            spread = f"{min(scores):.3f} to {max(scores):.3f}"
            print(f"{name:9} {half:29} agreement {statistics.mean(scores):.3f} ({spread})")


def _agreement(embedded: Any, labels: Sequence[str]) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    points = Projection().fit(embedded).transform(embedded)
    grouping = Grouping(home=np.full(len(points), NOWHERE), wanted=round(len(points) ** 0.4))
    return float(adjusted_mutual_info_score(labels, grouping.fit(points).labels_))


# ---- machines and cost -------------------------------------------------------------------------


def digest(data: Path) -> None:
    """Prints a hash over two runs on reviews."""
    posts = [post for post, _ in some(list(reviews(data)), 600)]
    first = discover(posts[:560])
    second = discover(posts, before=first, run=2)
    print(hashlib.sha256(repr((first, second)).encode()).hexdigest()[:12])


def machines(data: Path) -> None:
    """Prints whether other kernels and thread counts give the same."""
    for kernel, threads in itertools.product(("", "Haswell", "Sandybridge", "Prescott"), "12"):
        env = dict(os.environ) | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        env |= {"OPENBLAS_CORETYPE": kernel} if kernel else {}
        command = [sys.executable, __file__, str(data), "digest"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        print(f"BLAS {kernel or 'own kernel':12} {threads} thread(s): {done.stdout.strip()}")


def cost(data: Path) -> None:
    """Prints the share of an analysis of 1,000 posts that topics take, and what 5,000 take."""
    rows = some(mixed(data), 1_000)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "posts.jsonl"
        lines = [{"id": p.post_id, "text": p.text, "author": p.writer} for p, _ in rows]
        page.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        (Path(folder) / "key").write_text("a key for benchmarks, not for people")
        options = community.Options(key=Path(folder) / "key")
        study, out = Path(folder) / "study", Path(folder) / "out"
        done = community.analyze([page], study=study, out=out, options=options)
    seconds = {name: round(value, 2) for name, value in done.run.seconds.items()}
    share = done.run.seconds["topics"] / sum(done.run.seconds.values())
    print(f"1,000 posts: seconds {seconds}, topics {share:.0%} of them")
    posts = [post for post, _ in mixed(data)]
    began = time.process_time()
    discover(posts)
    print(f"{len(posts)} posts: {time.process_time() - began:.1f} CPU seconds")


PARTS = (stability, growth, one, quality, machines, cost)


def main() -> None:
    """Prints the figures that are named, all of them if none is."""
    data, named = Path(sys.argv[1]), sys.argv[2:]
    for part in (digest,) if named == ["digest"] else PARTS:
        if not named or part.__name__ in named:
            part(data)


if __name__ == "__main__":
    main()
