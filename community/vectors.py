"""Static vectors of texts: the mean of their word pieces, looked up; no network, no torch.

The table was distilled from the sentence encoder all-MiniLM-L6-v2 (Apache-2.0) by Model2Vec
(Tulkens and van Dongen 2024): each piece of the vocabulary was encoded alone, reduced to 256
dimensions by PCA, and weighed down by its frequency. Here it is stored as 8-bit rows with one scale
each (``data/vectors.npz``; card in ``models/vectors``). Texts are split into pieces as BERT does,
greedily from the left (Devlin et al. 2019); pieces unknown to it are left out.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Matrix = npt.NDArray[np.float32]
SIZE = 256
_LONGEST = 100  # characters of a word; a longer one is no word to BERT
_REMEMBERED = 200_000  # words whose pieces are kept; then the memory starts anew
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(slots=True)
class Vectors:
    """The table: `rows` (pieces by `SIZE`), and the number of each piece."""

    rows: Matrix
    pieces: dict[str, int]
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def ids(self, text: str) -> list[int]:
        """Numbers of a text's pieces, in order."""
        if not text.isascii():
            plain = unicodedata.normalize("NFD", text.lower())
            text = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        found: list[int] = []
        known = self._known
        for word in _WORD.findall(text.lower()):
            pieces = known.get(word)
            if pieces is None:
                if len(known) > _REMEMBERED:
                    known.clear()
                pieces = known[word] = self._split(word)
            found += pieces
        return found

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One vector of length 1 per text (zeros where no piece is known).

        Args:
            texts: any texts.

        Returns:
            Matrix of len(texts) by `SIZE`.
        """
        numbers = [self.ids(text) for text in texts]
        starts = np.cumsum([0, *(len(row) for row in numbers)])
        flat = np.fromiter((n for row in numbers for n in row), np.int32, int(starts[-1]))
        shape = (len(texts), len(self.rows))
        counts = csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=shape)
        summed: Matrix = counts @ self.rows
        lengths = np.linalg.norm(summed, axis=1, keepdims=True)
        made: Matrix = (summed / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
        return made

    def _split(self, word: str) -> tuple[int, ...]:
        """Longest pieces from the left; nothing if a part of the word is unknown."""
        if len(word) > _LONGEST:
            return ()
        found: list[int] = []
        start = 0
        while start < len(word):
            lead = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self.pieces.get(lead + word[start:end])
                if number is not None:
                    break
            else:
                return ()
            found.append(number)
            start = end
        return tuple(found)


@cache
def default() -> Vectors:
    """The packaged table, loaded once per process."""
    file = resources.files("community").joinpath("data", "vectors.npz")
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as data:
        rows = data["rows"].astype(np.float32) * data["scales"][:, None]
        names = data["pieces"].tobytes().decode("utf-8").split("\n")
    return Vectors(rows=rows, pieces={name: number for number, name in enumerate(names)})
