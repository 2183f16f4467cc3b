"""Fields of claims against gold, with trial and sameness, into ``CLAIMS.md``.

`python benchmarks/trial_figures.py --seeds DIR [--write]`: for the five real documents and for the
corpus, held pages apart: recall and precision of values, each field of those that were found, the
trial, and F1 over pairs of results: are two that the gold calls one result (one trial) given one
claim id (one trial)? With the passages of `trial_identity.py`.
"""

from __future__ import annotations

import argparse
import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

from claims import DEV, HELD, nearest, same_endpoint
from gold import GOLD, ROOT, Rows, Study, _same_number, seed_stems
from trial_identity import WRITTEN
from trial_identity import measure as passages

from community.prevalence import wilson
from community.results import endpoints

TARGET = Path(__file__).parent / "CLAIMS.md"
BEGIN, END = "<!-- trials: begin -->", "<!-- trials: end -->"
_COMMON = {"trial", "study", "series", "cohort", "multicentre", "hsct", "the", "and", "et", "al"}
Figure = tuple[int, int]


def same_trial(gold: str, ours: str | None) -> bool:
    """Whether two names are of one trial: they share a word, or ours is a trial that the vocabulary
    knows by an acronym, author or centre in the gold's name."""
    a, b = (set(re.findall(r"[a-z]{3,}", (name or "").lower())) - _COMMON for name in (gold, ours))
    known = next((t for t in endpoints.packaged().trials if t.name == ours), None)
    facts = (*known.acronyms, *known.authors, *known.centre) if known else ()
    return bool(a & b) or any(fact.lower() in gold.lower() for fact in facts)


def matched(gold: dict[str, Any], rows: Rows) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Gold claims of the article with our rows for them."""
    left, out = list(rows), []
    for want in (c for c in gold["claims"] if c.get("post") is None):
        best = nearest(want, left)
        if best is not None:
            left.remove(best)
            out.append((want, best))
    return out


def numeric(claim: dict[str, Any]) -> bool:
    return claim["value"] is not None or claim["numerator"] is not None


class Figures:
    """Counts (right, of) by field."""

    def __init__(self) -> None:
        self.told: dict[str, list[int]] = {}

    def add(self, name: str, right: int, of: int = 1) -> None:
        row = self.told.setdefault(name, [0, 0])
        row[0] += right
        row[1] += of

    def field(self, want: dict[str, Any], row: dict[str, Any]) -> None:
        self.add("endpoint", same_endpoint(want["endpoint"], row["endpoint"]))
        self.add("time point", _same_number(want["timepoint_months"], row["timepoint_months"]))
        self.add("direction", want["direction"] == row["direction"])
        if want["n"] is not None:
            self.add("n", want["n"] == row["n"])
        if want["ci_low"] is not None:
            same = all(_same_number(want[f], row[f]) for f in ("ci_low", "ci_high", "ci_level"))
            self.add("interval", same)

    def pairs(self, name: str, rows: list[tuple[object, object]]) -> None:
        right = given = wanted = 0
        for (a, one), (b, other) in combinations(rows, 2):
            right += a == b and one == other
            given += one == other
            wanted += a == b
        self.add(f"{name}: precision over pairs", right, given)
        self.add(f"{name}: recall over pairs", right, wanted)
        self.add(f"{name}: F1 over pairs", 2 * right, given + wanted)


def measure(study: Study, folder: Path, sources: dict[str, str]) -> Figures:
    """All figures of some documents, read together."""
    out = Figures()
    sameness: list[tuple[object, object]] = []
    trials: list[tuple[object, object]] = []
    for stem, source in sources.items():
        gold = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
        ids = {
            d["document_id"] for d in study.tables["documents"] if Path(d["source"]).stem == source
        }
        rows = [r for r in study.of("claims", ids) if not r["post_id"]]
        found = matched(gold, rows)
        for kind, test in (("values", True), ("in words", False)):
            wanted = [c for c in gold["claims"] if c.get("post") is None and numeric(c) is test]
            right = sum(numeric(want) is test for want, _ in found)
            zeros = sum(not numeric(w) and r["value"] is not None for w, r in found)
            given = sum((r["value"] is not None) is test for r in rows) + (1 - 2 * test) * zeros
            out.add(f"{kind}: recall", right, len(wanted))
            out.add(f"{kind}: precision", right, given)
        for want, row in found:
            if numeric(want):
                out.field(want, row)
            if want["trial"]:
                out.add("trial", same_trial(want["trial"], row["trial"]))
                trials.append((want["trial"], row["trial"]))
            sameness.append((want["same_as"] or want["key"], row["claim_id"]))
    out.pairs("trial", trials)
    out.pairs("same-as", sameness)
    return out


def table(title: str, figures: dict[str, Figure]) -> list[str]:
    lines = [f"**{title}**", "", "| figure | share | 95 % | n |", "| --- | --- | --- | --- |"]
    for name, (right, of) in figures.items():
        if not of:
            lines.append(f"| {name} | – | – | 0 |")
            continue
        bounds = ""
        if "pairs" not in name:
            low, high = wilson(right, of)
            bounds = f"{low:.2f}–{high:.2f}"
        lines.append(f"| {name} | {right / of:.2f} | {bounds} | {of} |")
    return [*lines, ""]


def section(seeds: Path | None) -> str:
    """The section of ``CLAIMS.md``."""
    corpus = Study([str(ROOT / "corpus" / "pages")])
    lines = [
        BEGIN,
        "## Trials, sameness and fields",
        "",
        "Made by `python benchmarks/trial_figures.py --seeds DIR --write`. Fields are of the values"
        " found; n counts results (of pairs: the denominator of the share). Pairs are of results"
        " within one set of documents read together.",
        "",
    ]
    if seeds is not None:
        told = measure(Study([str(seeds)]), GOLD / "seeds", seed_stems(seeds)).told
        lines += table("The five real documents", {k: (v[0], v[1]) for k, v in told.items()})
    for title, stems in (("Corpus, development pages", DEV), ("Corpus, held pages", HELD)):
        told = measure(corpus, GOLD, dict(zip(stems, stems, strict=True))).told
        lines += table(title, {k: (v[0], v[1]) for k, v in told.items()})
    entries = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    for part in dict.fromkeys(e["part"] for e in entries):
        mine = [e for e in entries if e["part"] == part]
        lines += table(f"Passages, {part} ({len(mine)} texts)", passages(mine, False))
    return "\n".join([*lines, END])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=Path, help="folder of the five real documents")
    parser.add_argument("--write", action="store_true", help=f"write the section of {TARGET.name}")
    options = parser.parse_args()
    made = section(options.seeds)
    print(made)
    if options.write:
        before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else "# Claims: figures\n"
        if BEGIN in before and END in before:
            head, _, rest = before.partition(BEGIN)
            after = head + made + rest.partition(END)[2]
        else:
            after = f"{before.rstrip()}\n\n{made}\n"
        TARGET.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
