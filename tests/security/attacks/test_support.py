"""One person who makes a hundred of "me too", and the contacts of those who joined."""

import secrets
from typing import Any

from services.governance.support.timers import forget
from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2
from smartcity.types.v1 import origin_pb2
from tests.gateway.running import Stand
from tests.governance.calls import DPU, OTHER, Filed, Records
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, refused, request_id
from tests.governance.mails import Catcher, catcher, confirm, follow, token_of

__all__ = ["catcher"]

GIVEN = {"name": "Budi Contoh", "email": "budi@contoh.id", "phone": "0812 000 000"}


async def join(
    records: Records, filed: Filed, caller: Caller = ANONYMOUS, session: str = "", network: str = "", **fields: Any
) -> complaints_pb2.JoinComplaintResponse:
    origin = origin_pb2.Origin(session=session, network=network)
    fields = {"request_id": request_id(), "origin": origin, **fields}
    answer: complaints_pb2.JoinComplaintResponse = await records.complaint(
        "JoinComplaint", caller, code=filed.code, **fields
    )
    return answer


async def supporters(records: Records, filed: Filed) -> int:
    return int((await records.complaint("GetComplaint", code=filed.code)).complaint.supporters)


async def test_a_hundred_requests_of_one_browser_count_once(records: Records) -> None:
    filed = await records.file()
    answers = [await join(records, filed, session="s", network=f"n{number}") for number in range(100)]
    assert {answer.supporters for answer in answers} == {1}


async def test_a_hundred_requests_of_one_network_that_keep_no_cookie_count_once_a_day(records: Records) -> None:
    filed = await records.file()
    answers = [await join(records, filed, network="today") for _ in range(100)]
    assert [answer.counted for answer in answers] == [True] + [False] * 99
    assert await supporters(records, filed) == 1
    assert (await join(records, filed, network="tomorrow")).counted  # the gateway's digest is of the day


async def test_one_network_counts_for_each_case_by_itself_and_leaves_no_trace_between_them(records: Records) -> None:
    one, other = await records.file(), await records.file()
    assert (await join(records, one, session="s", network="n")).counted
    assert (await join(records, other, session="s", network="n")).counted
    rows = await records.sql("SELECT session, network FROM supporter")
    assert len({row["session"] for row in rows}) == len({row["network"] for row in rows}) == 2
    assert b"n" not in {row["network"] for row in rows}


async def test_a_login_counts_once_from_whatever_browser_and_beside_a_neighbour(records: Records) -> None:
    filed = await records.file()
    await join(records, filed, network="n")
    for number in range(5):
        await join(records, filed, CITIZEN, session=f"s{number}", network="n")
    await join(records, filed, OTHER, session="s0", network="n")
    assert await supporters(records, filed) == 3


async def test_who_joins_without_a_login_and_then_with_one_from_the_same_browser_counts_once(records: Records) -> None:
    filed = await records.file()
    await join(records, filed, session="s", network="n")
    await join(records, filed, CITIZEN, session="s")
    await join(records, filed, session="s", network="m")
    assert await supporters(records, filed) == 1


