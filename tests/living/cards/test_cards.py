"""Cards over the real server: one at a time, blocked and back, and the list of those that no validator may take."""

import re

from smartcity.living.v1 import cards_pb2 as pb
from tests.governance.conftest import refused
from tests.living.rides.riding import AGENT, BUDI, DISHUB, INSIDER, SITI, Riding


async def block(riding: Riding, number: str, etag: str = "1", caller: object = SITI, **why: int) -> pb.Card:
    """Blocks a card."""
    request = pb.BlockCardRequest(number=number, etag=etag, **why)  # type: ignore[arg-type]
    done = await riding.call(request, caller)  # type: ignore[arg-type]
    card: pb.Card = done.card
    return card


async def test_a_passenger_has_one_card_and_another_once_it_is_blocked(riding: Riding) -> None:
    number = await riding.card()
    assert re.fullmatch(r"SMGK-[0-9A-Z]{8}-[0-9A-Z]{2}", number)
    with refused("CARD_EXISTS"):
        await riding.card()
    assert (await block(riding, number)).state == pb.CARD_STATE_BLOCKED
    with refused("CARD_BLOCKED"):
        await block(riding, number, "2")
    second = await riding.card()
    listed = (await riding.call(pb.ListCardsRequest(), SITI)).cards
    assert [one.number for one in listed] == [second, number]
    with refused("CARD_EXISTS"):
        await riding.call(pb.UnblockCardRequest(number=number, etag="2"), DISHUB)


async def test_a_blocked_card_comes_back_by_the_office(riding: Riding) -> None:
    number, own = await riding.card(), await riding.card(INSIDER)
    await block(riding, number)
    await block(riding, own, caller=INSIDER)
    with refused("OWN_MATTER"):
        await riding.call(pb.UnblockCardRequest(number=own, etag="2"), INSIDER)
    with refused("STALE_ETAG"):
        await riding.call(pb.UnblockCardRequest(number=number, etag="1"), DISHUB)
    back = (await riding.call(pb.UnblockCardRequest(number=number, etag="2"), DISHUB)).card
    assert back.state == pb.CARD_STATE_ACTIVE
    with refused("CARD_NOT_BLOCKED"):
        await riding.call(pb.UnblockCardRequest(number=number, etag="3"), DISHUB)


async def test_a_card_is_nobody_elses_to_see(riding: Riding) -> None:
    number = await riding.card()
    for wrong in (number[:-1] + ("1" if number.endswith("0") else "0"), "SMGK-1", "", "SMG-7K4P-92"):
        with refused("CARD_NOT_FOUND"):
            await riding.read(wrong, SITI)
    with refused("CARD_NOT_FOUND"):
        await riding.read(number, BUDI)
    assert (await riding.read(number.lower().replace("-", " "), SITI)).own


async def test_the_list_of_denied_cards_tells_what_changed_after_a_version(riding: Riding) -> None:
    async def asked(since: int = 0) -> pb.ListDeniedCardsResponse:
        found: pb.ListDeniedCardsResponse = await riding.call(pb.ListDeniedCardsRequest(since=since), AGENT)
        return found

    empty = await asked()
    assert (list(empty.cards), empty.version, empty.most_owed.units) == ([], 0, 20_000)
    siti, budi = await riding.card(), await riding.card(BUDI)
    await block(riding, siti)
    first = await asked()
    assert [(one.number, one.denied) for one in first.cards] == [(siti, True)]
    await block(riding, budi, caller=BUDI)
    await riding.call(pb.UnblockCardRequest(number=siti, etag="2"), DISHUB)
    (seen,) = (await riding.call(pb.ListDeniedCardsRequest(), DISHUB)).cards
    assert seen.number == f"…{budi[-5:]}", "an officer holds no validator"
    delta = await asked(first.version)
    assert [(one.number, one.denied) for one in delta.cards] == [(budi, True), (siti, False)]
    assert [(one.number, one.denied) for one in (await asked()).cards] == [(budi, True)]
    last = await asked(delta.version)
    assert (list(last.cards), last.version, last.etag) == ([], delta.version, str(delta.version))


async def test_who_knows_a_version_that_the_list_has_not_come_to_gets_the_whole_list(riding: Riding) -> None:
    """As after the database was restored to an earlier moment: a card denied at version 1 would never be told."""
    number = await riding.card()
    await block(riding, number)
    ahead = await riding.call(pb.ListDeniedCardsRequest(since=10), AGENT)
    assert [(one.number, one.denied) for one in ahead.cards] == [(number, True)]
    assert (ahead.version, ahead.whole) == (1, True)


async def test_the_list_of_denied_cards_says_whether_it_is_whole(riding: Riding) -> None:
    assert (await riding.call(pb.ListDeniedCardsRequest(), AGENT)).whole
    await block(riding, await riding.card())
    assert (await riding.call(pb.ListDeniedCardsRequest(), AGENT)).whole
    assert not (await riding.call(pb.ListDeniedCardsRequest(since=1), AGENT)).whole


async def test_who_lost_a_card_opens_another_and_reads_why_the_one_before_is_blocked(riding: Riding) -> None:
    number = await riding.card()
    assert (await block(riding, number, caller=DISHUB, reason=pb.CARD_BLOCK_LOST)).block == pb.CARD_BLOCK_LOST
    assert await riding.card() != number
    mine = await block(riding, await riding.card(BUDI), caller=BUDI)
    assert mine.block == pb.CARD_BLOCK_LOST, "who blocks their own has lost it"


async def test_who_misused_a_card_opens_no_other_until_the_agency_lets_it_be_used_again(riding: Riding) -> None:
    number = await riding.card()
    await block(riding, number, caller=DISHUB, reason=pb.CARD_BLOCK_MISUSED)
    assert (await riding.read(number, SITI)).block == pb.CARD_BLOCK_MISUSED
    with refused("CARD_MISUSED"):
        await riding.card()
    back = (await riding.call(pb.UnblockCardRequest(number=number, etag="2"), DISHUB)).card
    assert (back.state, back.block) == (pb.CARD_STATE_ACTIVE, pb.CARD_BLOCK_UNSPECIFIED)
    await block(riding, number, "3")
    await riding.card()


async def test_who_misused_a_card_does_not_come_to_another_by_blocking_it_as_lost(riding: Riding) -> None:
    number = await riding.card()
    await block(riding, number)
    found = await block(riding, number, "2", caller=DISHUB, reason=pb.CARD_BLOCK_MISUSED)
    assert (found.state, found.block) == (pb.CARD_STATE_BLOCKED, pb.CARD_BLOCK_MISUSED)
    with refused("CARD_MISUSED"):
        await riding.card()
    for reason in (pb.CARD_BLOCK_LOST, pb.CARD_BLOCK_MISUSED):
        with refused("CARD_BLOCKED"):
            await block(riding, number, "3", caller=DISHUB, reason=reason)


async def test_only_the_agency_says_that_a_card_was_misused_and_of_none_of_their_own(riding: Riding) -> None:
    with refused("NOT_YOURS"):
        await block(riding, await riding.card(), reason=pb.CARD_BLOCK_MISUSED)
    with refused("OWN_MATTER"):
        await block(riding, await riding.card(INSIDER), caller=INSIDER, reason=pb.CARD_BLOCK_MISUSED)
