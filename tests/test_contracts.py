"""Every plug-in keeps its contract: one factory, a picklable product, a docstring."""

from __future__ import annotations

import importlib
import inspect
import pickle

import pytest

from community import assembly, plugins
from community.errors import PluginError
from community.types import Page


def each() -> list[tuple[str, str]]:
    return [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]


@pytest.mark.parametrize(("kind", "name"), each())
def test_a_plug_in_has_a_docstring_and_one_factory_with_keyword_options(
    kind: str, name: str
) -> None:
    module = importlib.import_module(f"community.{kind}.{name}")
    assert module.__doc__
    for parameter in inspect.signature(module.make).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(("kind", "name"), each())
def test_what_a_factory_makes_survives_the_way_into_another_process(kind: str, name: str) -> None:
    if kind == "coders":
        made = assembly._coder(name, assembly.load_codebook(None))
    else:
        made = plugins.make(kind, name)
    assert type(pickle.loads(pickle.dumps(made))) is type(made)


def page(data: bytes) -> Page:
    from community.sources import stdin_page

    return stdin_page(data, "page")


@pytest.mark.parametrize("name", plugins.names("readers"))
@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfe\x00", b"<", b"{"])
def test_a_reader_is_never_surprised_by_what_it_sniffs(name: str, data: bytes) -> None:
    sure = plugins.make("readers", name).sniff(page(data))
    assert 0 <= sure <= 1


def test_an_unknown_plug_in_is_answered_with_those_that_exist() -> None:
    with pytest.raises(PluginError, match="csv"):
        plugins.make("exporters", "cvs")


def test_an_unknown_option_is_an_error_of_ours() -> None:
    with pytest.raises(PluginError, match="colour"):
        plugins.make("exporters", "csv", colour="red")
