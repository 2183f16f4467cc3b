"""How fast a Reddit dump is read, and in how much memory, as it grows.

Makes a dump of comments and submissions written for this purpose (seeded, Zstandard level 1, the
comments of many threads interleaved, as the real ones are), and reads its first 200 MB, 1 GB and
2 GB of JSON with the reader alone, each in a process of its own. Prints a Markdown table: megabytes
of JSON and posts a second, peak resident memory, and beside it what parsing the lines alone takes.

Run from the repository's root: ``python -m benchmarks.dumps [MEGABYTES…]``. The dumps lie in a
temporary folder, and are gone afterwards.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import zstandard

_SIZES = (200, 1000, 2000)  # megabytes of JSON
_OPEN = 3000  # threads that are being answered at a time
_ANSWERS = 40  # comments of a thread, on average
_SENTENCES = (
    "I walked to the shop and back without the stick, which I had not done since spring.",
    "My neurologist wants to wait for the next scan before we change anything.",
    "Has anyone here stayed at work through the whole of it?",
    "The fatigue is the worst part, nobody can see it.",
    "They asked me twice whether I had understood the risks, and I had.",
    "Six weeks in I could feel my toes again, then it stopped getting better.",
    "That is not what the paper says, it says two years.",
    "My husband drove me, four hours each way, every second week.",
    "Thank you for writing this down.",
    "Was the second infusion easier than the first?",
    "I would not do it again, but I am glad that I know.",
    "Same here, and my sister too.",
)


def thing(rng: random.Random, number: int, threads: list[int], last: dict[int, int]) -> Any:
    """The next object of the dump: a submission now and then, else a comment in an open thread."""
    created = 1_500_000_000 + number
    if number % _ANSWERS == 0:
        link = number
        if len(threads) < _OPEN:
            threads.append(link)
        else:
            threads[rng.randrange(_OPEN)] = link
        own = {"title": rng.choice(_SENTENCES), "selftext": _words(rng), "num_comments": 0}
        kind, place = "t3", {"is_self": True, "over_18": False}
    else:
        link = rng.choice(threads)
        parent = f"t1_{last[link]:x}" if link in last and rng.random() < 0.6 else f"t3_{link:x}"
        own = {"body": _words(rng), "link_id": f"t3_{link:x}", "parent_id": parent}
        last[link] = number
        kind, place = "t1", {"controversiality": 0, "is_submitter": rng.random() < 0.1}
    return {**_ALWAYS, **own, **place,
        "author": f"reader_{rng.randrange(50_000)}",
        "author_fullname": f"t2_{rng.randrange(50_000):x}",
        "created_utc": created if number % 3 else str(created),
        "id": f"{number:x}",
        "name": f"{kind}_{number:x}",
        "permalink": f"/r/walkers/comments/{link:x}/_/{number:x}/",
        "retrieved_on": created + 86_400,
        "score": rng.randrange(50)
    }  # fmt: skip


_ALWAYS: dict[str, Any] = {
    "all_awardings": [], "approved_at_utc": None, "archived": False, "associated_award": None,
    "author_flair_background_color": None, "author_flair_css_class": None,
    "author_flair_richtext": [], "author_flair_template_id": None, "author_flair_text": None,
    "author_flair_type": "text", "author_patreon_flair": False, "author_premium": False,
    "can_gild": True, "collapsed": False, "collapsed_because_crowd_control": None,
    "collapsed_reason": None, "comment_type": None, "distinguished": None, "edited": False,
    "gilded": 0, "gildings": {}, "locked": False, "no_follow": True, "score_hidden": False,
    "send_replies": True, "stickied": False, "subreddit": "walkers", "subreddit_id": "t5_abc",
    "subreddit_name_prefixed": "r/walkers", "subreddit_type": "public", "top_awarded_type": None,
    "total_awards_received": 0, "treatment_tags": [], "unrepliable_reason": None,
}  # fmt: skip


def _words(rng: random.Random) -> str:
    return " ".join(rng.choices(_SENTENCES, k=rng.randint(1, 10)))


def make(path: Path, megabytes: int) -> tuple[int, int]:
    """Writes a dump; the bytes of JSON in it, and how many objects."""
    rng = random.Random(2026)
    threads: list[int] = []
    last: dict[int, int] = {}
    size = number = 0
    with open(path, "wb") as raw, zstandard.ZstdCompressor(level=1).stream_writer(raw) as out:
        while size < megabytes * 1_000_000:
            found = thing(rng, number, threads, last)
            size += out.write(json.dumps(found, sort_keys=True).encode() + b"\n")
            number += 1
            if len(last) > 4 * _OPEN:
                last = {link: last[link] for link in threads if link in last}
    return size, number


def read(path: Path) -> None:
    """Reads a dump and prints what it took, as JSON; in a process of its own."""
    from community import sources
    from community.readers import reddit_dump
    from community.types import Page

    began = time.perf_counter()
    page = sources.page(sources.find([str(path)])[0])
    assert isinstance(page, Page)
    assert reddit_dump.make().sniff(page) > 0.9
    documents = posts = 0
    for document in reddit_dump.make().read(page):
        documents += 1
        posts += len(document.posts)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "documents": documents, "posts": posts, "kib": peak}))


def parse(path: Path) -> None:
    """What decompressing the lines and parsing them takes, without any reader."""
    began = time.perf_counter()
    count = 0
    with open(path, "rb") as raw:
        for line in _lines(zstandard.ZstdDecompressor().stream_reader(raw)):
            json.loads(line)
            count += 1
    print(json.dumps({"seconds": time.perf_counter() - began, "posts": count}))


def _lines(stream: Any) -> Any:
    rest = b""
    while chunk := stream.read(1 << 20):
        found = (rest + chunk).split(b"\n")
        rest = found.pop()
        yield from found


def _alone(what: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.dumps", what, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(told.stdout)
    return result


def main(sizes: list[int]) -> None:
    """Prints the table."""
    print(
        "| JSON | compressed | posts | threads | MB/s | posts/s | peak MiB | parsed alone, MB/s |"
    )
    print("| --: | --: | --: | --: | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in sizes:
            path = Path(folder) / f"RC_{megabytes}.zst"
            size, count = make(path, megabytes)
            took, bare = _alone("read", path), _alone("parse", path)
            assert took["posts"] == count == bare["posts"]
            cells = (
                f"{size / 1e6:.0f} MB",
                f"{path.stat().st_size / 1e6:.0f} MB",
                f"{count:,}",
                f"{took['documents']:,}",
                f"{size / 1e6 / took['seconds']:.0f}",
                f"{count / took['seconds']:,.0f}",
                f"{took['kib'] / 1024:.0f}",
                f"{size / 1e6 / bare['seconds']:.0f}",
            )
            print("| " + " | ".join(cells) + " |", flush=True)
            path.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["parse"]:
        parse(Path(sys.argv[2]))
    else:
        main([int(given) for given in sys.argv[1:]] or list(_SIZES))
