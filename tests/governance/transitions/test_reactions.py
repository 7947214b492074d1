"""What a clean-up in environment does to a case."""

from collections import Counter
from typing import Any

from google.protobuf.message import Message

from services.governance.flood_cases import reactions as flood_cases
from services.governance.floods import reactions as floods
from services.governance.performance import reactions as performance
from services.governance.personal import reactions as personal
from services.governance.pillar import PILLAR
from services.governance.stories import reactions as stories
from services.governance.transitions import reactions
from services.kit.caller import ANONYMOUS, Caller
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1.complaints_pb2 import JoinComplaintRequest
from tests.governance.cases import DLH, DPU, Filed, file, state
from tests.governance.conftest import Governance, refused, request_id


async def _happens(governance: Governance, message: Message) -> None:
    """Runs the pillar's own reaction to an event, as the consumer does."""
    (reaction,) = [one for one in PILLAR.reactions if isinstance(message, one.event)]
    event: Event[Any] = Event(
        id=uuid7(),
        type=message.DESCRIPTOR.full_name,
        source="/smartcity/semarang/environment",
        time=governance.now,
        aggregate="cleanup-1",
        version=1,
        correlation="case-1",
        causation=None,
        exercise=False,
        traceparent=None,
        message=message,
    )
    async with governance.runtime.transaction() as tx:
        await reaction.handle(tx, event)


async def _assigned(governance: Governance) -> Filed:
    filed = await file(governance)
    await filed.transition("verify")
    return filed


async def test_an_opened_cleanup_is_a_line_of_the_history(governance: Governance) -> None:
    filed = await _assigned(governance)
    await _happens(governance, environment.CleanupOpened(id="1", complaint=filed.code))
    seen = await filed.read()
    entry = seen.timeline[-1]
    assert (entry.type, entry.by) == ("smartcity.environment.v1.CleanupOpened", "environment")
    assert state(seen) == "assigned"
    assert seen.etag != filed.last.etag


async def test_what_the_city_opens_by_itself_does_not_refuse_who_works_on_the_case(governance: Governance) -> None:
    filed = await _assigned(governance)
    await _happens(governance, environment.CleanupOpened(id="1", complaint=filed.code))
    released = await filed.edit("Release", public_text="Sampah di depan pasar")
    assert (released.public_text, released.released) == ("Sampah di depan pasar", True)
    assert state(await filed.transition("start", DLH)) == "in_progress"


async def test_what_else_happened_meanwhile_refuses_who_has_not_seen_it(governance: Governance) -> None:
    filed = await _assigned(governance)
    seen = filed.last.etag
    await _happens(governance, environment.CleanupAbandoned(id="1", complaint=filed.code, reason="Tidak ada truk"))
    await _happens(governance, environment.CleanupOpened(id="2", complaint=filed.code))
    with refused("STALE_ETAG"):
        await filed.edit("Release", public_text="Sampah di depan pasar", etag=seen)


async def test_a_dispatched_crew_puts_the_case_in_progress(governance: Governance) -> None:
    filed = await _assigned(governance)
    await _happens(governance, environment.CleanupDispatched(id="1", complaint=filed.code))
    seen = await filed.read()
    assert state(seen) == "in_progress"
    assert [entry.type.rpartition(".")[2] for entry in seen.timeline[-2:]] == [
        "CleanupDispatched", "ComplaintStatusChanged",
    ]  # fmt: skip


async def test_a_dispatched_crew_leaves_a_case_waiting_that_asks_its_reporter_something(
    governance: Governance,
) -> None:
    filed = await _assigned(governance)
    await filed.transition("ask", DLH, note="Di sebelah mana?")
    await _happens(governance, environment.CleanupDispatched(id="1", complaint=filed.code))
    seen = await filed.read()
    assert (state(seen), seen.due.HasField("resolution")) == ("waiting_for_reporter", False)
    assert seen.timeline[-1].type.endswith("CleanupDispatched")


async def test_a_completed_cleanup_resolves_with_its_note_and_photos(governance: Governance) -> None:
    filed = await _assigned(governance)
    photo = await filed.evidence(DLH)
    done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=[photo])
    await _happens(governance, done)
    seen = await filed.read()
    assert state(seen) == "resolved"
    last = seen.timeline[-1]
    assert (last.note, list(last.photos), last.by) == ("Sudah bersih", [photo], "environment")


async def test_a_completed_cleanup_resolves_a_reopened_case_by_new_photos_alone(governance: Governance) -> None:
    filed = await _assigned(governance)
    before = await filed.evidence()
    await filed.transition("resolve", DLH, note="Sudah diangkut", photos=[before])
    governance.pass_time(days=1)
    await filed.act("Reopen", note="Masih menumpuk.")
    for photo, closed in ((before, "reopened"), (await filed.evidence(), "resolved")):
        done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=[photo])
        await _happens(governance, done)
        assert state(await filed.read()) == closed


