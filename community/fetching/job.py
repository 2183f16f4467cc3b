"""The verb: addresses in, files under a study's ``sources`` and a log beside it.

::

    URL ─▶ page ─┬─ data (feed, JSON) ──────────────────────────────────────────▶ file
                 ├─ a login, a pay wall, "do not keep" ─▶ refused, with advice
                 ├─ the platform's interface has it all ─▶ one JSON file instead of the page
                 └─ else the page, and every further page of the discussion ────▶ files

Every step ends in an entry of the log; a file is written whole before its entry is. What an
earlier fetch of the same address left and this one no longer has is taken away, so that no
comment counts twice and what a site has withdrawn does not stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from community.errors import SourceError
from community.fetching import log, robots
from community.fetching.addresses import parsed
from community.fetching.better import Better
from community.fetching.bodies import stored
from community.fetching.client import Answer, Client
from community.fetching.options import FetchOptions
from community.fetching.outcomes import SAVE_IT, Failed, Outside, Refused
from community.fetching.paging import Shown, Trail, shown
from community.fetching.platforms import better, direct
from community.fetching.shelf import Item, Shelf
from community.fetching.urls import plain
from community.fetching.walls import wall
from community.html.markup import Element, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch did: the study's folder, and an entry per address asked for, in order."""

    study: Path
    entries: tuple[log.Entry, ...] = ()

    @property
    def kept(self) -> int:
        """Files that hold what was asked for, whether they are new or not."""
        held = (e for e in self.entries if e.outcome in log.HELD or e.outcome == "duplicate")
        return len({entry.file for entry in held if entry.file})

    @property
    def lost(self) -> int:
        """Addresses that gave nothing."""
        return sum(entry.outcome in ("refused", "failed") for entry in self.entries)

    def rows(self) -> list[dict[str, Any]]:
        """The entries as plain values."""
        return [asdict(entry) for entry in self.entries]

    def table(self) -> str:
        """Two lines for each address: what happened, and the file or the reason."""
        lines = []
        for entry in self.entries:
            told = " · ".join(part for part in (entry.file, entry.note) if part)
            lines.append(f"{entry.outcome:9}  {entry.url}\n{'':11}{told}")
        return "\n".join(lines)

    def require_something(self) -> None:
        """Raises where not one address gave anything.

        Raises:
            SourceError: all were refused or failed.
        """
        if self.lost and self.lost == len(self.entries):
            raise SourceError("fetch", "nothing was fetched", "the reasons stand above")


def fetch(
    urls: Sequence[str], folder: Path, options: FetchOptions, world: Outside, version: str
) -> Fetched:
    """Fetches discussions into a study's folder; see `community.api.fetch`."""
    client = Client(options, world, version)
    job = _Job(client, Shelf(folder, world, dry=options.dry_run), options)
    asked = list(dict.fromkeys(url.strip() for url in urls))
    try:
        for done, url in enumerate(asked):
            options.progress("fetch", done, len(asked))
            job.discussion(url)
        options.progress("fetch", len(asked), len(asked))
    finally:
        client.close()
    return Fetched(study=folder, entries=tuple(job.shelf.told))


