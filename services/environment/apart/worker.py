"""The process itself: ``python -m some.worker 20 1073741824``, whose module calls ``serve``.

``running.py`` starts it. It gets its question over its standard input, which is a socket, and hands back over the same
how far it is, and its answer, a line of JSON each. It knows no secrets, writes no file and bounds itself.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

Q = TypeVar("Q", bound=Struct)

CPU_SPARE_S = 15.0
"""Beside the work: to build what it needs, and to end."""


def serve(question: type[Q], work: Callable[[Q, float, Callable[[int], None]], object]) -> None:
    """Answers one question: ``work`` is called with it, its seconds, and what hears per cent."""
    seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    _bound(seconds, memory_bytes)
    place = socket.socket(fileno=0)
    place.setblocking(True)
    try:
        with place, place.makefile("rb") as lines:
            asked = msgspec.json.decode(lines.readline(), type=question)
            _say(place, percent=0)
            _say(place, answer=work(asked, seconds, lambda percent: _say(place, percent=percent)))
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        os._exit(0)  # the pillar is gone


def _say(place: socket.socket, **words: object) -> None:
    place.sendall(msgspec.json.encode(words) + b"\n")


def _bound(seconds: float, memory_bytes: int) -> None:
    for name, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(name, (most, most))
    with suppress(OSError):  # where the system lets nobody be politer
        os.nice(10)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # sooner this one than the pillar
    signal.setitimer(signal.ITIMER_PROF, seconds + CPU_SPARE_S)  # SIGPROF then ends it
