"""A lost key: whoever types an address learns nothing, and its owner alone gets the links and keys of their cases."""

import re

from services.governance.grants.model import MINE_LIFE
from services.governance.links import timers as link_timers
from services.governance.mailing.model import LINKS_A_DAY
from services.governance.notifications import timers
from services.kit.caller import ANONYMOUS
from tests.governance.calls import DPU, OTHER, Records
from tests.governance.conftest import CITIZEN, refused, request_id
from tests.governance.mails import Catcher, catcher, confirm, token_of
from tests.security.attacks.test_mail_links import SITI, act, acting, asked

__all__ = ["catcher"]


async def mailed_to(records: Records, email: str) -> None:
    """Somebody asks for the links of an address, and the city answers."""
    await records.mail("RequestMyLinks", email=email, request_id=request_id())
    await link_timers.answer(records.runtime)
    await timers.send_due(records.runtime)


async def test_asking_for_a_lost_key_tells_nobody_whether_an_address_is_known(
    records: Records, catcher: Catcher
) -> None:
    await asked(records, catcher)
    before = len(catcher.mails)
    known = await records.mail("RequestMyLinks", email=SITI, request_id=request_id())
    unknown = await records.mail("RequestMyLinks", email="bukan@contoh.id", request_id=request_id())
    assert known == unknown
    rows = await records.sql("SELECT link_request::text AS line FROM link_request")
    assert len(rows) == 2  # the same was done for both, and it tells no address
    assert not re.search("siti|bukan|@", str(rows))
    await link_timers.answer(records.runtime)
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails[before:]] == [SITI]
    with refused("EMAIL_INVALID"):
        await records.mail("RequestMyLinks", email="bukan surel", request_id=request_id())


async def test_whoever_types_an_address_of_somebody_else_sends_them_three_mails_a_day_and_ends_nothing(
    records: Records, catcher: Catcher
) -> None:
    filed, token = await asked(records, catcher)
    before = len(catcher.mails)
    for _ in range(LINKS_A_DAY + 3):
        await mailed_to(records, SITI)
        await mailed_to(records, SITI)  # within the pause
        records.governance.pass_time(minutes=11)
    assert len(catcher.mails) - before == LINKS_A_DAY
    assert await act(records, "Reply", filed.code, token, note="Nomor 14") == "in_progress"
    await records.transition(filed, "ask", DPU, note="Di mana?")
    await timers.send_due(records.runtime)
    assert "pertanyaan" in catcher.mails[-1]["Subject"]  # news are not starved by it


async def test_whoever_types_an_address_of_somebody_else_keeps_them_from_no_link_of_their_own_case(
    records: Records, catcher: Catcher
) -> None:
    filed, _ = await asked(records, catcher)
    for _ in range(LINKS_A_DAY):
        records.governance.pass_time(minutes=11)
        await mailed_to(records, SITI)
    before = len(catcher.mails)
    await records.mail("RequestMailLink", request_id=request_id(), **filed.owner)
    await timers.send_due(records.runtime)
    assert [mail["To"] for mail in catcher.mails[before:]] == [SITI]
    with refused("MAIL_LINK_JUST_SENT"):
        await records.mail("RequestMailLink", request_id=request_id(), **filed.owner)
    assert await act(records, "Reply", filed.code, acting(catcher.mails[-1]), note="Nomor 14") == "in_progress"


async def test_an_erased_address_finds_no_case_by_a_digest_that_a_restore_brought_back(
    records: Records, catcher: Catcher
) -> None:
    erased, _ = await asked(records, catcher)
    kept, _ = await asked(records, catcher)
    await records.sql(
        "UPDATE contact SET ciphertext = '', has_email = false, address = NULL, erase_time = now() WHERE subject = $1",
        erased.id,
    )
    await mailed_to(records, SITI)
    token = token_of(catcher.mails[-1], "laporan-saya")
    found = await records.mail("ListMyComplaints", token=token)
    assert [one.code for one in found.complaints] == [kept.code]
    with refused("COMPLAINT_NOT_FOUND"):
        await records.mail("RecoverLinkKey", token=token, code=erased.code, request_id=request_id())


