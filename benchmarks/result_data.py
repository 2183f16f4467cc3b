"""What the heads of results learn from: our own lines and articles, and public sentences.

Own: `result_lines.toml`, `result_articles.toml` (brackets hold what was measured). Public, read
from a folder beside the repository: Evidence Inference (MIT; sections and evidence of abstracts of
randomised trials) and rct_art (Apache-2.0; outcome spans). A fifth of the abstracts of Evidence
Inference, by hash of their id, is held out here and nowhere trained or tuned on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from community.results import endpoints
from community.results.sentences import split
from community.types import Direction, Span

ROOT = Path(__file__).resolve().parents[1]
LINES = ROOT / "benchmarks" / "result_lines.toml"
ARTICLES = ROOT / "benchmarks" / "result_articles.toml"
LABELS = {
    "significantly increased": "increased",
    "significantly decreased": "decreased",
    "no significant difference": "no difference",
}
_SIGNS: dict[str, Direction] = {"+": "favourable", "-": "unfavourable", "=": "neutral"}
_TOLD = re.compile(r"RESULT|FINDING")
_UNTOLD = re.compile(
    r"METHOD|INTRO|BACKGROUND|OBJECTIVE|AIM|PURPOSE|DESIGN|SETTING|PARTICIPANT|TITLE|REGISTRATION|"
    r"CONTEXT|FUNDING|PATIENTS|MEASURE|INTERVENTION"
)
_SECTION = re.compile(r"(?ms)^(TITLE|ABSTRACT[^:\n]*):\s*\n(.*?)(?=^\w[^:\n]*:\s*\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence: whether it tells a result, what it measured, which way it points, whence."""

    text: str
    told: bool
    outcomes: tuple[tuple[int, int], ...] = ()
    way: Direction | None = None
    kind: str = ""
    source: str = "line"
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to an abstract: is the outcome higher or lower with the intervention?"""

    id: str
    abstract: str
    outcome: str
    intervention: str
    comparator: str
    label: str
    evidence: str
    sentences: tuple[str, ...] = field(default=(), repr=False)


def held(abstract: str) -> bool:
    """Whether an abstract of Evidence Inference is held out: a fifth, by hash of its id."""
    return int(hashlib.sha256(abstract.encode()).hexdigest(), 16) % 5 == 0


def opened(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A line without its brackets, and where they stood."""
    out, spans, begun = "", [], 0
    for part in re.split(r"([\[\]])", text):
        if part == "[":
            begun = len(out)
        elif part == "]":
            spans.append((begun, len(out)))
        else:
            out += part
    return out, tuple(spans)


def own() -> tuple[list[Line], list[Line]]:
    """Our own sentences: those to learn from, and those of the articles that are measured on."""
    train: list[Line] = []
    data = tomllib.loads(LINES.read_text(encoding="utf-8"))
    for way, texts in data["result"].items():
        for text in texts:
            bare, spans = opened(text)
            train.append(Line(text=bare, told=True, outcomes=spans, way=way, kind="result"))
    for kind, texts in data["other"].items():
        train += [Line(text=text, told=False, kind=kind) for text in texts]
    dev: list[Line] = []
    articles = tomllib.loads(ARTICLES.read_text(encoding="utf-8"))["article"]
    for number, article in enumerate(articles):
        into = dev if article["part"] == "dev" else train
        for sign, text in article["lines"]:
            bare, spans = opened(text)
            into.append(
                Line(
                    text=bare,
                    told=sign != "x",
                    outcomes=spans,
                    way=_SIGNS.get(sign[-1]),
                    kind="result" if sign != "x" else "other",
                    source="article",
                    group=str(number),
                )
            )
    return train, dev


def highs() -> list[tuple[str, Direction]]:
    """Names of outcomes with what more of them means: our own list, and the vocabulary's."""
    data = tomllib.loads(LINES.read_text(encoding="utf-8"))["high"]
    found = [(name, way) for way, names in data.items() for name in names]
    return found + [(e.name, e.high) for e in endpoints.packaged().endpoints if e.family]


@cache
def _read(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    path = folder / name
    raw = path.read_bytes()
    text = gzip.decompress(raw) if name.endswith("gz") else raw
    return tuple(json.loads(line) for line in text.decode("utf-8").splitlines() if line)


def abstracts(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Sentences of each abstract of Evidence Inference, each with the heading above it."""
    out: dict[str, list[tuple[str, str]]] = {}
    for row in _read(folder / "evidence_inference", "abstracts.jsonl.gz"):
        found: list[tuple[str, str]] = []
        for match in _SECTION.finditer(row["abstract"]):
            body, heading = match[2], match[1].split(".")[-1].strip()
            head = len(body.partition("\n")[0])  # an abstract without headings follows its title
            for sentence in split(body, (Span(0, len(body)),), endpoints.packaged()):
                below = heading == "TITLE" and sentence.start > head
                found.append(("" if below else heading, sentence.text))
        out[row["pmcid"]] = found
    return out


def prompts(folder: Path) -> list[Prompt]:
    """Questions of Evidence Inference with their evidence; what the annotators rejected is out."""
    sentences = abstracts(folder)
    return [
        Prompt(
            id=str(row["prompt_id"]),
            abstract=row["pmcid"],
            outcome=row["outcome"].strip(),
            intervention=row["intervention"].strip(),
            comparator=row["comparator"].strip(),
            label=LABELS[row["label"]],
            evidence=row["evidence"].strip(),
            sentences=tuple(text for _, text in sentences[row["pmcid"]]),
        )
        for row in _read(folder / "evidence_inference", "annotations.jsonl.gz")
        if row["in_abstract"] and row["valid_label"]
    ]


def told(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Sentences of abstracts (id, text, whether it tells a result): evidence and what stands under
    Results do; what stands under the other headings does not; the rest is left out."""
    evidence: dict[str, list[str]] = {}
    for prompt in prompts(folder):
        evidence.setdefault(prompt.abstract, []).append(prompt.evidence)
    for key, sentences in abstracts(folder).items():
        for heading, text in sentences:
            shown = any(text[:60] in e or e[:60] in text for e in evidence.get(key, ()))
            yes = shown or (_TOLD.search(heading) is not None and "METHOD" not in heading)
            if yes or _UNTOLD.search(heading):
                yield key, text, yes


def outcome_lines(folder: Path) -> Iterator[tuple[str, Line]]:
    """Public sentences with the words of their outcomes (id of the abstract, line)."""
    for name in ("train.jsonl", "dev.jsonl"):
        for row in _read(folder / "rct_art", name):
            spans = [(e["start"], e["end"]) for e in row["entities"] if e["label"] == "OC"]
            timed = re.compile(r"(?i)^(?:at |after )?\d|\b(?:week|month|day|year|hour|min)s?\b")
            kept = tuple(s for s in spans if not timed.search(row["text"][slice(*s)]))
            if kept and name == "train.jsonl":  # its dev part is measured on elsewhere
                yield "", Line(text=row["text"], told=True, outcomes=kept, source="rct_art")
    merged: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for prompt in prompts(folder):
        words = prompt.outcome.strip(" .").lower()
        at = prompt.evidence.lower().find(words)
        if at >= 0 and 2 < len(words) < 80 and len(prompt.evidence) <= 600:
            spot = (at, at + len(words))
            merged.setdefault((prompt.abstract, prompt.evidence), set()).add(spot)
    for (key, text), found in merged.items():
        yield key, Line(text=text, told=True, outcomes=tuple(sorted(found)), source="evidence")
