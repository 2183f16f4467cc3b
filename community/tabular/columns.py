"""Which column of a table of posts holds what: by its name, and for the words by its content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from community.errors import SourceError

# names as exporters and researchers write them, folded: lower case, words joined by "_"
_NAMES = {
    "text": "text body comment comment_text content message post post_text post_body selftext "
    "full_text utterance feedback review verbatim response tweet reply comment_body body_text "
    "kommentar beitrag texto texte",
    "id": "id post_id comment_id message_id tweet_id utterance_id reply_id cid name uid",
    "thread_id": "thread_id conversation_id thread root conversation topic_id discussion_id "
    "link_id video_id submission_id thread_key",
    "parent_id": "parent_id parent reply_to reply_to_id in_reply_to in_reply_to_id replyto "
    "in_reply_to_status_id parent_comment_id parent_post_id replied_to reply_to_post_id",
    "author": "author speaker user username user_name author_name poster nickname screen_name "
    "handle user_id author_id from",
    "timestamp": "unix_timestamp timestamp timestamp_utc created_utc created_at created posted_at "
    "datetime date published_at published time date_posted",
    "title": "title subject thread_title headline",
    "url": "url link permalink href post_url",
}  # fmt: skip
_ALIASES = {role: tuple(names.split()) for role, names in _NAMES.items()}
_SENTENCE = 35  # characters that cells of running words have on average, at the least
_WORDS = 0.7  # share of its cells that must hold several words


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The column's name for each thing a post has; None where the table has none."""

    text: str
    id: str | None = None
    thread_id: str | None = None
    parent_id: str | None = None
    author: str | None = None
    timestamp: str | None = None
    title: str | None = None
    url: str | None = None


def folded(name: str) -> str:
    """A column's name in lower case with its words joined by underscores."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().lstrip("\ufeff"))
    return re.sub(r"\W+", "_", spaced.lower()).strip("_")


def columns(
    header: Sequence[str],
    sample: Sequence[Mapping[str, object]],
    subject: str,
    given: Mapping[str, str] | None = None,
) -> Columns:
    """Tells what each column holds; `given` (role to column) comes before names and content.

    Raises:
        SourceError: no column holds posts' words, or `given` names one that is not there.
    """
    seen = ", ".join(header) or "none"
    for role, name in (given or {}).items():
        if name not in header or role not in _ALIASES:
            reason = f"no column {name!r} for {role!r}; columns: {seen}"
            raise SourceError(subject, reason, f"roles are {', '.join(_ALIASES)}")
    by_name = {folded(name): name for name in reversed(header)}
    found: dict[str, str | None] = dict(given or {})
    for role, aliases in _ALIASES.items():
        taken = {name for name in found.values() if name}
        free = (by_name[a] for a in aliases if a in by_name and by_name[a] not in taken)
        found.setdefault(role, next(free, None))
    if not found["text"]:
        taken = {name for name in found.values() if name}
        found["text"] = _wordiest([name for name in header if name not in taken], sample)
    if not found["text"]:
        reason = f"no column with posts' words; columns: {seen}"
        raise SourceError(subject, reason, "name it “text”, or map it: columns = {text = “NAME”}")
    return Columns(**{f.name: found[f.name] for f in fields(Columns)})  # type: ignore[arg-type]


def knows(header: Sequence[str]) -> int:
    """How many things of a post the header names; 0 without words and anything beside them."""
    names = {folded(name) for name in header}
    roles = {role for role, aliases in _ALIASES.items() if names & set(aliases)}
    return len(roles) if "text" in roles else 0


def _wordiest(names: Sequence[str], sample: Sequence[Mapping[str, object]]) -> str | None:
    """The column whose cells are the longest running words; None where none are."""
    best, longest = None, float(_SENTENCE)
    for name in names:
        cells = [c for row in sample if isinstance(c := row.get(name), str) and c.strip()]
        if not cells or sum(c.count(" ") >= 2 for c in cells) < _WORDS * len(cells):
            continue
        mean = sum(map(len, cells)) / len(cells)
        if mean >= longest:
            best, longest = name, mean
    return best
