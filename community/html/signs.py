"""Small things that stand in every contribution of a page: dates, ways to reply, pictures.

They are told by what they say and link to, not by their names, so that a page whose class names say
nothing still shows where its contributions are.
"""

from __future__ import annotations

import re

from community import dates
from community.html import dates as comment_dates
from community.html import relative
from community.html.markup import Element, is_small, text_of

_WORDS = re.compile(
    r"^\W*(?:\d+\s+)?(?:reply|reply with quote|antworten mit zitat|répondre en citant|"
    r"responder citando|rispondi citando|reageer met quote|odpowiedz z cytatem|ответить с цитатой|"
    r"replies|reply to this(?: comment)?|quote|quote reply|respond|answer|"
    r"report|flag|permalink|permanent link|"
    r"antworten|antworten auf diesen kommentar|antwort|zitieren|zitat|beantworten|melden|"
    r"répondre|réponse|citer|signaler|responder|respuesta|citar|denunciar|reportar|rispondi|"
    r"rispondere|cita|segnala|antwoord|antwoorden|beantwoord|beantwoorden|reageer|reageren|"
    r"citeer|svara|svar|citera|anmäl|svarer|besvar|siter|citér|vastaa|lainaa|ilmoita|odpowiedz|"
    r"cytuj|zgłoś|odpovědět|odpověz|citovat|odpovedať|ответить|ответ|цитировать|цитата|"
    r"пожаловаться|відповісти|отговори|απάντηση|παράθεση|yanıtla|cevapla|alıntı|válasz|răspunde|"
    r"odgovori|jawab|balas|trả lời|رد|השב|返信|返信する|引用|回复|回覆|답글|답글 달기|ตอบกลับ)\W*$",
    re.I,
)
_FACES = re.compile(
    r"avatar|gravatar|profile[-_/]?(?:pic|image|photo)|userpic|/users?/|member", re.I
)
_LONGEST = 90  # characters of a line that says when, and who
_EPOCHS = ("data-time", "data-timestamp", "data-utime", "data-epoch", "data-unixtime")
_DATED_TITLE = re.compile(r"(?:19|20)\d\d")


def is_date(node: Element) -> bool:
    """Whether an element's own words, or its attributes, say when something was written."""
    if node.tag == "time" or node.get("datetime") or any(node.get(key) for key in _EPOCHS):
        return not comment_dates.is_other(node)
    title = node.get("title") or ""
    if title and _DATED_TITLE.search(title) and dates.find(title[:_LONGEST]):
        return True
    pieces = [node.text, *(child.tail for child in node if child.tail)]
    said = any(piece and _says_when(" ".join(piece[: 4 * _LONGEST].split())) for piece in pieces)
    return said and not comment_dates.is_other(node)


def _says_when(words: str) -> bool:
    if not 1 < len(words) <= _LONGEST or comment_dates.JOINED.search(words):
        return False
    if relative.is_relative(words):
        return True
    stamp = dates.find(words, month_first=True)
    return stamp is not None and len(words) - (stamp.end - stamp.start) <= 40


def is_reply(node: Element) -> bool:
    """Whether an element is a control with which one answers, quotes or reports a contribution."""
    if node.tag not in ("a", "button", "span", "div", "li", "p", "td", "input", "faceplate-button"):
        return False
    if len(node) > 3 or len(node.text or "") > 80:
        return False
    if not is_small(node):
        return False
    words = text_of(node, most=40)
    if not words and node.tag == "a":
        image = node.find(".//img")
        words = node.get("title") or (image.get("alt") or "" if image is not None else "")
    if node.tag == "button" and not any(char.isalpha() for char in words):  # an icon, a counter
        words = (node.get("aria-label") or node.get("title") or "")[:40]
    return 1 < len(words) < 40 and bool(_WORDS.match(words))


def is_face(node: Element) -> bool:
    """Whether an element is the picture of who writes."""
    if node.tag != "img":
        return False
    source = f"{node.get('src') or ''} {node.get('data-src') or ''} {node.get('class') or ''}"
    return bool(_FACES.search(source))
