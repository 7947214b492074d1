"""The file with the permissions of NATS users that the chart renders, written from what the pillars declare."""

from __future__ import annotations

import json
from dataclasses import asdict

from deploy.cluster.chart import CHART
from deploy.permissions import of_all
from deploy.pillars import pillars

NOW = CHART / "files" / "nats-permissions.json"
BEFORE = CHART / "files" / "nats-permissions-previous.json"


def derived() -> str:
    """Permissions by user, as the file holds them."""
    return json.dumps({name: asdict(each) for name, each in of_all(pillars()).items()}, indent=1) + "\n"


def write(*, release: bool = False) -> bool:
    """Writes the file; answers whether it changed. `release`: what it said so far is kept as the version before's."""
    former, text = NOW.read_text(encoding="utf-8") if NOW.exists() else "", derived()
    if release and former:
        BEFORE.write_text(former, encoding="utf-8")
    NOW.write_text(text, encoding="utf-8")
    return text != former
