"""Which sentences of a post ask for something that a thread could answer.

Pure. A sentence asks where it opens as questions do or holds a cue for one, with or without a
question mark, or is a statement with a question mark and a tag ("…, do they?"). What is only put as
a question asks nothing: set phrases ("who knew?"), greetings, statements of surprise ("24
people??"), and what its author answers in the next breath. A fragment that follows a question
("quoted by who? the centres?") belongs to it. Cues are data (``data/asked.toml``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from community.errors import CodebookError
from community.lexicon import expand
from community.linking.cues import Phrases
from community.linking.relations import Clause, Reading
from community.text import Word
from community.types import Span

_FILE = "asked.toml"
_TABLES = {
    "opening": {"asks", "marked", "lead"},
    "anywhere": {"asks", "rhetorical"},
    "ending": {"tag", "exclaimed"},
    "reply": {"self", "yes", "thanks", "same", "unknown"},
}
_MOST_LEAD = 4
_HEAD = 14  # words in which a question opens
_SHORT = 3  # words; a question of fewer asks only where it opens as one
_FRAGMENT = 6  # words of a fragment that belongs to the question before it
_NEXT = 3  # words of what follows that may be an own answer
_MARK = re.compile(r"\?(?=[\s\"'”’)\]?!.…A-Z]|$)")  # none within an address
_STOP = re.compile(r"[.!?][\"'”’)]?(?=[A-Z])")  # a sentence's end without a space after it
_WH = frozenset(["how", "what", "where", "who", "whom", "why", "which", "when", "whose", "what's"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: its stretch of the text that was read, its clauses, and whether it is put to a
    person about that person, or can be answered by yes or no."""

    span: Span
    clauses: tuple[int, ...]
    personal: bool
    polar: bool


@cache
def phrases() -> Mapping[str, Phrases]:
    """The cues of questions and answers by table, tagged (list, "", 1).

    Raises:
        CodebookError: the packaged file breaks its own rules.
    """
    text = resources.files("community").joinpath("data", _FILE).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    if set(data) - {"version"} != set(_TABLES):
        raise CodebookError(_FILE, f"tables must be {', '.join(_TABLES)}")
    out = {}
    for table, lists in _TABLES.items():
        if set(data[table]) != lists:
            raise CodebookError(f"{_FILE}: {table}", f"keys must be {', '.join(sorted(lists))}")
        out[table] = Phrases(
            (phrase, (name, "", 1.0))
            for name, patterns in data[table].items()
            for pattern in patterns
            for phrase in expand(pattern)
        )
    return out


def hits(tokens: Sequence[Word], table: str) -> list[tuple[int, int, str]]:
    """Cues of a table as (first token, one past the last, list)."""
    return [(at, end, tag[0]) for at, end, tag in phrases()[table].find(tokens)]


def questions(reading: Reading) -> list[Asked]:
    """The questions of a reading, in order."""
    sentences = _sentences(reading)
    out: list[Asked] = []
    for place, clauses in enumerate(sentences):
        tokens = _tokens(reading, clauses)
        whole = reading.clauses[clauses[0]].whole
        marked = _MARK.search(whole.of(reading.text)) is not None
        last = place + 1 == len(sentences)
        follows = bool(out) and out[-1].clauses[-1] + 1 == clauses[0]
        plainly = _asks(reading, tokens, clauses, marked, last)
        if marked and follows and not plainly and len(tokens) <= _FRAGMENT:
            before = out[-1]
            span = Span(before.span.start, _bare(reading, clauses, marked).end)
            out[-1] = replace(before, span=span, clauses=(*before.clauses, *clauses))
        elif plainly or (marked and _may_ask(reading, tokens, clauses, last)):
            after = _tokens(reading, sentences[place + 1]) if not last else []
            if not _needs_none(tokens, after):
                out.append(_question(reading, clauses, tokens, marked))
    return out


def _question(
    reading: Reading, clauses: tuple[int, ...], tokens: Sequence[Word], marked: bool
) -> Asked:
    return Asked(
        span=_bare(reading, clauses, marked),
        clauses=clauses,
        personal=any(reading.at(c, "you") for c in clauses),
        polar=not any(t.folded in _WH for t in tokens[: _MOST_LEAD + 2]),
    )


def _tokens(reading: Reading, clauses: Iterable[int]) -> list[Word]:
    return [token for clause in clauses for token in reading.tokens[clause]]


