"""The supervisor, with small programs in the place of the platform's."""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from deploy.local import forkserver, plan, runfile, supervisor
from deploy.local.component import Component, State, Status
from deploy.local.plan import Plan, Ports
from deploy.local.process import PORTS, Command, StartError, free_ports
from deploy.local.ready import from_sync, http_ok
from deploy.local.settings import read_settings
from deploy.local.supervisor import Supervisor
from tests.fixtures.waiting import until

PATIENCE_S = 30.0
SLEEPER = "import time, pathlib, sys; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
PROGRAM = """
import os, pathlib, time

if __name__ == "__main__":
    {code}
"""
ON = 'pathlib.Path(os.environ["FLAG"]).touch(); time.sleep(60)'
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


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python finds programs."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def copied(home: Path, name: str, code: str = ON) -> Component:
    """A program of ours, which touches its file when it is up."""
    forkserver.start()
    flag = home / f"{name}.up"
    (home / f"{name}.py").write_text(PROGRAM.format(code=code))
    command = Command((sys.executable, "-m", name), {"FLAG": str(flag), "PYTHONPATH": str(home)}, forked=True)
    return Component(name, lambda: command, from_sync(flag.exists), prepare=forkserver.load)


def test_every_program_of_a_platform_is_read_ahead(tmp_path: Path) -> None:
    settings = read_settings({"SMARTCITY_HOME": str(tmp_path)})
    commands = [one.command() for one in Plan(settings, Ports.choose(settings)).components()]
    assert {each.removesuffix(".__main__") for each in forkserver.PROGRAMS} == {
        each.argv[-1] for each in commands if each.forked
    }


def test_the_bank_of_a_local_platform_lives_by_the_clock_of_its_city(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "terms", lambda city, name: {"timezone": {"semarang": "Asia/Jayapura"}[city]})
    settings = read_settings({"SMARTCITY_HOME": str(tmp_path)})
    (bank,) = [one for one in Plan(settings, Ports.choose(settings)).components() if one.name == "bank"]
    assert bank.command().env["SMARTCITY_BANK_ZONE"] == "Asia/Jayapura"


async def test_a_program_of_ours_runs_as_if_python_had_been_started_for_it(programs: Path) -> None:
    told = "import json, sys; print(json.dumps([__name__, sys.argv, os.getsid(0) == os.getpid(), os.environ['FLAG']]))"
    run = Run(programs, [copied(programs, "told", f"{told}; {ON}")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    await run.stop()
    (line,) = (programs / "logs" / "told.log").read_text().splitlines()
    assert json.loads(line) == ["__main__", [str(programs / "told.py")], True, str(programs / "told.up")]
    assert "FLAG" not in os.environ


async def test_a_program_of_ours_is_called_by_its_name(programs: Path) -> None:
    run = Run(programs, [copied(programs, "named")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    assert psutil.Process(run.supervisor.pid("named")).name() == "named"
    await run.stop()


async def test_what_it_says_when_it_fails_is_in_its_log_and_so_is_its_exit_code(programs: Path) -> None:
    run = Run(programs, [copied(programs, "broken", "raise SystemExit(3)"), copied(programs, "wrong", "1 / 0")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    assert [run.supervisor.statuses[name].last_exit for name in ("broken", "wrong")] == [3, 1]
    assert "ZeroDivisionError" in (programs / "logs" / "wrong.log").read_text()
    await run.stop()


async def test_a_program_of_ours_that_is_killed_starts_again_also_with_what_forks_it(programs: Path) -> None:
    run = Run(programs, [copied(programs, "one"), copied(programs, "other")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    pids = [run.supervisor.pid(name) for name in ("one", "other")]
    server = psutil.Process(pids[1]).ppid()
    os.kill(server, signal.SIGTERM)  # as to all of a group: it leaves that to the supervisor
    os.kill(pids[0], signal.SIGKILL)
    await until(lambda: run.states("one").count(State.READY) == 2, PATIENCE_S)
    assert run.states("other").count(State.READY) == 1
    os.kill(server, signal.SIGKILL)
    await until(
        lambda: run.states("one").count(State.READY) == 3 and run.states("other").count(State.READY) == 2, PATIENCE_S
    )
    assert not any(map(alive, pids)), "the kernel ended them"
    await run.stop()


async def test_a_program_that_was_edited_since_runs_as_it_is_now(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forkserver, "OURS", (programs,))
    run = Run(programs, [copied(programs, "edited"), copied(programs, "other")])
    forkserver._untouched.cache_clear()
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    assert [psutil.Process(run.supervisor.pid(name)).ppid() for name in ("edited", "other")] == [os.getpid()] * 2
    await run.stop()
    forkserver._untouched.cache_clear()


async def test_a_crashed_component_is_named_and_started_again(tmp_path: Path) -> None:
    run = Run(tmp_path, [component(tmp_path, "pillar")])
    await asyncio.wait_for(run.up.wait(), PATIENCE_S)
    first = run.supervisor.pid("pillar")
    os.kill(first, signal.SIGKILL)
    await until(lambda: run.states("pillar").count(State.READY) == 2, PATIENCE_S)
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
    await until(lambda: State.READY in run.states("slow"), PATIENCE_S)
    assert State.RESTARTING in run.states("slow"), "it hung, as far as anybody could tell"
    assert ("slow", State.RESTARTING, "not ready within 1 s, so it was ended; starts again in 0.2 s") in run.said
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


@pytest.mark.parametrize("made", ["component", "copied"])
async def test_no_child_outlives_a_killed_supervisor(tmp_path: Path, made: str) -> None:
    script = (
        f"import asyncio, sys; from pathlib import Path; from tests.deploy.test_supervisor import {made} as made;"
        "from deploy.local.supervisor import Supervisor; sys.path.append(sys.argv[1]); home = Path(sys.argv[1]);"
        "asyncio.run(Supervisor(home, [made(home, 'one')], {}).run(lambda: print('up', flush=True)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    pid = json.loads((tmp_path / "run.json").read_text())["components"][0]["pid"]
    process.kill()
    await process.wait()
    await until(lambda: not alive(pid), PATIENCE_S)


async def test_two_supervisors_cannot_have_one_home(tmp_path: Path) -> None:
    with runfile.lock(tmp_path):
        assert runfile.is_running(tmp_path)
        with pytest.raises(StartError, match="already runs"), runfile.lock(tmp_path):
            pass
    assert not runfile.is_running(tmp_path)


@pytest.mark.parametrize("below", ["file", "file/home"])
def test_a_home_that_cannot_be_made_is_said_with_what_to_do(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / below
    with pytest.raises(StartError, match="choose another SMARTCITY_HOME"), runfile.lock(home):
        pass


def test_ports_come_from_the_range_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PORTS, "15100-15299")
    assert all(15100 <= port <= 15299 for port in free_ports(20))


def test_the_portals_own_port_is_given_to_nobody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PORTS, "15100-15159")
    settings = read_settings({"SMARTCITY_HOME": str(tmp_path), "SMARTCITY_PORT": "15100"})
    for _ in range(20):
        ports = Ports.choose(settings)
        of_pillars = chain.from_iterable(ports.pillars.values())
        assert settings.port not in (*(one for one in vars(ports).values() if isinstance(one, int)), *of_pillars)


@pytest.mark.parametrize("given", ["15100", "15299-15100", "0-9", "15000-70000", "a-b"])
def test_a_range_of_ports_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(PORTS, given)
    with pytest.raises(StartError, match="as 15000-19999"):
        free_ports(1)
