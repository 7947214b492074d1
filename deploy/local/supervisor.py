"""Starts the parts of a platform in the order of their needs, restarts what crashes, and stops all.

No child outlives us: each is stopped by pid, and the kernel ends it if we are killed (see `process`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from deploy.local import runfile
from deploy.local.component import Component, State, Status
from deploy.local.process import Process, StartError, tail

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
STEADY_AFTER = 5.0
"""Seconds of being ready after which a crash counts as the first again."""
HOPELESS_AFTER = 5
"""Starts that may fail in a row before the platform is called up without the component."""
_READY_WITHIN = 30.0
"""Seconds that a component has to become ready, and as many more after each time that they were too few: one that hangs
is started again, and one that is only slow, on a slow machine, gets there.
"""
_STOP_BUDGET = {0: 4.0, 1: 1.5, 2: 4.0}
_POLL = 0.05

Listener = Callable[[Status, str], None]


class Supervisor:
    """One platform in one home. `listener` hears of every change of state, with a remark."""

    def __init__(
        self, home: Path, components: Sequence[Component], about: dict[str, Any], listener: Listener | None = None
    ) -> None:
        """`about` is written to `run.json` beside the components."""
        self.home = home
        self.statuses = {component.name: Status(component) for component in components}
        self._about = about
        self._listener = listener
        self._processes: dict[str, Process] = {}
        self._settled = {name: asyncio.Event() for name in self.statuses}
        self._ended: dict[str, asyncio.Event] = {}
        self._asked_to_stop = asyncio.Event()
        self._failure: StartError | None = None

    async def run(self, when_up: Callable[[], None]) -> None:
        """Run until a signal asks to stop. `when_up` is called when every component is ready or hopeless.

        StartError if something that others need cannot be started; everything is stopped by then.
        """
        loop = asyncio.get_running_loop()
        handlers = dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), self._asked_to_stop.set)
        handlers[signal.SIGCHLD] = self._notice_ends
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        self._set_old_logs_aside()
        keepers = [asyncio.create_task(self._keep(status)) for status in self.statuses.values()]
        greeter = asyncio.create_task(self._greet(when_up))
        try:
            await self._asked_to_stop.wait()
        finally:
            for task in (greeter, *keepers):
                task.cancel()
            await asyncio.gather(greeter, *keepers, return_exceptions=True)
            await self._stop_all()
            for number in handlers:
                loop.remove_signal_handler(number)
        if self._failure is not None:
            raise self._failure

    def pid(self, name: str) -> int:
        """Process id of a running component."""
        return self._processes[name].pid

    async def _greet(self, when_up: Callable[[], None]) -> None:
        for settled in self._settled.values():
            await settled.wait()
        when_up()

    async def _keep(self, status: Status) -> None:
        """Start one component once its needs are met, and again whenever it ends."""
        try:
            for need in status.component.needs:
                await self._settled[need].wait()
            if status.component.prepare is not None:
                await asyncio.to_thread(status.component.prepare)
            pause = FIRST_PAUSE
            while not await self._live_once(status):
                if time.time() - (status.ready_at or time.time()) > STEADY_AFTER:
                    pause = FIRST_PAUSE
                status.restarts += 1
                self._change(status, State.RESTARTING, f"{self._why(status)}; starts again in {pause:.1f} s")
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        except StartError as error:
            self._give_up(f"{status.component.name}: {error}")
        except Exception as error:  # a component that nobody keeps would be waited for without end
            self._give_up(f"{status.component.name}: {error!r}")

    async def _live_once(self, status: Status) -> bool:
        """One life of a process; True if it ended as it should."""
        component = status.component
        ended = self._ended[component.name] = asyncio.Event()
        process = Process(component.command(), self._log(component.name))
        self._processes[component.name], status.pid = process, process.pid
        self._watch(process, ended)
        status.started_at, status.ready_at, status.given_s = time.time(), None, None
        self._change(status, State.STARTING, "")
        if not component.once and await self._becomes_ready(status, ended):
            status.ready_at, status.failures = time.time(), 0
            self._change(status, State.READY, f"in {status.ready_at - (status.started_at or 0):.1f} s")
            self._settled[component.name].set()
        await ended.wait()
        status.last_exit, status.pid = process.exit_code, None
        del self._processes[component.name]
        if component.once and status.last_exit == 0:
            self._change(status, State.DONE, f"in {time.time() - (status.started_at or 0):.1f} s")
            self._settled[component.name].set()
            return True
        if status.ready_at is None:
            self._failed_to_start(status)
        return False

    def _failed_to_start(self, status: Status) -> None:
        status.failures += 1
        name = status.component.name
        needed = any(name in each.component.needs for each in self.statuses.values())
        if needed and not self._settled[name].is_set() and status.failures >= (1 if status.component.once else 3):
            raise StartError(f"does not start ({self._why(status)}). Log {self._log(name)}:\n{tail(self._log(name))}")
        if status.failures >= HOPELESS_AFTER:
            self._settled[name].set()

    async def _becomes_ready(self, status: Status, ended: asyncio.Event) -> bool:
        given = _READY_WITHIN * (1 + status.failures)
        deadline = time.monotonic() + given
        while not ended.is_set():
            if await status.component.ready():
                return True
            if time.monotonic() > deadline:
                status.given_s = given
                self._processes[status.component.name].kill()
            await asyncio.sleep(_POLL)
        return False

    def _watch(self, process: Process, ended: asyncio.Event) -> None:
        """Hears of the end of one that is no child of ours."""
        if (sign := process.ended) is None:
            return
        loop = asyncio.get_running_loop()

        def notice() -> None:
            loop.remove_reader(sign)
            ended.set()

        loop.add_reader(sign, notice)

    def _notice_ends(self) -> None:
        for name, process in self._processes.items():
            if process.exit_code is not None:
                self._ended[name].set()

    async def _stop_all(self) -> None:
        """Stop in order, each step within its seconds; what remains is killed."""
        order = sorted(self._processes, key=lambda name: self.statuses[name].component.stop_order)
        for step, names in groupby(order, key=lambda name: self.statuses[name].component.stop_order):
            processes = [self._processes[name] for name in names]
            for process in processes:
                process.signal(process.command.stop_signal)
            deadline = time.monotonic() + _STOP_BUDGET.get(step, 2.0)
            while any(each.exit_code is None for each in processes) and time.monotonic() < deadline:  # noqa: ASYNC110 - ends by time too
                await asyncio.sleep(0.02)
            for process in processes:
                process.kill()
        for name in order:
            status, process = self.statuses[name], self._processes.pop(name)
            status.pid, status.last_exit = None, process.exit_code
            if process.ended is not None:
                asyncio.get_running_loop().remove_reader(process.ended)
            self._change(status, State.STOPPED, "")

    def _give_up(self, why: str) -> None:
        self._failure = StartError(why)
        self._asked_to_stop.set()

    def _change(self, status: Status, state: State, remark: str) -> None:
        status.state = state
        self.save()
        if self._listener is not None:
            self._listener(status, remark)

    def save(self) -> None:
        """Write `run.json`."""
        parts = [each.as_json(str(self._log(name))) for name, each in self.statuses.items()]
        runfile.write(self.home, {**self._about, "pid": os.getpid(), "components": parts})

    def _set_old_logs_aside(self) -> None:
        """The last run's logs are kept as NAME.log.1, older ones go."""
        for log in (self.home / "logs").glob("*.log"):
            log.rename(log.with_suffix(".log.1"))

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    @staticmethod
    def _why(status: Status) -> str:
        code = status.last_exit
        if status.given_s is not None:
            return f"not ready within {status.given_s:.0f} s, so it was ended"
        if code is not None and code < 0:
            return f"ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"
