"""How long one thing holds the event loop: nothing else of the process is served meanwhile.

Every step of every task is measured: from where it goes on to where it waits again, in CPU time of the loop's thread,
so that a busy machine or a slow disk blames nobody (how long work waits by the clock says ``observability.process``).
Only a step that was long by the clock is looked at so: to read the thread's time costs six times as much, for each step
of each task. What the garbage collector takes is taken off: it is no handler's. A step over the limit is logged with
what was being served and with where it stood when the limit had passed: files, lines and functions, no values.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import structlog

from observability import metrics, semconv

LIMIT_S: Final = 0.05
"""Nobody holds a loop for longer."""
LOOK_S: Final = 0.025
"""How often is looked for a step that takes long."""
TOLD_S: Final = 1.0
"""A process logs no more than one hold in this time."""
_LIMIT_NS: Final = int(LIMIT_S * 1e9)
_FRESH_NS: Final = 1_000_000
"""How old the thread's time may be when a step begins: so much of the steps before is counted with it at most."""
_DEEPEST: Final = 12
"""Innermost calls that are told."""

_log = structlog.get_logger(__name__)
_clock, _wall = time.thread_time_ns, time.monotonic_ns
_serving: ContextVar[Callable[[], str]] = ContextVar("serving", default=lambda: "")


def serving(name: Callable[[], str]) -> None:
    """Says what this task, and those that it begins, are about; asked for only when they hold the loop.

    A route's template or an RPC: nothing that names a person or a case.
    """
    _serving.set(name)


class Hold(NamedTuple):
    """A step that took longer than the limit."""

    serving: str
    """Route or RPC; empty where it was a task of the process's own."""
    task: str
    """The coroutine."""
    seconds: float
    """CPU time of the loop's thread."""
    stack: tuple[str, ...]
    """Where it stood after the limit, outermost first; empty when it was over before anybody looked."""


listeners: list[Callable[[Hold], None]] = []
"""Told of every hold, in the loop's thread."""


@dataclass
class Watch:
    """Measures the steps of one loop's tasks."""

    began: int = 0
    """When the step under way began, by the clock; 0 between steps."""
    read_at: int = 0
    """When the thread's time was last read, by the clock; what it was then, and what of it the collector had taken:"""
    _spent: int = 0
    _collected: int = 0
    longest: int = 0
    """Steps that take no longer need not be told of, in nanoseconds."""
    _worst: int = 0
    _stood: tuple[int, tuple[str, ...]] = (0, ())
    _told: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)

    def task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **more: Any
    ) -> asyncio.Task[Any]:
        """The loop's task factory."""
        return asyncio.Task(_Measured(coroutine, self), loop=loop, **more)

    def read(self, now: int) -> None:
        """Reads the thread's time before a step."""
        self.read_at, self._spent, self._collected = now, _clock(), _collector.spent

    def ended(self, coroutine: Any, began: int) -> None:
        """A step is over that took long by the clock."""
        spent = _clock() - self._spent - (_collector.spent - self._collected)
        self._worst = max(self._worst, spent)
        self.longest = min(self._worst, _LIMIT_NS)
        if spent <= _LIMIT_NS:
            return
        stood, stack = self._stood
        name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
        hold = Hold(_serving.get()(), name, spent / 1e9, stack if stood == began else ())
        for listen in listeners:
            listen(hold)
        if time.monotonic() - self._told >= TOLD_S:
            self._told = time.monotonic()
            _log.warning(
                "event loop held", serving=hold.serving, task=hold.task, seconds=hold.seconds, at=list(hold.stack)
            )

    def worst(self) -> Iterable[tuple[float, metrics.Attributes]]:
        """The longest step since it was last asked, for the exporter."""
        worst, self._worst, self.longest = self._worst, 0, 0
        return [(worst / 1e9, {})]

    def look(self, thread: int) -> None:
        """Notes where a step stands that has taken too long; runs in a thread of its own until ``end``."""
        clock = time.pthread_getcpuclockid(thread)
        while not self._done.wait(LOOK_S):
            began = self.began
            if not began or self._stood[0] == began or _wall() - began <= _LIMIT_NS:
                continue
            if time.clock_gettime_ns(clock) - self._spent <= _LIMIT_NS:
                continue
            frame = sys._current_frames().get(thread)
            if frame is not None and self.began == began:
                self._stood = (began, _where(traceback.extract_stack(frame, limit=_DEEPEST)))

    def end(self) -> None:
        """Looks no more."""
        self._done.set()


def _where(stack: traceback.StackSummary) -> tuple[str, ...]:
    return tuple(f"{each.filename.rpartition('site-packages/')[2]}:{each.lineno} {each.name}" for each in stack)


class _Measured(Coroutine[Any, Any, Any]):
    """A coroutine whose steps are measured; in all else it is the one it holds."""

    __slots__ = ("_coroutine", "_watch")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], watch: Watch) -> None:
        self._coroutine = coroutine
        self._watch = watch

    def send(self, value: Any) -> Any:
        """A step."""
        watch, began = self._watch, _wall()
        if began - watch.read_at > _FRESH_NS:
            watch.read(began)
        watch.began = began
        try:
            return self._coroutine.send(value)
        finally:
            watch.began = 0
            if _wall() - began > watch.longest:  # rarely so: this is done for each step of each task
                watch.ended(self._coroutine, began)

    def throw(self, *error: Any) -> Any:
        """A step that begins with an error: it was cancelled, or what it waited for failed."""
        watch, began = self._watch, _wall()
        if began - watch.read_at > _FRESH_NS:
            watch.read(began)
        watch.began = began
        try:
            return self._coroutine.throw(*error)
        finally:
            watch.began = 0
            if _wall() - began > watch.longest:  # rarely so: this is done for each step of each task
                watch.ended(self._coroutine, began)

    def close(self) -> None:
        """Ends it unfinished."""
        self._coroutine.close()

    def __await__(self) -> Any:
        return self._coroutine.__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._coroutine, name)


class _Collector:
    """How much of its thread's time the garbage collector took, as far as it ran in the loop's."""

    def __init__(self) -> None:
        self.spent = 0
        self._began = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = _clock()
        else:
            self.spent += _clock() - self._began


_collector = _Collector()
_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Watch, int]] = WeakKeyDictionary()


@contextlib.contextmanager
def watched() -> Iterator[Watch]:
    """Measures the tasks that the running loop begins until the block ends; one watch for all that ask on one loop.

    Enter it when the process has started: what is read and made ready then holds nobody up.
    """
    loop = asyncio.get_running_loop()
    watch, users = _watches.get(loop) or (_begun(loop), 0)
    _watches[loop] = (watch, users + 1)
    metrics.observe(*semconv.EVENT_LOOP_HELD, watch.worst)
    try:
        yield watch
    finally:
        watch, users = _watches[loop]
        if users > 1:
            _watches[loop] = (watch, users - 1)
        else:
            del _watches[loop]
            loop.set_task_factory(None)
            watch.end()


def _begun(loop: asyncio.AbstractEventLoop) -> Watch:
    watch = Watch()
    if _collector not in gc.callbacks:
        gc.callbacks.append(_collector)
    loop.set_task_factory(watch.task)  # type: ignore[arg-type]
    threading.Thread(target=watch.look, args=(threading.get_ident(),), name="loop watch", daemon=True).start()
    return watch
