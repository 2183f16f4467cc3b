"""All that a thread's posts say of the ledger: links, numbers that travel, questions.

thread × index ─▶ readings and scopes (once) ─┬▶ links
                                              ├▶ quoted numbers ◀─ links
                                              └▶ questions ◀────── links, numbers
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from community.linked import Linked
from community.linking.asked import asked
from community.linking.links import Linker
from community.linking.links import make as make_linker
from community.linking.quoted import quoted
from community.linking.scope import Scopes
from community.linking.targets import Index
from community.types import Coding, Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The link step: a thread, a prepared ledger and codings in, `Linked` out."""

    linker: Linker

    def __call__(self, thread: Thread, index: Index, codings: Sequence[Coding]) -> Linked:
        """Links, quoted numbers and questions of all present posts, in page order.

        Args:
            thread: the posts; own words are `Post.own`.
            index: the study's claims, `prepare`d.
            codings: codings of the thread's posts.
        """
        scopes = Scopes(thread, index, self.linker.reach, self.linker.whole)
        links = self.linker.within(scopes, thread, codings) if index.profiles else ()
        numbers = quoted(thread, scopes, links)
        return Linked(links=links, numbers=numbers, questions=asked(thread, scopes, links, numbers))


def make(*, whole: bool = False) -> Spoken:
    """The link step with the linker by rules.

    Args:
        whole: posts may mean any claim of the ledger, although nothing on their page reports it.
    """
    return Spoken(linker=make_linker(whole=whole))
