"""What is left of events when their author has their data erased: nothing of what nobody was shown, and of what
everybody was shown its words, with the reason.
"""

from services.branding.city_events import timers
from services.branding.personal import reactions
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2 as pb
from tests.branding.city_events.stage import DINKES, ORGANISER, WEEKLY, WRITER, Stage
from tests.branding.city_events.test_city_events import reason_of
from tests.fixtures.personal import asked

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
