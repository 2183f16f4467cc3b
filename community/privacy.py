"""Who may be recognised by what leaves a study: pseudonyms, masks, and what is shared.

Pseudonyms are keyed (HMAC-SHA-256, RFC 2104), so that they are the same in every run and cannot be
guessed back without the key, which never lies in the study. Masks keep a text's length, so that
every offset stays true.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from community import addresses

MASK = "█"
# names that many people share; nobody can be counted by them, and nobody needs a pseudonym
_SHARED_NAME = re.compile(
    r"(?:an? )?(?:anonym\w*|anón\w*|anon|guest|gast|invité|invitado|unknown|unbekannt|user"
    r"|\W?(?:deleted|removed|gelöscht\w*)\W?(?: user| benutzer)?|former member)"
    r"(?:[ _-]?\d+)?(?: \(?not verified\)?)?",
    re.IGNORECASE,
)

# each with the characters without which it cannot stand in a text, so that most texts are passed
_CONTACTS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("://", "www.", "WWW."), re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)),
    (("@",), re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
    (("@",), re.compile(r"(?<![\w@])@[A-Za-z_][\w.-]{1,38}\w")),
    (("u/",), re.compile(r"(?<![\w/])u/[A-Za-z0-9_-]{3,20}")),
    # telephone: an international or trunk prefix, or groups as in 555-010-9999; never a DOI,
    # a date, a range or a decimal number
    (("+",), re.compile(r"(?<![\w.,/-])\+\d{1,3}(?:[ .-]?\(?\d{2,8}\)?){1,5}(?![\w%]|[.,]\d)")),
    (
        ("(", "0"),
        re.compile(
            r"(?<![\w.,/-])(?:\(0?\d{1,5}\)[ .-]?|0\d{1,5}[ ./-]?)"
            r"\d{2,8}(?:[ .-]?\d{2,5}){0,4}(?![\w%]|[.,]\d)"
        ),
    ),
    (
        ("-", "."),
        re.compile(r"(?<![\w.,/-])(?:\d{3}[ .-])?\d{3}[.-]\d{4}(?![\w%]|[.,]\d)"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How much leaves: `identities` "pseudonyms" masks, "keep" gives the words as found;
    `sharing` leaves out text, evidence, sources and addresses, keys ids and coarsens times."""

    key: bytes
    identities: Literal["pseudonyms", "keep"] = "pseudonyms"
    sharing: bool = False

    def keyed(self, prefix: str, *parts: str) -> str:
        """A stable name that only the key can reproduce; 12 hexadecimal characters."""
        message = "\x00".join((prefix, *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()[:12]

    def pseudonym(self, site: str, author: str | None, native_id: str | None) -> str | None:
        """The name under which an author stands in what leaves.

        Args:
            site: host of the page, or the source where there is no address.
            author: name as given.
            native_id: the site's own id of the author, where it has one.
        """
        if not author and not native_id:
            return None
        if self.identities == "keep" and not self.sharing:
            return author
        if is_shared(author) and not native_id:
            return author
        return "member-" + self.keyed("author", site, native_id or (author or "").casefold())


def is_shared(author: str | None) -> bool:
    """Whether a name is one that many people share."""
    return not author or _SHARED_NAME.fullmatch(author.strip()) is not None


def site_of(url: str | None, source: str) -> str:
    """The site that an author's name belongs to: the host, else the source itself."""
    return (addresses.host(url) or source).removeprefix("www.")


def name_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Matches the given names as whole words, in any case; shared and very short ones left out."""
    usable = {n.strip() for n in names if len(n.strip()) >= 3 and not is_shared(n)}
    if not usable:
        return None
    longest_first = sorted(usable, key=lambda n: (-len(n), n))
    names_ = "|".join(map(re.escape, longest_first))
    # a pasted header glues a weekday to the name ("MaritFriday"): only a small letter goes on
    return re.compile(rf"(?<![^\W_])(?i:{names_})(?![^\W_A-ZÀ-ÖØ-Þ])")


def _blank(match: re.Match[str]) -> str:
    return "".join(c if c.isspace() else MASK for c in match[0])


def mask(text: str, names: re.Pattern[str] | None = None) -> str:
    """The text at its own length with contact data, links, handles and the given names masked."""
    for needed, pattern in _CONTACTS:
        if any(part in text for part in needed):
            text = pattern.sub(_blank, text)
    return names.sub(_blank, text) if names else text


def month(time: str | None) -> str | None:
    """A time to the month."""
    return time[:7] if time else time
