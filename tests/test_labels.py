"""Files of codings that people make: three shapes, one meaning, and errors that say the line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import codebook
from community.errors import CodebookError, CommunityError, SourceError
from community.labels import files
from community.labels.folding import by_coder
from community.labels.nouns import NOTHING, Labels, Passage

BOOK = codebook.default()
HEAD = "post_id,layer,code,polarity,whose,coder,evidence_start,evidence_end\n"


def read(text: str, name: str = "gold.csv") -> dict[str, Labels]:
    return by_coder(files.rows(text, name), BOOK, name)


def one(text: str) -> Labels:
    (labels,) = read(text).values()
    return labels


def test_a_table_and_both_kinds_of_json_lines_say_the_same() -> None:
    table = one(
        HEAD
        + "p1,topic,safety,,,human:a,,\n"
        + "p1,sentiment,negative,,,human:a,,\n"
        + "p1,stance,treatment-experience,bad,self,human:a,4,9\n"
        + "p2,,,,,human:a,,\n"
    )
    row = {"post_id": "p1", "coder": "human:a"}
    stance = {"code": "treatment-experience", "polarity": "bad", "whose": "self"}
    flat = one(
        "\n".join(
            json.dumps(line)
            for line in (
                row | {"code": "safety"},
                row | {"code": "negative", "polarity": None},
                row | stance | {"layer": "stance", "evidence_start": 4, "evidence_end": 9},
                {"post_id": "p2", "coder": "human:a", "code": ""},
            )
        )
    )
    assert flat == table
    whole = one(
        "\n".join(
            json.dumps(line)
            for line in (
                row
                | {
                    "topics": ["safety"],
                    "sentiment": "negative",
                    "stances": [stance | {"evidence": [[4, 9]]}],
                },
                {"post_id": "p2", "coder": "human:a", "topics": [], "stances": []},
            )
        )
    )
    assert whole.layers == table.layers == {"topic", "sentiment", "stance"}
    assert whole.posts.keys() == table.posts.keys()
    given_ = whole.posts["p1"].given["treatment-experience"]
    assert given_.evidence == (Passage(start=4, end=9, base="post"),), "into the post's own text"
    assert given_.polarity == "bad"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_any_country_are_read(delimiter: str) -> None:
    text = "\ufeffpost_id,code,abstained,note\r\np1,safety,FALSE,x\r\n\r\np2,,,\r\n"
    labels = one(text.replace(",", delimiter))
    assert set(labels.posts) == {"p1", "p2"}
    assert labels.posts["p2"] == NOTHING
    assert labels.coder == "gold.csv", "who is not named is named by the file"


def test_experiences_of_several_people_with_different_polarity_are_mixed() -> None:
    code = "treatment-experience"
    labels = one(HEAD + f"p1,,{code},good,self,,,\np1,,{code},bad,close,,,\n")
    held = labels.posts["p1"].given[code]
    assert held.polarity == "mixed"
    assert held.whose == {"self", "close"}


def test_further_rows_of_a_code_add_evidence() -> None:
    labels = one(HEAD + "p1,,safety,,,,1,5\np1,,safety,,,,8,9\np1,,safety,,,,8,9\n")
    spans = [(p.start, p.end) for p in labels.posts["p1"].given["safety"].evidence]
    assert spans == [(1, 5), (8, 9)]


def test_an_abstention_leaves_open_what_it_names() -> None:
    head = "post_id,layer,code,abstained\n"
    labels = one(head + "p1,,safety,true\np2,stance,,true\np3,,positive,true\np4,,efficacy,\n")
    assert labels.posts["p1"].unsure == {"safety"}
    assert labels.posts["p2"].unsure == {c.code for c in BOOK.layer("stance")}
    assert labels.posts["p3"].unsure == {c.code for c in BOOK.layer("sentiment")}
    assert not labels.posts["p4"].unsure


def test_a_code_that_is_given_is_not_open() -> None:
    code = "treatment-experience"
    text = f"post_id,code,whose,abstained\np1,{code},self,false\np1,{code},close,true\n"
    post = one(text).posts["p1"]
    assert code in post.given
    assert not post.unsure


def test_words_of_evidence_lose_the_guard_of_our_own_tables() -> None:
    labels = one("post_id,code,evidence\np1,safety,'=no infections\np2,safety,'tis bad\n")
    words = [labels.posts[p].given["safety"].evidence[0].words for p in ("p1", "p2")]
    assert words == ["=no infections", "'tis bad"]


def test_several_coders_of_a_file_are_kept_apart() -> None:
    found = read("post_id,code,coder\np1,safety,a\np1,care,b\n")
    assert set(found) == {"a", "b"}
    assert set(found["a"].posts["p1"].given) == {"safety"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("post_id,code\np1,saftey\n", "line 2: no code is 'saftey' (did you mean safety?"),
        ("post_id,layer,code\np1,stance,safety\n", "safety is no code of layer stance"),
        ("post_id,code,polarity\np1,neurologist-distrust,bad\n", "there are: distrust, trust"),
        ("post_id,code,whose\np1,treatment-experience,me\n", "there are: self, close, others"),
        ("post_id,code,role\np1,safety,doctor\n", "no role is 'doctor'"),
        ("post_id,layer,code\np1,topics,\n", "did you mean topic?"),
    ],
)
def test_what_the_codebook_lacks_is_an_error_with_advice(text: str, told: str) -> None:
    with pytest.raises(CodebookError) as error:
        read(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,label\np1,safety\n", "no column post_id and no column code"),
        ("post_id,code\n", "holds no coding"),
        ("", "no column post_id"),
        ("post_id,code\n,safety\n", "line 2: no post_id"),
        ("post_id,code,abstained\np1,safety,perhaps\n", "'perhaps'"),
        (HEAD + "p1,,safety,,,,5,5\n", "evidence ends at 5, begins at 5"),
        (HEAD + "p1,,safety,,,,5,\n", "'' is no offset"),
        (HEAD + "p1,,positive,,,,,\np1,,neutral,,,,,\n", "post p1 has 2 sentiments"),
        ('[{"post_id": "p1"}]', "JSON list"),
        ('{"post_id": "p1", "code": "safety"}\n{"post_id"', "line 2: is not JSON"),
        ('{"post_id": "p1"}', "line 1: no coding in it"),
        ('{"post_id": 7, "code": "safety"}', "post_id is 7, not a string"),
        ('{"post_id": "p1", "topics": "safety"}', "topics is 'safety', not a list"),
        ('{"post_id": "p1", "stances": [{"polarity": "bad"}]}', "no code of layer stance"),
        ('{"post_id": "p1", "stances": [{"code": "safety", "evidence": [1]}]}', "1 is no evidence"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_where(text: str, told: str) -> None:
    with pytest.raises(SourceError) as error:
        read(text)
    assert told in str(error.value)
    assert str(error.value).startswith("gold.csv")


@pytest.mark.parametrize(
    "text",
    ["p1\n\np2\n", "post_id,author\np1,x\np2,y\np1,x\n", '{"post_id":"p1"}\n{"post_id":"p2"}'],
)
def test_a_list_of_posts_is_lines_or_a_table(text: str) -> None:
    assert files.ids(text, "posts.txt") == ["p1", "p2"]


def test_an_empty_list_of_posts_is_an_error() -> None:
    with pytest.raises(SourceError, match="lists no post"):
        files.ids("\n\n", "posts.txt")


@given(st.text(max_size=200) | st.text(",;\t\n\"'{}[]:post_idcode01", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for start in ("", "post_id,code\n", '{"post_id": "p1", "topics": [', "{"):
        try:
            labels = read(start + text)
        except CommunityError:
            continue
        assert labels
