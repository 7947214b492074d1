"""Who sees what of a case."""

import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from tests.governance.cases import DLH, DPU, WASTE, file
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, Governance, refused, request_id

STRANGERS = [ANONYMOUS, CITIZEN, DPU]
INSIDERS = [VERIFIER, ADMIN, DLH]


@pytest.mark.parametrize("caller", STRANGERS, ids=lambda caller: caller.subject)
async def test_strangers_read_the_timeline_but_no_words_and_no_place(governance: Governance, caller: Caller) -> None:
    filed = await file(governance, landmark="Rumah Bu Siti", location={"lon": 110.4137, "lat": -6.9805})
    seen = await filed.read(caller)
    assert seen.area.name == "Sekayu"
    assert (seen.text, seen.landmark, seen.HasField("location")) == ("", "", False)
    assert len(seen.timeline) == 1
    assert not seen.transitions
    assert not seen.has_contact


@pytest.mark.parametrize("caller", INSIDERS, ids=lambda caller: caller.subject)
async def test_agency_verifier_and_admin_read_everything(governance: Governance, caller: Caller) -> None:
    filed = await file(governance, landmark="Rumah Bu Siti", location={"lon": 110.4137, "lat": -6.9805})
    seen = await filed.read(caller)
    assert (seen.text, seen.landmark, seen.HasField("location")) == (WASTE, "Rumah Bu Siti", True)


async def test_the_link_key_opens_the_case_however_it_is_written(governance: Governance) -> None:
    filed = await file(governance)
    for key in (filed.key, filed.key.lower(), f" {filed.key[:13]}-{filed.key[13:]} "):
        assert (await filed.read(ANONYMOUS, key)).text == WASTE


async def test_the_login_that_filed_opens_the_case(governance: Governance) -> None:
    filed = await file(governance, CITIZEN)
    assert (await filed.read(CITIZEN)).text == WASTE
    assert (await filed.read(Caller("citizen-2", frozenset({"citizen"})))).text == ""


async def test_what_nobody_logged_in_filed_belongs_to_no_anonymous_caller(governance: Governance) -> None:
    filed = await file(governance, ANONYMOUS)
    assert (await filed.read(ANONYMOUS)).text == ""


async def test_a_wrong_key_sees_what_the_public_sees(governance: Governance) -> None:
    filed, other = await file(governance), await file(governance)
    assert (await filed.read(ANONYMOUS, other.key)).text == ""


@pytest.mark.parametrize("caller", STRANGERS, ids=lambda caller: caller.subject)
async def test_a_secret_case_answers_like_an_unknown_one(governance: Governance, caller: Caller) -> None:
    filed = await file(governance, secret=True)
    answers = []
    for code, key in ((filed.code, ""), (filed.code, "A" * 26), ("SMG-0000-00", ""), ("SMG-7K4P-92", ""), ("x", "")):
        with refused("COMPLAINT_NOT_FOUND") as caught:
            await governance.call(
                "ComplaintService.GetComplaint", pb.GetComplaintRequest(code=code, link_key=key), caller
            )
        answers.append(caught.value.answer)
    assert all(answer == answers[0] for answer in answers)


async def test_strangers_cannot_act_on_a_secret_case_or_learn_of_it(governance: Governance) -> None:
    filed = await file(governance, secret=True)
    with refused("COMPLAINT_NOT_FOUND"):
        await filed.act("Withdraw", key="")
    with refused("COMPLAINT_NOT_FOUND"):
        await filed.transition("start", DPU)
    with refused("COMPLAINT_NOT_FOUND"):
        await governance.call(
            "ComplaintService.JoinComplaint", pb.JoinComplaintRequest(request_id="join", code=filed.code), CITIZEN
        )


@pytest.mark.parametrize("caller", INSIDERS, ids=lambda caller: caller.subject)
async def test_a_secret_case_is_open_to_those_who_handle_it(governance: Governance, caller: Caller) -> None:
    assert (await (await file(governance, secret=True)).read(caller)).text == WASTE


async def test_the_reporter_of_a_secret_case_reads_it_with_the_key(governance: Governance) -> None:
    filed = await file(governance, secret=True)
    assert (await filed.read(ANONYMOUS, filed.key)).text == WASTE


async def test_an_agency_learns_nothing_about_an_anonymous_reporter(governance: Governance) -> None:
    contact = pb.Contact(email="siti@contoh.id")
    named, unnamed = await file(governance, contact=contact), await file(governance, contact=contact, anonymous=True)
    assert (await named.read(DLH)).has_contact
    assert not (await unnamed.read(DLH)).has_contact
    assert (await unnamed.read(VERIFIER)).has_contact
    assert (await unnamed.read(ANONYMOUS, unnamed.key)).has_contact


