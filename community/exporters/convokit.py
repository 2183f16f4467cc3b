"""ConvoKit corpus: ``convokit/`` with its five files, which ``convokit.Corpus(filename=…)`` opens.

An utterance per post and a conversation per document. ConvoKit walks a conversation from one root:
where a document has several posts that answer nothing (comments below an article), or none, an
empty utterance stands above them, marked as a placeholder; and it puts replies in order by their
timestamps, so that a post without a time has that of the post before it here (0 at the beginning;
`posted_at` in the metadata says what is known). What the format has no field for lies in
the metadata under ``community``, so that our own reader gets back what was written. For sharing,
the utterances have no words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from community.contracts import Snapshot
from community.interchange.bundles import Bundle, Values, bundles, values
from community.interchange.layout import storable
from community.summaries import headline_coders

_FOLDER = "convokit"
_NOBODY = "[unknown]"  # the speaker of posts whose author is not known; ConvoKit wants one
_KEPT = ("author", "native_id", "posted_at", "time_precision", "platform_role", "status", "url")
_FIELDS = ("community", "posted_at", "role", "topics", "sentiment", "stances", "codings", "links")
_TYPES = {
    "community": "dict",
    "posted_at": "str",
    "role": "str",
    "sentiment": "str",
}  # the rest are lists


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvokitExporter:
    """Writes a corpus."""

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """File names and their bytes."""
        chosen = headline_coders(snapshot)
        yield f"{_FOLDER}/utterances.jsonl", _utterances(snapshot, chosen)
        yield f"{_FOLDER}/speakers.json", _object(_speakers(snapshot))
        yield f"{_FOLDER}/conversations.json", _object(_conversations(snapshot))
        about = {"name": snapshot.meta.get("study"), "community": snapshot.meta.get("community")}
        yield f"{_FOLDER}/corpus.json", [_bytes(about) + b"\n"]
        yield f"{_FOLDER}/index.json", [_bytes(_INDEX) + b"\n"]


def make() -> ConvokitExporter:
    """The exporter."""
    return ConvokitExporter()


_INDEX = {
    "utterances-index": {field: [f"<class '{_TYPES.get(field, 'list')}'>"] for field in _FIELDS},
    "speakers-index": {"posts": ["<class 'int'>"]},
    "conversations-index": {
        field: ["<class 'str'>"] for field in ("title", "url", "document_id", "kind")
    },
    "overall-index": {field: ["<class 'str'>"] for field in ("name", "community")},
    "version": 1,
}


def _bytes(told: object) -> bytes:
    """JSON in ASCII: ConvoKit opens its files in whatever charset the machine has."""
    return json.dumps(told, sort_keys=False, separators=(",", ":")).encode("ascii")


def _object(pairs: Iterable[tuple[str, Any]]) -> Iterator[bytes]:
    """An object written pair by pair."""
    start = b"{"
    for key, value in pairs:
        yield start + _bytes(key) + b":" + _bytes(value)
        start = b",\n"
    yield b"{}\n" if start == b"{" else b"}\n"


def root_of(bundle: Bundle) -> tuple[str, bool]:
    """The id of a conversation's root, and whether it is a placeholder."""
    roots = [post["post_id"] for post in bundle.posts if post["parent_id"] is None]
    return (roots[0], False) if len(roots) == 1 else (bundle.document["document_id"], True)


def _utterances(snapshot: Snapshot, chosen: dict[str, str]) -> Iterator[bytes]:
    for bundle in bundles(snapshot):
        root, placeholder = root_of(bundle)
        times = [_seconds(post["posted_at"]) for post in bundle.posts]
        lines = [_placeholder(root, min((t for t in times if t), default=0))] if placeholder else []
        last = 0
        for post, time in zip(bundle.posts, times, strict=True):
            last = last if time is None else time
            lines.append(_utterance(bundle, post, root, chosen) | {"timestamp": last})
        yield b"".join(_bytes(line) + b"\n" for line in lines)


def _placeholder(root: str, when: int) -> dict[str, Any]:
    told = {"placeholder": True, "position": -1}
    meta = dict.fromkeys(_FIELDS) | {"community": told}
    return _line((root, root, None), _NOBODY, "", meta) | {"timestamp": when}


def _utterance(bundle: Bundle, post: Values, root: str, chosen: dict[str, str]) -> dict[str, Any]:
    codings = bundle.codings.get(post["post_id"], [])
    own = post["post_id"]
    above = post["parent_id"] or (root if own != root else None)
    kept = {name: _clean(post[name]) for name in _KEPT if post[name] is not None}
    kept |= {"position": post["position"], "gap": post["gap"]}
    kept |= {"parent": post["parent_id"]} if post["parent_id"] else {}
    meta: dict[str, Any] = {"community": kept, "posted_at": post["posted_at"]}
    meta |= {"role": post["role"], **_codes(codings, chosen)}
    meta["links"] = [
        {"refers_to": link["refers_to"], "relation": link["relation"], "score": link["score"]}
        for link in bundle.links.get(own, ())
    ]
    speaker = _clean(post["author"]) or _NOBODY
    return _line((own, root, above), speaker, storable(post["text"] or ""), meta)


def _line(
    ids: tuple[str, str, str | None], speaker: str, text: str, meta: dict[str, Any]
) -> dict[str, Any]:
    """An utterance. `ids` are its own, its conversation's, and that of what it answers."""
    own, root, above = ids
    return {
        "id": own,
        "conversation_id": root,
        "text": text,
        "speaker": speaker,
        "meta": meta,
        "reply-to": above,
        "vectors": [],
    }


def _clean(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _codes(codings: list[Values], chosen: dict[str, str]) -> dict[str, Any]:
    """What the coder of each layer's headline says, and everything that any coder says."""
    mine = [
        row for row in codings if not row["abstained"] and chosen.get(row["layer"]) == row["coder"]
    ]
    feelings = [row["code"] for row in mine if row["layer"] == "sentiment"]
    named = ("layer", "code", "polarity", "whose", "coder", "score", "abstained")
    return {
        "topics": [row["code"] for row in mine if row["layer"] == "topic"],
        "sentiment": feelings[0] if feelings else None,
        "stances": [
            {"code": row["code"], "polarity": row["polarity"], "whose": row["whose"]}
            for row in mine
            if row["layer"] == "stance"
        ],
        "codings": [{name: row[name] for name in named} for row in codings],
    }


def _seconds(time: str | None) -> int | None:
    """Seconds since 1970; a time without a zone counts as UTC. A month has no second."""
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def _speakers(snapshot: Snapshot) -> Iterator[tuple[str, Any]]:
    posts: Counter[str] = Counter()
    for bundle in bundles(snapshot):
        if root_of(bundle)[1]:
            posts[_NOBODY] += 0
        posts.update(_clean(post["author"]) or _NOBODY for post in bundle.posts)
    for speaker, count in sorted(posts.items()):
        yield speaker, {"meta": {"posts": count}, "vectors": []}


def _conversations(snapshot: Snapshot) -> Iterator[tuple[str, Any]]:
    told = {row["document_id"]: row for row in values(snapshot, "documents")}
    for bundle in bundles(snapshot):
        document = told[bundle.document["document_id"]]
        meta = {name: _clean(document[name]) for name in ("title", "url", "document_id", "kind")}
        yield root_of(bundle)[0], {"meta": meta, "vectors": []}
