"""What is left of events when their author has their data erased: nothing of what nobody was shown, and of what
everybody was shown its words, with the reason.
"""

from services.branding.city_events import timers
from services.branding.personal import reactions
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import own_records_pb2
from smartcity.branding.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.branding.city_events.stage import DINKES, ORGANISER, WEEKLY, WHY, WRITER, Stage
from tests.branding.city_events.test_city_events import reason_of
from tests.fixtures.personal import asked, exported

ONCE = pb.EventSchedule(dates=[pb.EventDate(start="2026-11-29", source="Panitia")])
_HELD = "SELECT count(*) FROM branding.city_event WHERE by = $1 OR written_by = $1"


async def left(stage: Stage, caller: Caller = ORGANISER) -> int:
    """How many events know somebody's login."""
    found: int = await stage.served.admin.fetchval(_HELD, caller.subject)
    return found


async def test_an_event_that_waits_ends_with_its_words_when_its_author_is_erased_and_nobody_publishes_it(
    stage: Stage,
) -> None:
    made = await stage.write(ORGANISER, organiser="Qwertina Zulhamwati")
    kept = await stage.write(ORGANISER, name="Pasar Pagi")
    await stage.rewrite(kept, WRITER, name="Pasar Pagi Johar")
    assert (await asked(stage.served, reactions, ORGANISER.subject))["events"] == (2, 0, "")
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (2, 2, "")
    assert await reason_of(stage.publish(made)) == "EVENT_NOT_FOUND"
    assert await stage.served.admin.fetchval("SELECT count(*) FROM branding.city_event") == 0, "code and words as well"
    assert await stage.emitted() == ["PersonalDataReported", "PersonalDataReported"]


async def test_who_is_erased_can_still_call_off_what_is_published_of_them_and_is_told_that_its_words_stay(
    stage: Stage,
) -> None:
    made = await stage.publish(await stage.write(ORGANISER))
    await stage.rewrite(made, ORGANISER, description="Hubungi Qwertina.")
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (1, 0, "published")
    shown = await stage.read(made.id, ORGANISER)
    assert (shown.content.name, shown.theirs, shown.HasField("written")) == ("Malam Keroncong", True, False)
    assert await reason_of(stage.publish(shown)) == "EVENT_NOTHING_WRITTEN"
    assert (await stage.cancel(shown, ORGANISER)).state == pb.CITY_EVENT_STATE_CANCELLED
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (1, 0, "published")
    assert await left(stage) == 0
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (0, 0, "")
    assert (await stage.read(made.id)).content.name == "Malam Keroncong", "whoever knew of it reads that it is off"


async def test_of_an_event_that_is_over_nobody_is_known_as_its_author_once_they_are_erased(stage: Stage) -> None:
    once = await stage.publish(await stage.write(ORGANISER, schedule=ONCE))
    weekly = await stage.publish(await stage.write(ORGANISER, name="Senam Pagi", schedule=WEEKLY))
    stage.served.pass_time(days=10)
    await timers.go_on(stage.served.runtime)
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (2, 0, "published")
    assert not (await stage.read(once.id, ORGANISER)).theirs
    assert (await stage.read(weekly.id, ORGANISER)).theirs


async def test_what_was_written_for_an_agency_stays_with_it_when_its_writer_is_erased(stage: Stage) -> None:
    draft, said = await stage.write(DINKES), await stage.publish(await stage.write(DINKES, name="Donor Darah"))
    assert (await asked(stage.served, reactions, DINKES.subject, erase=True))["events"] == (2, 1, "undecided")
    assert (await stage.read(draft.id, DINKES)).own
    assert (await stage.publish(draft)).state == pb.CITY_EVENT_STATE_PUBLISHED
    assert (await stage.read(said.id, DINKES)).theirs


async def test_a_draft_that_was_taken_back_goes_with_its_words_when_its_author_is_erased(stage: Stage) -> None:
    await stage.cancel(await stage.write(ORGANISER, organiser="Qwertina Zulhamwati"), ORGANISER)
    assert (await asked(stage.served, reactions, ORGANISER.subject, erase=True))["events"] == (1, 1, "")
    assert await stage.served.admin.fetchval("SELECT count(*) FROM branding.city_event") == 0


async def test_a_draft_that_was_taken_back_goes_by_itself_after_90_days_and_what_was_published_stays(
    stage: Stage,
) -> None:
    dropped = await stage.cancel(await stage.write(ORGANISER), ORGANISER)
    said = await stage.cancel(await stage.published(name="Pawai Obor"))
    waits = await stage.write(ORGANISER, name="Pasar Pagi")
    stage.served.pass_time(days=89)
    await timers.forget(stage.served.runtime)
    assert (await stage.read(dropped.id, ORGANISER)).reason == WHY
    stage.served.pass_time(days=2)
    await timers.forget(stage.served.runtime)
    assert await reason_of(stage.read(dropped.id, ORGANISER)) == "EVENT_NOT_FOUND"
    left = await stage.served.admin.fetch("SELECT code FROM branding.city_event ORDER BY id")
    assert [row["code"] for row in left] == [said.code, waits.code]


async def test_who_wrote_an_event_is_told_all_that_it_says_and_why_it_was_called_off(stage: Stage) -> None:
    said = await stage.publish(await stage.write(ORGANISER, organiser="Qwertina Zulhamwati"))
    await stage.rewrite(said, ORGANISER, description="Bawa payung.")
    await stage.cancel(await stage.write(ORGANISER, name="Pasar Pagi", venue="Jalan Plimbangan 9"), ORGANISER)
    asks = own_records_pb2.ListOwnRecordsRequest()
    dropped, public = (await exported(stage.served, OwnRecordServiceStub, asks, ORGANISER))["events"]
    assert (public["code"], public["name"], public["state"]) == (said.code, "Malam Keroncong", "published")
    assert "Qwertina Zulhamwati" in public["content"]
    assert "Bawa payung." in public["written"]
    assert "published_at" in public
    assert (dropped["reason"], "Jalan Plimbangan 9" in dropped["content"]) == (WHY, True)
    assert "cancelled_at" in dropped
