"""REFI-QDA project: ``study.qdpx``, which MAXQDA, ATLAS.ti, NVivo, QualCoder and others open.

One source per thread, one user per coder (a program's name says its version), codes from the
codebook with their definitions, codings at their exact characters, links as codes, posts as cases.
A selection ends one past its last character, as the importers measured take it; what a coder gave
without evidence is a selection of the whole post; abstentions are left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from lxml import etree

from community.codebook import Codebook, default
from community.contracts import Snapshot
from community.exporters import _refi_xml as xml
from community.exporters._refi_survey import Survey, survey
from community.exporters._zips import member, packed, require_words
from community.interchange import codes
from community.interchange.bundles import Bundle, bundles
from community.interchange.endings import Endings, endings
from community.interchange.layout import Laid, laid_out, line
from community.interchange.targets import target_names

_ABOUT = (
    "Written by community {version}; codebook {codebook}. Users whose names begin with 'machine:'"
    " are programs; their codings are not verified. A post without evidence of its own is coded as"
    " a whole."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefiExporter:
    """Writes a project with the codes of `codebook` and the line endings of a tool."""

    codebook: Codebook
    target: str

    def __call__(self, snapshot: Snapshot) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The project's name and bytes.

        Raises:
            UsageError: the study is exported for sharing, without words.
        """
        name = "study.qdpx" if self.target == "plain" else f"study-{self.target}.qdpx"
        require_words(snapshot, name)
        yield name, packed(partial(self._fill, snapshot))

    def _fill(self, snapshot: Snapshot, archive: zipfile.ZipFile) -> None:
        how, found = endings(self.target), survey(snapshot)
        with member(archive, "project.qde") as stream:
            self._project(snapshot, stream, found, how)
        for _, laid in _threads(snapshot):
            with member(archive, f"sources/{laid.guid}.txt") as stream:
                stream.write(how.written(laid.text).encode("utf-8"))

    def _project(self, snapshot: Snapshot, stream: IO[bytes], found: Survey, how: Endings) -> None:
        nodes = codes.tree(self.codebook, found.labels)
        nodes += codes.link_nodes(found.links, target_names(snapshot))
        name = line(str(snapshot.meta.get("study") or "study"))
        version = str(snapshot.meta.get("community") or "")
        with etree.xmlfile(stream, encoding="utf-8") as out:
            out.write_declaration()
            told = {"name": name, "origin": how.origin}
            with out.element(f"{{{xml.PROJECT}}}Project", told, {None: xml.PROJECT}):
                if (who := xml.users(found)) is not None:
                    out.write(who)
                out.write(xml.codebook(nodes))
                if found.posts:
                    out.write(xml.variables())
                    with out.element(f"{{{xml.PROJECT}}}Cases"):
                        for bundle, laid in _threads(snapshot):
                            for case in xml.cases(bundle, laid):
                                out.write(case)
                    with out.element(f"{{{xml.PROJECT}}}Sources"):
                        for bundle, laid in _threads(snapshot):
                            out.write(xml.source(bundle, laid, found, how.counted))
                about = xml.element("Description")
                about.text = _ABOUT.format(version=version, codebook=self.codebook.name)
                out.write(about)


def _threads(snapshot: Snapshot) -> Iterator[tuple[Bundle, Laid]]:
    for bundle in bundles(snapshot):
        laid = laid_out(bundle)
        if laid.places:
            yield bundle, laid


def make(*, codebook: Codebook | None = None, target: str = "plain") -> RefiExporter:
    """The exporter.

    Args:
        codebook: the codes that there are; the packaged ones if None.
        target: ``plain`` (lines end in LF), ``maxqda`` (CR LF, counted as two) or ``atlas`` (CR LF,
            counted as one).

    Raises:
        UsageError: no such target.
    """
    endings(target)
    return RefiExporter(codebook=codebook or default(), target=target)