def _sentences(reading: Reading) -> list[tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for at, clause in enumerate(reading.clauses):
        found.setdefault(clause.sentence, []).append(at)
    return [tuple(clauses) for clauses in found.values()]


def _asks(
    reading: Reading, tokens: Sequence[Word], clauses: Sequence[int], marked: bool, last: bool
) -> bool:
    """Whether a sentence asks by its words; `last` where the post ends with it."""
    if not tokens or _is_quoted(reading, clauses):
        return False
    if _opens(tokens, marked) or any(name == "asks" for _, _, name in hits(tokens, "anywhere")):
        return len(tokens) >= _SHORT or marked
    if marked and _opens(_from_stop(reading, clauses, tokens), marked):
        return True
    for clause in clauses[1:]:
        if _opens(reading.tokens[clause], marked) and (
            marked or (last and _set_off(reading, clause))
        ):
            return True
    tags = {end for _, end, name in hits(tokens, "ending") if name == "tag"}
    long = marked and len(tokens) >= _SHORT
    return long and (len(tokens) in tags or _ended(reading, tokens, tags))


def _may_ask(reading: Reading, tokens: Sequence[Word], clauses: Sequence[int], last: bool) -> bool:
    """Whether words with a question mark that do not ask by themselves do so by where they stand:
    as the post's last, or with a choice between two."""
    if not tokens or _is_quoted(reading, clauses) or _shouted(reading, clauses):
        return False
    if len(tokens) < _SHORT:
        return last and not any(n == "exclaimed" for _, _, n in hits(tokens, "ending"))
    return last or any(token.folded == "or" for token in tokens)


def _from_stop(reading: Reading, clauses: Sequence[int], tokens: Sequence[Word]) -> Sequence[Word]:
    """What follows the last full stop before the question mark, where no space follows it."""
    whole = reading.clauses[clauses[0]].whole
    mark = next(_MARK.finditer(reading.text, whole.start, whole.end)).start()
    stops = [m.end() for m in _STOP.finditer(reading.text, whole.start, mark)]
    return [t for t in tokens if stops and stops[-1] <= t.start < mark]


def _set_off(reading: Reading, clause: int) -> bool:
    """Whether a comma or the like stands before a clause, not only a word that joins it."""
    before = reading.text[: reading.clauses[clause].span.start].rstrip()
    return before.endswith((",", ";", ":", "-", "–", "—", "("))


def _is_quoted(reading: Reading, clauses: Sequence[int]) -> bool:
    """Whether a sentence opens with a quotation mark: somebody else asks."""
    return reading.text[reading.clauses[clauses[0]].whole.start] in '"“„«'


def _shouted(reading: Reading, clauses: Sequence[int]) -> bool:
    """Whether a sentence ends in more than one mark."""
    whole = reading.clauses[clauses[0]].whole.of(reading.text).rstrip("\"')”’ ")
    return whole.endswith(("??", "!?", "?!"))


def _opens(tokens: Sequence[Word], marked: bool) -> bool:
    """Whether words open as a question does; more of them do before a question mark."""
    found = hits(tokens[:_HEAD], "opening")
    before = {at for at, _, name in found if name == "lead"}
    lead = next((at for at in range(_MOST_LEAD) if at not in before), _MOST_LEAD)
    kinds = ("asks", "marked") if marked else ("asks",)
    return any(at <= lead for at, _, name in found if name in kinds)


def _ended(reading: Reading, tokens: Sequence[Word], ends: Iterable[int]) -> bool:
    """Whether a cue stands right before a question mark within the sentence."""
    for end in ends:
        after = reading.text[tokens[end - 1].end :][:2]
        if after.lstrip()[:1] == "?":
            return True
    return False


def _needs_none(tokens: Sequence[Word], after: Sequence[Word]) -> bool:
    """Whether a question wants no answer: a set phrase, or one that its author answers."""
    if any(name == "rhetorical" for _, _, name in hits(tokens, "anywhere")):
        return True
    if not after:
        return False
    return any(at == 0 and name == "self" for at, _, name in hits(after[:_NEXT], "reply"))


def _bare(reading: Reading, clauses: Sequence[int], marked: bool) -> Span:
    """The sentence, up to its last question mark where it has one."""
    first: Clause = reading.clauses[clauses[0]]
    text = first.whole.of(reading.text)
    marks = [m.end() for m in _MARK.finditer(text)]
    return Span(first.whole.start, first.whole.start + (marks[-1] if marks else len(text)))
