"""REFI-QDA codebook: ``codebook.qdc``, the codes with their definitions, and no study at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from community.codebook import Codebook, default
from community.contracts import Snapshot
from community.exporters import _refi_xml as xml
from community.interchange import codes


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookExporter:
    """Writes `codebook`."""

    codebook: Codebook

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The file's name and bytes."""
        made = xml.codebook(codes.tree(self.codebook), xml.CODEBOOK, origin="community")
        told = etree.tostring(made, encoding="utf-8", xml_declaration=True, pretty_print=True)
        yield "codebook.qdc", [told]


def make(*, codebook: Codebook | None = None) -> CodebookExporter:
    """The exporter.

    Args:
        codebook: the codes; the packaged ones if None.
    """
    return CodebookExporter(codebook=codebook or default())
