"""An address with a mistake in it is put right: the right one is confirmed, the wrong one is done with."""

from services.governance.confirmations import actions
from services.governance.notifications import timers
from smartcity.governance.v1 import complaints_pb2
from tests.fixtures.meanwhile import meanwhile
from tests.governance.calls import Filed, Records
from tests.governance.conftest import ADMIN, CITIZEN, refused, request_id
from tests.governance.mails import Catcher, confirm, follow, is_confirmation, token_of

WRONG, RIGHT = "stranger@example.org", "siti@example.org"


async def filed_with(records: Records, email: str) -> Filed:
    """A report whose reporter mistyped the address."""
    return await records.file(contact=complaints_pb2.Contact(name="Siti", email=email, phone="+62 24 3513366"))


async def correct(records: Records, filed: Filed, email: str) -> int:
    """Puts an address right; how mail stands then."""
    answer = await records.mail("CorrectAddress", **filed.owner, email=email, request_id=request_id())
    return int(answer.state)


async def test_the_right_address_is_asked_and_the_former_hears_nothing_more(records: Records, catcher: Catcher) -> None:
    filed = await filed_with(records, WRONG)
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails] == [WRONG]
    assert await correct(records, filed, RIGHT) == 1
    await confirm(records, catcher)
    assert len(catcher.to(WRONG)) == 1
    assert len(catcher.to(RIGHT)) == 2
    mail = await records.mail("GetContactMail", **filed.owner)
    assert (mail.email, mail.state) == (RIGHT, 2)
    contact = (await records.contact("GetContact", **filed.owner, purpose="own data")).contact
    assert (contact.name, contact.email, contact.phone) == ("Siti", RIGHT, "+62 24 3513366")


async def test_what_was_mailed_to_the_former_address_neither_confirms_nor_stops(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_with(records, WRONG)
    await timers.send_due(records.runtime)
    former = catcher.mails[0]
    await correct(records, filed, RIGHT)
    for rpc, kind in (("ConfirmAddress", "konfirmasi"), ("Unsubscribe", "berhenti")):
        with refused("MAIL_LINK_UNKNOWN"):
            await follow(records, rpc, token_of(former, kind))
    await confirm(records, catcher)
    with refused("MAIL_LINK_UNKNOWN"):
        await follow(records, "Unsubscribe", token_of(former, "berhenti"))
    assert (await records.mail("GetContactMail", **filed.owner)).state == 2


async def test_an_address_that_was_confirmed_is_confirmed_anew_when_it_changes(
    records: Records, catcher: Catcher
) -> None:
    filed = await filed_with(records, WRONG)
    await confirm(records, catcher)
    assert await correct(records, filed, WRONG) == 2, "the same one needs nothing"
    assert await correct(records, filed, RIGHT) == 1
    await timers.send_due(records.runtime)
    assert is_confirmation(catcher.to(RIGHT)[0])


async def test_it_is_put_right_a_few_times_and_not_for_ever(records: Records, catcher: Catcher) -> None:
    filed = await filed_with(records, WRONG)
    for number in range(5):
        await correct(records, filed, f"siti{number}@example.org")
    with refused("ADDRESS_CORRECTED_OFTEN"):
        await correct(records, filed, RIGHT)
    await timers.send_due(records.runtime)
    assert {mail["To"] for mail in catcher.mails} == {"siti4@example.org"}


async def test_only_who_holds_the_key_puts_it_right_and_only_what_is_there(records: Records) -> None:
    filed = await filed_with(records, WRONG)
    fields = {"code": filed.code, "email": RIGHT}
    for key, caller in (("", ADMIN), ("A" * 26, CITIZEN)):
        with refused("LINK_KEY_REQUIRED"):
            await records.mail("CorrectAddress", caller, **fields, link_key=key, request_id=request_id())
    for wrong in ("", "siti", "siti@", "siti@example"):
        with refused("CONTACT_INVALID"):
            await correct(records, filed, wrong)
    await records.contact("EraseContact", **filed.owner, request_id=request_id())
    with refused("CONTACT_MISSING"):
        await correct(records, filed, RIGHT)
    without = await records.file()
    with refused("CONTACT_MISSING"):
        await correct(records, without, RIGHT)


async def test_who_confirms_while_they_ask_for_the_mail_again_has_confirmed(records: Records, catcher: Catcher) -> None:
    filed = await filed_with(records, RIGHT)
    await timers.send_due(records.runtime)
    records.governance.pass_time(minutes=11)
    async with records.runtime.transaction() as tx:
        await actions.confirm(tx, token_of(catcher.mails[0], "konfirmasi"))
        again = records.mail("RequestConfirmation", **filed.owner, request_id=request_id())
        asking = await meanwhile(tx, again)
    assert (await asking).state == 2
    assert (await records.mail("GetContactMail", **filed.owner)).state == 2
