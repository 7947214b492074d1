"""Residents at the portal and over login, through a gateway in front of the pillar."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import structlog.testing

from gateway.callers.attesting import attest
from smartcity.society.v1 import residents_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import Reader, reader, said
from tests.society.residents.people import BONGSARI, BUDI, OFFICE, SEKAYU, SITI, People, number

BORN = date(1990, 8, 17)


@pytest.fixture
async def stand(people: People) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(people.served) as made:
        yield made


async def _declared(siti: Reader) -> None:
    page = await siti.send("/sosial/warga", "declare-form", nik=number(BORN), birth_date=str(BORN), area_code=SEKAYU)
    assert "Show your identity card" in said(page, "done")


async def test_a_citizen_declares_an_officer_verifies_and_consent_is_given_and_withdrawn(stand: Stand) -> None:
    siti, office = await reader(stand, SITI), await reader(stand, OFFICE)
    await _declared(siti)
    code = said(await siti.page("/sosial/warga"), "resident-code")
    desk = await office.page("/petugas/warga")
    (link,) = desk.xpath("//table[@id='residents']//a/@href")
    unknown = await office.send("/petugas/warga", "code-form", code="SMGW-00000-00")
    assert "Nothing waits" in said(unknown, "code-error")
    opened = await office.send("/petugas/warga", "code-form", code=code)
    (form,) = opened.xpath("//form[@id='verify-form']")
    assert (form.action, form.fields["code"]) == (f"{link}/verifikasi", code)
    wrong = await office.send(link, "verify-form", code=code, nik=number(date(1991, 8, 17)))
    assert "another number" in said(wrong, "problem")
    assert number(BORN) not in (await office.client.get(link)).text
    done = await office.send(link, "verify-form", code=code, nik=number(BORN))
    assert "Verified" in said(done, "done")
    page = await siti.page("/sosial/warga")
    assert "Sekayu" in said(page, "verified")
    (form,) = page.xpath("//li[@data-purpose='transit']//form")
    given = await siti.submit(form)
    assert "noted" in said(given, "done")
    (form,) = given.xpath("//li[@data-purpose='transit']//form")
    assert "withdrawn" in said(await siti.submit(form), "done")
    await siti.client.aclose()
    await office.client.aclose()


async def test_what_is_wrong_stands_beside_its_field_with_the_entries_kept(stand: Stand) -> None:
    siti = await reader(stand, SITI, "id")
    page = await siti.send("/sosial/warga", "declare-form", nik="123", birth_date=str(BORN), area_code=SEKAYU)
    assert "Salin 16 angka" in said(page, "nik-error")
    (form,) = page.xpath("//form[@id='declare-form']")
    assert (form.fields["nik"], form.fields["area_code"]) == ("123", SEKAYU)
    await siti.client.aclose()


async def test_all_that_is_wrong_with_a_declaration_is_told_at_once(stand: Stand) -> None:
    siti = await reader(stand, SITI)
    wrong = {"nik": number(BORN, district="997401"), "birth_date": "1990-02-30", "area_code": ""}
    page = await siti.send("/sosial/warga", "declare-form", **wrong)
    assert "16 digits" in said(page, "nik-error")
    assert "no date of birth" in said(page, "birth_date-error")
    assert "Choose the kelurahan" in said(page, "area_code-error")
    (entered,) = page.xpath("//input[@id='birth_date']")
    assert (entered.get("type"), entered.get("value")) == ("text", "1990-02-30"), "a field for days would be empty"
    page = await siti.send("/sosial/warga", "declare-form", nik=number(BORN), birth_date="1990-08-18", area_code=SEKAYU)
    assert "another date of birth" in said(page, "birth_date-error")
    await siti.client.aclose()


async def test_a_mistyped_declaration_is_corrected_on_the_page_while_it_waits(stand: Stand, people: People) -> None:
    await people.verified(area=SEKAYU)
    siti = await reader(stand, SITI)
    codes = []
    for place in range(5):  # more than one page of them: what is verified stays in sight
        wrong = {"nik": number(BORN), "birth_date": str(BORN), "area_code": (BONGSARI, SEKAYU)[place % 2]}
        page = await siti.send("/sosial/warga", "declare-form", **wrong)
        assert "Noted" in said(page, "done")
        codes.append(said(page, "resident-code"))
        people.served.pass_time(days=1)
    assert "a new code" in said(page, "correct")
    assert "Sekayu" in said(page, "verified")
    assert len(set(codes)) == 5
    await siti.client.aclose()


async def test_the_providers_claims_verify_whoever_logs_in_and_stand_in_no_log(stand: Stand, people: People) -> None:
    settings = stand.settings.model_copy(update={"oidc_nik_claim": "nik", "oidc_area_claim": "kelurahan"})
    claims = {"sub": "siti", "nik": number(BORN), "birthdate": str(BORN), "kelurahan": SEKAYU}
    for given in ({"sub": "siti"}, {**claims, "nik": 1}):
        await attest(stand.gateway.pillars, settings, SITI, given)
    await attest(stand.gateway.pillars, stand.settings, SITI, claims)
    assert not (await people.call(pb.ListResidentsRequest())).residents, "it counts where the city says so alone"
    with structlog.testing.capture_logs() as logs:
        for caller in (SITI, BUDI):
            await attest(stand.gateway.pillars, settings, caller, claims)
    (one,) = (await people.call(pb.ListResidentsRequest())).residents
    assert (one.state, one.way) == (pb.RESIDENT_STATE_VERIFIED, pb.RESIDENT_WAY_PROVIDER)
    assert [entry["reason"] for entry in logs if "reason" in entry] == ["PERSON_VERIFIED"]
    assert number(BORN) not in str(logs)
