"""News of courses over the pillar's real server and a real mail server: asked for, told, ended, forgotten."""

import re
from typing import Any
from uuid import UUID

from services.kit.caller import Scope
from services.society.course_following import actions, timers
from services.society.own_data import reactions
from services.society.resources import Resources
from services.society.seating import store as seats
from smartcity.society.v1 import certificates_pb2, courses_pb2
from smartcity.society.v1 import course_followers_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.fixtures.meanwhile import meanwhile
from tests.fixtures.personal import asked
from tests.governance.conftest import refused
from tests.society.course_following.listening import ADDRESS, Listening, token_of
from tests.society.courses.teaching import DISBUDPAR, REASON
from tests.society.pages import reader, said
from tests.society.taking_part import BUDI, SITI


async def test_who_waits_hears_of_the_seat_of_changes_and_of_the_certificate(listening: Listening) -> None:
    teaching = listening.teaching
    course = await teaching.course(days=(7,), seats=1)
    first, second = await teaching.enrol(course, BUDI), await teaching.enrol(course, SITI)
    with refused("ENROLMENT_NOT_FOUND"):
        await listening.ask(first, SITI)
    await listening.ask(second)
    (mail,) = await listening.mails()
    assert "Pemandu" not in mail.get_content(), "whose address it is may not be who takes part"
    await teaching.withdraw(first, BUDI)
    assert await listening.mails() == [], "nothing comes before the address is confirmed"
    assert (await listening.confirm(mail)).state == pb.COURSE_FOLLOWER_STATE_CONFIRMED
    more = courses_pb2.UpdateCourseRequest(
        id=course.id, etag=course.etag, reason=REASON, **teaching.plan(days=(7,), seats=2, venue="Aula Kecamatan")
    )
    course = (await teaching.call(more, DISBUDPAR)).course
    (changed,) = await listening.mails()
    assert (changed["To"], changed["Subject"]) == (ADDRESS, "Kursus berubah: Pemandu wisata Kota Lama")
    (day,) = re.findall(r"- (.*)–", changed.get_content())
    assert re.fullmatch(r"\d{1,2} (November|Desember) 2026, \d\d\.\d\d", day), day
    assert all(words in changed.get_content() for words in ("Aula Kecamatan", REASON, f"kursus-saya/{second.id}"))
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, second.id)
    await teaching.issue(course)
    (certified,) = await listening.mails()
    assert certified["Subject"].startswith("Sertifikat Anda sudah terbit")
    teaching.served.pass_time(days=31)
    await timers.prune(teaching.served.runtime)
    assert await listening.kept() == 0, "a month after the course"


async def test_whose_certificate_is_issued_anew_is_mailed_once_more(listening: Listening) -> None:
    """Its number is another one, and the one before is valid no more."""
    teaching = listening.teaching
    course = await teaching.course(days=(7,))
    one = await teaching.enrol(course, SITI)
    await listening.followed(one)
    teaching.served.pass_time(days=8)
    await teaching.mark(course, 1, one.id)
    await teaching.issue(course)
    (first,) = await listening.mails()
    code = (await teaching.enrolment(one, SITI)).certificate
    request = certificates_pb2.WithdrawCertificateRequest(
        code=code, etag="1", reason="Nama tertukar dengan orang lain."
    )
    await teaching.call(request, DISBUDPAR)
    await teaching.call(certificates_pb2.ReissueCertificateRequest(code=code), DISBUDPAR)
    (again,) = await listening.mails()
    assert again["Subject"] == first["Subject"]


async def _rewrite(listening: Listening, course: courses_pb2.Course, **plan: Any) -> None:
    teaching = listening.teaching
    request = courses_pb2.UpdateCourseRequest(id=course.id, etag=course.etag, reason=REASON, **teaching.plan(**plan))
    await teaching.call(request, DISBUDPAR)


async def test_who_takes_part_is_mailed_where_and_when_the_course_meets_and_was_to_meet(listening: Listening) -> None:
    course = await listening.teaching.course(days=(7,))
    await listening.followed(await listening.teaching.enrol(course, SITI))
    await _rewrite(listening, course, days=(9,), venue="Balai Kota")
    (mail,) = await listening.mails()
    words = mail.get_content()
    assert "Tempat: Balai Kota, Kebonagung (sebelumnya: Aula Kelurahan Bandarharjo, Kebonagung)" in words
    now, before = words.split("Pertemuan (sebelumnya):")
    assert "- 3 Desember 2026" in now
    assert "- 1 Desember 2026" in before


