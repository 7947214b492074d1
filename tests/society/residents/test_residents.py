"""Residents over the real server: who verifies whom, one person once, and that no number is left anywhere."""

import asyncio
import hashlib
from datetime import date
from typing import Any

import pytest

from services.kit.caller import Caller
from services.society.residents import actions, timers
from services.society.resources import Resources
from smartcity.society.v1 import residents_pb2 as pb
from tests.governance.conftest import refused
from tests.society.residents.people import (
    BONGSARI,
    BUDI,
    DLH,
    INSIDER,
    NOTE,
    OFFICE,
    SEKAYU,
    SITI,
    People,
    number,
)

BORN = date(1990, 8, 17)


async def test_an_officer_who_is_shown_the_card_verifies_it_without_being_shown_the_number(people: People) -> None:
    made = await people.declared(area=SEKAYU)
    assert (made.state, made.own) == (pb.RESIDENT_STATE_WAITING, True)
    (waiting,) = (
        await people.call(pb.ListResidentsRequest(code=made.code.lower().replace("-", " ")), OFFICE)
    ).residents
    assert (waiting.id, waiting.code) == (made.id, ""), "the person says it, the office does not read it"
    done = await people.verify(waiting, number(BORN), code=made.code)
    assert (done.state, done.way, done.area_code) == (pb.RESIDENT_STATE_VERIFIED, pb.RESIDENT_WAY_OFFICER, SEKAYU)
    mine = (await people.call(pb.GetResidentRequest(id=made.id), SITI)).resident
    assert mine.state == pb.RESIDENT_STATE_VERIFIED
    assert number(BORN) not in str(mine)


async def test_the_officer_corrects_where_they_live_and_is_told_of_cards_issued_elsewhere(people: People) -> None:
    elsewhere = number(BORN, district="332201")
    made = await people.declared(nik=elsewhere)
    assert made.issued_elsewhere
    asked = pb.VerifyResidentRequest(id=made.id, etag=made.etag, code=made.code, nik=elsewhere, area_code=BONGSARI)
    assert (await people.call(asked, OFFICE)).resident.area_code == BONGSARI


async def test_another_number_on_the_card_is_refused(people: People) -> None:
    made = await people.declared()
    with refused("NIK_MISMATCH"):
        await people.verify(made, number(date(1991, 8, 17)))


async def test_a_city_without_the_secret_takes_no_number_and_keeps_nothing_of_the_request(people: People) -> None:
    made = await people.declared()
    await people.served.admin.execute("DELETE FROM society.idempotency_key")
    people.served.runtime.extra = Resources(None)
    with refused("RESIDENTS_CLOSED"):
        await people.declared(BUDI)
    with refused("RESIDENTS_CLOSED"):
        await people.verify(made, number(BORN))
    assert await people.served.admin.fetch("SELECT FROM society.idempotency_key") == []


async def test_who_declares_somebody_elses_number_is_not_verified_by_their_card(people: People) -> None:
    theirs, stolen = await people.declared(SITI), await people.declared(BUDI)
    with refused("RESIDENT_CODE_WRONG"):
        await people.verify(stolen, number(BORN), code=theirs.code)
    assert (await people.call(pb.GetResidentRequest(id=stolen.id), OFFICE)).resident.others_wait
    assert not (await people.call(pb.GetResidentRequest(id=stolen.id), BUDI)).resident.others_wait
    assert (await people.verify(theirs, number(BORN))).state == pb.RESIDENT_STATE_VERIFIED
    assert not (await people.call(pb.ListResidentsRequest(code=theirs.code), OFFICE)).residents, "it serves once"


async def test_nobody_verifies_or_declines_themselves(people: People) -> None:
    made = await people.declared(INSIDER)
    with refused("OWN_MATTER"):
        await people.verify(made, number(BORN), INSIDER)
    with refused("OWN_MATTER"):
        await people.call(pb.DeclineResidentRequest(id=made.id, etag=made.etag, note=NOTE), INSIDER)
    assert (await people.verify(made, number(BORN), OFFICE)).state == pb.RESIDENT_STATE_VERIFIED


async def test_one_person_is_verified_once_and_nobody_learns_who_is_by_declaring(people: People) -> None:
    await people.verified(SITI)
    second = await people.declared(BUDI)
    assert second.state == pb.RESIDENT_STATE_WAITING
    with refused("PERSON_VERIFIED"):
        await people.verify(second, number(BORN))
    first = (await people.call(pb.ListResidentsRequest(), SITI)).residents[0]
    await people.call(pb.DeclineResidentRequest(id=first.id, etag=first.etag, note=NOTE), OFFICE)
    assert (await people.verify(second, number(BORN))).state == pb.RESIDENT_STATE_VERIFIED


