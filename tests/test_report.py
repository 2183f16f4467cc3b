"""The report: whole, safe to open, readable by everyone; a browser looks where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hand_study import HOSTILE, META, HandSnapshot, Page, study
from hypothesis import given
from hypothesis import strategies as st

from community.exporters._report_posts import Mark, blocks, laid_out
from community.exporters.report import make, web
from community.tables import TABLES

CHROMIUM = Path("/usr/bin/chromium")


def written(made: HandSnapshot, **options: Any) -> str:
    ((name, parts),) = make(**options)(made)
    assert name == "report.html"
    return b"".join(parts).decode("utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    return written(study())


@pytest.fixture(scope="module")
def page(text: str) -> Any:
    return lxml.html.fromstring(text)


def words(node: Any) -> str:
    return " ".join(node.text_content().replace("\u2060", "").split())


def post(page: Any, number: int) -> Any:
    name = study().dicts("posts")[number - 1]["post_id"]
    return page.get_element_by_id(f"p-{name}")


def test_words_of_a_post_are_text_and_never_markup(text: str, page: Any) -> None:
    assert HOSTILE in words(post(page, 3))
    assert "<script" not in text.lower()
    assert not page.xpath("//b[.='stay']")


def test_the_page_may_load_nothing(text: str, page: Any) -> None:
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")
    assert not page.xpath("//link | //script | //img | //iframe | //object | //form")
    assert not re.search(r"@import|url\((?!#)", text)
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


def test_headings_come_in_order_under_one_title(page: Any) -> None:
    levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_the_page_has_its_landmarks_and_a_way_past_them(page: Any) -> None:
    assert page.get("lang") == "en"
    for tag in ("header", "nav", "main", "footer"):
        assert len(page.xpath(f"//{tag}")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    for table in page.xpath("//table"):
        assert table.xpath("./caption")
        assert all(th.get("scope") for th in table.xpath(".//th"))


def test_ids_are_unique_and_every_link_within_the_page_arrives(page: Any) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_evidence_is_marked_in_the_words_and_named_below(page: Any) -> None:
    two = post(page, 2)
    marks = [words(mark) for mark in two.xpath(".//mark[contains(@class, 'stance')]")]
    assert "My neurologist laughed at me" in marks
    notes = words(two.xpath(".//ul[@class='notes']")[0])
    assert "neurologist distrust: distrust" in notes
    assert "treatment experience: good, self" in notes
    assert "experience for" in notes
    numbers = {sup.text for sup in two.xpath(".//p[@class='words']//sup")}
    assert numbers == {sup.text for sup in two.xpath(".//ul[@class='notes']//sup")}


def test_quoted_words_stand_apart_and_are_not_marked(page: Any) -> None:
    (quote,) = post(page, 2).xpath(".//blockquote")
    assert words(quote) == "is more than I hoped for"
    assert not quote.xpath(".//mark")


def test_gaps_and_lost_posts_are_said(page: Any) -> None:
    assert "replies to a post that is not on the page" in words(post(page, 4))
    assert "Deleted by its author." in words(post(page, 5))
    assert "No longer on the page" in words(post(page, 9))
    assert "in a language that the codebook lacks" in words(post(page, 8))
    assert "page 2 of 3 is missing" in words(page.get_element_by_id("main"))


def test_posts_and_claims_point_at_each_other(page: Any) -> None:
    two = post(page, 2)
    (there,) = [a for a in two.xpath(".//ul[@class='notes']//a") if "62" in words(a)]
    claim = page.get_element_by_id(there.get("href")[1:])
    assert "62 % (95 % CI 50 to 72)" in words(claim)
    assert f"#{two.get('id')}" in claim.xpath(".//a/@href")


def test_figures_come_with_their_units_and_their_doubts(text: str) -> None:
    whole = words(lxml.html.fromstring(text))
    assert "Machine-coded, not verified".lower() in whole.lower()
    assert "Treatment experience is at issue in 2 of 8 posts" in whole
    assert "by 2 of 5 known authors" in whole
    assert "−0.5 EDSS points" in whole
    assert "0 of 80 patients" in whole


def test_two_reports_are_the_same_bytes(text: str) -> None:
    assert written(study()) == text


def test_what_a_run_counted_or_took_does_not_change_the_report(text: str) -> None:
    made = study()
    made.meta |= {"run": 7, "started_at": "2031-01-01", "seconds": {"a": 1}, "counts": {"posts": 0}}
    assert written(made) == text


def test_a_study_without_words_or_names_has_a_report(text: str) -> None:
    made = study()
    for name, table in TABLES.items():
        gone = {"text", "evidence", "title", "url", "native_id", "platform_role"}
        places = [i for i, column in enumerate(table.names()) if column in gone]
        made.tables[name] = [
            tuple(None if i in places else value for i, value in enumerate(row))
            for row in made.tables[name]
        ]
    made.meta = META | {"options": {"profile": "for-sharing", "identities": "pseudonyms"}}
    shared = written(made)
    assert "neurologist laughed" not in shared
    assert "Words left out of this report." in shared
    assert "made for sharing" in shared


def test_an_empty_study_has_a_report() -> None:
    whole = words(lxml.html.fromstring(written(HandSnapshot(meta={}))))
    assert "Nothing was read." in whole
    assert "No result was found" in whole


def test_a_large_study_is_laid_out_in_part_and_says_so() -> None:
    whole = written(study(), max_posts=3)
    assert "The first 3 of 10 posts" in whole
    found = lxml.html.fromstring(whole)
    assert len(found.xpath("//article")) == 3
    ids = set(found.xpath("//@id"))
    assert {href[1:] for href in found.xpath("//a/@href") if href.startswith("#")} <= ids


def test_ten_thousand_replies_deep_is_no_deeper_for_a_browser() -> None:
    made = HandSnapshot()
    deep = Page(made, "deep.txt", None)
    above = None
    for i in range(10_000):
        above = deep.post(str(i), f"Reply {i}.", parent_id=above, depth=i)
    deep.done()
    found = lxml.html.fromstring(written(made, max_posts=10_000))
    articles = found.xpath("//article")
    assert len(articles) == 10_000
    assert max(len(list(a.iterancestors())) for a in articles[-3:]) < 8
    assert "reply at depth 9999" in articles[-1].get("aria-label")


def test_replies_stand_under_what_they_answer_and_circles_lose_nobody() -> None:
    def row(name: str, parent: str | None) -> dict[str, Any]:
        return {"post_id": name, "parent_id": parent, "depth": 0, "gap": False}

    rows = [row("a", None), row("b", None), row("c", "a"), row("x", "y"), row("y", "x")]
    assert [(d, p["post_id"]) for d, p in laid_out(rows)] == [
        (0, "a"), (1, "c"), (0, "b"), (0, "x"), (1, "y"),
    ]  # fmt: skip


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=3),
)
def test_marking_changes_no_word(
    said: str, spans: list[tuple[int, int]], quotes: list[tuple[int, int]]
) -> None:
    marks = [Mark(min(s), max(s), "topic", i) for i, s in enumerate(spans, 1)]
    made = blocks(said, 10, [(min(q), max(q)) for q in quotes], marks)
    shown = "".join(run.text for block in made for run in block.runs)
    assert "".join(filter(str.isalnum, shown)) == "".join(filter(str.isalnum, said))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", None, "//x"])
def test_only_addresses_of_the_web_are_links(address: str | None) -> None:
    assert web(address) is None
    assert web("https://a.example/") == "https://a.example/"


# ---- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield opened
        opened.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 390)])
def test_a_browser_shows_it_without_errors_network_or_sideways_scrolling(
    browser: Any, text: str, tmp_path: Path, scheme: str, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    viewport = {"width": width, "height": 900}
    opened = browser.new_context(color_scheme=scheme, viewport=viewport).new_page()
    console: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: console.append(message.text))
    opened.on("pageerror", lambda error: console.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(path.as_uri())
    assert console == []
    assert requests == [path.as_uri()]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.locator("mark").count() > 5
    assert opened.locator("svg[role=img]").count() >= 4
    dark = opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"
    assert dark == (scheme == "dark")


_CONTRAST = """() => {
  const lum = c => { const f = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92
    : ((v + .055) / 1.055) ** 2.4 }); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2] };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255] };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (!e.closest('svg') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) {
      const a = lum(rgb(getComputedStyle(e).color)), b = lum(ground(e).slice(0, 3));
      const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      if (ratio < 4.5) low.push([e.tagName, ratio.toFixed(2), e.textContent.slice(0, 40)]);
    } }
  return low }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_the_contrast_that_wcag_asks_for(
    browser: Any, text: str, scheme: str
) -> None:
    opened = browser.new_context(color_scheme=scheme).new_page()
    opened.set_content(text)
    assert opened.evaluate(_CONTRAST) == []
