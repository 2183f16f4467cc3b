"""Measures quoted numbers and questions against the corpus gold and made-up threads.

    python benchmarks/quoted.py [--show] [--threads FILE.jsonl] [--only tune|held] [--write]

The corpus is split as in `benchmarks/links.py` (TUNED, HELD); a file of threads by the hash of each
thread's name. ``--write`` puts the table into its section of ``benchmarks/LINKS.md``. Codings and
roles are the gold's, so that only the linking itself is measured.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import links as corpus
from community.linked import Linked
from community.linking.spoken import make
from community.linking.targets import Index, prepare
from community.results.quantities import find, number
from community.types import Claim, Document, Ledger, Mention, Post, Span, Thread

ROLES = {"clinician": "professional", "researcher": "professional", "author": "professional"}
SECTION = ("<!-- quoted:start -->", "<!-- quoted:end -->")
# made-up threads that were read, whole or a line, before or while rules were written
SEEN = frozenset({*(f"T{n:03}" for n in range(1, 21)), "T032", "T033", "T043"})
THREADS = corpus.CORPUS / "written" / "links_threads.jsonl"
PAGE = Path(__file__).parent / "LINKS.md"


@dataclass(slots=True)
class Case:
    """A thread with what a reader wrote down, by post id."""

    name: str
    thread: Thread
    index: Index
    codings: list[Any]
    numbers: dict[str, list[dict[str, Any]]]
    questions: dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Tally:
    """Counts of right, given and wanted, by figure."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, right: int, given: int, gold: int) -> None:
        self.counts[name] += right
        self.counts[name + "/given"] += given
        self.counts[name + "/gold"] += gold

    def f1(self, name: str) -> str:
        right, given, gold = (self.counts[name + end] for end in ("", "/given", "/gold"))
        if not gold and not given:
            return "–"
        p, r = right / max(1, given), right / max(1, gold)
        return f"{2 * p * r / max(1e-9, p + r):.2f} (p {p:.2f} r {r:.2f}, n {gold})"

    def share(self, name: str) -> str:
        right, gold = self.counts[name], self.counts[name + "/gold"]
        return f"{right / max(1, gold):.2f} ({right}/{gold})"


def places(post: Post, rows: list[dict[str, Any]], found: list[Span]) -> list[Span | None]:
    """Where the words of gold rows stand in the post's own words. Of several places the one that
    was found, else that overlaps what was found, else the first."""
    out: list[Span | None] = []
    used: set[Span] = set()
    text, start = post.own_text(), post.span.start
    for row in rows:
        if "start" in row:
            out.append(Span(row["start"], row["end"]))
            continue
        pattern = r"\s+".join(re.escape(word) for word in row["text"].split())
        # a bare number is no part of a longer one
        spans = [
            Span(start + m.start(), start + m.end())
            for m in re.finditer(rf"(?<![\w.]){pattern}(?!\w|\.\d)", text)
        ]
        free = [span for span in spans if span not in used]
        free.sort(key=lambda s: (s not in found, not any(s.overlaps(f) for f in found), s))
        out.append(free[0] if free else None)
        used |= set(free[:1])
    return out


def paired(
    gold: list[Span | None], found: list[Span], same: Collection[tuple[int, int]] = ()
) -> list[tuple[int | None, int | None]]:
    """Pairs of gold and found rows that overlap: those that say the `same` value first, then by
    most overlap; what is left stands alone."""
    overlaps = sorted(
        (
            ((i, j) not in same, -(min(g.end, f.end) - max(g.start, f.start)), i, j)
            for i, g in enumerate(gold)
            for j, f in enumerate(found)
            if g is not None and g.overlaps(f)
        ),
    )
    taken: dict[int, int] = {}
    for *_, i, j in overlaps:
        if i not in taken and j not in taken.values():
            taken[i] = j
    out: list[tuple[int | None, int | None]] = [(i, taken.get(i)) for i in range(len(gold))]
    return out + [(None, j) for j in range(len(found)) if j not in taken.values()]


