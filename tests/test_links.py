"""Links from posts to claims, trials and interventions."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from community.linking.links import make, prepare, relate
from community.types import (
    Claim,
    Coding,
    Document,
    Ledger,
    Link,
    Mention,
    Post,
    Quote,
    Span,
    Status,
    Thread,
)

TRIAL = "LARK-MS"


def claim(name: str, endpoint: str, value: float | None = None, **more: object) -> Claim:
    fields: dict[str, object] = {
        "document_id": "article", "span": Span(0, 1), "trial": TRIAL, "intervention": "HSCT",
        "unit": "%", "n": 40, "direction": "favourable",
    } | more  # fmt: skip
    mention = Mention(endpoint=endpoint, value=value, **fields)  # type: ignore[arg-type]
    return Claim(id=name, version_group=name, mentions=(mention,))


EVENTS = claim("efs", "event-free survival", 72.4, timepoint="5 years", timepoint_months=60.0)
PROGRESS = claim("pfs", "progression-free survival", 88.1, timepoint="5 years", timepoint_months=60)
SCANS = claim("mri", "MRI activity-free survival", 84.0, timepoint="5 years", timepoint_months=60)
RELAPSES = claim("rfs", "relapse-free survival", 85.3, timepoint="5 years", timepoint_months=60)
DEATHS = claim("deaths", "treatment-related mortality", 0.0, unit="deaths", numerator=0)
THYROID = claim(
    "thyroid", "autoimmune thyroid disease", 7.0, unit="patients", numerator=7, denominator=40,
    direction="unfavourable",
)  # fmt: skip
LEDGER = Ledger(claims=(EVENTS, PROGRESS, SCANS, RELAPSES, DEATHS, THYROID))


def thread(*posts: str, parents: dict[int, int] | None = None, document: str = "article") -> Thread:
    text, made = "", []
    for n, words in enumerate(posts):
        span = Span(len(text), len(text) + len(words))
        parent = (parents or {}).get(n)
        post = Post(
            id=f"p{n}",
            document_id=document,
            thread_id="t",
            position=n,
            span=span,
            text=words,
            depth=0 if parent is None else 1,
            own=(span,),
            parent_id=None if parent is None else f"p{parent}",
        )
        made.append(post)
        text += words + "\n\n"
    page = Document(id=document, source="page", reader="test", text=text, kind="both")
    return Thread(document=page, posts=tuple(made))


def experience(where: Thread, n: int, words: str, polarity: str, whose: str = "self") -> Coding:
    at = where.document.text.index(words)
    return Coding(
        post_id=f"p{n}", layer="stance", code="treatment-experience", coder="rules",
        polarity=polarity, whose=whose, evidence=(Span(at, at + len(words)),),
    )  # fmt: skip


def links(where: Thread, *codings: Coding) -> tuple[Link, ...]:
    return make()(where, LEDGER, codings)


def told(found: tuple[Link, ...]) -> set[tuple[str, str, str]]:
    return {(link.post_id, link.refers_to, link.relation) for link in found}


@pytest.mark.parametrize(
    "words",
    ["72.4%", "72%", "seventy-two percent", "72 per cent", "the 72"],
)
def test_a_number_tells_its_claim_exact_rounded_or_spelt(words: str) -> None:
    found = links(thread(f"So it says {words} were event free, and that is impressive."))
    assert told(found) == {("p0", "claim:efs", "supports")}


def test_the_complement_of_a_share_tells_its_claim() -> None:
    found = links(thread("So 28% had some event within 5 years."))
    assert told(found) == {("p0", "claim:efs", "mentions")}


def test_a_fraction_tells_its_claim() -> None:
    found = links(thread("7 of 40 with a broken thyroid, that is what the page says."))
    assert told(found) == {("p0", "claim:thyroid", "mentions")}


def test_a_trial_is_told_by_its_name_where_no_claim_is() -> None:
    found = links(thread("LARK-MS is a very small study.", document="forum"))
    assert told(found) == {("p0", f"trial:{TRIAL}", "questions")}


def test_this_study_is_the_study_of_the_page() -> None:
    found = links(thread("There is no control group in this study."))
    assert told(found) == {("p0", f"trial:{TRIAL}", "questions")}


def test_the_treatment_as_a_whole_is_told_by_patients_words() -> None:
    found = links(thread("Does a stem cell transplant work for people with secondary progressive?"))
    assert told(found) == {("p0", "intervention:HSCT", "questions")}


def test_a_reply_inherits_the_target_when_its_own_words_carry_a_relation() -> None:
    where = thread("They report 72.4% event free.", "That is nonsense.", parents={1: 0})
    last = links(where)[-1]
    assert (last.post_id, last.refers_to, last.relation) == ("p1", "claim:efs", "disputes")
    assert last.hops == 1
    assert last.evidence.of(where.document.text).startswith("That is nonsense")


def test_a_reply_without_a_relation_inherits_nothing() -> None:
    where = thread("They report 72.4% event free.", "Happy birthday, Anna.", parents={1: 0})
    assert {link.post_id for link in links(where)} == {"p0"}


def test_a_post_that_refers_to_nothing_reported_has_no_link() -> None:
    assert links(thread("My cat sat on the heater all day.")) == ()
    assert links(thread("How long does it last?", document="elsewhere")) == ()


def test_a_course_is_held_against_the_result_of_its_endpoint() -> None:
    where = thread("I had my transplant in 2015. No relapses since, but I walk with a stick now.")
    coding = experience(where, 0, "No relapses since, but I walk with a stick now", "mixed")
    assert told(links(where, coding)) == {
        ("p0", "claim:rfs", "experience-for"),
        ("p0", "claim:pfs", "experience-against"),
    }


def test_having_a_harm_agrees_with_the_report_of_that_harm() -> None:
    where = thread("I had my transplant in 2015 and lost my thyroid to it.")
    coding = experience(where, 0, "lost my thyroid to it", "bad")
    assert told(links(where, coding)) == {("p0", "claim:thyroid", "experience-for")}


def test_a_course_without_an_endpoint_speaks_to_the_treatment() -> None:
    where = thread("My wife had hsct two years ago. It changed my life and hers.")
    coding = experience(where, 0, "It changed my life and hers", "good", "close")
    assert told(links(where, coding)) == {("p0", "intervention:HSCT", "experience-for")}


def test_seeking_treatment_is_no_course() -> None:
    where = thread("I was turned down for hsct twice.")
    assert not links(where, experience(where, 0, "turned down for hsct twice", "bad"))


def test_another_treatments_course_is_no_link() -> None:
    where = thread("On rituximab since 2018 and no relapses.")
    coding = experience(where, 0, "On rituximab since 2018 and no relapses", "good")
    assert not links(where, coding)


@pytest.mark.parametrize("status", ["removed", "deleted", "withdrawn"])
def test_posts_that_are_not_present_have_no_link(status: Status) -> None:
    where = thread("They report 72.4% event free.")
    gone = replace(where, posts=(replace(where.posts[0], status=status),))
    assert links(gone) == ()


def test_quoted_words_are_not_the_posters_own() -> None:
    where = thread("They report 72.4% event free. Thanks, Anna.")
    post = where.posts[0]
    cut = post.text.index("Thanks")
    quoted = replace(
        post,
        own=(Span(cut, post.span.end),),
        quotes=(Quote(span=Span(0, cut - 1), of="article"),),
    )
    assert links(replace(where, posts=(quoted,))) == ()


def test_evidence_stands_in_the_posters_own_words() -> None:
    where = thread("Hello.", "I agree that 88% without progression is impressive, thanks.")
    (link,) = links(where)
    assert link.post_id == "p1"
    assert link.evidence.of(where.document.text).startswith("I agree that 88%")


def test_a_thread_that_quotes_two_figures_of_a_trial_speaks_of_it_unnamed() -> None:
    where = thread(
        "88.1% had no progression and 85.3% were relapse free, they wrote.",
        "That is a small sample.",
        parents={1: 0},
        document="elsewhere",
    )
    assert {link.refers_to for link in links(where) if link.post_id == "p0"} == {
        "claim:pfs",
        "claim:rfs",
    }


def test_a_claim_that_only_a_post_states_is_no_target() -> None:
    hearsay = replace(EVENTS, mentions=(replace(EVENTS.mentions[0], post_id="p9"),))
    where = thread("They report 72.4% event free.")
    assert make()(where, Ledger(claims=(hearsay,)), ()) == ()


def test_index_and_ledger_give_the_same_links_and_both_survive_pickling() -> None:
    where = thread("72.4% event free is impressive.", "How long does it last?", parents={1: 0})
    linker = pickle.loads(pickle.dumps(make()))
    index = pickle.loads(pickle.dumps(prepare(LEDGER)))
    assert linker(where, index, ()) == linker(where, LEDGER, ()) != ()


def test_an_empty_ledger_gives_no_link() -> None:
    assert make()(thread("72.4% event free."), Ledger(), ()) == ()


def test_options_bound_links_and_scores() -> None:
    where = thread("72.4% event free, 88.1% no progression, 85.3% no relapse, 84% clean MRI.")
    assert len(links(where)) == 3
    assert len(make(most=1)(where, LEDGER, ())) == 1
    assert make(threshold=1.0)(where, LEDGER, ()) == ()


def test_the_same_words_relate_otherwise_to_another_claim() -> None:
    text = "The 88% without progression is impressive, but the 72% event free is nonsense."
    assert relate(text, PROGRESS).relation == "supports"
    assert relate(text, EVENTS).relation == "disputes"
    assert relate(text, THYROID).relation is None


def test_relate_gives_the_words_that_carry_the_relation() -> None:
    text = "We read it. How long does the 72% at five years last?"
    found = relate(text, EVENTS)
    assert found.relation == "questions"
    assert found.evidence is not None
    assert found.evidence.of(text) == "How long does the 72% at five years last?"
    assert 0 < found.score <= 1


def test_relate_hears_an_own_course() -> None:
    text = "I had my transplant in 2012 and no relapse since."
    assert relate(text, RELAPSES).relation == "experience-for"
    assert relate("My bus was late.", RELAPSES).relation is None
