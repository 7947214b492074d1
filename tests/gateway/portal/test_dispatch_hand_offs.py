"""Hand-offs of an incident at the portal: withdrawn with a reason, and what a closing report may say of them."""

import re
from typing import Any

from tests.gateway.portal.dispatching import desk, new_incident
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

__all__ = ["desk"]


async def handed_off(desk: Browser, incident: Any, party: str = "pln") -> tuple[Any, str]:
    """The page of an incident that was handed off, and the name of the form that withdraws that."""
    page = await desk.open(f"/petugas/112/insiden/{incident['id']}")
    page = await desk.send(page.forms["serah-form"], party=party, note="Kabel putus.")
    return page, next(name for name in page.forms if name.startswith("tarik-"))


async def test_a_hand_off_to_the_wrong_party_is_withdrawn_and_is_open_nowhere(stand: Stand, desk: Browser) -> None:
    one = await new_incident(stand)
    page, withdraw = await handed_off(desk, one)
    row = re.compile(rf'<tr data-key="incident-{one["id"]}".*?</tr>', re.S)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert "PLN (electricity): not acknowledged" in told
    assert "party_told" not in page.forms[withdraw].filled(), "nobody has acknowledged it"
    page = await desk.send(page.forms[withdraw], reason="Salah pihak: pipa air.")
    assert ("The hand-off is withdrawn." in page.words, withdraw in page.forms, "terima-pln" in page.forms) == (
        True, False, False,
    )  # fmt: skip
    assert re.search(r"PLN \(electricity\) withdrawn \d\d:\d\d Actions", page.words), "nobody ever acknowledged it"
    assert "Hand-off withdrawn · PLN (electricity): Salah pihak: pipa air." in page.words
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert "PLN" not in told
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["tutup-form"], outcome="resolved", report="Pipa air diperbaiki.")
    assert ("The incident is closed." in page.words, "withdrawn" in page.words) == (True, True)


async def test_why_a_hand_off_is_withdrawn_has_to_be_said_and_stays_when_it_is_refused(
    stand: Stand, desk: Browser
) -> None:
    page, withdraw = await handed_off(desk, await new_incident(stand))
    page = await desk.send(page.forms[withdraw], reason="x" * 501)
    assert (page.status, page.forms[withdraw].filled()["reason"]) == (422, "x" * 501)
    assert re.search(rf'<details class="no-print" open>(?:(?!</details>).)*id="{withdraw}"', page.source, re.S)


async def test_who_withdraws_what_was_acknowledged_says_that_they_were_told(stand: Stand, desk: Browser) -> None:
    page, withdraw = await handed_off(desk, await new_incident(stand))
    mine = page
    page = await desk.send(page.forms["terima-pln"], reference="PLN-7")
    stale = await desk.send(mine.forms[withdraw], reason="Salah pihak.")
    assert (stale.status, stale.forms[withdraw].filled()["reason"]) == (412, "Salah pihak."), "acknowledged meanwhile"
    page = await desk.send(stale.forms[withdraw])
    assert (page.status, page.words.count("then tick that they were told")) == (409, 2), "above and beside the box"
    page = await desk.send(page.forms[withdraw], party_told="yes")
    assert ("The hand-off is withdrawn." in page.words, "PLN-7" in page.words) == (True, True)


async def test_what_was_withdrawn_meanwhile_is_not_asked_to_be_sent_again(stand: Stand, desk: Browser) -> None:
    one = await new_incident(stand)
    page, withdraw = await handed_off(desk, one)
    theirs = await desk.open(f"/petugas/112/insiden/{one['id']}")
    await desk.send(theirs.forms[withdraw], reason="Salah pihak.")
    for form, entries in ((withdraw, {"reason": "Tidak jadi."}), ("terima-pln", {"reference": "PLN-9"})):
        again = await desk.send(page.forms[form], **entries)
        assert (again.status, "was acknowledged or withdrawn while you had it open" in again.words) == (412, True)
        assert ("Send that again" in again.words, next(iter(entries.values())) in again.words) == (False, True)


async def test_a_report_that_contradicts_the_incident_is_told_beside_its_outcome_with_how_to_mend_it(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["tutup-form"], outcome="handed_off", report="Ditangani oleh PLN.")
    assert (page.status, page.ids["outcome"].get("aria-invalid")) == (409, "true")
    assert page.words.count("Hand it off and note that they have it") == 2, "above and beside it"
    page = await desk.send(page.forms["tutup-form"], outcome="nothing_found", hurt="2")
    left = page.forms["tutup-form"].filled()
    assert (page.status, left["outcome"], left["hurt"], left["report"]) == (
        422, "nothing_found", "2", "Ditangani oleh PLN.",
    )  # fmt: skip
    assert page.words.count("Something was found: the report tells of people who were hurt or died.") == 2
    page, _ = await handed_off(desk, one)
    page = await desk.send(page.forms["terima-pln"], reference="PLN-7")
    page = await desk.send(page.forms["tutup-form"], outcome="handed_off", report="Ditangani oleh PLN.", hurt="2")
    assert "The incident is closed." in page.words
    assert not [name for name in page.forms if name.startswith("tarik-")], "it was closed as theirs"


async def test_what_was_merged_into_what_is_closed_offers_its_hand_off_no_more(stand: Stand, desk: Browser) -> None:
    one, top = await new_incident(stand), await new_incident(stand)
    page, withdraw = await handed_off(desk, one)
    page = await desk.send(page.forms["terima-pln"], reference="PLN-7")
    into = await desk.send(page.forms["gabung-form"], into=top["id"])
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    assert withdraw in page.forms, "it goes on where it was merged into"
    await desk.send(into.forms["tutup-form"], outcome="handed_off", report="Ditangani oleh PLN.")
    assert withdraw not in (await desk.open(f"/petugas/112/insiden/{one['id']}")).forms
    late = await desk.send(page.forms[withdraw], reason="Salah pihak.", party_told="yes")
    assert (late.status, "This incident has ended or was merged." in late.words) == (409, True)
    assert ("Send that again" in late.words, "Salah pihak." in late.words) == (False, True)
