"""Posts held against targets, with what they do to them: rows to train and measure relations by.

Sources: made-up threads and pairs of this project (``corpus/written/links_*.jsonl``), RumourEval
2019, Check-COVID and SciFact (``../shared/data``; licences in its README).
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from community.linking import heads
from community.linking.aims import Aim, of_claim, of_text, stated
from community.linking.said import Said, heard
from community.linking.signals import CLAUSE, NO_CONTEXT, Context, clause_signals
from community.types import Claim, Span

ROOT = Path(__file__).parent.parent
WRITTEN = ROOT / "corpus" / "written"
DATA = ROOT.parent / "shared" / "data"
NONE = "none"
RELATIONS = (
    NONE, "supports", "disputes", "questions", "asks", "experience-for", "experience-against",
    "mentions",
)  # fmt: skip
REPLIES = ("comment", "deny", "query", "support")
REPORTS = ("NOTENOUGHINFO", "REFUTE", "SUPPORT")
_ADDRESS = re.compile(r"https?://\S+")
_HANDLE = re.compile(r"@\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One post against one aim: what it does to it (`label`), where (`evidence`, in the text), and
    which rows belong together (`group`)."""

    source: str
    group: str
    said: Said
    aim: Aim
    label: str
    evidence: Span | None = None
    context: Context = NO_CONTEXT
    weight: float = 1.0


def lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def threads() -> list[dict[str, Any]]:
    """The made-up threads."""
    return lines(WRITTEN / "links_threads.jsonl")


def claim_of(row: Mapping[str, Any]) -> Claim:
    """A made-up claim as the ledger would hold it."""
    made = replace(
        stated(row["text"]), endpoint=row["endpoint"] or row["text"], trial=row["trial"],
        intervention=row["intervention"], direction=row["direction"],
        timepoint=row["timepoint"],
    )  # fmt: skip
    if isinstance(row["value"], int | float):
        made = replace(made, value=float(row["value"]), unit=row["unit"])
    return Claim(id=row["key"], version_group=row["key"], mentions=(made,))


def span_of(text: str, words: str | None) -> Span | None:
    """Where words stand in a text."""
    at = text.find(words) if words else -1
    return None if at < 0 or words is None else Span(at, at + len(words))


def of_threads(found: Sequence[Mapping[str, Any]], model: heads.Model) -> Iterator[Row]:
    """Every post of a thread against every claim of it, without context; and every third against a
    claim of the next thread, which it does not speak of."""
    for place, thread in enumerate(found):
        aims = {c["key"]: of_claim(claim_of(c), c["text"], model) for c in thread["claims"]}
        strange = found[(place + 7) % len(found)]
        other = strange["claims"][0]
        for number, post in enumerate(thread["posts"]):
            one = heard(post["text"])
            if not one.reading.clauses:
                continue
            for key, aim in aims.items():
                link = next((x for x in post["links"] if x["target"] == key), None)
                inherited = bool(link and link["inherited"])
                yield Row(
                    source="inherited" if inherited else "thread",
                    group=thread["thread"],
                    said=one,
                    aim=aim,
                    label=link["relation"] if link else NONE,
                    evidence=span_of(post["text"], link["evidence"]) if link else None,
                )
            if number % 3 == 0 and strange["disease"] != thread["disease"]:
                aim = of_text(other["text"], model)
                yield Row(source="far", group=thread["thread"], said=one, aim=aim, label=NONE)


def of_pairs(model: heads.Model, path: Path | None = None) -> Iterator[Row]:
    """Texts against claims that are known by a sentence; families hold the same text against
    several claims, and texts that differ little against the same one."""
    aims: dict[str, Aim] = {}
    texts: dict[str, Said] = {}
    for row in lines(path or WRITTEN / "links_pairs.jsonl"):
        if row["claim"] not in aims:
            aims[row["claim"]] = of_text(row["claim"], model)
        if row["text"] not in texts:
            texts[row["text"]] = heard(row["text"])
        yield Row(
            source="pair", group=row["family"], said=texts[row["text"]], aim=aims[row["claim"]],
            label=row["relation"] or NONE, evidence=span_of(row["text"], row["evidence"]),
        )  # fmt: skip


