"""What living keeps by a login, and what of it is erased."""

from datetime import timedelta

from services.kit.caller import Caller
from services.living.personal import reactions
from smartcity.living.v1 import cards_pb2, own_records_pb2
from smartcity.living.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import refused
from tests.living.facilities.town import GENUK, REASON, Town
from tests.living.rides.riding import AGENT, BUDI, DISHUB, SITI, Riding, verdicts

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
        "rides": (2, 0, "owed"), "cards": (1, 0, "card"), "concessions": (1, 0, "taps"),
        "corrections": (0, 0, ""), "residence": (0, 0, ""),
    }  # fmt: skip
    riding.served.pass_time(days=9)
    listed = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert {kind: len(rows) for kind, rows in listed.items()} == {"rides": 2, "cards": 1, "concessions": 1}
    assert listed["cards"][0]["number"] == number
    officer = await asked(riding.served, reactions, DISHUB.subject, erase=True)
    assert officer["decided_concessions"] == (1, 0, "office"), "who decided belongs to the decision"
    office = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), AT_HOME)
    assert (office["decided_concessions"][0]["count"], office["decided_concessions"][0]["kept_for"]) == ("1", "office")
    gone = await asked(riding.served, reactions, SITI.subject, erase=True)
    assert gone == {
        "rides": (2, 1, "owed"), "cards": (1, 0, "card"), "concessions": (1, 0, "taps"),
        "corrections": (0, 0, ""), "residence": (0, 0, ""),
    }  # fmt: skip
    assert (await riding.read(number, SITI)).rider_until == "2026-12-03", "it ended, and taps of its days may come in"
    riding.served.pass_time(days=9)
    again = await asked(riding.served, reactions, SITI.subject, erase=True)
    assert (again["rides"], again["concessions"]) == ((1, 0, "owed"), (1, 1, ""))
    assert (await asked(riding.served, reactions, BUDI.subject))["rides"] == (1, 0, "owed")


async def test_a_blocked_card_is_not_told_to_be_in_use(riding: Riding) -> None:
    number = await riding.card()
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag))
    riding.served.pass_time(days=9)
    assert (await asked(riding.served, reactions, SITI.subject))["cards"] == (1, 0, "")
    await riding.card()
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (2, 1, "card")


async def test_a_blocked_card_that_owes_is_kept_for_that(riding: Riding) -> None:
    number = await riding.card()
    await riding.ride(number)
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag))
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 0, "owed")
    riding.served.pass_time(days=9)
    await riding.answer()
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 1, "")


async def _block(riding: Riding, number: str) -> None:
    await riding.call(cards_pb2.BlockCardRequest(number=number, etag=(await riding.read(number)).etag))


async def test_who_misused_a_card_does_not_come_to_another_by_being_forgotten(riding: Riding) -> None:
    number = await riding.card()
    misused = cards_pb2.BlockCardRequest(number=number, etag="1", reason=cards_pb2.CARD_BLOCK_MISUSED)
    await riding.call(misused, DISHUB)
    riding.served.pass_time(days=40)
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 0, "misused")
    with refused("CARD_MISUSED"):
        await riding.card()


async def test_whose_a_card_was_is_known_as_long_as_taps_of_before_it_was_blocked_come_in(riding: Riding) -> None:
    number, other, taken = await riding.card(), await riding.card(BUDI), riding.served.now
    riding.served.pass_time(hours=1)
    await _block(riding, number)
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 0, "taps")
    riding.served.pass_time(hours=3)
    answer = await riding.upload(riding.tap(number, taken), riding.tap(other, taken), offline=True)
    assert verdicts(answer) == ["accepted", "accepted"]
    await riding.answer()
    riding.served.pass_time(days=9)
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["cards"] == (1, 1, "")


async def test_a_tap_of_a_card_that_is_nobodys_any_more_costs_the_others_nothing(riding: Riding) -> None:
    number, other, taken = await riding.card(), await riding.card(BUDI), riding.served.now
    riding.served.pass_time(hours=1)
    await _block(riding, number)
    await riding.served.admin.execute("UPDATE living.travel_card SET owner = '' WHERE number = $1", number)
    answer = await riding.upload(riding.tap(number, taken), riding.tap(other, taken), offline=True)
    assert verdicts(answer) == ["card_denied", "accepted"], "as those who were erased before still are"


async def test_an_erasure_charges_no_tap_twice_and_begins_no_limit_anew(riding: Riding) -> None:
    number = await riding.card()
    tap = riding.tap(number)
    await riding.upload(tap, offline=True)
    await riding.answer()
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["rides"] == (1, 0, "taps")
    other = await riding.upload(tap, offline=True, caller=AGENT)
    assert (verdicts(other), len(await riding.asked())) == (["repeated"], 1)
    taken = riding.served.now
    riding.served.pass_time(hours=1)
    found = await riding.upload(*[riding.tap(number, taken) for _ in range(28)], offline=True)
    assert verdicts(found)[-1] == "over_limit"
    assert not found.results[-1].ride


async def test_a_tap_of_before_the_erasure_costs_what_it_did_then(riding: Riding) -> None:
    number = await riding.card()
    await riding.granted()
    taken = riding.served.now + timedelta(minutes=30)
    riding.served.pass_time(hours=1)
    await asked(riding.served, reactions, SITI.subject, erase=True)
    riding.served.pass_time(days=1)
    late = await riding.upload(riding.tap(number, taken), riding.tap(number), offline=True)
    assert [one.fare.units for one in late.results] == [1000, 3500]


async def test_the_corrections_that_somebody_filed_are_theirs_to_read_and_to_have_erased(riding: Riding) -> None:
    town = await Town(riding.served).enter()
    accepted, declined = [await town.correct(caller=SITI, name=name) for name in ("Puskesmas Lain", "Rumah Siti")]
    await town.decide("Accept", accepted)
    await town.decide("Decline", declined)
    await town.correct(GENUK, caller=BUDI)
    waiting = await town.correct(caller=SITI, hours="Mo 07:00-08:00")
    listed = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert [(one["state"], one["reason"], one.get("name")) for one in listed["corrections"]] == [
        ("waiting", REASON, None), ("declined", REASON, "Rumah Siti"), ("accepted", REASON, "Puskesmas Lain"),
    ]  # fmt: skip
    assert (await asked(riding.served, reactions, SITI.subject))["corrections"] == (3, 0, "undecided")
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["corrections"] == (3, 2, "undecided")
    left = [await town.correction(one) for one in (accepted, declined, waiting)]
    assert [(one.name, one.reason) for one in left] == [("Puskesmas Lain", ""), ("", ""), ("", REASON)]
    await town.decide("Decline", waiting)
    assert (await asked(riding.served, reactions, SITI.subject, erase=True))["corrections"] == (1, 1, "")


async def test_an_export_tells_what_a_card_owes_and_in_which_bus_somebody_rode(riding: Riding) -> None:
    await riding.refused()
    listed = await exported(riding.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert (listed["cards"][0]["due"], listed["cards"][0]["refused"]) == ("0", "3500")
    assert (listed["rides"][0]["validator"], listed["rides"][0]["offline"]) == ("BUS-17", "false")
