"""Which addresses may be fetched: their form, and the IP addresses behind them.

Private, local and special ranges are told by the standard library's registry (`is_global`), and by
the few that it calls global or does not know: addresses that wrap another one, multicast, and the
addresses at which clouds hand out credentials.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Set

import httpx

from community.fetching.outcomes import Refused

Pair = tuple[str, int]  # host as written in a URL, port
LONGEST = 2000  # characters of a URL; longer ones are traps or carry payloads
_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
# addresses of cloud services that stand in public or registered ranges
_CLOUD = frozenset({"168.63.129.16", "169.254.169.254", "192.0.0.192", "100.100.100.200"})
_UNICAST6 = ipaddress.ip_network("2000::/3")  # all that is routed on the Internet today
_WRAPPING = tuple(
    map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))
)  # 6to4, Teredo, NAT64


def parsed(url: str) -> httpx.URL:
    """A URL that we may ask for, its fragment dropped.

    Raises:
        Refused: not http(s), too long, with user name or password, or no URL at all.
    """
    given = url.strip()
    if len(given) > LONGEST or _CONTROL.search(given):
        raise Refused(given[:80], "is no address of a page", "give a plain http(s) URL")
    try:
        made = httpx.URL(given).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Refused(given, f"is no address of a page: {error}", "check the URL") from error
    if made.scheme not in _PORTS or not made.host:
        raise Refused(given, "is no http(s) address", "only web pages can be fetched")
    if made.userinfo:
        raise Refused(str(made.host), "the URL carries a user name or password", "take it out")
    return made


def port_of(url: httpx.URL) -> int:
    """The port that a URL leads to."""
    return url.port or _PORTS[url.scheme]


def pair_of(url: httpx.URL) -> Pair:
    """Host and port of a URL."""
    return url.host, port_of(url)


def check(url: httpx.URL, allow: Set[Pair]) -> None:
    """Refuses ports other than 80 and 443, and literal addresses that are not public.

    Args:
        allow: pairs of host and port that the caller of the library vouches for.

    Raises:
        Refused: the URL leads where no public page is.
    """
    if pair_of(url) in allow:
        return
    if port_of(url) not in _PORTS.values():
        raise Refused(str(url), f"port {port_of(url)} is not fetched from", "only 80 and 443")
    try:
        ipaddress.ip_address(url.host)
    except ValueError:
        return  # a name: judged when it is resolved
    check_ip(url.host, url.host)


def check_ip(host: str, address: str) -> None:
    """Refuses an address that is not public.

    Raises:
        Refused: it is private, local, special, or wraps another address.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError as error:  # with a zone, or no address at all
        raise Refused(host, f"leads to {address}, which is no plain IP address") from error
    if not _is_public(ip):
        reason = f"leads to {address}, which is not on the public Internet"
        raise Refused(host, reason, "pages of your own network are saved, not fetched")


def _is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    special = ip.is_multicast or ip.is_reserved or ip.is_private or ip.is_loopback
    if special or ip.is_link_local or ip.is_unspecified or not ip.is_global:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in _UNICAST6 and not any(ip in net for net in _WRAPPING)
    return str(ip) not in _CLOUD
