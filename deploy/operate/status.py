"""How a platform is: its processes, and for each pillar its revisions, outbox, consumers and dead letters.

On one machine the supervisor tells of the processes, in a cluster the Kubernetes API; the pillars' own state is read
from PostgreSQL and NATS in both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from deploy.faults import kept
from deploy.local.ready import Ready, grpc_serving, http_ok, postgres_answers
from deploy.operate import cluster
from deploy.operate.access import Access, AccessError, find, is_given
from deploy.operate.pillar_state import concerns, pillars

WATCH_EVERY_S = 2.0
HOW_TO_REACH = (
    "pillars: not asked. Set SMARTCITY_POSTGRES_ADMIN_URL, SMARTCITY_NATS_URL and SMARTCITY_NATS_SEED (and "
    "SMARTCITY_NATS_CA_FILE for TLS); from outside through `kubectl port-forward -n {namespace} service/POSTGRES 5432` "
    "and `... service/NATS 4222`"
)

_PATHS = {
    "nats": ("monitor", "/healthz?js-enabled-only=true"),
    "oidc": ("http", "/.well-known/openid-configuration"),
    "mailbox": ("http", "/"),
    "bank": ("http", "/"),
    "viewer": ("http", "/readyz"),
    "gateway": ("http", "/readyz"),
}


async def status(release: cluster.Release | None = None) -> dict[str, Any]:
    """The whole state as plain values, of a release in a cluster or of the local platform.

    `attention` names in words what is not as it should be, `notes` what was not looked at. AccessError: nothing is
    there.
    """
    if release is not None:
        return await _in_cluster(release)
    access = find()
    components = await _components(access)
    found = await pillars(access)  # not beside it: what this imports holds the loop, and all would seem to be silent
    on = kept.read(access.home) if access.home else {}
    return {
        **_assemble(components, found, []),
        "faults": list(on),
        "version": access.run.get("version"),
        "city": access.run.get("city"),
        "urls": access.run.get("urls", {}),
    }


async def watch(release: cluster.Release | None = None) -> AsyncIterator[dict[str, Any]]:
    """The state again and again; never ends. A platform that is not there (any more) is a state as well."""
    while True:
        try:
            yield await status(release)
        except AccessError as error:
            yield {**_assemble([], [], []), "healthy": False, "attention": [str(error)], "nothing": True}
        await asyncio.sleep(WATCH_EVERY_S)


def exit_code(state: dict[str, Any]) -> int:
    """0 well, 1 something needs attention, 2 nothing is there."""
    return 2 if state.get("nothing") else 0 if state["healthy"] else 1


async def _in_cluster(release: cluster.Release) -> dict[str, Any]:
    objects = await asyncio.to_thread(cluster.read, release)
    components = cluster.components(objects)
    notes = [] if is_given() else [HOW_TO_REACH.format(namespace=objects.namespace)]
    found = [] if notes else await pillars(find())
    versions = sorted({each["version"] for each in components if not each["once"]})
    return {**_assemble(components, found, notes), "version": ", ".join(versions), "namespace": objects.namespace}


def _assemble(components: list[dict[str, Any]], found: list[dict[str, Any]], notes: list[str]) -> dict[str, Any]:
    attention = []
    for each in components:
        reason = each.get("reason")
        if not each["ok"]:
            why = f" ({reason})" if reason else ""
            attention.append(f"{each['name']} is {each['state']}{why}; log: {each['log']}")
        elif reason:
            attention.append(f"{each['name']}: {reason}")
    attention += concerns(found)
    return {
        "healthy": not attention,
        "attention": attention,
        "notes": notes,
        "faults": [],
        "version": None,
        "city": None,
        "urls": {},
        "components": components,
        "pillars": found,
    }


async def _components(access: Access) -> list[dict[str, Any]]:
    return list(await asyncio.gather(*(_component(access, dict(each)) for each in access.run.get("components", ()))))


async def _component(access: Access, known: dict[str, Any]) -> dict[str, Any]:
    """What the supervisor wrote, and what the process itself answers now; one without a port has nobody to ask."""
    check = _check(known)
    answers = known["state"] == "ready" and (await check() if check is not None else not known["ports"])
    known["ok"] = known["state"] == "done" or answers
    if known["state"] == "ready" and not answers:
        known["state"] = "silent"
    known |= {"ready": int(known["ok"]), "wanted": 1, "autoscaling": None, "reason": ""}
    known["version"] = access.run.get("version")
    return known


def _check(component: dict[str, Any]) -> Ready | None:
    name, ports = component["name"], component["ports"]
    if "health" in ports:
        return grpc_serving(ports["health"])
    kind = name.partition("-")[0]
    if kind in _PATHS:
        port, path = _PATHS[kind]
        return http_ok(ports[port], path)
    return postgres_answers(ports["sql"]) if "sql" in ports else None


def age(moment: datetime | float | None) -> str:
    """How long ago, in one unit."""
    if moment is None:
        return "–"
    at = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    seconds = max(0.0, (datetime.now(UTC) - at).total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
