"""The report: one static HTML file, readable without network, scripts or this program.

What was read, headline figures with their intervals, the ledger of reported results with the posts
that speak to each, the questions that are open, the topics that were found, the discussions with
their evidence marked, what went wrong, and how it was made. Every word of a source is escaped; a
content security policy forbids the page everything but its own style.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from community import addresses
from community.contracts import Snapshot
from community.exporters import (
    _report_claims,
    _report_doubts,
    _report_figures,
    _report_posts,
    _report_questions,
    _report_topics,
)
from community.exporters._report_posts import Values, values

_MAX_DOCUMENTS = 200  # rows of the table of what was read
_MAX_PROBLEMS = 200
_UNWRITABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def web(address: str | None) -> str | None:
    """An address that may be linked to: the web's, and no script."""
    return address if address and addresses.split(address).scheme in ("http", "https") else None


def host(address: str) -> str:
    """The host of an address, for people."""
    return (addresses.host(address) or address).removeprefix("www.")


def language(tag: str | None) -> str | None:
    """A language tag that a browser understands."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else None


def when(time: str | None, precision: str | None = None) -> str:
    """A time for people: date, hour and minute, as its source gives them."""
    if not time:
        return "no date"
    text = f"{time[:10]} {time[11:16]}".strip()
    return f"about {text}" if precision == "relative" else text


def counts_of(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "percent": _report_figures.percent,
        "plain": _report_figures.plain,
        "number": _report_claims.number,
        "anchor": _report_claims.anchor,
        "web": web,
        "host": host,
        "language": language,
        "when": when,
    }
    environment.globals["counts_of"] = counts_of
    source = resources.files("community").joinpath("data/report.html.j2")
    return environment.from_string(source.read_text(encoding="utf-8"))


def _read(snapshot: Snapshot, laid_out: Collection[str]) -> Values:
    """What was read: the documents, and what is known to be missing. Of those beyond the table,
    only the ones whose posts are `laid_out` are kept."""
    kept: list[Values] = []
    known: dict[str, Values] = {}
    counts = {"documents": 0, "posts": 0, "claims": 0, "incomplete": 0}
    for document in values(snapshot, "documents"):
        counts["documents"] += 1
        counts["posts"] += document["posts"]
        counts["claims"] += document["claims"]
        counts["incomplete"] += not document["complete"]
        if len(kept) < _MAX_DOCUMENTS:
            kept.append(document)
        if kept[-1] is document or document["document_id"] in laid_out:
            known[document["document_id"]] = document
    titles = {key: d["title"] or d["source"] for key, d in known.items()}
    return {"documents": kept, "counts": counts, "documents_by_id": known, "titles": titles}


def _problems(snapshot: Snapshot) -> Values:
    kept: list[Values] = []
    total = 0
    for total, problem in enumerate(values(snapshot, "problems"), 1):
        if total <= _MAX_PROBLEMS:
            kept.append(problem)
    return {"problems": kept, "problem_count": total}


def _methods(meta: Mapping[str, Any]) -> Values:
    """What the methods paragraph names. Counts and times of the run are left out: the same study
    gives the same report."""

    def mapping(name: str) -> Mapping[str, Any]:
        found = meta.get(name)
        return found if isinstance(found, Mapping) else {}

    coders = meta.get("coders")
    return {
        "study": meta.get("study"),
        "version": meta.get("community"),
        "fingerprint": meta.get("version"),
        "codebook": mapping("codebook"),
        "coders": list(coders) if isinstance(coders, (list, tuple, Mapping)) else [],
        "models": mapping("models"),
        "packages": mapping("packages"),
        "options": mapping("options"),
        "governance": mapping("governance"),
        "not_computed": meta.get("not_computed") or [],
    }


def _cited(ledger: _report_claims.Ledger) -> set[str]:
    targets = [target for _, target in ledger.interventions]
    for trial in ledger.trials:
        targets += [trial["target"], *(c["target"] for group in trial["groups"] for c in group)]
    examples = (target.examples.values() for target in targets if target)
    return {link["post_id"] for lists in examples for links in lists for link in links}


def _context(snapshot: Snapshot, max_posts: int) -> Values:
    ledger = _report_claims.ledger(snapshot)
    asked = _report_questions.questions(snapshot, ledger.names)
    shown = _report_posts.gather(snapshot, max_posts, _cited(ledger) | asked.posts())
    laid_out = {document_id for document_id, _ in shown.documents}
    figures = _report_figures.headline(snapshot)
    figures["claims_chart"] = _report_figures.claims_chart(ledger.spoken)
    drawn = {k: Markup(v) for k, v in figures.items() if k.endswith("_chart")}  # ours, escaped
    return {
        **_methods(snapshot.meta),
        **_problems(snapshot),
        **_read(snapshot, laid_out),
        "figures": figures | drawn,
        "few": _report_figures.FEW_POSTS,
        "ledger": ledger,
        "doubted": _report_doubts.doubted(snapshot, ledger.targets, ledger.names),
        "asked": asked,
        "found": _report_topics.found(snapshot),
        "max_claims": _report_claims.MAX_CLAIMS,
        "shown": shown,
        "shown_documents": laid_out,
        "threads": _report_posts.views(shown, ledger.names, figures["coders"]),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportExporter:
    """Writes the report; at most `max_posts` posts are laid out."""

    max_posts: int

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The file's name and its bytes, in chunks."""
        yield "report.html", self._chunks(snapshot)

    def _chunks(self, snapshot: Snapshot) -> Iterator[bytes]:
        stream = _template().stream(_context(snapshot, self.max_posts))
        stream.enable_buffering(200)
        for part in stream:
            yield _UNWRITABLE.sub("\ufffd", part).encode("utf-8")


def make(*, max_posts: int = 2_000) -> ReportExporter:
    """The exporter.

    Args:
        max_posts: posts that are laid out; all count in the figures and stand in the tables.
    """
    return ReportExporter(max_posts=max_posts)
