"""Answers questions from a timetable. Pure."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from services.living.departures import board
from services.living.departures.model import Answer as DeparturesAnswer
from services.living.departures.model import Question as DeparturesQuestion
from services.living.journeys import planning
from services.living.journeys.model import Question as JourneysQuestion
from services.living.present.model import Now
from services.living.present.networks import Present
from services.living.timetable import calendar
from services.living.timetable.day import timetable
from services.living.timetable.days import Days
from services.living.timetable.model import Feed
from services.living.timetable.places import places
from services.living.tracking.model import Answer as VehiclesAnswer
from services.living.tracking.model import Question as VehiclesQuestion
from services.living.tracking.running import Tracker, tracker


class Planner:
    """A feed, ready to be asked."""

    def __init__(self, feed: Feed, today: date | None = None) -> None:
        """Prepares it, and the network of a day."""
        self.days = Days(timetable(feed))
        self.places = places(feed)
        self.present = Present(self.days, self.places)
        self._answers: dict[str, tuple[type[Struct], Callable[[Any], Struct]]] = {
            "departures": (DeparturesQuestion, self._depart),
            "journeys": (JourneysQuestion, partial(planning.plan, self.present)),
            "vehicles": (VehiclesQuestion, self._track),
        }
        self._tracker: Tracker | None = None
        if today is not None and calendar.covered(feed, today):
            self.days.of(today)

    def answer(self, about: str, question: bytes) -> bytes:
        """The answer to an encoded question."""
        kind, function = self._answers[about]
        return msgspec.msgpack.encode(function(msgspec.msgpack.decode(question, type=kind)))

    def _depart(self, asked: DeparturesQuestion) -> DeparturesAnswer:
        """As it is at present, or by the timetable as it is."""
        present = Present(self.days, self.places) if asked.timetable_only else self.present
        return board.departures(present, asked)

    def _track(self, asked: VehiclesQuestion) -> VehiclesAnswer:
        """Ways are made when the first vehicle is asked about: many cities have none that tell where they are."""
        self._tracker = self._tracker or tracker(self.days)
        return self._tracker.track(asked)

    def tell(self, now: bytes) -> None:
        """What is different from the timetable from now on, encoded."""
        self.present.tell(msgspec.msgpack.decode(now, type=Now))
