"""Consents over the real server: given, withdrawn, listed, and told to who relies on them."""

from smartcity.society.v1 import consents_pb2 as pb
from tests.governance.conftest import refused
from tests.society.residents.people import SITI, People


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


async def test_the_city_asks_for_no_other_purpose(people: People) -> None:
    with refused("PURPOSE_UNKNOWN"):
        await people.agree("advertising")
