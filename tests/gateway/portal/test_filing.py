"""A citizen without JavaScript and without a login files a report and looks after it, against a real pillar."""

import io
import json
import re

import pytest
from PIL import Image

from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

TEXT = "Sampah menumpuk di sebelah TPS sejak tiga hari, baunya sampai ke sekolah."


def code_of(page: Page) -> str:
    """The code that a page shows."""
    found = re.search(r'id="code">([A-Z0-9-]+)<', page.source)
    assert found is not None, page.words
    return found[1]


async def assigned(citizen: Browser, verifier: Browser) -> str:
    """The code of a report that the waste agency has."""
    code = code_of(await citizen.report(TEXT, email="siti@example.org"))
    page = await verifier.open(f"/petugas/{code}")
    page = await verifier.send(page.forms["verify-form"])
    assert page.ids["state"]["data-state"] == "assigned", page.words
    return code


def link_of(page: Page) -> str:
    """The path with key that the answer page shows."""
    found = re.search(r'id="link">https?://[^/]+(/[^<]+)<', page.source)
    assert found is not None, page.words
    return found[1]


def picture() -> bytes:
    """A small JPEG."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "JPEG")
    return target.getvalue()


async def test_a_report_is_filed_in_three_screens_and_answers_with_agency_and_due_date(citizen: Browser) -> None:
    page = await citizen.report(TEXT)
    assert page.status == 200
    assert "Dinas Lingkungan Hidup" in page.words or "Environment" in page.words
    assert "Verified by" in page.words
    assert "Keep this link" in page.words
    assert page.ids["why"]


async def test_the_key_is_in_no_address_after_filing(citizen: Browser) -> None:
    page = await citizen.report(TEXT)
    assert "k=" not in str(page.answer.url)
    assert all("k=" not in str(step.url) for step in page.answer.history)


async def test_the_check_screen_suggests_a_category_and_says_why(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="check", landmark="depan Lawang Sewu")
    assert page.forms["report-form"].filled()["category"] == "sampah-menumpuk"
    assert "Handled by" in page.words
    assert "Sekayu" in page.words


async def test_entries_survive_going_back_and_forth(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="what", landmark="Kota Lama")
    assert page.forms["report-form"].filled()["text"] == TEXT
    page = await citizen.send(page.forms["report-form"], go="where")
    assert page.forms["report-form"].filled()["landmark"] == "Kota Lama"


async def test_a_text_that_is_too_short_is_marked_beside_its_field(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text="short")
    assert page.status == 422
    assert page.forms["report-form"].filled()["text"] == "short"
    assert page.ids["text"]["aria-invalid"] == "true"
    assert "text-error" in str(page.ids["text"]["aria-describedby"])


async def test_a_place_outside_the_city_is_refused_before_sending(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="check", lon="106.8", lat="-6.2")
    assert (page.status, "outside this city" in page.words) == (422, True)


async def test_what_the_service_refuses_is_marked_on_the_screen_where_it_stands(citizen: Browser) -> None:
    page = await citizen.report(TEXT, landmark="depan pasar " * 40)
    assert page.status == 422
    assert page.ids["landmark"]["aria-invalid"] == "true"
    page = await citizen.send(page.forms["report-form"], go="what")
    assert page.forms["report-form"].filled()["text"] == TEXT


async def test_each_field_of_a_contact_is_told_its_own_fault(citizen: Browser) -> None:
    page = await citizen.report(TEXT, name="Siti " * 30)
    assert (page.status, "Too long: at most 100, now" in page.words) == (422, True)


async def test_a_wrong_address_of_the_reporter_keeps_what_was_entered(citizen: Browser) -> None:
    page = await citizen.report(TEXT, email="not an address", name="Siti")
    assert page.status == 422
    assert page.forms["report-form"].filled()["email"] == "not an address"
    assert "E-mail address: write it like name@example.org." in page.words


async def test_what_people_write_is_escaped(citizen: Browser) -> None:
    nasty = 'Sampah <script>alert(1)</script> "quoted" & {{ 7*7 }} menumpuk'
    page = await citizen.report(nasty, landmark='<b onclick="x">Lawang Sewu</b>')
    page = await citizen.open(f"/lapor/{code_of(page)}")
    assert "<script>alert" not in page.source
    assert nasty in page.words
    assert page.handlers == []


async def test_sending_the_same_form_twice_files_one_report(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="check", landmark="depan Lawang Sewu")
    first = await citizen.send(page.forms["report-form"], go="send")
    second = await citizen.send(page.forms["report-form"], go="send")
    assert code_of(first) == code_of(second)


async def test_a_form_without_its_token_is_refused_on_a_page(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    answer = await citizen.send(page.forms["report-form"], go="where", text=TEXT, csrf="forged")
    assert (answer.status, "expired" in answer.words) == (403, True)


async def test_the_public_sees_the_timeline_but_not_the_words(citizen: Browser, officer: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code.lower()}")
    assert str(page.answer.url).endswith(code)
    assert "Report received" in page.words
    assert TEXT not in page.words
    assert "withdraw-form" not in page.forms


async def test_the_kept_link_makes_somebody_the_reporter_and_leaves_the_address_bar(citizen: Browser) -> None:
    path = link_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(path)
    assert "k=" not in str(page.answer.url)
    assert TEXT in page.words
    assert "withdraw-form" in page.forms


async def test_a_link_that_a_mail_broke_in_two_is_kept_whole(citizen: Browser) -> None:
    path = link_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    answer = await citizen.client.get(f"{path[:-9]}%0a{path[-9:]}", follow_redirects=False)
    assert f"={path.partition('?k=')[2]};" in answer.headers["set-cookie"]


@pytest.mark.parametrize("page", ["tiket", "pesanan", "antre"])
async def test_what_is_no_key_of_a_ticket_is_kept_nowhere(citizen: Browser, page: str) -> None:
    """No cookie can hold a control character, and newer Pythons make none of it."""
    for key in ("a%00b", "a;b", "é", "a" * 65):
        answer = await citizen.client.get(f"/wisata/{page}/x?k={key}", follow_redirects=False)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (303, None), key


async def test_a_wrong_key_is_said_to_be_wrong(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}?k=AAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert (page.status, "does not fit" in page.words) == (403, True)


async def test_a_secret_report_opens_with_its_key_only(citizen: Browser) -> None:
    filed = await citizen.report(TEXT, secret="yes")
    code = code_of(filed)
    assert (await citizen.open(f"/lapor/{code}")).status == 200
    citizen.client.cookies.clear()
    assert (await citizen.open(f"/lapor/{code}")).status == 404


async def test_the_page_with_the_key_is_shown_only_after_filing(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}/diterima")
    assert "Keep this link" not in page.words


async def test_the_reporter_withdraws(citizen: Browser) -> None:
    page = await citizen.open(f"/lapor/{code_of(await citizen.report(TEXT))}")
    page = await citizen.send(page.forms["withdraw-form"])
    assert page.ids["state"]["data-state"] == "withdrawn"
    assert "withdraw-form" not in page.forms


async def test_the_reporter_erases_the_contact(citizen: Browser) -> None:
    page = await citizen.open(f"/lapor/{code_of(await citizen.report(TEXT, email='siti@example.org'))}")
    page = await citizen.send(page.forms["erase-form"])
    assert "Its key is destroyed" in page.words
    assert "erase-form" not in page.forms


async def test_a_photo_comes_with_the_report_and_only_the_reporter_sees_it(citizen: Browser) -> None:
    files = {"photos": ("tps.jpg", picture(), "image/jpeg")}
    page = await citizen.report(TEXT, files=files)
    page = await citizen.open(f"/lapor/{code_of(page)}")
    path = re.search(r'src="(/lapor/[^"]+/foto/[^"]+)"', page.source)
    assert path is not None
    small, whole = path[1], path[1].partition("?")[0]
    assert (await citizen.client.get(small)).headers["content-type"] == "image/webp"
    assert (await citizen.client.get(whole)).headers["content-type"] == "image/jpeg"
    citizen.client.cookies.clear()
    assert [(await citizen.client.get(each)).status_code for each in (small, whole)] == [404, 404]


async def test_a_file_that_is_no_photo_is_told_before_sending_and_does_not_cost_the_report(citizen: Browser) -> None:
    files = {"photos": ("tps.jpg", b"no picture at all", "image/jpeg")}
    page = await citizen.report(TEXT, files=files, name="Siti")
    assert (page.status, "tps.jpg: That file is no JPEG, PNG or WebP" in page.words) == (422, True)
    assert page.forms["report-form"].filled()["name"] == "Siti"
    assert code_of(await citizen.send(page.forms["report-form"], go="send"))


async def test_me_too_counts(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    assert "The address is erased by itself 365 days after the report is closed for good." in page.words
    page = await citizen.send(page.forms["join-form"])
    assert "1 other person" in page.words


async def test_who_joins_their_own_report_stays_its_reporter_in_this_browser(citizen: Browser) -> None:
    """Without a login nobody knows that it is their own, and the supporter's key is another one."""
    code = code_of(await citizen.report(TEXT))
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="check", landmark="depan Lawang Sewu")
    page = await citizen.send(page.forms["report-form"], email="siti@example.org", join=code)
    assert ("redact-form" in page.forms, "supporter" in page.ids) == (True, False)


