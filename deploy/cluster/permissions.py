"""The file with the permissions of NATS users that the chart renders, written from what the pillars declare."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from deploy.cluster.chart import CHART
from deploy.doors import DOORS
from deploy.permissions import Permissions, of_all, of_callout, of_reader
from deploy.pillars import pillars
from services.kit.door.door import CALLOUT

NOW = CHART / "files" / "nats-permissions.json"
BEFORE = CHART / "files" / "nats-permissions-previous.json"
DOORS_KEY = "doors"
"""Key of what is no user's."""


def derived() -> str:
    """Permissions by user, as the file holds them, and of each door its account, its reader and what crosses over.

    What is about doors is used where these are switched on.
    """
    readers = {door.reader: of_reader(door) for door in DOORS}
    granted = {**of_all(pillars()), CALLOUT: of_callout(), **readers}
    doors = {
        door.topics.root: {"account": door.topics.account, "reader": door.reader, "told": door.topics.told}
        for door in DOORS
    }
    whole = {**{name: _entry(each) for name, each in granted.items()}, DOORS_KEY: doors}
    return json.dumps(whole, indent=1) + "\n"


def _entry(granted: Permissions) -> dict[str, Any]:
    return {key: value for key, value in asdict(granted).items() if value is not False}


def write(*, release: bool = False) -> bool:
    """Writes the file; answers whether it changed. `release`: what it said so far is kept as the version before's."""
    former, text = NOW.read_text(encoding="utf-8") if NOW.exists() else "", derived()
    if release and former:
        BEFORE.write_text(former, encoding="utf-8")
    NOW.write_text(text, encoding="utf-8")
    return text != former
