"""Warnings by mail: to a real SMTP server, once each, and only to who asked for them and said yes."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
import structlog

from services.environment.pillar import PILLAR
from services.environment.subscriptions import actions, queue, timers, wording
from services.kit.mail import delivering
from services.kit.runtime import Runtime
from smartcity.environment.v1 import warning_subscriptions_pb2 as pb
from tests.environment.conftest import DPU
from tests.environment.subscriptions.subscribing import CONFIRMED, ENDED, SEKAYU, SITI, WAITING, Subscribers
from tests.environment.warnings.warning import AWAS, OTHER, TANJUNG_MAS
from tests.fixtures.pillars import answered_elsewhere
from tests.governance.conftest import RefusedError, request_id


async def test_nothing_goes_to_an_address_but_one_confirmation_before_its_owner_said_yes(
    subscribers: Subscribers,
) -> None:
    asked = await subscribers.ask()
    assert asked.state == WAITING
    await subscribers.warnings.in_force()
    (mail,) = await subscribers.told()
    assert "Tanjung Mas" in mail.get_content()
    assert "was given for warnings" in mail.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (await subscribers.look(mail, end=False)).state == WAITING, "a scanner's look confirms nothing"
    assert await subscribers.told() == []


async def test_each_step_is_told_once_until_all_clear(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    await subscribers.subscribed("ann@example.org", SEKAYU, TANJUNG_MAS, language="en")
    await subscribers.subscribed("elsewhere@contoh.id", SEKAYU)
    raised = await subscribers.warnings.in_force()
    first = await subscribers.told()
    assert sorted(mail["To"] for mail in first) == ["ann@example.org", SITI]
    siti = next(mail for mail in first if mail["To"] == SITI)
    text = siti.get_content()
    assert siti["Subject"].startswith("SIAGA: banjir rob di Tanjung Mas")
    for part in ("Kelurahan Anda: Tanjung Mas", "Tingkat: SIAGA", "Berlaku sampai: ", " WIB", "Yang perlu dilakukan",
                 f"https://lapor.example/lingkungan/peringatan/{raised.id}", "E-mail ini dari "):  # fmt: skip
        assert part in text
    english = next(mail for mail in first if mail["To"] == "ann@example.org").get_content()
    assert "What to do:" in english
    assert "Sekayu" not in english, "only the kelurahan that it is about"
    await subscribers.hear(again=True)
    await timers.deliver(subscribers.runtime)
    assert len(subscribers.to(SITI)) == 2, "redelivered news are no news"
    changed = await subscribers.warnings.act("Update", raised, level=AWAS)
    if changed.HasField("proposal"):
        changed = await subscribers.warnings.act("Approve", changed, OTHER)
    (update,) = [mail for mail in await subscribers.told() if mail["To"] == SITI]
    assert update["Subject"].startswith("AWAS (diperbarui)")
    await subscribers.warnings.ended("Clear", changed)
    (clear,) = [mail for mail in await subscribers.told() if mail["To"] == SITI]
    assert clear["Subject"].startswith("AMAN")
    assert "Berlaku sampai" not in clear.get_content()
    assert set(await subscribers.states()) == {("sent", "")}


async def test_a_drill_is_mailed_to_nobody(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    drill = await subscribers.warnings.in_force(exercise=True)
    await subscribers.warnings.ended("Cancel", drill)
    assert await subscribers.told() == []
    assert await subscribers.states() == []


async def test_a_mail_whose_turn_comes_late_tells_what_is_true_then(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    subscribers.catcher.answer = "451 try later"
    raised = await subscribers.warnings.in_force()
    assert await subscribers.told() == []
    await subscribers.warnings.ended("Cancel", raised)
    subscribers.catcher.answer = ""
    subscribers.served.pass_time(minutes=1)
    await timers.deliver(subscribers.runtime)  # before the news of its end have come
    await subscribers.hear()
    await timers.deliver(subscribers.runtime)
    (mail,) = subscribers.to(SITI)[1:]
    assert mail["Subject"].startswith("DITARIK")
    assert await subscribers.states() == [("overtaken", ""), ("sent", "")]


async def test_a_warning_whose_time_is_over_is_mailed_no_more(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    await subscribers.warnings.in_force()
    await subscribers.hear()
    subscribers.served.pass_time(hours=7)
    assert await subscribers.told() == []
    assert await subscribers.states() == [("dropped", "WARNING_OVER")]


async def test_who_subscribes_during_a_warning_hears_of_it_at_once(subscribers: Subscribers) -> None:
    raised = await subscribers.warnings.in_force()
    await subscribers.subscribed()
    (mail,) = await subscribers.told()
    assert raised.id in mail.get_content()


async def test_many_subscribers_are_told_in_small_steps_by_processes_that_crash(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    several = [f"siti-{number}@contoh.id" for number in range(5)]
    for email in several:
        await subscribers.subscribed(email, TANJUNG_MAS, SEKAYU)
    subscribers.catcher.mails.clear()
    await subscribers.warnings.in_force(areas=[TANJUNG_MAS, SEKAYU])
    with monkeypatch.context() as broken:
        broken.setattr(queue, "advance", _crash)
        with pytest.raises(ZeroDivisionError):
            await subscribers.hear()
    await asyncio.gather(*(timers.pass_on(subscribers.runtime) for _ in range(3)))
    with monkeypatch.context() as broken:
        broken.setattr(queue.MAILS, "finish", _crash)
        with pytest.raises(ZeroDivisionError):
            await timers.deliver(subscribers.runtime)
    subscribers.served.pass_time(minutes=1)
    await asyncio.gather(*(timers.deliver(subscribers.runtime) for _ in range(3)))
    ids = {(mail["To"], mail["Message-ID"]) for mail in subscribers.catcher.mails}
    assert sorted(email for email, _ in ids) == several, "a repeat after a crash is recognisable by its id"
    assert await subscribers.states() == [("sent", "")] * 5


async def _crash(*_: object) -> None:
    raise ZeroDivisionError


def _crash_now(*_: object, **__: object) -> None:
    raise ZeroDivisionError


async def test_the_link_of_any_mail_ends_it_and_erases_the_address(subscribers: Subscribers) -> None:
    confirmation = await subscribers.subscribed()
    await subscribers.subscribed(SITI, SEKAYU)  # joins the first; its kelurahan stand for those before
    await subscribers.warnings.in_force(areas=[SEKAYU])
    await subscribers.told()
    assert (await subscribers.end(confirmation)).state == ENDED
    assert (await subscribers.end(confirmation)).state == ENDED
    assert (await subscribers.look(subscribers.to(SITI)[-1])).state == ENDED
    rows = await subscribers.runtime.pool.fetch("SELECT * FROM warning_subscription")
    assert {(row["state"], row["address"], row["sealed"]) for row in rows} == {("ended", None, b"")}
    await subscribers.warnings.in_force(zone="pesisir", level=AWAS)
    assert await subscribers.told() == []
    assert SITI not in str(await subscribers.served.outbox())


async def test_a_second_subscription_of_an_address_takes_the_place_of_the_first(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    await subscribers.warnings.in_force()
    assert len(await subscribers.told()) == 1
    await subscribers.subscribed("SITI@contoh.id", SEKAYU, TANJUNG_MAS, language="en")
    assert await subscribers.told() == [], "what it was told before it is not told again"
    await subscribers.warnings.in_force(areas=[SEKAYU])
    (mail,) = await subscribers.told()
    assert "Your kelurahan: Sekayu" in mail.get_content()


async def test_whoever_types_an_address_of_others_cannot_have_it_flooded(subscribers: Subscribers) -> None:
    for spelling in ("siti@contoh.id", "Siti@contoh.id", "siti+1@contoh.id", "siti+2@contoh.id", "siti@CONTOH.id"):
        assert (await subscribers.ask(spelling)).state == WAITING, "the answer does not tell"
    await timers.deliver(subscribers.runtime)
    assert len(subscribers.catcher.mails) == 3
    await subscribers.end(subscribers.catcher.mails[0])
    for _ in range(6):
        subscribers.served.pass_time(days=1)
        await subscribers.ask()
        await timers.deliver(subscribers.runtime)
    assert len(subscribers.catcher.mails) == 4, "who said stop is asked once, so that they can come back"
    assert (await subscribers.confirm(subscribers.catcher.mails[-1])).state == CONFIRMED


async def test_the_same_request_asks_once(subscribers: Subscribers) -> None:
    key = request_id()
    for _ in range(2):
        await subscribers.ask(key=key)
        await answered_elsewhere(PILLAR, subscribers.runtime)
    await timers.deliver(subscribers.runtime)
    assert len(subscribers.catcher.mails) == 1
    with pytest.raises(RefusedError) as refused:
        await subscribers.ask("budi@contoh.id", key=key)
    assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"


async def test_an_address_nobody_has_is_erased_and_others_are_served(subscribers: Subscribers) -> None:
    await subscribers.subscribed()
    await subscribers.ask("nobody@contoh.id")
    await subscribers.warnings.in_force()
    with structlog.testing.capture_logs() as lines:
        assert [mail["To"] for mail in await subscribers.told()] == [SITI]
    assert "nobody@" not in str(lines)
    rows = await subscribers.runtime.pool.fetch(
        "SELECT s.state, s.why, m.state AS mail, m.reason FROM warning_subscription s"
        " JOIN warning_mail m ON m.subscription = s.id WHERE s.state = 'ended'"
    )
    assert [tuple(row) for row in rows] == [("ended", "undeliverable", "refused", "SMTPRecipientsRefused 550")]


async def test_who_stands_behind_a_refused_address_is_told_at_once_though_the_server_hangs_up(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "CONNECTIONS", 1)
    await subscribers.subscribed()
    await subscribers.ask("nobody@contoh.id")
    await subscribers.warnings.in_force()
    subscribers.catcher.hangs_up = True
    assert [mail["To"] for mail in await subscribers.told()] == [SITI]


async def test_a_refusal_that_may_mean_the_city_erases_nobody(subscribers: Subscribers) -> None:
    await subscribers.ask("denied@contoh.id")
    await timers.deliver(subscribers.runtime)
    assert await subscribers.runtime.pool.fetchval("SELECT state FROM warning_subscription") == "waiting"
    assert await subscribers.runtime.pool.fetchval("SELECT state FROM warning_mail") == "refused"


async def test_a_mail_that_cannot_be_written_holds_up_no_other(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribers.subscribed()
    await subscribers.ask("ann@example.org")
    monkeypatch.setattr(wording, "confirmation", _crash_now)
    await subscribers.warnings.in_force()
    assert [mail["To"] for mail in await subscribers.told()] == [SITI]
    rows = await subscribers.runtime.pool.fetch("SELECT reason FROM warning_mail WHERE state = 'dropped'")
    assert [row["reason"] for row in rows] == ["ZeroDivisionError"]


async def test_who_adds_a_kelurahan_hears_of_the_warning_that_holds_there_though_told_of_it_elsewhere(
    subscribers: Subscribers,
) -> None:
    await subscribers.subscribed()
    await subscribers.warnings.in_force(areas=[TANJUNG_MAS, SEKAYU])
    await subscribers.told()
    await subscribers.subscribed(SITI, TANJUNG_MAS, SEKAYU)
    (mail,) = await subscribers.told()
    assert "Kelurahan Anda: Tanjung Mas, Sekayu" in mail.get_content()


async def test_what_nobody_confirmed_is_forgotten_and_its_link_leads_nowhere(subscribers: Subscribers) -> None:
    await subscribers.ask()
    await timers.deliver(subscribers.runtime)
    (mail,) = subscribers.catcher.mails
    subscribers.served.pass_time(days=8)
    with pytest.raises(RefusedError) as refused:
        await subscribers.confirm(mail)
    assert refused.value.reason == "SUBSCRIPTION_LINK_EXPIRED"
    await timers.prune(subscribers.runtime)
    with pytest.raises(RefusedError) as refused:
        await subscribers.confirm(mail)
    assert refused.value.reason == "SUBSCRIPTION_LINK_UNKNOWN"
    subscribers.served.pass_time(days=31)
    await timers.prune(subscribers.runtime)
    for table in ("warning_subscription", "warning_mail", "warning_asked"):
        assert await subscribers.runtime.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"email": "siti@contoh"}, "EMAIL_INVALID"),
        ({"email": "=?utf-8?b?c2l0aQ==?=@contoh.id"}, "EMAIL_INVALID"),
        ({"email": "=?utf-8?q?v=0d=0a?=@contoh.id"}, "EMAIL_INVALID"),
        ({"areas": ["33.74.02"]}, "AREA_UNKNOWN"),
        ({"areas": []}, "AREAS_INVALID"),
        ({"areas": [TANJUNG_MAS] * 11}, "AREAS_INVALID"),
        ({"language": "jv"}, "LANGUAGE_UNKNOWN"),
    ],
)
async def test_bad_requests_are_refused_with_their_reason(
    subscribers: Subscribers, fields: dict[str, object], reason: str
) -> None:
    good = {"request_id": request_id(), "email": SITI, "areas": [TANJUNG_MAS], "language": "id"}
    with pytest.raises(RefusedError) as refused:
        await subscribers.call(pb.CreateWarningSubscriptionRequest(**{**good, **fields}))  # type: ignore[arg-type]
    assert refused.value.reason == reason


async def test_a_city_without_a_mail_server_asks_for_no_address_and_still_lets_everybody_out(
    subscribers: Subscribers,
) -> None:
    mail = await subscribers.subscribed()
    subscribers.runtime.settings = subscribers.runtime.settings.model_copy(update={"smtp_url": ""})
    with pytest.raises(RefusedError) as refused:
        await subscribers.ask("budi@contoh.id")
    assert refused.value.reason == "SUBSCRIPTIONS_CLOSED"
    assert (await subscribers.end(mail)).state == ENDED


async def test_how_far_a_warning_has_come_is_told_to_those_who_warn(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in (SITI, "ani@contoh.id", "budi@contoh.id"):
        await subscribers.subscribed(email)
    raised = await subscribers.warnings.in_force(level=AWAS)

    async def mails(**more: bool | int) -> None:
        found = await subscribers.warnings.call(pb.GetWarningMailsRequest(id=raised.id))
        told = {name: getattr(found.mails, name) for name in ("goes_on", "waiting", "sent", "failed", "dropped")}
        assert told == {"goes_on": False, "waiting": 0, "sent": 0, "failed": 0, "dropped": 0, **more}

    await mails()
    await subscribers.hear()
    await mails(waiting=3)
    monkeypatch.setattr(delivering, "MOST_ATTEMPTS", 1)
    subscribers.catcher.answer = "451 later"
    await timers.deliver(subscribers.runtime)
    await mails(failed=3)
    subscribers.catcher.answer = ""
    changed = await subscribers.warnings.act("Update", raised, level=AWAS)
    await subscribers.warnings.act("Approve", changed, OTHER)
    await subscribers.told()
    await mails(sent=3)
    with pytest.raises(RefusedError) as refused:
        await subscribers.warnings.call(pb.GetWarningMailsRequest(id=raised.id), DPU)
    assert refused.value.reason == "WARNING_AGENCY_ONLY"


async def test_who_is_told_to_stop_while_a_mail_is_handed_over_knows_that_it_was_sent(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribers.subscribed()
    await subscribers.warnings.in_force()
    await subscribers.hear()
    arrived, taken = asyncio.Event(), subscribers.catcher.handle_DATA

    async def slow(*given: object) -> str:
        arrived.set()
        await asyncio.sleep(0.3)
        return await taken(*given)

    monkeypatch.setattr(subscribers.catcher, "handle_DATA", slow)
    task = asyncio.create_task(timers.deliver(subscribers.runtime))
    await arrived.wait()
    task.cancel()
    await asyncio.sleep(0.1)
    task.cancel()  # told once more while it ends what it has in hand
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await subscribers.states() == [("sent", "")]
    subscribers.served.pass_time(hours=1)
    await timers.deliver(subscribers.runtime)
    assert len(subscribers.to(SITI)) == 2, "the confirmation, and the warning once"


async def test_a_mail_in_hand_is_not_due_again_however_slow_the_server_is(
    subscribers: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribers.subscribed()
    await subscribers.warnings.in_force()
    await subscribers.hear()
    due, taken = delivering._due, subscribers.catcher.handle_DATA

    async def later(runtime: Runtime, mails: Any, in_hand: Sequence[UUID] = ()) -> Any:
        subscribers.served.pass_time(minutes=1)
        return await due(runtime, mails, in_hand)

    async def slow(*given: object) -> str:
        await asyncio.sleep(0.3)
        return await taken(*given)

    monkeypatch.setattr(delivering, "BATCH", 1)
    monkeypatch.setattr(delivering, "_due", later)
    monkeypatch.setattr(subscribers.catcher, "handle_DATA", slow)
    await timers.deliver(subscribers.runtime)
    assert len(subscribers.to(SITI)) == 2, "the confirmation, and the warning once"
