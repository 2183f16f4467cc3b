"""Finding readers, coders and exporters: the file is the plug-in, its name is the module's name.

Each module of `community.readers`, `community.coders` and `community.exporters` has one public
factory, ``make(**options)``. Third parties register theirs under the entry-point groups of the same
names. A module that cannot be imported is an error, never skipped.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from community.errors import PluginError

KINDS = ("readers", "coders", "exporters")


def names(kind: str) -> tuple[str, ...]:
    """Names of the plug-ins of a kind, sorted: our own modules and installed entry points."""
    package = importlib.import_module(f"community.{kind}")
    own = {m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")}
    return tuple(sorted(own | {point.name for point in entry_points(group=f"community.{kind}")}))


def factory(kind: str, name: str) -> Callable[..., Any]:
    """The ``make`` of one plug-in.

    Raises:
        PluginError: nothing has that name, or it has no ``make``.
    """
    known = names(kind)
    if name not in known:
        raise PluginError(name, f"no such plug-in in {kind}", f"there are: {', '.join(known)}")
    for point in entry_points(group=f"community.{kind}"):
        if point.name == name:
            loaded: Callable[..., Any] = point.load()
            return loaded
    module = importlib.import_module(f"community.{kind}.{name}")
    if not callable(getattr(module, "make", None)):
        raise PluginError(f"community.{kind}.{name}", "has no factory make(**options)")
    made: Callable[..., Any] = module.make
    return made


def make(kind: str, name: str, **options: Any) -> Any:
    """One plug-in, made with its options.

    Raises:
        PluginError: it is unknown, or does not take these options.
    """
    try:
        return factory(kind, name)(**options)
    except TypeError as error:
        raise PluginError(f"community.{kind}.{name}", str(error), "check its options") from error
