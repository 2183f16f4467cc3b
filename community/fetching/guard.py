"""The only way out: a transport that connects to addresses it has checked, and to no other.

Names are resolved here, every address is judged, and the connection goes to the very address that
was judged, so that a name cannot change its mind in between (DNS rebinding). TLS still checks the
certificate against the name. No proxy, no environment, no Unix sockets. Every read and write stops
at the deadline of the whole request, so that a server that dribbles cannot hold us.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from community.fetching.addresses import Pair, check_ip
from community.fetching.outcomes import Failed, Outside, Refused

_MOST_ADDRESSES = 4  # of one name that are tried


class Deadline:
    """The moment on the monotonic clock at which the request at work ends."""

    def __init__(self, world: Outside) -> None:
        self._clock = world.clock
        self._at = float("inf")

    def start(self, seconds: float) -> None:
        """Gives the next request this long."""
        self._at = self._clock() + seconds

    def left(self, timeout: float | None) -> float:
        """Seconds that a single step may take.

        Raises:
            httpcore.ReadTimeout: none are left.
        """
        left = self._at - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(left, timeout)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step is bounded by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, connects to what was checked.

    `allow` holds pairs of host and port that the caller of the library vouches for; nothing that
    comes from a page, a redirect or a study's file gets into it.
    """

    def __init__(
        self,
        world: Outside,
        allow: Set[Pair] = frozenset(),
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._world, self._allow = world, allow
        self._inner = inner or httpcore.SyncBackend()
        self.deadline = Deadline(world)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in self._checked(host, port)[:_MOST_ADDRESSES]:
            try:
                left = self.deadline.left(timeout)
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
                return _Timed(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = list(self._world.resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise Failed(host, f"has no address: {error}", "check the name") from error
        if (host, port) not in self._allow:
            for address in found:
                check_ip(host, address)
        return found

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise Refused(path, "is no address of a page")

    def sleep(self, seconds: float) -> None:
        self._world.sleep(seconds)


@contextmanager
def _told() -> Iterator[None]:
    """The pool's errors, as the client library's."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpx.NetworkError(str(error)) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        with _told():
            yield from self._parts

    def close(self) -> None:
        if hasattr(self._parts, "close"):
            self._parts.close()


class GuardedTransport(httpx.BaseTransport):
    """HTTP/1.1 over guarded connections, one per host."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=4,
            max_keepalive_connections=4,
            keepalive_expiry=30,
            http1=True,
            http2=False,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, no redirect followed."""
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=b"",
            extensions=request.extensions,
        )
        with _told():
            answer = self._pool.handle_request(asked)
        parts: Any = answer.stream
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(parts), extensions=answer.extensions
        )

    def close(self) -> None:
        """Closes the connections."""
        self._pool.close()
