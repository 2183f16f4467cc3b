"""`community` reads discussions of trials as found, and says who says what about which result.

The verbs of the command line are the functions of this module; they load what they need when they
are first used, so that ``import community`` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from community.api import (
        FetchOptions,
        Options,
        Result,
        analyze,
        claims_of,
        columns_of,
        export,
        fetch,
        frame,
        opened,
        rerun,
    )
    from community.evaluation import Measuring, agreement, evaluate
    from community.importing import Importing, import_codings
    from community.ledgers import claims, link, relate

__version__ = "0.1.0"
__all__ = [
    "FetchOptions",
    "Importing",
    "Measuring",
    "Options",
    "Result",
    "__version__",
    "agreement",
    "analyze",
    "claims",
    "claims_of",
    "columns_of",
    "evaluate",
    "export",
    "fetch",
    "frame",
    "import_codings",
    "link",
    "opened",
    "relate",
    "rerun",
]


def __getattr__(name: str) -> Any:  # PEP 562
    if name in ("Measuring", "agreement", "evaluate"):
        from community import evaluation

        return getattr(evaluation, name)
    if name in ("Importing", "import_codings"):
        from community import importing

        return getattr(importing, name)
    if name in ("claims", "link", "relate"):
        from community import ledgers

        return getattr(ledgers, name)
    if name in __all__:
        from community import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