async def test_what_a_crew_of_the_former_agency_tells_late_is_a_line_of_the_history_alone(
    governance: Governance,
) -> None:
    filed = await _assigned(governance)
    photo = await filed.evidence(DLH)
    await filed.transition("transfer", DLH, note="Saluran milik dinas pekerjaan umum.", agency="dpu")
    await filed.transition("assign", DPU)
    for told in (
        environment.CleanupDispatched(id="1", complaint=filed.code, agency="dlh"),
        environment.CleanupCompleted(id="1", complaint=filed.code, note="Bersih", photos=[photo], agency="dlh"),
    ):
        await _happens(governance, told)
        seen = await filed.read()
        assert (state(seen), seen.timeline[-1].type) == ("assigned", told.DESCRIPTOR.full_name)


async def test_nobody_closes_their_own_report_by_way_of_the_cleanup(governance: Governance) -> None:
    insider = Caller("officer-dlh-2", frozenset({"officer", "citizen"}), "dlh")
    filed = await file(governance, insider)
    await filed.transition("verify")
    with refused("OWN_MATTER"):
        await filed.evidence(insider)
    for photo, closed in ((await filed.snapshot(insider), "assigned"), (await filed.evidence(), "resolved")):
        done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=[photo])
        await _happens(governance, done)
        assert state(await filed.read()) == closed


async def test_nobody_proves_what_became_of_what_they_joined(governance: Governance) -> None:
    filed, insider = await _assigned(governance), Caller("officer-dlh-2", frozenset({"officer", "citizen"}), "dlh")
    request = JoinComplaintRequest(request_id=request_id(), code=filed.code)
    await governance.call("ComplaintService.JoinComplaint", request, insider)
    with refused("OWN_MATTER"):
        await filed.evidence(insider)


async def test_a_repeated_completion_only_adds_a_line(governance: Governance) -> None:
    filed = await _assigned(governance)
    photo = await filed.evidence(DLH)
    done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=[photo])
    await _happens(governance, done)
    await filed.act("Rate", rating=5)
    await _happens(governance, done)
    await _happens(governance, environment.CleanupDispatched(id="1", complaint=filed.code))
    seen = await filed.read()
    assert (state(seen), seen.rating) == ("closed", 5)


async def test_a_completion_without_evidence_of_the_case_does_not_resolve_it(governance: Governance) -> None:
    filed = await _assigned(governance)
    other = await (await file(governance)).snapshot()
    for photos in ([], ["not an id"], [other], [str(uuid7())]):
        done = environment.CleanupCompleted(id="1", complaint=filed.code, note="Sudah bersih", photos=photos)
        await _happens(governance, done)
    seen = await filed.read()
    assert (state(seen), seen.timeline[-1].note) == ("assigned", "Sudah bersih")


async def test_an_abandoned_cleanup_leaves_the_case_with_its_agency(governance: Governance) -> None:
    filed = await _assigned(governance)
    await _happens(governance, environment.CleanupAbandoned(id="1", complaint=filed.code, reason="Truk rusak"))
    seen = await filed.read(DLH)
    assert (state(seen), seen.timeline[-1].note) == ("assigned", "Truk rusak")
    assert (await filed.read(ANONYMOUS, filed.key)).timeline[-1].note == ""


async def test_a_cleanup_without_complaint_is_none_of_our_business(governance: Governance) -> None:
    await _happens(governance, environment.CleanupOpened(id="1"))
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM entry") == 0


async def test_a_secret_case_reacts_as_well(governance: Governance) -> None:
    filed = await file(governance, secret=True)
    await filed.transition("verify")
    await _happens(governance, environment.CleanupDispatched(id="1", complaint=filed.code))
    assert state(await filed.read()) == "in_progress"


def test_every_reaction_is_wired() -> None:
    handled = {reaction.handle for reaction in PILLAR.reactions}
    assert handled == {
        reactions.on_cleanup_opened,
        reactions.on_cleanup_dispatched,
        reactions.on_cleanup_completed,
        reactions.on_cleanup_abandoned,
        personal.on_personal_data_requested,
        floods.on_warning_raised,
        floods.on_warning_updated,
        floods.on_warning_cleared,
        flood_cases.on_complaint_filed,
        flood_cases.on_complaint_corrected,
        performance.on_case,
        performance.on_satisfaction_published,
        stories.on_event,
    }


def test_what_has_several_reactions_is_done_one_by_one() -> None:
    several = {event for event, count in Counter(one.event for one in PILLAR.reactions).items() if count > 1}
    assert several
    assert [one.event for one in PILLAR.reactions if one.event in several and one.together] == []
