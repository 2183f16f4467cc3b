"""Results in words and directions, as tables in `benchmarks/CLAIMS.md` (its own section).

Run `python -m benchmarks.words_figures --data ../shared/data [--write]`. Whole articles are read
by the product: the dev articles of `result_articles.toml` (our own, never trained on), and the held
fifth of the abstracts of Evidence Inference with their headings taken out. The other figures are
those that the training scripts left in `models/results/metrics.json`.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from benchmarks import result_data
from community.results import words
from community.results.claims import make
from community.types import Document, Mention, Span, Thread

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "CLAIMS.md"
METRICS = ROOT / "models" / "results" / "metrics.json"
BEGIN, END = "<!-- words: begin -->", "<!-- words: end -->"
CUTS = (0.3, 0.4, 0.5, 0.6, 0.7)
_FIGURED = re.compile(r"\d ?%|±|\bvs\b")


def read(text: str, title: int = 0) -> list[Mention]:
    """Results in words of a text; its first `title` characters are its title."""
    document = Document(
        id="d",
        source="d",
        text=text,
        reader="article",
        kind="article",
        title=text[:title] or None,
        title_span=Span(0, title) if title else None,
        article=(Span(title + 1 if title else 0, len(text)),),
    )
    found = make()(Thread(document=document, posts=()))
    return [m for m in found if m.value is None or (m.value == 0 and m.measure == "count")]


def articles() -> dict[str, Any]:
    """Recall, precision and direction over the dev articles: a sentence has as many results as it
    has brackets, and what is given beyond them is wrong."""
    right = gold = given = same = 0
    for article in tomllib.loads(result_data.ARTICLES.read_text(encoding="utf-8"))["article"]:
        if article["part"] != "dev":
            continue
        text, spots = "", []
        for sign, line in article["lines"]:
            bare, outcomes = result_data.opened(line)
            spots.append((len(text), len(text) + len(bare), sign, len(outcomes)))
            text += bare + (" " if len(spots) % 3 else "\n\n")
        found = read(text, spots[0][1])
        given += len(found)
        for start, end, sign, count in spots:
            mine = [m for m in found if start <= m.span.start < end]
            met = mine[: min(len(mine), count)]
            gold, right = gold + count, right + len(met)
            same += sum(m.direction == result_data._SIGNS.get(sign[-1]) for m in met)
    return {
        "gold": gold,
        "given": given,
        "recall": round(right / gold, 2),
        "precision": round(right / max(1, given), 2),
        "direction": round(same / max(1, right), 2),
    }


def evidence(folder: Path) -> dict[str, Any]:
    """How much of the evidence without figures is met by a result in words, and how many of the
    given results stand under a heading that tells none; held abstracts, headings taken out."""
    met = wanted = given = astray = 0
    prompts = [p for p in result_data.prompts(folder) if result_data.held(p.abstract)]
    sections = result_data.abstracts(folder)
    for row in result_data._read(folder / "evidence_inference", "abstracts.jsonl.gz"):
        if not result_data.held(row["pmcid"]):
            continue
        text = re.sub(r"(?m)^(?:ABSTRACT|TITLE)[^:\n]*:\s*\n", "", row["abstract"])
        found = read(text)
        for words_of in sorted({p.evidence for p in prompts if p.abstract == row["pmcid"]}):
            at = text.find(words_of)
            if at >= 0 and not _FIGURED.search(words_of):
                wanted += 1
                end = at + len(words_of)
                met += any(m.span.start < end and at < m.span.end for m in found)
        for mention in found:
            given += 1
            for heading, sentence in sections[row["pmcid"]]:
                at = text.find(sentence)
                if at <= mention.span.start < at + len(sentence):
                    told = result_data._TOLD.search(heading)
                    astray += not told and result_data._UNTOLD.search(heading) is not None
                    break
    return {
        "evidence": wanted,
        "met": round(met / max(1, wanted), 2),
        "given": given,
        "astray": round(astray / max(1, given), 2),
    }


def table(folder: Path) -> str:
    kept = json.loads(METRICS.read_text(encoding="utf-8"))
    out = [
        "## Results in words, and direction of effect",
        "",
        f"Made by `{__doc__.split('`')[3]}`.",
    ]
    out += [
        "",
        "Dev articles (our own, 6, never trained on), by the chance a sentence must have:",
        "",
    ]
    out += ["| cut | gold | given | recall | precision | direction |", "| --- " * 6 + "|"]
    usual = words._TOLD
    for cut in CUTS:
        words._TOLD = cut
        row = articles()
        mark = " (used)" if cut == usual else ""
        out.append(f"| {cut}{mark} | " + " | ".join(str(v) for v in row.values()) + " |")
    words._TOLD = usual
    row = evidence(folder)
    out += [
        "",
        f"Held abstracts of Evidence Inference, headings out: of {row['evidence']} pieces of "
        f"evidence without figures {row['met']:.2f} are met; of {row['given']} results given "
        f"{row['astray']:.2f} stand under a heading that tells no result.",
        "",
        "Heads (`train_results.py`):",
        "",
    ]
    for name, figures in kept.items():
        if isinstance(figures, dict) and name not in ("directions", "features"):
            out.append(f"- {name}: " + ", ".join(f"{k} {v}" for k, v in figures.items()))
    out += ["", "Direction on Evidence Inference (`directions.py`):", ""]
    out += ["| figure | n | accuracy (95 %, prompts resampled) | macro-F1 |", "| --- " * 4 + "|"]
    for name, figures in kept["directions"].items():
        if "accuracy" in figures:
            low, high = figures["interval"]
            value = f"{figures['accuracy']} ({low}–{high})"
            out.append(f"| {name} | {figures['n']} | {value} | {figures['macro-F1']} |")
        else:
            out.append(f"| {name} | {figures['n']} | {figures['share']} | |")
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--write", action="store_true", help="put the section into the table")
    options = parser.parse_args()
    section = table(options.data)
    print(section)
    if options.write:
        old = TABLE.read_text(encoding="utf-8") if TABLE.exists() else "# Claims: figures\n"
        rest = re.sub(rf"(?s)\n*{BEGIN}.*?{END}\n?", "\n", old).rstrip()
        TABLE.write_text(f"{rest}\n\n{BEGIN}\n{section}{END}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
