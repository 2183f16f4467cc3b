"""Ways to map: in this process, or over a pool of processes; the same results in the same order."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_AHEAD = 4  # pieces of work handed out per worker before the first result is taken back

_function: Callable[[Any], Any] | None = None


def _receive(function: Callable[[Any], Any]) -> None:
    """In a worker: the function arrives once, not with every piece of work."""
    global _function
    _function = function


def _apply(item: Any) -> Any:
    assert _function is not None
    return _function(item)


@contextmanager
def _deaf() -> Iterator[None]:
    """Workers that start meanwhile never hear Ctrl-C: a terminal sends it to all processes, and it
    is for the parent to act on."""
    if threading.current_thread() is not threading.main_thread():
        yield  # where handlers cannot be set
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True, slots=True)
class PoolMap:
    """A `map` over `workers` processes: ordered, lazy, with bounded look-ahead."""

    workers: int

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        # spawn: a forked child of a threaded parent may hang, and Windows and macOS spawn anyway
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.workers, context, _receive, (function,)) as pool:
            waiting: deque[Future[Any]] = deque()
            try:
                for item in items:
                    with _deaf():
                        waiting.append(pool.submit(_apply, item))
                    if len(waiting) >= self.workers * _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BaseException:  # what waits need not be worked on: the run is over
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def mapper(workers: int) -> Callable[..., Iterable[Any]]:
    """The map for a number of workers; 1 is the plain one of this process."""
    return map if workers <= 1 else PoolMap(workers)
