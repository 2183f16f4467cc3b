"""Rows of label files, checked against the codebook and gathered by coder and post."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import cast, get_args

from community.codebook import Code, Codebook
from community.errors import CodebookError, SourceError
from community.labels.files import Row
from community.labels.nouns import Given, Labels, PostLabels
from community.types import Layer, Role

_MIXED = "mixed"


def by_coder(rows: Iterable[Row], book: Codebook, name: str) -> dict[str, Labels]:
    """What each coder of a file says.

    Args:
        rows: the file's rows.
        book: the codes that there are.
        name: what errors call the file; also the coder of rows that name none.

    Returns:
        labels by coder, in the order in which the coders first occur. A coder codes the layers that
        some row of theirs names, and every post that has a row of theirs in all of these layers;
        a post's sentiment only where it is stated.

    Raises:
        CodebookError: a code, layer, polarity, `whose` or role that the codebook does not have.
        SourceError: a coder gives a post two sentiments or two roles.
    """
    told: dict[str, list[Row]] = {}
    for row in rows:
        _check(row, book, name)
        told.setdefault(row.coder or name, []).append(row)
    return {coder: _labels(coder, mine, book, name) for coder, mine in told.items()}


def layer_of(row: Row, book: Codebook) -> Layer | None:
    """The layer that a row speaks of; None where it speaks of all."""
    if row.code:
        return book.code(row.code).layer
    return cast(Layer, row.layer) if row.layer else None


def _check(row: Row, book: Codebook, name: str) -> None:
    where = f"{name}, line {row.line}" if row.line else name
    _known("layer", row.layer or None, get_args(Layer), where)
    _known("role", row.role, get_args(Role), where)
    if not row.code:
        return
    _known("code", row.code, [code.code for code in book.codes], where)
    code = book.code(row.code)
    if row.layer and row.layer != code.layer:
        advice = f"write {code.layer}, or leave the layer empty"
        raise CodebookError(where, f"{row.code} is no code of layer {row.layer}", advice)
    _known(f"polarity of {row.code}", row.polarity, code.polarity, where)
    _known(f"whose of {row.code}", row.whose, code.whose, where)


def _known(what: str, value: str | None, there: Collection[str], where: str) -> None:
    if value is None or value in there:
        return
    near = get_close_matches(value, there, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    listed = f"there are: {', '.join(there)}" if there else "it has none"
    raise CodebookError(where, f"no {what} is {value!r:.60}", meant + listed)


def _labels(coder: str, rows: Sequence[Row], book: Codebook, name: str) -> Labels:
    layers = frozenset(layer for row in rows if (layer := layer_of(row, book)) is not None)
    by_post: dict[str, list[Row]] = {}
    for row in rows:
        by_post.setdefault(row.post_id, []).append(row)
    return Labels(
        coder=coder,
        layers=layers,
        posts={post_id: _post(mine, book, layers, name) for post_id, mine in by_post.items()},
        threads={row.post_id: row.thread for row in rows if row.thread},
    )


def _post(rows: Sequence[Row], book: Codebook, layers: frozenset[Layer], name: str) -> PostLabels:
    given: dict[str, list[Row]] = {}
    unsure: set[str] = set()
    for row in rows:
        if row.abstained:
            unsure |= _scope(row, book, layers)
        elif row.code:
            given.setdefault(row.code, []).append(row)
    roles = sorted({row.role for row in rows if row.role})
    feelings = [code.code for code in book.layer("sentiment") if code.code in given]
    for what, values in (("roles", roles), ("sentiments", feelings)):
        if len(values) > 1:
            reason = f"post {rows[0].post_id} has {len(values)} {what}: {', '.join(values)}"
            raise SourceError(f"{name}, line {rows[-1].line}", reason, "leave one for each coder")
    decided = {code.code for code in book.layer("sentiment")} if feelings else set()
    return PostLabels(
        given={code: _given(mine, book.code(code)) for code, mine in given.items()},
        unsure=frozenset(unsure - given.keys() - decided),
        role=roles[0] if roles else None,
    )


def _scope(row: Row, book: Codebook, layers: frozenset[Layer]) -> set[str]:
    """The codes that an abstention leaves open; a post has one sentiment, so there it is all."""
    layer = layer_of(row, book)
    if row.code and layer != "sentiment":
        return {row.code}
    return {code.code for code in book.codes if code.layer in ((layer,) if layer else layers)}


def _given(rows: Sequence[Row], code: Code) -> Given:
    said = {row.polarity for row in rows if row.polarity}
    polarity = next(iter(said)) if len(said) == 1 else None
    if len(said) > 1 and _MIXED in code.polarity:
        polarity = _MIXED
    return Given(
        polarity=polarity,
        whose=frozenset(row.whose for row in rows if row.whose),
        evidence=tuple(dict.fromkeys(p for row in rows for p in row.evidence)),
    )
