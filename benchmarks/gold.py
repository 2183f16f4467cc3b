"""Measures the whole job against gold: `python benchmarks/gold.py [--seeds DIR] [--json]`.

Runs `community.analyze` over ``corpus/pages`` (and, with ``--seeds``, over the real documents whose
gold is kept as offsets) and compares what comes out with what a reader wrote down. Every figure
says how many gold units it stands on.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import community

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "corpus" / "gold"
Rows = list[dict[str, Any]]


def fold(text: str | None) -> str:
    return " ".join((text or "").split())


class Study:
    """All tables of one analysis with one coder, by document."""

    def __init__(self, sources: list[str], coder: str = "rules") -> None:
        with tempfile.TemporaryDirectory() as folder:
            options = community.Options(identities="keep")
            study = Path(folder) / "study"
            study.mkdir(mode=0o700)
            told = f'[study]\ncoders = ["{coder}"]\n'
            (study / "study.toml").write_text(told, encoding="utf-8")
            result = community.analyze(sources, study=study, options=options)
            self.tables: dict[str, Rows] = {}
            with community.opened(result.study, options=options) as snapshot:
                from community.tables import TABLES

                for name in ("documents", "posts", "quotes", "codings", "claims", "links"):
                    names = TABLES[name].names()
                    self.tables[name] = [
                        dict(zip(names, row, strict=True)) for row in snapshot.rows(name)
                    ]
                self.problems = list(snapshot.rows("problems"))

    def of(self, table: str, ids: set[str], key: str = "document_id") -> Rows:
        return [row for row in self.tables[table] if row[key] in ids]


class Score:
    """Counts of right and wanted and given, by figure."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()
        self.given: Counter[str] = Counter()

    def accuracy(self, name: str, right: bool) -> None:
        self.right[name] += bool(right)
        self.gold[name] += 1

    def sets(self, name: str, gold: set[Any], given: set[Any]) -> None:
        self.right[name] += len(gold & given)
        self.gold[name] += len(gold)
        self.given[name] += len(given)

    def figures(self) -> dict[str, dict[str, float]]:
        told = {}
        for name in sorted(self.gold):
            right, gold, given = self.right[name], self.gold[name], self.given[name]
            row: dict[str, float] = {"n": gold, "recall": right / gold if gold else 0.0}
            if name in self.given:
                row["given"] = given
                row["precision"] = right / given if given else 0.0
                row["f1"] = 2 * right / (gold + given) if gold + given else 1.0
            told[name] = row
        return told


def match_posts(gold: list[dict[str, Any]], posts: Rows) -> dict[int, dict[str, Any]]:
    """Gold number → our post: by offsets, by native id, else by first and last words."""
    found: dict[int, dict[str, Any]] = {}
    left = list(posts)
    for want in gold:
        for post in left:
            if "start" in want:
                same = (want["start"], want["end"]) == (post["start"], post["end"])
            else:
                text = fold(post["text"])
                same = text.startswith(fold(want["starts"])[:30]) and text.endswith(
                    fold(want["ends"])[-20:]
                )
                if want.get("native_id") and post["native_id"]:
                    digits = re.sub(r"\D*", "", want["native_id"]) or want["native_id"]
                    same = (
                        want["native_id"] == post["native_id"]
                        or (digits == post["native_id"])
                        or post["native_id"].endswith(want["native_id"])
                    )
            if same:
                found[want["n"]] = post
                left.remove(post)
                break
    return found


def structure(score: Score, gold: dict[str, Any], posts: Rows, quotes: Rows) -> dict[int, Any]:
    found = match_posts(gold["posts"], posts)
    ids = {n: post["post_id"] for n, post in found.items()}
    score.right["posts"] += len(found)
    score.gold["posts"] += len(gold["posts"])
    score.given["posts"] += len(posts)
    of_post = defaultdict(list)
    for quote in quotes:
        of_post[quote["post_id"]].append(quote["of"])
    for want in gold["posts"]:
        post = found.get(want["n"])
        if post is None:
            continue
        parent = ids.get(want["parent"]) if want["parent"] is not None else None
        score.accuracy("parent", parent == post["parent_id"])
        score.accuracy("gap", want["gap"] == post["gap"])
        score.accuracy("depth", want["depth"] == post["depth"])
        if want["author"]:
            score.accuracy("author", want["author"] == post["author"])
        elif post["author"]:
            score.accuracy("author invented", False)
        if want["posted_at"]:
            score.accuracy("time", want["posted_at"][:16] == (post["posted_at"] or "")[:16])
        score.accuracy("role", want["role"] == post["role"])
        if want["role"] != "unknown" or post["role"] != "unknown":
            score.sets("role known", {want["role"]} - {"unknown"}, {post["role"]} - {"unknown"})
        if want["answers"] is not None:
            score.accuracy("answers", ids.get(want["answers"]) == post["answers_id"])
        elif post["answers_id"]:
            score.accuracy("answers where none", False)
        wanted = Counter(
            ids.get(q["of"], "?") if isinstance(q["of"], int) else q["of"] for q in want["quotes"]
        )
        given = Counter(of_post[post["post_id"]])
        score.right["quotes"] += sum((wanted & given).values())
        score.gold["quotes"] += sum(wanted.values())
        score.given["quotes"] += sum(given.values())
    return found


