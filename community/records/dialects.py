"""Under which names JSON objects hold what a post has: known platforms, and names in common use.

Names are folded (lower case, words joined by underscores), so that ``createdAt``, ``created-at``
and ``created_at`` are one. A path with dots leads into objects within. E-mail addresses, IP
addresses and pictures have no path here: they are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Paths to what a post has, best first. An object is of a dialect if it has all of `needs`.

    `html` is markup by definition, `plain` never is, `text` may be either. `utc`: times without a
    zone are in UTC. `kind` stands before ids where the platform counts kinds of posts apart.
    `topic` is the title of what is discussed, `title` the post's own.
    """

    needs: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    html: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    author_id: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    utc: bool = False
    kind: str = ""


def _paths(words: str) -> tuple[str, ...]:
    return tuple(words.split())


PLATFORMS: tuple[Dialect, ...] = (
    Dialect(  # Commento, as exported and as its API answers; names stand in a list of commenters
        needs=("comment_hex", "parent_hex"),
        id=("comment_hex",),
        parent=("parent_hex",),
        html=("html",),
        plain=("markdown",),
        author_id=("commenter_hex",),
        time=("creation_date",),
        thread=("url", "path"),
    ),
    Dialect(  # Isso
        needs=("mode", "text", "created"),
        id=("id",),
        parent=("parent",),
        html=("text",),
        author=("author",),
        time=("created",),
        topic=("title",),
        thread=("uri",),
    ),
    Dialect(  # Remark42
        needs=("pid", "user", "locator"),
        id=("id",),
        parent=("pid",),
        html=("text",),
        plain=("orig",),
        author=("user.name",),
        author_id=("user.id",),
        time=("time",),
        topic=("title",),
        thread=("locator.url",),
    ),
    Dialect(  # Disqus
        needs=("message", "is_spam", "created_at"),
        id=("id",),
        parent=("parent",),
        html=("message",),
        plain=("raw_message",),
        author=("author.name", "author.username"),
        author_id=("author.id",),
        time=("created_at",),
        url=("url",),
        thread=("thread.id", "thread"),
        topic=("thread.title",),
        utc=True,
    ),
    Dialect(  # Lemmy: the line of ancestors stands in the comment's path
        needs=("comment.path", "comment.content", "creator"),
        id=("comment.id",),
        parent=("comment.path",),
        plain=("comment.content",),
        author=("creator.display_name", "creator.name"),
        author_id=("creator.id",),
        time=("comment.published",),
        url=("comment.ap_id",),
        thread=("comment.post_id", "post.id"),
        topic=("post.name",),
        utc=True,
    ),
    Dialect(  # Stack Exchange: comments; questions and answers share one count, these have another
        needs=("comment_id", "post_id", "owner", "creation_date"),
        id=("comment_id",),
        parent=("post_id",),
        html=("body",),
        plain=("body_markdown",),
        author=("owner.display_name",),
        author_id=("owner.user_id",),
        time=("creation_date",),
        url=("link",),
        addressee=("reply_to_user.display_name",),
        kind="comment-",
    ),
    Dialect(  # … answers
        needs=("answer_id", "question_id", "owner", "creation_date"),
        id=("answer_id",),
        parent=("question_id",),
        html=("body",),
        plain=("body_markdown",),
        author=("owner.display_name",),
        author_id=("owner.user_id",),
        time=("creation_date",),
        url=("share_link", "link"),
        topic=("title",),
        thread=("question_id",),
    ),
    Dialect(  # … questions
        needs=("question_id", "owner", "creation_date"),
        id=("question_id",),
        html=("body",),
        plain=("body_markdown",),
        author=("owner.display_name",),
        author_id=("owner.user_id",),
        time=("creation_date",),
        title=("title",),
        url=("link", "share_link"),
        thread=("question_id",),
    ),
)

