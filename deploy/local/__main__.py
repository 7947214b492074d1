"""Runs one local platform until Ctrl-C: `python -m deploy.local`, what `smartcity up` turns into."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time
from importlib.metadata import version
from typing import Any

from deploy.local import forkserver, runfile, stories
from deploy.local.component import State, Status
from deploy.local.demo import (
    busiest_agencies,
    dispatchers,
    emergency_services,
    event_agencies,
    has_business,
    permit_agencies,
    treasury_agency,
    warning_agencies,
)
from deploy.local.plan import Plan, Ports
from deploy.local.process import StartError
from deploy.local.screen import Screen
from deploy.local.settings import LocalSettings, read_settings
from deploy.local.supervisor import Supervisor


def main() -> int:
    """0 after an ordinary stop, 1 if the platform could not start."""
    arguments = _arguments()
    try:
        settings = read_settings(processes=arguments.processes, gateways=arguments.gateways)
        with runfile.lock(settings.home):
            _port_is_free(settings)
            asyncio.run(_run(settings, as_json=arguments.json))
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="smartcity up")
    parser.add_argument("--processes", type=int, default=1, help="processes per pillar")
    parser.add_argument("--gateways", type=int, default=1, help="gateway processes")
    parser.add_argument("--json", action="store_true", help="print run.json when up instead of a table")
    return parser.parse_args()


async def _run(settings: LocalSettings, *, as_json: bool) -> None:
    forkserver.start()
    plan = Plan(settings, Ports.choose(settings))
    screen = Screen(str(settings.home / "logs"))
    began = time.time()
    about: dict[str, Any] = {
        "version": version("smartcity"),
        "city": settings.city,
        "home": str(settings.home),
        "started_at": began,
        "urls": plan.urls(),
        "nats_url": plan.nats.url,
    }

    def note(status: Status, remark: str) -> None:
        if not as_json:
            screen.note(status, remark)

    supervisor = Supervisor(settings.home, plan.components(), about, note)

    def when_up() -> None:
        if as_json:
            sys.stdout.write(json.dumps(runfile.read(settings.home)) + "\n")
            sys.stdout.flush()
            return
        failing = [each.component.name for each in supervisor.statuses.values() if each.state not in _FINE]
        screen.say(f"\n{settings.city} is up after {time.time() - began:.1f} s.")
        password = plan.secrets.text("demo-password", 9)
        told, business = stories.told(settings.city), has_business(settings.city)
        screen.welcome(plan.urls(), _people(settings.city), password, failing, told, business=business)

    if not as_json:
        screen.say(f"Starting {settings.city} in {settings.home}")
    await supervisor.run(when_up)
    if not as_json:
        screen.say("Stopped.")


_FINE = (State.READY, State.DONE)


def _people(city: str) -> list[tuple[str, str]]:
    officers = [(f"petugas-{agency}", "officer of this agency") for agency in busiest_agencies(city)]
    return [
        ("warga", "citizen"),
        *([("pedagang", "citizen with a business: /usaha")] if has_business(city) else []),
        ("verifikator", "verifier: releases texts and photos, verifies reports"),
        *officers,
        (f"petugas-{treasury_agency(city)}, bendahara", "treasury: what one proposes the other approves"),
        *((f"petugas-{agency}, piket", "flood warnings: likewise") for agency in warning_agencies(city)[:1]),
        *((f"petugas-{agency}, wisata", "events: likewise") for agency in event_agencies(city)),
        *((f"kru-{one['agency']}", "crew of an emergency unit: /petugas/unit") for one in emergency_services(city)[:1]),
        *((each, "dispatcher of 112: /petugas/112") for each in dispatchers(city)),
        *((f"petugas-{agency}, camat", "permits: one checks, the other decides") for agency in permit_agencies(city)),
        ("petugas-…", "an officer for every other agency"),
        ("admin", "administrator"),
    ]


def _port_is_free(settings: LocalSettings) -> None:
    """Said before anything starts, since a newcomer meets this first."""
    try:
        socket.create_server(("127.0.0.1", settings.port)).close()
    except OSError as error:
        raise StartError(f"port {settings.port}: {error.strerror}. Choose another: SMARTCITY_PORT=8081") from error


if __name__ == "__main__":
    sys.exit(main())
