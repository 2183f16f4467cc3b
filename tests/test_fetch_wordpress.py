"""A real WordPress on loopback: fetched by its interface and by its pages, then read as threads."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fetching import Desk
from servers.misbehaving import Server
from servers.wordpress import WordPress, lacking, wordpress

import community
from community.fetching.job import Fetched

COMMENTS = [
    ("a", None, "Ingrid", "Five years on and I still cycle to work every morning, rain or not."),
    ("b", "a", "Tormod", "How long did it take until you could ride that far again, Ingrid?"),
    ("c", "b", "Ingrid", "About fourteen months, with a physiotherapist who never let me off."),
    ("d", "c", "Tormod", "Fourteen months sounds long, but I will take it, thank you for telling."),
    ("e", None, "Sunniva", "For me nothing changed, and I wish somebody had told me it may not."),
    ("f", "e", "Aslak", "I am sorry to read that. Were you in the later group of patients?"),
    ("g", "f", "Sunniva", "Yes, I was already in the secondary phase when they took me in."),
    ("h", None, "Marit", "Does anybody know whether the clinic takes people from abroad now?"),
    ("i", None, "Brage", "My sister goes in for her second round of mobilisation on Monday."),
    ("j", "i", "Ingrid", "All the best to her! The waiting was the hardest part in my case."),
    ("k", None, "Eldrid", "Thank you all for writing here, it is the best page that I have found."),
]
PARENTS: dict[str, str | None] = {key: parent for key, parent, _, _ in COMMENTS}


def seeded(title: str) -> dict[str, Any]:
    told = [
        {"id": key, "parent": parent or "", "author": author, "content": words,
         "email": f"{author.lower()}@mail.example", "date": f"2024-04-{n + 2:02} 1{n % 10}:20:00"}
        for n, (key, parent, author, words) in enumerate(COMMENTS)
    ]  # fmt: skip
    article = "<p>The clinic reports that most of its patients had no relapse in five years.</p>"
    return {"title": title, "date": "2024-04-01 08:00:00", "content": article, "comments": told}


class Port:
    """As much of a server of ours as a desk needs to know."""

    def __init__(self, port: int) -> None:
        self.port = port

    url = Server.url


@pytest.fixture(scope="module")
def site(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    if missing := lacking():
        pytest.skip(f"a WordPress needs {missing}")
    with wordpress(shared / "tools" / "wordpress.sh", tmp_path_factory.mktemp("wp")) as running:
        yield running


@pytest.fixture(scope="module")
def article(site: WordPress) -> dict[str, Any]:
    return site.add([seeded("Five years after the transplant")])[0]


@pytest.fixture
def desk(site: WordPress, tmp_path: Path) -> Desk:
    return Desk(Port(site.port), tmp_path / "study")  # type: ignore[arg-type]


def threads(desk: Desk, done: Fetched) -> list[dict[str, str]]:
    """Rows of ``posts.csv`` after an analysis of what was fetched."""
    assert done.lost == 0, done.entries
    result = community.rerun(desk.study)
    with open(result.out / "posts.csv", encoding="utf-8", newline="") as rows:  # type: ignore[operator]
        return list(csv.DictReader(rows))


def assert_right(rows: list[dict[str, str]], numbers: dict[str, int]) -> None:
    by_id = {row["post_id"]: row for row in rows}
    told = {row["native_id"].rpartition("-")[2]: row for row in rows}
    assert sorted(told) == sorted(str(number) for number in numbers.values())
    for key, parent in PARENTS.items():
        row = told[str(numbers[key])]
        above = by_id[row["parent_id"]]["native_id"].rpartition("-")[2] if row["parent_id"] else ""
        assert above == (str(numbers[parent]) if parent else ""), key


def needs_reader() -> None:
    if importlib.util.find_spec("community.readers.wordpress_rest") is None:
        pytest.skip("no reader of WordPress' interface in this build")


def test_the_interface_gives_every_comment_its_parent(
    desk: Desk, site: WordPress, article: dict[str, Any]
) -> None:
    needs_reader()
    site.set("thread_comments_depth", "2")  # the page shows two levels, the interface all
    done = desk.fetch(article["url"])
    assert [entry.outcome for entry in done.entries] == ["new"]
    assert_right(threads(desk, done), article["comments"])
    told = json.loads(desk.text(done.entries[0].file))
    assert "mail.example" not in json.dumps(told) and told["total"] == len(COMMENTS)


def test_the_interface_is_found_by_every_address_of_an_article(
    desk: Desk, site: WordPress, article: dict[str, Any]
) -> None:
    number = article["comments"]["d"]
    done = desk.fetch(
        f"/?p={article['post']}", f"{article['url']}?replytocom={number}#respond", article["url"],
        f"{article['url']}#comment-{number}",
    )  # fmt: skip
    assert [entry.outcome for entry in done.entries] == ["new"] + ["duplicate"] * 3
    assert len(desk.files()) == 1


def test_an_unchanged_article_is_told_as_such_and_a_new_comment_as_a_change(
    desk: Desk, site: WordPress
) -> None:
    made = site.add([seeded("An article that goes on being read")])[0]
    desk.fetch(made["url"])
    assert desk.fetch(made["url"]).entries[0].outcome == "unchanged"
    site.sql(
        "insert into wp_comments set comment_content='One more word from me.', comment_type='comment',"
        f" comment_author='Brage', comment_post_ID={made['post']}, comment_approved='1',"
        f" comment_parent={made['comments']['i']}, comment_date='2024-05-01 10:00:00',"
        " comment_date_gmt='2024-05-01 08:00:00'"
    )
    again = desk.fetch(made["url"]).entries[0]
    assert again.outcome == "changed" and len(desk.files()) == 1
    told = json.loads(desk.text(again.file or ""))
    assert told["comments"][-1]["parent"] == made["comments"]["i"]


@pytest.mark.parametrize("theme", ["twentytwentyone", "twentytwentythree"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_of_comments_are_followed_where_the_interface_is_closed(
    desk: Desk, site: WordPress, article: dict[str, Any], theme: str, order: str
) -> None:
    """Two comments a page, the newest or the oldest page first, in a classic and a block theme;
    the interface is closed by robots.txt."""
    site.set("theme", theme)
    site.set("thread_comments_depth", "10")
    site.set("page_comments", "1")
    site.set("comments_per_page", "2")
    site.set("default_comments_page", order)
    robots = site.folder / "site" / "robots.txt"
    robots.write_text("User-agent: *\nDisallow: /wp-json/\n", encoding="utf-8")
    try:
        done = desk.fetch(article["url"])
    finally:
        robots.unlink()
        site.set("page_comments", "0")
    assert {entry.outcome for entry in done.entries} <= {"new", "duplicate"}
    assert len(desk.files()) == 3  # five comments that answer none, two a page
    assert all(name.endswith(".html") for name in desk.files())
    assert_right(threads(desk, done), article["comments"])


def test_an_article_with_a_password_is_refused(desk: Desk, site: WordPress) -> None:
    made = site.add([seeded("Members only")])[0]
    site.sql(f"update wp_posts set post_password='x' where ID={made['post']}")
    entry = desk.fetch(made["url"]).entries[0]
    assert entry.outcome == "refused" and "password" in entry.note and "save the page" in entry.note
    assert desk.files() == []
