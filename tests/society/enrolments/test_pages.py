"""Courses at the portal without JavaScript: from the desk's draft to a certificate that anybody verifies."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from gateway.portal.society import course_desk
from smartcity.society.v1 import courses_pb2
from smartcity.types.v1.place_pb2 import Point
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.courses.teaching import BANDARHARJO, DISBUDPAR, Teaching, somebody
from tests.society.pages import Reader, reader, said
from tests.society.taking_part import BUDI, SITI

SHOWN = "%Y-%m-%d %H:%M"


def entries(teaching: Teaching) -> dict[str, Any]:
    """A course as its form has it, in the city's time."""
    first = teaching.served.now.astimezone(teaching.served.runtime.city.timezone) + timedelta(days=7)
    return {
        "title": "Pemandu wisata Kota Lama", "title_en": "Guiding in the Old Town",
        "summary": "Menyambut tamu, bercerita, dan keselamatan.", "venue": "Aula Kelurahan Bandarharjo",
        "area": BANDARHARJO, "sessions": f"{first.strftime(SHOWN)}-{first + timedelta(hours=3):%H:%M}",
        "least_sessions": "1", "seats": "1", "close_time": (first - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip


@asynccontextmanager
async def readers(teaching: Teaching) -> AsyncIterator[tuple[Reader, Reader]]:
    """An officer at the desk, and somebody who takes part."""
    async with stand_before(teaching.served) as stand:
        desk, siti = await reader(stand, DISBUDPAR), await reader(stand, SITI)
        async with desk.client, siti.client:
            yield desk, siti


async def test_who_waits_is_offered_to_leave_the_list_and_not_to_give_back_a_seat(teaching: Teaching) -> None:
    teaching.served.now = datetime.now(UTC)  # pages look at the clock
    course = await teaching.course(seats=1)
    await teaching.enrol(course, BUDI)
    waits = await teaching.enrol(course, SITI)
    async with readers(teaching) as (desk, siti):
        page = await siti.page(f"/sosial/kursus-saya/{waits.id}")
        assert said(page, "state") == "waiting list"
        assert "Leave the waiting list" in said(page, "withdraw-form")
        assert "seat back" not in said(page, "withdraw-form")
        assert "You are first on the waiting list." in said(page, "ahead")
        assert re.search(r"attend \d of \d sessions", page.text_content()), "what is wanted, and not what was done"
        assert "1 person waits" in said(await desk.page(f"/sosial/kursus/{course.id}"), "full")


@pytest.mark.parametrize(("passed", "why"), [(6.5, "begins too soon"), (7.5, "has begun")])
async def test_pages_promise_no_moving_up_once_the_course_is_near(teaching: Teaching, passed: float, why: str) -> None:
    teaching.served.now = datetime.now(UTC) - timedelta(days=passed)  # pages look at the clock
    course = await teaching.course(seats=1, days=(7, 14))
    await teaching.enrol(course, BUDI)
    waits = await teaching.enrol(course, SITI)
    async with readers(teaching) as (desk, siti):
        page = await siti.page(f"/sosial/kursus-saya/{waits.id}")
        assert why in said(page, "ahead")
        assert "Nobody moves up any more" in said(page, "withdraw-form")
        listed = await desk.page(f"/petugas/kursus/{course.id}")
        assert "Nobody moves up any more" in listed.xpath("string(//table[@id='waiting']/preceding-sibling::p)")
        left = await siti.send(f"/sosial/kursus-saya/{waits.id}", "withdraw-form")
        assert (said(left, "done"), said(left, "state")) == ("You are no longer enrolled.", "no longer enrolled")


async def test_the_desk_lists_who_waits_in_the_order_of_asking(
    teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_desk, "LISTED", 1)
    course = await teaching.course(seats=1)
    await teaching.enrol(course, BUDI, name="Budi")
    waits = [await teaching.enrol(course, somebody(place), name=f"Warga {place}") for place in range(2)]
    async with readers(teaching) as (desk, _):
        first = await desk.page(f"/petugas/kursus/{course.id}")
        (more,) = first.xpath("//a[@id='more-waiting']/@href")
        second = await desk.page(more)
    rows = [page.xpath("//table[@id='waiting']//tr/@data-enrolment") for page in (first, second)]
    assert rows == [[waits[0].id], [waits[1].id]]
    assert "Warga 0" in said(first, "waiting")
    assert "Warga" not in said(first, "people")
    assert not second.xpath("//a[@id='more-waiting']")


async def test_after_the_last_session_no_page_offers_to_give_a_seat_back_or_to_call_the_course_off(
    teaching: Teaching,
) -> None:
    teaching.served.now = datetime.now(UTC) - timedelta(days=8)  # pages look at the clock
    over, ahead = await teaching.course(days=(7,)), await teaching.course(days=(9,))
    offered = []
    async with readers(teaching) as (desk, siti):
        for course in (over, ahead):
            one = await teaching.enrol(course)
            for who, path, form in (
                (siti, f"/sosial/kursus-saya/{one.id}", "withdraw-form"),
                (desk, f"/petugas/kursus/{course.id}", "cancel-form"),
            ):  # fmt: skip
                offered.append(bool((await who.page(path)).xpath(f"//*[@id='{form}']")))
    assert offered == [False, False, True, True]


async def test_a_course_without_a_free_seat_offers_its_waiting_list(teaching: Teaching) -> None:
    course = await teaching.course(seats=1)
    await teaching.enrol(course, BUDI)
    async with readers(teaching) as (_, siti):
        page = await siti.page(f"/sosial/kursus/{course.id}")
        assert "nobody waits yet" in said(page, "full")
        (button,) = page.xpath("//form[@id='enrol-form']//button[@type='submit']")
        assert button.text_content() == "Join the waiting list"


async def test_whose_enrolment_is_refused_is_led_back_to_the_courses_as_they_were_filtered(teaching: Teaching) -> None:
    course = await teaching.course()
    listed = "/sosial/kursus?status=finished"
    async with readers(teaching) as (_, siti):
        page = await siti.send(f"/sosial/kursus/{course.id}?{urlencode({'dari': listed})}", "enrol-form", name=" ")
        assert page.xpath("//*[@id='problem']")
        assert page.xpath("//main//a/@href")[0] == listed
        for href in (await siti.page("/sosial/kursus?status=xx")).xpath("//li[@data-course]//a/@href"):
            assert "xx" not in href, "what is no filter is carried along nowhere"


async def test_a_list_that_is_refused_stays_as_it_was_ticked_on_its_page(
    teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction without its reason would else be nothing new at the second press, and told as noted."""
    monkeypatch.setattr(course_desk, "LISTED", 1)
    course = await teaching.course(days=(7,), seats=2)
    first, second = [await teaching.enrol(course, somebody(place)) for place in range(2)]
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, first.id, absent=[second.id])
    async with readers(teaching) as (desk, _):
        page = await desk.page(f"/petugas/kursus/{course.id}/sesi/1")
        refused = await desk.submit(page.xpath("//form[@id='mark-form']")[0], present=[])
        assert (refused.xpath("//input[@name='present']/@checked"), said(refused, "note-error") != "") == ([], True)
        (onward,) = page.xpath("//a[contains(@href, '?page=')]/@href")
        refused = await desk.send(onward, "mark-form", present=second.id)
        (form,) = refused.xpath("//form[@id='mark-form']")
        assert form.xpath(".//input[@name='present'][@checked]/@value") == [second.id]
        assert "Attendance is noted" in said(await desk.submit(form, note="Datang terlambat."), "done")
    seen = [await teaching.enrolment(one, somebody(place)) for place, one in enumerate((first, second))]
    assert [list(one.present) for one in seen] == [[1], [1]]


async def test_a_course_that_is_written_anew_keeps_its_point_within_its_area(teaching: Teaching) -> None:
    course = await teaching.draft(point=Point(lat=-6.9837, lon=110.4105))
    kept = []
    async with readers(teaching) as (desk, _):
        for changed in ({"title": "Pemandu wisata Tugu Muda"}, {"area": BANDARHARJO}):
            page = await desk.send(f"/petugas/kursus/{course.id}", "course-form", **changed)
            assert "Draft saved." in said(page, "done"), "nobody else sees it"
            now = await teaching.read(course, DISBUDPAR)
            kept.append((now.area.code, now.HasField("point")))
    assert kept == [(course.area.code, True), (BANDARHARJO, False)]


async def test_what_a_colleague_changed_stays_where_a_form_that_came_too_late_is_sent_again(teaching: Teaching) -> None:
    course = await teaching.draft(venue="Ruang dua")
    async with readers(teaching) as (desk, _):
        (late,) = (await desk.page(f"/petugas/kursus/{course.id}")).xpath("//form[@id='course-form']")
        await desk.send(f"/petugas/kursus/{course.id}", "course-form", venue="Ruang lima")
        (again,) = (await desk.submit(late, seats="7")).xpath("//form[@id='course-form']")
        assert dict(again.form_values())["venue"] == "Ruang lima", "who sends it again sees it first"
        assert not again.xpath(".//*[@id='both-changed']")
        assert "Draft saved" in said(await desk.submit(again), "done")
    now = await teaching.read(course, DISBUDPAR)
    assert (now.venue, now.seats) == ("Ruang lima", 7)


async def test_an_entry_that_two_changed_says_what_it_is_now_and_keeps_what_the_later_one_wrote(
    teaching: Teaching,
) -> None:
    course = await teaching.draft(venue="Ruang dua")
    async with readers(teaching) as (desk, _):
        (late,) = (await desk.page(f"/petugas/kursus/{course.id}")).xpath("//form[@id='course-form']")
        await desk.send(f"/petugas/kursus/{course.id}", "course-form", venue="Ruang lima")
        page = await desk.submit(late, venue="Aula")
        assert "changed by somebody else as well" in said(page, "both-changed")
        assert said(page, "venue-theirs") == "It is now: Ruang lima"
        (again,) = page.xpath("//form[@id='course-form']")
        assert dict(again.form_values())["venue"] == "Aula"
        assert "Draft saved" in said(await desk.submit(again), "done")
    assert (await teaching.read(course, DISBUDPAR)).venue == "Aula"


async def test_what_a_colleague_changed_stays_where_a_form_was_wrong_as_well(teaching: Teaching) -> None:
    course = await teaching.draft(venue="Ruang dua")
    async with readers(teaching) as (desk, _):
        (late,) = (await desk.page(f"/petugas/kursus/{course.id}")).xpath("//form[@id='course-form']")
        await desk.send(f"/petugas/kursus/{course.id}", "course-form", venue="Ruang lima")
        (again,) = (await desk.submit(late, seats="tujuh")).xpath("//form[@id='course-form']")
        await desk.submit(again, seats="7")
    now = await teaching.read(course, DISBUDPAR)
    assert (now.venue, now.seats) == ("Ruang lima", 7)


async def test_a_form_that_does_not_say_what_it_was_opened_with_marks_all_that_differs(teaching: Teaching) -> None:
    """As a page of the version before, while it is upgraded."""
    course = await teaching.draft(venue="Ruang dua")
    async with readers(teaching) as (desk, _):
        (late,) = (await desk.page(f"/petugas/kursus/{course.id}")).xpath("//form[@id='course-form']")
        (opened,) = late.xpath(".//input[@name='opened']")
        opened.getparent().remove(opened)
        await desk.send(f"/petugas/kursus/{course.id}", "course-form", venue="Ruang lima")
        page = await desk.submit(late, seats="7")
        assert (said(page, "venue-theirs"), said(page, "seats-theirs")) == ("It is now: Ruang lima", "It is now: 2")


async def test_a_draft_that_was_a_mistake_is_thrown_away_and_what_is_public_is_not(teaching: Teaching) -> None:
    draft, public = await teaching.draft(), await teaching.course()
    async with readers(teaching) as (desk, _):
        page = await desk.send(f"/petugas/kursus/{draft.id}", "discard-form")
        assert "The draft is thrown away." in said(page, "done")
        assert not page.xpath(f"//a[contains(@href, '{draft.id}')]")
        assert not (await desk.page(f"/petugas/kursus/{public.id}")).xpath("//form[@id='discard-form']")
    with refused("COURSE_NOT_FOUND"):
        await teaching.read(draft, DISBUDPAR)
    with refused("INVALID_TRANSITION"):
        await teaching.call(courses_pb2.DeleteCourseRequest(id=public.id, etag=public.etag), DISBUDPAR)
    assert "CourseCancelled" not in await teaching.told()


async def test_a_draft_that_a_colleague_published_meanwhile_is_not_thrown_away(teaching: Teaching) -> None:
    draft = await teaching.draft()
    async with readers(teaching) as (desk, _):
        (late,) = (await desk.page(f"/petugas/kursus/{draft.id}")).xpath("//form[@id='discard-form']")
        await desk.send(f"/petugas/kursus/{draft.id}", "publish-form")
        assert (await desk.submit(late)).xpath("//*[@id='problem']")
    assert (await teaching.read(draft)).state == courses_pb2.COURSE_STATE_PUBLISHED


async def test_the_desk_says_from_when_attendance_can_be_noted_and_certificates_issued(teaching: Teaching) -> None:
    course = await teaching.course(days=(7, 9))
    await teaching.enrol(course)
    begins, ends = course.sessions[0].start_time, course.sessions[1].end_time
    async with readers(teaching) as (desk, _):
        for path, id_, at in (("/sesi/1", "mark-from", begins), ("", "issue-from", ends)):
            page = await desk.page(f"/petugas/kursus/{course.id}{path}")
            (told,) = page.xpath(f"//time[@id='{id_}']/@datetime")
            assert datetime.fromisoformat(told) == at.ToDatetime(UTC)


async def test_a_session_whose_number_is_none_is_told_as_unknown(teaching: Teaching) -> None:
    course = await teaching.course(days=(7,))
    await teaching.enrol(course)
    async with readers(teaching) as (desk, _):
        page = await desk.page(f"/petugas/kursus/{course.id}/sesi/1")
        (form,) = page.xpath("//form[@id='mark-form']")
        form.action = form.action.replace("/sesi/1", "/sesi/-99999999999")
        assert "no such session" in said(await desk.submit(form), "problem")


async def test_the_desk_offers_a_course_people_enrol_and_their_certificate_is_verified(teaching: Teaching) -> None:
    async with readers(teaching) as (desk, siti):
        wrong = await desk.send("/petugas/kursus", "course-form", **{**entries(teaching), "sessions": "besok pagi"})
        assert "Write each session in a line" in wrong.text_content()
        late = teaching.served.now + timedelta(days=30)
        wrong = await desk.send(
            "/petugas/kursus", "course-form", **{**entries(teaching), "close_time": f"{late:%Y-%m-%dT%H:%M}"}
        )
        assert "These times cannot be" in said(wrong, "close_time-error")
        drafted = await desk.send("/petugas/kursus", "course-form", **entries(teaching))
        assert "Draft saved" in said(drafted, "done")
        (publish,) = drafted.xpath("//form[@id='publish-form']")
        published = await desk.submit(publish)
        assert said(published, "state") == "open for enrolment"
        (course,) = (await teaching.call(courses_pb2.ListCoursesRequest())).courses
        assert course.title_en in (await siti.page("/sosial/kursus")).text_content()
        nameless = await siti.send(f"/sosial/kursus/{course.id}", "enrol-form", name="")
        assert "Write a name" in nameless.text_content()
        enrolled = await siti.send(f"/sosial/kursus/{course.id}", "enrol-form", name="Siti Aminah", name_shown="yes")
        assert "You have a seat" in said(enrolled, "done")
        again = await siti.page(f"/sosial/kursus/{course.id}")
        assert ("You have a seat" in said(again, "enrolled"), again.xpath("//form[@id='enrol-form']")) == (True, [])
        teaching.served.pass_time(days=7, hours=4)
        listed = await desk.page(f"/petugas/kursus/{course.id}/sesi/1")
        (mark,) = listed.xpath("//form[@id='mark-form']")
        (there,) = listed.xpath("//input[@name='present']/@value")
        assert "Attendance is noted" in said(await desk.submit(mark, present=there), "done")
        issued = await desk.send(f"/petugas/kursus/{course.id}", "issue-form")
        assert "Certificates are issued" in said(issued, "done")
        own = await siti.page(f"/sosial/kursus-saya/{there}")
        code = said(own, "certificate")
        paper = await siti.client.get(f"/sosial/kursus-saya/{there}/sertifikat.pdf")
        assert (paper.content[:5], paper.headers["content-type"]) == (b"%PDF-", "application/pdf")
        for typed, verdict, status in (
            (code, "valid", 200), (code[:-1] + ("0" if code[-1] != "0" else "1"), "mistyped", 422),
        ):  # fmt: skip
            answer = await siti.client.get("/sosial/sertifikat", params={"nomor": typed})
            assert (answer.status_code, f'data-verdict="{verdict}"' in answer.text) == (status, True)
        checked = await siti.page(f"/sosial/sertifikat/{code}")
        assert "Siti Aminah" in checked.text_content()
        assert len(checked.xpath("//dl[@id='certificate']/dd[4]/time")) == 1, "it was held on one day"
        withdrawn = await desk.page(f"/petugas/kursus/{course.id}")
        (form,) = withdrawn.xpath(f"//form[contains(@action, '/sertifikat/{code}')]")
        refused = await desk.submit(form, reason="x" * 501)
        (form,) = refused.xpath(f"//form[contains(@action, '/sertifikat/{code}')]")
        assert (form.fields["reason"], said(refused, f"reason-{code}-error") != "") == ("x" * 501, True)
        await desk.submit(form, reason="Kehadiran tercatat untuk orang lain.")
        answer = await siti.client.get(f"/sosial/sertifikat/{code}")
        assert 'data-verdict="withdrawn"' in answer.text


async def test_the_page_offers_no_other_name_once_the_course_has_begun(teaching: Teaching) -> None:
    teaching.served.now = datetime.now(UTC) - timedelta(days=8)  # pages look at the clock
    one = await teaching.enrol(await teaching.course(days=(7,)))
    async with readers(teaching) as (_, siti):
        page = await siti.page(f"/sosial/kursus-saya/{one.id}")
    assert "has begun" in said(page, "name-fixed")
    assert not page.xpath("//form[@id='name-form']//input[@name='name']")


async def test_a_misspelt_name_and_its_certificate_are_put_right_on_the_pages(teaching: Teaching) -> None:
    one = await teaching.certified(name="Siti Amniah")
    desk_path, own_path = f"/petugas/kursus/{one.course.id}", f"/sosial/kursus-saya/{one.id}"
    async with readers(teaching) as (desk, siti):
        page = await siti.page(own_path)
        assert "withdraw" in said(page, "name-fixed")
        assert not page.xpath("//form[@id='name-form']//input[@name='name']")
        page = await desk.page(desk_path)
        (form,) = page.xpath(f"//form[contains(@action, '/sertifikat/{one.certificate}')]")
        await desk.submit(form, reason="Nama salah tulis.")
        page = await siti.send(own_path, "name-form", name="Siti Aminah")
        assert "Siti Aminah" in page.text_content()
        (form,) = (await desk.page(desk_path)).xpath("//details[@id='reissue']//form")
        assert "Siti Aminah" in form.text_content()
        after = await desk.submit(form)
        assert "another number" in said(after, "done")
        assert not after.xpath("//details[@id='reissue']")
        paper = await siti.client.get(f"{own_path}/sertifikat.pdf")
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")


async def test_a_withdrawn_certificate_says_so_to_its_holder_and_the_desk_and_is_not_printed_nor_issued_with_the_others(
    teaching: Teaching,
) -> None:
    one = await teaching.certified()
    desk_path, own_path = f"/petugas/kursus/{one.course.id}", f"/sosial/kursus-saya/{one.id}"
    async with readers(teaching) as (desk, siti):
        page = await desk.page(desk_path)
        (form,) = page.xpath(f"//form[contains(@action, '/sertifikat/{one.certificate}')]")
        assert "Its holder reads it" in form.text_content()
        after = await desk.submit(form, reason="Tercatat untuk orang lain.")
        assert "Withdrawn Tercatat untuk orang lain." in said(after, "people")
        assert not after.xpath(f"//form[@action='{desk_path}/sertifikat/{one.certificate}']"), "it is withdrawn once"
        again = await desk.send(desk_path, "issue-form")
        assert "No certificate was issued" in said(again, "done")
        page = await siti.page(own_path)
        assert "This certificate was withdrawn." in said(page, "certificate-withdrawn")
        assert "Tercatat untuk orang lain." in said(page, "certificate-withdrawn")
        assert not page.xpath("//a[contains(@href, 'sertifikat.pdf')]")
        paper = await siti.client.get(f"{own_path}/sertifikat.pdf")
        assert (paper.status_code, "was withdrawn" in paper.text) == (409, True)
        assert "Certificate withdrawn" in (await siti.page("/sosial/kursus-saya")).text_content()
