"""Addresses of discussions: what of a URL only tracks or traps, and the file name for a page."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

# parameters that name a visit or a visitor, never a page
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|igshid|_ga|_gl|ref_src|sid|phpsessid"
    r"|jsessionid|session_?id|replytocom|highlight|hilit",
    re.I,
)
_VISIT = re.compile(r"[0-9a-f]{32}", re.I)  # a vBulletin visit: s=…
_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?;]*", re.I)
# parameters and paths that do something, or give the same words once more in another order
_ACTIONS = re.compile(
    r"action|share|do|mode|reply\w*|quote\w*|like|vote|report|print\w*|preview|redirect\w*|login"
    r"|register|edit|delete|sort\w*|order\w*|view|filter|format|feed|download|prev_next",
    re.I,
)
_ACTION_PATH = re.compile(
    r"/(?:feed|trackback|wp-login\.php|wp-admin|login|register|share|print|amp|reply|report)/?$",
    re.I,
)
_MOST_PARAMETERS = 200
_LONGEST = 120  # characters of a file name
_MARK = 8  # hexadecimal digits in it by which two addresses never share a name
_NOT_PLAIN = re.compile(r"[^a-z0-9.]+")


def joined(base: str, href: str) -> str | None:
    """The address that a link of a page leads to; None where it is none."""
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:  # half of an IPv6 address, and the like
        return None
    return str(url) if parts.scheme in ("http", "https") and parts.netloc else None


def query(url: str) -> list[tuple[str, str]]:
    """The parameters of a URL, those without a value included; none of one that carries more than
    any page has."""
    told = urlsplit(url).query
    return parse_qsl(told, keep_blank_values=True) if told.count("&") < _MOST_PARAMETERS else []


def plain(url: str) -> str:
    """A URL without its fragment and without what only tracks a visitor.

    A URL that carries nothing of the kind keeps its spelling.
    """
    parts = urlsplit(url.strip())
    path = _IN_PATH.sub("", parts.path)
    kept = parts.query
    told = query(url)
    if any(_tracks(key, value) for key, value in told):
        kept = urlencode([pair for pair in told if not _tracks(*pair)])
    return urlunsplit((parts.scheme, parts.netloc, path, kept, ""))


def _tracks(key: str, value: str) -> bool:
    return bool(_TRACKING.fullmatch(key) or (key == "s" and _VISIT.fullmatch(value)))


def is_trap(url: str) -> bool:
    """Whether a link does something, or leads to the same words in another dress."""
    told = query(url)
    if any(key.lower() == "replytocom" for key, _ in told):
        return True
    return any(_ACTIONS.fullmatch(key) for key, _ in told) or bool(
        _ACTION_PATH.search(urlsplit(url).path)
    )


def file_name(url: str, extension: str, *, long: bool = False) -> str:
    """A readable, portable name for a page, always the same for the same URL.

    Host, path and query in lower-case ASCII, then a mark made from the whole URL, so that two
    addresses never meet, not even where case does not count; at most 120 characters.

    Args:
        extension: without its dot.
        long: a longer mark, for the rare name that is taken.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "page").removeprefix("www.")
    words = f"{host}-{unquote(parts.path)}-{unquote(parts.query)}".lower()
    mark = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[: _MARK * (1 + long)]
    stem = re.sub(r"\.{2,}", ".", _NOT_PLAIN.sub("-", words)).strip("-.")
    stem = re.sub(r"\.(?:s?html?|php|aspx?|jsp|json|xml)\b", "", stem)
    stem = stem[: _LONGEST - len(mark) - len(extension) - 2].strip("-.") or "page"
    return f"{stem}-{mark}.{extension}"