async def test_who_takes_part_is_mailed_that_place_and_times_of_a_changed_course_stay(listening: Listening) -> None:
    course = await listening.teaching.course(days=(7,))
    await listening.followed(await listening.teaching.enrol(course, SITI))
    await _rewrite(listening, course, days=(7,), summary="Menyambut tamu, dan bahasa Inggris sehari-hari.")
    (mail,) = await listening.mails()
    assert "Tempat dan waktunya tidak berubah." in mail.get_content()
    assert "sebelumnya" not in mail.get_content()


async def test_who_moves_up_by_a_change_of_the_course_is_mailed_once_of_both(listening: Listening) -> None:
    course = await listening.teaching.course(days=(7,), seats=1)
    await listening.teaching.enrol(course, BUDI)
    await listening.followed(await listening.teaching.enrol(course, SITI))
    await _rewrite(listening, course, days=(7,), seats=2, venue="Balai Kota")
    (mail,) = await listening.mails()
    assert mail["Subject"].startswith("Anda mendapat tempat")
    assert "sebelumnya: Aula Kelurahan Bandarharjo, Kebonagung" in mail.get_content()
    assert REASON in mail.get_content()


async def test_who_still_waits_is_mailed_of_a_change_without_a_word_of_a_seat(listening: Listening) -> None:
    course = await listening.teaching.course(days=(7,), seats=1)
    await listening.teaching.enrol(course, BUDI)
    await listening.followed(await listening.teaching.enrol(course, SITI))
    await _rewrite(listening, course, days=(7,), seats=1, venue="Balai Kota")
    (mail,) = await listening.mails()
    assert "Urutan Anda di daftar tunggu tetap." in mail.get_content()
    assert "Tempat Anda tetap" not in mail.get_content()


