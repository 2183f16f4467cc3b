"""`community.claims`, `link` and `relate`, and the command `link`: the ledger without a study."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pandas
import pytest

import community
from community.errors import UsageError
from community.types import Mention, Span

ARTICLE = (
    "In the REST trial, 40 people with multiple sclerosis had a stem cell transplant. After three"
    " years 71% of them had no relapse. Nobody died."
)
RESULT = "After three years 71% had no relapse."
DOUBT = "71% without a relapse, from only 40 people? I doubt that this holds."


def test_a_text_gives_its_results_with_the_words_that_state_them() -> None:
    found = {claim.best().endpoint: claim.best() for claim in community.claims(ARTICLE)}
    free = found["relapse-free survival"]
    assert (free.value, free.unit, free.timepoint) == (71.0, "%", "3 years")
    assert free.span.of(ARTICLE) == free.text
    assert found["mortality"].value == 0


def test_a_text_without_results_gives_none_and_no_text_is_an_error() -> None:
    assert community.claims("The garden was lovely in spring.") == ()
    with pytest.raises(UsageError, match="no text"):
        community.claims("  ")


@pytest.mark.parametrize(
    ("sentence", "endpoint"),
    [
        ("In 70% the EDSS did not progress at all.", "progression-free survival"),
        ("In 70% the EDSS did progress.", "disability worsening"),
    ],
)
def test_who_was_spared_is_not_counted_among_those_who_were_not(
    sentence: str, endpoint: str
) -> None:
    found = community.claims(f"We treated 23 patients with MS. {sentence}")
    assert (endpoint, 70.0) in {(c.best().endpoint, c.best().value) for c in found}


def test_a_post_is_linked_to_a_sentence_under_the_places_of_both() -> None:
    (link,) = community.link(["lovely weather today", f"  {DOUBT}"], ["Nobody died.", RESULT])
    assert (link.post_id, link.refers_to, link.relation) == ("1", "claim:1", "questions")
    assert f"  {DOUBT}"[link.evidence.start : link.evidence.end] in DOUBT


def test_posts_keep_the_ids_they_came_with_and_answers_inherit() -> None:
    posts = [
        {"id": "a", "text": DOUBT, "author": "x"},
        {"id": "b", "parent_id": "a", "text": "Exactly. Far too few people.", "author": "y"},
    ]
    made = community.link(posts, community.claims(ARTICLE))
    assert {link.post_id for link in made} == {"a", "b"}
    assert {link.hops for link in made if link.post_id == "b"} == {1}


def test_a_data_frame_of_posts_and_one_of_claims_may_be_given() -> None:
    posts = pandas.DataFrame({"id": [7], "text": [DOUBT], "parent_id": [float("nan")]})
    claims = pandas.DataFrame({"claim_id": ["c9"], "endpoint": ["relapse-free survival"],
                               "value": [71.0], "unit": ["%"], "n": [40]})  # fmt: skip
    (link,) = community.link(posts, claims)
    assert (link.post_id, link.refers_to) == ("7", "claim:c9")


def test_a_mention_may_stand_for_a_claim() -> None:
    mention = Mention(
        document_id="d", span=Span(0, 0), endpoint="relapse-free survival", value=71.0, unit="%"
    )
    assert community.relate(DOUBT, mention).relation == "questions"


def test_the_same_words_toward_another_claim_give_another_answer() -> None:
    assert community.relate(DOUBT, RESULT).relation == "questions"
    assert community.relate(DOUBT, "Eight of 40 patients had a fever.").relation is None


def test_what_is_neither_post_nor_claim_is_told() -> None:
    with pytest.raises(UsageError, match="is no post"):
        community.link([3], ["Nobody died."])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="is no claim"):
        community.relate("hello", 3)  # type: ignore[arg-type]


def test_the_command_links_posts_to_a_table_of_claims_without_an_article(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text(
        f'id,text,parent_id\n1,"{DOUBT}",\n2,"what a lovely garden you have there",\n',
        encoding="utf-8",
    )
    (tmp_path / "claims.csv").write_text(
        "claim_id,trial,endpoint,value,unit,n\nc9,REST,relapse-free survival,71,%,40\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "community", "link", "posts.csv", "--claims", "claims.csv"]
    done = subprocess.run([*command, "--out", "out"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    with (tmp_path / "out" / "links.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["relation"] for row in rows} == {"questions"}
    assert any(row["refers_to"].startswith("claim:") for row in rows)
