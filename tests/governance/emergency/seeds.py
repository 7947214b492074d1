"""How each operation of the emergency number is asked for."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

_PLACE = {"lon": 110.4245, "lat": -6.9717}


async def _calling(seeds: Seeds) -> Call:
    body = {
        "words": "Ada asap tebal dari kios.",
        "name": "Siti Contoh",
        "phone": "+62 812 0000 0000",
        "place": "Pasar Johar",
    }
    return Call("createEmergencyCall", "dispatcher", body=body, other={"words": "Sudah padam."})


async def _rung(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _calling(seeds))


async def _opening(seeds: Seeds) -> Call:
    body = {"kind": "fire", "location": _PLACE, "place": "Pasar Johar", "note": "Asap dari lantai dua."}
    return Call("openIncident", "dispatcher", body=body)


async def _opened(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _opening(seeds))


async def _creating(seeds: Seeds) -> Call:
    letters = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(5))
    body = seeds.api.example("createUnit") | {"code": f"{letters}-{secrets.randbelow(90) + 10}"}
    return Call("createUnit", "admin", body=body)


async def _signing(seeds: Seeds) -> Call:
    made = await seeds.done(await _creating(seeds))
    return Call("signOnUnit", "crew", path={"code": made["code"]}, body={})


async def _crewed(seeds: Seeds) -> dict[str, Any]:
    return await seeds.done(await _signing(seeds))


async def _signing_off(seeds: Seeds) -> Call:
    return Call("signOffUnit", "crew", path={"code": (await _crewed(seeds))["code"]})


async def _assigning(seeds: Seeds) -> Call:
    unit, incident = await seeds.done(await _creating(seeds)), await _opened(seeds)
    other = {"incident": (await _opened(seeds))["id"]}
    body = {"incident": incident["id"]}
    return Call("assignUnit", "dispatcher", path={"code": unit["code"]}, body=body, version=unit["etag"], other=other)


async def _moving(seeds: Seeds) -> Call:
    unit = await seeds.done(await _assigning(seeds))
    path, other = {"code": unit["code"]}, {"state": "available"}
    return Call("moveUnit", "dispatcher", path=path, body={"state": "en_route"}, version=unit["etag"], other=other)


async def _confirming(seeds: Seeds) -> Call:
    unit = await seeds.done(await _creating(seeds))
    return Call("confirmUnit", "dispatcher", path={"code": unit["code"]}, body={})


async def _telling(seeds: Seeds) -> Call:
    unit = await _crewed(seeds)
    body = {"location": _PLACE, "time": datetime.now(UTC).isoformat()}
    return Call("reportUnitPosition", "crew", path={"code": unit["code"]}, body=body)


async def _grading(seeds: Seeds) -> Call:
    made = await _opened(seeds)
    body = {"service": "medical", "reason": "Penelepon kedua melihat korban."}
    return Call("gradeIncident", "dispatcher", path={"id": made["id"]}, body=body, version=made["etag"])


async def _relocating(seeds: Seeds) -> Call:
    made = await _opened(seeds)
    body = seeds.api.example("relocateIncident")
    return Call("relocateIncident", "dispatcher", path={"id": made["id"]}, body=body, version=made["etag"])


async def _noting(seeds: Seeds) -> Call:
    made = await _opened(seeds)
    return Call("addIncidentNote", "dispatcher", path={"id": made["id"]}, body=seeds.api.example("addIncidentNote"))


async def _merging(seeds: Seeds) -> Call:
    made, into, other = [await _opened(seeds) for _ in range(3)]
    return Call(
        "mergeIncident", "dispatcher", path={"id": made["id"]}, body={"into": into["id"]}, version=made["etag"],
        other={"into": other["id"]},
    )  # fmt: skip


async def _unmerging(seeds: Seeds) -> Call:
    merging = await _merging(seeds)
    await seeds.done(merging)
    found = await seeds.done(Call("getIncident", "dispatcher", path=merging.path))
    return Call("unmergeIncident", "dispatcher", path=merging.path, body={}, version=found["etag"])


async def _closing(seeds: Seeds) -> Call:
    made, other = await _opened(seeds), {"outcome": "nothing_found"}
    body = {"outcome": "resolved", "report": "Api padam dalam 20 menit.", "hurt": 0, "dead": 0}
    return Call("closeIncident", "dispatcher", path={"id": made["id"]}, body=body, version=made["etag"], other=other)


async def _handing_off(seeds: Seeds) -> Call:
    made, other = await _opened(seeds), {"party": "pln"}
    body = {"party": "police", "note": "Lalu lintas perlu diatur."}
    return Call("handOffIncident", "dispatcher", path={"id": made["id"]}, body=body, other=other)


async def _acknowledging(seeds: Seeds) -> Call:
    found = (await seeds.done(await _handing_off(seeds)))["hand_offs"][0]
    return Call(
        "acknowledgeHandOff", "dispatcher", path={"id": found["id"]}, body={"reference": "LP-112-0457"},
        version=found["etag"],
        other={"reference": "LP-9"},
    )  # fmt: skip


async def _withdrawing(seeds: Seeds) -> Call:
    found = (await seeds.done(await _handing_off(seeds)))["hand_offs"][0]
    return Call(
        "withdrawHandOff", "dispatcher", path={"id": found["id"]}, body=seeds.api.example("withdrawHandOff"),
        version=found["etag"], other={"reason": "Tidak diperlukan lagi."},
    )  # fmt: skip


async def _handing_over(seeds: Seeds) -> Call:
    return Call("handOverShift", "dispatcher", body=seeds.api.example("handOverShift"))


async def _taking_over(seeds: Seeds) -> Call:
    made = await seeds.done(await _handing_over(seeds))
    return Call("takeOverShift", "relief", path={"id": made["id"]}, body={}, version=made["etag"])


async def _linking(seeds: Seeds) -> Call:
    call, incident, other = await _rung(seeds), await _opened(seeds), await _opened(seeds)
    return Call(
        "linkEmergencyCall", "dispatcher", path={"id": call["id"]}, body={"incident": incident["id"]},
        version=call["etag"], other={"incident": other["id"]},
    )  # fmt: skip


async def _reopening(seeds: Seeds) -> Call:
    closing = await _ending(seeds)
    closed = await seeds.done(closing)
    return Call("reopenEmergencyCall", "dispatcher", path=closing.path, body={}, version=closed["etag"])


async def _unlinking(seeds: Seeds) -> Call:
    linking = await _linking(seeds)
    linked = await seeds.done(linking)
    return Call("unlinkEmergencyCall", "dispatcher", path=linking.path, body={}, version=linked["etag"])


async def _ending(seeds: Seeds) -> Call:
    call, other = await _rung(seeds), {"closing": "silent"}
    body = {"closing": "prank"}
    return Call(
        "closeEmergencyCall", "dispatcher", path={"id": call["id"]}, body=body, version=call["etag"], other=other
    )


async def _calling_back(seeds: Seeds) -> Call:
    call = await _rung(seeds)
    return Call("noteCallBack", "dispatcher", path={"id": call["id"]}, body={"reached": True}, other={"reached": False})


async def _reading(seeds: Seeds) -> Call:
    call = await _rung(seeds)
    return Call(
        "getEmergencyCaller", "dispatcher", path={"id": call["id"]}, body={"purpose": "Menanyakan lantai berapa."}
    )


async def _reads(seeds: Seeds) -> Call:
    return Call("listEmergencyCallerReads", "dispatcher", path={"id": (await _rung(seeds))["id"]})


async def _reserving(seeds: Seeds) -> Call:
    return Call("reservePaperNumbers", "dispatcher", body={"count": 1}, other={"count": 2})


async def _voiding(seeds: Seeds) -> Call:
    await seeds.done(await _reserving(seeds))
    listed = await seeds.done(Call("listPaperNumbers", "dispatcher"))
    path = {"number": str(listed["numbers"][0]["number"])}
    return Call("voidPaperNumber", "dispatcher", path=path, body=seeds.api.example("voidPaperNumber"))


async def _get_call(seeds: Seeds) -> Call:
    return Call("getEmergencyCall", "dispatcher", path={"id": (await _rung(seeds))["id"]})


async def _get_incident(seeds: Seeds) -> Call:
    return Call("getIncident", "dispatcher", path={"id": (await _opened(seeds))["id"]})


async def _suggesting(seeds: Seeds) -> Call:
    return Call("suggestForIncident", "dispatcher", path={"id": (await _opened(seeds))["id"]})


async def _own(seeds: Seeds) -> Call:
    await _crewed(seeds)
    return Call("getOwnUnit", "crew")


def _plain(operation: str, role: str) -> Seed:
    async def seed(_: Seeds) -> Call:
        return Call(operation, role)

    return seed


SEEDS: dict[str, Seed] = {
    "getEmergencyProtocol": _plain("getEmergencyProtocol", "anonymous"),
    "getResponseTimes": _plain("getResponseTimes", "anonymous"),
    "listIncidents": _plain("listIncidents", "dispatcher"),
    "getIncident": _get_incident,
    "openIncident": _opening,
    "gradeIncident": _grading,
    "relocateIncident": _relocating,
    "addIncidentNote": _noting,
    "mergeIncident": _merging,
    "unmergeIncident": _unmerging,
    "closeIncident": _closing,
    "suggestForIncident": _suggesting,
    "handOffIncident": _handing_off,
    "acknowledgeHandOff": _acknowledging,
    "withdrawHandOff": _withdrawing,
    "listDispatchEntries": _plain("listDispatchEntries", "dispatcher"),
    "handOverShift": _handing_over,
    "takeOverShift": _taking_over,
    "listShiftHandovers": _plain("listShiftHandovers", "dispatcher"),
    "listUnits": _plain("listUnits", "dispatcher"),
    "createUnit": _creating,
    "signOnUnit": _signing,
    "signOffUnit": _signing_off,
    "getOwnUnit": _own,
    "assignUnit": _assigning,
    "moveUnit": _moving,
    "confirmUnit": _confirming,
    "reportUnitPosition": _telling,
    "getEmergencyCall": _get_call,
    "listEmergencyCalls": _plain("listEmergencyCalls", "dispatcher"),
    "createEmergencyCall": _calling,
    "linkEmergencyCall": _linking,
    "reopenEmergencyCall": _reopening,
    "unlinkEmergencyCall": _unlinking,
    "closeEmergencyCall": _ending,
    "noteCallBack": _calling_back,
    "getEmergencyCaller": _reading,
    "listEmergencyCallerReads": _reads,
    "reservePaperNumbers": _reserving,
    "listPaperNumbers": _plain("listPaperNumbers", "dispatcher"),
    "voidPaperNumber": _voiding,
}
