"""A web server in threads of the test's own process, whose every answer a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """An answer: status, headers, body; or a function that writes whatever it likes."""

    body: bytes | str = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[Any], None] | None = None


Route = Reply | Callable[["Asked"], Reply]


@dataclass
class Asked:
    """A request as it came in."""

    host: str
    path: str
    headers: dict[str, str]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what these tests are about."""


class Server:
    """Routes by path (query included), or by ``host path``; what is not there is a 404."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers.get("host", "").partition(":")[0]
        asked = Asked(host, handler.path, {k.lower(): v for k, v in handler.headers.items()})
        self.asked.append(asked)
        route = self.routes.get(f"{host} {handler.path}", self.routes.get(handler.path))
        reply = route(asked) if callable(route) else route
        reply = reply or Reply("nothing here", status=404)
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        try:
            if reply.raw:
                handler.close_connection = True
                reply.raw(handler.wfile)
                return
            handler.send_response(reply.status)
            if reply.kind:
                handler.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            if reply.status != 304:
                handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