async def test_the_page_of_ones_seat_says_where_its_news_go_and_how_to_stop_them(listening: Listening) -> None:
    teaching = listening.teaching
    mine = await teaching.enrol(await teaching.course(seats=1), SITI)
    async with stand_before(teaching.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            before = await siti.page(f"/sosial/kursus-saya/{mine.id}")
            await listening.followed(mine)
            after = await siti.page(f"/sosial/kursus-saya/{mine.id}")
    assert not before.xpath("//*[@id='news']")
    assert f"News of this course goes to {ADDRESS}." in said(after, "news")
    assert "open the link at the end of any of these mails" in said(after, "news")
    assert "Another address" in after.text_content()
    assert (await teaching.enrolment(mine, DISBUDPAR)).news_email == "", "the agency is not told"


async def test_a_city_that_took_its_secret_away_still_shows_ones_seat_without_where_news_go(
    listening: Listening,
) -> None:
    teaching = listening.teaching
    mine = await teaching.enrol(await teaching.course(), SITI)
    await listening.followed(mine)
    teaching.served.runtime.extra = Resources(None)
    found = await teaching.enrolment(mine)
    assert (found.id, found.news_email) == (mine.id, "")


async def test_a_seat_that_is_given_back_is_told_to_who_moves_up_and_ends_the_mails_of_who_leaves(
    listening: Listening,
) -> None:
    teaching = listening.teaching
    course = await teaching.course(seats=1)
    first, second = await teaching.enrol(course, BUDI), await teaching.enrol(course, SITI)
    await listening.followed(first, BUDI, "budi@contoh.id")
    await listening.followed(second)
    await teaching.withdraw(first, BUDI)
    (told,) = await listening.mails()
    assert (told["To"], told["Subject"]) == (ADDRESS, "Anda mendapat tempat: Pemandu wisata Kota Lama")
    assert await listening.kept() == 1
    with refused("INVALID_TRANSITION"):
        await listening.ask(first, BUDI, "budi@contoh.id")
    await asked(teaching.served, reactions, SITI.subject, erase=True)
    assert await listening.kept() == 0, "erased with the enrolment"
    with refused("COURSE_LINK_UNKNOWN"):
        await teaching.call(pb.ConfirmCourseFollowerRequest(token="a" * 52))


async def test_all_hear_that_it_is_called_off_but_who_said_stop_and_who_nobody_reaches(listening: Listening) -> None:
    teaching = listening.teaching
    course = await teaching.course(seats=3)
    enrolled = [await teaching.enrol(course, caller) for caller in (SITI, BUDI)]
    await listening.followed(enrolled[0])
    await listening.followed(enrolled[0], email="kedua@contoh.id")
    assert await listening.kept() == 1, "the address that was confirmed last"
    await listening.followed(enrolled[1], BUDI, "budi@contoh.id")
    await listening.end(listening.catcher.to("budi@contoh.id")[0])
    cancel = courses_pb2.CancelCourseRequest(id=course.id, etag=course.etag, reason=REASON)
    await teaching.call(cancel, DISBUDPAR)
    (told,) = await listening.mails()
    assert (told["To"], REASON in told.get_content()) == ("kedua@contoh.id", True)
    link = pb.GetCourseFollowerRequest(link=pb.COURSE_FOLLOWER_LINK_END, token=token_of(told, "berhenti"))
    assert (await teaching.call(link)).follower.state == pb.COURSE_FOLLOWER_STATE_CONFIRMED


async def test_stop_in_an_older_mail_ends_what_goes_to_the_same_address_now(listening: Listening) -> None:
    teaching = listening.teaching
    course = await teaching.course(seats=3)
    mine = await teaching.enrol(course, SITI)
    await listening.ask(mine)
    await listening.mails()
    await listening.followed(mine)
    await listening.followed(mine)
    unconfirmed, first, second = listening.catcher.to(ADDRESS)
    link = pb.GetCourseFollowerRequest(link=pb.COURSE_FOLLOWER_LINK_END, token=token_of(first, "berhenti"))
    assert (await teaching.call(link)).follower.state == pb.COURSE_FOLLOWER_STATE_CONFIRMED
    assert (await listening.end(first)).state == pb.COURSE_FOLLOWER_STATE_ENDED
    assert await listening.kept() == 0
    cancel = courses_pb2.CancelCourseRequest(id=course.id, etag=course.etag, reason=REASON)
    await teaching.call(cancel, DISBUDPAR)
    assert await listening.mails() == []
    assert (await listening.end(second)).state == pb.COURSE_FOLLOWER_STATE_ENDED
    assert (await listening.end(unconfirmed)).state == pb.COURSE_FOLLOWER_STATE_ENDED


async def test_stop_in_a_mail_whose_link_was_not_followed_ends_what_was_confirmed_later(listening: Listening) -> None:
    mine = await listening.teaching.enrol(await listening.teaching.course(seats=3), SITI)
    await listening.ask(mine)
    (unconfirmed,) = await listening.mails()
    await listening.followed(mine)
    assert (await listening.end(unconfirmed)).state == pb.COURSE_FOLLOWER_STATE_ENDED
    assert await listening.kept() == 0


async def test_of_two_addresses_that_are_asked_at_once_the_last_one_waits(listening: Listening) -> None:
    mine = await listening.teaching.enrol(await listening.teaching.course(seats=3), SITI)
    async with listening.teaching.served.runtime.transaction(SITI, Scope.OWN) as tx:
        await actions.follow(tx, mine.id, ADDRESS, "id")
        other = await meanwhile(tx, listening.ask(mine, email="kedua@contoh.id"))
    await other
    assert await listening.kept() == 1


async def test_of_two_addresses_that_are_confirmed_at_once_the_last_one_hears(listening: Listening) -> None:
    teaching = listening.teaching
    mine, others = [await teaching.enrol(await teaching.course(seats=3), SITI) for _ in range(2)]
    await listening.ask(mine)
    await listening.ask(others, email="kedua@contoh.id")
    one, other = await listening.mails()
    both_wait = "UPDATE society.course_follower SET enrolment = $1"  # as the version before this one let them
    await teaching.served.admin.execute(both_wait, mine.id)
    async with teaching.served.runtime.transaction() as tx:
        await actions.confirm(tx, token_of(one, "konfirmasi"))
        confirming = await meanwhile(tx, listening.confirm(other))
    assert (await confirming).state == pb.COURSE_FOLLOWER_STATE_CONFIRMED
    hears = "SELECT count(*) FROM society.course_follower WHERE state = 'confirmed'"
    assert await teaching.served.admin.fetchval(hears) == await listening.kept() == 1


async def test_an_address_that_is_confirmed_while_its_owner_is_erased_is_erased_with_them(listening: Listening) -> None:
    served = listening.teaching.served
    mine = await listening.teaching.enrol(await listening.teaching.course(seats=3), SITI)
    await listening.ask(mine)
    (mail,) = await listening.mails()
    async with served.runtime.transaction() as tx:
        await seats.get(tx, UUID(mine.id), lock=True)  # where the confirmation begins
        erasing = await meanwhile(tx, asked(served, reactions, SITI.subject, erase=True))
        await actions.confirm(tx, token_of(mail, "konfirmasi"))
    assert (await erasing)["enrolments"] == (1, 1, "")
    assert await listening.kept() == 0
