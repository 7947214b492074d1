"""Invents who rides, when and on which line. Pure; what becomes of it, the rooms decide. All of it is made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from random import Random

from services.living.making.profile import Network, Route
from services.living.rides.model import Tap

RIDERS = 60
DAYS = 14
UPLOADS = (time(10), time(15), time(21))
"""When the validators of a day upload what they have since the time before, in the city's time."""
OPENS = time(5)
WORKING_DAYS = 5
_OUT, _BACK = (time(6), time(9, 30)), (time(14), time(17, 40))
_WORKDAY, _WEEKEND = 0.75, 0.3
"""Shares of the riders who ride."""


@dataclass(frozen=True)
class Rider:
    """Somebody made up: their login's subject, the line that they ride, and the class that they have asked for."""

    subject: str
    line: str
    way_out: str
    way_back: str
    """Stops where they get on."""
    rider: str = ""


@dataclass(frozen=True)
class Journey:
    """A rider gets on a bus."""

    rider: Rider
    at: datetime
    stop: str

    def tap(self, card: str, sequence: int) -> Tap:
        """What the bus' validator notes."""
        return Tap(card, f"DEMO-{self.rider.line}", sequence, self.rider.line, self.stop, self.at)


def riders(network: Network, classes: Sequence[str], chance: Random) -> list[Rider]:
    """All of them; every third has asked for one of the classes that are granted on proof."""
    lines = [line for line in network.routes if _stops(network, line)]
    often = [1 / line.headway_min for line in lines]
    made = []
    for number, line in enumerate(chance.choices(lines, often, k=RIDERS) if lines else ()):
        out, back = (chance.choice(_stops(network, line)) for _ in range(2))
        asks = classes[number // 3 % len(classes)] if classes and number % 3 == 0 else ""
        made.append(Rider(f"demo-rider-{number}", line.route, out, back, asks))
    return made


def uploads(
    riders: Sequence[Rider], zone: tzinfo, now: datetime, chance: Random
) -> list[tuple[datetime, list[Journey]]]:
    """Journeys until now, the oldest first, by when they are uploaded: the last ones at this moment."""
    today = now.astimezone(zone).date()
    found = []
    for ago in range(DAYS, -1, -1):
        day = today - timedelta(days=ago)
        share = _WORKDAY if day.isoweekday() <= WORKING_DAYS else _WEEKEND
        journeys = []
        for rider in riders:
            if chance.random() < share:
                for hours, stop in ((_OUT, rider.way_out), (_BACK, rider.way_back)):
                    first, last = (datetime.combine(day, one, zone) for one in hours)
                    journeys.append(Journey(rider, first + (last - first) * chance.random(), stop))
        since = datetime.combine(day, OPENS, zone)
        for until in (datetime.combine(day, one, zone) for one in UPLOADS):
            at = min(until, now)
            fresh = sorted((one for one in journeys if since <= one.at < at), key=lambda one: one.at)
            if fresh:
                found.append((at, fresh))
            since = until
    return found


def _stops(network: Network, line: Route) -> Sequence[str]:
    return network.ways.get((line.route, 0), ())