async def test_who_asks_is_told_whether_the_question_is_mailed(governance: Governance) -> None:
    contact = pb.Contact(email="siti@contoh.id")
    named, unnamed = await file(governance, contact=contact), await file(governance, contact=contact, anonymous=True)
    assert not (await named.read(DLH)).mailed
    await governance.runtime.pool.execute("UPDATE contact SET mail = 'confirmed'")
    assert (await named.read(DLH)).mailed
    assert not (await unnamed.read(DLH)).mailed
    assert (await named.transition("verify")).mailed
    assert not (await named.read(ANONYMOUS)).mailed


async def test_released_words_are_public_and_the_original_is_not(governance: Governance) -> None:
    filed = await file(governance, text=f"{WASTE}, telepon saya 0812")
    await filed.edit("Release", public_text=WASTE)
    seen = await filed.read(ANONYMOUS)
    assert (seen.text, seen.released, seen.HasField("location"), seen.landmark) == (WASTE, True, True, "")
    await filed.edit("Release", public_text="")
    assert (await filed.read(ANONYMOUS)).text == ""


async def test_released_photos_are_public_and_others_are_not(governance: Governance) -> None:
    filed = await file(governance)
    shown, hidden = await filed.snapshot(), await filed.snapshot()
    filed.last = await filed.read()
    await filed.edit("Release", photos=[shown])
    assert [photo.id for photo in (await filed.read(ANONYMOUS)).photos] == [shown]
    assert {photo.id for photo in (await filed.read(DLH)).photos} == {shown, hidden}


async def test_only_verifiers_release(governance: Governance) -> None:
    filed = await file(governance)
    for caller in (DLH, CITIZEN):
        with refused("ROLE_NOT_ALLOWED"):
            await filed.edit("Release", caller, public_text="Sampah")
    with refused("STALE_ETAG"):
        await filed.edit("Release", public_text="Sampah", etag='"7"')
    with refused("PHOTO_UNKNOWN"):
        await filed.edit("Release", photos=["00000000-0000-7000-8000-000000000000"])


async def test_notes_of_the_reporter_are_for_those_who_handle_the_case(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di sebelah mana?")
    await filed.act("Reply", note="Di rumah nomor 12")
    notes = {
        who: (await filed.read(caller, key)).timeline[-1].note
        for who, caller, key in (
            ("public", ANONYMOUS, ""),
            ("reporter", ANONYMOUS, filed.key),
            ("agency", DLH, ""),
            ("other", DPU, ""),
        )
    }
    assert notes == {"public": "", "reporter": "Di rumah nomor 12", "agency": "Di rumah nomor 12", "other": ""}


async def test_notes_of_officers_are_public_once_the_words_are(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di sebelah mana?")
    asked = {
        who: (await filed.read(caller, key)).timeline[-1]
        for who, caller, key in (("public", ANONYMOUS, ""), ("reporter", ANONYMOUS, filed.key), ("other", DPU, ""))
    }
    assert {who: one.note for who, one in asked.items()} == {"public": "", "reporter": "Di sebelah mana?", "other": ""}
    assert asked["public"].by == "officer dlh"
    await filed.edit("Release", public_text=WASTE)
    assert "Di sebelah mana?" in [one.note for one in (await filed.read(ANONYMOUS)).timeline]


async def test_who_reported_a_case_or_joined_it_is_told_at_the_desk_that_it_is_their_own(
    governance: Governance,
) -> None:
    insider = Caller("officer-dlh-2", frozenset({"officer", "citizen"}), "dlh")
    reported, joined = await file(governance, insider), await file(governance)
    join = pb.JoinComplaintRequest(request_id=request_id(), code=joined.code)
    await governance.call("ComplaintService.JoinComplaint", join, insider)
    for filed in (reported, joined):
        await filed.transition("verify")
        own, others = await filed.read(insider), await filed.read(DLH)
        assert (own.own_matter, list(own.transitions)) == (True, []), "no move is offered that is refused"
        assert (others.own_matter, bool(others.transitions)) == (False, True)


async def test_a_citizen_whose_own_report_it_is_decides_nothing_of_it_anyhow(governance: Governance) -> None:
    filed = await file(governance, CITIZEN)
    assert not (await filed.read(CITIZEN)).own_matter
