"""What living keeps by a login, and what of it is erased."""

from services.kit.caller import Caller
from services.living.personal import reactions
from smartcity.living.v1 import cards_pb2, own_records_pb2
from smartcity.living.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.personal import asked, exported
from tests.living.rides.riding import BUDI, DISHUB, SITI, Riding

AT_HOME = Caller(DISHUB.subject, DISHUB.roles | {"citizen"}, DISHUB.agency)
"""As everybody who has logged in."""


async def test_what_is_settled_is_erased_and_what_is_owed_or_in_use_is_kept_with_its_reason(riding: Riding) -> None:
    number = await riding.card()
    await riding.granted()
    await riding.ride(number)
    await riding.answer()
    await riding.ride(number)
    other = await riding.card(BUDI)
    await riding.ride(other)
    held = await asked(riding.served, reactions, SITI.subject)
    assert held == {
        "rides": (2, 0, "owed"), "cards": (1, 0, "card"), "concessions": (1, 0, ""), "residence": (0, 0, ""),
    }  # fmt: skip
    listed = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert {kind: len(rows) for kind, rows in listed.items()} == {"rides": 2, "cards": 1, "concessions": 1}
    assert listed["cards"][0]["number"] == number
    officer = await asked(riding.served, reactions, DISHUB.subject, erase=True)
    assert officer["decided_concessions"] == (1, 0, "office"), "who decided belongs to the decision"
    office = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), AT_HOME)
    assert (office["decided_concessions"][0]["count"], office["decided_concessions"][0]["kept_for"]) == ("1", "office")
    gone = await asked(riding.served, reactions, SITI.subject, erase=True)
    assert gone == {
        "rides": (2, 1, "owed"), "cards": (1, 0, "card"), "concessions": (1, 1, ""), "residence": (0, 0, ""),
    }  # fmt: skip
    again = await asked(riding.served, reactions, SITI.subject, erase=True)
    assert (again["rides"], again["concessions"]) == ((1, 0, "owed"), (0, 0, ""))
    assert (await asked(riding.served, reactions, BUDI.subject))["rides"] == (1, 0, "owed")


async def test_a_blocked_card_is_not_told_to_be_in_use(riding: Riding) -> None:
    number = await riding.card()
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag))
    assert (await asked(riding.served, reactions, SITI.subject))["cards"] == (1, 0, "")
    await riding.card()
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (2, 1, "card")


async def test_a_blocked_card_that_owes_is_kept_for_that(riding: Riding) -> None:
    number = await riding.card()
    await riding.ride(number)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag))
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 0, "owed")
    await riding.answer()
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 1, "")
