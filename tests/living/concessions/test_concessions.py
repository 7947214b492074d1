"""Concessions over the real server: who asks and decides, what a ride costs then, and that they end by themselves."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.kit.caller import Caller
from services.living.concessions import actions, reactions
from services.living.fares.terms import Terms
from services.living.rides import timers
from smartcity.living.v1 import concessions_pb2 as pb
from smartcity.living.v1 import rides_pb2
from smartcity.society.v1 import events_pb2 as society
from tests.governance.conftest import refused
from tests.living.rides.riding import BUDI, DISHUB, DLH, INSIDER, NOTE, SITI, STUDENT, Riding


async def fare(riding: Riding, card: str, **fields: Any) -> int:
    """What a ride costs."""
    ride = await riding.ride(card, **fields)
    found = (await riding.call(rides_pb2.GetRideRequest(id=ride), DISHUB)).ride
    units: int = found.fare.units
    return units


async def test_a_concession_lowers_the_fare_until_its_last_day_and_then_ends_by_itself(riding: Riding) -> None:
    number = await riding.card()
    id_ = await riding.concession()
    assert await fare(riding, number) == 3500, "nothing holds before an officer has seen the proof"
    done = await riding.call(
        pb.GrantConcessionRequest(id=id_, etag="1", last_day="2026-11-25", note=NOTE), DISHUB
    )  # fmt: skip
    assert (done.concession.first_day, done.concession.last_day, done.concession.valid) == (
        "2026-11-24", "2026-11-25", True,
    )  # fmt: skip
    assert done.concession.proof == "", "what was to be shown is nobody's to know any more"
    card = await riding.read(number, SITI)
    assert (card.rider, card.rider_until, card.fare.units) == (STUDENT, "2026-11-25", 1000)
    assert await fare(riding, number) == 1000
    riding.served.pass_time(days=1, hours=14.99)
    assert await fare(riding, number) == 1000
    riding.served.pass_time(hours=0.02)
    assert await fare(riding, number) == 3500
    assert (await riding.read(number, SITI)).rider_until == ""
    taken = riding.served.now - timedelta(days=1)
    assert await fare(riding, number, at=taken, offline=True) == 1000, "the day of the ride counts, not the upload's"


async def test_what_is_taken_back_ends_today_and_keeps_the_days_before(riding: Riding) -> None:
    number, id_ = await riding.card(), await riding.granted()
    before = riding.served.now
    riding.served.pass_time(days=1)
    done = await riding.call(pb.DeclineConcessionRequest(id=id_, etag="2", note=NOTE), DISHUB)
    assert (done.concession.state, done.concession.valid) == (pb.CONCESSION_STATE_DECLINED, False)
    assert await fare(riding, number) == 3500
    assert await fare(riding, number, at=before, offline=True) == 1000
    with refused("INVALID_TRANSITION"):
        await riding.call(pb.DeclineConcessionRequest(id=id_, etag="3", note=NOTE), DISHUB)


async def test_what_is_taken_back_on_its_first_day_held_on_none(riding: Riding) -> None:
    number, id_ = await riding.card(), await riding.granted()
    done = (await riding.call(pb.DeclineConcessionRequest(id=id_, etag="2", note=NOTE), DISHUB)).concession
    assert (done.first_day, done.last_day, done.valid) == ("2026-11-24", "", False)
    assert await fare(riding, number) == 3500


async def test_what_is_granted_at_the_moment_when_the_undecided_are_forgotten_stays(riding: Riding) -> None:
    id_ = await riding.concession()
    riding.served.pass_time(days=92)
    async with asyncio.timeout(20), riding.served.runtime.transaction(DISHUB) as tx:
        await actions.grant(tx, id_, "1", "2027-06-30", NOTE)
        await timers.forget(riding.served.runtime)
    assert await riding.served.admin.fetchval("SELECT state FROM living.concession") == "granted"


async def test_who_asked_takes_it_back_while_it_waits_and_may_ask_anew(riding: Riding) -> None:
    id_ = await riding.concession()
    for other in (BUDI, INSIDER):
        with refused("CONCESSION_NOT_FOUND"):
            await riding.call(pb.DeleteConcessionRequest(id=id_), other)
    assert (await riding.call(pb.DeleteConcessionRequest(id=id_), SITI)).id == id_
    with refused("CONCESSION_NOT_FOUND"):
        await riding.call(pb.GetConcessionRequest(id=id_), DISHUB)
    granted = await riding.granted()
    with refused("INVALID_TRANSITION"):
        await riding.call(pb.DeleteConcessionRequest(id=granted), SITI)


async def test_what_was_to_be_shown_is_gone_once_it_is_taken_back(riding: Riding) -> None:
    asked = pb.CreateConcessionRequest(request_id="tap", rider=STUDENT, proof="Surat dokter dari puskesmas.")
    first, again = [(await riding.call(asked)).concession for _ in range(2)]
    assert (first, first.proof) == (again, asked.proof)
    await riding.call(pb.DeleteConcessionRequest(id=first.id))
    kept = await riding.served.admin.fetch("SELECT answer FROM living.idempotency_key")
    assert kept
    assert not any(b"puskesmas" in bytes(row["answer"] or b"") for row in kept)
    assert (await riding.call(asked)).concession.proof == ""


@pytest.mark.parametrize("verb", ["Grant", "Decline"])
async def test_nobody_decides_on_their_own(riding: Riding, verb: str) -> None:
    id_ = await riding.concession(INSIDER)
    request = getattr(pb, f"{verb}ConcessionRequest")(id=id_, etag="1", note=NOTE)
    if verb == "Grant":
        request.last_day = "2026-12-01"
    with refused("OWN_MATTER"):
        await riding.call(request, INSIDER)
    request.request_id = ""
    assert (await riding.call(request, DISHUB)).concession.id == id_


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"last_day": "2026-11-23"}, "CONCESSION_DAY_OVER"),
        ({"last_day": "2026-02-30"}, "DAY_INVALID"),
        ({"last_day": "2027-11-25"}, "CONCESSION_TOO_LONG"),
        ({"etag": "7"}, "STALE_ETAG"),
        ({"etag": ""}, "ETAG_REQUIRED"),
        ({"note": "ya"}, "NOTE_REQUIRED"),
    ],
)
async def test_a_grant_that_cannot_be_is_refused(riding: Riding, fields: dict[str, str], reason: str) -> None:
    good = {"id": await riding.concession(), "etag": "1", "last_day": "2027-11-24", "note": NOTE}
    with refused(reason):
        await riding.call(pb.GrantConcessionRequest(**{**good, **fields}), DISHUB)


async def test_a_class_that_the_city_gave_up_meanwhile_is_not_granted(
    riding: Riding, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await riding.concession()
    monkeypatch.setattr(Terms, "concession", lambda *_: None)
    with refused("RIDER_NOT_GRANTED"):
        await riding.call(pb.GrantConcessionRequest(id=id_, etag="1", last_day="2027-11-24", note=NOTE), DISHUB)


async def test_what_nobody_grants_and_what_waits_already_is_refused(riding: Riding) -> None:
    for rider in ("umum", "raja"):
        with refused("RIDER_UNKNOWN"):
            await riding.concession(rider=rider)
    await riding.concession()
    with refused("CONCESSION_WAITING"):
        await riding.concession()
    await riding.concession(rider="lansia")


async def test_the_counter_opens_the_one_whose_code_is_said(riding: Riding) -> None:
    """Its person alone reads it, and for nobody but the office a code leads to what is another's."""
    id_ = await riding.concession()
    await riding.concession(BUDI)
    code = (await riding.call(pb.GetConcessionRequest(id=id_), SITI)).concession.code
    assert (await riding.call(pb.GetConcessionRequest(id=id_), DISHUB)).concession.code == ""

    async def found(caller: Caller, typed: str) -> list[str]:
        return [one.id for one in (await riding.call(pb.ListConcessionsRequest(code=typed), caller)).concessions]

    assert await found(DISHUB, code.lower()) == [id_]
    assert id_ not in await found(BUDI, code)
    assert await found(DISHUB, "SMGN-XXXX") == []
    await riding.call(pb.DeclineConcessionRequest(id=id_, etag="1", note=NOTE), DISHUB)
    assert await found(DISHUB, code) == []