async def test_who_has_moved_declares_anew_and_the_former_holds_until_then(people: People) -> None:
    first = await people.verified(area=SEKAYU)
    second = await people.declared(area=BONGSARI)
    states = {one.id: one.state for one in (await people.call(pb.ListResidentsRequest(own=True))).residents}
    assert states[first.id] == pb.RESIDENT_STATE_VERIFIED
    await people.verify(second, number(BORN))
    states = {one.id: one.state for one in (await people.call(pb.ListResidentsRequest(own=True))).residents}
    assert states == {first.id: pb.RESIDENT_STATE_ENDED, second.id: pb.RESIDENT_STATE_VERIFIED}
    with refused("RESIDENT_WAITING"):
        await people.declared()
        await people.declared()


async def test_who_has_mistyped_the_number_declares_anew_and_is_verified_by_the_code_of_that(people: People) -> None:
    mistyped = await people.declared(nik=number(BORN, district="337402"))
    corrected = await people.declared()
    assert not (await people.call(pb.ListResidentsRequest(code=mistyped.code), OFFICE)).residents
    with refused("RESIDENT_CODE_WRONG"):
        await people.verify(corrected, number(BORN), code=mistyped.code)
    assert (await people.verify(corrected, number(BORN))).state == pb.RESIDENT_STATE_VERIFIED
    left = await people.served.admin.fetchrow(
        "SELECT state, sealed, code FROM society.resident WHERE id = $1", mistyped.id
    )
    assert tuple(left or ()) == ("ended", b"", "")


async def test_what_was_declared_is_corrected_a_few_times_a_day(people: People) -> None:
    for place in range(5):
        await people.declared(area=(SEKAYU, BONGSARI)[place % 2])
    with refused("RESIDENTS_TOO_MANY") as caught:
        await people.declared(area=BONGSARI)
    assert caught.value.metadata == {"retry_after": str(24 * 3600)}
    people.served.pass_time(days=1)
    assert (await people.declared(area=BONGSARI)).state == pb.RESIDENT_STATE_WAITING


async def test_who_corrects_it_while_an_officer_verifies_it_does_not_end_what_was_verified(people: People) -> None:
    made = await people.declared()
    async with people.served.runtime.transaction(OFFICE) as tx:
        await actions.verify(tx, made.id, made.etag, made.code, number(BORN), "")
        corrected = asyncio.create_task(people.declared(area=BONGSARI))
        await asyncio.wait({corrected}, timeout=0.3)
        assert not corrected.done()
    await corrected
    assert (await people.call(pb.GetResidentRequest(id=made.id))).resident.state == pb.RESIDENT_STATE_VERIFIED


async def test_the_identity_providers_word_verifies_at_once_and_only_once(people: People) -> None:
    await people.declared()
    said = {"nik": number(BORN), "birth_date": str(BORN), "area_code": SEKAYU}
    done = (await people.call(pb.AttestResidentRequest(**said))).resident
    assert (done.state, done.way) == (pb.RESIDENT_STATE_VERIFIED, pb.RESIDENT_WAY_PROVIDER)
    again = (await people.call(pb.AttestResidentRequest(**said))).resident
    assert again.id == done.id
    with refused("PERSON_VERIFIED"):
        await people.call(pb.AttestResidentRequest(**said), BUDI)


async def test_an_officers_verification_stays_when_the_identity_provider_names_another_kelurahan(
    people: People,
) -> None:
    said = {"nik": number(BORN), "birth_date": str(BORN), "area_code": SEKAYU}
    await people.call(pb.AttestResidentRequest(**said))
    moved = await people.verified(area=BONGSARI)
    waiting = await people.declared(area=SEKAYU)
    kept = (await people.call(pb.AttestResidentRequest(**said))).resident
    assert (kept.id, kept.area_code, kept.way) == (moved.id, BONGSARI, pb.RESIDENT_WAY_OFFICER)
    found = (await people.call(pb.GetResidentRequest(id=waiting.id))).resident
    assert found.state == pb.RESIDENT_STATE_WAITING, "nor does it end what waits for an officer"


