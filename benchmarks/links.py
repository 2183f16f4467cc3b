"""Measures links against the corpus gold: threads, ledger, codings built from the gold.

    python benchmarks/links.py [--show] [--rules] [page stem …]

Prints, for each page and for all, F1 of: a post has a link at all; the target's base (its trial,
or the intervention's family); base with relation; the exact claim; and what was taken for what.
Offsets of real pages (``gold/seeds``) need their text beside the checkout, and are left out
where it is absent.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from community.linking.links import make
from community.linking.names import family
from community.linking.targets import Index, prepare
from community.types import (
    Claim,
    Coding,
    Document,
    Ledger,
    Link,
    Mention,
    Post,
    Quote,
    Span,
    Thread,
)

CORPUS = Path(__file__).parent.parent / "corpus"
TUNED = ("blog_outline", "forum_thread", "support_group")
HELD = ("clinic_blog", "reddit_thread", "flattened_comments", "closed_group", "seed_002")
HEADER = re.compile(r"\S{1,60} (?:said|wrote):\s*[\"“>]?\s*\Z")
FIELDS = set(Mention.__dataclass_fields__)


def pages() -> dict[str, dict[str, Any]]:
    """Gold files of our own pages, by stem."""
    files = sorted((CORPUS / "gold").glob("*.json"))
    return {f.stem: json.loads(f.read_text(encoding="utf-8")) for f in files}


def page_text(gold: dict[str, Any]) -> str:
    """A page's text, near enough for finding posts by their first and last words."""
    raw: str = (CORPUS / gold["page"]).read_text(encoding="utf-8")
    suffix = Path(gold["page"]).suffix
    if suffix == ".html":
        raw = re.sub(r"<(script|style).*?</\1>", " ", raw, flags=re.S)
        raw = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(br|/p|/div)[^>]*>", "\n", raw)))
    elif suffix == ".csv":
        rows = csv.DictReader(io.StringIO(raw))
        raw = "\n\n".join(
            row.get("text") or row.get("body") or row.get("message") or "" for row in rows
        )
    elif suffix in (".json", ".jsonl"):
        values = (
            [json.loads(line) for line in raw.splitlines()]
            if suffix == ".jsonl"
            else json.loads(raw)
        )
        raw = "\n\n".join(html.unescape(text) for text in strings(values))
    return raw.replace("\r\n", "\n")


def strings(value: Any) -> Iterator[str]:
    """All strings of a JSON value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def find(text: str, words: str, start: int = 0, stop: int | None = None) -> Span | None:
    """Where words stand, white space apart."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    match = re.compile(pattern).search(text, start, len(text) if stop is None else stop)
    return Span(*match.span()) if match and pattern else None


def post_span(text: str, gold: dict[str, Any], at: int) -> Span | None:
    """Where a gold post stands, from `at` on, else anywhere."""
    if "start" in gold:
        return Span(gold["start"], gold["end"])
    for start in (at, 0):
        first = find(text, gold["starts"], start)
        last = find(text, gold["ends"], first.start) if first else None
        if first and last:
            return Span(first.start, max(first.end, last.end))
    return None


def own(text: str, span: Span, gold: dict[str, Any]) -> tuple[tuple[Quote, ...], tuple[Span, ...]]:
    """Quoted passages and what is left without them and their announcements."""
    holes: list[tuple[Span, Any]] = []
    for quote in gold["quotes"]:
        where = (
            Span(quote["start"], quote["end"])
            if "start" in quote
            else find(text, quote["text"], span.start, span.end)
        )
        if where:
            holes.append((where, quote["of"]))
    quotes = tuple(Quote(span=where, of=str(of)) for where, of in sorted(holes, key=lambda h: h[0]))
    pieces, at = [], span.start
    for quote in quotes:
        header = HEADER.search(text[: quote.span.start], max(at, quote.span.start - 80))
        pieces.append(Span(at, header.start() if header else max(at, quote.span.start)))
        at = max(at, quote.span.end)
    pieces.append(Span(at, span.end))
    return quotes, tuple(piece for piece in pieces if piece.of(text).strip())