def pages() -> Iterator[tuple[str, Case]]:
    """Threads of the corpus and of seed 002, where its text lies beside the checkout."""
    golds = corpus.pages()
    texts = {stem: corpus.page_text(gold) for stem, gold in golds.items()}
    seeds = corpus.CORPUS.parent.parent / "shared" / "seeds"
    for file in sorted((corpus.CORPUS / "gold" / "seeds").glob("*.json")):
        for page in seeds.glob(f"{file.stem}_*.txt"):
            golds[f"seed_{file.stem}"] = json.loads(file.read_text(encoding="utf-8"))
            texts[f"seed_{file.stem}"] = page.read_text(encoding="utf-8")
    ours = corpus.prepared({k: v for k, v in golds.items() if not k.startswith("seed_")})
    real = corpus.prepared({k: v for k, v in golds.items() if k.startswith("seed_")})
    for split, stems in (("tune", corpus.TUNED), ("held", corpus.HELD)):
        for stem in stems:
            if stem not in golds:
                continue
            index, root, _ = real if stem.startswith("seed_") else ours
            rows = {f"{stem}:{row['n']}": row for row in golds[stem]["posts"]}
            for thread, codings in corpus.threads(stem, golds[stem], texts[stem]):
                yield (
                    split,
                    Case(
                        stem,
                        thread,
                        index,
                        codings,
                        {
                            k: [
                                n | {"claim": root.get(n["claim"], n["claim"])}
                                for n in r["numbers"]
                            ]
                            for k, r in rows.items()
                        },
                        {
                            k: [
                                q
                                | {
                                    "answered_by": None
                                    if q["answered_by"] is None
                                    else f"{stem}:{q['answered_by']}"
                                }
                                for q in r["questions"]
                            ]
                            for k, r in rows.items()
                        },
                    ),
                )


def claims_of(row: dict[str, Any], document: str) -> Iterator[Claim]:
    """A claim of a made-up thread, and, under the same id, the other figures that its words state,
    of another arm or before treatment, as extraction would give them."""
    first = claim_of(row, document)
    yield first
    one = first.best()
    known = {one.value, one.numerator, one.ci_low, one.ci_high}
    for q in find(row.get("text") or ""):
        share = q.kind == "percent" and one.unit == "%"
        plain = q.kind in ("number", "count", "fraction") and one.unit not in ("%", None)
        if (share or plain) and q.value is not None and q.value not in known:
            told: dict[str, Any] = {
                "numerator": None,
                "denominator": None,
                "ci_low": None,
                "ci_high": None,
            }
            if q.kind == "fraction":
                told |= {"numerator": int(q.value), "denominator": q.denominator}
            yield Claim(
                id=first.id, version_group=first.id, mentions=(replace(one, value=q.value, **told),)
            )


def claim_of(row: dict[str, Any], document: str) -> Claim:
    """A claim; counts that its words state fill numerator and denominator."""
    fields = {k: v for k, v in row.items() if k in corpus.FIELDS and k not in ("span", "flags")}
    unit = (row.get("unit") or "").casefold()
    for q in find(row.get("text") or ""):
        if q.kind == "fraction" and q.denominator and "numerator" not in fields:
            share = 100 * (q.value or 0) / q.denominator
            near = unit in ("%", "percent") and abs(share - (row.get("value") or -99)) <= 0.6
            if near or q.value == row.get("value"):
                fields |= {"numerator": int(q.value or 0), "denominator": q.denominator}
        if q.kind == "count" and q.unit in ("patients", "people", "participants"):
            fields.setdefault("n", int(q.value or 0) or None)
        if q.kind == "interval" and q.name == "CI" and "ci_low" not in fields:
            fields |= {"ci_low": q.low, "ci_high": q.high}
    at = find(row.get("timepoint") or "")
    fields["timepoint_months"] = at[0].months() if at else None
    fields["endpoint"] = fields.get("endpoint") or ""
    mention = Mention(document_id=document, span=Span(0, 0), **fields)
    return Claim(id=row["key"], version_group=row["key"], mentions=(mention,))


