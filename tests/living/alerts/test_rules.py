"""What an alert may say, as plain rules."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.kit.errors import DomainError
from services.living.alerts import realtime
from services.living.alerts.actions import Shown
from services.living.alerts.model import (
    Alert,
    Cause,
    Content,
    Effect,
    Entity,
    Origin,
    Period,
    Severity,
    State,
    check,
    leads_somewhere,
    written,
)
from services.living.alerts.resolving import Resolved

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


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (Period(-1_000), (0, 0)),
        (Period(-1_000, 60), (0, 60)),
        (Period(-1_000, -60), (0, 1)),
        (Period(60, 90), (60, 90)),
    ],
)
def test_a_period_that_begins_before_1970_is_told_as_one_without_a_beginning(
    period: Period, told: tuple[int, int]
) -> None:
    """Else one slip of the pen, 1926 for 2026, would keep the whole feed of alerts from everybody."""
    said = Content(Cause.OTHER, Effect.NO_SERVICE, Severity.INFO, "Halte ditutup", (period,), (Entity(route="L"),))
    alert = Alert(UUID(int=1), 1, State.PUBLISHED, Origin.OFFICERS, "", False, written(said), "", NOW, NOW)
    (entity,) = realtime.feed_message([Shown(alert, Resolved(entities=said.entities))], NOW).entity
    assert [(one.start, one.end) for one in entity.alert.active_period] == [told]
