"""Measures pages with gold that the rules were not made on: `python benchmarks/unseen.py DIR`.

DIR holds ``articles/``, ``threads/`` (pages of any format), ``gold/*.json`` as in ``corpus/gold``
and, where there is one, ``swap.jsonl`` (a post against two claims, each with its relation). Prints
figures alone, so that a set stays unseen by whoever runs it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import claims
from gold import Score, Study, links, match_posts, show, trial_key

import community


def golds(folder: Path) -> dict[str, dict[str, Any]]:
    """The gold of every page, by its stem."""
    files = sorted((folder / "gold").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def documents(study: Study, page: str) -> set[str]:
    """Ids of the documents that a page became."""
    rows = study.tables["documents"]
    return {row["document_id"] for row in rows if Path(row["source"]).stem == Path(page).stem}


def articles(folder: Path, wanted: dict[str, dict[str, Any]]) -> Score:
    """Results of the articles, field by field, and whether the trial is named as in the gold."""
    study, score = Study([str(folder / "articles")]), Score()
    for stem, gold in wanted.items():
        if gold["posts"]:
            continue
        ids = documents(study, gold.get("page") or stem)
        rows = [row for row in study.of("claims", ids) if not row["post_id"]]
        claims.document(score, gold, rows, loud=False)
        named = [trial_key(row["trial"]) for row in rows]
        for trial in {claim["trial"] for claim in gold["claims"] if claim["trial"]}:
            words = re.findall(r"[A-Z][\w-]{2,}", trial)
            found = any(trial_key(word) in name for word in words for name in named)
            score.accuracy("trial named", found)
    return score


def threads(folder: Path, wanted: dict[str, dict[str, Any]]) -> Score:
    """Links of the posts to the claims that are extracted from the articles."""
    study = Study([str(folder / "articles"), str(folder / "threads")], "learned")
    score = Score()
    for stem, gold in wanted.items():
        if not gold["posts"]:
            continue
        posts = study.of("posts", documents(study, gold.get("page") or stem))
        ids = {post["post_id"] for post in posts}
        rows = [row for row in study.tables["links"] if row["post_id"] in ids]
        links(score, gold, match_posts(gold["posts"], posts), rows, study)
    return score


def swaps(path: Path) -> None:
    """The same post against two claims: `community.relate`, sides and pairs right."""
    right, wanted, pairs = Counter[str](), Counter[str](), 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        good = 0
        for side in "ab":
            relation = row[side]["relation"]
            same = community.relate(row["text"], row[side]["claim"]).relation == relation
            wanted[str(relation)] += 1
            right[str(relation)] += same
            good += same
        pairs += good == 2
    total = sum(wanted.values())
    print(f"\ntarget swap: {right.total()}/{total} sides, {pairs}/{len(rows)} pairs both right")
    for name in sorted(wanted):
        print(f"  {name:20} {right[name]}/{wanted[name]}")


def main() -> None:
    """Reads the arguments and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    wanted = golds(folder)
    show("articles", articles(folder, wanted))
    show("threads", threads(folder, wanted))
    if (folder / "swap.jsonl").exists():
        swaps(folder / "swap.jsonl")


if __name__ == "__main__":
    main()
