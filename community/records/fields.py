"""What one JSON object says of a post, read by a dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from community.html.dates import When
from community.records import values
from community.records.dialects import (
    COMMON,
    PLATFORMS,
    WRAPPERS,
    Dialect,
    folded_keys,
    has,
    person,
    there,
    worded,
)

State = Literal["present", "deleted", "removed", "out"]

_DELETED = ("deleted", "is_deleted", "delete", "deleted_at", "is_deleted_by_author", "user_deleted")
_REMOVED = (
    "removed", "is_removed", "removed_at", "hidden", "is_hidden", "dead", "banned", "is_spam",
    "moderated", "is_blocked",
)  # fmt: skip
_STATES: dict[str, State] = {
    **dict.fromkeys(("deleted", "deleted_by_author", "deleted_by_user"), "deleted"),
    **dict.fromkeys(("removed", "trash", "trashed", "hidden", "banned", "blocked"), "removed"),
    **dict.fromkeys(
        ("spam", "hold", "pending", "unapproved", "rejected", "flagged", "draft", "in_review"),
        "out",
    ),
}
_MODES: dict[int, State] = {2: "out", 4: "deleted"}  # as Isso numbers them
_OFFICES = {
    "admin": "admin",
    "is_admin": "admin",
    "creator_is_admin": "admin",
    "moderator": "moderator",
    "is_moderator": "moderator",
    "is_mod": "moderator",
    "creator_is_moderator": "moderator",
    "staff": "staff",
    "is_staff": "staff",
    "is_submitter": "post author",
    "is_op": "post author",
    "is_post_author": "post author",
    "author_is_channel_owner": "post author",
}
_TITLES = (
    "role", "user_role", "author_role", "author_flair_text", "flair", "user_title", "rank",
    "author_association", "distinguished",
)  # fmt: skip
_NO_TITLES = frozenset({"user", "member", "none", "comment", "author", "contributor", "guest"})
_PEOPLE = ("author", "user", "account", "owner", "creator", "commenter", "member", "from")
# what stands beside posts and looks like them: versions of them, things said about them, and the
# posts that they answer
BESIDE = re.compile(
    r"(?:^|_)edit|revis|histor|version|attach|media|image|photo|reaction|likes?$|like_|vote|award|"
    r"badge|mention|entities|related|similar|recommend|suggest|avatar|quote|retweet|reblog|preview|"
    r"(?:^|_)e?mail$|^(?:parent|in_reply|last|latest|first|original|top_level|ancestor)(?:_|$)|"
    r"^(?:embedded|links)$"
)
_REPLIES = re.compile(
    r"^(?:\w+_)?(?:repl(?:y|ies)|comments?|children|childs?|kids|responses?|answers?|subcomments?|"
    r"nested|antworten|kommentare|respuestas|comentarios|reponses|commentaires|risposte|commenti|"
    r"reacties|svar|kommentarer|odpowiedzi|descendants)(?:_(?:list|data|tree|connection))?$"
)
_LEVELS = ("level", "depth", "nesting_level", "indent_level")
_UNWRAPPED = 4  # objects within each other that may hold one post
_LONGEST_ROLE = 60  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A post as one object states it. `state` "out": it was never let through.

    `simple` is True where all that was read stood in the object itself, as cells in a row do.
    """

    id: str | None = None
    parent: str | None = None
    body: str = ""
    markup: bool | None = None
    author: str | None = None
    author_id: str | None = None
    role: str | None = None
    when: When | None = None
    state: State = "present"
    title: str = ""
    topic: str = ""
    url: str | None = None
    thread: str | None = None
    addressee: str | None = None
    level: int | None = None
    simple: bool = True
    known: bool = False  # by the names of its platform


def unwrapped(found: Mapping[str, Any], dialect: Dialect) -> tuple[dict[str, Any], tuple[str, ...]]:
    """An object with folded keys, and what it holds in wrappers if it has no words itself.

    Returns:
        The view, and the wrappers that were opened, by name, the outermost first.
    """
    view = folded_keys(found)
    for platform in PLATFORMS:
        if all(has(view, path) for path in platform.needs):
            return view, ()
    opened: list[str] = []
    inner, below = view, view
    while not _place_of_words(below, dialect) and len(opened) < _UNWRAPPED:
        name = next((w for w in WRAPPERS if isinstance(below.get(w), dict) and below[w]), None)
        if name is None:
            break
        below = folded_keys(below[name])
        opened.append(name)
        inner = {**inner, **below}
    return (inner, tuple(opened)) if opened and _place_of_words(below, dialect) else (view, ())


def _place_of_words(view: Mapping[str, Any], dialect: Dialect) -> bool:
    """Whether an object has words, or the place of words that are gone."""
    names = (*dialect.html, *dialect.plain, *dialect.text)
    empty = any(name in view and (view[name] is None or view[name] == "") for name in names)
    return empty or bool(_words(view, dialect)[0])


