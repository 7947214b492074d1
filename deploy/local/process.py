"""Child processes that never outlive us: started as another account if needed, stopped by pid, logged to a file."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.local import forkserver
from deploy.local.orphans import die_with

_POLL = 0.02
PORTS = "SMARTCITY_PORTS"
"""Setting: the first and the last port that may be taken, as 15000-19999."""
_FIRST_PORT = 15000


class StartError(Exception):
    """A part of the platform did not start; the message says which, why and what to do next."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system that a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """How to run one program. `orphan_signal` is what the kernel sends it when we die (Linux).

    `forked`: it is `python -m` and one of our programs, and is started as a copy where that can be (see `forkserver`).
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    forked: bool = False


class Process:
    """One running program in a session of its own, so that Ctrl-C reaches us and not it."""

    def __init__(self, command: Command, log: Path) -> None:
        """Start `command`; what it prints is appended to `log`."""
        self.command = command
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._started = _forked(command, log) if command.forked and forkserver.is_current() else _executed(command, log)

    @property
    def pid(self) -> int:
        """Process id (also its process group)."""
        return self._started.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code, minus the signal's number if it was killed, None while it runs."""
        return self._started.poll()

    @property
    def ended(self) -> int | None:
        """A file descriptor that can be read from when it has ended; None: SIGCHLD says so."""
        return self._started.ended if isinstance(self._started, forkserver.Forked) else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended already is left alone."""
        if self.exit_code is None:
            self._started.send_signal(number)

    def kill(self) -> None:
        """Kill it and everything it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.signal(signal.SIGKILL)
        self._started.wait()

    def stop(self, within: float = 8.0) -> None:
        """Ask it to stop, and kill it after `within` seconds."""
        self.signal(self.command.stop_signal)
        try:
            self._started.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_ready(self, ready: Callable[[], bool], within: float = 30.0) -> None:
        """Wait until `ready()`; StartError with the end of the log if it ends or takes longer than `within` seconds."""
        deadline = time.monotonic() + within
        while not ready():
            if self.exit_code is not None or time.monotonic() > deadline:
                what = f"not ready after {within:.0f} s" if self.exit_code is None else f"exit code {self.exit_code}"
                self.stop()
                raise StartError(f"{Path(self.command.argv[0]).name}: {what}. Log {self.log}:\n{tail(self.log)}")
            time.sleep(_POLL)


def _forked(command: Command, log: Path) -> forkserver.Forked:
    return forkserver.Forked(command.argv[-1], command.env, log, command.orphan_signal)


def _executed(command: Command, log: Path) -> subprocess.Popen[bytes]:
    account = command.account
    with log.open("ab") as output:
        started: subprocess.Popen[bytes] = subprocess.Popen(
            command.argv,
            env={**os.environ, **command.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(die_with, os.getpid(), command.orphan_signal),
            **({"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}),  # type: ignore[call-overload]
        )
        return started


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log file, empty if there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        found = file.read().decode(errors="replace").splitlines()
        return "\n".join(found[max(0, len(found) - lines) :])


def free_ports(count: int, but: Sequence[int] = ()) -> list[int]:
    """Distinct TCP ports that nothing on 127.0.0.1 listens to at this moment, without some that somebody will take.

    They lie below the range that the kernel gives to outgoing connections, so that a process which is started again
    finds its port as it left it.
    """
    found: list[int] = []
    among = port_range()
    for port in random.sample(among, k=min(50 * count, len(among))):
        if port in but:
            continue
        with suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            found.append(port)
            if len(found) == count:
                return found
    raise StartError(f"only {len(found)} of {count} ports from {among[0]} to {among[-1]} are free")


def port_range() -> range:
    """The ports that may be taken: those of SMARTCITY_PORTS, or all below those of outgoing connections."""
    given = os.environ.get(PORTS, "")
    if not given:
        return range(_FIRST_PORT, _outgoing_from())
    first, _, last = given.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) < 65536):
        raise StartError(f"{PORTS}={given}: the first and the last port, please, as 15000-19999")
    return range(int(first), int(last) + 1)


def _outgoing_from() -> int:
    """First port of outgoing connections."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        first = 49152  # what IANA and macOS use
    return first if first > _FIRST_PORT + 1000 else 32768
