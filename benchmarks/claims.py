"""Measures claims against gold, per document and field: `python benchmarks/claims.py [--held]`.

The rules may be tuned on the development pages and on the seeds; the held pages show their
aggregate only, so that nobody tunes on what they say.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from gold import GOLD, ROOT, Rows, Score, Study, _overlap, _same_number, seed_stems, trial_key

from community.results import endpoints

DEV = ("blog_outline", "mist_press_release", "norway_series", "halt_ms_five_years", "clinic_blog")
HELD = ("cohort_281", "canadian_phase2", "sweden_registry", "flattened_comments")


def stems(words: str) -> set[str]:
    return {w[:6] for w in re.findall(r"[a-z]{3,}", words.lower())} - {"rate", "number"}


def same_endpoint(gold: str, ours: str) -> bool:
    """Through the vocabulary where it knows the gold's words, else by shared stems."""
    names = {hit.endpoint.name for hit in endpoints.packaged().hits(gold)}
    treated = re.search(r"participants (?:treated|transplanted)|length of follow", gold)
    if treated and stems(gold) & stems(ours):
        return True
    if ours in names:
        return True
    a, b = stems(gold), stems(ours)
    return len(a & b) / max(1, min(len(a), len(b))) > 0.5


def states(want: dict[str, Any], row: dict[str, Any]) -> bool:
    """The gold's value, or its count; a gold zero also in words ("no deaths")."""
    ours = [row["value"], row["numerator"]]
    theirs = [want["value"], want["numerator"]]
    if want["value"] is None and want["numerator"] is None:
        return row["value"] is None or row["value"] == 0
    if 0 in theirs and row["value"] is None and row["direction"] == "favourable":
        return True
    return any(w is not None and o is not None and _same_number(w, o) for w in theirs for o in ours)


def fields(score: Score, want: dict[str, Any], row: dict[str, Any]) -> None:
    score.accuracy("endpoint", same_endpoint(want["endpoint"], row["endpoint"]))
    score.accuracy("direction", want["direction"] == row["direction"])
    score.accuracy("timepoint", _same_number(want["timepoint_months"], row["timepoint_months"]))
    if want["n"] is not None:
        score.accuracy("n", want["n"] == row["n"])
    if want["ci_low"] is not None:
        same = all(_same_number(want[f], row[f]) for f in ("ci_low", "ci_high", "ci_level"))
        score.accuracy("interval", same)
    if want["arm"]:
        score.accuracy("arm told", row["arm"] is not None)


def nearest(want: dict[str, Any], rows: Rows) -> dict[str, Any] | None:
    """Of rows that state a gold claim's value where it stands, the one that fits best."""
    return max(
        (row for row in rows if _overlap(want, row) and states(want, row)),
        key=lambda row: (
            same_endpoint(want["endpoint"], row["endpoint"]),
            row["value"] is not None,
            -len(row["text"]),
        ),
        default=None,
    )


def document(score: Score, gold: dict[str, Any], rows: Rows, loud: bool) -> dict[str, str]:
    """Gold key → our claim id, for the gold claims that were found."""
    left, keys, zeros = list(rows), {}, 0
    for want in gold["claims"]:
        if want.get("post") is not None:
            continue
        numeric = want["value"] is not None or want["numerator"] is not None
        name = "numeric" if numeric else "in words"
        score.gold[name] += 1
        best = nearest(want, left)
        if best is None:
            if loud:
                print(f"   missed {want['key']}: {want['endpoint']} {want['value']}")
            continue
        left.remove(best)
        keys[want["same_as"] or want["key"]] = best["claim_id"]
        score.right[name] += 1
        zeros += not numeric and best["value"] == 0  # the gold's words, our count of zero
        if numeric:
            fields(score, want, best)
    given = sum(r["value"] is not None for r in rows) - zeros
    score.given["numeric"] += given
    score.given["in words"] += len(rows) - given
    if loud:
        for r in left:
            print(f"   extra {r['endpoint']} {r['value']} {r['unit']} | {r['text'][:90]!r}")
    return keys


def sameness(score: Score, told: list[dict[str, str]]) -> None:
    """Results that the gold calls one across documents, and whether they are one claim."""
    claims: dict[str, list[str]] = defaultdict(list)
    for keys in told:
        for key, claim in keys.items():
            claims[key].append(claim)
    for ids in claims.values():
        for other in ids[1:]:
            score.accuracy("same across documents", other == ids[0])


def measure(study: Study, folder: Path, sources: dict[str, str], loud: bool) -> Score:
    score, told = Score(), []
    for stem, source in sources.items():
        gold = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
        docs = {
            d["document_id"] for d in study.tables["documents"] if Path(d["source"]).stem == source
        }
        rows = [r for r in study.of("claims", docs) if not r["post_id"]]
        if loud:
            print(f"== {stem}")
        told.append(document(score, gold, rows, loud))
        named = [trial_key(r["trial"]) for r in rows]
        for want in {c["trial"] for c in gold["claims"] if c["trial"]}:
            words = re.findall(r"[A-Z][\w-]{2,}", want)
            score.accuracy(
                "trial named", any(trial_key(w) in name for w in words for name in named)
            )
    sameness(score, told)
    return score


def show(title: str, score: Score) -> None:
    print(f"\n{title}")
    for name, row in score.figures().items():
        rest = f"  precision {row['precision']:.2f} of {row['given']}" if "given" in row else ""
        print(f"  {name:24} n {row['n']:4.0f}  right {row['recall']:.2f}{rest}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="aggregate of the held pages")
    parser.add_argument("--loud", action="store_true", help="development claims one by one")
    parser.add_argument("--seeds", type=Path, help="folder of the five real documents")
    options = parser.parse_args()
    study = Study([str(ROOT / "corpus" / "pages")])
    show("development", measure(study, GOLD, dict(zip(DEV, DEV, strict=True)), options.loud))
    if options.held:
        show("held", measure(study, GOLD, dict(zip(HELD, HELD, strict=True)), False))
    if options.seeds:
        seeds = Study([str(options.seeds)])
        known = seed_stems(options.seeds)
        show("seeds", measure(seeds, GOLD / "seeds", known, options.loud))


if __name__ == "__main__":
    main()
