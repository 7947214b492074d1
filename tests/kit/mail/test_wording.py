"""What all mails say alike: days and hours, in the language of who reads them."""

from datetime import datetime

import pytest

from services.kit.city import load_city
from services.kit.mail.wording import clock, day, in_both


@pytest.mark.parametrize(("language", "expected"), [("id", "5 Desember 2026, 09.05"), ("en", "5 December 2026, 09:05")])
def test_a_day_is_told_so_that_nobody_takes_it_for_its_month(language: str, expected: str) -> None:
    at = datetime.fromisoformat("2026-12-05T09:05+07:00")
    assert f"{day(at, language)}, {clock(at, language)}" == expected


@pytest.mark.parametrize(
    ("sender", "expected"),
    [("Kota Semarang", "Kota Semarang · Semarang City"), ("DLH", "DLH · Kota Semarang · Semarang City")],
)
def test_a_mail_in_two_languages_names_who_sends_it_once(sender: str, expected: str) -> None:
    parts = {"id": ["Isi."], "en": ["Content."]}
    text = in_both(load_city("semarang"), sender, "id", {"id": "Perihal", "en": "Subject"}, parts, "https://berhenti")
    assert expected in text.body.splitlines()
