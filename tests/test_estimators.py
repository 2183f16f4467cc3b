"""Our scikit-learn estimators keep scikit-learn's contract, and do what they say."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Self

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from community.errors import UsageError
from community.estimators import (
    FAMILIES,
    CutClassifier,
    OrdinalClassifier,
    PatientTextFeatures,
)
from community.estimators.cuts import (
    class_shifts,
    confusion,
    label_cuts,
    macro_f1,
    rank_cuts,
    weighted_kappa,
)
from community.estimators.families import grams, word_runs


class NumbersAsText(PatientTextFeatures):
    """scikit-learn's checks hand over tables of numbers: each row is written as words, so that the
    checks which apply to any transformer can look at ours."""

    def fit(self, X: Any, y: object = None) -> Self:
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: object = None, **options: Any) -> Any:
        return super().fit_transform(self._written(X, reset=True), y)

    def transform(self, X: Any) -> Any:
        if not hasattr(self, "idf_"):
            return super().transform([])
        return super().transform(self._written(X, reset=False))

    def _written(self, X: Any, *, reset: bool) -> list[str]:
        rows = validate_data(self, X, reset=reset, dtype=None)
        return [
            " ".join("better" if v > 0 else "tired" for v in np.asarray(row, float)) for row in rows
        ]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = False
        return tags


def not_asked(estimator: Any) -> dict[str, str]:
    """Checks that do not apply, with the reason."""
    found = {}
    if getattr(estimator, "cuts", "even") != "even":
        found["check_classifiers_train"] = "cuts move decisions away from the likeliest, by intent"
    return found


@parametrize_with_checks(
    [
        CutClassifier(),
        CutClassifier(cuts="f1"),
        OrdinalClassifier(),
        OrdinalClassifier(cuts="kappa"),
        NumbersAsText(families=("words", "characters"), least=1),
        NumbersAsText(families=("context", "vectors"), least=1),
    ],
    expected_failed_checks=not_asked,
)
def test_scikit_learns_checks(estimator: Any, check: Any) -> None:
    check(estimator)


GLAD = ("The tablets helped and I am better.", "So much better, I sleep again!", "It works well.")
SAD = ("The tablets made me sick.", "Worse every day, I stopped.", "It did nothing for my pain.")
TEXTS = [f"{text} Week {n}." for n in range(8) for text in (*GLAD, *SAD)]
FELT = np.array([1, 1, 1, 0, 0, 0] * 8)


def test_each_family_can_stand_alone_and_names_its_columns() -> None:
    for family in FAMILIES:
        features = PatientTextFeatures((family,))
        columns = features.fit_transform(TEXTS)
        assert columns.shape == (len(TEXTS), len(features.get_feature_names_out()))
        assert (columns != features.transform(TEXTS)).nnz == 0
        assert all(name.startswith(f"{family}__") for name in features.get_feature_names_out())


def test_weights_multiply_the_columns_of_a_family() -> None:
    once = PatientTextFeatures(("words", "tone")).fit_transform(TEXTS)
    twice = PatientTextFeatures(("words", "tone"), weights={"tone": 2.0}).fit_transform(TEXTS)
    assert np.allclose(twice[:, -8:].toarray(), 2 * once[:, -8:].toarray())
    assert (twice[:, :-8] != once[:, :-8]).nnz == 0


def test_digits_case_and_held_letters_make_no_new_words() -> None:
    assert word_runs("Sooooo GOOD after 12 days!!", 2) == word_runs("soo good after 9 days!", 2)


def test_grams_are_those_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    cut = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    for word in ("a", "tired", "relapse"):
        assert sorted(grams(word, 2, 5)) == sorted(cut(word))


def test_keys_that_were_not_learned_are_left_out() -> None:
    features = PatientTextFeatures(("words", "characters")).fit(TEXTS)
    assert features.transform(["\u03b1\u03b2\u03b3"]).nnz == 0
    assert features.transform([""]).shape == features.transform(TEXTS[:1]).shape


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ({"families": ()}, TEXTS),
        ({"families": ("word",)}, TEXTS),
        ({"weights": {"word": 1.0}}, TEXTS),
        ({"grams": (3, 2)}, TEXTS),
        ({"least": 0}, TEXTS),
        ({}, "one string"),
        ({}, ["a text", None]),
    ],
)
def test_what_means_nothing_is_refused(options: dict[str, Any], texts: Any) -> None:
    with pytest.raises(UsageError) as found:
        PatientTextFeatures(**options).fit(texts)
    assert isinstance(found.value, ValueError)


@pytest.mark.parametrize("model", ["logistic", "svm"])
@pytest.mark.parametrize("cuts", ["even", "f1"])
def test_classes_stand_in_a_pipeline_and_a_search(model: str, cuts: str) -> None:
    line = make_pipeline(PatientTextFeatures(("words",)), CutClassifier(model=model, cuts=cuts))
    search = GridSearchCV(line, {"patienttextfeatures__longest_run": [1, 2]}, cv=2)
    search.fit(TEXTS, FELT)
    assert search.score(TEXTS, FELT) == 1.0
    chances = search.predict_proba(TEXTS)
    assert np.allclose(chances.sum(axis=1), 1)


def test_columns_of_a_table_have_features_of_their_own() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"good": TEXTS, "bad": TEXTS[::-1]})
    words = PatientTextFeatures(("words",))
    both = ColumnTransformer([("good", words, "good"), ("bad", clone(words), "bad")])
    assert make_pipeline(both, CutClassifier()).fit(table, FELT).score(table, FELT) == 1.0


def test_any_set_of_labels_is_decided_label_by_label() -> None:
    marks = np.column_stack([FELT, 1 - FELT, np.zeros_like(FELT)])
    columns = PatientTextFeatures(("words",)).fit_transform(TEXTS)
    for cuts in ("even", "f1"):
        heads = CutClassifier(cuts=cuts).fit(columns, marks)
        assert (heads.predict(columns) == marks).all()
        assert heads.predict_proba(columns).shape == marks.shape


def rare(generator: np.random.Generator, n: int) -> tuple[Any, np.ndarray]:
    """Columns of which one tells a rare class, and not for sure."""
    y = (generator.random(n) < 0.1).astype(int)
    return csr_matrix(generator.normal(size=(n, 5)) + y[:, None] * [1.2, 0, 0, 0, 0]), y


def test_cuts_make_f1_better_on_texts_not_seen() -> None:
    generator = np.random.default_rng(0)
    (columns, y), (others, right) = rare(generator, 2000), rare(generator, 2000)
    even = CutClassifier(balanced=False).fit(columns, y)
    cut = CutClassifier(balanced=False, cuts="f1").fit(columns, y)
    assert f1_score(right, cut.predict(others)) > f1_score(right, even.predict(others)) + 0.1


def test_grades_keep_their_order_and_cuts_make_kappa_better() -> None:
    generator = np.random.default_rng(0)
    hidden = generator.normal(size=3000)
    grades = np.digitize(hidden, [0.5, 1.0, 1.5, 2.0]) + 1
    columns = np.column_stack([hidden + generator.normal(size=3000), generator.normal(size=3000)])
    seen, unseen = slice(0, 2000), slice(2000, None)
    figures = {}
    for cuts in ("even", "kappa"):
        model = OrdinalClassifier(cuts=cuts).fit(columns[seen], grades[seen])
        told = model.predict(columns[unseen])
        figures[cuts] = cohen_kappa_score(grades[unseen], told, weights="quadratic")
        assert set(told) <= {1, 2, 3, 4, 5}
        assert np.allclose(model.predict_proba(columns).sum(axis=1), 1)
        assert np.corrcoef(model.rank(columns), hidden)[0, 1] > 0.6
    assert figures["kappa"] > figures["even"] + 0.05


def test_figures_of_confusions_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    right, given = generator.integers(0, 4, 300), generator.integers(0, 4, 300)
    table = confusion(right, given, 4)
    assert macro_f1(table) == pytest.approx(f1_score(right, given, average="macro"))
    kappa = cohen_kappa_score(right, given, weights="quadratic")
    assert weighted_kappa(table) == pytest.approx(kappa)


def test_cuts_of_a_score_find_grades_that_it_orders_fully() -> None:
    grades = np.repeat([0, 1, 2], [10, 30, 60])
    score = np.linspace(0, 1, 100)
    for goal in ("kappa", "f1"):
        cuts = rank_cuts(score, grades, 3, goal)
        assert (np.searchsorted(cuts, score) == grades).all()


def test_cuts_of_labels_stand_between_texts_and_shifts_mend_a_rare_class() -> None:
    told = np.array([[2.0], [1.0], [-3.0], [-4.0]])
    assert label_cuts(told, np.array([[True], [True], [True], [False]])) == [-3.5]
    odds = np.array([[1.0, 0.5], [1.0, 0.6], [1.0, -2.0], [1.0, -2.0]])
    shifts = class_shifts(odds, np.array([1, 1, 0, 0]))
    assert ((odds - shifts).argmax(axis=1) == [1, 1, 0, 0]).all()


def test_options_and_single_classes_are_refused() -> None:
    columns, y = np.eye(4), np.array([0, 1, 0, 1])
    for model in (
        CutClassifier(model="forest"),
        CutClassifier(cuts="odd"),
        OrdinalClassifier(cuts="odd"),
    ):
        with pytest.raises(UsageError):
            model.fit(columns, y)
    for model in (CutClassifier(), OrdinalClassifier()):
        with pytest.raises(UsageError, match="one class"):
            model.fit(columns, np.zeros(4))


def test_the_command_line_and_the_package_do_not_import_scikit_learn() -> None:
    code = "import sys, community, community.cli; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_spacy_component_serves_a_strangers_script() -> None:
    """Nothing of ours is imported: spaCy finds the component by the entry point."""
    code = """
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("patient_context")
doc = nlp("My sister had the transplant. She has had no relapse since.")
for word in ("transplant", "relapse"):
    at = [token.text for token in doc].index(word)
    clause = doc[at : at + 1]._.patient_context
    print(word, clause.experiencer, clause.denies(doc[at : at + 1]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["transplant close False", "relapse close True"]