def made_up(file: Path) -> Iterator[tuple[str, Case]]:
    """Threads of a JSONL file, each with a ledger of its own."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name = row["thread"]
        even = hashlib.sha256(name.encode()).digest()[0] % 2 == 0
        text, posts = "", []
        depth: dict[str, int] = {}
        for n, post in enumerate(row["posts"]):
            span = Span(len(text), len(text) + len(post["text"]))
            text += post["text"] + "\n\n"
            parent = post.get("parent")
            depth[post["id"]] = depth.get(parent, -1) + 1
            posts.append(
                Post(
                    id=post["id"], document_id=name, thread_id=name, position=n, span=span,
                    text=post["text"], own=(span,), depth=depth[post["id"]], parent_id=parent,
                    author=post.get("author") or f"{post['role']}-{post['id']}",
                    role=ROLES.get(post["role"], post["role"]),
                )
            )  # fmt: skip
        document = Document(
            id=name, source=name, reader="gold", text=text, kind="both", title=row.get("title")
        )
        claims = tuple(claim for c in row["claims"] for claim in claims_of(c, name))
        yield (
            "tune" if even or name in SEEN else "held",
            Case(
                name,
                Thread(document=document, posts=tuple(posts)),
                prepare(Ledger(claims=claims)),
                [],
                {p["id"]: p["numbers"] for p in row["posts"]},
                {p["id"]: p["questions"] for p in row["posts"]},
            ),
        )


def measure(case: Case, tally: Tally, show: bool) -> None:
    """Adds one thread's figures."""
    made: Linked = make()(case.thread, case.index, case.codings)
    for post in case.thread.posts:
        _numbers(case, post, made, tally, show)
        _questions(case, post, made, tally, show)


def _numbers(case: Case, post: Post, made: Linked, tally: Tally, show: bool) -> None:
    gold = case.numbers.get(post.id, [])
    found = [n for n in made.numbers if n.post_id == post.id]
    spans = places(post, gold, [n.span for n in found])
    text = case.thread.document.text
    values = {row.get("value") for row in gold}
    values |= {q.value for row in gold for q in find(row.get("text", ""))}
    same = {
        (i, j)
        for i, row in enumerate(gold)
        for j, n in enumerate(found)
        if n.value in (row.get("value"), number(row.get("text", "")))
    }
    for i, j in paired(spans, [n.span for n in found], same):
        want = gold[i] if i is not None else None
        have = found[j] if j is not None else None
        if want is None and have is not None:
            # readers wrote a number down once, and two of a pair ("8 against 11") as one
            again = any(have.value == v for v in values)
            if again or any(span and span.overlaps(have.span) for span in spans):
                continue
        tally.add("number", want is not None and have is not None, have is not None, bool(want))
        verdict = bool(want and have and want["verdict"] == have.verdict)
        whole = verdict and (want or {})["claim"] == (have.claim_id if have else None)
        tally.add("typed", verdict, have is not None, bool(want))
        tally.add("typed+claim", whole, have is not None, bool(want))
        if want and have:
            tally.add("typed, of found", whole, 1, 1)
        if show and not whole:
            at = have.span if have else spans[i] if i is not None else None
            told = want and (want.get("text") or want["value"], want["claim"], want["verdict"])
            ours = have and (have.span.of(text), have.value, have.claim_id, have.verdict)
            near = " ".join(text[max(0, at.start - 60) : at.end + 50].split()) if at else ""
            print(f"  {case.name} {post.id} gold {told} found {ours} | {near}")


def _questions(case: Case, post: Post, made: Linked, tally: Tally, show: bool) -> None:
    gold = case.questions.get(post.id, [])
    found = [q for q in made.questions if q.post_id == post.id]
    spans = places(post, gold, [q.span for q in found])
    text = case.thread.document.text
    for i, j in paired(spans, [q.span for q in found]):
        want = gold[i] if i is not None else None
        have = found[j] if j is not None else None
        tally.add("question", bool(want and have), bool(have), bool(want))
        if want is None or have is None:
            if show:
                at = have.span if have else (spans[i] if i is not None else None)
                told = " ".join(at.of(text).split()) if at else want
                print(f"  {case.name} {post.id} {'EXTRA ' if have else 'MISSED'} {told}")
            continue
        said = " ".join(have.span.of(text).split())
        answered, ours = want["answered_by"] is not None, have.answered_by
        right = want["answered_by"] == ours
        tally.add("open or answered", answered == (ours is not None), 1, 1)
        tally.add("answered by", right and answered, ours is not None, answered)
        if show and not right:
            print(
                f"  {case.name} {post.id} ANSWER gold {want['answered_by']} found {ours} | {said}"
            )
        if "in_ledger" in want:
            gold_claim, claim = want["in_ledger"], have.ledger_claim_id
            same = gold_claim == claim
            tally.add("in ledger", bool(same and gold_claim), bool(claim), bool(gold_claim))
            target = (have.refers_to or "").removeprefix("claim:") or None
            tally.add("refers to", want["refers_to"] == target, 1, 1)
            if show and not same:
                print(f"  {case.name} {post.id} LEDGER gold {gold_claim} found {claim} | {said}")


