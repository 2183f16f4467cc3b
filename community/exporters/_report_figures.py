"""The report's headline figures: tables and charts made from ``summary_codes``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from community import charts
from community.contracts import Snapshot
from community.exporters._report_posts import Values, values
from community.summaries import headline_coder
from community.units import UNDATED, units

FEW_POSTS = 30  # below this, intervals are so wide that a share says little
_MOST_TOPICS = 15
_FEELINGS = ("positive", "mixed", "neutral", "negative")


def plain(code: str) -> str:
    """A code in words."""
    return code.replace("-", " ")


def percent(share: float | None) -> str:
    """A share of 1 in whole percent."""
    return "–" if share is None else f"{share * 100:.0f}"


def _figures(snapshot: Snapshot) -> list[Values]:
    """Rows of ``summary_codes`` for the whole and for roles, posts and authors side by side."""
    made: dict[tuple[Any, ...], Values] = {}
    rows = values(snapshot, "summary_codes")
    for row in takewhile(lambda row: row["group_by"] != "document", rows):  # documents come last
        if row["group_by"] in ("all", "role"):
            names = ("coder", "layer", "code", "polarity", "whose", "group_by", "group")
            key = tuple(row[name] for name in names)
            made.setdefault(key, dict(zip(names, key, strict=True)))[row["unit"]] = row
    return list(made.values())


def _bar(figure: Values, label: str, section: str = "") -> charts.Bar:
    posts = figure["posts"]
    return charts.Bar(
        label=label,
        section=section,
        share=posts["prevalence"],
        low=posts["ci_low"],
        high=posts["ci_high"],
        counts=f"{posts['n_with']} of {posts['n']}",
    )


def _countable(figures: Iterable[Values]) -> list[Values]:
    return [figure for figure in figures if figure["posts"]["prevalence"] is not None]


def _stances(figures: list[Values]) -> list[Values]:
    """For each stance: the whole, its polarities, and whose experience it is."""
    made = []
    for code in dict.fromkeys(figure["code"] for figure in figures):
        mine = [figure for figure in figures if figure["code"] == code]
        every = [f for f in mine if f["group_by"] == "all"]
        roles = [
            f for f in mine if f["group_by"] == "role" and not f["polarity"] and not f["whose"]
        ]
        whole = next((f for f in every if not f["polarity"] and not f["whose"]), None)
        made.append(
            {
                "code": code,
                "whole": whole,
                "polarities": [f for f in every if f["polarity"] and not f["whose"]],
                "whose": [f for f in every if f["whose"] and not f["polarity"]],
                "roles": [f for f in roles if f["posts"]["n"] + f["posts"]["n_abstained"]],
            }
        )
    return made


def _stance_chart(stances: Sequence[Values]) -> str:
    bars = [
        _bar(figure, plain(figure["polarity"]), plain(stance["code"]))
        for stance in stances
        for figure in _countable(stance["polarities"])
    ]
    about = "; ".join(f"{bar.section}, {bar.label}: {bar.counts} posts" for bar in bars)
    caption = charts.Caption(key="chart-stance", title="Perspectives by polarity", about=about)
    return charts.shares(bars, caption)


def _simple_chart(figures: list[Values], key: str, title: str) -> str:
    bars = [_bar(figure, plain(figure["code"])) for figure in _countable(figures)]
    about = "; ".join(f"{bar.label}: {bar.counts} posts" for bar in bars)
    return charts.shares(bars, charts.Caption(key=key, title=title, about=about))


def months_chart(snapshot: Snapshot) -> str:
    """Posts over time; empty where fewer than two months are dated."""
    counts = Counter(u.month for u in units(snapshot) if u.counts and u.month != UNDATED)
    about = "; ".join(f"{month}: {n}" for month, n in sorted(counts.items()))
    caption = charts.Caption(key="chart-months", title="Posts per month", about=about)
    return charts.months(counts, caption)


def claims_chart(spoken: Sequence[tuple[str, dict[str, int]]], most: int = 15) -> str:
    """The claims that are spoken to most, by what the posts do to them."""
    told = [
        f"{name}: {', '.join(f'{n} {r}' for r, n in counts.items())}" for name, counts in spoken
    ]
    title = "Posts that speak to a claim, by relation"
    caption = charts.Caption(key="chart-claims", title=title, about="; ".join(told[:most]))
    return charts.stacks(spoken[:most], caption)


def headline(snapshot: Snapshot) -> Values:
    """Everything that the report's section of headline figures shows."""
    by_layer: dict[str, list[Values]] = defaultdict(list)
    coders: dict[str, set[str]] = defaultdict(set)
    for figure in _figures(snapshot):
        by_layer[figure["layer"]].append(figure)
        coders[figure["layer"]].add(figure["coder"])
    chosen = {layer: headline_coder(names) for layer, names in coders.items()}

    def of(layer: str, group_by: str = "all") -> list[Values]:
        mine = [f for f in by_layer[layer] if f["coder"] == chosen.get(layer)]
        return [f for f in mine if f["group_by"] == group_by or not group_by]

    def feelings(coder: str | None) -> list[Values]:
        mine = (f for f in by_layer["sentiment"] if f["coder"] == coder)
        whole = {f["code"]: f for f in mine if f["group_by"] == "all"}
        return [whole[code] for code in _FEELINGS if code in whole]

    topics = sorted(of("topic"), key=lambda f: (-f["posts"]["n_with"], f["code"]))
    stances = _stances(of("stance", ""))
    others = sorted(coders["sentiment"] - {chosen.get("sentiment") or ""})
    main = feelings(chosen.get("sentiment"))
    return {
        "coders": chosen,
        "stances": stances,
        "sentiments": [
            (name, feelings(name)) for name in [chosen.get("sentiment"), *others] if name
        ],
        "topics": topics,
        "stance_chart": _stance_chart(stances),
        "sentiment_chart": _simple_chart(main, "chart-sentiment", "Sentiment"),
        "topic_chart": _simple_chart(topics[:_MOST_TOPICS], "chart-topic", "Topics"),
        "months_chart": months_chart(snapshot),
    }
