"""Result sentences of RCT-ART (Whitton and Hunter 2023): spans and tuples against theirs.

    python -m benchmarks.rct_art [--split train] [--loud] [--write]

Spans are right where kind and offsets are the same (strict) or where kind is the same and they
overlap (relaxed). A tuple is a measure with one of its outcomes and one of its arms; it is right
where all its spans are. *Spans given* pairs the reference's own spans, which tells the pairing
apart from the finding. The reference's ``day 60`` and the like are outcomes there and times here;
the last rows leave tuples of these out on both sides. ``--write`` puts the table into CLAIMS.md.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from community.results import endpoints, groups, quantities, spans
from community.results.spans import Reading
from community.types import Span

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "rct_art"
KINDS = {"OC": "outcome", "INTV": "arm", "MEAS": "measure"}
Row = dict[str, Any]
Tuple3 = tuple[Span, Span, Span]


def load(split: str) -> list[Row]:
    lines = (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def gold(row: Row) -> Reading:
    found: dict[str, list[Span]] = {kind: [] for kind in KINDS.values()}
    for entity in sorted(row["entities"], key=lambda e: e["start"]):
        found[KINDS[entity["label"]]].append(Span(entity["start"], entity["end"]))
    return Reading(
        outcomes=tuple(found["outcome"]),
        arms=tuple(found["arm"]),
        measures=tuple(found["measure"]),
    )


def related(row: Row) -> set[tuple[Span, Span]]:
    """Measure and partner, for all relations of a sentence."""
    out = set()
    for relation in row["relations"]:
        ends = [row["entities"][relation[end]] for end in ("head", "child")]
        ends.sort(key=lambda e: e["label"] != "MEAS")
        out.add(tuple(Span(e["start"], e["end"]) for e in ends))
    return out


def tuples(row: Row) -> set[Tuple3]:
    """(measure, outcome, arm) of a sentence as the reference relates them."""
    told, spans_ = related(row), gold(row)
    return {
        (m, o, a)
        for m in spans_.measures
        for o in spans_.outcomes
        for a in spans_.arms
        if (m, o) in told and (m, a) in told
    }


def read(text: str) -> Reading:
    hits = endpoints.packaged().hits(text)
    return spans.read(text, quantities.find(text), hits, groups.arms(text, groups.learn(text)))


def paired(text: str, found: Reading) -> Iterator[Tuple3]:
    """Tuples of the learned pairing: the likeliest arm, and all outcomes that are likely."""
    if not (found.measures and found.outcomes and found.arms):
        return
    arms = spans.chances(text, found.measures, found.arms, "arm")
    outcomes = spans.chances(text, found.measures, found.outcomes, "outcome")
    for at, measure in enumerate(found.measures):
        arm = int(arms[at].argmax())
        if arms[at][arm] < 0.4:
            continue
        for which, outcome in enumerate(found.outcomes):
            if outcomes[at][which] > 0.5 or which == int(outcomes[at].argmax()):
                yield measure, outcome, found.arms[arm]


def overlap(a: Sequence[Span], b: Sequence[Span]) -> bool:
    return all(x.overlaps(y) for x, y in zip(a, b, strict=True))


class Score:
    """Strict and relaxed counts of what was found, given and right."""

    def __init__(self) -> None:
        self.gold = self.given = self.same = self.found = self.right = 0

    def add(self, want: set[tuple[Span, ...]], ours: set[tuple[Span, ...]]) -> None:
        self.gold += len(want)
        self.given += len(ours)
        self.same += len(want & ours)
        self.found += sum(any(overlap(w, o) for o in ours) for w in want)
        self.right += sum(any(overlap(w, o) for w in want) for o in ours)

    def f1(self) -> tuple[float, float]:
        strict = 2 * self.same / max(1, self.gold + self.given)
        p, r = self.right / max(1, self.given), self.found / max(1, self.gold)
        return strict, 2 * p * r / max(1e-9, p + r)


_TIME = re.compile(
    r"(?i)\W*(?:(?:at|after|weeks?|months?|years?|days?|hours?|minutes?|the|end|of|last|first|final|"
    r"follow|up|time|point|endpoint|to|and|post|treatment|surgery|visit|\d+|one|two|three|four|six|"
    r"twelve)\W*)+"
)


def timed(text: str, span: Span) -> bool:
    return _TIME.fullmatch(text, span.start, span.end) is not None


def measure(rows: Sequence[Row]) -> dict[str, Score]:
    scores: dict[str, Score] = {}

    def add(name: str, want: set[Any], ours: set[Any]) -> None:
        scores.setdefault(name, Score()).add(want, ours)

    for row in rows:
        text, want = row["text"], gold(row)
        ours = read(text)
        for kind in ("measures", "outcomes", "arms"):
            add(kind, {(s,) for s in getattr(want, kind)}, {(s,) for s in getattr(ours, kind)})
        told, found = tuples(row), set(paired(text, ours))
        add("tuples", told, found)
        add("tuples, spans given", told, set(paired(text, want)))
        add("tuples without times", _untimed(text, told), _untimed(text, found))
    whole = Score()
    for kind in ("measures", "outcomes", "arms"):
        for name in ("gold", "given", "same", "found", "right"):
            setattr(whole, name, getattr(whole, name) + getattr(scores[kind], name))
    return {"all spans": whole, **scores}


def _untimed(text: str, told: set[Tuple3]) -> set[Tuple3]:
    return {t for t in told if not timed(text, t[1])}


def table(scores: dict[str, Score]) -> str:
    lines = ["| | n | given | strict F1 | relaxed F1 |", "| --- | --- | --- | --- | --- |"]
    for name, score in scores.items():
        strict, relaxed = score.f1()
        lines.append(f"| {name} | {score.gold} | {score.given} | {strict:.2f} | {relaxed:.2f} |")
    return "\n".join(lines)


def show(row: Row) -> None:
    text, ours = row["text"], read(row["text"])
    marks = [(s, k) for k in ("outcomes", "arms", "measures") for s in getattr(ours, k)]
    out, at = "", 0
    for span, kind in sorted(marks, key=lambda m: m[0].start):
        out += text[at : span.start] + f"[{kind[0].upper()} {text[span.start : span.end]}]"
        at = span.end
    print("-", out + text[at:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--loud", action="store_true", help="our spans in each sentence")
    parser.add_argument("--write", action="store_true", help="into CLAIMS.md")
    given = parser.parse_args()
    rows = load(given.split)
    for row in rows if given.loud else ():
        show(row)
    made = table(measure(rows))
    print(made)
    if given.write:
        from benchmarks.claim_notes import section

        section("rct_art", _NOTE.format(n=len(rows), split=given.split) + made)


_NOTE = """`python -m benchmarks.rct_art`: RCT-ART, {split} part, {n} result sentences of other
diseases. Of RCT-ART the model has seen the training part alone. The authors' BioBERT, on their test
part: spans .86 F1; tuples .67 strict, .81 relaxed.

"""

if __name__ == "__main__":
    main()
