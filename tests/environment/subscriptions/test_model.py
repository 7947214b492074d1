"""How often an address is asked, and how a message comes to everybody: against plain references."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.environment.criteria.profile import criteria_of
from services.environment.subscriptions import model, wording
from services.environment.subscriptions.model import NOBODY, Telling
from services.kit.city import load_city
from services.kit.mail import addresses, limits, tokens
from services.kit.mail.limits import Asked

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECRET = b"x" * 32


@given(st.lists(st.tuples(st.sampled_from(["ask", "stop"]), st.integers(0, 20 * 24)), max_size=60))
def test_nobody_is_flooded_however_often_they_are_typed(moves: list[tuple[str, int]]) -> None:
    now, known, sent, stops = START, Asked(), list[datetime](), list[datetime]()
    for move, hours in moves:
        now += timedelta(hours=hours)
        if move == "stop":
            stops.append(now)
            known = replace(known, stopped_at=now)
        elif limits.may_ask(known, now):
            known = limits.asked(known, now)
            sent.append(now)
            assert known.forget_at == max([now, *stops[-1:]]) + limits.REST
    for at in sent:
        day = [one for one in sent if at - limits.DAY < one <= at]
        rest = [one for one in sent if at - limits.REST < one <= at]
        assert len(day) <= limits.A_DAY
        assert len(rest) <= limits.A_REST + len(stops), "only a stop gives way for one more, by which to come back"
        after = [stop for stop in stops if at - limits.REST < stop <= at]
        assert not after or len([one for one in sent if after[-1] < one <= at]) <= 1


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 4))
def test_a_message_comes_to_everybody_once_in_each_kelurahan(counts: list[int], most: int) -> None:
    areas = tuple(f"33.74.01.{place:04}" for place in range(len(counts) or 1))
    there = {
        area: [UUID(int=number + 1) for number in range(count)] for area, count in zip(areas, counts, strict=False)
    }
    telling: Telling | None = Telling(NOBODY, 1, areas, 0, NOBODY)
    came: dict[str, list[UUID]] = {area: [] for area in areas}
    while telling is not None:
        area = telling.areas[telling.place]
        found = [one for one in there.get(area, []) if one > telling.after][:most]
        came[area] += found
        telling = model.further(telling, found, most)
    assert came == {area: there.get(area, []) for area in areas}


def test_an_address_is_asked_in_the_chosen_language_first() -> None:
    city = load_city("semarang")
    for language, subject, first, last in (
        (
            "id",
            "Konfirmasi peringatan banjir / confirm flood warnings",
            "Alamat e-mail ini",
            "Jangan kirim lagi / send no more: b",
        ),
        (
            "en",
            "Confirm flood warnings / konfirmasi peringatan banjir",
            "This e-mail address",
            "Send no more / jangan kirim lagi: b",
        ),
    ):
        mail = wording.confirmation(city, criteria_of(city), language, ["33.74.01.1007"], confirm="a", stop="b", days=7)
        assert mail.subject == subject
        assert mail.body.startswith(first)
        assert mail.body.endswith(f"{last}\n")
        assert mail.body.count(": a\n") == 2


def test_an_address_is_told_which_of_two_kelurahan_of_one_name_it_is_asked_for() -> None:
    city, areas = load_city("semarang"), ["33.74.16.1007", "33.74.01.1007"]
    mail = wording.confirmation(city, criteria_of(city), "en", areas, confirm="a", stop="b", days=7)
    assert "tidal floods in: Mangunharjo (Tugu), Sekayu." in mail.body


def test_a_token_is_good_for_what_it_was_made_for_alone() -> None:
    subject = UUID(int=7)
    made = tokens.token(SECRET, "confirm", subject)
    assert tokens.holder_of(SECRET, "confirm", made.upper()) == (subject, 0)
    assert tokens.holder_of(SECRET, "end", made) is None
    assert tokens.holder_of(b"y" * 32, "confirm", made) is None
    assert tokens.holder_of(SECRET, "confirm", made[:-1]) is None


def test_spellings_that_reach_one_mailbox_are_one_address() -> None:
    spellings = {"Siti.Contoh+banjir@GoogleMail.com", "siticontoh@gmail.com"}
    assert {addresses.canonical(one) for one in spellings} == {"siticontoh@gmail.com"}
    assert not addresses.valid("siti@contoh")
    assert not addresses.valid("a@b.id, c@d.id")
