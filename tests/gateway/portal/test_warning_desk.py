"""The desk of those who warn, as two officers use it without JavaScript."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.portal.pages import Browser, Form, Page
from tests.gateway.running import Stand

DESK = "/petugas/peringatan"


@pytest.fixture
async def one(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency that warns."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-bpbd"))


@pytest.fixture
async def another(stand: Stand) -> AsyncIterator[Browser]:
    """A second one."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("piket"))


async def _proposed(one: Browser, **fields: str) -> str:
    """Id of a grave warning of the Kemijen quarter: grave, so that no hour of the day lets one officer alone."""
    page = await one.open(DESK)
    given = {"zone": "", "hazard": "flood", "level": "awas", "hours": "2", "areas": "33.74.03.1001", **fields}
    page = await one.send(page.forms["propose-form"], **given)
    assert "Another officer approves it" in page.words, page.words
    return next(name.removeprefix("reject-") for name in page.forms if name.startswith("reject-"))


async def _decided(another: Browser, warning: str, verb: str = "approve", **fields: str) -> Page:
    page = await another.open(DESK)
    return await another.send(page.forms[f"{verb}-{warning}"], **fields)


async def test_one_proposes_another_approves_and_the_end_takes_two_as_well(one: Browser, another: Browser) -> None:
    warning = await _proposed(one, note="Tanggul rembes.", note_en="The dyke leaks.")
    mine = await one.open(DESK)
    assert f"approve-{warning}" not in mine.forms, "nobody approves their own"
    assert "a colleague approves it" in mine.words
    page = await _decided(another, warning)
    assert "Approved and published." in page.words
    assert f"clear-{warning}" in page.forms
    public = await one.open(f"/lingkungan/peringatan/{warning}")
    assert "The dyke leaks." in public.words
    page = await one.open(DESK)
    page = await one.send(page.forms[f"clear-{warning}"], note_en="The water has gone.")
    assert "Another officer approves it" in page.words
    page = await _decided(another, warning)
    assert f"clear-{warning}" not in page.forms
    public = await one.open(f"/lingkungan/peringatan/{warning}")
    assert "ALL CLEAR" in (await one.client.get("/v1/warnings")).text
    assert "The water has gone." in public.words


async def test_what_officers_told_besides_stays_where_only_the_time_is_changed(one: Browser, another: Browser) -> None:
    warning = await _proposed(one, note="Tanggul Kaligawe rembes.", note_en="The dyke of Kaligawe leaks.")
    await _decided(another, warning)
    page = await one.open(DESK)
    await one.send(page.forms[f"update-{warning}"], hours="4")
    await _decided(another, warning)
    public = await one.open(f"/lingkungan/peringatan/{warning}")
    assert public.words.count("The dyke of Kaligawe leaks.") == 1
    page = await one.open(DESK)
    await one.send(page.forms[f"clear-{warning}"])
    await _decided(another, warning)


async def test_what_is_rejected_is_gone_and_needs_a_reason(one: Browser, another: Browser) -> None:
    warning = await _proposed(one, exercise="yes")
    page = await _decided(another, warning, "reject", reason="tidak")
    assert page.status == 422
    assert f'id="reason-reject-{warning}"' in page.source
    page = await _decided(another, warning, "reject", reason="Petugas di lapangan melihat air surut.")
    assert "The proposal is rejected." in page.words
    assert f"reject-{warning}" not in page.forms


async def test_who_takes_an_own_proposal_back_is_not_told_that_it_is_rejected(one: Browser) -> None:
    warning = await _proposed(one, exercise="yes")
    page = await _decided(one, warning, "reject", reason="Salah memilih kelurahan.")
    assert ("The proposal is taken back." in page.words, "rejected" in page.words) == (True, False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"level": ""}, "Choose the level"),
        ({"hours": "viele"}, "from 1 to 72"),
        ({"hours": "100"}, "from 1 to 72"),
        ({"hazard": ""}, "Choose what is warned of"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    one: Browser, fields: dict[str, str], said: str
) -> None:
    page = await one.open(DESK)
    cut = [tag["maxlength"] for name, tag in page.ids.items() if name.startswith("hours-") and "maxlength" in tag]
    assert set(cut) == {"10"}, "three digits are not cut to two"
    given = {"hazard": "rob", "level": "siaga", "hours": "3", "areas": "33.74.02.1008", "note": "Air masuk."} | fields
    page = await one.send(page.forms["propose-form"], **given)
    assert page.status == 422
    assert said in page.words
    (wrong,) = {name for name in page.ids if name.endswith("-error")}
    assert wrong.partition("-")[0] == next(iter(fields))
    assert "Air masuk." in page.source
    assert 'value="33.74.02.1008" checked' in page.source


async def test_the_desk_is_that_of_the_agency_that_warns(stand: Stand, officer: Browser, one: Browser) -> None:
    assert (await officer.open(DESK)).status == 403
    assert DESK not in (await officer.open("/petugas")).source
    assert DESK in (await one.open("/petugas")).source
    async with stand.client() as client:
        admin = Browser(client, await stand.bearer("admin"))
        page = await admin.open(DESK)
        assert page.status == 200
        assert "propose-form" not in page.forms


async def _settled(one: Browser, another: Browser, form: str, **fields: str) -> Page:
    """The desk after one of its forms is sent, and approved where that waits: by night not all does."""
    page = await one.open(DESK)
    before = set(page.forms)
    page = await one.send(page.forms[form], **fields)
    for name in set(page.forms) - before:
        if name.startswith("reject-"):
            page = await _decided(another, name.removeprefix("reject-"))
    return page


@pytest.fixture
async def late(one: Browser, another: Browser) -> AsyncIterator[Form]:
    """A form of another officer's from before one raised the warning."""
    given = {"zone": "", "hazard": "flood", "level": "siaga", "hours": "8", "areas": "33.74.03.1001"}
    before = set((await one.open(DESK)).forms)
    page = await _settled(one, another, "propose-form", exercise="yes", **given)
    (name,) = (name for name in page.forms if name.startswith("update-") and name not in before)
    form = (await another.open(DESK)).forms[name]
    await _settled(one, another, name, level="awas", note="Tanggul jebol.")
    yield form
    await _settled(one, another, name.replace("update", "cancel"), note="Latihan selesai.")


async def test_an_officer_whose_form_came_too_late_leaves_the_level_that_a_colleague_raised(
    another: Browser, late: Form
) -> None:
    page = await another.send(late, hours="10")
    again = next(form for form in page.forms.values() if form.action == late.action).filled()
    assert (page.status, again["level"], again["hours"], again["note"]) == (412, "awas", "10", "Tanggul jebol.")


async def test_an_officer_whose_form_came_too_late_is_told_the_level_that_both_changed(
    another: Browser, late: Form
) -> None:
    page = await another.send(late, level="waspada")
    again = next(form for form in page.forms.values() if form.action == late.action).filled()
    assert (page.status, again["level"]) == (412, "waspada")
    assert "Level It is now: AWAS" in page.words
