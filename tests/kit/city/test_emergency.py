"""Whether a city has a number to call in danger, today and on each day to come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.kit.city.emergency import has_number
from services.kit.city.model import Channel

GREENWICH = ZoneInfo("UTC")
TODAY = datetime.now(UTC).date()


def channel(begins: int, ends: int | None, phone: str = "112") -> Channel:
    """A number in danger, from and until so many days from today."""
    until = None if ends is None else TODAY + timedelta(days=ends)
    return Channel(kind="emergency", name="Darurat", from_=TODAY + timedelta(days=begins), until=until, phone=phone)


@pytest.mark.parametrize(
    ("channels", "found"),
    [
        ([channel(-9, None)], True),
        ([channel(-9, -1), channel(0, None)], True),
        ([channel(6, None), channel(-9, 5)], True),
        ([channel(-9, 5), channel(7, None)], False),
        ([channel(-9, 5)], False),
        ([channel(1, None)], False),
        ([channel(-9, None, phone="")], False),
        ([], False),
    ],
    ids=["one", "its successor", "one to come", "a day between", "no successor", "not yet", "no phone", "none"],
)
def test_a_number_is_there_on_each_day_from_today(channels: list[Channel], *, found: bool) -> None:
    assert has_number(channels, GREENWICH) is found


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_today_is_the_citys_whatever_day_it_is_in_greenwich(zone: str) -> None:
    """At each moment at least one of the two has another day."""
    here = ZoneInfo(zone)
    ahead = (datetime.now(here).date() - TODAY).days
    assert has_number([channel(ahead, None)], here)
    assert not has_number([channel(ahead + 1, None)], here)
