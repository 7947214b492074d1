"""CAP messages: what was built is what is read, valid by OASIS' schema, signed so that a changed byte shows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.exceptions import InvalidSignature
from signxml.verifier import XMLVerifier

from services.environment.bulletins import cap
from services.environment.bulletins.outlines import rings_of
from services.environment.bulletins.wording import words
from services.environment.criteria.model import Hazard, Level, Step
from services.environment.resources import resources
from services.environment.signatures.signing import Signer, written
from services.kit.city import LANGUAGES, load_city
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.bulletins.reading import read
from tests.environment.warnings.warning import DADAPSARI, NOTE, OTHER, Warnings, key_and_certificate, schema, texts
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY, refused

JAKARTA = ZoneInfo("Asia/Jakarta")
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=60)
_TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
_RING = st.lists(
    st.tuples(st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000)), min_size=3, max_size=8
).map(lambda points: [(lon / 1e6, lat / 1e6) for lon, lat in [*points, points[0]]])


@st.composite
def _messages(draw: st.DrawFn) -> cap.Message:
    hazard, level, step = draw(st.sampled_from(Hazard)), draw(st.sampled_from(Level)), draw(st.sampled_from(Step))
    automatic, exercise = draw(st.booleans()), draw(st.booleans())
    said = [
        words(
            language, hazard=hazard, level=level, step=step, area=draw(_TEXT), areas=draw(_TEXT.filter(bool)),
            note=draw(_TEXT), contact=draw(_TEXT), automatic=automatic,
            approved=draw(st.booleans()), exercise=exercise,
        )
        for language in LANGUAGES
    ]  # fmt: skip
    references = draw(st.lists(st.builds(cap.Reference, st.uuids().map(str), _TIMES), max_size=4))
    return cap.Message(
        identifier=str(draw(st.uuids())),
        sender="bpbd.example.org",
        sent=draw(_TIMES),
        type=cap.TYPES[step],
        level=level.value,
        words=said,
        gravity=cap.gravity(level, step, observed=automatic),
        expires=draw(_TIMES),
        geocodes=draw(st.lists(st.sampled_from(["33.74.02.1008", "33.74.03.1001"]), min_size=1, max_size=3)),
        polygons=draw(st.lists(_RING, max_size=3)),
        onset=draw(st.none() | _TIMES),
        exercise=exercise,
        references=references,
        note="EXERCISE" if exercise else "",
        sender_name=draw(_TEXT),
        contact=draw(_TEXT),
    )


@settings(max_examples=60, deadline=None)
@given(_messages())
def test_what_was_built_is_what_is_read_and_the_schema_takes_it(message: cap.Message) -> None:
    body = written(cap.document(message, JAKARTA), None)
    assert read(body) == message
    schema().assertValid(etree.fromstring(body))


def test_outlines_are_closed_rings_of_the_citys_small_map() -> None:
    city = load_city("semarang")
    rings = rings_of(city, [code for code, area in city.areas.items() if area.is_lowest])
    assert len(rings) >= 177
    assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
    assert all(110 < lon < 111 and -8 < lat < -6 for ring in rings for lon, lat in ring)


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar with a key, by day."""
    async with environment_stand.fresh(MONDAY) as served:
        signer = Signer.load(key_and_certificate()[0])
        served.runtime.extra = replace(resources(served.runtime), warning_signer=signer)
        yield Warnings(served)


async def _life(warnings: Warnings) -> list[bytes]:
    """The messages of a warning that is raised, gets graver and is cleared."""
    raised = await warnings.in_force(note=NOTE, zone="pesisir")
    warnings.served.pass_time(minutes=7, microseconds=123)
    higher = await warnings.act("Approve", await warnings.act("Update", raised), OTHER)
    warnings.served.pass_time(minutes=7)
    return await warnings.bodies(await warnings.ended("Clear", higher))


async def test_each_message_is_valid_and_signed_with_the_citys_certificate_in_it(warnings: Warnings) -> None:
    for body in await _life(warnings):
        schema().assertValid(etree.fromstring(body))
        verified = XMLVerifier().verify(body, x509_cert=key_and_certificate()[1])
        assert not isinstance(verified, list)
        assert verified.signed_xml is not None
        assert "X509Certificate" in body.decode()


async def test_a_changed_byte_breaks_the_signature(warnings: Warnings) -> None:
    body = await warnings.body(await warnings.in_force(), 1)
    for given_, put in ((b">Severe<", b">Minor<"), (b"33.74.02.1008", b"33.74.02.1009"), (b"+07:00", b"+08:00")):
        assert given_ in body
        with pytest.raises(InvalidSignature):
            XMLVerifier().verify(body.replace(given_, put), x509_cert=key_and_certificate()[1])


async def test_the_messages_of_a_warning_are_a_chain(warnings: Warnings) -> None:
    alert, update, clear = await _life(warnings)
    assert [read(one).type.value for one in (alert, update, clear)] == ["Alert", "Update", "Update"]
    assert read(alert).references == []
    assert read(update).references == [cap.Reference(read(alert).identifier, read(alert).sent)]
    assert [one.identifier for one in read(clear).references] == [read(alert).identifier, read(update).identifier]
    assert texts(clear, "cap:references")[0].split()[0].startswith("bpbd.semarangkota.go.id,")


