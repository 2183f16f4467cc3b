"""Results for the eyes: the table of claims that the command line prints."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table


class _Console(Console):
    """A console that tells its caller when nobody reads on (`| head`), which is no failure."""

    def on_broken_pipe(self) -> None:
        """What `Console.print` calls then."""
        raise BrokenPipeError


_WIDE = 110  # columns of a terminal from which a result's own words are shown
_SHOWN = 44  # characters of a result's own words in the table; --json has them all


def claims(found: list[Any]) -> None:
    """Prints (document, mention) pairs, a line a result, under the name of each document."""
    console = _Console()
    for source, results in groupby(found, key=lambda pair: pair[0].source):
        table = Table(title=source, box=box.SIMPLE, title_justify="left", pad_edge=False)
        for name in ("trial", "endpoint", "value", "interval", "n", "when"):
            table.add_column(name)
        wide = console.width >= _WIDE
        if wide:
            table.add_column("words", no_wrap=True, overflow="ellipsis", max_width=_SHOWN)
        for document, mention in results:
            cells = _claim_cells(document, mention)
            table.add_row(*(cells if wide else cells[:-1]))
        console.print(table)


def _claim_cells(document: Any, mention: Any) -> list[str]:
    interval = ""
    if mention.ci_low is not None:
        level = "" if mention.ci_level is None else f" ({mention.ci_level:g} %)"
        interval = f"{mention.ci_low:g} to {mention.ci_high:g}{level}"
    value = "" if mention.value is None else f"{mention.value:g} {mention.unit or ''}".strip()
    words = " ".join(mention.span.of(document.text).split())
    cells = (mention.trial, mention.endpoint, value, interval, mention.n, mention.timepoint, words)
    return ["" if cell is None else str(cell) for cell in cells]


def claim(document: Any, mention: Any) -> dict[str, Any]:
    """A result as what JSON holds."""
    told = asdict(mention)
    told["text"] = mention.span.of(document.text)
    return {"source": document.source, **told}
