"""What the columns of tables are taken for, shown to whoever has to say it better.

::

    for table in community.columns_of(["survey.csv"]):
        print(table.columns.roles())
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence

from community import sources
from community.errors import CommunityError, SourceError
from community.tabular import maps
from community.tabular.maps import Table
from community.types import Problem


def columns_of(
    named: Sequence[str | os.PathLike[str]], *, columns: Mapping[str, str] | None = None
) -> Iterator[Table | SourceError]:
    """What each table's columns are taken for, or why it is none.

    Args:
        named: files, folders or globs.
        columns: what is said by hand: role to column.

    Raises:
        UsageError: nothing has that name.
    """
    found = sources.find([os.fspath(name) for name in named])
    for _, _, page in sources.opened(found):
        if isinstance(page, Problem):
            yield SourceError(page.source, page.reason)
            continue
        try:
            yield maps.explain(page, columns or {})
        except SourceError as error:
            yield error
        except OSError as error:
            yield SourceError(page.key, str(error))


def lines(table: Table) -> Iterator[str]:
    """A table's map as lines to read: what is what, why, and three masked cells of each."""
    told = "no header row; columns are named by number" if table.headless else ""
    yield f"{table.key}" + (f" ({told})" if told else "")
    roles = table.columns.roles()
    wide = max(map(len, (*roles, "dates")))
    for role, name in roles.items():
        shapes = " | ".join(table.shapes.get(name, ())) or "(empty)"
        yield f"  {role:{wide}}  {name}: {table.columns.why.get(role, '')}"
        yield f"  {'':{wide}}    {shapes}"
    if table.dates:
        yield f"  {'dates':{wide}}  {table.dates}"
    rest = [name for name in table.header if name not in roles.values()]
    if rest:
        yield f"  {'unused':{wide}}  {', '.join(rest)}"
    yield f"  {as_toml(table)}"


def as_toml(table: Table) -> str:
    """The map as the line that ``study.toml`` takes under ``[columns]``."""
    pairs = ", ".join(
        f"{role} = {json.dumps(name, ensure_ascii=False)}"
        for role, name in table.columns.roles().items()
    )
    return f"{json.dumps(table.key, ensure_ascii=False)} = {{ {pairs} }}"


def as_json(found: Table | SourceError) -> dict[str, object]:
    """A table's map, or why there is none, as what JSON holds."""
    if isinstance(found, CommunityError):
        return {"source": found.subject, "problem": found.reason}
    return {
        "source": found.key,
        "columns": found.columns.roles(),
        "why": dict(found.columns.why),
        "dates": found.dates or None,
        "header": list(found.header),
        "shapes": {name: list(cells) for name, cells in found.shapes.items()},
    }
