"""The terms that tell topics apart: class-based TF-IDF, by BERTopic or by ourselves.

c-TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure")
treats all posts of a group as one text: a term weighs its share of the group's terms times log(1 +
terms of an average group / times the term is used anywhere).
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from community.discovery.groups import NONE, Grouping, Labels
from community.discovery.naming import Candidate
from community.discovery.spaces import Points, Projection
from community.discovery.words import Words

LARGE = 200  # posts from which on BERTopic does the work
_WRITERS = 3  # people who must use a term: what one or two say is theirs
_CANDIDATES = 100  # terms of a group that are looked at
_DIGITS = 9  # decimals of weights that every processor agrees on


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Posts sorted into groups: a label per post, the points, the weight of each term in each
    group (rows in the order of `groups`), and what did it."""

    labels: Labels
    points: Points
    groups: tuple[int, ...]
    vocabulary: tuple[str, ...]
    weights: Points
    method: str

    def members(self, group: int) -> list[int]:
        """The posts of a group."""
        return np.flatnonzero(self.labels == group).tolist()

    def scores(self) -> Points:
        """The cosine of each post and the centre of its group; 0 for posts without one."""
        scores = np.zeros(len(self.points))
        for group in self.groups:
            members = self.labels == group
            centre = self.points[members].mean(axis=0)
            scores[members] = self.points[members] @ centre / np.linalg.norm(centre)
        return scores.clip(0, 1)

    def candidates(self, terms: Sequence[Sequence[str]]) -> dict[int, list[Candidate]]:
        """For each group the terms that weigh most in it.

        Args:
            terms: the terms of each post.
        """
        users = {group: Counter[str]() for group in (NONE, *self.groups)}
        for label, mine in zip(self.labels.tolist(), terms, strict=True):
            users[label].update(set(mine))
        everywhere = sum(users.values(), Counter[str]())
        found: dict[int, list[Candidate]] = {}
        for group, row in zip(self.groups, self.weights.round(_DIGITS), strict=True):
            size = len(self.members(group))
            best = np.lexsort((np.arange(len(row)), -row))[:_CANDIDATES].tolist()
            found[group] = [
                Candidate(
                    term=self.vocabulary[place],
                    weight=float(row[place]),
                    here=users[group][self.vocabulary[place]] / size,
                    everywhere=everywhere[self.vocabulary[place]] / len(terms),
                )
                for place in best
                if users[group][self.vocabulary[place]] > 1
            ]
        return found


def shared_terms(words: Words, writers: Sequence[str]) -> list[list[str]]:
    """The terms of each post that at least three people use."""
    users: dict[str, set[str]] = defaultdict(set)
    terms = [list(words.terms(post)) for post in range(len(words.runs))]
    for writer, mine in zip(writers, terms, strict=True):
        for term in set(mine):
            users[term].add(writer)
    return [[term for term in mine if len(users[term]) >= _WRITERS] for mine in terms]


def sort(embedded: Points, terms: Sequence[Sequence[str]], grouping: Grouping) -> Sorted:
    """Sorts posts into groups and weighs the terms of each.

    Args:
        embedded: the posts' vectors (`community.discovery.spaces.embed`).
        terms: the terms of each post.
        grouping: how they were grouped, and how many groups are wanted.
    """
    if len(embedded) < LARGE:
        return _ours(embedded, terms, grouping, f"fewer than {LARGE} posts")
    try:
        with warnings.catch_warnings():  # importing it silences everybody's warnings
            from bertopic import BERTopic
    except ImportError as error:
        return _ours(embedded, terms, grouping, f"bertopic cannot be imported: {error}")
    return _by_bertopic(BERTopic, embedded, terms, grouping)


def _by_bertopic(
    model: Any, embedded: Points, terms: Sequence[Sequence[str]], grouping: Grouping
) -> Sorted:
    """BERTopic, with our components for UMAP and our groups for HDBSCAN."""
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    projection = Projection()
    topics = model(
        language="multilingual",  # leaves letters with accents as they are
        embedding_model=None,
        umap_model=projection,
        hdbscan_model=grouping,
        vectorizer_model=CountVectorizer(analyzer=str.split),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=False),
        calculate_probabilities=False,
    )
    numbers, _ = topics.fit_transform([" ".join(mine) for mine in terms], embeddings=embedded)
    rows = {int(label): number for label, number in zip(grouping.labels_, numbers, strict=True)}
    first = min(numbers)  # -1 where some posts have no topic
    groups = tuple(sorted(label for label in rows if label != NONE))
    return Sorted(
        labels=grouping.labels_,
        points=projection.transform(embedded),
        groups=groups,
        vocabulary=tuple(topics.vectorizer_model.get_feature_names_out()),
        weights=topics.c_tf_idf_[[rows[group] - first for group in groups]].toarray(),
        method=f"BERTopic {version('bertopic')}",
    )


def _ours(embedded: Points, terms: Sequence[Sequence[str]], grouping: Grouping, why: str) -> Sorted:
    """The same steps without BERTopic."""
    projection = Projection().fit(embedded)
    points = projection.transform(embedded)
    labels = grouping.fit(points).labels_
    vocabulary = sorted({term for mine in terms for term in mine})
    places = {term: place for place, term in enumerate(vocabulary)}
    classes = sorted(set(labels.tolist()))
    rows = {label: row for row, label in enumerate(classes)}
    counts = np.zeros((len(classes), len(vocabulary)))
    for label, mine in zip(labels.tolist(), terms, strict=True):
        np.add.at(counts[rows[label]], [places[term] for term in mine], 1)
    groups = tuple(label for label in classes if label != NONE)
    return Sorted(
        labels=labels,
        points=points,
        groups=groups,
        vocabulary=tuple(vocabulary),
        weights=_weighed(counts)[[rows[group] for group in groups]],
        method=f"built-in stand-in for BERTopic ({why})",
    )


def _weighed(counts: Points) -> Points:
    """c-TF-IDF of counts of terms (columns) in groups (rows)."""
    average = int(counts.sum(axis=1).mean()) if counts.size else 0
    rarity = np.log(average / np.maximum(counts.sum(axis=0), 1) + 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.asarray(shares * rarity)
