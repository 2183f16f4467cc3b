"""Writes ``community/data/rarity.toml``: in what share of posts each word stem stands.

`python benchmarks/rarity.py DATA` reads the reviews of Druglib (UCI, CC BY 4.0) in DATA and the
posts of our own corpus; a stem's share is the larger of the two. Only stems that stand in one post
of a hundred or more are kept: shares of common words, nobody's sentences.

The judge of who answers whom weighs shared words by their rarity. The background is fixed, never
the page itself, so that a new comment changes no other post. Run it when the corpus grows.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from community import plugins, sources
from community.judges.wording import stems
from community.types import Page

ROOT = Path(__file__).parent.parent
LEAST = 0.01


def corpus() -> list[str]:
    readers = [plugins.make("readers", name) for name in plugins.names("readers")]
    texts = []
    for found in sources.find([str(ROOT / "corpus" / "pages")]):
        page = sources.page(found)
        assert isinstance(page, Page)
        reader = max(readers, key=lambda reader: reader.sniff(page))
        for raw in reader.read(page):
            texts += [post.span.of(raw.text) for post in raw.posts]
    return texts


def druglib(data: Path) -> list[str]:
    lines = (data / "druglib" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    reviews = [json.loads(line) for line in lines]
    return [" ".join((r["benefits"], r["side_effects_text"], r["comments"])) for r in reviews]


def shares(texts: list[str]) -> dict[str, float]:
    spread = Counter(stem for text in texts for stem in set(stems(text)) if stem.isalpha())
    return {stem: n / len(texts) for stem, n in spread.items()}


def main() -> None:
    sides = [shares(corpus()), shares(druglib(Path(sys.argv[1])))]
    share = {s: max(side.get(s, 0.0) for side in sides) for side in sides for s in side}
    kept = sorted((stem, value) for stem, value in share.items() if value >= LEAST)
    head = (
        "# Made by benchmarks/rarity.py from corpus/pages and Druglib (UCI, CC BY 4.0): share of\n"
    )
    head += "# posts that hold a word stem, where it is one in a hundred or more. Do not edit.\n"
    body = "".join(f'"{stem}" = {value:.3f}\n' for stem, value in kept)
    path = ROOT / "community" / "data" / "rarity.toml"
    path.write_text(f"{head}\n[share]\n{body}", encoding="utf-8")
    print(f"{len(kept)} stems")


if __name__ == "__main__":
    main()
