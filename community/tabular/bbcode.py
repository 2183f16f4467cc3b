"""BBCode, as forums' databases and exports hold it, to the HTML that their pages would show."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"\[(?P<close>/?)(?P<name>quote|b|i|u|s|url|img|color|size|font|list|\*|code|spoiler|email|"
    r"center|left|right|indent|hr|sub|sup|youtube|attach)"
    r"(?P<given>(?:[=\s:][^\[\]]{0,300})?)\]",
    re.I,
)
_SURE = re.compile(
    r"\[(quote|b|i|u|url|img|color|size|list)\b[^\[\]]{0,300}\].*?\[/\1\]", re.I | re.S
)
_HIDDEN = {"img": "svg", "youtube": "svg", "attach": "svg"}  # elements that show no words
_NAME = re.compile(r"""^[=\s]*(?:author=)?(?:"([^"]{1,80})"|'([^']{1,80})'|([^\s,;"'=]{1,80}))""")
_POST = re.compile(
    r"(?:post_id|pid|post|msg|p)\s*[=:]\s*['\"]?(?:\d+\.msg)?(\d{1,19})|\.msg(\d{1,19})|;n?(\d{1,19})",
    re.I,
)
_DATE = re.compile(r"(?:time|date|dateline)\s*[=:]\s*['\"]?(\d{9,11})", re.I)
_LONGEST = 400_000  # characters; a longer cell is shown as it is


def as_html(words: str) -> str | None:
    """A body in BBCode as HTML; None where it is no BBCode.

    Quotations become ``blockquote`` with whose words they are, and of which post; other tags go,
    and what they hold stays, except addresses of pictures. Tags that do not pair are closed at the
    end.
    """
    if "[/" not in words or len(words) > _LONGEST or not _SURE.search(words):
        return None
    parts: list[str] = []
    open_: list[str] = []
    at = 0
    for tag in _TAG.finditer(words):
        parts.append(_escaped(words[at : tag.start()]))
        at = tag.end()
        element = _element(tag["name"].lower())
        if not element:
            continue
        if not tag["close"]:
            parts.append(_quote(tag["given"]) if element == "blockquote" else f"<{element}>")
            open_.append(element)
        elif element in open_:
            while (last := open_.pop()) != element:
                parts.append(f"</{last}>")
            parts.append(f"</{element}>")
    parts.append(_escaped(words[at:]))
    parts += [f"</{element}>" for element in reversed(open_)]
    return "".join(parts)


def _element(name: str) -> str:
    return "blockquote" if name == "quote" else _HIDDEN.get(name, "")


def _escaped(words: str) -> str:
    plain = html.escape(html.unescape(words), quote=False)
    return plain.replace("\r\n", "\n").replace("\n", "<br>")


def _quote(given: str) -> str:
    told = html.unescape(given)
    name, post, date = _NAME.match(told), _POST.search(told), _DATE.search(told)
    author = next((group for group in name.groups() if group), "") if name else ""
    number = next((group for group in post.groups() if group), "") if post else ""
    pairs = (("author", author.strip(" ,;")), ("post", number), ("date", date[1] if date else ""))
    attributes = "".join(f' data-{key}="{html.escape(v)}"' for key, v in pairs if v)
    return f"<blockquote{attributes}>"
