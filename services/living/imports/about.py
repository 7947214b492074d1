"""What a feed says of itself: who publishes it, which version it is, and whether its times are estimates."""

from typing import NamedTuple

from services.living.feeds.model import MADE_UP
from services.living.gtfs.feed import FeedTables

_COLUMNS = (
    "feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_version", "feed_contact_email", "feed_contact_url",
)  # fmt: skip


class About(NamedTuple):
    """That, with the first agency's words where the feed has none of its own."""

    publisher: str
    url: str
    language: str
    version: str
    contact: str
    zone: str
    made_up: bool
    """Its times are estimates: its version, its publisher or one of its attributions begins with or says so."""


def of(feed: FeedTables) -> About:
    """What a feed that was checked says."""
    info = next((row[1:] for row in feed["feed_info"].rows(*_COLUMNS)), None)
    publisher, url, language, version, mail, page = info or ("",) * 6
    agencies = feed["agency"].rows("agency_name", "agency_url", "agency_lang", "agency_timezone")
    _, name, agency_url, agency_language, zone = next(iter(agencies), ("",) * 5)
    named = (row[1] for row in feed["attributions"].rows("organization_name"))
    made_up = any(MADE_UP in each.casefold() for each in (version, publisher, *named))
    return About(
        publisher or name, url or agency_url, language or agency_language, version, mail or page, zone, made_up
    )
