"""Consents over the real server: given, withdrawn, listed, and told to who relies on them."""

import asyncio
from datetime import date

from services.society.agreeing import actions as agreeing
from services.society.own_data import reactions
from services.society.residents import actions as residents
from smartcity.society.v1 import consents_pb2 as pb
from smartcity.society.v1 import residents_pb2
from tests.fixtures.personal import asked
from tests.governance.conftest import refused
from tests.society.residents.people import NOTE, OFFICE, SITI, People, number


async def test_consent_is_given_and_withdrawn_as_often_as_one_likes(people: People) -> None:
    (one,) = (await people.call(pb.ListConsentsRequest())).consents
    assert (one.purpose, one.given, one.HasField("give_time")) == ("transit", False, False)
    assert one.text_id
    assert one.text_en
    assert (await people.agree()).given
    assert (await people.agree()).given
    for _ in range(2):
        assert not (await people.call(pb.WithdrawConsentRequest(purpose="transit"))).consent.given
    assert (await people.agree()).given
    rows = await people.served.admin.fetch("SELECT withdrawn_at FROM society.consent ORDER BY id")
    assert [row["withdrawn_at"] is None for row in rows] == [False, True], "each time is a record of its own"


async def test_a_verified_resident_who_agrees_is_told_of_until_they_withdraw(people: People) -> None:
    await people.verified()
    assert await people.told() == []
    await people.agree()
    await people.call(pb.WithdrawConsentRequest(purpose="transit"))
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_who_agrees_while_they_are_verified_is_told_of(people: People) -> None:
    made = await people.declared()
    async with people.served.runtime.transaction(SITI) as tx:
        await agreeing.give(tx, "transit")
        verified = asyncio.create_task(people.verify(made, number(date(1990, 8, 17))))
        await asyncio.wait({verified}, timeout=0.3)
        assert not verified.done()
    await verified
    assert await people.told() == [("ResidencyConfirmed", SITI.subject)]


async def test_who_agrees_while_they_are_declined_is_not_told_of_for_ever(people: People) -> None:
    made = await people.verified()
    async with people.served.runtime.transaction(SITI) as tx:
        await agreeing.give(tx, "transit")
        request = residents_pb2.DeclineResidentRequest(id=made.id, etag=made.etag, note=NOTE)
        declined = asyncio.create_task(people.call(request, OFFICE))
        await asyncio.wait({declined}, timeout=0.3)
        assert not declined.done()
    await declined
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_who_is_erased_while_they_are_verified_is_not_told_of_for_ever(people: People) -> None:
    await people.agree()
    made = await people.declared()
    async with people.served.runtime.transaction(OFFICE) as tx:
        await residents.verify(tx, made.id, made.etag, made.code, number(date(1990, 8, 17)), "")
        erased = asyncio.create_task(asked(people.served, reactions, SITI.subject, erase=True))
        await asyncio.wait({erased}, timeout=0.3)
        assert not erased.done()
    await erased
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_the_city_asks_for_no_other_purpose(people: People) -> None:
    with refused("PURPOSE_UNKNOWN"):
        await people.agree("advertising")
