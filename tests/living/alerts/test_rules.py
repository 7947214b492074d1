"""What an alert may say, as plain rules."""

from datetime import UTC, datetime

import pytest

from services.kit.errors import DomainError
from services.living.alerts.model import Cause, Content, Effect, Period, Severity, check, leads_somewhere

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://semarangkota.go.id/", True),
        ("https://bücher.example:8443/a?b=c#d", True),
        ("https://semarangkota.go.id@evil.example/", False),
        ("https://@evil.example/", False),
        ("https://evil.example\\.semarangkota.go.id/", False),
        ("https:// x", False),
        ("https://a.example/ b", False),
        ("https://", False),
        ("https:///a", False),
        ("https://[::1", False),
        ("https://a.example:99999/", False),
        ("http://a.example/", False),
        ("javascript:alert(1)//https://a.example", False),
    ],
)
def test_an_address_leads_to_the_host_that_is_read(url: str, leads: bool) -> None:
    assert leads_somewhere(url) is leads


@pytest.mark.parametrize(
    ("begins", "ends", "reason"),
    [(60, 60, "ALERT_PERIOD_REVERSED"), (120, 60, "ALERT_PERIOD_REVERSED"), (-120, -60, "ALERT_PERIOD_OVER")],
    ids=("at once", "before it begins", "before now"),
)
def test_a_period_ends_after_it_begins_and_after_now(begins: int, ends: int, reason: str) -> None:
    now = int(NOW.timestamp())
    period = Period(now + begins, now + ends)
    said = Content(Cause.OTHER, Effect.OTHER_EFFECT, Severity.INFO, "Halte ditutup", (period,))
    with pytest.raises(DomainError) as caught:
        check(said, NOW)
    assert (caught.value.reason, caught.value.metadata["field"]) == (reason, "periods")
