"""Writes the corpus's gold as a table of codings: `python benchmarks/gold_codings.py`.

``corpus/gold/codings.csv`` is what a person's coding of ``corpus/pages`` looks like to
`community evaluate`: the columns of ``codings.csv``, post ids as a study of these pages has them, a
row with an empty code for every post that was coded, and evidence as words.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gold import GOLD, ROOT, Rows, Study, match_posts

OUT = GOLD / "codings.csv"
COLUMNS = ("post_id", "layer", "code", "polarity", "whose", "coder", "role", "evidence")


def codings(documents: Rows, posts: Rows) -> str:
    """The table, from the documents and posts of a study of the corpus."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for path in sorted(GOLD.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        ids = {d["document_id"] for d in documents if Path(d["source"]).stem == path.stem}
        found = match_posts(gold["posts"], [p for p in posts if p["document_id"] in ids])
        for want in gold["posts"]:
            if want["status"] == "present" and want["n"] in found:
                post_id = found[want["n"]]["post_id"]
                for row in _rows(want):
                    writer.writerow({"post_id": post_id, "coder": f"human:{gold['coder']}"} | row)
    return out.getvalue()


def _rows(want: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield {"role": want["role"]}
    for topic in want["topics"]:
        yield {"layer": "topic", "code": topic}
    yield {"layer": "sentiment", "code": want["sentiment"]}
    for stance in want["stances"]:
        told = {"layer": "stance", "code": stance["code"], "polarity": stance["polarity"]}
        for words in stance["evidence"]:
            yield told | {"whose": stance.get("whose") or "", "evidence": words}


def main() -> None:
    study = Study([str(ROOT / "corpus" / "pages")])
    made = codings(study.tables["documents"], study.tables["posts"])
    OUT.write_text(made, encoding="utf-8")
    print(f"{made.count(chr(10)) - 1} rows in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