def threads(stem: str, gold: dict[str, Any], text: str) -> Iterator[tuple[Thread, list[Coding]]]:
    """Threads and codings of a gold page; gold post n has the id ``stem:n``."""
    groups: dict[Any, list[Post]] = {}
    codings: list[Coding] = []
    at = 0
    for row in gold["posts"]:
        span = post_span(text, row, at) or Span(0, 0)
        at = span.end or at
        quotes, mine = own(text, span, row)
        parent, answers = row["parent"], row["answers"]
        post = Post(
            id=f"{stem}:{row['n']}", document_id=stem, thread_id=str(row.get("thread")),
            position=row["n"], span=span, text=span.of(text), depth=row["depth"],
            parent_id=None if parent is None else f"{stem}:{parent}",
            answers_id=None if answers is None else f"{stem}:{answers}",
            author=row["author"], role=row["role"], status=row.get("status", "present"),
            quotes=quotes, own=mine,
        )  # fmt: skip
        groups.setdefault(row.get("thread"), []).append(post)
        codings += codings_of(post, row, text)
    document = Document(
        id=stem, source=stem, reader="gold", text=text, kind=gold["kind"], title=gold.get("title")
    )
    titles = str(gold.get("title") or "").split("; ")  # one for each thread of a page
    for place, posts in enumerate(groups.values()):
        if len(titles) == len(groups):
            document = replace(document, title=titles[place])
        ids = {post.id for post in posts}
        yield (
            Thread(document=document, posts=tuple(posts)),
            [c for c in codings if c.post_id in ids],
        )


def codings_of(post: Post, row: dict[str, Any], text: str) -> list[Coding]:
    """The gold stances and topics of a post as codings."""
    out = [Coding(post_id=post.id, layer="topic", code=t, coder="gold") for t in row["topics"]]
    for stance in row["stances"]:
        spans = []
        for words in stance.get("evidence", []):
            if isinstance(words, str):
                spans.append(find(text, words, post.span.start, post.span.end))
            else:
                a, b = (words["start"], words["end"]) if isinstance(words, dict) else words
                spans.append(Span(a, b))
        out.append(
            Coding(
                post_id=post.id, layer="stance", code=stance["code"], coder="gold",
                polarity=stance["polarity"], whose=stance.get("whose"),
                evidence=tuple(span for span in spans if span),
            )
        )  # fmt: skip
    return out


def ledger(golds: dict[str, dict[str, Any]]) -> tuple[Ledger, dict[str, str]]:
    """All claims of the gold, with `same_as` merged, and key → claim id."""
    root: dict[str, str] = {}
    rows: dict[str, list[Mention]] = {}
    for gold in golds.values():
        for row in gold["claims"]:
            root[row["key"]] = row.get("same_as") or row["key"]
    for key in root:
        while root[root[key]] != root[key]:
            root[key] = root[root[key]]
    for stem, gold in golds.items():
        for row in gold["claims"]:
            fields = {k: v for k, v in row.items() if k in FIELDS}
            mention = Mention(document_id=stem, span=Span(0, 0), **fields)
            rows.setdefault(root[row["key"]], []).append(mention)
    claims = [Claim(id=k, version_group=k, mentions=tuple(v)) for k, v in rows.items()]
    return Ledger(claims=tuple(claims)), root


Facts = dict[str, set[tuple[str, ...]]]


def facts(post: str, links: list[tuple[str, str]], trials: dict[str, str]) -> Facts:
    """What links (refers_to, relation) of a post say, at each level of strictness."""
    out: Facts = {
        "post": set(),
        "base": set(),
        "relation": set(),
        "anywhere": set(),
        "exact": set(),
    }
    for target, relation in links:
        kind, _, name = target.partition(":")
        base = trials.get(name, name) if kind == "claim" else name
        base = family(name) or name if kind == "intervention" else base
        out["post"].add((post,))
        out["base"].add((post, base))
        out["relation"].add((post, base, relation))
        out["anywhere"].add((post, relation))
        out["exact"].add((post, target))
    return out


def f1(found: set[Any], gold: set[Any]) -> str:
    """F1 with precision and recall."""
    right = len(found & gold)
    p, r = right / max(1, len(found)), right / max(1, len(gold))
    return f"{2 * p * r / max(1e-9, p + r):.2f} (p {p:.2f} r {r:.2f})"


def gold_links(row: dict[str, Any], root: dict[str, str]) -> list[tuple[str, str]]:
    """Gold links of a post as (refers_to, relation)."""
    return [
        (f"{x['level']}:{root.get(x['target'], x['target'])}", x["relation"]) for x in row["links"]
    ]


