"""Ballots at the portal: voting without JavaScript, booths, the count, the result and its file."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from gateway.portal.kit.texts import Texts
from gateway.portal.society import ballot_desk
from services.society.counting.counts import rule
from services.society.counting.recount import recount
from services.society.counting.votes import Method
from services.society.results import timers
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.governance.conftest import ADMIN
from tests.society.ballots.voting import BAPPEDA, BORN, SECOND, Voting
from tests.society.pages import reader, said
from tests.society.residents.people import number


@pytest.fixture
async def stand(voting: Voting) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(voting.served) as made:
        yield made


@pytest.mark.parametrize("method", Method)
def test_the_words_of_pages_for_a_method_are_those_of_who_counts(method: Method) -> None:
    """A change of the rule shows that the words of both languages are to be changed, too."""
    assert Texts("en")(f"ballot_rule.{method.value}") == rule(method)
    assert "bila seri" in Texts("id")(f"ballot_rule.{method.value}")


@pytest.mark.parametrize(
    ("line", "papers"),
    [("1.200: 1, 3", 1_200), ("12 : 1, 3", 12), ("1.20: 1, 3", None), ("12", None), (": 1, 3", None)],
)
def test_papers_of_a_line_are_counted_with_or_without_a_mark_of_thousands(line: str, papers: int | None) -> None:
    found = ballot_desk._lines(line)
    assert (found and (found[0].papers, list(found[0].options))) == (papers and (papers, [1, 3]))


def test_papers_are_counted_to_the_last_line_whatever_is_empty_between_them() -> None:
    found = ballot_desk._lines("\n\n".join(["1: 1"] * 1_500))
    assert found is not None
    assert len(found) == 1_500


async def test_people_vote_by_phone_and_on_paper_and_see_what_came_of_it(voting: Voting, stand: Stand) -> None:
    agency, second = await reader(stand, BAPPEDA), await reader(stand, SECOND)
    closes = (voting.served.now + timedelta(hours=7, days=2)).strftime("%Y-%m-%dT%H:%M")
    page = await agency.send(
        "/petugas/suara", "announce-form", title="Anggaran RW 02", budget="25.000.000", min_age="17",
        options="Lampu jalan; 12.000.000\nSaluran air; 9.000.000\nPos ronda; 8000000", cut_off="2026-11-24",
        areas="33.74.01.1007", close_time=closes,
    )  # fmt: skip
    (public,) = page.xpath("//a[starts-with(@href, '/sosial/suara/')]/@href")
    desk = public.replace("/sosial", "/petugas")
    assert "IDR 25,000,000" in said(page, "terms")
    assert "IDR 9,000,000" in said(page, "options")
    assert page.xpath("//ol[@id='options']/li/b/span[@lang='id']"), "a voice reads them in their own language"
    options = {name: place for place, name in enumerate(page.xpath("//ol[@id='options']/li/b//text()"), 1)}
    for place in range(4):
        voter = await reader(stand, await voting.voter(place))
        done = await voter.send(public, "vote-form", option=[str(options["Lampu jalan"]), str(options["Pos ronda"])])
        assert "vote is in" in said(done, "done")
        again = await voter.page(public)
        assert said(again, "voted")
        assert again.xpath("//ol[@id='options']/li/b//text()") == list(options), "what it was about can be read again"
        assert not again.xpath("//form[@id='vote-form']"), "nothing shows what was chosen, or lets it be changed"
        await voter.client.aclose()
    born = date(1980, 2, 1)
    marked = await agency.send(desk, "mark-form", booth="tps-1", nik=number(born), birth_date=str(born))
    assert "Hand out the paper" in said(marked, "done")
    voting.served.pass_time(days=2)
    for lines in ("x", "5: 123", "8: 1 103"):  # a number left out would make another vote of it
        refused = await agency.send(desk, "enter-form", booth="TPS-1", lines=lines)
        assert "Write each line" in said(refused, "lines-error")
    for one in (agency, second):
        entered = await one.send(desk, "enter-form", booth="TPS-1", lines=f"1: {options['Saluran air']}")
        assert "noted" in said(entered, "done")
    assert "Being counted" in said(await agency.send(desk, "count-form"), "done")
    await timers.count(voting.served.runtime)
    result = await agency.page(public)
    assert "5 votes" in said(result, "votes")
    (link,) = result.xpath("//a[@download]/@href")
    file = await agency.client.get(link)
    found = recount(file.text, said(result, "digest"))
    assert (found.faults, found.outcome.votes) == ((), 5)
    for one in (agency, second):
        await one.client.aclose()


async def test_whose_mark_was_not_answered_is_given_the_paper_and_who_voted_by_phone_is_not(
    voting: Voting, stand: Stand
) -> None:
    ballot, agency = await voting.held(), await reader(stand, BAPPEDA)
    await voting.cast(ballot, await voting.voter(1), 1)
    told = []
    for place in (0, 1):
        born = BORN + timedelta(days=place)
        if not place:
            await voting.mark(ballot, place)
        page = await agency.send(
            f"/petugas/suara/{ballot.id}", "mark-form", booth="TPS-1", nik=number(born), birth_date=str(born)
        )
        told.append(said(page, "problem"))
    assert ("Marked already in TPS-1" in told[0], "hand it out now" in told[0]) == (True, True)
    assert ("by phone or on paper" in told[1], "hand it out" in told[1]) == (True, False)
    await agency.client.aclose()


async def test_who_was_given_a_paper_reads_of_no_booth_where_they_vote_by_phone(voting: Voting, stand: Stand) -> None:
    ballot, caller = await voting.held(), await voting.voter(0)
    voter = await reader(stand, caller)
    page = await voter.page(f"/sosial/suara/{ballot.id}")
    await voting.mark(ballot, 0)
    (form,) = page.xpath("//form[@id='vote-form']")
    refused = await voter.submit(form, option=["1"])
    assert ("voted already" in said(refused, "problem"), "TPS-1" in said(refused, "problem")) == (True, False)
    await voter.client.aclose()


async def test_the_desk_marks_the_entry_that_is_wrong_of_a_ballot_without_a_process(
    voting: Voting, stand: Stand
) -> None:
    """The day that counts may be left out with a process alone; without one it is asked for by its name."""
    agency = await reader(stand, BAPPEDA)
    closes = voting.served.now + timedelta(hours=7, days=2)
    entries = {
        "title": "Anggaran RW 02", "options": "Lampu jalan\nSaluran air", "min_age": "17", "areas": "33.74.01.1007",
        "cut_off": "2026-11-24", "close_time": closes.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    for wrong, entered, words in (
        ("cut_off", "", "Give the day that counts"),
        ("cut_off", str((closes + timedelta(days=1)).date()), "Give the day that counts"),
        ("close_time", "2026-01-01T08:00", "These times cannot be"),
        ("areas", "", "Choose the kelurahan"),
    ):
        page = await agency.send("/petugas/suara", "announce-form", **(entries | {wrong: entered}))
        assert words in said(page, f"{wrong}-error")
        (field,) = page.xpath(f"//form[@id='announce-form']//*[@name='{wrong}']")
        assert field.get("aria-invalid") == "true"
        assert f"{wrong}-error" in field.get("aria-describedby")
    await agency.client.aclose()


async def test_no_ballot_opens_with_an_entry_that_is_no_number(voting: Voting, stand: Stand) -> None:
    """It opens at once and is not stopped any more: what cannot be read is told, and is not taken as left out."""
    agency = await reader(stand, BAPPEDA)
    closes = (voting.served.now + timedelta(hours=7, days=2)).strftime("%Y-%m-%dT%H:%M")
    wrong = {"budget": "25 juta", "winners": "99999999999", "most_choices": "dua", "min_age": "17+"}
    options = "Lampu jalan; 12 juta\nSaluran air; 9.000.000"
    entries = {"title": "Anggaran RW 02", "areas": "33.74.01.1007", "cut_off": "2026-11-24", "close_time": closes}
    page = await agency.send("/petugas/suara", "announce-form", options=options, **wrong, **entries)
    told = {name: said(page, f"{name}-error") != "" for name in (*wrong, "options")}
    assert told == dict.fromkeys((*wrong, "options"), True)
    (form,) = page.xpath("//form[@id='announce-form']")
    page = await agency.submit(form, options="Taman; 0\nSaluran air; 12 juta", **wrong | {"budget": "0"})
    assert (said(page, "budget-error"), said(page, "options-error") != "") == ("", True), "nothing is an amount"
    (form,) = page.xpath("//form[@id='announce-form']")
    usual = {"budget": "Rp 25.000.000", "winners": "", "most_choices": "2", "min_age": "17"}
    page = await agency.submit(form, options="Lampu jalan; 12,000,000\nSaluran air; Rp 9.000.000", **usual)
    assert page.xpath("//ol[@id='options']/li/b//text()")
    assert "IDR 25,000,000" in said(page, "terms")
    await agency.client.aclose()


@pytest.mark.parametrize(
    ("wrong", "at", "words"),
    [
        ({"winners": "9"}, "winners", "No more win than there are options"),
        ({"most_choices": "4"}, "most_choices", "No more are approved of than there are options"),
        ({"winners": "41"}, "winners", "No more win than there are options"),
        ({"options": "Lampu jalan"}, "options", "A ballot has 2 to 40 options"),
    ],
)
async def test_who_announces_a_ballot_is_told_what_is_wrong_at_its_entry_in_words_for_officers(
    voting: Voting, stand: Stand, wrong: dict[str, str], at: str, words: str
) -> None:
    agency = await reader(stand, BAPPEDA)
    closes = (voting.served.now + timedelta(hours=7, days=2)).strftime("%Y-%m-%dT%H:%M")
    entries = {
        "title": "Taman RW 02", "options": "Lampu jalan\nSaluran air\nPos ronda", "min_age": "17", "winners": "1",
        "most_choices": "2", "areas": "33.74.01.1007", "cut_off": "2026-11-24", "close_time": closes,
    }  # fmt: skip
    page = await agency.send("/petugas/suara", "announce-form", **{**entries, **wrong})
    assert words in said(page, f"{at}-error")
    assert "Choose from the options" not in page.text_content()
    await agency.client.aclose()


async def test_who_counts_a_booth_is_told_which_numbers_a_paper_has(voting: Voting, stand: Stand) -> None:
    ballot = await voting.held(most_choices=2)
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    agency = await reader(stand, BAPPEDA)
    for line in ("1: 1, 2, 3", "1: 77"):
        page = await agency.send(f"/petugas/suara/{ballot.id}", "enter-form", booth="TPS-1", lines=line)
        assert "The numbers are those of the options above" in said(page, "lines-error")
        assert "Choose from the options" not in page.text_content()
    await agency.client.aclose()


async def test_a_ballot_is_announced_ahead_and_cancelled_from_the_desk_before_it_opens(
    voting: Voting, stand: Stand
) -> None:
    agency, second = await reader(stand, BAPPEDA), await reader(stand, SECOND)
    opens, closes = ((voting.served.now + timedelta(hours=7, days=days)).strftime("%Y-%m-%dT%H:%M") for days in (3, 5))
    entries = {
        "title": "Taman RW 02", "options": "Lampu jalan\nSaluran air", "min_age": "17", "areas": "33.74.01.1007",
        "cut_off": "2026-11-24", "close_time": closes,
    }  # fmt: skip
    form = await agency.page("/petugas/suara")
    assert "cannot be stopped before its end" in said(form, "announce-form")
    wrong = await agency.send("/petugas/suara", "announce-form", open_time="besok", **entries)
    assert "Write a day and a time" in said(wrong, "open_time-error")
    made = await agency.send("/petugas/suara", "announce-form", open_time=opens, **entries)
    (public,) = made.xpath("//a[starts-with(@href, '/sosial/suara/')]/@href")
    assert said(made, "state") == "to come"
    assert made.xpath("//*[@id='opens']/time/@datetime")
    assert "to come" in said(await agency.page("/petugas/suara"), "ballots")
    for one in (agency, second):
        done = await one.send(public.replace("/sosial", "/petugas"), "cancel-form", reason="Tahunnya salah.")
    assert "Tahunnya salah." in said(done, "cancelled")
    for one in (agency, second):
        await one.client.aclose()


async def test_no_option_is_cut_off_or_left_out(voting: Voting, stand: Stand) -> None:
    """It opens at once: what residents would read of it is what the officer wrote."""
    agency = await reader(stand, BAPPEDA)
    closes = (voting.served.now + timedelta(hours=7, days=2)).strftime("%Y-%m-%dT%H:%M")
    entries = {"title": "Taman RW 02", "areas": "33.74.01.1007", "cut_off": "2026-11-24", "close_time": closes}
    page = await agency.send("/petugas/suara", "announce-form", options=f"{'a' * 201}\nSaluran air", **entries)
    assert "three to 200 letters" in said(page, "options-error")
    (form,) = page.xpath("//form[@id='announce-form']")
    options = "\n\n".join(f"Taman nomor {number}" for number in range(1, 31))
    page = await agency.submit(form, options=options, **entries)
    assert len(page.xpath("//ol[@id='options']/li/b//text()")) == 30
    await agency.client.aclose()


async def test_a_paper_that_is_refused_keeps_its_marks_so_that_the_next_press_casts_no_blank_one(
    voting: Voting, stand: Stand
) -> None:
    ballot = await voting.held()
    voter = await reader(stand, await voting.voter(0))
    refused = await voter.send(f"/sosial/suara/{ballot.id}", "vote-form", option=["2", "4", "99"])
    assert "Choose from the options there are" in said(refused, "problem")
    assert refused.xpath("//input[@name='option'][@checked]/@value") == ["2", "4"]
    await voter.client.aclose()


async def test_who_has_counted_a_booth_is_told_that_the_other_count_is_a_colleagues(
    voting: Voting, stand: Stand
) -> None:
    ballot = await voting.held()
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    desk = f"/petugas/suara/{ballot.id}"
    first, second = await reader(stand, BAPPEDA), await reader(stand, SECOND)
    entered = await first.send(desk, "enter-form", booth="TPS-1", lines="1: 1")
    assert "the other count is a colleague's" in said(entered, "counted")
    assert not entered.xpath("//form[@id='enter-form']")
    left = await second.page(desk)
    assert "Yours to count: TPS-1" in said(left, "enter-form")
    for one in (first, second):
        await one.client.aclose()


async def test_who_would_count_a_third_time_is_told_that_the_two_count_again(voting: Voting, stand: Stand) -> None:
    ballot = await voting.held()
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    for option, caller in ((1, BAPPEDA), (2, SECOND)):
        await voting.enter(ballot, [(1, [option])], caller)
    third = await reader(stand, ADMIN)
    page = await third.page(f"/petugas/suara/{ballot.id}")
    assert "where two others differ, those two count again" in said(page, "counted")
    assert not page.xpath("//form[@id='enter-form']")
    await third.client.aclose()


async def test_where_one_of_two_has_counted_again_only_the_other_of_them_is_asked_to_count(
    voting: Voting, stand: Stand
) -> None:
    ballot = await voting.held()
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    for option, caller in ((1, BAPPEDA), (2, SECOND), (2, BAPPEDA)):
        await voting.enter(ballot, [(1, [option])], caller)
    second, third = await reader(stand, SECOND), await reader(stand, ADMIN)
    for one, offered in ((third, ["aside-form"]), (second, ["enter-form"])):
        page = await one.page(f"/petugas/suara/{ballot.id}")
        assert "one of two who differed has counted again" in said(page, "booths")
        forms = page.xpath("//form/@id")
        assert [name for name in ("enter-form", "aside-form") if name in forms] == offered
        await one.client.aclose()


async def test_a_third_officer_sets_the_counts_of_two_aside_at_the_desk_and_counts_one_of_them(
    voting: Voting, stand: Stand
) -> None:
    ballot = await voting.held()
    await voting.mark(ballot, 0)
    voting.served.pass_time(days=2)
    for option, caller in ((1, BAPPEDA), (2, SECOND)):
        await voting.enter(ballot, [(1, [option])], caller)
    desk, reason = f"/petugas/suara/{ballot.id}", "Penghitung kedua dirawat di rumah sakit."
    first, third = await reader(stand, BAPPEDA), await reader(stand, ADMIN)
    assert not (await first.page(desk)).xpath("//form[@id='aside-form']"), "what is refused is not offered"
    wrong = await third.send(desk, "aside-form", reason="Sakit.")
    assert "ten letters or more" in said(wrong, "aside-reason-error")
    done = await third.send(desk, "aside-form", reason=reason)
    assert "count from nothing" in said(done, "done")
    assert reason in said(done, "booths")
    assert "Yours to count: TPS-1" in said(done, "enter-form")
    for one in (first, third):
        await one.client.aclose()


async def test_who_confirms_that_a_ballot_is_cancelled_is_told_that_it_is(voting: Voting, stand: Stand) -> None:
    ahead = voting.plan()
    for time, days in ((ahead.open_time, 1), (ahead.close_time, 3)):
        time.FromDatetime(voting.served.now + timedelta(days=days))
    desk = f"/petugas/suara/{(await voting.call(ahead, BAPPEDA)).ballot.id}"
    agency, second = await reader(stand, BAPPEDA), await reader(stand, SECOND)
    asked = await agency.send(desk, "cancel-form", reason="Tahunnya salah.")
    assert "Once another officer has confirmed it" in said(asked, "done")
    assert "another officer has to confirm it" in said(asked, "asked")
    assert not asked.xpath("//form[@id='cancel-form']"), "what is refused is not offered"
    assert said(await second.send(desk, "cancel-form"), "done") == "The ballot is cancelled."
    for one in (agency, second):
        await one.client.aclose()


async def test_who_has_a_ballot_counted_second_is_not_told_to_send_it_again(voting: Voting, stand: Stand) -> None:
    ballot = await voting.held()
    voting.served.pass_time(days=2)
    desk = f"/petugas/suara/{ballot.id}"
    first, second = await reader(stand, BAPPEDA), await reader(stand, SECOND)
    (late,) = (await second.page(desk)).xpath("//form[@id='count-form']")
    await first.send(desk, "count-form")
    page = await second.submit(late)
    assert not page.xpath("//form[@id='count-form']")
    assert "What you sent was not done" in said(page, "problem")
    for one in (first, second):
        await one.client.aclose()


async def test_whoever_may_not_vote_is_told_why(voting: Voting, stand: Stand) -> None:
    ballot = await voting.held()
    async with stand.client(headers={"accept": "text/html", "accept-language": "id"}) as visitor:
        page = await visitor.get(f"/sosial/suara/{ballot.id}")
        assert "Masuk untuk memberikan suara" in page.text
        assert "Hasilnya berupa saran" in page.text
        assert "Anggaran partisipatif RW 02" in (await visitor.get("/sosial/suara")).text


async def test_what_is_closed_has_ended_and_what_is_open_ends(voting: Voting, stand: Stand) -> None:
    ballot = await voting.held()
    async with stand.client(headers={"accept": "text/html", "accept-language": "en"}) as visitor:
        assert "Ends <time" in (await visitor.get("/sosial/suara")).text
        await voting.counted(ballot)
        page = (await visitor.get("/sosial/suara")).text
    assert ("Ended <time" in page, "Ends <time" in page) == (True, False)
