"""What the name of a column says it may hold, in the languages that exporters and researchers use.

A name may say several things ("Nutzerkommentar": a person, or words): each comes with a strength,
and the column's content decides between them. Names of what is counted, rated or attached say
nothing, and those of e-mail and IP addresses make a column unreadable.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_DATA = tomllib.loads(files("community").joinpath("data/columns.toml").read_text(encoding="utf-8"))
_RANKS = {
    role: {name: rank for rank, name in reversed(list(enumerate(names.split())))}
    for role, names in _DATA["exact"].items()
}
_STEMS = tuple((role, stem) for role, stems in _DATA["stems"].items() for stem in stems.split())
_WORDS: dict[str, list[str]] = {}
for _role, _listed in _DATA["words"].items():
    for _word in _listed.split():
        _WORDS.setdefault(_word, []).append(_role)
_NOISE = frozenset(_DATA["other"]["noise"].split())
_OF = frozenset(_DATA["other"]["of"].split())
_PARENT = re.compile(
    r"parent|eltern|padre|genitore|vorgaenger|uebergeordnet|ouder(?:_|$)|"
    r"(?:repl(?:y|ies|ied|ying)|respon(?:se|ds?|ding)|answer(?:s|ed|ing)?)_?to(?:_|$)|"
    r"antwort(?:et)?_?auf|bezug|re(?:ponse|pond)_a(?:_|$)|res?pues?ta_a(?:l|_|$)|responde_a|"
    r"risposta_a|risponde_a|resposta_a|antwoord_op|reactie_op|svar_(?:pa|til)|in_reply|top_level"
)
_COUNTED = re.compile(r"(?:number|no|num|how_many)_(?:\w+_)?of_|(?:nombre|numero)_de_")
_PRIVATE = re.compile(r"(?:^|_)(?:e_?)?mail|(?:^|_)ip(?:_|$)|(?:^|_)(?:phone|telefon|telephone)")
_STRONG, _WEAK = 0.7, 0.4
_TRANSLATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l"})


@dataclass(frozen=True, slots=True)
class Named:
    """What a name may stand for: strength (0 to 1) by role; `exact` is the role whose common name
    it is; `private`: it names contact data."""

    strengths: Mapping[str, float]
    exact: str | None = None
    private: bool = False

    @property
    def role(self) -> str | None:
        """The role that it most likely names."""
        return max(self.strengths, key=lambda role: self.strengths[role], default=None)


def folded(name: str) -> str:
    """A column's name in lower case, without accents, its words joined by underscores."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().lstrip("\ufeff")).lower()
    plain = unicodedata.normalize("NFKD", spaced.translate(_TRANSLATED))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"\W+", "_", bare).strip("_")


@lru_cache(maxsize=4096)
def of(name: str) -> Named:
    """What a column of that name may hold."""
    fold = folded(name[:200])
    if _PRIVATE.search(fold):
        return Named({}, private=True)
    exact = {role: 1 - 0.01 * ranks[fold] for role, ranks in _RANKS.items() if fold in ranks}
    if exact:
        first = max(exact, key=lambda role: exact[role])
        return Named(exact, exact=first)
    tokens = fold.split("_")
    if _NOISE & set(tokens) or _COUNTED.match(fold):
        return Named({})
    return Named(_by_parts(fold, tokens))


def _by_parts(fold: str, tokens: list[str]) -> dict[str, float]:
    """Roles by the words and stems in a name. What it is comes last ("Beitragsdatum"), or before
    a preposition ("fecha del comentario")."""
    if _PARENT.search(fold):
        return {"parent_id": _STRONG}
    ends = _ends(tokens)
    if ends.pop("id", 0) or (fold.endswith("id") and ends):
        return _numbered(ends)
    at = next((n for n, token in enumerate(tokens) if n and token in _OF), 0)
    head = _ends(tokens[:at]) or ends
    last = max(head.values(), default=0)
    return {role: _STRONG if head.get(role) == last else _WEAK for role in ends}


def _ends(tokens: list[str]) -> dict[str, int]:
    """Where the last word or stem that points to a role ends."""
    fold = "_".join(tokens)
    ends: dict[str, int] = {}
    for role, stem in _STEMS:
        at = fold.rfind(stem)
        if at >= 0:
            ends[role] = max(ends.get(role, 0), at + len(stem))
    at = 0
    for token in tokens:
        at += len(token) + 1
        for role in _WORDS.get(token, ()):
            ends[role] = max(ends.get(role, 0), at)
    return ends


def _numbered(ends: Mapping[str, int]) -> dict[str, float]:
    """Roles of a name that speaks of an id: of what, the rest of it says."""
    if "author" in ends:
        return {"author_id": _STRONG}
    if "thread_id" in ends:
        return {"thread_id": _STRONG, "id": _WEAK}
    return {"id": _STRONG, **({"thread_id": _WEAK} if "text" in ends else {})}
