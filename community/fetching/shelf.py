"""A study's fetched files: what lies there, what is put there, and the log of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import httpx

from community.errors import SourceError, StoreError
from community.fetching import log
from community.fetching.bodies import Kind
from community.fetching.client import Answer
from community.fetching.outcomes import Failed, Outside, Refused
from community.fetching.urls import file_name, plain
from community.files import write_whole

_LONGEST_FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A page as an earlier fetch left it: what to ask the site with, and whether the site itself
    said that it need not be asked yet."""

    answer: Answer
    validators: dict[str, str]
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to put away: for whom (`asked`), from which answer, by which name (a URL)."""

    asked: str
    answer: Answer
    name: str
    body: bytes = field(repr=False)
    kind: Kind
    parts: tuple[str, ...] = ()
    note: str | None = None


class Shelf:
    """The folder ``sources`` of a study and its log.

    Args:
        study: the study's folder.
        world: the clock.
        dry: whether nothing is written.
    """

    def __init__(self, study: Path, world: Outside, *, dry: bool = False) -> None:
        self._dry = dry
        self._folder, self._log, self._world = study / log.FOLDER, study / log.NAME, world
        entries = log.read(self._log)
        self._held = log.held(entries)
        self._by_url = {
            entry.url: entry
            for entry in entries
            if entry.outcome in log.HELD and entry.file in self._held and not entry.parts
        }
        self._by_digest = {entry.sha256: file for file, entry in self._held.items()}
        self._done: dict[str, str] = {}  # addresses that this run has put away
        self.told: list[log.Entry] = []

    def now(self) -> str:
        """The time for the log."""
        return self._world.now().isoformat(timespec="seconds")

    def has(self, url: str) -> bool:
        """Whether this run has put a page away already."""
        return url in self._done

    def copy(self, url: str) -> Copy | None:
        """The page as it was fetched last, if its file is still that."""
        entry = self._by_url.get(url)
        body = log.intact(self._folder, entry) if entry else None
        if entry is None or body is None or not entry.file:
            return None
        kind = cast(Kind, entry.file.rpartition(".")[2])
        answer = Answer(
            asked=url, url=entry.final_url or url, status=304, headers=_headers(entry), body=body,
            kind=kind, at=self.now(), robots=entry.robots or "not asked",
        )  # fmt: skip
        told = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
        validators = {name: value for name, value in told.items() if value and _is_header(value)}
        return Copy(answer=answer, validators=validators, fresh=self._is_fresh(entry))

    def _is_fresh(self, entry: log.Entry) -> bool:
        try:
            until = datetime.fromisoformat(entry.fresh_until or "")
            now = self._world.now()
            return now < until < now + _LONGEST_FRESH
        except (ValueError, TypeError):  # not stated, or not by us
            return False

    def put(self, item: Item) -> str:
        """Puts a file in its place and tells the log; the name of the file that holds it.

        Raises:
            Refused: the file was edited by hand since it was fetched.
            StoreError: it cannot be written.
        """
        digest = log.digest(item.body)
        name = self._name(item)
        twin = self._by_digest.get(digest)
        if twin is not None and twin != name and log.intact(self._folder, self._held[twin]):
            self._told(item, digest, twin, "duplicate")
            return twin
        outcome = self._write(item, name, digest)
        self._by_digest[digest] = name
        entry = self._told(item, digest, name, outcome)
        if outcome in log.KEPT:
            self._held[name] = entry
        return name

    def _name(self, item: Item) -> str:
        name = file_name(item.name, item.kind)
        held = self._held.get(name)
        if held and item.name not in (held.url, held.asked, plain(held.final_url or held.url)):
            return file_name(item.name, item.kind, long=True)
        return name

    def _write(self, item: Item, name: str, digest: str) -> log.Outcome:
        held, path = self._held.get(name), self._folder / name
        try:
            lies = log.digest(path.read_bytes()) if path.is_file() else None
            if held and lies and lies != held.sha256:
                reason = f"{name} was edited after it was fetched"
                raise Refused(item.answer.url, reason, "move it away to fetch the page anew")
            if held and lies == digest:
                return "unchanged"
            write_whole(self._folder, name, [item.body])
        except OSError as error:
            raise StoreError(str(path), f"cannot be written: {error.strerror}") from error
        return "changed" if held and lies else "new"

    def _told(self, item: Item, digest: str, name: str, outcome: log.Outcome) -> log.Entry:
        answer = item.answer
        self._done |= {answer.asked: name, plain(answer.url): name, item.name: name}
        same = f"the same as {name}" if outcome == "duplicate" else None
        entry = log.Entry(
            asked=item.asked,
            url=answer.asked,
            final_url=answer.url if answer.url != answer.asked else None,
            at=answer.at,
            outcome=outcome,
            status=answer.status,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            fresh_until=_fresh_until(answer),
            bytes=len(item.body),
            sha256=digest,
            file=name,
            parts=item.parts,
            robots=answer.robots,
            note=same or item.note,
        )
        return self.tell(entry)

    def duplicate(self, asked: str, url: str) -> str | None:
        """Tells that an address gives what lies here already, and in which file, where known."""
        name = self._done.get(url)
        note = f"the same as {name}" if name else "shows nothing that the pages before it do not"
        entry = log.Entry(
            asked=asked, url=url, at=self.now(), outcome="duplicate", file=name, note=note
        )
        self.tell(entry)
        return name

    def lost(self, asked: str, url: str, error: SourceError) -> None:
        """Tells why an address gave nothing."""
        outcome: log.Outcome = "failed" if isinstance(error, Failed) else "refused"
        note = "; ".join(part for part in (error.reason, error.advice) if part)
        held = self._by_url.get(url)
        if held is not None and held.file in self._held:
            note += (
                f" (the copy of {held.at[:10]} stays: {held.file}; delete it if it was withdrawn)"
            )
        self.tell(log.Entry(asked=asked, url=url, at=self.now(), outcome=outcome, note=note))

    def clear(self, asked: str, files: set[str]) -> None:
        """Takes away what an earlier fetch of an address left and this one no longer has."""
        for name, entry in list(self._held.items()):
            if entry.asked == asked and name not in files and log.intact(self._folder, entry):
                (self._folder / name).unlink(missing_ok=True)
                del self._held[name]
                note = "no longer part of what the address gives"
                self.tell(replace(entry, at=self.now(), outcome="removed", note=note, status=None))

    def tell(self, entry: log.Entry) -> log.Entry:
        """Adds an entry to the log, and to what this run has to tell.

        Raises:
            StoreError: the log cannot be written.
        """
        self.told.append(entry)
        if not self._dry:
            try:
                log.append(self._log, entry)
            except OSError as error:
                reason = f"cannot be written: {error.strerror}"
                raise StoreError(str(self._log), reason) from error
        return entry


def _headers(entry: log.Entry) -> httpx.Headers:
    told = {"etag": entry.etag, "last-modified": entry.last_modified}
    return httpx.Headers({k: v for k, v in told.items() if v and _is_header(v)})


def _is_header(value: str) -> bool:
    return len(value) < 1000 and value.isascii() and value.isprintable()


def _fresh_until(answer: Answer) -> str | None:
    """Until when a site says that its page need not be asked for again (``max-age``)."""
    told = [part.strip() for part in answer.headers.get("cache-control", "").lower().split(",")]
    ages = [part[8:] for part in told if part.startswith("max-age=")]
    spent = answer.headers.get("age", "0").strip()
    if not ages or {"no-cache", "no-store"} & set(told) or not ages[0].isdecimal():
        return None
    seconds = int(ages[0][:9]) - (int(spent[:9]) if spent.isdecimal() else 0)
    if seconds <= 0:
        return None
    until = datetime.fromisoformat(answer.at) + min(timedelta(seconds=seconds), _LONGEST_FRESH)
    return until.isoformat(timespec="seconds")
