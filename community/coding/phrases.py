"""Where phrases of a list stand in a text: a tree of their words, walked from every word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

L = TypeVar("L")
Found = tuple[tuple[L, ...], ...]  # labels of each kind
_NONE: dict[str, Any] = {}  # what follows where nothing does; one, to spare memory


class Phrases(Generic[L]):
    """Phrases of one or more kinds, each under one or more labels.

    Args:
        kinds: for each kind, (label, the words of a phrase in lower case); the labels of a phrase
            are told in this order.
    """

    def __init__(self, *kinds: Iterable[tuple[L, tuple[str, ...]]]) -> None:
        labels: dict[tuple[str, ...], list[tuple[int, L]]] = {}
        for kind, rows in enumerate(kinds):
            for label, words in rows:
                labels.setdefault(words, []).append((kind, label))
        shared: dict[Found[L], Found[L]] = {}
        self._tree: dict[str, Any] = {}  # word: [what ends here, the words that may follow]
        for words, told in labels.items():
            node: Any = [(), self._tree]
            for word in words:
                if node[1] is _NONE:
                    node[1] = {}
                node = node[1].setdefault(word, [(), _NONE])
            found = tuple(
                tuple(dict.fromkeys(label for kind, label in told if kind == wanted))
                for wanted in range(len(kinds))
            )
            node[0] = shared.setdefault(found, found)

    def begin(self, word: str) -> Any:
        """Where phrases that begin with this word are looked up; None: there are none."""
        return self._tree.get(word)

    def find(self, words: list[str], branches: Iterable[Any]) -> list[tuple[int, int, Found[L]]]:
        """All hits in a text, by their first word, longest first.

        Args:
            words: those of the text, in lower case.
            branches: what `begin` gives for each of them.

        Returns:
            (first word, last + 1, labels of each kind).
        """
        following = [*words[1:], ""]
        hits: list[tuple[int, int, Found[L]]] = []
        for i, branch in enumerate(branches):
            if branch is None:
                continue
            found, after = branch
            if following[i] in after:
                hits += _longer(words, i, after)
            if found:
                hits.append((i, i + 1, found))
        return hits


def _longer(words: list[str], i: int, after: dict[str, Any]) -> list[tuple[int, int, Found[L]]]:
    """The hits of more than one word that begin with word `i`, longest first."""
    hits: list[tuple[int, int, Found[L]]] = []
    for j in range(i + 1, len(words)):
        if words[j] not in after:
            break
        found, after = after[words[j]]
        if found:
            hits.append((i, j + 1, found))
    return hits[::-1]
