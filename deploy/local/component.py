"""The parts of a platform as data, and what is known about each while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from deploy.local.process import Command
from deploy.local.ready import Ready


class State(Enum):
    """Where a component is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Component:
    """One process: how to run it, what must be ready before, how to tell that it is ready.

    `command` is asked after `prepare`, before every start. `once`: it does its work and ends, and those that need it
    start when it ended with 0. `stop_order`: lower ones stop first.
    """

    name: str
    command: Callable[[], Command]
    ready: Ready
    needs: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = None
    once: bool = False
    stop_order: int = 0
    ports: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Status:
    """What the supervisor knows about a component; times are seconds since the epoch."""

    component: Component
    state: State = State.WAITING
    pid: int | None = None
    restarts: int = 0
    failures: int = 0
    started_at: float | None = None
    ready_at: float | None = None
    last_exit: int | None = None
    given_s: float | None = None
    """Seconds that it was given to become ready, where they were too few and it was killed for that."""

    def as_json(self, log: str) -> dict[str, Any]:
        """As `run.json` holds it."""
        return {
            "name": self.component.name,
            "state": self.state.value,
            "pid": self.pid,
            "restarts": self.restarts,
            "started_at": self.started_at,
            "ready_at": self.ready_at,
            "last_exit": self.last_exit,
            "ports": dict(self.component.ports),
            "once": self.component.once,
            "log": log,
        }
