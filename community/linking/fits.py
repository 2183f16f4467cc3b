"""How a figure fits one claim's own numbers: exactly, rounded, or as the rest.

Pure. Each fit has a strength, so that of two claims the one whose own value it is comes before one
whose bound or complement it happens to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from community.linked import Verdict
from community.linking.figures import Figure
from community.linking.targets import Profile
from community.results.quantities import MONTHS

_TINY = 1e-6
_FIVE = 2.5  # percent by which a number that is a multiple of five may have been rounded
_TEN = 3.5  # percent by which one of ten, from fifty on, may, where the words agree
_FIFTY = 50
_WORDED = 3.0  # percent by which a proportion in words, or one called rough, may
_SMALL = 10
_PEOPLE = ("patients", "people", "participants", "persons", "deaths", "women", "men")
_ROUND = (100, 1000)  # "12 in 100" is a percentage


@dataclass(frozen=True, slots=True)
class Fit:
    """A way in which a figure may come from a claim; `sure` where chance hardly gives it."""

    verdict: Verdict
    strength: float
    sure: bool = False
    size: bool = False  # the number of those that the claim is about, not its value


def fits(one: Profile, figure: Figure, bounds: bool = False) -> Iterator[Fit]:
    """The ways in which a figure may come from a claim, most natural first; bounds of its interval
    count where the figure is the end of a range, or the words speak of `bounds`."""
    bounds = bounds or figure.ranged
    if figure.kind == "time":
        yield from _times(one, figure)
        return
    if figure.kind == "share":
        yield from _shares(one, figure, bounds)
        return
    yield from _counts(one, figure, bounds)
    if figure.kind == "plain" and figure.unit is None:
        small = figure.value < _SMALL and figure.near >= 0.5
        for fit in _percents(one, figure.value, figure, bounds):
            yield Fit(fit.verdict, fit.strength - (1.9 if small else 0.7), fit.sure and not small)


def _shares(one: Profile, figure: Figure, bounds: bool) -> Iterator[Fit]:
    share, whole = figure.share, figure.whole
    if share is None:
        return
    if whole is not None and whole > _SMALL and whole not in _ROUND:
        stated = one.denominator or one.n
        if figure.value in one.counts and stated in (None, whole):
            yield Fit("exact", 3.4 if stated else 2.0, stated is not None)
            return
        if stated == whole and whole - figure.value in one.counts:
            yield Fit("complement", 2.4, True)
            return
        if one.percent is not None and abs(share - one.percent) <= 0.5 + _TINY:
            yield Fit("exact", 2.6, True)
            return
    yield from _percents(one, share, figure, bounds)


def _percents(one: Profile, share: float, figure: Figure, bounds: bool) -> Iterator[Fit]:
    if one.interval is not None and bounds:
        for bound in one.interval:
            near = _closeness(bound, share, figure)
            if near is not None and abs(bound - share) <= figure.near + _WORDED * figure.rough:
                yield Fit(near.verdict, near.strength - (0.4 if figure.ranged else 0.9), False)
    if figure.ranged and figure.kind == "share":
        return  # "5 to 10 %" is a range, not two results
    percent = one.percent
    if percent is None and one.n and one.counts and one.unit in _PEOPLE:
        percent = 100 * one.counts[0] / one.n
    if percent is not None:
        near = _closeness(percent, share, figure)
        if near is not None:
            yield near
        rest = _closeness(100 - percent, share, figure)
        if rest is not None and "participants" not in one.concepts:
            yield Fit("complement", rest.strength - 0.7, rest.sure)
    if one.unit == "" and one.value is not None and 0 < one.value < 1:  # a ratio of hazards
        for ratio in (one.value, *(one.interval or ())):
            near = _closeness(100 * (1 - ratio), share, figure)
            if near is not None:
                yield Fit("complement", near.strength - 0.8, False)


def _closeness(percent: float, share: float, figure: Figure) -> Fit | None:
    """How a share and a percentage agree."""
    apart = abs(percent - share)
    if apart <= _TINY:
        return Fit("exact", 3.0, True)
    if figure.whole in (None, *_ROUND) and not figure.worded and apart <= figure.near + _TINY:
        return Fit("rounded", 2.8, not figure.rough)
    loose = _WORDED + 2 * figure.worded
    if figure.rough and apart <= min(loose, max(0.1 * share, figure.near)) + _TINY:
        return Fit("rounded", 2.3 - 0.1 * apart, False)
    fives = figure.kind == "share" and share % 5 == 0 and figure.near >= 0.5 and share >= _SMALL
    if fives and apart <= _FIVE and figure.whole is None:
        return Fit("rounded", 2.3 - 0.3 * apart, False)
    tens = figure.kind == "share" and share % 10 == 0 and figure.near >= 0.5 and share >= _FIFTY
    if tens and apart <= _TEN and figure.whole is None:
        return Fit("rounded", 1.3, False)
    return None


def _counts(one: Profile, figure: Figure, bounds: bool) -> Iterator[Fit]:
    value = figure.value
    if one.unit.rstrip("s") in MONTHS and value % 1 == 0:
        return  # "2" is no length of time
    own = (*one.counts, *(abs(c) for c in one.counts if c < 0))
    if any(abs(value - count) <= _TINY for count in own):
        if "participants" in one.concepts:
            yield Fit("exact", 2.0 + 0.4 * (figure.kind == "count"), False, size=True)
            return
        bare = figure.near >= 0.5 and value < _SMALL
        strength = (1.2 if value > 1 else 0.7) if bare else 2.0
        if figure.kind == "count" and not bare:
            strength += 0.5
        same = figure.noun is not None and figure.noun[:5] == one.unit[:5]
        yield Fit("exact", strength + 0.3 * same, figure.near < 0.5 or (same and not bare))
        return
    if figure.near < 0.5:
        for stated in own:
            if stated % 1 and abs(value - stated) <= figure.near + _TINY:
                yield Fit("rounded", 1.9, True)
    for pair in (one.interval if bounds or figure.near < 0.5 else None, one.spread):
        for bound in pair or ():
            if abs(value - bound) <= _TINY:
                yield Fit("exact", 1.7 if figure.near < 0.5 else 1.3, False)
            elif bound % 1 and figure.ranged and abs(value - bound) <= figure.near + _TINY:
                yield Fit("rounded", 1.6, False)
    whole = one.denominator or one.n
    if whole is not None and figure.near >= 0.5:
        if value == whole and value > _SMALL and figure.noun in _PEOPLE:
            yield Fit("exact", 1.8, False, size=True)
        counted = [c for c in one.counts if 0 < c < whole]
        if one.denominator and any(whole - c == value for c in counted):
            yield Fit("complement", 1.0 if value < _SMALL else 1.4, False)


def _times(one: Profile, figure: Figure) -> Iterator[Fit]:
    """A length of time that the claim's value is."""
    unit, asked = one.unit.rstrip("s"), (figure.unit or "").rstrip("s")
    if unit not in MONTHS or asked not in MONTHS:
        return
    months = figure.value * MONTHS[asked]
    values = [abs(v) for v in (one.value, *(one.spread or ()), *(one.interval or ())) if v]
    for value in values:
        stated = value * MONTHS[unit]
        if abs(stated - months) <= 0.01 * stated:
            yield Fit("exact", 2.2, False)
            return
        near = 0.5 * MONTHS[asked] if not figure.rough else 0.7 * MONTHS[asked]
        if abs(stated - months) <= max(near, 0.0):
            yield Fit("rounded", 1.9, False)
            return
