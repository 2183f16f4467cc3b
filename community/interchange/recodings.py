"""Codings in a project that another tool changed, as rows of labels, beside what we had written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from community.codebook import Codebook
from community.interchange.bundles import Bundle, spans_of
from community.interchange.codes import Known, Label
from community.interchange.layout import Laid, line, tag_of
from community.interchange.qde import FileProject, FileSource, Selected
from community.interchange.readings import READINGS, Alignment, Places, Reading, likely, unbroken
from community.interchange.taken import Taken, TakenRow

MACHINE = "machine: "  # how names of users begin who are programs
_NOBODY = "unnamed"
Span = tuple[int, int]


@dataclass(slots=True)
class Thread:
    """A thread of ours beside its source in the file: what our coders had marked, by coder and
    label, and the text as it came back."""

    laid: Laid
    written: Mapping[tuple[str, Label], frozenset[Span]]
    source: FileSource
    text: str
    alignment: Alignment
    coders: tuple[str, ...]

    @classmethod
    def of(cls, bundle: Bundle, laid: Laid, source: FileSource, text: str) -> Thread:
        """A thread whose source came back with a text."""
        plain, written = unbroken(text), dict(_written(bundle, laid))
        coders = tuple(dict.fromkeys(coder for coder, _ in written))
        return cls(laid, written, source, plain, Alignment(plain, laid.text), coders)


def _written(bundle: Bundle, laid: Laid) -> Iterator[tuple[tuple[str, Label], frozenset[Span]]]:
    made: dict[tuple[str, Label], set[Span]] = {}
    for place in laid.places:
        for coding in bundle.codings.get(place.post_id, ()):
            if coding["abstained"]:
                continue
            told = Label(coding["layer"], coding["code"], coding["polarity"], coding["whose"])
            spans = [laid.inside(place, *span) for span in spans_of(bundle, coding)]
            whole = (place.at, place.at + place.length)
            made.setdefault((coding["coder"], told), set()).update(
                [span for span in spans if span] or [whole]
            )
    return ((key, frozenset(spans)) for key, spans in made.items())


@dataclass(slots=True)
class Recoding:
    """Takes the codings of people out of a project.

    `texts` gives the text of a source; `revised_by` names the person who left standing, changed
    and removed codings of the coder `machine`: what stands is theirs.
    """

    project: FileProject
    book: Codebook
    texts: Callable[[FileSource], str | None]
    machine: str | None = None
    revised_by: str | None = None
    taken: Taken = field(default_factory=Taken)

    def take(self, threads: Iterable[tuple[Bundle, Laid]]) -> Taken:
        """The rows, and what is to be told about them.

        Args:
            threads: the study's threads as they would be exported now.
        """
        known = Known(self.book)
        by_guid = {source.guid: source for source in self.project.sources}
        by_tag = {tag_of(source.name): source for source in self.project.sources}
        met = []
        for bundle, laid in threads:
            source = by_guid.get(laid.guid) or by_tag.get(tag_of(laid.name))
            text = self.texts(source) if source else None
            if source is not None and text is not None:
                met.append(Thread.of(bundle, laid, source, text))
                self.taken.raw_crlf |= "\r\n" in text
        self.taken.threads = len(met)
        self.taken.foreign = len(self.project.sources) - len(met)
        reading = self._reading(met, known)
        self.taken.notes.append(f"positions read as {reading}")
        if self._dropped:
            told = "no user of the file is a program: codings just as ours are taken as ours"
            self.taken.notes.append(told)
        for thread in met:
            self._rows(thread, reading, known)
        return self.taken

    # -- how it counts -----------------------------------------------------------------------------

    def _reading(self, met: list[Thread], known: Known) -> Reading:
        """The reading under which most of what our coders had marked stands where it stood."""
        first = likely(self.project.origin, "\r\n" if self.taken.raw_crlf else "")
        scores = {
            reading: sum(self._exact(thread, reading, known) for thread in met)
            for reading in (first, *(other for other in READINGS if other != first))
        }
        return max(scores, key=lambda reading: scores[reading])

    def _exact(self, thread: Thread, reading: Reading, known: Known) -> int:
        places = Places(thread.text, reading)
        count = 0
        for selected in thread.source.selected:
            label = known.label(selected.code, self.project.codes.get(selected.code, ""))
            span = thread.alignment.of(*places.of(selected.start, selected.end))
            if label and span is not None:
                coder = self._coder(selected)
                count += bool(self._ours(thread, coder, label, span))
        return count

    def _ours(self, thread: Thread, coder: str, label: Label, span: Span) -> list[str]:
        """The coder of ours who marked just this; where the tool dropped our users, all who did."""
        coders = thread.coders if self._dropped else (coder,)
        return [c for c in coders if span in thread.written.get((c, label), ())]

    @property
    def _dropped(self) -> bool:
        """Whether no user of the file is a program: a tool gave all codings to one person."""
        return not any(line(name).startswith(MACHINE) for name in self.project.users.values())

    def _coder(self, selected: Selected) -> str:
        """The coder of ours that a user is, or ``human:NAME``."""
        name = line(self.project.users.get(selected.user, ""))
        if name.startswith(MACHINE):
            return name.removeprefix(MACHINE).rpartition(" (community ")[0]
        return f"human:{name or _NOBODY}"

    # -- rows --------------------------------------------------------------------------------------

    def _rows(self, thread: Thread, reading: Reading, known: Known) -> None:
        places, here = Places(thread.text, reading), Counter[str]()
        left: Counter[tuple[str, Label, Span]] = Counter()
        for selected in thread.source.selected:
            coder = self._coder(selected)
            name = self.project.codes.get(selected.code, "")
            label = known.label(selected.code, name)
            if label is None:
                self._unknown(coder, name)
                continue
            span = thread.alignment.of(*places.of(selected.start, _end(selected, thread, reading)))
            ours = [coder] if not coder.startswith("human:") else []
            if self._dropped and span is not None:
                ours = self._ours(thread, coder, label, span)
            if span is not None:
                left.update((each, label, span) for each in ours)
            mine = bool(ours)
            if mine and (self.revised_by is None or self.machine not in ours):
                continue
            who = f"human:{line(self.revised_by)}" if mine and self.revised_by else coder
            if span is None:
                self.taken.lost[who] += 1
                continue
            here[who] += self._add(thread.laid, who, label, span)
        if self.revised_by is not None:
            here[f"human:{line(self.revised_by)}"] += 0
        self._compare(thread, left)
        for who in here:  # the rest of a thread that a person worked on was read, and not coded
            for place in thread.laid.places:
                self.taken.seen.setdefault((who, place.post_id), place.thread_id)

    def _unknown(self, coder: str, name: str) -> None:
        if coder.startswith("human:"):
            self.taken.unknown[line(name) or "?"] += 1

    def _add(self, laid: Laid, who: str, label: Label, span: Span) -> int:
        count = 0
        for place, start, end in laid.posts_at(*span):
            whole = (start, end) == (place.start, place.start + place.length)
            self.taken.rows.append(
                TakenRow(
                    post_id=place.post_id,
                    thread_id=place.thread_id,
                    coder=who,
                    layer=label.layer,
                    code=label.code,
                    polarity=label.polarity,
                    whose=label.whose,
                    start=None if whole else start,
                    end=None if whole else end,
                )
            )
            count += 1
        self.taken.outside += not count
        return count

    def _compare(self, thread: Thread, left: Counter[tuple[str, Label, Span]]) -> None:
        """How much of what our coders had marked stands where it stood."""
        for (coder, label), spans in thread.written.items():
            there = {span for who, what, span in left if (who, what) == (coder, label)}
            self.taken.stayed[coder] += len(spans & there)
            missing, extra = sorted(spans - there), sorted(there - spans)
            for span in missing:
                near = min(extra, key=lambda other: abs(other[0] - span[0]), default=None)
                if near is not None and near[1] - near[0] == span[1] - span[0]:
                    extra.remove(near)
                    self.taken.drift[near[0] - span[0]] += 1
                else:
                    self.taken.removed[coder] += 1


def _end(selected: Selected, thread: Thread, reading: Reading) -> int:
    """Where a selection ends; that of a whole source ends with it."""
    return selected.end if selected.end >= 0 else 2 * len(thread.text) - reading.inclusive
