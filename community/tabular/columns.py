"""Which column of a table of posts holds what: by its name in many languages, and by its content.

A name proposes, the content decides: ids are alike and hardly repeat, parents are among the ids,
times can be read, words are sentences. Columns of contact data are never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from community.errors import SourceError
from community.tabular import contents, names
from community.tabular.contents import Content

SAMPLED = 300  # rows that are looked at
DATES = {"dmy": False, "mdy": True}  # what `dates` in a map may say, as "month first"
_STRONG = 0.7
_OF_POSTS = 0.4  # strength at which an id is named as one of posts, not of trusts or products
_SENTENCE = 35  # characters that cells of running words have on average, at the least


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The column's name for each thing a post has; None where the table has none.

    `addressee` names who is answered, where a table has names instead of pointers. `why` tells
    for each how it was found; `month_first` says how dates in figures are meant, where that was
    told by hand.
    """

    text: str
    id: str | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    addressee: str | None = None
    author: str | None = None
    author_id: str | None = None
    timestamp: str | None = None
    title: str | None = None
    url: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    month_first: bool | None = None

    def roles(self) -> dict[str, str]:
        """Column by role, in the order of the roles."""
        return {role: name for role in ROLES if (name := getattr(self, role)) is not None}


ROLES = tuple(f.name for f in fields(Columns) if f.name not in ("why", "month_first"))


def columns(
    header: Sequence[str],
    sample: Sequence[Mapping[str, object]],
    subject: str,
    given: Mapping[str, str] | None = None,
    *,
    headless: bool = False,
) -> Columns:
    """Tells what each column holds; `given` (role to column) comes before names and content.

    Args:
        header: the columns.
        sample: the first rows.
        subject: names the table in errors.
        given: what the user said; ``dates`` may be dmy or mdy.
        headless: the columns have no names: their contents alone tell.

    Raises:
        SourceError: no column holds posts' words, or `given` names one that is not there.
    """
    told = dict(given or {})
    order = told.pop("dates", None)
    _check(told, order, header, subject)
    made = {name: contents.of([row.get(name) for row in sample]) for name in header}
    found = {role: (name, "as you said") for role, name in told.items() if name}
    refused = {role for role, name in told.items() if not name}
    _assign(found, refused, _proposals(made, headless))
    if "text" not in found and "text" not in refused:
        wordy = _wordiest([n for n in header if n not in {c for c, _ in found.values()}], made)
        if wordy:
            found["text"] = (wordy, "by its content: the longest running words")
    if "text" not in found:
        seen = ", ".join(header) or "none"
        reason = f"no column with posts' words; columns: {seen}"
        advice = "name it with --map text=COLUMN, or under [columns] in study.toml"
        raise SourceError(subject, reason, advice)
    _thread_of(found, refused, made)
    _content_alone(found, refused, made)
    _pointers(found, told, made)
    return Columns(
        **{role: name for role, (name, _) in found.items()},
        why={role: reason for role, (_, reason) in found.items()},
        month_first=DATES.get(order) if order else None,
    )


def knows(header: Sequence[str]) -> int:
    """How many things of a post the header names; 0 without words and anything beside them."""
    named = [names.of(name) for name in header]
    roles = {role for name in named for role, s in name.strengths.items() if s >= _STRONG}
    return len(roles) if "text" in roles else 0


def _check(told: Mapping[str, str], order: str | None, header: Sequence[str], subject: str) -> None:
    seen = ", ".join(header) or "none"
    for role, name in told.items():
        if role not in ROLES:
            roles = f"roles are {', '.join(ROLES)}, dates"
            raise SourceError(subject, f"{role!r} is nothing that a column may hold", roles)
        if name and name not in header:
            advice = f"roles are {', '.join(ROLES)}, dates"
            raise SourceError(subject, f"no column {name!r} for {role!r}; columns: {seen}", advice)
    if order and order not in DATES:
        raise SourceError(subject, f"dates = {order!r}", f"one of {', '.join(DATES)}")


