"""Every error says what it is about, and survives the way out of a worker."""

from __future__ import annotations

import pickle

import pytest

from community import errors

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.CommunityError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_tells_its_subject_what_is_wrong_and_what_to_do(
    kind: type[errors.CommunityError],
) -> None:
    told = str(kind("page.html", "is broken", "save it again"))
    assert told == "page.html: is broken (save it again)"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_pickling(kind: type[errors.CommunityError]) -> None:
    error = pickle.loads(pickle.dumps(kind("a", "b", "c")))
    assert (error.subject, error.reason, error.advice) == ("a", "b", "c")
