"""What officers are told of a matter of their own, and of one that a colleague was quicker with."""

from services.kit.caller import Caller
from tests.economy.permits.applying import BUDI, LURAH, Applying, moves
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.pages import reader

CLERK = Caller("lurah-2", frozenset({"officer", "citizen"}), "kec-semarang-tengah")


async def test_who_asks_what_a_colleague_has_passed_on_meanwhile_is_told_that_it_has_changed(
    applying: Applying,
) -> None:
    opened = await applying.sent()
    await applying.move(opened, "check", LURAH)
    with refused("STALE_ETAG"):
        await applying.move(opened, "ask", CLERK)


async def test_a_stranger_learns_nothing_from_an_etag_that_is_old(applying: Applying) -> None:
    opened = await applying.sent()
    await applying.move(opened, "check", LURAH)
    with refused("PERMIT_NOT_FOUND"):
        await applying.move(opened, "withdraw", BUDI)


async def test_an_officer_is_offered_nothing_on_their_own_application_but_what_an_applicant_does(
    applying: Applying,
) -> None:
    own, other = await applying.sent(caller=CLERK), await applying.sent()
    assert moves(await applying.get(own, CLERK)) == {"withdraw"}
    assert moves(await applying.get(other, CLERK)) == {"ask", "check"}


async def test_the_desk_shows_no_forms_on_an_application_of_the_officer_s_own(applying: Applying) -> None:
    own = await applying.sent(caller=CLERK)
    async with stand_before(applying.served) as stand:
        clerk = await reader(stand, CLERK)
        async with clerk.client:
            page = await clerk.page(f"/petugas/izin/{own.code}")
    assert page.xpath("//*[@id='own' or @id='no-moves']/@id") == ["own", "no-moves"]
    assert not page.xpath("//form[@id='check-form' or @id='ask-form']")