COMMON = Dialect(
    id=_paths(
        "id comment_id cid message_id reply_id answer_id response_id tweet_id uuid uid guid pk nid "
        "post_number post_id uri key num number"
    ),
    parent=_paths(
        "parent_id parent parent_comment_id parent_comment pid parent_uuid parent_key parent_cid "
        "reply_to reply_to_id reply_to_comment_id replyto in_reply_to in_reply_to_id "
        "in_reply_to_status_id replied_to replied_to_id responds_to parent_post_id reply_parent_id "
        "reply_id_to relationships.parent.data.id reply.parent.uri antwort_auf respuesta_a "
        "en_reponse_a in_risposta_a"
    ),
    html=_paths(
        "body_html content_html message_html comment_html text_html html_body html_content cooked "
        "html rendered rendered_body text_display"
    ),
    plain=_paths("text_original body_text content_text plain_text text_plain raw_message"),
    text=_paths(
        "text body content comment comment_text comment_body comment_content message msg reply "
        "reply_text answer answer_text response response_text post post_text post_body "
        "post_content selftext full_text body_markdown markdown raw utterance contents "
        "kommentar kommentartext beitrag inhalt nachricht texto mensaje comentario cuerpo "
        "texte contenu commentaire testo contenuto commento messaggio tekst bericht reactie "
        "innhold mensagem conteudo tresc"
    ),
    author=_paths(
        "author author_name author_display_name display_name user user_name username nickname nick "
        "screen_name handle login poster poster_name posted_by owner creator created_by by from "
        "from_name sender commenter commenter_name account member writer speaker acct "
        "full_name name autor autorin verfasser nutzer nutzername benutzer usuario nombre auteur "
        "utilisateur pseudo autore utente nome gebruiker naam forfatter"
    ),
    author_id=_paths(
        "author_id user_id account_id member_id creator_id owner_id author_channel_id author.id "
        "user.id account.id creator.id"
    ),
    time=_paths(
        "created_at created created_utc created_time creation_date creation_time created_on "
        "date_created date_gmt date_published published_at published posted_at posted posted_on "
        "post_date date_posted comment_date date timestamp time datetime date_time ts pub_date "
        "submitted submitted_at added_at inserted_at publish_time epoch unix_time "
        "datum erstellt erstellt_am veröffentlicht zeit fecha creado publicado heure publié "
        "date_creation data data_ora pubblicato geplaatst dato"
    ),
    title=_paths("title subject headline heading titel betreff titulo título titre sujet titolo"),
    url=_paths("url permalink link html_url web_url href"),
    thread=_paths(
        "thread_id topic_id discussion_id conversation_id article_id page_id page_url story_id "
        "video_id question_id post_id"
    ),
    addressee=_paths("reply_to_user reply_to_name in_reply_to_screen_name reply_to_author"),
)  # fmt: skip

# objects that hold the post, or part of it, for the object around them
WRAPPERS = _paths(
    "comment reply answer node attributes data snippet top_level_comment record fields source "
    "object item post topic discussion submission question thread post_view "
    "post_data tweet status message"
)
ARTICLES = re.compile(
    r"^(?:article|story|entry|blog_?post|blog_?posting|news_?article|page)$", re.I
)
_NAMES = _paths(
    "display_name name nickname full_name username user_name screen_name login handle nick acct"
)
_WORDS = _paths("rendered html text raw plain body content value markdown")


@lru_cache(maxsize=1 << 14)
def folded(name: str) -> str:
    """A key in lower case, its words joined by underscores."""
    return _NO_WORD.sub("_", _HUMP.sub("_", name).lower()).strip("_")


def folded_keys(found: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its keys folded; the first of keys that fold to one counts."""
    view: dict[str, Any] = {}
    for name, value in found.items():
        view.setdefault(folded(name), value)
    return view


def bare(value: Any) -> Any:
    """A value without the wrapping of a database export (``{"$oid": …}``, ``{"$date": …}``)."""
    for _ in range(3):
        if not (isinstance(value, dict) and len(value) == 1):
            break
        ((name, inner),) = value.items()
        if not name.startswith("$"):
            break
        value = inner
    return value


def at(view: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of a folded object; None where nothing does."""
    if "." not in path:
        return bare(view.get(path))
    value: Any = view
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name) if value is view else folded_keys(value).get(name)
    return bare(value)


def has(view: Mapping[str, Any], path: str) -> bool:
    """Whether an object has a path, be its end empty."""
    if "." not in path:
        return path in view
    above, _, last = path.rpartition(".")
    holder = at(view, above)
    return isinstance(holder, Mapping) and last in folded_keys(holder)


def there(view: Mapping[str, Any], paths: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The paths that lead to something in an object, in their order, with what it is."""
    for path in paths:
        if path in view or "." in path:
            value = at(view, path)
            if value is not None:
                yield path, value


def person(value: Any) -> Any:
    """The name in a person's object; other values as they are."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    return _within(value, _NAMES)


def worded(value: Any) -> Any:
    """The words in an object that holds a text in several forms; other values as they are."""
    return _within(value, _WORDS)


def _within(value: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    inside = folded_keys(value)
    told = (bare(inside.get(name)) for name in names)
    return next((v for v in told if isinstance(v, (str, int, float)) and str(v).strip()), None)
