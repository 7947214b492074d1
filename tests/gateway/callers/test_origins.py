"""What pillars are told of where a request comes from: digests of the network that hold for a day of the city."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from gateway.callers import origins


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), datetime(2026, 11, 24, 0, 1, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 17, 1, tzinfo=UTC), False),
    ],
    ids=["about seven in the morning", "about midnight"],
)
def test_a_day_of_a_network_is_the_citys(
    monkeypatch: pytest.MonkeyPatch, first: datetime, second: datetime, same: bool
) -> None:
    gateway = SimpleNamespace(
        settings=SimpleNamespace(session_secret=SecretStr("secret")),
        city=SimpleNamespace(timezone=ZoneInfo("Asia/Jakarta")),
    )
    state = SimpleNamespace(address="192.0.2.7")
    request = cast("Any", SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(gateway=gateway)), state=state))
    told = []
    for moment in (first, second):
        monkeypatch.setattr(origins, "datetime", SimpleNamespace(now=moment.astimezone))
        told.append(origins.origin_of(request).network)
    assert (told[0] == told[1]) is same
