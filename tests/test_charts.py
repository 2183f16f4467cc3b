"""Charts that stand inside a page: safe, named, repeatable."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from community import charts


def caption(key: str = "c") -> charts.Caption:
    return charts.Caption(key=key, title="Shares <of> posts", about='good & "bad": 3 of 9')


def bars(*labels: str) -> list[charts.Bar]:
    return [
        charts.Bar(label=label, share=0.3, low=0.1, high=0.6, counts="3 of 9", section="treatment")
        for label in labels
    ]


def every() -> dict[str, str]:
    return {
        "shares": charts.shares(bars("good", "bad"), caption("a")),
        "stacks": charts.stacks([("62 % at 5 years", {"supports": 3, "asks": 1})], caption("b")),
        "months": charts.months({"2023-11": 2, "2024-02": 5}, caption("d")),
    }


@pytest.mark.parametrize("name", ["shares", "stacks", "months"])
def test_a_chart_is_an_image_with_a_name_and_a_description(name: str) -> None:
    root = ElementTree.fromstring(every()[name])
    assert root.get("role") == "img"
    children = {child.tag.rpartition("}")[2]: child for child in root}
    names = f"{children['title'].get('id')} {children['desc'].get('id')}"
    assert root.get("aria-labelledby") == names
    assert children["title"].text == "Shares <of> posts"


def test_ids_of_charts_on_one_page_do_not_meet() -> None:
    found = [i for svg in every().values() for i in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(found) == len(set(found))


def test_references_inside_a_chart_hold() -> None:
    for svg in every().values():
        ids = set(re.findall(r'\bid="([^"]+)"', svg))
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids
        assert set(re.findall(r'href="#([^"]+)"', svg)) <= ids


def test_a_chart_brings_no_style_no_script_and_no_address_to_fetch() -> None:
    for svg in every().values():
        assert "<style" not in svg
        assert "<script" not in svg
        assert "<metadata" not in svg
        assert not re.search(r'(href|src)="(?!#)', svg)
        assert "currentColor" in svg


def test_the_same_figures_give_the_same_bytes() -> None:
    assert every() == every()


@pytest.mark.parametrize(
    "label",
    ["<script>alert(1)</script>", "cost $5 to $9 ^2", "a\nb\x00\x1b", "日本語 🎉", "x" * 500],
)
def test_no_label_breaks_a_chart(label: str) -> None:
    svg = charts.shares(bars(label), caption())
    assert "<script" not in svg
    text = " ".join(ElementTree.fromstring(svg).itertext())
    assert label[:4].split("\n")[0] in text
    assert max(map(len, text.split())) <= 60


def test_nothing_to_show_gives_no_chart() -> None:
    assert charts.shares([], caption()) == ""
    assert charts.stacks([], caption()) == ""
    assert charts.months({"2024-01": 3}, caption()) == ""


def test_months_without_posts_are_on_the_axis() -> None:
    text = " ".join(ElementTree.fromstring(every()["months"]).itertext())
    assert "2023-12" in text
    assert "2024-01" in text


def test_extreme_shares_stay_inside() -> None:
    whole = charts.Bar(label="all", share=1.0, low=0.2, high=1.0, counts="1 of 1")
    none = charts.Bar(label="none", share=0.0, low=0.0, high=0.0, counts="0 of 10")
    assert "120 %" not in charts.shares([whole, none], caption())
