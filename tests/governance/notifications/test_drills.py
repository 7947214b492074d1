"""Nobody takes the mails of a drill for real."""

import re

from services.governance.links import timers as links
from services.governance.notifications import timers
from tests.governance.calls import Filed, Records
from tests.governance.conftest import ADMIN, VERIFIER, request_id
from tests.governance.mails import Catcher, confirm, is_confirmation

EMAIL = "siti@contoh.id"


async def verified(records: Records, catcher: Catcher, *, exercise: bool) -> Filed:
    """A case whose reporter was asked, and told that it came in and who has it."""
    filed = await records.file(VERIFIER, contact={"name": "Siti", "email": EMAIL}, exercise=exercise)
    await confirm(records, catcher)
    await records.transition(filed, "verify", ADMIN)
    await timers.send_due(records.runtime)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True, False, False]
    return filed


async def test_each_mail_of_a_drill_says_so_in_subject_and_text(records: Records, catcher: Catcher) -> None:
    filed = await verified(records, catcher, exercise=True)
    for mail in catcher.mails:
        assert mail["Subject"].strip().startswith(f"LATIHAN / EXERCISE. {filed.code}: ")
        indonesian, english = re.split(r"\s--\s", mail.get_content())
        assert (indonesian.count("LATIHAN. "), english.count("EXERCISE. ")) == (1, 1)


async def test_no_mail_of_what_is_real_speaks_of_a_drill(records: Records, catcher: Catcher) -> None:
    await verified(records, catcher, exercise=False)
    assert not [mail for mail in catcher.mails if "LATIHAN" in f"{mail['Subject']} {mail.get_content()}"]


async def test_the_links_to_all_cases_of_an_address_are_no_drill(records: Records, catcher: Catcher) -> None:
    await verified(records, catcher, exercise=True)
    catcher.mails.clear()
    await records.mail("RequestMyLinks", request_id=request_id(), email=EMAIL)
    await links.answer(records.runtime)
    await timers.send_due(records.runtime)
    (mail,) = catcher.mails
    assert "LATIHAN" not in f"{mail['Subject']} {mail.get_content()}"