def plain(text: str | None) -> str:
    """A tweet without handles, addresses as a word."""
    return _HANDLE.sub(" ", _ADDRESS.sub(" weblink ", text or "")).strip() or "-"


def of_rumours(model: heads.Model) -> Iterator[Row]:
    """RumourEval's posts against the text that opened their thread, with the post they answer."""
    aims: dict[str, Aim] = {}
    for row in lines(DATA / "rumoureval2019" / "dev.jsonl"):
        source, parent = plain(row["source_text"]), plain(row["parent_text"])
        for text in (source, parent):
            if text not in aims:
                aims[text] = of_text(text, model)
        one = heard(plain(row["text"]))
        if not one.reading.clauses:
            one = heard("weblink")
        shared = len({s for part in one.stems for s in part} & set(aims[parent].stems))
        above = {
            "opens": float(row["is_source"]),
            "deeper": float(row["depth"] > 1),
            "parent asks": float("?" in parent),
            "parent words": shared / 5,
            "weblink": float("weblink" in plain(row["text"])),
            "marks": min(3, row["text"].count("!")) / 3,
            "dots": float("..." in row["text"]),
            "loud": sum(c.isupper() for c in row["text"]) / max(1, len(row["text"])),
        }
        context = Context(answers=not row["is_source"], above=above)
        yield Row(
            source="opening" if row["is_source"] else "reply", group=row["thread_id"], said=one,
            aim=aims[source], label=row["stance"], context=context,
        )  # fmt: skip


def of_covid(model: heads.Model, part: str) -> Iterator[Row]:
    """Check-COVID: claims against the sentences that the annotators chose (``sentence``), and the
    two sentences of the abstract that come nearest to the claim (``abstract``)."""
    corpus = {row["cord_id"]: row for row in lines(DATA / "check_covid" / "corpus.jsonl")}
    for kind in ("composed", "extracted"):
        for row in lines(DATA / "check_covid" / f"{part}_{kind}.jsonl"):
            abstract = corpus[row["cord_id"]]["abstract"]
            chosen = [abstract[e["sent_index"]] for e in row["evidence_set"]]
            aim = of_text(row["claim"].strip(), model)
            nearest = nearest_sentences(abstract, aim)
            for source, text in (("sentence", " ".join(chosen)), ("abstract", nearest)):
                one = heard(text)
                if one.reading.clauses:
                    yield Row(
                        source=source, group=row["cord_id"], said=one, aim=aim, label=row["label"]
                    )


def nearest_sentences(abstract: Sequence[str], aim: Aim, most: int = 2) -> str:
    """The sentences of an abstract that come nearest to a claim, in their order."""

    def near(text: str) -> float:
        one = heard(text)
        if not one.reading.clauses:
            return 0.0
        found = clause_signals(one, aim)
        return float(sum(found[:, CLAUSE.index(name)].max() for name in ("stems around", "vector")))

    order = sorted(range(len(abstract)), key=lambda n: (-near(abstract[n]), n))[:most]
    return " ".join(abstract[n] for n in sorted(order))


def of_scifact(model: heads.Model) -> Iterator[Row]:
    """SciFact's training claims against their evidence sentences; where there is no evidence,
    against the first sentences of the abstract that they cite."""
    with gzip.open(DATA / "scifact" / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
        corpus = {str(row["doc_id"]): row["abstract"] for row in map(json.loads, stream)}
    named = {"SUPPORT": "SUPPORT", "CONTRADICT": "REFUTE", "": "NOTENOUGHINFO"}
    with (DATA / "scifact" / "claims_train.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            cited = re.findall(r"\d+", row["evidence_doc_id"].split(".")[0] or row["cited_doc_ids"])
            abstract = corpus.get(cited[0]) if cited else None
            if not abstract:
                continue
            chosen = [int(n) for n in re.findall(r"\d+", row["evidence_sentences"])]
            text = " ".join(abstract[n] for n in chosen if n < len(abstract)) or abstract[-1]
            one = heard(text)
            if one.reading.clauses:
                yield Row(
                    source="scifact", group=cited[0], said=one, weight=0.7,
                    aim=of_text(row["claim"], model), label=named[row["evidence_label"]],
                )  # fmt: skip
