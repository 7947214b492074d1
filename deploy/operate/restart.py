"""Restarts services of the local platform one process at a time, as a cluster rolls a Deployment."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from deploy.local import runfile
from deploy.local.plan import GATEWAY
from deploy.operate.access import Access, AccessError
from deploy.pillars import NAMES

GRACE_S = 35.0
"""Seconds from SIGTERM until a process that does not end is killed, about as long as in a cluster."""
WITHIN_S = 90.0
"""Seconds that one process may take to drain and be ready again."""
_POLL_S = 0.1
_KEEP = ("postgres", "nats")
"""All else that runs leans on them: they are not restarted under it."""


def chosen(access: Access, names: Sequence[str]) -> list[str]:
    """Processes of these, in the order in which they go; of the pillars and the gateway when none is named.

    A service's name stands for all of its processes, ``governance-2`` for one. AccessError for anything else, and for
    the servers that all lean on.
    """
    known = [name for name, each in _components(access).items() if name not in _KEEP and not each["once"]]
    wanted = dict.fromkeys(names or (*NAMES, GATEWAY))
    if unknown := sorted(set(wanted) - set(known) - {service_of(name) for name in known}):
        raise AccessError(f"{', '.join(unknown)}: not to be restarted here; those to be are {', '.join(known)}")
    return list(dict.fromkeys(name for one in wanted for name in known if one in (name, service_of(name))))


async def restart(access: Access, names: Sequence[str]) -> AsyncIterator[tuple[str, float]]:
    """Asks one process after the other to drain and end; the supervisor starts it again.

    Answers with each process and the seconds it took, once it is ready. AccessError when one does not come back, which
    leaves those after it as they are.
    """
    for name in chosen(access, names):
        began = time.monotonic()
        await _restart(access, name)
        yield name, time.monotonic() - began


async def _restart(access: Access, name: str) -> None:
    before = _components(access)[name]["pid"]
    _signal(before, signal.SIGTERM)
    killing = asyncio.get_running_loop().call_later(GRACE_S, _signal, before, signal.SIGKILL)
    try:
        async with asyncio.timeout(WITHIN_S):
            while not _is_back(component := _components(access)[name], before):
                if component["pid"] != before:
                    killing.cancel()
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        raise AccessError(f"{name} was not ready again within {WITHIN_S:.0f} s: `smartcity logs {name}`") from None
    finally:
        killing.cancel()


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(pid, number)


def _is_back(component: dict[str, Any], before: int | None) -> bool:
    return bool(component["state"] == "ready" and component["pid"] != before)


def _components(access: Access) -> dict[str, dict[str, Any]]:
    run = (runfile.read(access.home) if access.home else None) or {}
    if not run:
        raise AccessError("restarts are for a local platform: in a cluster `kubectl rollout restart` does the same")
    return {each["name"]: each for each in run["components"]}


def service_of(name: str) -> str:
    """The service of a process: that of ``governance-2`` is governance."""
    service, _, number = name.rpartition("-")
    return service if number.isdecimal() else name
