"""Name and telephone of a contact are put right by whoever gave them, with its address or alone."""

from typing import Any

from services.governance.confirmations import actions
from services.governance.notifications import timers
from smartcity.governance.v1.complaints_pb2 import Contact
from smartcity.types.v1.origin_pb2 import Origin
from tests.fixtures.meanwhile import meanwhile
from tests.governance.calls import DPU, Filed, Records
from tests.governance.conftest import CITIZEN, VERIFIER, refused, request_id
from tests.governance.mails import Catcher, confirm

WRONG, RIGHT = "+62 811 0000 0000", "+62 812 3456 7890"
GIVEN = {"name": "Siit", "email": "siti@example.org", "phone": WRONG}


async def put_right(records: Records, whose: dict[str, Any], caller: Any = CITIZEN, **contact: str) -> int:
    """Puts a contact right; how mail stands then."""
    answer = await records.mail(
        "CorrectAddress", caller, **whose, contact=Contact(**contact), request_id=request_id()
    )  # fmt: skip
    return int(answer.state)


async def kept(records: Records, filed: Filed) -> tuple[str, str, str]:
    """What the agency that rings is told."""
    answer = await records.contact("GetContact", DPU, code=filed.code, purpose="Menanyakan lokasi lubang")
    return answer.contact.name, answer.contact.email, answer.contact.phone


async def test_name_and_telephone_are_put_right_and_the_address_stays_confirmed(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    sent = len(catcher.mails)
    assert await put_right(records, filed.owner, name="Siti", phone=RIGHT) == 2
    assert await kept(records, filed) == ("Siti", GIVEN["email"], RIGHT)
    mail = await records.mail("GetContactMail", **filed.owner)
    assert (mail.name, mail.phone, mail.email, mail.state) == ("Siti", RIGHT, GIVEN["email"], 2)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == sent, "nothing is confirmed anew"
    assert await put_right(records, filed.owner, name="Siti") == 2
    assert await kept(records, filed) == ("Siti", GIVEN["email"], ""), "what it leaves empty is kept no more"


async def test_all_of_it_is_put_right_at_once_and_another_address_is_confirmed_anew(
    records: Records, catcher: Catcher
) -> None:
    filed = await records.file(contact=GIVEN)
    await confirm(records, catcher)
    assert await put_right(records, filed.owner, name="Siti", email="benar@example.org", phone=RIGHT) == 1
    assert await kept(records, filed) == ("Siti", "benar@example.org", RIGHT)
    await timers.send_due(records.runtime)
    assert len(catcher.to("benar@example.org")) == 1


async def test_who_reported_with_a_login_puts_a_number_right_without_a_key_where_there_is_no_address(
    records: Records,
) -> None:
    filed = await records.file(CITIZEN, contact={"phone": WRONG})
    own = {"code": filed.code}
    assert await put_right(records, own, phone=RIGHT) == 0
    assert await kept(records, filed) == ("", "", RIGHT)
    with refused("LINK_KEY_REQUIRED"):
        await put_right(records, own, VERIFIER, phone=WRONG)
    assert await put_right(records, own, phone=RIGHT, email=GIVEN["email"]) == 1


async def test_a_supporter_puts_right_their_own_alone(records: Records) -> None:
    filed = await records.file(contact=GIVEN)
    await records.transition(filed, "verify", VERIFIER)
    origin = Origin(session="s", network="n")
    joined = await records.complaint(
        "JoinComplaint", code=filed.code, request_id=request_id(), contact={"phone": WRONG}, origin=origin
    )
    whose = {"code": filed.code, "link_key": joined.link_key}
    await put_right(records, whose, name="Budi", phone=RIGHT)
    own = (await records.contact("GetContact", **whose)).contact
    assert (own.name, own.phone) == ("Budi", RIGHT)
    assert await kept(records, filed) == tuple(GIVEN.values())


async def test_what_is_no_contact_is_refused_with_its_field(records: Records) -> None:
    filed, without = await records.file(contact={"phone": WRONG}), await records.file()
    for wrong, field in (({"phone": "besok"}, "contact.phone"), ({}, "contact"), ({"email": "siti@"}, "contact.email")):
        with refused("CONTACT_INVALID") as caught:
            await put_right(records, filed.owner, **wrong)
        assert caught.value.metadata == {"field": field}
    with refused("CONTACT_MISSING"):
        await put_right(records, without.owner, phone=RIGHT)
    assert await kept(records, filed) == ("", "", WRONG)


async def test_a_name_that_is_put_right_while_the_address_is_loses_neither(records: Records) -> None:
    filed = await records.file(contact=GIVEN)
    async with records.runtime.transaction() as tx:
        await actions.correct(tx, filed.code, filed.link_key, "benar@example.org", None)
        late = await meanwhile(tx, put_right(records, filed.owner, name="Siti", phone=RIGHT))
    await late
    assert await kept(records, filed) == ("Siti", "benar@example.org", RIGHT)
