"""The codebook's grammar, its inheritance, and its own examples, executed."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from coding_threads import thread_of

from community.codebook import Code, Example, default, parse
from community.coders import learned, rules
from community.errors import CodebookError
from community.types import Coding

MINIMAL = """
name = "mine"
lexicons = ["treatments"]
[[codes]]
code = "noise"
layer = "topic"
definition = "Whether it is loud."
positive = ["It is very loud here."]
cues = [{ weight = 1.5, phrases = ["loud(er|)"], groups = ["treatment-hsct"] }]
"""


def test_a_codebook_reads_back_what_it_says() -> None:
    code = parse(MINIMAL, "mine.toml").code("noise")
    assert (code.layer, code.positive) == ("topic", (Example(text="It is very loud here."),))
    assert code.cues[0].phrases == ("louder", "loud")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINIMAL.replace("lexicons", "lexikons"), "lexikons"),
        (MINIMAL.replace("definition", "defintion"), "defintion"),
        (MINIMAL.replace("weight", "wieght"), "wieght"),
        (MINIMAL.replace('"topic"', '"theme"'), "theme"),
        (MINIMAL.replace("treatment-hsct", "treatment-hcst"), "treatment-hcst"),
        (MINIMAL.replace('["treatments"]', '["treetments"]'), "treetments"),
        (MINIMAL.replace("1.5", '"much"'), "number"),
        (MINIMAL.replace('layer = "topic"\n', ""), "layer"),
        (MINIMAL.replace("[[codes]]", "[codes]"), "list of tables"),
        (MINIMAL + MINIMAL[MINIMAL.index("[[") :], "twice"),
        ("name = 'x'\nband = [0.6, 0.7]", "band"),
        ("name = 'x'\nmax_topics = 0", "max_topics"),
        ("name = ", "TOML"),
        ("extends = 'elsewhere'\nname = 'x'", "ms-stem-cell"),
    ],
)
def test_what_breaks_the_grammar_is_an_error_that_says_where(text: str, said: str) -> None:
    with pytest.raises(CodebookError, match=said) as caught:
        parse(text, "mine.toml")
    assert pickle.loads(pickle.dumps(caught.value)).subject == caught.value.subject


def test_an_unknown_code_is_answered_with_those_that_exist() -> None:
    with pytest.raises(CodebookError, match=r"efficasy.*efficacy"):
        default().code("efficasy")


def test_a_study_overrides_one_code_and_keeps_the_rest() -> None:
    text = """extends = "ms-stem-cell"
    name = "ours"
    max_topics = 2
    lexicons = ["house"]
    [[codes]]
    code = "media"
    layer = "topic"
    definition = "Radio alone."
    [[codes]]
    code = "radio"
    layer = "topic"
    definition = "New."
    """
    ours = parse(text, "ours.toml", files={"house": "[group.own]\nx = ['zzz']"})
    assert ours.name == "ours"
    assert ours.max_topics == 2
    assert ours.code("media").definition == "Radio alone."
    assert ours.code("safety") == default().code("safety")
    assert ours.code("radio").definition == "New."
    assert ours.lexicon().find("x").group == "own"
    assert set(default().lexicons) < set(ours.lexicons)


def test_the_digest_moves_with_the_words_of_a_lexicon_and_with_nothing_else() -> None:
    one = parse(MINIMAL, "a.toml")
    assert one.digest() == parse(MINIMAL, "other-name.toml").digest()
    more = parse(
        MINIMAL.replace('["treatments"]', '["treatments", "m"]'),
        "a.toml",
        files={"m": "[group.a]\nx = ['y']"},
    )
    assert one.digest() != more.digest()


def test_the_packaged_codebook_has_the_three_layers_complete() -> None:
    book = default()
    assert len(book.layer("topic")) == 14
    assert {c.code for c in book.layer("sentiment")} == {"positive", "negative", "mixed", "neutral"}
    stances = {c.code: c.polarity for c in book.layer("stance")}
    assert stances == {
        "treatment-experience": ("good", "bad", "mixed", "neutral"),
        "neurologist-distrust": ("distrust", "trust", "mixed"),
        "progression-concern": ("worried", "hopeful", "mixed", "neutral"),
    }
    assert book.code("treatment-experience").whose == ("self", "close", "others")
    assert pickle.loads(pickle.dumps(book)) == book


def _given(code: Code, text: str) -> list[Coding]:
    coded = rules.make()(thread_of(text))
    return [c for c in coded.codings if c.code == code.code and not c.abstained]


POSITIVE = [(code, example) for code in default().codes for example in code.positive]
NEGATIVE = [
    (code, example) for code in default().codes for example in (*code.negative, *code.near_misses)
]


@pytest.mark.parametrize(("code", "example"), POSITIVE, ids=lambda v: getattr(v, "text", "")[:40])
def test_positive_examples_of_the_codebook_are_coded(code: Code, example: Example) -> None:
    given = _given(code, example.text)
    assert given, f"{code.code} is not given"
    if example.polarity:
        assert example.polarity in {c.polarity for c in given}
    if example.whose:
        assert example.whose in {c.whose for c in given}


@pytest.mark.parametrize(("code", "example"), NEGATIVE, ids=lambda v: getattr(v, "text", "")[:40])
def test_negative_examples_and_near_misses_are_not_coded(code: Code, example: Example) -> None:
    assert not _given(code, example.text)


def test_the_learned_coder_gives_most_examples_the_codes_they_have() -> None:
    coder = learned.make()

    def given(code: Code, text: str) -> bool:
        codings = coder(thread_of(text)).codings
        return any(c.code == code.code and not c.abstained for c in codings)

    right = [given(code, example.text) for code, example in POSITIVE]
    right += [not given(code, example.text) for code, example in NEGATIVE]
    assert sum(right) >= 0.85 * len(right)


def test_a_broken_cue_is_told_with_its_file_code_and_number() -> None:
    text = """
[[codes]]
code = "c"
layer = "topic"
definition = "d"
cues = [{ phrases = ["fine"] }, { phrases = ["(open"] }]
"""
    with pytest.raises(CodebookError) as caught:
        parse(text, "mine.toml")
    assert "mine.toml: code c: cues 2: phrases" in str(caught.value)


def test_the_codebook_of_the_demo_extends_the_packaged_one() -> None:
    path = Path(__file__).parent.parent / "corpus" / "codebook.toml"
    book = parse(path.read_text(encoding="utf-8"), str(path))
    assert book.name == "corpus"
    assert [code.code for code in book.codes] == [code.code for code in default().codes]
