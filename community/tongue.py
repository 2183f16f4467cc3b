"""Whether a post is written in a language that the codebook covers: a detector by stop words.

Short posts without any stop word count as covered: names, numbers and *lol* belong to no language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import islice

from spacy.tokens import Doc

_LOOK = 400  # tokens that are read
_FEW = 3  # foreign stop words that it takes
# function words that English lacks, so that one hit counts against it
_FOREIGN: dict[str, frozenset[str]] = {
    "de": frozenset("und der das nicht ich ist ein eine mit auf für auch sich aber wir sie es dem den von zu bei habe hat wird sind wie nach nur noch wenn mir mich".split()),
    "fr": frozenset("le la les des une est et je pas que qui dans pour sur avec mais nous vous il elle sont du au ce cette mon ma mes j'ai c'est très ne été".split()),
    "es": frozenset("el los las una es y que por para con pero yo mi muy del se lo más como está tengo fue le su sus hay también ya desde".split()),
    "it": frozenset("il lo gli una è e che non per con ma io mi del della sono ho anche più come questo di ha al nel da dei".split()),
    "nl": frozenset("het een en ik niet van dat met voor maar ook zijn heb heeft wordt naar deze mijn bij nog wel te er aan om".split()),
    "pt": frozenset("os as uma e que não para com mas eu meu minha muito do da dos em está foi tenho também mais como por se ao na no".split()),
    "sv": frozenset("och det att jag inte är en ett med för på som men har till av om så han hon den vi kan efter från mycket".split()),
    "da": frozenset("og det at jeg ikke er en et med for på som men har til af om så han hun den vi kan efter fra meget havde".split()),
    "pl": frozenset("i nie się na jest to że z do jak ale mam co po tak już od przez dla mnie był była czy przy bardzo".split()),
}  # fmt: skip
_ENGLISH = frozenset("the and of to is it that was with have my you for on are this but not be had so they been me what has at if your can as just there from or an all about were when do in i a he she we will would his her who".split())  # fmt: skip


def foreign(stated: str | None, doc: Doc, languages: Sequence[str]) -> bool:
    """Whether the post is in none of `languages` (BCP 47 primary tags, ``en`` or one we know).

    Args:
        stated: what the source says of the post's language; believed where it says anything.
        doc: the post's words.
        languages: what the codebook covers.
    """
    if stated:
        return stated.replace("_", "-").split("-")[0].lower() not in languages
    words = [token.lower_ for token in islice(doc, _LOOK) if token.is_alpha]
    if len(words) < 4:
        return _other_script(doc.text)
    if _other_script(doc.text):
        return True
    english = sum(word in _ENGLISH for word in words)
    rivals = {
        tag: sum(word in stops and word not in _ENGLISH for word in words)
        for tag, stops in _FOREIGN.items()
    }
    best = max(rivals, key=lambda tag: rivals[tag])
    if rivals[best] >= _FEW and rivals[best] > english:
        return best not in languages
    return "en" not in languages


def _other_script(text: str) -> bool:
    """Whether most letters are not Latin ones."""
    letters = [c for c in text[: 4 * _LOOK] if c.isalpha()]
    latin = sum(c.isascii() or "LATIN" in unicodedata.name(c, "") for c in letters)
    return len(letters) >= 4 and latin < len(letters) / 2
