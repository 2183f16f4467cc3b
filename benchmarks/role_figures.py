"""Figures of the judge of who writes, by source, with intervals that resample whole threads."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import gold
from community import plugins, threads
from community.judges import answers
from community.judges.role_heads import ROLES
from community.measures import accuracy, calibration, clustered
from community.types import Page, Thread

ORDER = ("forum", "dev", "written", "lines", "reviews", "services", "gold", "real pages")
_HEAD = 1 << 16
_FEWEST = 50  # posts told from which a calibration error is told


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled post: the true role, the role told and its score."""

    source: str
    thread: str
    truth: str
    role: str
    score: float | None


def measure(found: Sequence[Told]) -> dict[str, Any]:
    """All figures: source → figure → [estimate, low, high, n]."""
    return {
        source: _figures(rows)
        for source in ORDER
        if (rows := [one for one in found if one.source == source])
    }


def _figures(rows: Sequence[Told]) -> dict[str, Any]:
    _, at = np.unique([one.thread for one in rows], return_inverse=True)
    count = int(at.max()) + 1

    def tell(values: np.ndarray, statistic: Any, n: int, kind: Any = "index") -> list[Any]:
        made = clustered.estimate(clustered.summed(values, at, count), statistic, kind=kind)
        return [*(None if v is None else round(v, 4) for v in (made.value, made.low, made.high)), n]

    truth = np.array([ROLES.index(one.truth) for one in rows])
    given = np.array([ROLES.index(one.role) for one in rows])
    here = [n for n in range(len(ROLES)) if (truth == n).any()]
    each = np.stack([accuracy.counts(truth == n, given == n) for n in here], 1)
    right = np.stack([truth == given, np.ones(len(rows))], 1).astype(float)
    found: dict[str, Any] = {
        "posts": len(rows),
        "threads": count,
        "majority": round(float(np.bincount(truth).max() / len(rows)), 4),
        "accuracy": tell(right, lambda s: accuracy.ratio(s[..., 0], s[..., 1]), len(rows), "share"),
        "macro-F1": tell(each.reshape(len(rows), -1), _macro, len(rows)),
    }
    for n, role in enumerate(ROLES):
        counts = accuracy.counts(truth == n, given == n)
        found[f"{role} precision"] = tell(counts, accuracy.precision, int((given == n).sum()))
        found[f"{role} recall"] = tell(counts, accuracy.recall, int((truth == n).sum()))
    known = np.array([one.role != "unknown" for one in rows])
    if known.sum() >= _FEWEST:
        chance = np.array([one.score or 0.0 for one in rows])[known]
        hit = (truth == given)[known].astype(float)
        sums = calibration.rows(chance, hit, calibration.equal_mass(chance))
        found["calibration error"] = round(float(calibration.ece(sums.sum(axis=0)[None])[0]), 4)
    table = np.zeros((len(ROLES), len(ROLES)), int)
    np.add.at(table, (truth, given), 1)
    found["confusion"] = table.tolist()  # true role by role told, as in `ROLES`
    return found


def _macro(sums: np.ndarray) -> np.ndarray:
    """Mean F1 of the roles that a source has; one that a resample lacks is left out of it."""
    each = accuracy.f1(sums.reshape(*sums.shape[:-1], -1, 4))
    mean: np.ndarray = np.nanmean(each, axis=-1)
    return mean


def show(figures: dict[str, Any]) -> None:
    """Prints the figures, a line each."""
    for judge, sources in figures.items():
        print(judge)
        for source, row in sources.items():
            told = [f"{source:10s} {row['posts']:4d} posts {row['threads']:4d} threads"]
            told.append(f"majority {row['majority']:.3f}")
            for name in ("accuracy", "macro-F1"):
                value, low, high, _ = row[name]
                ends = f" ({low:.3f} to {high:.3f})" if low is not None else ""
                told.append(f"{name} {value:.3f}{ends}")
            told.append(f"ECE {row.get('calibration error', float('nan')):.3f}")
            print("  " + "  ".join(told))
            print(f"             {row['confusion']}")


# ---- pages with gold --------------------------------------------------------------------------


def gold_threads(seeds: Path | None) -> Iterator[tuple[Thread, dict[str, str], str]]:
    """Threads of the corpus's pages (and of real documents, if their folder is given) as the
    product reads them, with the gold role of each post found, and the source's name."""
    folders = [("gold", gold.ROOT / "corpus" / "pages", gold.GOLD, {})]
    if seeds is not None:
        folders.append(("real pages", seeds, gold.GOLD / "seeds", gold.seed_stems(seeds)))
    for source, pages, answers_at, stems in folders:
        for path in sorted(answers_at.glob("*.json")):
            wanted = json.loads(path.read_text(encoding="utf-8"))
            stem = stems.get(path.stem, path.stem)
            page = next(p for p in sorted(pages.iterdir()) if p.stem == stem)
            for thread in _threads(page):
                roles = {w["n"]: w["role"] for w in wanted["posts"]}
                found = gold.match_posts(wanted["posts"], _rows(thread))
                truth = {post["post_id"]: roles[n] for n, post in found.items()}
                if truth:
                    yield thread, truth, source


def _rows(thread: Thread) -> list[dict[str, Any]]:
    return [
        {"post_id": post.id, "start": post.span.start, "end": post.span.end, "text": post.text,
         "native_id": post.native_id}
        for post in thread.posts
    ]  # fmt: skip


def _threads(path: Path) -> Iterator[Thread]:
    data = path.read_bytes()
    page = Page(key=path.name, head=data[:_HEAD], size=len(data), open=lambda: io.BytesIO(data))
    readers = [plugins.make("readers", name) for name in plugins.names("readers")]
    reader = max(readers, key=lambda one: one.sniff(page))
    for raw in reader.read(page):
        yield answers.judge(threads.build(raw, source=page.key, retrieved_at=None)[0])
