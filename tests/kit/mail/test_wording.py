"""What all mails say alike: days and hours, in the language of who reads them."""

from datetime import datetime

import pytest

from services.kit.mail.wording import clock, day


@pytest.mark.parametrize(("language", "expected"), [("id", "5 Desember 2026, 09.05"), ("en", "5 December 2026, 09:05")])
def test_a_day_is_told_so_that_nobody_takes_it_for_its_month(language: str, expected: str) -> None:
    at = datetime.fromisoformat("2026-12-05T09:05+07:00")
    assert f"{day(at, language)}, {clock(at, language)}" == expected
