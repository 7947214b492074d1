"""How each operation on ballots is asked for. Ballots of a local platform may be short, so that some have closed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.kit.city import load_city
from tests.fixtures.house import until
from tests.security.rest.api import Call
from tests.society.residents.seeds import verifying

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


PAPERS = 5
"""As many as a result needs that is shown."""
_BORN = datetime(1960, 1, 1, tzinfo=UTC)
_counted: dict[int, str] = {}
AT_ONCE = 6
"""Ballots that close together."""
_closed: dict[int, list[dict[str, Any]]] = {}


def creating(seeds: Seeds, lasting: float = 172_800, role: str = "officer") -> Call:
    """Announces one of today that is open for so many seconds."""
    now = datetime.now(UTC)
    body = {
        **seeds.api.example("createBallot"),
        "cut_off": str(now.astimezone(load_city("semarang").timezone).date()),
        "close_time": (now + timedelta(seconds=lasting)).isoformat(),
        "process": "",
        "areas": ["33.74"],
        "budget": 25_000_000,
        "options": [{"title": "Lampu jalan", "cost": 12_000_000}, {"title": "Saluran air", "cost": 9_000_000}],
        "winners": 1,
        "most_choices": 2,
    }
    body.pop("open_time", None)
    return Call("createBallot", role, body=body)


async def held(seeds: Seeds) -> dict[str, Any]:
    """One that is open."""
    return await seeds.done(creating(seeds))


async def closed(seeds: Seeds) -> dict[str, Any]:
    """One that has closed, with papers to count in a booth. Several close together, so that one wait is for all."""
    ready = _closed.setdefault(id(seeds), [])
    if not ready:
        ready += await asyncio.gather(*(_short(seeds) for _ in range(AT_ONCE)))
    return ready.pop()


async def _short(seeds: Seeds, role: str = "officer") -> dict[str, Any]:
    made = await seeds.done(creating(seeds, 14, role))
    for day in range(PAPERS):
        born = (_BORN + timedelta(days=day)).date()
        nik = f"337401{born.day:02}{born.month:02}{born.year % 100:02}0000"
        body = {"booth": "TPS-1", "nik": nik, "birth_date": str(born)}
        await seeds.done(Call("markPaperVoter", role, path={"id": made["id"]}, body=body))

    async def over() -> Any:
        found = await seeds.done(Call("getBallot", path={"id": made["id"]}))
        return found if found["state"] == "closed" else None

    found: dict[str, Any] = await until(over, 30, "the end of a ballot")
    return found


async def _entering(seeds: Seeds) -> Call:
    return _entry((await closed(seeds))["id"], "officer")


def _entry(ballot: str, role: str, option: int = 1) -> Call:
    body = {"booth": "TPS-1", "lines": [{"papers": PAPERS, "options": [option]}]}
    return Call("enterBoothCount", role, path={"id": ballot}, body=body, other={"booth": "TPS-2"})


async def _setting_aside(seeds: Seeds) -> Call:
    """Of an agency with two officers, who differ."""
    ballot = await _short(seeds, "warner")
    for option, role in enumerate(("warner", "watch"), 1):
        await seeds.done(_entry(ballot["id"], role, option))
    body = seeds.api.example("setBoothCountsAside")
    return Call("setBoothCountsAside", "admin", path={"id": ballot["id"]}, body=body, other={"booth": "TPS-2"})


async def _counting(seeds: Seeds) -> Call:
    ballot = await closed(seeds)
    for role in ("officer", "admin"):
        await seeds.done(_entry(ballot["id"], role))
    return Call("countBallot", "officer", path={"id": ballot["id"]}, body={}, version=ballot["etag"])


async def _cancelling(seeds: Seeds) -> Call:
    ballot = await closed(seeds)
    body = seeds.api.example("cancelBallot")
    return Call("cancelBallot", "officer", path={"id": ballot["id"]}, body=body, version=ballot["etag"])


async def counted(seeds: Seeds) -> str:
    """The id of one that is counted."""
    if id(seeds) not in _counted:
        ballot = str((await seeds.done(await _counting(seeds)))["id"])

        async def done() -> Any:
            found = await seeds.done(Call("getBallot", path={"id": ballot}))
            return found if found["state"] == "counted" else None

        await until(done, 30, "the count of a ballot")
        _counted[id(seeds)] = ballot
    return _counted[id(seeds)]


async def _result(seeds: Seeds) -> Call:
    return Call("getBallotResult", path={"id": await counted(seeds)})


async def _votes(seeds: Seeds) -> Call:
    return Call("listVotes", path={"id": await counted(seeds)})


async def _file(seeds: Seeds) -> Call:
    return Call("getVoteFile", path={"id": await counted(seeds)})


async def _create(seeds: Seeds) -> Call:
    return creating(seeds)


async def _list(_: Seeds) -> Call:
    return Call("listBallots")


async def _get(seeds: Seeds) -> Call:
    return Call("getBallot", path={"id": (await held(seeds))["id"]})


async def _voter(seeds: Seeds) -> Call:
    return Call("getVoter", "citizen", path={"id": (await held(seeds))["id"]})


async def _cast(seeds: Seeds) -> Call:
    known = await seeds.done(Call("listResidents", "citizen", query={"state": "verified"}))
    if not known["residents"]:
        await seeds.done(await verifying(seeds))
    return Call(
        "castVote", "citizen", path={"id": (await held(seeds))["id"]}, body={"options": [1]}, other={"options": [2]}
    )


async def _mark(seeds: Seeds) -> Call:
    body = seeds.api.example("markPaperVoter")
    return Call(
        "markPaperVoter", "officer", path={"id": (await held(seeds))["id"]}, body=body, other={"booth": "TPS-2"}
    )


async def _booths(seeds: Seeds) -> Call:
    return Call("listBooths", "officer", path={"id": (await held(seeds))["id"]})


SEEDS: dict[str, Seed] = {
    "createBallot": _create,
    "listBallots": _list,
    "getBallot": _get,
    "getVoter": _voter,
    "castVote": _cast,
    "markPaperVoter": _mark,
    "listBooths": _booths,
    "enterBoothCount": _entering,
    "setBoothCountsAside": _setting_aside,
    "countBallot": _counting,
    "cancelBallot": _cancelling,
    "getBallotResult": _result,
    "listVotes": _votes,
    "getVoteFile": _file,
}
