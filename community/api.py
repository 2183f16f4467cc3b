"""The verbs, for Python: the command line is a thin shell over these.

::

    import community
    result = community.analyze(["pages/"], study="my-study", out="tables")
    result.frame("codings")
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from glob import escape
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from community import assembly, config, sources
from community.errors import SourceError, StudyError, UsageError
from community.fetching.options import FetchOptions
from community.files import write_whole
from community.formats import FORMATS, exporters
from community.locks import exclusive
from community.mapping import columns_of
from community.pipeline import Progress, Source, World, run
from community.privacy import Profile
from community.retrieval import fetch
from community.scale import mapper
from community.stores.snapshot import StudySnapshot
from community.stores.sqlite import SqliteStore
from community.tables import TABLES
from community.types import Document, Mention, Problem, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run and what may leave.

    `workers` is the number of processes; `key` a file with the pseudonym key; `identities` "keep"
    gives names as found; `sharing` the profile that may be passed on; `allow_outside` lets a
    study's own file name paths outside its folder; `whole_ledger` holds posts against all claims
    of the study, although nothing on their page reports them; `columns` says what holds what in
    the tables that are named now, and is remembered; `progress` is told stage, done, total.
    """

    workers: int = 1
    key: Path | None = None
    identities: str | None = None
    sharing: bool = False
    codebook: Path | None = None
    allow_outside: bool = False
    whole_ledger: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes | None = None
    progress: Progress = lambda _stage, _done, _total: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A study after a run: what the run did, and every table."""

    run: Run
    study: Path
    out: Path | None
    problems: int
    documents: int

    def frame(self, table: str) -> Any:
        """A published table as a pandas data frame (needs pandas; see `community.frame`)."""
        return frame(self.study, table)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sources(study: config.Study, named: Sequence[str], options: Options) -> list[Source]:
    """The study's sources, those of its file and those that the command line names."""
    with SqliteStore(study.database) as store:
        known = {key: Path(path) for key, (path, _) in store.sources().items()}
    found = sources.find(named, known=known)
    made = [Source(key=k, path=told, page=page) for k, told, page in sources.opened(found)]
    if options.stdin is not None:
        made.append(Source(key="stdin", path="-", page=sources.stdin_page(options.stdin)))
    return made


def _run(study: config.Study, named: Sequence[str], options: Options, *, whole: bool = True) -> Run:
    book_path = options.codebook or (
        Path(config.inside(study, [study.codebook], allow_outside=options.allow_outside)[0])
        if study.codebook
        else None
    )
    book = assembly.load_codebook(book_path)
    steps = assembly.steps(
        book,
        readers=study.readers,
        coders=study.coders,
        columns=study.columns,
        topics=study.topics,
        whole=options.whole_ledger,
    )
    world = World(
        map=mapper(options.workers), now=_now, clock=time.monotonic, progress=options.progress
    )
    with exclusive(study.folder / "study.lock"):
        made = _sources(study, named, options)
        with SqliteStore(study.database) as store:
            done = run(made, store, steps, world, whole=whole)
            _remember(store, done, book.name, book.digest(), study)
    return done


def _remember(store: SqliteStore, done: Run, name: str, digest: str, study: config.Study) -> None:
    """Completes what the last run says of itself with the versions that made it."""
    packages = ("spacy", "vaderSentiment", "lxml", "pyarrow", "matplotlib")
    meta = store.last_run() | {
        "community": assembly.VERSION,
        "python": platform.python_version(),
        "packages": {package: installed(package) for package in packages},
        "codebook": {"name": name, "digest": digest},
        "coders": list(study.coders),
        "seed": None,
        "models": {},
        "not_computed": [table.name for table in TABLES.values() if not table.computed],
        "run": done.number,
        "started_at": done.started_at,
        "finished_at": done.finished_at,
    }
    store.finish_run(done.number, done.finished_at, meta)


@contextmanager
def _folder(study: Path | None) -> Iterator[Path]:
    if study is not None:
        yield study
        return
    with tempfile.TemporaryDirectory(prefix="community-") as name:
        yield Path(name) / "study"


