"""Potato: ``potato/config.yaml`` and ``posts.jsonl``; ``potato start potato/config.yaml`` opens it.

An item per post, blind: nothing that a machine judged is in it. The configuration is JSON, which
every reader of YAML reads. What people annotate comes back from ``potato/annotation_output``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from community.codebook import Codebook, default
from community.contracts import Snapshot
from community.exporters._tasks import posts
from community.exporters._zips import require_words
from community.interchange import tasks

_FOLDER = "potato"


@dataclass(frozen=True, slots=True, kw_only=True)
class PotatoExporter:
    """Writes a task that asks for the codes of `codebook`."""

    codebook: Codebook

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """File names and their bytes.

        Raises:
            UsageError: the study is exported for sharing, without words.
        """
        require_words(snapshot, _FOLDER)
        told = json.dumps(_config(self.codebook, snapshot), indent=2, ensure_ascii=True)
        yield f"{_FOLDER}/config.yaml", [told.encode("ascii") + b"\n"]
        yield f"{_FOLDER}/posts.jsonl", _items(snapshot)


def make(*, codebook: Codebook | None = None) -> PotatoExporter:
    """The exporter.

    Args:
        codebook: the codes to ask for; the packaged ones if None.
    """
    return PotatoExporter(codebook=codebook or default())


def _items(snapshot: Snapshot) -> Iterator[bytes]:
    for _, _, data in posts(snapshot):
        item = {"id": data.pop("post_id"), **data}
        yield json.dumps(item, ensure_ascii=False).encode("utf-8") + b"\n"


def _config(book: Codebook, snapshot: Snapshot) -> dict[str, Any]:
    named, colours = tasks.labels(book), tasks.colours(book)
    about = {code.code: code.definition for code in book.codes}
    name = str(snapshot.meta.get("study") or "study")

    def scheme(kind: str, asked: str, description: str) -> dict[str, Any]:
        labels = [
            {"name": name, "tooltip": about.get(name, ""), "color": colours[name]}
            for name in named[asked]
        ]
        told = {"annotation_type": kind, "name": asked, "description": description}
        return told | {"labels": labels}

    return {
        "annotation_task_name": name,
        "task_dir": ".",
        "data_files": ["posts.jsonl"],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "instance_display": {
            "fields": [
                {"key": "context", "type": "text", "label": "The post that it answers"},
                {"key": "text", "type": "text", "label": "The post", "span_target": True},
            ]
        },
        "output_annotation_dir": "annotation_output",
        "user_config": {"allow_all_users": True, "users": []},
        "annotation_schemes": [
            scheme("multiselect", tasks.TOPICS, "What is the post about?"),
            scheme("radio", tasks.SENTIMENT, "What feeling does it show?"),
            scheme("span", tasks.SPANS, "Mark the words that show a topic, feeling or stance."),
        ],
    }