@dataclass(slots=True)
class _Job:
    """Fetches one discussion after the other."""

    client: Client
    shelf: Shelf
    options: FetchOptions
    _asked: str = ""
    _files: set[str] = field(default_factory=set)
    _whole: bool = True
    _views: dict[bytes, list[Shown]] = field(default_factory=dict)  # of this run's pages, by host

    def discussion(self, asked: str) -> None:
        """One address, and all that belongs to it."""
        self._asked, self._files, self._whole = asked, set(), True
        try:
            url = plain(str(parsed(asked)))
            self._asked = url
            target = direct(url) or url
            if self.options.dry_run:
                self._plan(target)
                return
            answer = self._get(target)
            if answer is not None:
                self._sort(answer, url if target != url else plain(answer.url))
        except (Refused, Failed) as error:
            self._lost(self._asked, error)
        if self._whole and self._files:
            self.shelf.clear(self._asked, self._files)

    def _plan(self, target: str) -> None:
        verdict = self.client.allowed(target)
        gap = self.client.pacing.gap(parsed(target).host)
        note = f"would be asked for, {gap:g} s apart from the next"
        entry = log.Entry(
            asked=self._asked, url=target, at=self.shelf.now(), outcome="planned", robots=verdict,
            note=note,
        )  # fmt: skip
        self.shelf.tell(entry)

    def _get(self, url: str) -> Answer | None:
        """A page, from the shelf where it has not changed; None where this run has it already."""
        if self.shelf.has(url):
            self._duplicate(url)
            return None
        copy = self.shelf.copy(url)
        if copy is not None and copy.fresh:
            return copy.answer
        answer = self.client.get(url, copy.validators if copy else None)
        if answer.status == 304:
            if copy is None:
                raise Failed(url, "the site answered 304 to a question not asked", "try again")
            return replace(copy.answer, at=answer.at, robots=answer.robots)
        if self.shelf.has(plain(answer.url)):
            self._duplicate(plain(answer.url))
            return None
        return answer

    def _sort(self, answer: Answer, name: str) -> None:
        """Data goes to its file; a page is looked at first."""
        root = _tree(answer) if answer.kind == "html" else None
        if root is None:
            self._check(answer, None, 0)
            self._save(answer, name)
            return
        view = shown(root)
        self._check(answer, root, len(view.ids))
        data = direct(answer.url)
        if data is not None:  # a short address led to a thread
            told = self._get(data)
            if told is not None:
                self._save(told, plain(answer.url))
            return
        earlier = self._views.setdefault(parsed(answer.url).netloc, [])
        if any(view.within(other) for other in earlier):
            self._duplicate(answer.url)
            return
        earlier.append(view)
        found, note = self._better(answer, root)
        if found is not None:
            self._put_better(answer, found)
        else:
            self._pages(answer, root, view, note)

    def _check(self, answer: Answer, root: Element | None, posts: int) -> None:
        """Refuses what is not the page asked for, and what asks not to be kept."""
        reason = robots.reservation(answer.headers, root)
        if root is not None:
            reason = reason or wall(answer, self._asked, root, posts)
        if reason:
            raise Refused(answer.url, reason, SAVE_IT)

    def _better(self, answer: Answer, root: Element) -> tuple[Better | None, str | None]:
        try:
            return better(answer, root, self.client.get, self.options.pages), None
        except (Refused, Failed) as error:
            return None, f"from the page, as the site's interface did not serve: {error.reason}"

    def _pages(self, answer: Answer, root: Element, view: Shown, note: str | None) -> None:
        """The page, and those that follow it."""
        trail = Trail(answer.url)
        trail.add(root, answer.url, view)
        self._save(answer, plain(answer.url), note=note)
        for _ in range(self.options.pages - 1):
            url = trail.next()
            if url is None:
                return
            try:
                self._further(url, trail)
            except (Refused, Failed) as error:
                self._lost(url, error)
        url = trail.next()
        if url is not None:
            reason = f"not asked for: {self.options.pages} pages of a discussion are the limit"
            self._lost(url, Refused(url, reason, "allow more with --pages"))

    def _further(self, url: str, trail: Trail) -> None:
        answer = self._get(url)
        if answer is None:
            return
        root = _tree(answer) if answer.kind == "html" else None
        if root is None:
            raise Failed(url, "is no page like those before it")
        view = shown(root)
        self._check(answer, root, len(view.ids))
        if trail.add(root, answer.url, view):
            self._save(answer, plain(answer.url))
        else:
            self._duplicate(url)

    # ---- to the shelf -----------------------------------------------------------------------

    def _save(self, answer: Answer, name: str, note: str | None = None) -> None:
        body, told = stored(answer.headers, answer.body)
        notes = "; ".join(part for part in (note, told) if part) or None
        self._put(
            Item(
                asked=self._asked, answer=answer, name=name, body=body, kind=answer.kind, note=notes
            )
        )

    def _put_better(self, answer: Answer, found: Better) -> None:
        if self.shelf.has(found.home):
            self._duplicate(found.home)
            return
        note = "; ".join(part for part in (found.source, found.note) if part)
        self._put(
            Item(
                asked=self._asked,
                answer=answer,
                name=found.home,
                body=found.body,
                kind="json",
                parts=found.parts,
                note=note,
            )
        )

    def _put(self, item: Item) -> None:
        self._files.add(self.shelf.put(item))

    def _duplicate(self, url: str) -> None:
        name = self.shelf.duplicate(self._asked, url)
        self._files |= {name} if name else set()

    def _lost(self, url: str, error: SourceError) -> None:
        self._whole = False
        self.shelf.lost(self._asked, url, error)


def _tree(answer: Answer) -> Element | None:
    """A page's tree; None where it has none that can be read, which its reader will say."""
    try:
        return parse(answer.body, answer.url)
    except SourceError:
        return None