def analyze(
    named: Sequence[str | os.PathLike[str]],
    *,
    study: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    options: Options | None = None,
) -> Result:
    """Reads, threads, codes, links and exports pages.

    Args:
        named: files, folders or globs; added to the study's own list if it has one.
        study: folder that keeps the results for the next run; a temporary one if None.
        out: folder for the tables and the report; the study's ``exports`` if None.
        options: see `Options`.

    Returns:
        what the run did and where the results lie.

    Raises:
        UsageError: a source does not exist, or nothing was named.
        CommunityError: see `community.errors`.
    """
    options = options or Options()
    listed = [os.fspath(name) for name in named]
    if not listed and options.stdin is None:
        raise UsageError("analyze", "no source given", "name a file, a folder, a glob, or -")
    _complain_early(listed, out, options)
    with _folder(Path(study) if study is not None else None) as folder:
        kept = _open_or_create(folder, listed, options)
        if options.columns:
            kept = config.add_columns(kept, _patterns(kept, listed, options), options.columns)
        chosen, whole = _chosen(kept, listed, options)
        done = _run(kept, chosen, options, whole=whole)
        target = Path(out) if out is not None else (kept.exports if study is not None else None)
        count, problems = _counted(kept, options)
        if target is not None:
            export(kept.folder, target, options=options)
        return Result(run=done, study=kept.folder, out=target, problems=problems, documents=count)


def _complain_early(
    listed: Sequence[str], out: str | os.PathLike[str] | None, options: Options
) -> None:
    """Raises what is wrong with a call before anything is made."""
    found = sources.find(listed)
    lost = sources.overwritten(found, Path(out)) if out is not None else None
    if lost:
        advice = "choose another folder with --out"
        raise UsageError(str(lost), "is a source that the tables would overwrite", advice)
    config.pseudonym_key(options.key)
    if options.codebook:
        assembly.load_codebook(options.codebook)


def _chosen(study: config.Study, listed: Sequence[str], options: Options) -> tuple[list[str], bool]:
    """The study's own sources and the ones named now, each once; and whether these are all.

    A path outside that only the study's file names is left alone, and not taken for vanished,
    unless that was allowed: the study may come from a stranger.
    """
    named = {os.path.abspath(name): name for name in listed}
    own = config.inside(study, study.sources, allow_outside=True)
    rest = [path for path in own if path not in named and _exists(path)]
    allowed = [p for p in rest if options.allow_outside or config.is_inside(study, p)]
    return [*allowed, *named.values()], len(allowed) == len(rest)


def _patterns(study: config.Study, listed: Sequence[str], options: Options) -> list[str]:
    """Patterns of the keys of what is named now: a file's own, a folder's with all below it."""
    known: dict[str, Path] = {}
    if study.database.exists():
        with SqliteStore(study.database, read_only=True) as store:
            known = {key: Path(path) for key, (path, _) in store.sources().items()}
    made = ["stdin"] if options.stdin is not None else []
    for name in listed:
        keys = [found.key for found in sources.find([name], known=known)]
        alone = os.path.isfile(name)
        made += [escape(key if alone else key.split("/")[0]) for key in keys]
    return list(dict.fromkeys(made))


def _exists(path: str) -> bool:
    return os.path.exists(path) or bool(set(path) & set("*?["))


def _open_or_create(folder: Path, listed: Sequence[str], options: Options) -> config.Study:
    home = os.path.abspath(folder)
    relative = [Path(os.path.relpath(os.path.abspath(n), home)).as_posix() for n in listed]
    if (folder / "study.toml").exists():
        return config.add_sources(config.load(folder), relative)
    book = options.codebook
    told = Path(os.path.relpath(book.resolve(), home)).as_posix() if book else None
    return config.create(folder, relative, told)


def rerun(study: str | os.PathLike[str], *, options: Options | None = None) -> Result:
    """Runs a study again over the sources that its file names, and exports what changed.

    Raises:
        StudyError: there is no study there, or it names paths outside without being allowed to.
    """
    options = options or Options()
    kept = config.load(Path(study))
    named = config.inside(kept, kept.sources, allow_outside=options.allow_outside)
    here = [path for path in named if _exists(path)]
    if not options.allow_outside:
        config.inside(kept, [str(found.path) for found in sources.find(here)])  # links below them
    done = _run(kept, here, options)
    export(kept.folder, kept.exports, options=options)
    count, problems = _counted(kept, options)
    return Result(run=done, study=kept.folder, out=kept.exports, problems=problems, documents=count)


def _counted(study: config.Study, options: Options) -> tuple[int, int]:
    with opened(study.folder, options=options) as snapshot:
        return sum(1 for _ in snapshot.rows("documents")), sum(1 for _ in snapshot.rows("problems"))