def _proposals(made: Mapping[str, Content], headless: bool) -> list[tuple[float, str, str, str]]:
    """(score, role, column, reason), the best first."""
    found = []
    for at, (name, content) in enumerate(made.items()):
        if content.private or names.of(name).private:
            continue
        for role, strength in names.of(name).strengths.items() if not headless else ():
            fit = contents.fit(role, content, exact=names.of(name).exact == role)
            if fit > 0:
                reason = "by its name" + (", and its content fits" if content.filled else "")
                found.append((strength + 0.2 * fit - 0.001 * at, role, name, reason))
        if headless:
            found += [
                (score - 0.001 * at, role, name, f"by its content: {reason}")
                for role, score, reason in contents.guesses(content)
            ]
    return sorted(found, key=lambda proposal: -proposal[0])


def _assign(
    found: dict[str, tuple[str, str]],
    refused: set[str],
    proposals: Sequence[tuple[float, str, str, str]],
) -> None:
    taken = {name for name, _ in found.values()}
    for _, role, name, reason in proposals:
        if role not in found and role not in refused and name not in taken:
            found[role] = (name, reason)
            taken.add(name)
    if "author" not in found and "author_id" in found and "author" not in refused:
        found["author"] = found.pop("author_id")  # an id is all there is of a name


def _wordiest(free: Sequence[str], made: Mapping[str, Content]) -> str | None:
    """The column whose cells are the longest running words; None where none are."""
    wordy = [n for n in free if made[n].is_prose and not made[n].private]
    best = max(wordy, key=lambda name: made[name].length, default=None)
    return best if best is not None and made[best].length >= _SENTENCE else None


def _thread_of(
    found: dict[str, tuple[str, str]], refused: set[str], made: Mapping[str, Content]
) -> None:
    """Where posts have ids and another column has ids that repeat, those are their threads'."""
    if "thread_id" in found or "thread_id" in refused or "id" not in found:
        return
    taken = {name for name, _ in found.values()}
    for name, content in made.items():
        repeats = content.filled >= 3 and content.unique < 0.9 and content.ids >= 0.9
        named = names.of(name)
        posts = named.exact == "id" or named.strengths.get("thread_id", 0) >= _OF_POSTS
        if name not in taken and repeats and "id" in named.strengths and posts:
            found["thread_id"] = (name, "by its name, and its ids repeat")
            return


def _content_alone(
    found: dict[str, tuple[str, str]],
    refused: set[str],
    made: Mapping[str, Content],
) -> None:
    """Times and pointers in columns whose names say nothing."""
    free = [n for n in made if n not in {c for c, _ in found.values()} and not made[n].private]
    if "timestamp" not in found and "timestamp" not in refused:
        for name in free:
            if made[name].times >= 0.95 and made[name].numbers < 0.5 and made[name].filled > 1:
                found["timestamp"] = (name, "by its content: times")
                free.remove(name)
                break
    if "id" in found and "parent_id" not in found and "parent_id" not in refused:
        ids = made[found["id"][0]]
        for name in free:
            if not names.of(name).strengths and made[name].points_into(ids):
                found["parent_id"] = (name, "by its content: ids of other rows")
                break


def _pointers(
    found: dict[str, tuple[str, str]], told: Mapping[str, str], made: Mapping[str, Content]
) -> None:
    """A column of answered people's names is no pointer to posts."""
    if "parent_id" not in found or "parent_id" in told or "author" not in found:
        return
    name, reason = found["parent_id"]
    cells = set(made[name].cells)
    ids = set(made[found["id"][0]].cells) if "id" in found else set()
    people = set(made[found["author"][0]].cells)
    if cells and not cells & ids and len(cells & people) >= 0.5 * len(cells):
        del found["parent_id"]
        found.setdefault("addressee", (name, f"{reason}: names of those who are answered"))
    elif ids and cells & ids:
        inside = sum(cell in ids for cell in made[name].cells)
        found["parent_id"] = (name, f"{reason}: {inside} of {made[name].filled} are ids of rows")
