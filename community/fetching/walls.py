"""Pages that stand in the way of the one asked for: logins, pay walls, tests for robots."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from community.fetching.client import Answer
from community.html.markup import Element, names, text_of

_LOGIN_PATH = re.compile(
    r"/(?:log-?[io]n|sign-?in|wp-login|auth|sso|sessions?/new|anmelden|connexion|register|subscribe)"
    r"(?:\.\w{2,5})?(?:/|$)",
    re.I,
)  # whole segments: an article may well have "register" in its name
_LOGIN_QUERY = re.compile(r"(?:^|&)(?:mode|action|do|a)=(?:log-?in|sign-?in)(?:&|$)", re.I)
_LOGIN_TITLE = re.compile(
    r"\b(?:log[ -]?in|sign[ -]?in|log on|anmelden|einloggen|connexion|se connecter"
    r"|iniciar sesi[oó]n|accedi|inloggen|zaloguj|logga in|logg inn|войти|вход)\b",
    re.I,
)
_CHALLENGE = re.compile(
    r"^(?:just a moment|attention required|access denied|checking your browser|are you (?:a )?human"
    r"|verify you are human|security check|ddos-guard|one moment, please)",
    re.I,
)
_PAID = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.I)
_LITTLE = 1500  # characters of words beside a login form on a page that holds nothing else
_POSTS = 3  # numbered elements of a discussion that show that a login form is only its furniture


def wall(answer: Answer, asked: str, root: Element, numbered: int) -> str | None:
    """What stands before the page asked for; None where nothing does.

    Args:
        asked: the URL before redirects.
        root: the page's tree.
        numbered: how many elements look like posts.
    """
    title = _title(root)
    if answer.headers.get("cf-mitigated", "").lower() == "challenge" or (
        _CHALLENGE.match(title) and numbered < _POSTS
    ):
        return "is a test for robots"
    came, went = urlsplit(answer.url), urlsplit(asked)
    if _is_login(came) and not _is_login(went):
        return "leads to a login"
    for field in root.iter("input"):
        if (field.get("name") or "") == "post_password":
            return "is protected by a password"
    bare = _has_password_field(root) and numbered < _POSTS
    if bare and (_LOGIN_TITLE.search(title) or len(text_of(root, most=2 * _LITTLE)) < _LITTLE):
        return "needs a login"
    return "is behind a pay wall" if _is_paid(root) else None


def _is_login(url: SplitResult) -> bool:
    return bool(_LOGIN_PATH.search(url.path) or _LOGIN_QUERY.search(url.query))


def _title(root: Element) -> str:
    node = root.find(".//title")
    return " ".join((node.text or "").split())[:300] if node is not None else ""


def _has_password_field(root: Element) -> bool:
    return any((field.get("type") or "").lower() == "password" for field in root.iter("input"))


def _is_paid(root: Element) -> bool:
    """Whether the page's own data say that its text is not free (schema.org)."""
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and _PAID.search(script.text or ""):
            return True
    return any(
        (meta.get("content") or "").strip().lower() == "locked"
        for meta in root.iter("meta")
        if "content_tier" in f"{meta.get('property') or ''} {names(meta)}"
    )