def read(view: Mapping[str, Any], dialect: Dialect, *, sure: bool) -> Fields | None:
    """What a view says of a post; None where it is none.

    Args:
        view: the object, its keys folded and its wrappers opened.
        dialect: the names to go by, where no platform's own apply.
        sure: whether its place makes it a post if it looks like one (an element of a list); a lone
            object may be the envelope around a list, which also has a time and a message.
    """
    platform = next((p for p in PLATFORMS if all(has(view, path) for path in p.needs)), None)
    used = platform or dialect
    body, markup, from_object = _words(view, used)
    state = _state(view)
    author = _first(view, used.author, lambda value: values.name(person(value)))
    when = _first(view, used.time, lambda value: values.when(value, utc=used.utc))
    title = values.line(_first(view, used.title, values.text))
    if platform is None:
        if not _is_post(view, used, body, author, when):
            return None
        if not sure and not author and not (title and when):
            return None
    persons = [view.get(name) for name in _PEOPLE]
    key, thread = _id(view, used), _first(view, used.thread, values.identity)
    levels = (values.count(view.get(name)) for name in _LEVELS)
    return Fields(
        id=key,
        parent=_parent(view, used),
        body=body if state == "present" else "",
        markup=markup,
        author=author,
        author_id=_first(view, used.author_id, lambda value: values.person(worded(value))),
        role=_role(view, [folded_keys(p) for p in persons if isinstance(p, dict)]),
        when=when,
        state=state,
        title=title,
        topic=values.line(_first(view, used.topic, values.text)),
        url=_first(view, used.url, _address),
        thread=thread if thread != key else None,
        addressee=_first(view, used.addressee, lambda value: values.name(person(value))),
        level=next((level for level in levels if level is not None), None),
        simple=platform is None and not from_object and not any(map(_is_object, persons)),
        known=platform is not None,
    )


def _is_post(
    view: Mapping[str, Any],
    dialect: Dialect,
    body: str,
    author: str | None,
    when: When | None,
) -> bool:
    """Whether an object has words, or the place for them, and says who, when, or where."""
    if not any(char.isalpha() for char in body):
        told = any(name in view for name in (*dialect.html, *dialect.plain, *dialect.text))
        gone = _state(view) != "present" or any(map(bool, replies(view)))
        wordy = bool(body) and not body.isdigit()  # a row of faces or marks
        return told and (gone or wordy) and (author is not None or when is not None)
    if author or when:
        return True
    placed = any(name in view for name in dialect.parent) or any(True for _ in replies(view))
    return placed and _id(view, dialect) is not None


def replies(view: Mapping[str, Any]) -> Iterator[Any]:
    """Lists and objects that, by their names, hold replies."""
    for name, value in view.items():
        if isinstance(value, (list, dict)) and _REPLIES.match(name) and not BESIDE.search(name):
            yield value


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _first(view: Mapping[str, Any], paths: tuple[str, ...], reading: Any) -> Any:
    for _, value in there(view, paths):
        if found := reading(value):
            return found
    return None


def _words(view: Mapping[str, Any], dialect: Dialect) -> tuple[str, bool | None, bool]:
    """The body, whether it is markup, and whether it stood in an object of its own."""
    forms: tuple[tuple[tuple[str, ...], bool | None], ...] = (
        (dialect.html, True),
        (dialect.plain, False),
        (dialect.text, None),
    )
    for paths, markup in forms:
        for path, value in there(view, paths):
            if isinstance(value, dict) and path in WRAPPERS and markup is None:
                continue  # an object of the name of a wrapper is opened, where it is one
            told = worded(value)
            words = values.text(told) if isinstance(told, str) else ""
            if words:
                rendered = isinstance(value, dict) and told in (
                    value.get("rendered"),
                    value.get("html"),
                )
                return words, True if rendered else markup, isinstance(value, dict)
    return "", None, False


def _id(view: Mapping[str, Any], dialect: Dialect) -> str | None:
    found = _first(view, dialect.id, values.identity)
    return dialect.kind + found if found else None


def _parent(view: Mapping[str, Any], dialect: Dialect) -> str | None:
    for path, value in there(view, dialect.parent):
        told = value
        if isinstance(told, dict):
            told = _first(folded_keys(told), COMMON.id, values.identity)
        found = values.identity(told)
        if found and path.endswith(".path"):  # 0.12.57: the last one is the comment itself
            line = found.split(".")
            found = values.identity(line[-2]) if len(line) > 1 else None
        if found:
            return found
    return None


def _state(view: Mapping[str, Any]) -> State:
    """Whether a post is shown: flags, words for its state, and Isso's numbers."""
    inner = view.get("comment")
    for place in (view, folded_keys(inner) if isinstance(inner, dict) else {}):
        if any(name in place and values.flag(place[name]) for name in _DELETED):
            return "deleted"
        if any(name in place and values.flag(place[name]) for name in _REMOVED):
            return "removed"
        for name in ("status", "state"):
            told = place.get(name)
            if isinstance(told, str) and told.strip().lower() in _STATES:
                return _STATES[told.strip().lower()]
    for name in ("approved", "is_approved"):
        told = view.get(name)
        if told is not None and not isinstance(told, (dict, list)) and not values.flag(told):
            return "out"
    if {"mode", "text", "created"} <= view.keys():
        return _MODES.get(values.count(view["mode"]) or 0, "present")
    return "present"


def _role(view: Mapping[str, Any], persons: list[dict[str, Any]]) -> str | None:
    """What the site says the author is."""
    for place in (view, *persons):
        for name, office in _OFFICES.items():
            if place.get(name) is True:
                return office
    for place in (view, *persons):
        for name in _TITLES:
            title = values.line(place[name]) if name in place else ""
            if title and len(title) <= _LONGEST_ROLE and title.lower() not in _NO_TITLES:
                return title
    return None


def _address(value: Any) -> str | None:
    words = values.text(value)
    return words if words.startswith(("http://", "https://")) and " " not in words else None
