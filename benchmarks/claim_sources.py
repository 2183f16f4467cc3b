"""Claims and abstracts of CHECK-COVID and SciFact, as `shared/data` holds them.

For `train_links.py` and `retrieval.py`. Only what a claim and an abstract say is read, and which
abstract belongs to which claim.
"""

from __future__ import annotations

import ast
import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from community.linking.retrieval import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Claims, the places of the abstracts that each is about, and the abstracts."""

    name: str
    claims: tuple[str, ...]
    right: tuple[tuple[int, ...], ...]
    entries: tuple[Entry, ...]


def check_covid(data: Path, part: str) -> Task:
    """CHECK-COVID, composed then extracted claims, whatever their label; one abstract each."""
    folder = data / "check_covid"
    ids, entries = [], []
    for row in _lines((folder / "corpus.jsonl").open(encoding="utf-8")):
        ids.append(row["cord_id"])
        entries.append(_entry(row["title"], row["abstract"]))
    at = {name: place for place, name in enumerate(ids)}
    claims, right = [], []
    for kind in ("composed", "extracted"):
        for row in _lines((folder / f"{part}_{kind}.jsonl").open(encoding="utf-8")):
            claims.append(str(row["claim"]))
            right.append((at[row["cord_id"]],))
    name = f"check_covid {part}"
    return Task(name=name, claims=tuple(claims), right=tuple(right), entries=tuple(entries))


def scifact(data: Path, part: str) -> Task:
    """SciFact's claims that have evidence; the abstracts that hold it are right."""
    folder = data / "scifact"
    at: dict[str, int] = {}
    entries = []
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in _lines(file):
            at[str(row["doc_id"])] = len(entries)
            entries.append(_entry(row["title"], row["abstract"]))
    name = {"train": "claims_train.csv", "dev": "claims_validation.csv"}[part]
    found: dict[str, tuple[str, set[int]]] = {}
    with (folder / name).open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            if cells["evidence_doc_id"]:
                known = found.setdefault(cells["id"], (cells["claim"], set()))
                known[1].add(at[str(int(float(cells["evidence_doc_id"])))])
    return Task(
        name=f"scifact {part}",
        claims=tuple(claim for claim, _ in found.values()),
        right=tuple(tuple(sorted(places)) for _, places in found.values()),
        entries=tuple(entries),
    )


def everyday(data: Path) -> Iterator[str]:
    """Reviews of drugs (UCI Druglib): how patients write."""
    with (data / "druglib" / "train.jsonl").open(encoding="utf-8") as file:
        for row in _lines(file):
            yield "\n".join(
                str(v) for k, v in sorted(row.items()) if isinstance(v, str) and k != "id"
            )


def _lines(file: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in file:
        yield json.loads(line)


def _entry(title: str, abstract: object) -> Entry:
    return Entry(title=title, sentences=(title, *_sentences(abstract)))


def _sentences(told: object) -> Sequence[str]:
    """An abstract's sentences; CHECK-COVID holds the list as Python prints it."""
    return [str(one) for one in (told if isinstance(told, list) else ast.literal_eval(str(told)))]
