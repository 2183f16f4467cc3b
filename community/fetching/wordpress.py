"""WordPress' own interface: the comments with their real parents, beyond the theme's depth cap.

Found by the link that every WordPress puts into its pages (``rel="https://api.w.org/"``). Taken
only if it gives every comment that the page shows: comments may be closed to the interface, or
come from elsewhere. The answers become one file, ``{"post": …, "comments": […]}``, which replaces
the page in the study, so that no comment is there twice. Only the fields that a discussion needs
are asked for and kept: no pictures, no addresses of commenters.
"""

from __future__ import annotations

import re
from typing import Any

import httpx

from community.fetching.better import Better, json_of, on_site, one_file
from community.fetching.client import Answer, Get
from community.fetching.outcomes import Failed, Refused
from community.html.markup import Element, classes

_ROOT = "https://api.w.org/"
_PER_PAGE = 100  # the most that WordPress gives at once
_POST = (
    "id", "date", "date_gmt", "modified_gmt", "link", "slug", "type", "author", "title", "content",
    "comment_status",
)  # fmt: skip
_COMMENT = (
    "id", "post", "parent", "author", "author_name", "date", "date_gmt", "content", "link",
    "status", "type",
)  # fmt: skip
_ROUTE = re.compile(r"/wp/v2/[\w-]+/(\d+)(?=$|[?&/])")
_BODY = re.compile(r"(?:postid|(page)-id)-(\d+)")
_SHORT = re.compile(r"[?&](?:p|(page)_id)=(\d+)")
_COMMENT_ID = re.compile(r"(?:li-|div-)?comment-(\d+)")


def find(page: Answer, root: Element, get: Get, most: int) -> Better | None:
    """The discussion as the interface gives it; None where the page is no WordPress post's, or
    the interface gives less than the page.

    Args:
        get: a polite GET.
        most: pages of comments that may be asked for.

    Raises:
        Refused, Failed: the interface may not be used, or does not answer.
    """
    home, route = _addresses(page, root)
    if home is None or route is None:
        return None
    number = _ROUTE.search(route)
    if number is None:
        return None
    asked = [_with(route, _fields=",".join(_POST))]
    post = json_of(get(asked[0]))
    if not isinstance(post, dict) or str(post.get("id")) != number[1]:
        raise Failed(route, "gave no post")
    content = post.get("content")
    if isinstance(content, dict) and content.get("protected"):
        raise Refused(page.url, "is protected by a password")
    comments, total = _comments(home, number[1], get, most, asked)
    shown = _shown(root)
    short = len(comments) < total
    if not comments or (not short and not shown <= {str(c.get("id")) for c in comments}):
        return None
    told = {"post": _only(post, _POST), "comments": comments, "total": total}
    note = f"{len(comments)} of {total} comments; more with --pages" if short else None
    own = post.get("link")
    return Better(
        source="WordPress REST",
        home=own if isinstance(own, str) and on_site(own, page.url) else page.url,
        body=one_file(told),
        parts=tuple(asked),
        note=note,
    )


def _comments(
    home: str, post: str, get: Get, most: int, asked: list[str]
) -> tuple[list[dict[str, Any]], int]:
    """The comments of a post, oldest first, and how many the site says there are."""
    made: list[dict[str, Any]] = []
    total = 0
    for number in range(1, most + 1):
        order = {"orderby": "id", "order": "asc", "_fields": ",".join(_COMMENT)}
        base = _joined(home, "wp/v2/comments")
        url = _with(base, post=post, per_page=str(_PER_PAGE), page=str(number), **order)
        answer = get(url)
        asked.append(url)
        listed = json_of(answer)
        if not isinstance(listed, list):
            raise Failed(url, "gave no list of comments")
        made += [_only(item, _COMMENT) for item in listed if isinstance(item, dict)]
        stated = answer.headers.get("x-wp-total", "")
        total = max(len(made), int(stated) if stated.isascii() and stated.isdigit() else 0)
        if len(listed) < _PER_PAGE or len(made) >= total:
            break
    return made, total


def _only(item: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Some fields of an object: old sites give all, whatever they are asked for."""
    return {name: item[name] for name in names if name in item}


def _addresses(page: Answer, root: Element) -> tuple[str | None, str | None]:
    """The interface of a site, and the address of the post in it, both on the page's own host."""
    home: str | None = page_link(page, _ROOT)
    route: str | None = None
    guess: str | None = None
    for node in root.iter("link", "body"):
        href = node.get("href") or ""
        rel = (node.get("rel") or "").lower().split()
        if _ROOT in rel:
            home = home or href
        elif "alternate" in rel and (node.get("type") or "") == "application/json":
            route = route or (href if _ROUTE.search(href) else None)
        elif "shortlink" in rel or node.tag == "body":
            found = _SHORT.search(href) or _BODY.search(" ".join(classes(node)))
            guess = guess or (f"wp/v2/{found[1] or 'post'}s/{found[2]}" if found else None)
    if not home or not on_site(home, page.url):
        return None, None
    if route is None and guess is not None:
        route = _joined(home, guess)
    return home, route if route and on_site(route, page.url) else None


def page_link(page: Answer, rel: str) -> str | None:
    """The target of a ``Link`` header with a relation."""
    for value in page.headers.get_list("link"):
        found = re.search(rf'<([^<>]{{1,1000}})>\s*;\s*rel="?{re.escape(rel)}"?', value)
        if found:
            return found[1]
    return None


def _joined(home: str, path: str) -> str:
    """An address of the interface, also of sites without pretty addresses (``?rest_route=/``)."""
    url = httpx.URL(home)
    if "rest_route" in url.params:
        return str(url.copy_set_param("rest_route", f"/{path}"))
    return f"{home.rstrip('/')}/{path}"


def _with(url: str, **params: str) -> str:
    return str(httpx.URL(url).copy_merge_params(params))


def _shown(root: Element) -> set[str]:
    """Numbers of the comments on a page, pingbacks left out: the interface gives none."""
    shown = set()
    for node in root.iter():
        found = _COMMENT_ID.fullmatch(node.get("id") or "") if isinstance(node.tag, str) else None
        if found and not {"pingback", "trackback"} & set(classes(node)):
            shown.add(found[1])
    return shown
