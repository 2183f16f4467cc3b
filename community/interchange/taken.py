"""What was read of other tools' codings: rows for a label file, and what is to be told."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from community.codebook import Codebook

COLUMNS = (
    "post_id", "thread_id", "layer", "code", "polarity", "whose", "coder",
    "evidence_start", "evidence_end",
)  # fmt: skip
_MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRow:
    """A code that a person gave. `start` and `end` are offsets into the document's text, None where
    the post as a whole is meant."""

    post_id: str
    thread_id: str | None
    coder: str
    layer: str = ""
    code: str = ""
    polarity: str | None = None
    whose: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Taken:
    """Rows, and counts: threads met, sources that are none of ours, codings outside every post,
    of people whose words changed (`lost`), with codes that the codebook lacks (`unknown`); of our
    own coders what `stayed`, was moved (`drift`, by how many characters) or `removed`. `seen` are
    posts that a person had before them, with their threads."""

    rows: list[TakenRow] = field(default_factory=list)
    seen: dict[tuple[str, str], str | None] = field(default_factory=dict)
    threads: int = 0
    foreign: int = 0
    outside: int = 0
    raw_crlf: bool = False
    lost: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    drift: Counter[int] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def people(self) -> dict[str, tuple[int, int]]:
        """Codings and posts of each person."""
        coders = dict.fromkeys([row.coder for row in self.rows] + [who for who, _ in self.seen])
        return {
            who: (
                sum(row.coder == who for row in self.rows),
                sum(coder == who for coder, _ in self.seen),
            )
            for who in coders
        }

    def one_feeling(self, book: Codebook) -> None:
        """A post has one sentiment by a coder: where a person marked several, it is mixed."""
        several: dict[tuple[str, str], set[str]] = {}
        for row in self.rows:
            if row.layer == "sentiment":
                several.setdefault((row.coder, row.post_id), set()).add(row.code)
        torn = {key for key, codes in several.items() if len(codes) > 1}
        if not torn:
            return
        known = any(code.code == _MIXED for code in book.layer("sentiment"))
        kept = []
        for row in self.rows:
            if row.layer == "sentiment" and (row.coder, row.post_id) in torn:
                if not known:
                    continue
                row = replace(row, code=_MIXED)
            kept.append(row)
        self.rows = kept
        how = "taken as mixed" if known else "left out"
        self.notes.append(f"{len(torn)} posts with two sentiments by one person, {how}")

    def table(self) -> Iterator[bytes]:
        """The rows as a label file: codings, then posts that were read and not coded."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(COLUMNS)
        coded = {(row.coder, row.post_id) for row in self.rows}
        empty = [
            TakenRow(post_id=post, thread_id=thread, coder=who)
            for (who, post), thread in self.seen.items()
            if (who, post) not in coded
        ]
        for row in [*dict.fromkeys(self.rows), *empty]:
            told = (row.polarity, row.whose, row.coder, row.start, row.end)
            cells = (row.post_id, row.thread_id, row.layer, row.code, *told)
            writer.writerow(["" if cell is None else cell for cell in cells])
        yield buffer.getvalue().encode("utf-8", "replace")