async def test_who_reads_the_mail_gets_the_lost_key_again_and_it_is_written_down(
    records: Records, catcher: Catcher
) -> None:
    filed, _ = await asked(records, catcher)
    joined = await records.file(CITIZEN)
    await records.complaint("JoinComplaint", code=joined.code, request_id=request_id(), contact={"email": SITI})
    await confirm(records, catcher)
    await mailed_to(records, SITI.upper())
    body = catcher.mails[-1].get_content()
    assert f"Laporan {filed.code}: https://lapor.example/surat/laporan/" in body
    assert f"Laporan {joined.code}: https://lapor.example/lapor/{joined.code}" in body
    token = token_of(catcher.mails[-1], "laporan-saya")
    found = await records.mail("ListMyComplaints", token=token)
    assert [(one.code, one.supporter) for one in found.complaints] == [(joined.code, True), (filed.code, False)]
    again = await records.mail("RecoverLinkKey", token=token, code=filed.code, request_id=request_id())
    assert again.link_key == filed.link_key
    own = await records.mail("RecoverLinkKey", token=token, code=joined.code, request_id=request_id())
    assert own.link_key not in {filed.link_key, joined.link_key}
    reads = (await records.contact("ListContactReads", **filed.owner)).reads
    assert [read.by for read in reads] == ["reporter"]
    with refused("COMPLAINT_NOT_FOUND"):
        await records.mail("RecoverLinkKey", token=token, code=(await records.file()).code, request_id=request_id())
    with refused("LINK_KEY_REQUIRED"):
        await act(records, "Reply", filed.code, token, note="Nomor 14")  # it lists; a case has links of its own
    records.governance.pass_time(days=MINE_LIFE.days)
    with refused("MAIL_LINK_EXPIRED"):
        await records.mail("ListMyComplaints", token=token)


async def test_the_kept_answer_holds_no_key(records: Records, catcher: Catcher) -> None:
    filed, _ = await asked(records, catcher)
    await mailed_to(records, SITI)
    token, key = token_of(catcher.mails[-1], "laporan-saya"), request_id()
    answers = [await records.mail("RecoverLinkKey", token=token, code=filed.code, request_id=key) for _ in range(2)]
    assert answers[0] == answers[1]
    kept = await records.sql("SELECT answer FROM idempotency_key WHERE request_id = $1", key)
    assert filed.link_key.encode() not in kept[0]["answer"]


async def test_a_case_of_a_strangers_is_not_in_the_list_of_the_address_they_typed(
    records: Records, catcher: Catcher
) -> None:
    filed, _ = await asked(records, catcher)
    await records.file(contact={"email": SITI})  # never confirmed
    plus = await records.file(contact={"email": "siti+lain@contoh.id"})  # another mailbox, for all we know
    await confirm(records, catcher)
    await records.sql("UPDATE contact SET mail = 'waiting' WHERE complaint_id NOT IN ($1, $2)", filed.id, plus.id)
    await mailed_to(records, SITI)
    token = token_of(catcher.mails[-1], "laporan-saya")
    assert [one.code for one in (await records.mail("ListMyComplaints", token=token)).complaints] == [filed.code]


async def test_a_contact_of_the_version_before_is_found_by_its_address_too(records: Records, catcher: Catcher) -> None:
    filed, _ = await asked(records, catcher)
    await records.sql("UPDATE contact SET mailbox = NULL")
    await mailed_to(records, SITI)
    token = token_of(catcher.mails[-1], "laporan-saya")
    assert [one.code for one in (await records.mail("ListMyComplaints", token=token)).complaints] == [filed.code]


async def test_all_links_to_an_address_are_ended_by_one_of_them(records: Records, catcher: Catcher) -> None:
    filed, token = await asked(records, catcher)
    await mailed_to(records, SITI)
    mine = token_of(catcher.mails[-1], "laporan-saya")
    await records.mail("EndMailLinks", token=mine, request_id=request_id())
    with refused("MAIL_LINK_ENDED"):
        await act(records, "Reply", filed.code, token, note="Nomor 14")
    with refused("MAIL_LINK_ENDED"):
        await records.mail("ListMyComplaints", token=mine)
    with refused("MAIL_LINK_ENDED"):
        await records.mail("EndMailLinks", token=mine, request_id=request_id())
    assert await act(records, "Reply", filed.code, filed.link_key, note="Nomor 14") == "in_progress"


async def test_a_login_lists_what_it_reported_and_nobody_elses(records: Records) -> None:
    mine = [await records.file(CITIZEN) for _ in range(3)]
    await records.file(OTHER)
    await records.file()
    first = await records.mail("ListMyComplaints", CITIZEN, page_size=2)
    rest = await records.mail("ListMyComplaints", CITIZEN, page_size=2, page_token=first.next_page_token)
    found = [one.code for page in (first, rest) for one in page.complaints]
    assert found == [one.code for one in reversed(mine)]
    with refused("PAGE_TOKEN_INVALID"):
        await records.mail("ListMyComplaints", CITIZEN, page_token="x")
    with refused("MAIL_LINK_OR_LOGIN_REQUIRED"):
        await records.mail("ListMyComplaints", ANONYMOUS)
