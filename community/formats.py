"""What ``community export --format`` may name, and the exporters that make it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from community import assembly, config, plugins
from community.codebook import Codebook
from community.contracts import Exporter
from community.errors import PluginError

# a name after a colon is the exporter's `target`
FORMATS: dict[str, tuple[str, ...]] = {
    "csv": ("csv", "parquet", "datapackage", "report"),
    "tables": ("csv", "parquet", "datapackage"),
    "report": ("report",),
    "qdpx": ("refi_qda", "qdc"),
    "qdpx-maxqda": ("refi_qda:maxqda", "qdc"),
    "qdpx-atlas": ("refi_qda:atlas", "qdc"),
    "xlsx": ("excel",),
    "label-studio": ("label_studio",),
    "label-studio-predicted": ("label_studio:predicted",),
}


def exporters(
    formats: Sequence[str], study: config.Study, *, allow_outside: bool = False
) -> list[Exporter]:
    """The exporters of some formats, each once; one that follows the codebook gets the study's.

    Args:
        formats: names of `FORMATS` or of exporters.
        study: whose codebook they follow.
        allow_outside: whether it may lie outside the study.

    Raises:
        PluginError: a format is unknown.
    """
    there = plugins.names("exporters")
    for form in formats:
        if form not in FORMATS and form.partition(":")[0] not in there:
            listed = ", ".join(sorted({*FORMATS, *there}))
            raise PluginError(form, "no such format", f"there are: {listed}")
    names = dict.fromkeys(n for form in formats for n in FORMATS.get(form, (form,)))
    made: list[Exporter] = []
    book: Codebook | None = None
    for name in names:
        plain, _, target = name.partition(":")
        given: dict[str, Any] = {"target": target} if target else {}
        if "codebook" in signature(plugins.factory("exporters", plain)).parameters:
            book = book or codebook_of(study, allow_outside=allow_outside)
            given["codebook"] = book
        made.append(plugins.make("exporters", plain, **given))
    return made


def codebook_of(study: config.Study, *, allow_outside: bool = False) -> Codebook:
    """The codebook that a study follows.

    Raises:
        StudyError: it lies outside the study, which was not allowed.
        CodebookError: it breaks its rules.
    """
    if not study.codebook:
        return assembly.load_codebook(None)
    inside = config.inside(study, [study.codebook], allow_outside=allow_outside)
    return assembly.load_codebook(Path(inside[0]))