def prepared(golds: dict[str, dict[str, Any]]) -> tuple[Index, dict[str, str], dict[str, str]]:
    """The index of these pages' claims, key → claim id, claim id → trial."""
    book, root = ledger(golds)
    trials = {c.id: next((m.trial for m in c.mentions if m.trial), "") for c in book.claims}
    return prepare(book), root, trials


def main(given: list[str] | None = None) -> None:
    """Measures the pages asked for (all pages with posts, where none is)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stems", nargs="*")
    parser.add_argument("--show", action="store_true", help="print each post's links")
    parser.add_argument("--rules", action="store_true", help="without the learned heads")
    args = parser.parse_args(given)
    golds = pages()
    texts = {stem: page_text(gold) for stem, gold in golds.items()}
    seeds = CORPUS.parent.parent / "shared" / "seeds"
    for file in sorted((CORPUS / "gold" / "seeds").glob("*.json")):
        for page in seeds.glob(f"{file.stem}_*.txt"):
            golds[f"seed_{file.stem}"] = json.loads(file.read_text(encoding="utf-8"))
            texts[f"seed_{file.stem}"] = page.read_text(encoding="utf-8")
    linker = make(learned=not args.rules)
    ours = prepared({k: v for k, v in golds.items() if not k.startswith("seed_")})
    real = prepared({k: v for k, v in golds.items() if k.startswith("seed_")})
    for name, group in (("tuned", TUNED), ("held", HELD), ("asked", tuple(args.stems))):
        seen: Facts = {}
        want: Facts = {}
        confusion: Counter[tuple[str, str]] = Counter()
        for stem in group:
            if stem not in golds or (args.stems and name != "asked"):
                continue
            index, root, trials = real if stem.startswith("seed_") else ours
            links: list[Link] = []
            for thread, codings in threads(stem, golds[stem], texts[stem]):
                links += linker(thread, index, codings)
            one: Facts = {}
            other: Facts = {}
            for row in golds[stem]["posts"]:
                key = f"{stem}:{row['n']}"
                mine = [link for link in links if link.post_id == key]
                found = facts(key, [(link.refers_to, link.relation) for link in mine], trials)
                gold = facts(key, gold_links(row, root), trials)
                for level in found:
                    one.setdefault(level, set()).update(found[level])
                    other.setdefault(level, set()).update(gold[level])
                confusion.update(confused(found["relation"], gold["relation"]))
                if args.show:
                    show(row, mine, texts[stem])
            report(stem, one, other)
            for level in one:
                seen.setdefault(level, set()).update(one[level])
                want.setdefault(level, set()).update(other[level])
        if seen:
            report(name.upper(), seen, want)
            print(
                "   gold>found:", ", ".join(f"{a}>{b} {n}" for (a, b), n in confusion.most_common())
            )


def confused(found: set[Any], gold: set[Any]) -> Iterator[tuple[str, str]]:
    """Relations of gold and found on the same base; "-" where one side has none."""
    bases = {fact[:2] for fact in found | gold}
    for base in sorted(bases):
        a = sorted(fact[2] for fact in gold if fact[:2] == base)
        b = sorted(fact[2] for fact in found if fact[:2] == base)
        both = [relation for relation in a if relation in b]
        yield from ((relation, relation) for relation in both)
        a = [relation for relation in a if relation not in both]
        b = [relation for relation in b if relation not in both]
        for i in range(max(len(a), len(b))):
            yield (a[i] if i < len(a) else "-", b[i] if i < len(b) else "-")


def report(name: str, found: Facts, gold: Facts) -> None:
    """One line of figures."""
    print(f"{name:20}", " | ".join(f"{k} {f1(found[k], gold[k])}" for k in found))


def show(row: dict[str, Any], links: list[Link], text: str) -> None:
    """Gold and found links of a post."""
    if row["links"] or links:
        print(f"#{row['n']}")
    for x in row["links"]:
        print(f"   gold  {x['level']}:{x['target']} {x['relation']}")
    for link in links:
        print(
            f"   found {link.refers_to} {link.relation} {link.score} hops {link.hops}"
            f" | {link.evidence.of(text)[:80]}"
        )


if __name__ == "__main__":
    main()
