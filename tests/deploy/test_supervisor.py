"""The supervisor, with small programs in the place of the platform's."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from deploy.local import runfile, supervisor
from deploy.local.component import Component, State, Status
from deploy.local.plan import AHEAD
from deploy.local.process import PORTS, Command, StartError, free_ports
from deploy.local.ready import from_sync, http_ok
from deploy.local.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
PATIENCE_S = 10.0
SLEEPER = "import time, pathlib, sys; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
GUARDED = """
if __name__ == "__main__":
    import os, time
    pathlib.Path(os.environ["FLAG"]).touch()
    time.sleep(60)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER


def component(home: Path, name: str, code: str = SLEEPER, **more: Any) -> Component:
    """A program that is ready when it has touched its file."""
    flag = home / f"{name}.up"
    command = Command((sys.executable, "-c", code, str(flag)))
    return Component(name, lambda: command, from_sync(flag.exists), **more)


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.02)


class Run:
    """A supervisor at work, and what it said."""

    def __init__(self, home: Path, components: list[Component]) -> None:
        self.said: list[tuple[str, State, str]] = []
        self.up = asyncio.Event()
        self.supervisor = Supervisor(home, components, {}, self._hear)
        self.task = asyncio.create_task(self.supervisor.run(self.up.set))

    def _hear(self, status: Status, remark: str) -> None:
        self.said.append((status.component.name, status.state, remark))

    def states(self, name: str) -> list[State]:
        return [state for who, state, _ in self.said if who == name]

    async def stop(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(self.task, PATIENCE_S)


async def test_components_start_when_their_needs_are_met_and_stop_in_order(tmp_path: Path) -> None:
    base = component(tmp_path, "base", stop_order=2)
    once = component(tmp_path, "once", "pass", needs=("base",), once=True)
    run = Run(tmp_path, [component(tmp_path, "top", needs=("once",)), once, base])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    pids = [run.supervisor.pid(name) for name in ("base", "top")]
    await run.stop()
    order = [(name, state) for name, state, _ in run.said if state in (State.READY, State.DONE, State.STOPPED)]
    assert order == [
        ("base", State.READY),
        ("once", State.DONE),
        ("top", State.READY),
        ("top", State.STOPPED),
        ("base", State.STOPPED),
    ]
    assert not any(map(alive, pids))


async def test_one_that_is_held_is_loaded_at_once_and_goes_on_when_its_needs_are_met(tmp_path: Path) -> None:
    loaded, module = tmp_path / "loaded", tmp_path / "held"
    module.mkdir()
    (module / "__main__.py").write_text(f"import pathlib\npathlib.Path({str(loaded)!r}).touch()\n{GUARDED}")
    (module / "__init__.py").touch()
    flag, gate = tmp_path / "held.up", tmp_path / "gate"
    env = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]), "FLAG": str(flag)}
    command = Command((sys.executable, "-m", AHEAD, "held"), env)
    base = Component("base", component(tmp_path, "base").command, from_sync(gate.exists))
    held = Component("held", lambda: command, from_sync(flag.exists), ("base",), held=True)
    run = Run(tmp_path, [held, base])
    await until(loaded.exists)
    await asyncio.sleep(0.3)
    assert not flag.exists()
    gate.touch()
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    os.kill(run.supervisor.pid("held"), signal.SIGKILL)
    await until(lambda: run.states("held").count(State.READY) == 2)
    await run.stop()


async def test_a_crashed_component_is_named_and_started_again(tmp_path: Path) -> None:
    run = Run(tmp_path, [component(tmp_path, "pillar")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    first = run.supervisor.pid("pillar")
    os.kill(first, signal.SIGKILL)
    await until(lambda: run.states("pillar").count(State.READY) == 2)
    assert ("pillar", State.RESTARTING, "ended by SIGKILL; starts again in 0.2 s") in run.said
    (entry,) = (runfile.read(tmp_path) or {})["components"]
    assert (entry["restarts"], entry["last_exit"], entry["pid"] != first) == (1, -9, True)
    await run.stop()


async def test_one_that_keeps_failing_does_not_keep_the_others_from_being_shown(tmp_path: Path) -> None:
    run = Run(tmp_path, [component(tmp_path, "broken", "raise SystemExit(3)"), component(tmp_path, "fine")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    assert run.supervisor.statuses["broken"].failures >= 5
    assert run.supervisor.statuses["fine"].state is State.READY
    await run.stop()


async def test_one_that_is_slow_gets_more_time_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_READY_WITHIN", 0.6)
    slow = component(tmp_path, "slow", f"import time; time.sleep(1.2); {SLEEPER}")
    run = Run(tmp_path, [slow])
    await until(lambda: State.READY in run.states("slow"))
    assert State.RESTARTING in run.states("slow"), "it hung, as far as anybody could tell"
    await run.stop()


async def test_a_failed_step_that_others_need_stops_everything_and_shows_its_log(tmp_path: Path) -> None:
    step = component(tmp_path, "migrate", "raise SystemExit('no such table')", once=True)
    run = Run(tmp_path, [step, component(tmp_path, "other"), component(tmp_path, "top", needs=("migrate",))])
    with pytest.raises(StartError, match=r"migrate: does not start .*\n.*no such table"):
        await asyncio.wait_for(run.task, PATIENCE_S)
    assert run.supervisor.statuses["other"].state in (State.STOPPED, State.WAITING)


async def test_a_program_that_is_not_installed_stops_everything(tmp_path: Path) -> None:
    def missing() -> Command:
        raise StartError("the program is not installed")

    run = Run(tmp_path, [component(tmp_path, "fine"), Component("absent", missing, from_sync(lambda: False))])
    with pytest.raises(StartError, match="absent: the program is not installed"):
        await asyncio.wait_for(run.task, PATIENCE_S)


@pytest.mark.parametrize("steps", range(12))
async def test_a_check_that_never_succeeds_can_be_cancelled_at_every_step(steps: int) -> None:
    async def ask_for_ever() -> None:
        check = http_ok(free_ports(1)[0], "/")
        while not await check():
            pass

    task = asyncio.create_task(ask_for_ever())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=1)
    assert done


async def test_one_that_ignores_the_signal_is_killed_in_time(tmp_path: Path) -> None:
    run = Run(tmp_path, [component(tmp_path, "stubborn", STUBBORN, stop_order=1)])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    pid = run.supervisor.pid("stubborn")
    await run.stop()
    assert not alive(pid)


async def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path; from tests.deploy.test_supervisor import component;"
        "from deploy.local.supervisor import Supervisor; home = Path(sys.argv[1]);"
        "asyncio.run(Supervisor(home, [component(home, 'one')], {}).run(lambda: print('up', flush=True)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    pid = json.loads((tmp_path / "run.json").read_text())["components"][0]["pid"]
    process.kill()
    await process.wait()
    await until(lambda: not alive(pid))


async def test_two_supervisors_cannot_have_one_home(tmp_path: Path) -> None:
    with runfile.lock(tmp_path):
        assert runfile.is_running(tmp_path)
        with pytest.raises(StartError, match="already runs"), runfile.lock(tmp_path):
            pass
    assert not runfile.is_running(tmp_path)


def test_ports_come_from_the_range_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PORTS, "15100-15299")
    assert all(15100 <= port <= 15299 for port in free_ports(20))


@pytest.mark.parametrize("given", ["15100", "15299-15100", "0-9", "15000-70000", "a-b"])
def test_a_range_of_ports_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(PORTS, given)
    with pytest.raises(StartError, match="as 15000-19999"):
        free_ports(1)
