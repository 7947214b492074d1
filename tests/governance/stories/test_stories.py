"""Stories: every event that is told once, in the order of its time, read and followed by anybody."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from google.protobuf.message import Message

from deploy.pillars import pillars
from gateway.calls.pillars import Pillars
from gateway.portal.governance.stories import _ELSEWHERE
from gateway.portal.kit.texts import LANGUAGES, catalogue
from gateway.streams.stories import Stories
from services.governance.pillar import PILLAR
from services.governance.states.model import State
from services.governance.stories import store, timers
from services.governance.stories.hearing import is_fact, is_part, tell
from services.governance.stories.hearing import told as heard_of
from services.kit.caller import ANONYMOUS
from services.kit.rpc.contract import enum_names
from services.living.rides import events as rides
from smartcity.branding.v1 import city_events_pb2
from smartcity.branding.v1 import events_pb2 as branding_events
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import payments_pb2, permits_pb2
from smartcity.environment.v1 import events_pb2 as environment_events
from smartcity.environment.v1 import things_pb2, warnings_pb2
from smartcity.governance.v1 import events_pb2 as governance_events
from smartcity.governance.v1 import stories_pb2 as pb
from smartcity.governance.v1 import stories_pb2_grpc
from smartcity.society.v1 import events_pb2 as society
from smartcity.society.v1 import proposals_pb2
from smartcity.types.v1 import options_pb2
from smartcity.types.v1.money_pb2 import Money
from smartcity.types.v1.place_pb2 import Point
from tests.governance.cases import DLH, file
from tests.governance.conftest import MONDAY, Governance
from tests.governance.stories.telling import CORRELATION, TRACE, event, flood
from tests.governance.stories.telling import tell as told

ASKED = pb.GetStoryRequest(correlation=CORRELATION)


def test_every_event_that_is_told_is_heard_and_no_other() -> None:
    options = {
        message.full_name: message.GetOptions().Extensions[options_pb2.event]
        for one in pillars().values()
        for file in one.publishes
        for message in file.message_types_by_name.values()
    }
    told = {name for name, one in options.items() if one.public or one.told}
    assert {message.DESCRIPTOR.full_name for message in heard_of()} == told
    assert not [name for name, one in options.items() if one.public and one.told]
    assert told <= {one.event.DESCRIPTOR.full_name for one in PILLAR.reactions}


def test_of_an_internal_event_nothing_is_told_but_that_it_happened() -> None:
    summary = payments_pb2.PaymentSummary(code="P-1", requester="branding", amount=Money(currency="IDR", units=70_000))
    captured = event("economy", economy.PaymentCaptured(payment=summary, agency="bapenda"), MONDAY)
    assert is_part(captured)
    assert (tell(captured).facts, tell(captured).agency, tell(captured).trace_id) == ((), "bapenda", TRACE)


@pytest.mark.parametrize(
    ("message", "agency"),
    [
        (economy.PermitAdvanced(agency="disdag", state=permits_pb2.PERMIT_STATE_CHECKING), ""),
        (economy.PermitGranted(agency="disdag", deemed=True), ""),
        (economy.PermitGranted(agency="disdag"), "disdag"),
        (society.ProposalAdvanced(agency="dpu", kind=proposals_pb2.PROPOSAL_STEP_KIND_WITHDRAWN), ""),
        (society.ProposalAdvanced(agency="dpu", kind=proposals_pb2.PROPOSAL_STEP_KIND_ACCEPTED), "dpu"),
    ],
)
def test_no_agency_is_named_for_what_an_applicant_an_author_or_silence_did(message: Message, agency: str) -> None:
    assert tell(event("economy", message, MONDAY)).agency == agency


@pytest.mark.parametrize(
    ("requester", "purpose", "bill"),
    [("", "sale", ""), ("living", rides.PURPOSE, ""), ("economy", "levy", "SMGT-7K4P2M8-92")],
)
def test_a_payment_that_nobody_asked_for_and_of_a_fare_or_bill_are_part_of_no_story(
    requester: str, purpose: str, bill: str
) -> None:
    summary = payments_pb2.PaymentSummary(code="P-1", requester=requester, purpose=purpose, bill=bill)
    assert not is_part(event("economy", economy.PaymentCaptured(payment=summary), MONDAY))


def test_a_business_that_is_suspended_for_itself_is_no_story() -> None:
    suspended = event("economy", economy.MerchantSuspended(), MONDAY)
    assert is_part(suspended)
    assert not is_part(replace(suspended, correlation=suspended.aggregate))


async def test_a_complaint_tells_its_history_unless_it_is_secret(
    governance: Governance, visitor: httpx.AsyncClient
) -> None:
    case = await file(governance)
    await case.transition("verify")
    story = case.last.correlation_id
    body = (await visitor.get(f"/v1/stories/{story}")).json()
    names = [one["type"].rpartition(".")[2] for one in body["events"]]
    assert names == [one.type.rpartition(".")[2] for one in (await case.read()).timeline]
    assert len({one["id"] for one in body["events"]}) == len(names) > 1
    page = await visitor.get(f"/cerita/{story}")
    assert "A report came in" in page.text
    assert f'href="/cerita/{story}"' in (await visitor.get(f"/lapor/{case.code}")).text
    secret = await file(governance, secret=True)
    assert (await visitor.get(f"/v1/stories/{secret.last.correlation_id}")).status_code == 404


async def test_a_story_says_that_it_was_explained_rather_than_done(
    governance: Governance, visitor: httpx.AsyncClient
) -> None:
    case = await file(governance)
    await case.transition("verify")
    photo = await case.evidence()
    await case.transition("resolve", DLH, note="Bukan lahan kota", refusal=True, photos=[photo])
    await case.act("Reopen", note="Masih menumpuk seperti kemarin.")
    page = (await visitor.get(f"/cerita/{case.last.correlation_id}")).text
    assert ("explained why it cannot do" in page, "The report was resolved" in page) == (True, False)


async def test_a_refusal_that_the_version_before_wrote_is_told_as_one(
    governance: Governance, visitor: httpx.AsyncClient
) -> None:
    case = await file(governance)
    await case.transition("verify")
    photo = await case.evidence()
    await case.transition("resolve", DLH, note="Bukan lahan kota", refusal=True, photos=[photo])
    await governance.admin.execute("ALTER TABLE governance.entry DISABLE TRIGGER ALL")
    await governance.admin.execute("UPDATE governance.entry SET refuses = false")
    await governance.admin.execute("ALTER TABLE governance.entry ENABLE TRIGGER ALL")
    assert (await case.read()).timeline[-1].refusal
    page = (await visitor.get(f"/cerita/{case.last.correlation_id}")).text
    assert ("explained why it cannot do" in page, "The report was resolved" in page) == (True, False)


async def test_the_version_before_can_ask_for_a_refusal_without_saying_whose(governance: Governance) -> None:
    case = await file(governance)
    both = "governance.entry JOIN governance.complaint ON complaint.id = complaint_id"
    assert await governance.admin.fetchval(f"SELECT refusal FROM {both} WHERE code = $1", case.code) is False


def test_words_of_contracts_and_single_values_are_told() -> None:
    _, warning, notice = (tell(one) for one in flood(MONDAY))
    assert dict(warning.facts) == {"id": "2", "hazard": "flood", "level": "siaga", "zone": "utara"}
    assert (warning.pillar, warning.trace_id, notice.cause) == ("environment", TRACE, warning.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_a_public_event_can_say_has_words(language: str) -> None:
    words, wanted = catalogue(language), set()
    for message in (one.DESCRIPTOR for one in heard_of()):
        if message.GetOptions().Extensions[options_pb2.event].public:
            said = [field for field in message.fields if is_fact(field) and field.name != "id"]
            wanted |= {f"story_fact.{field.name}" for field in said}
            enums = [field.enum_type for field in said if field.enum_type]
            wanted |= {f"story_word.{word}" for enum in enums for word in enum_names(enum)}
    # Where a complaint stands travels as a string.
    wanted |= {f"{_ELSEWHERE['complaint_state'][0]}.{word}" for word in (*State, "refused")}
    assert sorted(wanted - words.keys()) == []


async def test_where_a_report_stands_is_told_as_its_own_page_says(
    governance: Governance, visitor: httpx.AsyncClient
) -> None:
    case = await file(governance)
    await case.transition("verify")
    await case.transition("ask", DLH, note="Di mana?")
    await case.act("Reply", note="Di depan pasar.")
    photo = await case.evidence()
    await case.transition("resolve", DLH, note="Bukan lahan kota", refusal=True, photos=[photo])
    page = (await visitor.get(f"/cerita/{case.last.correlation_id}?lang=id")).text
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))
    for state in ("Diterima", "Diteruskan ke instansi", "Menunggu pelapor", "Dijelaskan, tidak dikerjakan"):
        assert f"keadaan: {state}" in shown


async def test_an_incident_is_told_in_its_readers_words(governance: Governance, visitor: httpx.AsyncClient) -> None:
    opened = governance_events.IncidentOpened(id="1", kind="fire", priority=1, district="33.74.01")
    await told(governance.served, [event("governance", opened, governance.now)])
    page = (await visitor.get(f"/cerita/{CORRELATION}?lang=id")).text
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))
    assert "jenis: Kebakaran · prioritas: P1 · kecamatan: Semarang Tengah" in shown


async def test_days_and_depots_are_told_as_people_call_them(governance: Governance, visitor: httpx.AsyncClient) -> None:
    planned = environment_events.RoundPlanned(id="1", depot="kaligawe", day="2026-11-30", rounds=3)
    await told(governance.served, [event("environment", planned, governance.now)])
    assert "depot: Pool Kaligawe · day: Mon, 30 Nov 2026 · trucks: 3" in await _shown(visitor)


async def test_what_is_known_elsewhere_is_told_by_its_name(
    governance: Governance, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    gauge = things_pb2.Thing(
        code="pasut", name="Pasang Tanjung Emas", kind=things_pb2.THING_KIND_TIDE_GAUGE, location=Point(lon=110, lat=-7)
    )
    zone = warnings_pb2.WarningZone(id="utara", name="Pantai utara", name_en="North coast")
    content = city_events_pb2.CityEventContent(name="Konser Kota Lama")
    answers = {
        city_events_pb2.GetCityEventRequest: city_events_pb2.GetCityEventResponse(
            event=city_events_pb2.CityEvent(content=content)
        ),
        things_pb2.ListThingsRequest: things_pb2.ListThingsResponse(things=[gauge]),
        warnings_pb2.GetWarningCriteriaRequest: warnings_pb2.GetWarningCriteriaResponse(zones=[zone]),
    }
    look = Pillars.look

    async def known(self: Pillars, request: Message, answer: type[Message], **more: Any) -> Any:
        return answers.get(type(request)) or await look(self, request, answer, **more)

    published = branding_events.EventPublished(id="4", code="konser-2026")
    await told(governance.served, [*flood(governance.now), event("branding", published, governance.now)])
    assert "zone: utara" in await _shown(visitor), "while nobody tells its name"
    monkeypatch.setattr(Pillars, "look", known)
    shown = await _shown(visitor)
    for words in ("device: Pasang Tanjung Emas", "zone: North coast", "event: Konser Kota Lama"):
        assert words in shown


async def _shown(visitor: httpx.AsyncClient) -> str:
    """The words of the story's page."""
    page = (await visitor.get(f"/cerita/{CORRELATION}")).text
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page))