async def test_lists_hold_ones_own_and_the_office_sees_those_that_wait(riding: Riding) -> None:
    first, second = await riding.concession(), await riding.concession(BUDI)
    await riding.granted(rider="lansia")

    async def listed(caller: Any) -> list[str]:
        return [one.id for one in (await riding.call(pb.ListConcessionsRequest(), caller)).concessions]

    assert await listed(DISHUB) == [first, second]
    assert await listed(BUDI) == [second]
    assert await listed(DLH) == []
    assert len(await listed(SITI)) == 2


async def test_officers_see_who_is_a_verified_resident_and_agrees_that_they_do(riding: Riding) -> None:
    id_ = await riding.concession()

    async def seen() -> bool:
        found: bool = (await riding.call(pb.GetConcessionRequest(id=id_), DISHUB)).concession.resident
        return found

    async def hear(kind: Any, purpose: str = "transit") -> None:
        name = "on_residency_confirmed" if kind is society.ResidencyConfirmed else "on_residency_withdrawn"
        async with riding.served.runtime.transaction() as tx:
            await getattr(reactions, name)(tx, riding.event(kind(subject=SITI.subject, purpose=purpose), "society"))

    await hear(society.ResidencyConfirmed, "statistics")
    assert not await seen(), "it was agreed to for another purpose"
    for _ in range(2):
        await hear(society.ResidencyConfirmed)
        assert await seen()
    await hear(society.ResidencyWithdrawn)
    assert not await seen()