async def test_who_joins_with_an_address_has_a_key_of_their_own(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    page = await citizen.send(page.forms["join-form"], email="siti@example.org")
    key = re.search(r'id="link-key">([^<]+)<', page.source)
    assert key is not None, page.words
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}?k={key[1]}")
    assert ("withdraw-form" in page.forms, "supporter" in page.ids) == (False, True)


async def test_a_receipt_is_downloaded_and_holds(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    receipt = (await citizen.client.get(f"/lapor/{code}/tanda-terima.json")).text
    form = (await citizen.open("/receipts/check")).forms["receipt-form"]
    page = await citizen.send(form, files={"file": ("r.json", receipt.encode(), "application/json")})
    assert page.ids["verdict"]["data-holds"] == "true"


async def test_a_receipt_that_was_changed_does_not_hold(citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    receipt = json.loads((await citizen.client.get(f"/lapor/{code}/tanda-terima.json")).text)
    receipt["entries"][0]["by"] = "officer dpu"
    form = (await citizen.open("/receipts/check")).forms["receipt-form"]
    page = await citizen.send(form, files={"file": ("", b"")}, receipt=json.dumps(receipt))
    assert page.ids["verdict"]["data-holds"] == "false"


async def test_anything_else_is_no_receipt(citizen: Browser) -> None:
    form = (await citizen.open("/receipts/check")).forms["receipt-form"]
    path = [{"hash": "0", "left": True}] * 33
    many = ({"entries": [{"number": 1}] * 501}, {"entries": [{"number": 1}], "inclusions": [{"path": path}]})
    for text in ("", "[]", "{}", "[" * 5000, '{"entries": 7}', "null", *map(json.dumps, many)):
        page = await citizen.send(form, files={"file": ("", b"")}, receipt=text)
        assert (page.status, "This is no receipt" in page.words) == (422, True), text[:20]


async def test_the_reporter_puts_a_mistyped_address_right(citizen: Browser) -> None:
    page = await citizen.open(f"/lapor/{code_of(await citizen.report(TEXT, email='siit@example.org'))}")
    page = await citizen.send(page.forms["correct-form"], email="siti@")
    assert (page.status, page.ids["right-email"]["aria-invalid"]) == (422, "true")
    assert page.forms["correct-form"].filled()["email"] == "siti@"
    page = await citizen.send(page.forms["correct-form"], email="siti@example.org")
    assert (page.status, page.ids["mail"]["data-state"]) == (200, "waiting")
    assert "siti@example.org" in page.words
    assert "siit@example.org" not in page.words


async def test_the_reporter_puts_a_wrong_telephone_number_and_name_right(citizen: Browser) -> None:
    page = await citizen.open(f"/lapor/{code_of(await citizen.report(TEXT, name='Siit', phone='+62 811 0000 0000'))}")
    form = page.forms["correct-form"]
    assert (form.filled()["name"], form.filled()["phone"]) == ("Siit", "+62 811 0000 0000")
    page = await citizen.send(form, phone="besok")
    assert (page.status, page.ids["right-phone"]["aria-invalid"]) == (422, "true")
    page = await citizen.send(page.forms["correct-form"], name="Siti", phone="+62 812 3456 7890")
    assert (page.status, "Your contact was corrected." in page.words) == (200, True)
    form = page.forms["correct-form"]
    assert (form.filled()["name"], form.filled()["phone"]) == ("Siti", "+62 812 3456 7890")


async def test_nobody_decides_on_what_they_reported_at_the_portal(verifier: Browser) -> None:
    code = code_of(await verifier.report(TEXT))
    page = await verifier.open(f"/petugas/{code}")
    assert ("own" in page.ids, "verify-form" in page.forms, "release-form" in page.forms) == (True, False, False)


async def test_staff_find_what_they_reported_with_their_login_and_act_on_it_as_residents(
    stand: Stand, verifier: Browser
) -> None:
    code = code_of(await verifier.report(TEXT))
    async with stand.client() as client:  # without the key in a cookie
        later = Browser(client, verifier.headers)
        page = await later.open("/laporan-saya")
        assert f'href="/lapor/{code}"' in page.source
        page = await later.open(f"/lapor/{code}")
        assert ("words" in page.ids, "withdraw-form" in page.forms, "join-form" in page.forms) == (True, True, False)
        page = await later.send(page.forms["withdraw-form"])
        assert page.ids["state"]["data-state"] == "withdrawn"


async def test_staff_see_of_what_others_reported_no_more_than_everybody_on_public_pages(
    citizen: Browser, verifier: Browser
) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/lapor/{code}")
    assert ("words" in page.ids, "no-words" in page.ids, "withdraw-form" in page.forms) == (False, True, False)
    assert code not in (await verifier.open("/laporan-saya")).source


async def test_nobody_decides_on_what_they_joined_at_the_portal(citizen: Browser, verifier: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    page = await verifier.open(f"/lapor/{code}")
    await verifier.send(page.forms["join-form"])
    page = await verifier.open(f"/petugas/{code}")
    assert ("own" in page.ids, "verify-form" in page.forms) == (True, False)


async def test_an_officer_with_its_key_is_told_why_they_do_not_rate_the_work_of_their_own_agency(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    link = link_of(page := await citizen.report(TEXT))
    code = code_of(page)
    page = await verifier.open(f"/petugas/{code}")
    await verifier.send(page.forms["verify-form"])
    page = await officer.open(f"/petugas/{code}")
    await officer.send(page.forms["resolve-form"], note="Tidak dapat dikerjakan.", refusal="yes")
    page = await officer.open(link)
    assert ("rate-form" in page.forms, "own-work" in page.ids, "Ask a colleague" in page.words) == (False, True, False)
    page = await citizen.open(f"/lapor/{code}")
    page = await citizen.send(page.forms["rate-form"], rating="2")
    assert page.status == 200