async def test_a_message_says_all_that_cap_asks(warnings: Warnings) -> None:
    alert, update, clear = await _life(warnings)
    assert texts(alert, "cap:sent") == ["2026-03-02T09:00:00+07:00"]
    assert texts(alert, "cap:status") == ["Actual"]
    assert texts(alert, "cap:info/cap:language") == ["id-ID", "en-GB"]
    assert texts(alert, "cap:info/cap:parameter/cap:value") == ["siaga", "siaga"]
    assert texts(alert, "cap:info/cap:severity") == ["Severe", "Severe"]
    assert texts(update, "cap:info/cap:responseType") == ["Evacuate", "Evacuate"]
    assert texts(clear, "cap:info/cap:responseType") == ["AllClear", "AllClear"]
    assert read(clear).expires - read(clear).sent == timedelta(hours=1)
    (first, *_) = texts(alert, "cap:info/cap:area/cap:polygon")[0].split()
    lat, lon = map(float, first.split(","))
    assert -8 < lat < -6 < 110 < lon < 111
    assert "33.74.02.1008" in texts(alert, "cap:info/cap:area/cap:geocode/cap:value")
    assert NOTE in texts(alert, "cap:info/cap:description")[0]
    assert not any(one.endswith("Z") for one in texts(alert, "cap:sent") + texts(alert, "cap:info/cap:expires"))


async def test_a_mistake_is_taken_back_by_a_cancel(warnings: Warnings) -> None:
    alert, cancel = await warnings.bodies(await warnings.ended("Cancel", await warnings.in_force()))
    assert read(cancel).type is cap.Type.CANCEL
    assert [one.identifier for one in read(cancel).references] == [read(alert).identifier]
    assert texts(cancel, "cap:info/cap:urgency") == ["Past", "Past"]
    schema().assertValid(etree.fromstring(cancel))


async def test_a_drill_says_so_in_its_status_and_its_note(warnings: Warnings) -> None:
    body = await warnings.body(await warnings.in_force(exercise=True), 1)
    assert texts(body, "cap:status") == ["Exercise"]
    assert "EXERCISE" in texts(body, "cap:note")[0]
    assert all("LATIHAN" in one or "EXERCISE" in one for one in texts(body, "cap:info/cap:headline"))


async def test_a_zone_whose_name_begins_with_where_it_lies_reads_well_in_english(warnings: Warnings) -> None:
    body = await warnings.body(await warnings.in_force(zone="banjir-kanal-timur", hazard=pb.WARNING_HAZARD_FLOOD), 1)
    assert "SIAGA: flood, Along the East Flood Canal" in texts(body, "cap:info/cap:headline")


async def test_what_was_published_does_not_change(warnings: Warnings) -> None:
    await warnings.in_force()
    for sql in ("UPDATE warning_message SET body = ''", "DELETE FROM warning_message"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await warnings.served.runtime.pool.execute(sql)


async def test_without_a_key_messages_go_unsigned_and_that_is_said(warnings: Warnings) -> None:
    signed = await warnings.in_force()
    warnings.served.runtime.extra = replace(resources(warnings.served.runtime), warning_signer=None)
    unsigned = await warnings.in_force(areas=[DADAPSARI])
    assert [signed.messages[0].signed, unsigned.messages[0].signed] == [True, False]
    body = await warnings.body(unsigned, 1)
    assert b"Signature" not in body
    schema().assertValid(etree.fromstring(body))


async def test_the_feed_tells_the_newest_first_and_what_is_the_same(warnings: Warnings) -> None:
    await _life(warnings)
    found = await warnings.call(pb.GetWarningFeedRequest())
    assert [one.number for one in found.messages] == [3, 2, 1]
    assert found.messages[0].headline.startswith("AMAN")
    assert found.messages[0].headline_en.startswith("ALL CLEAR")
    assert (await warnings.call(pb.GetWarningFeedRequest(edition=found.edition))).same
    await warnings.in_force()
    assert not (await warnings.call(pb.GetWarningFeedRequest(edition=found.edition))).same


async def test_a_message_that_was_never_published(warnings: Warnings) -> None:
    raised = await warnings.in_force()
    for id_, number in ((raised.id, 2), ("nonsense", 1)):
        with refused("MESSAGE_NOT_FOUND"):
            await warnings.call(pb.GetWarningMessageRequest(id=id_, number=str(number)))


@pytest.mark.parametrize("wrong", ["nonsense", "certificate", "key", "others"])
def test_a_key_that_cannot_sign_is_named_and_never_shown(wrong: str) -> None:
    both, certificate = key_and_certificate()
    pem = {
        "nonsense": "c2VjcmV0",
        "certificate": certificate,
        "key": both.removesuffix(certificate),
        "others": both.replace(certificate, key_and_certificate.__wrapped__()[1]),
    }[wrong]
    with pytest.raises(ValueError, match="SMARTCITY_WARNING_KEY") as caught:
        Signer.load(pem)
    assert "c2VjcmV0" not in str(caught.value)
