"""Sentences of public data that nobody coded, with the chances that the encoder gives them.

Linear heads learn from these beside the coded sentences (distillation, Hinton et al. 2015): what
the encoder knows of words in order reaches them as weights of words. ``corpus/labels/soft.npz``
holds no text: ids of rows and offsets, and for each fold the chances by the encoder that had not
seen it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.code_labels import DATA, ROOT, Labelled, threads
from community.codebook import default
from community.learned import seen
from community.learned.features import Unit

FILE = ROOT / "corpus" / "labels" / "soft.npz"
LEAST_WORDS = 4
LONGEST = 1500  # characters of a text that are read
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Soft:
    """Units, and chances by fold (folds by units by heads); the last fold's is of all posts."""

    units: tuple[Unit, ...]
    heads: tuple[str, ...]
    chances: np.ndarray


def sentences() -> Iterator[tuple[str, str, str, Unit]]:
    """Id, text, the sentence before it, and unit of every sentence; repeated ones once."""
    book = default()
    known: set[str] = set()
    for key, text in _texts():
        before = ""
        (thread,) = threads([Labelled(key, "public", key, text, {})])
        for unit in (unit for one in seen.see(thread, book) for unit in one.units):
            told = text[unit.start : unit.end]
            if len(unit.words) >= LEAST_WORDS and told.lower() not in known:
                known.add(told.lower())
                yield f"{key}:{unit.start}", told, before, unit
            before = told


def load() -> Soft | None:
    """The file's sentences; None where the public data are absent."""
    if not DATA.is_dir() or not FILE.exists():
        return None
    with np.load(FILE, allow_pickle=False) as held:
        ids = json.loads(held["ids"].tobytes())
        heads = tuple(json.loads(held["heads"].tobytes()))
        chances = held["chances"].astype(np.float32) / 255
    units = {key: unit for key, _, _, unit in sentences()}
    there = [n for n, key in enumerate(ids) if key in units]
    return Soft(tuple(units[ids[n]] for n in there), heads, chances[:, there])


def _texts() -> Iterator[tuple[str, str]]:
    for key, text in _all_texts():
        if text.strip():
            yield key, text[:LONGEST]


def _all_texts() -> Iterator[tuple[str, str]]:
    for row in _lines(DATA / "psytar" / "sentences.jsonl"):
        yield f"psytar/{row['drug_id']}/{row['sentence_index']}", row["text"]
    for row in _lines(DATA / "druglib" / "train.jsonl"):
        for name in ("benefits", "side_effects_text", "comments"):
            for n, text in enumerate(_ENDS.split(row[name])):
                yield f"druglib/{row['id']}/{name}/{n}", text
    nhs = DATA / "nhs_patient_feedback"
    for file, column in (
        ("fft_phase2_NEAS.csv", "FFT answer"),
        ("fft_phase1_single_label.csv", "feedback"),
    ):
        with (nhs / file).open(encoding="utf-8", newline="") as rows:
            for n, row in enumerate(csv.DictReader(rows)):
                yield f"{file}/{n}", row[column] or ""


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