# ---- out --------------------------------------------------------------------------------------


@contextmanager
def opened(
    study: str | os.PathLike[str], *, options: Options | None = None
) -> Iterator[StudySnapshot]:
    """A study's tables, read-only, under a profile.

    Raises:
        StudyError: there is no study there, or it was never run.
    """
    from community import summaries

    options = options or Options()
    kept = config.load(Path(study))
    if not kept.database.exists():
        raise StudyError(str(kept.folder), "was never run", "run `community run` first")
    members_only = kept.governance.get("access") == "members-only"
    profile = Profile(
        key=config.pseudonym_key(options.key),
        identities="keep" if (options.identities or kept.identities) == "keep" else "pseudonyms",
        sharing=options.sharing or members_only,
    )
    with ExitStack() as stack:
        store = stack.enter_context(SqliteStore(kept.database, read_only=True))
        meta = store.last_run() | {
            "study": kept.name,
            "governance": dict(kept.governance),
            "options": {
                "profile": "for-sharing" if profile.sharing else "local",
                "identities": profile.identities,
            },
        }
        yield StudySnapshot(store, profile, meta, summaries.TABLES)


def export(
    study: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    formats: Sequence[str] = ("csv",),
    options: Options | None = None,
) -> list[Path]:
    """Writes a study's tables, data package and report.

    Args:
        study: the study's folder.
        out: where to; the study's ``exports`` if None.
        formats: names of `FORMATS` or of exporters.

    Returns:
        the files written, each replaced in one step.

    Raises:
        PluginError: a format is unknown.
    """
    kept, allowed = config.load(Path(study)), bool(options and options.allow_outside)
    makers = exporters(formats, kept, allow_outside=allowed)
    folder = Path(out) if out is not None else kept.exports
    with opened(study, options=options) as snapshot:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = [
                write_whole(folder, name, chunks)
                for exporter in makers
                for name, chunks in exporter(snapshot)
            ]
            written.append(write_whole(folder, "run.json", [_json(snapshot.meta)]))
        except OSError as error:
            advice = "free some room or choose another folder with --out"
            raise UsageError(str(folder), f"cannot be written: {error}", advice) from error
    return written


def _json(meta: dict[str, object]) -> bytes:
    import json

    return json.dumps(meta, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def frame(study: str | os.PathLike[str], table: str, *, options: Options | None = None) -> Any:
    """A published table as a pandas data frame with nullable dtypes.

    Raises:
        UsageError: no such table, or pandas is not installed.
    """
    if table not in TABLES:
        raise UsageError(table, "is no table", f"there are: {', '.join(TABLES)}")
    try:
        import pandas
    except ImportError as error:
        raise UsageError("pandas", "is not installed", "pip install community[frames]") from error
    with opened(study, options=options) as snapshot:
        made = pandas.DataFrame(list(snapshot.rows(table)), columns=TABLES[table].names())
    kinds = {"string": "string", "integer": "Int64", "boolean": "boolean"}
    return made.astype({c.name: kinds.get(c.kind, "Float64") for c in TABLES[table].columns})


def claims_of(
    named: Sequence[str | os.PathLike[str]], *, stdin: bytes | None = None
) -> Iterator[tuple[Document, Mention] | SourceError]:
    """The results that pages report, without a study.

    Args:
        named: files, folders or globs.
        stdin: a page more.

    Returns:
        (document, mention) pairs in document order; for what cannot be read, why.

    Raises:
        UsageError: nothing has that name.
    """
    from community.analysis import Job, analyse

    steps = assembly.steps(assembly.load_codebook(None), coders=())
    pages = [page for _, _, page in sources.opened(sources.find([os.fspath(n) for n in named]))]
    if stdin is not None:
        pages.append(sources.stdin_page(stdin))
    for page in pages:
        if isinstance(page, Problem):
            yield SourceError(page.source, page.reason)
            continue
        outcome = analyse(steps, Job(page=page))
        for problem in outcome.problems:
            yield SourceError(page.key, problem.reason)
        for _, _, analysis in outcome.items:
            if analysis:
                document = analysis.thread.document
                yield from ((document, mention) for mention in analysis.mentions)


__all__ = [
    "FORMATS",
    "FetchOptions",
    "Options",
    "Result",
    "analyze",
    "claims_of",
    "columns_of",
    "export",
    "fetch",
    "frame",
    "opened",
    "rerun",
]
