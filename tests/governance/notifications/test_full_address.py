"""An address that got as many mails as it gets in a day: what is left for it is sent on the next one."""

from datetime import UTC, time, timedelta

from services.governance.mailing import model as limits
from services.governance.notifications import gauges, timers
from smartcity.governance.v1 import mail_pb2
from tests.governance.calls import DPU, Filed, Records
from tests.governance.conftest import VERIFIER, request_id
from tests.governance.mails import Catcher, confirm, follow, is_confirmation, token_of

EMAIL = "siti@contoh.id"


async def file(records: Records) -> Filed:
    """A report whose news go to the address."""
    return await records.file(contact={"name": "Siti", "email": EMAIL})


async def asked_when_full(records: Records, catcher: Catcher) -> Filed:
    """A case that was asked something after its address got all the mails of a day."""
    filed = await file(records)
    await confirm(records, catcher)
    await records.transition(filed, "verify", VERIFIER)
    await records.sql("UPDATE mail_address SET mails = $1", limits.MAILS_A_DAY)
    await records.transition(filed, "ask", DPU, note="Di dekat rumah nomor berapa?")
    await timers.send_due(records.runtime)
    catcher.mails.clear()
    return filed


async def comes_tomorrow(records: Records, filed: Filed) -> bool:
    """Whether the holder of the key is told that the next mail is sent as soon as the city's day is over."""
    answer = await records.mail("GetContactMail", **filed.owner)
    if not answer.HasField("next_mail_time"):
        return False
    zone = records.runtime.city.timezone
    today = records.governance.now.astimezone(zone).date()
    at = answer.next_mail_time.ToDatetime(UTC).astimezone(zone)
    return (at.date(), at.time()) == (today + timedelta(days=1), time())


async def test_a_question_that_found_its_address_full_arrives_the_next_day(records: Records, catcher: Catcher) -> None:
    await asked_when_full(records, catcher)
    records.governance.pass_time(hours=1)
    await timers.send_due(records.runtime)
    assert catcher.mails == []
    records.governance.pass_time(days=1)
    await timers.send_due(records.runtime)
    assert "> Di dekat rumah nomor berapa?" in catcher.mails[-1].get_content()
    assert len(catcher.mails) == 2, "that the case was assigned waited, too"


async def test_the_link_of_a_mail_that_waited_a_day_acts(records: Records, catcher: Catcher) -> None:
    await asked_when_full(records, catcher)
    records.governance.pass_time(days=1)
    await timers.send_due(records.runtime)
    token = token_of(catcher.mails[-1], "laporan")
    answer = await records.mail("GetMailLink", link="MAIL_LINK_CASE", token=token)
    assert answer.standing == mail_pb2.MAIL_LINK_STANDING_GOOD


async def test_the_fourth_confirmation_of_a_day_is_sent_on_the_next(records: Records, catcher: Catcher) -> None:
    for _ in range(limits.CONFIRMATIONS_A_DAY + 1):
        await file(records)
    await confirm(records, catcher)
    assert sum(map(is_confirmation, catcher.mails)) == limits.CONFIRMATIONS_A_DAY
    catcher.mails.clear()
    records.governance.pass_time(days=1)
    await confirm(records, catcher)
    assert [is_confirmation(mail) for mail in catcher.mails] == [True, False]


async def test_a_burst_of_reports_takes_no_confirmation_from_the_owner_of_their_address_for_days(
    records: Records, catcher: Catcher
) -> None:
    for _ in range(8 * limits.CONFIRMATIONS_A_DAY):
        await file(records)
    await timers.send_due(records.runtime)
    records.governance.pass_time(days=1)
    own = await file(records)
    await timers.send_due(records.runtime)
    catcher.mails.clear()
    records.governance.pass_time(days=1)
    await timers.send_due(records.runtime)
    (mail,) = catcher.mails
    await follow(records, "ConfirmAddress", token_of(mail, "konfirmasi"))
    answer = await records.mail("GetContactMail", **own.owner)
    assert answer.state == mail_pb2.MAIL_STATE_CONFIRMED


async def test_asking_again_for_a_confirmation_that_waits_for_a_day_sends_it_once(
    records: Records, catcher: Catcher
) -> None:
    filed = await file(records)
    for _ in range(12):
        await records.mail("RequestConfirmation", **filed.owner, request_id=request_id())
        await timers.send_due(records.runtime)
        records.governance.pass_time(minutes=11)
    catcher.mails.clear()
    for _ in range(3):
        records.governance.pass_time(days=1)
        await timers.send_due(records.runtime)
    assert len(catcher.mails) == 1


async def test_a_mail_that_finds_its_address_full_for_a_week_is_dropped(records: Records, catcher: Catcher) -> None:
    await asked_when_full(records, catcher)
    for _ in range(8):
        records.governance.pass_time(days=1)
        await records.sql(
            "UPDATE mail_address SET mails = $1, day = $2", limits.MAILS_A_DAY, records.governance.now.date()
        )
        await timers.send_due(records.runtime)
    rows = await records.sql("SELECT state, reason FROM news WHERE kind = 'asked'")
    assert [tuple(row) for row in rows] == [("dropped", "EXPIRED")]


async def test_who_holds_the_key_is_told_that_the_next_mail_comes_tomorrow(records: Records, catcher: Catcher) -> None:
    filed = [await file(records) for _ in range(limits.CONFIRMATIONS_A_DAY + 1)]
    await timers.send_due(records.runtime)
    assert [await comes_tomorrow(records, one) for one in filed] == [False, False, False, True]


async def test_that_it_comes_tomorrow_is_told_before_it_was_tried(records: Records, catcher: Catcher) -> None:
    for _ in range(limits.CONFIRMATIONS_A_DAY):
        await file(records)
    await timers.send_due(records.runtime)
    assert await comes_tomorrow(records, await file(records))


async def test_a_mail_that_waits_for_the_next_day_is_no_mail_that_is_stuck(records: Records, catcher: Catcher) -> None:
    await asked_when_full(records, catcher)
    records.governance.pass_time(hours=2)
    ((age, _),) = list((await gauges.GAUGES.read(records.runtime))[gauges.GAUGES.of[0]])
    assert age == 0