def codes(score: Score, gold: dict[str, Any], found: dict[int, Any], codings: Rows) -> None:
    by_post = defaultdict(list)
    for row in codings:
        if not row["abstained"]:
            by_post[row["post_id"]].append(row)
    for want in gold["posts"]:
        post = found.get(want["n"])
        if post is None or want["status"] != "present" if "status" in want else post is None:
            continue
        rows = by_post[post["post_id"]]
        topics = {r["code"] for r in rows if r["layer"] == "topic"}
        score.sets("topics", set(want["topics"]), topics)
        feeling = [r["code"] for r in rows if r["layer"] == "sentiment"]
        score.accuracy("sentiment", feeling == [want["sentiment"]])
        for code in ("treatment-experience", "neurologist-distrust", "progression-concern"):
            wanted = [s for s in want["stances"] if s["code"] == code]
            given = [r for r in rows if r["layer"] == "stance" and r["code"] == code]
            score.sets(code, {1} if wanted else set(), {1} if given else set())
            if wanted and given:
                polarities = {s["polarity"] for s in wanted}
                score.accuracy(f"{code} polarity", given[0]["polarity"] in polarities)
                if code == "treatment-experience":
                    score.accuracy(
                        "whose", {s["whose"] for s in wanted} == {r["whose"] for r in given}
                    )


def _same_number(a: float | None, b: float | None) -> bool:
    return (a is None and b is None) or (
        a is not None and b is not None and abs(a - b) <= 0.051 * max(1.0, abs(a) / 50)
    )


def _overlap(want: dict[str, Any], row: dict[str, Any]) -> bool:
    if "start" in want:
        return want["start"] < row["end"] and row["start"] < want["end"]
    a, b = fold(want["text"]), fold(row["text"])
    return (
        a in b
        or b in a
        or (
            bool(set(a.split()) & set(b.split()))
            and len(set(a.split()) & set(b.split()))
            > 0.5 * min(len(set(a.split())), len(set(b.split())))
        )
    )


