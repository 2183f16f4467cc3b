"""Term lists: what patterns stand for, what the packaged files hold, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import CodebookError
from community.lexicon import Lexicon, expand, load, packaged, packaged_names, parse


def test_a_pattern_stands_for_each_alternative_and_for_none() -> None:
    assert expand("stem cell (transplant|therapy|)") == (
        "stem cell transplant",
        "stem cell therapy",
        "stem cell",
    )


@pytest.mark.parametrize("pattern", ["a (b", "a b)", "a ((b|c)|d)"])
def test_brackets_that_do_not_pair_are_refused(pattern: str) -> None:
    with pytest.raises(CodebookError, match="brackets"):
        expand(pattern)


def test_a_pattern_that_explodes_is_refused() -> None:
    with pytest.raises(CodebookError, match="phrases"):
        expand("(a|b|c|d|e|f|g|h)" * 6)


@given(st.text(alphabet="abc -'", min_size=1, max_size=30))
def test_plain_words_stand_for_themselves_single_spaced(words: str) -> None:
    assert expand(words) == ((" ".join(words.split()),) if words.split() else ())


def test_an_unknown_key_is_an_error_that_names_the_keys_that_exist() -> None:
    with pytest.raises(CodebookError, match=r"abuot.*about, source, group"):
        parse('abuot = "x"', "mine.toml")


@pytest.mark.parametrize(
    "text", ["[group.a]\nx = 'one'", "[group.a]\nx = []", "group = 3", "not toml", "[group]\na = 1"]
)
def test_terms_that_are_no_lists_of_spellings_are_errors(text: str) -> None:
    with pytest.raises(CodebookError):
        parse(text, "mine.toml")


def test_the_first_spelling_is_the_preferred_name() -> None:
    term = parse("[group.drug]\nx = ['Natalizumab', 'tysabri']", "mine.toml").find("x")
    assert (term.preferred, term.spellings) == ("natalizumab", ("natalizumab", "tysabri"))


def test_a_missing_term_and_a_missing_lexicon_are_named() -> None:
    with pytest.raises(CodebookError, match="nothing"):
        Lexicon().find("nothing")
    with pytest.raises(CodebookError, match=r"nowhere.*treatments"):
        packaged("nowhere")


def test_a_study_can_add_spellings_to_a_packaged_term() -> None:
    extra = {"mine": "[group.treatment-dmt]\nnatalizumab = ['tysabs']"}
    term = load(["treatments", "mine"], extra).find("natalizumab")
    assert {"tysabri", "tysabs"} <= set(term.spellings)
    assert term.preferred == "natalizumab"


@pytest.mark.parametrize("name", packaged_names())
def test_packaged_lexicons_say_what_they_are_and_have_no_empty_term(name: str) -> None:
    terms = packaged(name).terms
    assert terms
    assert all(term.spellings and term.preferred for term in terms)
    assert all(s == s.lower() for term in terms for s in term.spellings)


@pytest.mark.parametrize(
    ("spelling", "term"),
    [
        ("hsct", "hsct"),
        ("stem cell transplant", "hsct"),
        ("tysabri", "natalizumab"),
        ("campath", "alemtuzumab"),
        ("cytoxan", "cyclophosphamide"),
        ("car-t", "car-t"),
        ("humira", "adalimumab"),
        ("sulphasalazine", "sulfasalazine"),
        ("doxycycline", "named-antibiotic"),
        ("physio", "physio"),
        ("pred", "prednisone"),
    ],
)
def test_patients_spellings_are_known(spelling: str, term: str) -> None:
    assert spelling in packaged("treatments").find(term).spellings


def test_a_broken_pattern_is_told_with_its_file_and_entry() -> None:
    with pytest.raises(CodebookError) as caught:
        parse('[group.drug]\nrebif = ["rebif ("]', "mine.toml")
    assert "mine.toml: drug.rebif" in str(caught.value)
