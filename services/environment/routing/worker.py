"""A process that finds rounds: ``python -m services.environment.routing.worker 20 1073741824``.

``running.py`` starts it. It gets its problem over its standard input, which is a socket, and hands back over the same
how far it is, and what it has found, a line of JSON each. It knows no secrets, writes no file and bounds itself.
"""

import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from services.environment.routing.model import Problem
from services.environment.routing.solving import solve

CPU_SPARE_S = 15.0
"""Beside the search: to build what is searched, and to end."""


def main(seconds: float, memory_bytes: int) -> None:
    """Solves one problem."""
    _bound(seconds, memory_bytes)
    place = socket.socket(fileno=0)
    place.setblocking(True)
    with place, place.makefile("rb") as lines:
        problem = msgspec.json.decode(lines.readline(), type=Problem)
        tell = _Telling(place)
        tell.say(percent=0)
        found = solve(problem, seconds, lambda percent: tell.say(percent=percent))
        tell.say(found=found)


class _Telling:
    def __init__(self, place: socket.socket) -> None:
        self._place = place

    def say(self, **words: object) -> None:
        self._place.sendall(msgspec.json.encode(words) + b"\n")


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


if __name__ == "__main__":
    try:
        main(float(sys.argv[1]), int(sys.argv[2]))
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        os._exit(0)  # the pillar is gone
