"""Label Studio: ``label-studio/tasks.json``, and ``config.xml``, the interface to paste in.

A task per post, blind unless asked otherwise: with the target ``predicted`` the machine's codes
come along as predictions, each coder under its name as ``model_version``. Offsets are code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from community.codebook import Codebook, default
from community.contracts import Snapshot
from community.errors import UsageError
from community.exporters._tasks import given, posts
from community.exporters._zips import require_words
from community.interchange import tasks
from community.interchange.bundles import Bundle, Values
from community.interchange.layout import storable

_FOLDER = "label-studio"
_TARGETS = ("blind", "predicted")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStudioExporter:
    """Writes tasks that ask for the codes of `codebook`."""

    codebook: Codebook
    target: str

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """File names and their bytes.

        Raises:
            UsageError: the study is exported for sharing, without words.
        """
        require_words(snapshot, _FOLDER)
        yield f"{_FOLDER}/config.xml", [_interface(self.codebook)]
        yield f"{_FOLDER}/tasks.json", self._tasks(snapshot)

    def _tasks(self, snapshot: Snapshot) -> Iterator[bytes]:
        start = b"["
        for bundle, post, data in posts(snapshot):
            task: dict[str, Any] = {"data": data}
            if self.target == "predicted":
                task["predictions"] = list(_predictions(bundle, post))
            yield start + json.dumps(task, ensure_ascii=False).encode("utf-8")
            start = b",\n"
        yield b"[]\n" if start == b"[" else b"]\n"


def _predictions(bundle: Bundle, post: Values) -> Iterator[dict[str, Any]]:
    coders = sorted({row["coder"] for row in bundle.codings.get(post["post_id"], ())})
    for coder in coders:
        chosen: dict[str, list[str]] = {}
        result: list[dict[str, Any]] = []
        for asked, name, span in given(bundle, post, coder):
            if span is None:
                chosen.setdefault(asked, []).append(name)
            else:
                words = storable(post["text"])[span[0] : span[1]]
                value = {"start": span[0], "end": span[1], "text": words, "labels": [name]}
                result.append(_result(asked, "labels", value, len(result)))
        for asked, names in chosen.items():
            value = {"choices": list(dict.fromkeys(names))}
            result.append(_result(asked, "choices", value, len(result)))
        if result:
            yield {"model_version": coder, "result": result}


def _result(asked: str, kind: str, value: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "from_name": asked,
        "to_name": "text",
        "type": kind,
        "value": value,
    }


def _interface(book: Codebook) -> bytes:
    """The labelling interface: what a post answers, its words, and the codes to give."""
    named, colours = tasks.labels(book), tasks.colours(book)
    about = {code.code: code.definition for code in book.codes}
    view = etree.Element("View")
    # without this, Label Studio trims white space, and offsets shift
    etree.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"
    etree.SubElement(view, "Header", value="$title")
    etree.SubElement(view, "Text", name="context", value="$context", selectionEnabled="false")
    labels = etree.SubElement(view, "Labels", name=tasks.SPANS, toName="text", choice="multiple")
    for name in named[tasks.SPANS]:
        etree.SubElement(labels, "Label", value=name, background=colours[name])
    etree.SubElement(view, "Text", name="text", value="$text", granularity="symbol")
    for asked, choice in ((tasks.TOPICS, "multiple"), (tasks.SENTIMENT, "single-radio")):
        choices = etree.SubElement(view, "Choices", name=asked, toName="text", choice=choice)
        for name in named[asked]:
            etree.SubElement(choices, "Choice", value=name, hint=about.get(name, ""))
    return etree.tostring(view, encoding="utf-8", pretty_print=True)


def make(*, codebook: Codebook | None = None, target: str = "blind") -> LabelStudioExporter:
    """The exporter.

    Args:
        codebook: the codes to ask for; the packaged ones if None.
        target: ``blind``, or ``predicted``: with the machine's codes.

    Raises:
        UsageError: no such target.
    """
    if target not in _TARGETS:
        raise UsageError(target, "is no kind of task", f"there are: {', '.join(_TARGETS)}")
    return LabelStudioExporter(codebook=codebook or default(), target=target)
