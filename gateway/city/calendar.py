"""The city's events as an iCalendar stream: ready bytes for everybody who subscribes to it.

Read when somebody asks, and used for a minute. While the pillar does not answer, what it said last is told for a day:
calendars keep what they have anyway.
"""

from __future__ import annotations

from functools import partial

from gateway.calls.kept import Kept
from gateway.calls.pillars import Pillars
from gateway.city.reference import Ready
from services.kit.city import LANGUAGES
from smartcity.branding.v1 import city_events_pb2 as pb

CALENDAR = "text/calendar; charset=utf-8"
KEPT, LONGEST = 60.0, 86_400.0
"""Seconds that it is used for, and at most while the pillar does not answer."""
DEADLINE = 5.0
"""Seconds a reading may take."""


class Calendar:
    """The stream, as it was read last."""

    def __init__(self, pillars: Pillars, site: str) -> None:
        """Reads nothing yet; ``site`` is where readers reach the portal."""
        self.site = site
        self.events = {
            language: Kept(partial(_events, pillars, site, language), KEPT, LONGEST) for language in LANGUAGES
        }
        """By the language of its words."""


async def _events(pillars: Pillars, site: str, language: str) -> Ready:
    asked = pb.GetEventCalendarRequest(site=site, language=language)
    found = await pillars.look(asked, pb.GetEventCalendarResponse, within=DEADLINE)
    return await Ready.soon(found.content, CALENDAR)
