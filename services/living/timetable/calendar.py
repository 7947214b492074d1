"""Which services run on a day. Pure."""

from datetime import date

import numpy as np

from services.living.timetable.model import Bools, Feed


def running(feed: Feed, day: date) -> Bools:
    """By the index of each service, whether it runs."""
    return np.fromiter((one.runs(day) for one in feed.services), dtype=np.bool_, count=len(feed.services))


def covered(feed: Feed, day: date) -> bool:
    """Whether the feed says anything of this day, or of the night that leads into it."""
    if feed.days is None:
        return False
    first, last = feed.days
    return first <= day <= last or (day - last).days == 1