async def test_a_story_is_told_once_in_order_and_forgotten_in_parts(
    governance: Governance, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "FORGOTTEN", 2)
    one, two, three = flood(governance.now)
    await told(governance.served, [three, one])
    await told(governance.served, [one, two, three])
    body = (await visitor.get(f"/v1/stories/{CORRELATION}")).json()
    assert [each["type"].rpartition(".")[2] for each in body["events"]] == [
        "AlarmOpened", "WarningRaised", "ServiceAlertPublished"
    ]  # fmt: skip
    page = (await visitor.get(f"/cerita/{CORRELATION}")).text
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    for words in ("2. A warning was issued", "Living", "because of step 2", "hazard", "level: SIAGA (watch)"):
        assert words in shown
    assert ('id="step-2"' in page, 'href="#step-2"' in page) == (True, True)
    unknown = await visitor.get("/cerita/0199d0a2-0000-7000-8000-000000000000")
    assert unknown.status_code == 404
    assert "There is no public story under this number" in unknown.text
    assert (await visitor.get("/v1/stories/%20")).status_code in (404, 422)
    governance.pass_time(days=31)
    await timers.forget(governance.runtime)
    assert (await visitor.get(f"/v1/stories/{CORRELATION}")).status_code == 404


async def test_a_drill_says_so(governance: Governance, visitor: httpx.AsyncClient) -> None:
    await told(governance.served, flood(governance.now, exercise=True))
    assert 'id="exercise"' in (await visitor.get(f"/cerita/{CORRELATION}")).text


async def test_whoever_follows_is_told_each_event_once(governance: Governance, visitor: httpx.AsyncClient) -> None:
    stories: Stories = visitor._transport.app.state.gateway.stories  # type: ignore[attr-defined]
    one, two, three = flood(governance.now)
    await told(governance.served, [one])
    found = await governance.served.call(stories_pb2_grpc.StoryServiceStub, "GetStory", ASKED, ANONYMOUS)
    following = stories.events(found.story)
    first = await anext(following)
    await told(governance.served, [two, three])
    async with asyncio.timeout(20):
        rest = [await anext(following), await anext(following)]
    await following.aclose()
    types = [json.loads(each.split(b"data: ")[1])["type"].rpartition(".")[2] for each in (first, *rest)]
    assert types == ["AlarmOpened", "WarningRaised", "ServiceAlertPublished"]
    assert stories.room.places.held == 0
    assert governance.now - MONDAY == timedelta(0)
