"""What the posts of a thread say of the ledger: numbers and questions, beside `types.Link`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from community.types import Link, Role, Span

Verdict = Literal[
    "exact",
    "rounded",
    "complement",
    "other-endpoint",
    "other-timepoint",
    "other-trial",
    "no-source",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedNumber:
    """A number that a post uses in its own words, typed against the ledger.

    `value` is in `unit` as the post puts it ("one in three" is 33.3 %); `claim_id` is the claim
    that the number comes from, also where the words say another endpoint, time point or trial;
    None where no claim has it (``no-source``). A range ("5 to 10 %") is two numbers.
    """

    post_id: str
    span: Span
    value: float | None = None
    unit: str | None = None
    claim_id: str | None = None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that a post asks about a result, a trial or a treatment.

    `refers_to` as in `Link`, None where no target is known; `answered_by` is the first post that
    answers it, with its author's role and how sure that is (`score`, 0 to 1, not calibrated); None
    where the thread has no answer. `ledger_claim_id` is the claim that holds what is asked.
    """

    post_id: str
    span: Span
    refers_to: str | None = None
    answered_by: str | None = None
    answerer_role: Role | None = None
    ledger_claim_id: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What the posts of one thread say of the ledger: each tuple in page order."""

    links: tuple[Link, ...] = ()
    numbers: tuple[QuotedNumber, ...] = ()
    questions: tuple[Question, ...] = ()