def rows(cases: Iterable[tuple[str, Case]], show: bool, only: str | None) -> dict[str, list[Tally]]:
    """Tallies of each thread, by split."""
    out: dict[str, list[Tally]] = {}
    for split, case in cases:
        if only in (None, split):
            tally = Tally()
            measure(case, tally, show)
            out.setdefault(split, []).append(tally)
    return out


def whole(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    out = Tally()
    for tally in tallies:
        out.counts.update(tally.counts)
    return out


def spread(tallies: list[Tally], name: str) -> str:
    """95 % of F1 over 1,000 resamples of whole threads (percentiles, seed 7)."""
    rng = random.Random(7)
    found = []
    for _ in range(1000):
        counts = whole(rng.choices(tallies, k=len(tallies))).counts
        right, given, gold = (counts[name + end] for end in ("", "/given", "/gold"))
        found.append(2 * right / max(1, given + gold))
    found.sort()
    return f"[{found[25]:.2f}, {found[974]:.2f}]" if len(tallies) > 4 else ""


def lines(name: str, tallies: dict[str, list[Tally]]) -> Iterator[str]:
    """Rows of the table."""
    for split in ("tune", "held"):
        if split in tallies:
            t = whole(tallies[split])
            typed, asks = (spread(tallies[split], key) for key in ("typed+claim", "question"))
            yield (
                f"| {name}, {split} | {len(tallies[split])} | {t.f1('number')} |"
                f" {t.f1('typed+claim')} {typed} | {t.share('typed, of found')} |"
                f" {t.f1('question')} {asks} | {t.share('open or answered')} |"
                f" {t.f1('answered by')} | {t.f1('in ledger')} |"
            )


HEAD = (
    "| data | threads | numbers found, F1 | found and typed, with claim, F1 |"
    " typed right, of found | questions found, F1 | open or answered told right |"
    " answered by whom, F1 | claim that answers, F1 |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
)
NOTES = """Made by `benchmarks/quoted.py --write`. Gold says each number that a poster uses about
a result, its verdict and the claim it comes from, and each question with the post that answers
it. F1 with precision, recall and n; in brackets 95 % over resampled threads. *Found*: the spans
overlap; a number that a reader wrote down once and a post says twice is no error, nor is the
second of a pair ("8 against 11") that a reader wrote down as one. *Typed*: the same verdict and
the same claim. Ledger, roles and codings are the gold's. The corpus marks no claim that answers a
question.

- **corpus, held** is not unseen any more: at the first measurement, before a look at its pages
  (its gold rows had been seen), it gave numbers .87, typed .77 (.88 of those found), questions
  .59; its errors were then read and general rules mended.
- **made-up threads** (`corpus/written/links_threads.jsonl`, by one writer, for training; several
  diseases) are split by the hash of the name; the 23 that were read before are all in the tuned
  part. Of the held part the forms of missed numbers were counted, nothing was read.
- Questions: the corpus's readers wrote down those about treatment that want an answer, not each
  one; what else asks counts as an error here. Whether a post asks at all: F1 .86 on 2,366 written
  posts (305 ask), .91 and .89 on 62 posts of a forum by two readers (27 and 28 ask; .83 and .81
  before the posts missed there were read); the rules were tuned with both in sight.
- Nearly every first reply in these threads answers (76 of 80), so "answered by" says little about
  threads full of chat, and the score of an answer is not calibrated.
- Short: brand names that neither ledger nor lexicon ties to a drug (`other-trial` missed),
  endpoints in words that nobody listed ("get better" for a response: `other-endpoint` missed),
  "twice", "halved", "none", bare numbers without a source.
"""


def main() -> None:
    """Measures what is there and prints, or writes, the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--threads", type=Path, default=THREADS)
    parser.add_argument("--only", choices=("tune", "held"))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    table = [*HEAD, *lines("corpus", rows(pages(), args.show, args.only))]
    if args.threads.exists():
        table += lines("made-up threads", rows(made_up(args.threads), args.show, args.only))
    print("\n".join(table))
    if args.write:
        told = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Links\n"
        title = "## Quoted numbers and questions"
        block = "\n".join((SECTION[0], title, "", NOTES, *table, SECTION[1]))
        if SECTION[0] in told:
            before, _, rest = told.partition(SECTION[0])
            told = before + block + rest.partition(SECTION[1])[2]
        else:
            told = told.rstrip("\n") + "\n\n" + block + "\n"
        PAGE.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
