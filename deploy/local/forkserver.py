"""Starts our own programs as copies of one process that has read all their modules.

To read them takes each program more than a second of the processor and 60 MB. They are read once, by the fork server
of the standard library, while PostgreSQL and NATS start; every program, also one that is started again after a crash,
begins as a copy of it. The server reads and forks, and does nothing else: it has one thread and no connection that a
copy could spoil. Only on Linux: elsewhere the system's libraries do not go along with a fork that no exec follows. And
only while they are what was read: after an edit `smartcity restart` runs what is there now.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from multiprocessing.forkserver import ensure_running
from pathlib import Path

from deploy.local.orphans import die_with
from deploy.pillars import NAMES

AVAILABLE = sys.platform == "linux"
ROOT = Path(__file__).parents[2]
OURS = ("services", "gateway", "deploy", "observability", "proto/gen")
PROGRAMS = (
    "deploy.local.prepare",
    *(f"services.{name}.__main__" for name in NAMES),
    "gateway.__main__",
    "deploy.callout.__main__",
    "deploy.simulator.__main__",
    "deploy.local.oidc",
    "deploy.local.mailbox",
    "deploy.local.bank.__main__",
    "observability.viewer.__main__",
)
"""What is read: the main modules of all that the plan starts so."""
_read_at = 0.0
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["deploy.local.preloaded"])


def start() -> None:
    """Begins to read the modules. For the main thread: the server ends with the thread that started it."""
    global _read_at
    if AVAILABLE:
        _read_at = _read_at or time.time()
        ensure_running()


def is_current() -> bool:
    """Whether programs can be started as copies: the modules were read, and none was written since."""
    return bool(_read_at) and _untouched(int(time.monotonic()))


@lru_cache(maxsize=1)
def _untouched(second: int) -> bool:
    """Looked at once in a second: many start together."""
    files = (each for folder in OURS for each in (ROOT / folder).rglob("*.py"))
    return all(each.stat().st_mtime <= _read_at for each in files)


def load() -> None:
    """Waits until the modules are read: whoever starts a program later holds nobody up. For any other thread."""
    if AVAILABLE:
        first = _context.Process(target=os.getpid)
        first.start()
        first.join()


class Forked:
    """One running program, with what ``subprocess.Popen`` says and does of one."""

    def __init__(self, module: str, env: Mapping[str, str], log: Path, orphan_signal: signal.Signals) -> None:
        """Runs ``module`` as ``python -m`` would, in a session of its own; what it prints is appended to ``log``."""
        self._process = _context.Process(target=_run, args=(module, dict(env), str(log), orphan_signal))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def ended(self) -> int:
        """A file descriptor that can be read from when it has ended."""
        return self._process.sentinel

    def poll(self) -> int | None:
        """The exit code, minus the signal's number if it was killed, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> None:
        """Waits until it has ended. Errors: TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        if timeout is not None and self.poll() is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal; one that has just ended is left alone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


def _run(module: str, env: dict[str, str], log: str, orphan_signal: signal.Signals) -> None:
    """In the copy."""
    from deploy.local.preloaded import SERVER

    die_with(SERVER, orphan_signal)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.update(env)
    Path("/proc/self/comm").write_text(module.rpartition(".")[2])  # what `top` and `ps -e` call it
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
