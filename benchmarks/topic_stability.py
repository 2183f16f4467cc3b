"""Whether discovered topics keep their ids, how good the groups are, and what they cost.

`python benchmarks/topic_stability.py ../shared/data` reads posts of a patient forum
(`patient_threads`), drug reviews (Druglib, UCI, CC BY 4.0) and comments to hospitals (NHS England,
MIT) at run time; none of them is kept. It prints, with the spread over five random choices of the
5 % of posts that are new:

- **kept**: of the posts with a topic in the first run, the share under the same topic in the second;
- beside it plain BERTopic fitted anew on the same vectors, its topics matched to the old ones so
  that as many posts as possible stay (Hungarian method), once as it comes without UMAP (PCA and
  HDBSCAN), once with PCA and k-means;
- **agreement** of the groups with what the sources say of the rows (condition treated, theme of the
  comment), as adjusted mutual information, for each half of the vectors and for both;
- a study that grows from 200 posts in steps of 5 %;
- whether other kernels and thread counts of BLAS give the same;
- the share of an analysis of 1,000 posts that topics take.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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

SEEDS = range(5)
MORE = 1.05
COMMON_CONDITIONS = 25


def patients(data: Path) -> Iterator[tuple[Said, str]]:
    """Posts of an open patient forum; what they are about is not said."""
    for name in ("unlabelled.jsonl", "dev.jsonl"):
        for line in (data / "patient_threads" / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            who = row.get("author") or row["post_id"]
            yield Said(post_id=_id(row["post_id"]), text=row["text"], writer=who), ""


def reviews(data: Path) -> Iterator[tuple[Said, str]]:
    """Reviews of drugs for the commonest conditions, with the condition."""
    lines = (data / "druglib" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    conditions = Counter(row["condition"].strip().lower() for row in rows)
    common = {name for name, _ in conditions.most_common(COMMON_CONDITIONS)}
    for row in rows:
        condition = row["condition"].strip().lower()
        if condition in common:
            parts = (row["benefits"], row["side_effects_text"], row["comments"])
            text = "\n".join(part for part in parts if part)
            yield Said(post_id=_id(row["id"]), text=text, writer=str(row["id"])), condition


def comments(data: Path) -> Iterator[tuple[Said, str]]:
    """Comments of patients to hospitals, with their theme."""
    path = data / "nhs_patient_feedback" / "fft_phase1_single_label.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name = row["row_index"]
            yield Said(post_id=_id(name), text=row["feedback"], writer=name), row["label"]


def _id(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:16]


def some(rows: Sequence[tuple[Said, str]], most: int, seed: int = 0) -> list[tuple[Said, str]]:
    """At most `most` rows, chosen at random."""
    return random.Random(seed).sample(list(rows), min(most, len(rows)))


# ---- ids ---------------------------------------------------------------------------------------


def topic_of(found: Found) -> dict[str, str]:
    """Topic id by post."""
    return {placed.post_id: placed.topic_id for placed in found.placed}


def kept(old: dict[str, Any], new: dict[str, Any]) -> float:
    """Share of the posts with a topic that are under the same one."""
    return sum(new.get(post) == topic for post, topic in old.items()) / max(len(old), 1)


def ours(first: list[Said], second: list[Said]) -> tuple[float, float, int]:
    """Share kept, share of posts with a topic, number of topics."""
    before = discover(first)
    now = discover(second, before=before, run=2)
    share = len(now.placed) / len(second)
    return kept(topic_of(before), topic_of(now)), share, len(now.topics)


def plain(make: Callable[[int], Any]) -> Callable[[list[Said], list[Said]], Any]:
    """BERTopic as `make` makes it for a number of posts, fitted anew on the second posts."""

    def run(first: list[Said], second: list[Said]) -> tuple[float, float, int]:
        old, new = (_fitted(make, posts) for posts in (first, second))
        before = {post: f"t{topic}" for post, topic in old.items() if topic >= 0}
        now = {post: topic if topic >= 0 else None for post, topic in new.items()}
        same = identities.matched(before, now)
        moved = {post: same.get(topic) for post, topic in now.items() if topic is not None}
        share = sum(topic is not None for topic in now.values()) / len(second)
        return kept(before, moved), share, len({t for t in now.values() if t is not None})

    return run


def _fitted(make: Callable[[int], Any], posts: list[Said]) -> dict[str, int]:
    texts = [post.text for post in posts]
    topics, _ = make(len(posts)).fit_transform(texts, embeddings=embed(read(posts)))
    return {post.post_id: int(topic) for post, topic in zip(posts, topics, strict=True)}


def as_it_comes(_: int) -> Any:
    """BERTopic without UMAP: PCA and HDBSCAN."""
    from bertopic import BERTopic

    return BERTopic(embedding_model=None, language="multilingual")


def with_kmeans(count: int) -> Any:
    """BERTopic with PCA and k-means, as many topics as we would want."""
    from bertopic import BERTopic
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    return BERTopic(
        embedding_model=None,
        language="multilingual",
        umap_model=PCA(20, random_state=0),
        hdbscan_model=KMeans(round(count**0.4), n_init=10, random_state=0),
    )


def stability(name: str, rows: Sequence[tuple[Said, str]]) -> None:
    """Prints what stays when 5 % of the posts are new."""
    routes = {
        "ours": ours,
        "BERTopic anew, as it comes": plain(as_it_comes),
        "BERTopic anew, PCA and k-means": plain(with_kmeans),
    }
    for route, run in routes.items():
        figures = []
        for seed in SEEDS:
            posts = [post for post, _ in rows]
            random.Random(seed).shuffle(posts)
            figures.append(run(posts[: round(len(posts) / MORE)], posts))
        shares = [figure[0] for figure in figures]
        placed = statistics.mean(figure[1] for figure in figures)
        topics = statistics.mean(figure[2] for figure in figures)
        print(
            f"{name:9} {len(rows):5} posts  {route:31} kept {statistics.mean(shares):.3f}"
            f" ({min(shares):.3f} to {max(shares):.3f}), {placed:4.0%} have a topic,"
            f" {topics:4.1f} topics"
        )


def growth(rows: Sequence[tuple[Said, str]]) -> None:
    """Prints how a study fares that grows from 200 posts in steps of 5 %."""
    posts = [post for post, _ in some(rows, len(rows))]
    found, shares, size, told = None, [], 200, []
    while True:
        now = discover(posts[:size], before=found, run=len(shares) + 1)
        if found:
            shares.append(kept(topic_of(found), topic_of(now)))
            told += [len(posts[:size])] if now.changes else []
        found = now
        if size == len(posts):
            break
        size = min(len(posts), round(size * MORE))
    cold = discover(posts)
    labels = {post.post_id: label for post, label in rows}
    print(
        f"grown from 200 to {size} posts in {len(shares)} runs: kept {statistics.mean(shares):.3f} a"
        f" run, {statistics.median(shares):.3f} in the middle, topics added at {told};"
        f" agreement {_agreement(found, labels):.3f}, found at once {_agreement(cold, labels):.3f}"
    )


# ---- groups ------------------------------------------------------------------------------------


def _agreement(found: Found, labels: dict[str, str]) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    pairs = [(labels[post], topic) for post, topic in topic_of(found).items()]
    return float(adjusted_mutual_info_score(*zip(*pairs, strict=True)))


def quality(name: str, rows: Sequence[tuple[Said, str]]) -> None:
    """Prints how groups agree with what the source says, for each half of the vectors."""
    from sklearn.metrics import adjusted_mutual_info_score

    figures: dict[str, list[float]] = {}
    for seed in SEEDS:
        chosen = some(rows, 1_000, seed)
        whole = embed(read([post for post, _ in chosen]))
        plain_vectors = vectors.default().embed([post.text for post, _ in chosen])
        halves = {
            "static, all words": plain_vectors.astype(np.float64),
            "static, words with a subject": whole[:, : vectors.SIZE],
            "words alone": whole[:, vectors.SIZE :],
            "both": whole,
        }
        for half, embedded in halves.items():
            points = Projection().fit(embedded).transform(embedded)
            grouping = Grouping(
                home=np.full(len(points), NOWHERE),
                wanted=round(len(points) ** 0.4),
            ).fit(points)
            labels = [label for _, label in chosen]
            score = adjusted_mutual_info_score(labels, grouping.labels_)
            figures.setdefault(half, []).append(float(score))
    for half, scores in figures.items():
        spread = f"{min(scores):.3f} to {max(scores):.3f}"
        print(f"{name:9} {half:29} agreement {statistics.mean(scores):.3f} ({spread})")


# ---- machines and cost -------------------------------------------------------------------------


def digest(data: Path) -> str:
    """A hash over two runs on reviews."""
    posts = [post for post, _ in some(list(reviews(data)), 600)]
    first = discover(posts[:560])
    second = discover(posts, before=first, run=2)
    return hashlib.sha256(repr((first, second)).encode()).hexdigest()[:12]


def machines(data: Path) -> None:
    """Prints whether other kernels and thread counts give the same."""
    for kernel in ("", "Haswell", "Sandybridge", "Prescott"):
        for threads in ("1", "2"):
            env = dict(os.environ) | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
            env |= {"OPENBLAS_CORETYPE": kernel} if kernel else {}
            command = [sys.executable, __file__, str(data), "--digest"]
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            print(f"BLAS {kernel or 'own kernel':12} {threads} thread(s): {done.stdout.strip()}")


def cost(data: Path) -> None:
    """Prints the share of an analysis of 1,000 posts that topics take."""
    rows = some(list(reviews(data)), 1_000)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "posts.jsonl"
        lines = [{"id": p.post_id, "text": p.text, "author": p.writer} for p, _ in rows]
        page.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        (Path(folder) / "key").write_text("a key for benchmarks, not for people")
        options = community.Options(key=Path(folder) / "key")
        study, out = Path(folder) / "study", Path(folder) / "out"
        began = time.process_time()
        done = community.analyze([page], study=study, out=out, options=options)
        spent = time.process_time() - began
    seconds = {name: round(value, 2) for name, value in done.run.seconds.items()}
    share = done.run.seconds["topics"] / sum(done.run.seconds.values())
    print(
        f"1,000 posts: seconds {seconds}, topics {share:.0%} of them; {spent:.1f} CPU seconds in all"
    )


def main() -> None:
    """Prints every figure."""
    data = Path(sys.argv[1])
    if "--digest" in sys.argv:
        print(digest(data))
        return
    cost(data)
    sets = {"forum": patients, "reviews": reviews, "comments": comments}
    for name, rows in sets.items():
        stability(name, some(list(rows(data)), 1_500))
    growth(list(reviews(data)))
    for name in ("reviews", "comments"):
        quality(name, list(sets[name](data)))
    machines(data)


if __name__ == "__main__":
    main()
