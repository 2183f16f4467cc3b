"""The verbs that measure: a study's codes against a person's, and people's against each other.

::

    import community
    found = community.evaluate("gold.csv", "my-study", out="quality")
    print([f for f in found.figures if f.measure == "f1"])
    community.agreement(["anna.csv", "ben.csv"], study="my-study")
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from community import assembly, config
from community.codebook import Codebook
from community.errors import StudyError, UsageError
from community.label_files import labels_of, posts_of
from community.labels.folding import by_coder
from community.labels.nouns import Labels
from community.quality import against, between
from community.quality.nouns import Agreement, Evaluation, Machine
from community.quality.samples import LAYERS
from community.stores.coded import Coded, coded
from community.summaries import headline_coder
from community.types import Layer

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """What is measured, and by which codebook.

    `coder` is the study's coder (the one that its summaries count, for each layer, if None);
    `gold_coder` the person whose codings of a file with several are the reference; `posts` a file
    that lists the posts that were coded, those without a code among them; `codes` names the codes
    or layers that people looked for (all of the layers in the file if empty); `codebook` stands in
    place of the study's own; `allow_outside` lets the study's file name a codebook outside it.
    """

    coder: str | None = None
    gold_coder: str | None = None
    posts: Path | None = None
    codes: tuple[str, ...] = ()
    codebook: Path | None = None
    allow_outside: bool = False


def evaluate(
    gold: PathLike,
    study: PathLike,
    *,
    out: PathLike | None = None,
    options: Measuring | None = None,
) -> Evaluation:
    """Measures a study's codes against a person's.

    Args:
        gold: a file of codings; see `community.labels.files` for its shapes.
        study: the study's folder.
        out: folder for tables, pictures and a page; nothing is written if None.
        options: see `Measuring`.

    Returns:
        every figure with its interval, and which posts could not be found.

    Raises:
        UsageError: no such file, no such coder, or no post of the file is in the study.
        SourceError: the file cannot be read.
        CodebookError: it names a code that the codebook does not have.
        StudyError: there is no study there, or it was never run.
    """
    options = options or Measuring()
    kept = config.load(Path(study))
    book = _codebook(kept, options)
    named = _codes(options, book)
    reference = _reference(Path(gold), book, options)
    told = _coded(kept, list(reference.posts))
    if not told.posts:
        raise _nothing_shared(Path(gold), kept, reference)
    machine = _machine(told, kept, book, options)
    made = against.evaluate(reference, machine, told.posts, book, only=named)
    if not made.matched.posts:
        raise _nothing_shared(Path(gold), kept, reference)
    if not made.figures:
        there = ", ".join(f"{layer} by {coder}" for layer, coder in made.coders.items())
        reason = f"codes {', '.join(sorted(reference.layers)) or 'no layer'}"
        advice = f"the study holds {there}; name other --codes or another --coder"
        raise UsageError(str(gold), reason, advice)
    if out is not None:
        from community.quality_pages import write_evaluation

        write_evaluation(made, Path(out), kept.name)
    return made


def agreement(
    files: Sequence[PathLike],
    *,
    study: PathLike | None = None,
    out: PathLike | None = None,
    options: Measuring | None = None,
) -> Agreement:
    """Measures how far coders agree with each other.

    Args:
        files: files of codings; every coder in them is one of the coders.
        study: folder of the study that was coded, for threads and words; posts are taken as
            independent, and evidence is not compared, without it.
        out: folder for a table, a picture and a page; nothing is written if None.
        options: see `Measuring`; `coder` and `gold_coder` mean nothing here.

    Returns:
        every figure with its interval, and which posts could not be found.

    Raises:
        UsageError: no such file, fewer than two coders, or no post that two of them coded.
        SourceError: a file cannot be read.
        CodebookError: a file names a code that the codebook does not have.
        StudyError: there is no study there, or it was never run.
    """
    options = options or Measuring()
    kept = config.load(Path(study)) if study is not None else None
    book = _codebook(kept, options)
    named = _codes(options, book)
    labels = _coders([Path(file) for file in files], book)
    if options.posts is not None:
        listed = posts_of(options.posts)
        labels = [each.with_posts(listed) for each in labels]
    if len(labels) < 2:
        advice = "name a second file; `community evaluate` compares a study with one"
        raise UsageError("agreement", f"{len(labels)} coder in all", advice)
    wanted = {post_id for each in labels for post_id in each.posts}
    known = _coded(kept, list(wanted)).posts if kept else None
    made = between.agree(labels, known, book, only=named)
    if not made.figures:
        reason = f"no two of {', '.join(made.coders)} coded the same layer of the same post"
        advice = "use one kind of post_id in all files: that of posts.csv, or the native id"
        raise UsageError("agreement", reason, advice)
    if out is not None:
        from community.quality_pages import write_agreement

        write_agreement(made, Path(out))
    return made


# ---- what is compared -------------------------------------------------------------------------


def _codebook(study: config.Study | None, options: Measuring) -> Codebook:
    if options.codebook is not None:
        return assembly.load_codebook(options.codebook)
    if study is None or not study.codebook:
        return assembly.load_codebook(None)
    inside = config.inside(study, [study.codebook], allow_outside=options.allow_outside)
    return assembly.load_codebook(Path(inside[0]))


def _codes(options: Measuring, book: Codebook) -> tuple[str, ...]:
    there = [*dict.fromkeys(code.layer for code in book.codes), *(c.code for c in book.codes)]
    for name in options.codes:
        if name not in there:
            raise UsageError("--codes", f"no code or layer is {name!r}", f"{', '.join(there)}")
    return options.codes


def _reference(path: Path, book: Codebook, options: Measuring) -> Labels:
    found = labels_of(path, book)
    named = options.gold_coder
    if named is not None and named not in found:
        advice = f"there are: {', '.join(found)}"
        raise UsageError(str(path), f"holds no codings of {named!r}", advice)
    labels = _joined(path, list(found.values())) if named is None else found[named]
    return labels.with_posts(posts_of(options.posts)) if options.posts else labels


def _joined(path: Path, coders: Sequence[Labels]) -> Labels:
    """Coders who shared the posts among them are one reference; who coded the same ones are not."""
    posts = {post_id: post for each in coders for post_id, post in each.posts.items()}
    apart = len(posts) == sum(len(each.posts) for each in coders)
    if not apart or len({each.layers for each in coders}) > 1:
        why = "the same posts" if not apart else "different layers"
        reason = f"holds codings of {why} by {', '.join(each.coder for each in coders)}"
        advice = "say whose are the reference with --gold-coder; `agreement` compares them"
        raise UsageError(str(path), reason, advice)
    threads = {post: thread for each in coders for post, thread in each.threads.items()}
    name = ", ".join(each.coder for each in coders)
    return Labels(coder=name, layers=coders[0].layers, posts=posts, threads=threads)


def _coders(paths: Sequence[Path], book: Codebook) -> list[Labels]:
    """The coders of all files; one whose name is another's too is told apart by the file's."""
    found = [(path, labels) for path in paths for labels in labels_of(path, book).values()]
    names = [labels.coder for _, labels in found]
    made: list[Labels] = []
    taken: set[str] = set()
    for path, labels in found:
        name = labels.coder
        if names.count(name) > 1:
            name = f"{name} ({path.name})"
        if name in taken:
            name = f"{name} ({path.parent.name})"
        taken.add(name)
        made.append(replace(labels, coder=name))
    return made


def _coded(study: config.Study, wanted: Sequence[str]) -> Coded:
    if not study.database.exists():
        raise StudyError(str(study.folder), "was never run", "run `community run` first")
    return coded(study.database, frozenset(wanted))


def _machine(told: Coded, study: config.Study, book: Codebook, options: Measuring) -> Machine:
    """The study's coder of each layer, with every post of the sample as coded."""
    coders = by_coder(told.rows, book, study.name)
    layers: dict[str, set[Layer]] = {name: set(labels.layers) for name, labels in coders.items()}
    for coder, by_code in told.scores.items():
        layers.setdefault(coder, set()).update(book.code(code).layer for code in by_code)
    if options.coder is not None and options.coder not in layers:
        advice = f"of these posts there are codes by: {', '.join(sorted(layers)) or 'nobody'}"
        raise UsageError("--coder", f"{options.coder!r} coded none of the posts", advice)
    chosen: dict[Layer, Labels] = {}
    scores: dict[str, dict[str, float]] = {}
    for layer in LAYERS:
        able = [coder for coder, held in layers.items() if layer in held]
        machines = [coder for coder in able if not coder.startswith("human:")]
        name = headline_coder(machines) if options.coder is None else options.coder
        if name is None or name not in able:
            continue
        empty = Labels(coder=name, layers=frozenset(), posts={})
        labels = replace(coders.get(name, empty), layers=frozenset(layers[name]))
        chosen[layer] = labels.with_posts(post.id for post in told.posts)
        for code in book.layer(layer):
            if code.code in told.scores.get(name, {}):
                scores[code.code] = dict(told.scores[name][code.code])
    return Machine(labels=chosen, scores=scores)


def _nothing_shared(path: Path, study: config.Study, labels: Labels) -> UsageError:
    example = next(iter(labels.posts), "none")
    reason = f"none of its {len(labels.posts)} posts (such as {example}) is in {study.folder}"
    advice = "give post_id as posts.csv of this study has it, or the native_id"
    return UsageError(str(path), reason, advice)
