"""How each operation on proposals is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call
from tests.society.processes.seeds import collecting

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def waiting(seeds: Seeds, process: str = "") -> dict[str, Any]:
    """A proposal in a process of the officer's agency, to be published."""
    return await seeds.done(await _create(seeds, process))


async def _create(seeds: Seeds, process: str = "") -> Call:
    body = {**seeds.api.example("createProposal"), "process": process or (await collecting(seeds))["id"]}
    for name in ("point", "area", "cost"):
        body.pop(name, None)
    return Call("createProposal", "citizen", body=body, other={"title": "Lampu di jalan lain"})


def reviewing(seeds: Seeds, one: dict[str, Any], state: str) -> Call:
    """An officer's answer."""
    return _acting(seeds, "reviewProposal", one, state=state)


def _acting(seeds: Seeds, operation: str, one: dict[str, Any], **more: Any) -> Call:
    body, other = {**seeds.api.example(operation), **more}, {"note": "Alasan yang lain lagi."}
    return Call(operation, "officer", path={"code": one["code"]}, body=body, version=one["etag"], other=other)


async def published(seeds: Seeds, process: str = "") -> dict[str, Any]:
    """A proposal that everybody may support."""
    return await seeds.done(reviewing(seeds, await waiting(seeds, process), "open"))


async def accepted(seeds: Seeds, process: str = "") -> dict[str, Any]:
    """A proposal that is accepted."""
    return await seeds.done(reviewing(seeds, await published(seeds, process), "accepted"))


async def _list(_: Seeds) -> Call:
    return Call("listProposals")


async def _get(seeds: Seeds) -> Call:
    return Call("getProposal", "officer", path={"code": (await waiting(seeds))["code"]})


async def _withdraw(seeds: Seeds) -> Call:
    one, body = await waiting(seeds), seeds.api.example("withdrawProposal")
    return Call("withdrawProposal", "citizen", path={"code": one["code"]}, body=body)


async def _support(seeds: Seeds) -> Call:
    return Call("supportProposal", "visitor", path={"code": (await published(seeds))["code"]})


async def _review(seeds: Seeds) -> Call:
    return reviewing(seeds, await waiting(seeds), "open")


async def _merge(seeds: Seeds) -> Call:
    process = (await collecting(seeds))["id"]
    one, other = await published(seeds, process), await published(seeds, process)
    return _acting(seeds, "mergeProposal", one, into=other["code"])


async def _carry(seeds: Seeds) -> Call:
    first, then = await _level(seeds, "rembug-warga"), await _level(seeds, "musrenbang-kelurahan")
    return _acting(seeds, "carryProposal", await accepted(seeds, first), process=then)


async def _level(seeds: Seeds, kind: str) -> str:
    """A process of a kind in a kelurahan that takes proposals."""
    body = {"kind": kind, "area": "33.74.07.1005", "title": "Usulan warga Pleburan", "summary": "Usulan tahun depan."}
    body["summary"] = "Usulan warga untuk tahun depan."
    made = await seeds.done(Call("createProcess", "officer", body=body))
    moving = {**seeds.api.example("moveProcess"), "phase": "collect"}
    call = Call("moveProcess", "officer", path={"id": made["id"]}, body=moving, version=made["etag"])
    found: str = (await seeds.done(call))["id"]
    return found


async def _report(seeds: Seeds) -> Call:
    return _acting(seeds, "reportProposal", await accepted(seeds), link="complaint", reference="SMG-7K4P-92")


SEEDS: dict[str, Seed] = {
    "createProposal": _create,
    "listProposals": _list,
    "getProposal": _get,
    "withdrawProposal": _withdraw,
    "supportProposal": _support,
    "reviewProposal": _review,
    "mergeProposal": _merge,
    "carryProposal": _carry,
    "reportProposal": _report,
}