async def test_the_identity_providers_word_of_another_kelurahan_replaces_its_earlier_one(people: People) -> None:
    said = {"nik": number(BORN), "birth_date": str(BORN)}
    first = (await people.call(pb.AttestResidentRequest(**said, area_code=SEKAYU))).resident
    second = (await people.call(pb.AttestResidentRequest(**said, area_code=BONGSARI))).resident
    assert (second.id != first.id, second.area_code, second.way) == (True, BONGSARI, pb.RESIDENT_WAY_PROVIDER)


async def test_who_agrees_to_a_purpose_is_told_of_once_verified_and_taken_back_afterwards(people: People) -> None:
    await people.agree()
    assert await people.told() == []
    one = await people.verified()
    assert await people.told() == [("ResidencyConfirmed", SITI.subject)]
    await people.call(pb.DeclineResidentRequest(id=one.id, etag=one.etag, note=NOTE), OFFICE)
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_the_number_stands_nowhere_but_sealed_and_what_ended_has_none(people: People) -> None:
    request = pb.CreateResidentRequest(request_id="once-1", nik=number(BORN), birth_date=str(BORN), area_code=SEKAYU)
    made = (await people.call(request)).resident
    assert (await people.call(request)).resident == made, "a repeat is answered as before"
    await people.verify(made, number(BORN))
    kept = await _everything(people)
    for secret in (number(BORN).encode(), b"1990-08-17", hashlib.sha256(number(BORN).encode()).digest()):
        assert secret not in kept
    assert hashlib.sha256(request.SerializeToString(deterministic=True)).digest() not in kept, "it could be tried out"
    done = (await people.call(pb.GetResidentRequest(id=made.id), OFFICE)).resident
    await people.call(pb.DeclineResidentRequest(id=made.id, etag=done.etag, note=NOTE), OFFICE)
    row = await people.served.admin.fetchrow("SELECT sealed, person FROM society.resident")
    assert row is not None
    assert (row["sealed"], row["person"]) == (b"", None)


async def _everything(people: People) -> bytes:
    """All that the pillar's tables hold."""
    admin, parts = people.served.admin, []
    for row in await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'society'"):
        for kept in await admin.fetch(f'SELECT * FROM society."{row["tablename"]}"'):
            parts += [value if isinstance(value, bytes) else str(value).encode() for value in kept.values()]
    return b"\n".join(parts)


async def test_what_nobody_came_with_and_what_ended_long_ago_is_erased(people: People) -> None:
    first = await people.verified(BUDI, date(1980, 1, 1))
    await people.call(pb.DeclineResidentRequest(id=first.id, etag=first.etag, note=NOTE), OFFICE)
    await people.declared()
    people.served.pass_time(days=31)
    await timers.forget(people.served.runtime)
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.resident") == 1
    people.served.pass_time(days=60)
    await timers.forget(people.served.runtime)
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.resident") == 0


async def test_who_is_verified_at_the_moment_when_the_waiting_is_forgotten_stays(people: People) -> None:
    one = await people.declared()
    people.served.pass_time(days=31)
    async with asyncio.timeout(20), people.served.runtime.transaction(OFFICE) as tx:
        await actions.verify(tx, one.id, one.etag, one.code, number(BORN), "")
        await timers.forget(people.served.runtime)
    assert await people.served.admin.fetchval("SELECT state FROM society.resident") == "verified"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"nik": "1"}, "NIK_IMPLAUSIBLE"),
        ({"birth_date": "1990-08-18"}, "BIRTH_DATE_MISMATCH"),
        ({"area_code": "33.22.01.2001"}, "AREA_UNKNOWN"),
        ({"area_code": "33.74"}, "AREA_UNKNOWN"),
    ],
)
async def test_what_cannot_be_declared_is_refused(people: People, fields: Any, reason: str) -> None:
    with refused(reason):
        await people.declared(**fields)


async def test_without_a_secret_nobody_is_verified(people: People) -> None:
    people.served.runtime.extra = type(people.served.runtime.extra)(None)
    with refused("RESIDENTS_CLOSED"):
        await people.declared()


async def test_lists_hold_ones_own_and_the_office_sees_those_that_wait(people: People) -> None:
    first, second = await people.declared(), await people.declared(BUDI, date(1980, 1, 1))

    async def listed(caller: Caller) -> list[str]:
        return [one.id for one in (await people.call(pb.ListResidentsRequest(), caller)).residents]

    assert await listed(OFFICE) == [first.id, second.id]
    assert await listed(BUDI) == [second.id]
    assert await listed(DLH) == []
