"""Posts are linked to what they mean without a number: by words, and words near in meaning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from community.linking.links import make
from community.linking.targets import prepare
from community.types import Claim, Document, Ledger, Mention, Post, Span, Thread

PAGE = "page"
SOURCES = (
    ("fatigue", "Fatigue eased in most patients over the two years.", "favourable"),
    ("hair loss", "Hair grew back within six months in all patients.", "neutral"),
    ("return to work", "Half of the patients were working again a year later.", "favourable"),
)


def claim(number: int, document: str = PAGE) -> Claim:
    endpoint, text, direction = SOURCES[number]
    mention = Mention(
        document_id=document, span=Span(0, 0), endpoint=endpoint, text=text, trial="Birch series",
        intervention="HSCT", direction=direction,  # type: ignore[arg-type]
    )  # fmt: skip
    return Claim(id=str(number), version_group=str(number), mentions=(mention,))


LEDGER = Ledger(claims=tuple(map(claim, range(len(SOURCES)))))


def thread(words: str, document: str = PAGE) -> Thread:
    span = Span(0, len(words))
    post = Post(
        id="p0", document_id=document, thread_id="t", position=0, span=span, text=words, depth=0,
        own=(span,),
    )  # fmt: skip
    page = Document(id=document, source="x", reader="test", text=words, kind="both")
    return Thread(document=page, posts=(post,))


def targets(words: str, document: str = PAGE) -> list[str]:
    return [link.refers_to for link in make()(thread(words, document), LEDGER, ())]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("They say hair grew back within six months, mine took a year.", 1),
        ("Half of the patients working again a year later? I find that hard to believe.", 2),
    ],
)
def test_a_sentence_without_number_or_known_endpoint_tells_its_claim(
    words: str, number: int
) -> None:
    assert f"claim:{number}" in targets(words)


@pytest.mark.parametrize("words", ["Thanks for posting this.", "Where do you live?", "ok", "…"])
def test_what_speaks_of_nothing_reported_is_linked_to_no_claim(words: str) -> None:
    assert targets(words) == []


def test_what_is_not_in_scope_is_not_meant() -> None:
    assert targets("Fatigue is the worst of it for me.", "elsewhere") == []


def other(number: int) -> Claim:
    made = claim(number % 3, f"other-{number // 3}")
    text = f"Scale {number} moved by {number % 90} points in cohort {number // 7}."
    mention = replace(made.mentions[0], text=text, endpoint=f"scale {number}", trial=f"No {number}")
    return Claim(id=f"other-{number}", version_group=f"o{number}", mentions=(mention,))


def test_a_ledger_of_thousands_finds_the_same_claim() -> None:
    index = prepare(Ledger(claims=(*LEDGER.claims, *map(other, range(3000)))))
    words = "They say hair grew back within six months, mine took a year."
    found = make()(thread(words), index, ())
    assert [link.refers_to for link in found] == ["claim:1"]


def test_a_claim_from_anywhere_is_taken_only_where_nearly_its_words_are_told() -> None:
    index = prepare(Ledger(claims=(*LEDGER.claims, *map(other, range(300)))))
    told = "I read a study where half of the patients were working again a year later."
    assert [x.refers_to for x in make()(thread(told, "elsewhere"), index, ())] == ["claim:2"]
    vague = "I read a study about work."
    assert make()(thread(vague, "elsewhere"), index, ()) == ()
