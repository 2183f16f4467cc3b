"""Addresses from hostile pages name a host or none, and never raise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import addresses, privacy


@pytest.mark.parametrize("value", ["http://[[[[", "https://[<!ENTITY>]/", "//[", "http://[::1/"])
def test_brackets_that_hold_no_address_name_no_host(value: str) -> None:
    assert addresses.host(value) == ""
    assert privacy.site_of(value, "page.html") == "page.html"


@given(st.text())
def test_any_text_can_be_asked_for_its_host(value: str) -> None:
    addresses.split(value)
    addresses.without_fragment(value)


def test_the_host_is_told_in_lower_case_without_its_port() -> None:
    assert addresses.host("https://Blog.Example:8080/a#b") == "blog.example"
    assert addresses.without_fragment("https://blog.example/a#b") == "https://blog.example/a"