def _states(want: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row states what the gold states: as a value, or as a count of a share."""
    pairs = ((want["value"], row["value"]), (want["numerator"], row["numerator"]))
    return any(w is not None and _same_number(w, r) for w, r in pairs) or (
        want["value"] is not None and _same_number(want["value"], row["numerator"])
    )


def claims(score: Score, gold: dict[str, Any], rows: Rows, loud: bool) -> dict[str, str]:
    """Gold key → our claim id, with the figures per field for those found."""
    rows = list(rows)
    left, keys = list(rows), {}
    for want in gold["claims"]:
        # "nobody died" is a result in words for one coder and a zero for another
        numeric = bool(want["value"] or want["numerator"])
        name = "claims with a number" if numeric else "claims without"
        near = [r for r in left if _overlap(want, r)]
        if numeric:
            near = [r for r in near if _states(want, r)]
        else:
            near = [r for r in near if not r["value"]]
        score.gold[name] += 1
        best = max(near, key=lambda r: _alike(want["endpoint"], r["endpoint"]), default=None)
        if best is None:
            if loud and numeric:
                print(f"   missed {want['key']}: {want['endpoint']} {want['value']}")
            continue
        left.remove(best)
        keys[want["key"]] = best["claim_id"]
        score.right[name] += 1
        if numeric:
            score.accuracy("claim n", want["n"] == best["n"] or want["n"] is None)
            score.accuracy(
                "claim timepoint", _same_number(want["timepoint_months"], best["timepoint_months"])
            )
            if want["ci_low"] is not None:
                same = all(
                    _same_number(want[f], best[f]) for f in ("ci_low", "ci_high", "ci_level")
                )
                score.accuracy("claim interval", same)
            score.accuracy("claim direction", want["direction"] == best["direction"])
            alike = _alike(want["endpoint"], best["endpoint"]) > 0.3
            score.accuracy("claim endpoint (words shared)", alike)
            if loud:
                told = (want["endpoint"], best["endpoint"], best["n"], best["timepoint"])
                print(f"   {want['key']}: {told}" + ("" if alike else "   <-- endpoint?"))
    for name, numeric in (("claims with a number", True), ("claims without", False)):
        score.given[name] += sum(bool(r["value"]) == numeric for r in rows)
    if loud:
        for row in left:
            told = (row["endpoint"], row["value"], row["unit"], fold(row["text"])[:90])
            print(f"   extra: {told}")
    return keys


def _alike(a: str, b: str) -> float:
    x, y = (set(re.findall(r"[a-z]{3,}", t.lower())) for t in (a, b))
    return len({w[:6] for w in x} & {w[:6] for w in y}) / max(1, min(len(x), len(y)))


def trial_key(name: str | None) -> str:
    return re.sub(r"[^a-z0-9]", "", (name or "").lower())


def links(
    score: Score, gold: dict[str, Any], found: dict[int, Any], rows: Rows, study: Study
) -> None:
    """Links at the level of trial or intervention, and with their relation."""
    trials = {row["claim_id"]: row["trial"] for row in study.tables["claims"]}
    by_post = defaultdict(list)
    for row in rows:
        by_post[row["post_id"]].append(row)
    for want in gold["posts"]:
        post = found.get(want["n"])
        if post is None:
            continue
        wanted = {
            ("intervention" if x["level"] == "intervention" else "trial") for x in want["links"]
        }
        given = set()
        for row in by_post[post["post_id"]]:
            level, _, name = row["refers_to"].partition(":")
            given.add("intervention" if level == "intervention" else "trial")
            if level == "claim" and name not in trials:
                score.accuracy("link to a claim that is not there", False)
        score.sets("post is linked", {1} if wanted else set(), {1} if given else set())
        score.sets("link level", wanted, given)
        score.sets(
            "relation",
            {x["relation"] for x in want["links"]},
            {x["relation"] for x in by_post[post["post_id"]]},
        )


def measure(study: Study, folder: Path, stems: dict[str, str], loud: bool = False) -> Score:
    """Figures over all gold files of a folder; `stems` gives, per gold stem, the source's stem."""
    score = Score()
    for path in sorted(folder.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        source = stems.get(path.stem, path.stem)
        docs = {
            d["document_id"] for d in study.tables["documents"] if Path(d["source"]).stem == source
        }
        if loud:
            print(f"== {path.stem}: {len(docs)} documents")
        posts = study.of("posts", docs)
        ids = {post["post_id"] for post in posts}
        found = structure(score, gold, posts, study.of("quotes", ids, "post_id"))
        codes(score, gold, found, study.of("codings", ids, "post_id"))
        rows = [r for r in study.of("claims", docs) if not r["post_id"]]
        wanted = {**gold, "claims": [c for c in gold["claims"] if c.get("post") is None]}
        claims(score, wanted, rows, loud)
        links(score, gold, found, study.of("links", ids, "post_id"), study)
    return score


def show(title: str, score: Score) -> None:
    print(f"\n{title}")
    for name, row in score.figures().items():
        rest = "".join(f"  {k} {v:.3f}" for k, v in row.items() if k in ("precision", "f1"))
        print(f"  {name:36} n {row['n']:4.0f}  right {row['recall']:.3f}{rest}")


def seed_stems(seeds: Path) -> dict[str, str]:
    return {path.stem[:3]: path.stem for path in seeds.glob("*.txt")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=Path, help="folder of the five real documents")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--loud", action="store_true", help="print claims one by one")
    parser.add_argument("--coder", default="rules", help="rules, learned or encoder")
    options = parser.parse_args()
    told = {}
    pages = Study([str(ROOT / "corpus" / "pages")], options.coder)
    score = measure(pages, GOLD, {}, options.loud)
    told["corpus"] = score.figures()
    if not options.json:
        show("corpus/pages", score)
    if options.seeds:
        seeds = Study([str(options.seeds)], options.coder)
        score = measure(seeds, GOLD / "seeds", seed_stems(options.seeds), options.loud)
        told["seeds"] = score.figures()
        if not options.json:
            show("the five real documents", score)
    if options.json:
        print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