async def test_a_neighbour_behind_the_same_network_counts_by_confirming_an_address(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file()
    await join(records, filed, network="n")
    late = await join(records, filed, network="n", contact=GIVEN)
    assert (late.counted, late.supporters) == (False, 1)
    await confirm(records, catcher)
    assert await supporters(records, filed) == 2


async def test_one_address_confirmed_ten_times_counts_once(records: Records, catcher: Catcher) -> None:
    filed = await records.file()
    for number in range(3):  # no more confirmations than that go to an address on a day
        email = f"budi+{number}@contoh.id"
        await join(records, filed, session=f"s{number}", network=f"n{number}", contact={"email": email})
    assert await supporters(records, filed) == 3
    await confirm(records, catcher)
    assert await supporters(records, filed) == 1


async def test_the_reporter_does_not_count_as_a_supporter_by_their_own_address(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file(contact={"email": "budi@contoh.id"})
    await join(records, filed, session="s", contact=GIVEN)
    await confirm(records, catcher)
    assert await supporters(records, filed) == 0


async def test_a_duplicate_brings_nobody_who_is_there_already(records: Records) -> None:
    original, double = await records.file(OTHER), await records.file(CITIZEN)
    await join(records, original, CITIZEN)
    await join(records, double, OTHER)
    await join(records, double, Caller("citizen-3", frozenset({"citizen"})))
    await join(records, double, session="s")
    await records.transition(double, "mark_duplicate", VERIFIER, duplicate_of=original.code)
    assert await supporters(records, original) == 3  # citizen-1, citizen-3, and who has no login
    await join(records, original, Caller("citizen-3", frozenset({"citizen"})))
    assert await supporters(records, original) == 3


async def test_a_supporter_reads_and_erases_their_contact_by_a_key_of_their_own(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file(contact={"name": "Siti", "email": "siti@contoh.id"})
    joined = await join(records, filed, session="s", contact=GIVEN)
    own: dict[str, Any] = {"code": filed.code, "link_key": joined.link_key}
    seen = (await records.contact("GetContact", **own)).contact
    assert (seen.name, seen.email, seen.phone) == tuple(GIVEN.values())
    await records.contact("EraseContact", **own, request_id=request_id())
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **own)
    assert (await records.contact("GetContact", **filed.owner)).contact.name == "Siti"
    await confirm(records, catcher)
    assert [mail["To"] for mail in catcher.mails if mail["To"] == GIVEN["email"]] == []


async def test_a_supporters_key_opens_nothing_but_their_own_contact(records: Records) -> None:
    filed = await records.file(contact={"name": "Siti", "email": "siti@contoh.id"}, secret=False)
    one = await join(records, filed, session="s", contact=GIVEN)
    two = await join(records, filed, session="t", contact={"email": "wati@contoh.id"})
    assert one.link_key != two.link_key
    assert not (await records.complaint("GetComplaint", code=filed.code, link_key=one.link_key)).complaint.text
    with refused("LINK_KEY_REQUIRED"):
        await records.complaint("WithdrawComplaint", code=filed.code, link_key=one.link_key, request_id=request_id())
    other = await records.file()
    with refused("CONTACT_NOT_YOURS"):
        await records.contact("GetContact", code=other.code, link_key=one.link_key, purpose="Ingin tahu")
    seen = await records.contact("GetContact", code=filed.code, link_key=two.link_key)
    assert seen.contact.email == "wati@contoh.id"


async def test_a_supporter_still_erases_their_contact_when_the_case_has_become_secret(records: Records) -> None:
    filed = await records.file()
    joined = await join(records, filed, session="s", contact=GIVEN)
    await records.sql("UPDATE complaint SET secret = true")
    own: dict[str, Any] = {"code": filed.code, "link_key": joined.link_key}
    assert (await records.contact("EraseContact", **own, request_id=request_id())).HasField("erase_time")


async def test_nobody_of_the_city_reads_a_supporters_contact(records: Records) -> None:
    filed = await records.file()
    await join(records, filed, session="s", contact=GIVEN)
    await records.transition(filed, "verify", VERIFIER)
    with refused("CONTACT_MISSING"):  # of the reporter, who gave none
        await records.contact("GetContact", DPU, code=filed.code, purpose="Menanyakan lokasi")
    for caller in (VERIFIER, ADMIN):
        with refused("CONTACT_NOT_YOURS"):
            await records.contact("GetContact", caller, code=filed.code, purpose="Menanyakan lokasi")


async def test_the_same_request_again_gets_the_same_key_which_is_stored_nowhere(records: Records) -> None:
    filed, key = await records.file(), request_id()
    first = await join(records, filed, session="s", contact=GIVEN, request_id=key)
    again = await join(records, filed, session="t", network="another", contact=GIVEN, request_id=key)
    assert first == again
    for row in await records.sql("SELECT answer FROM idempotency_key"):
        assert first.link_key.encode() not in row["answer"]


async def test_networks_are_forgotten_when_their_day_is_over(records: Records) -> None:
    filed = await records.file()
    await join(records, filed, network="n")
    records.governance.pass_time(days=3)
    await forget(records.runtime)
    assert [row["network"] for row in await records.sql("SELECT network FROM supporter")] == [None]


async def test_a_caller_cannot_say_where_they_come_from(stand: Stand) -> None:
    async with stand.client() as client:
        said = {"origin": {"network": secrets.token_hex(8)}}
        answer = await client.post("/v1/complaints/SMG-7K4P-92/me-too", json=said)
        assert answer.status_code == 422
        assert "origin" in answer.text


async def test_unsubscribing_takes_nobodys_support_back(records: Records, catcher: Catcher) -> None:
    filed = await records.file()
    await join(records, filed, session="s", contact=GIVEN)
    await confirm(records, catcher)
    await follow(records, "Unsubscribe", token_of(catcher.mails[0], "berhenti"))
    assert await supporters(records, filed) == 1
