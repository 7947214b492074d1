"""Invents lives of complaints by the rules that real ones follow: state table, clocks, escalation, history. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid5

from services.governance.cases.model import Channel, Class, Complaint, Location
from services.governance.deadlines.model import DeadlineCalculator, terms
from services.governance.demo import words
from services.governance.escalations.model import due
from services.governance.history.model import SALT_BYTES, Entry, chain
from services.governance.moderation.model import release
from services.governance.performance.hearing import hear
from services.governance.performance.model import Heard
from services.governance.records.events import messages, type_of
from services.governance.records.model import CaseContext, Change, EventKind, Step
from services.governance.routing.model import routed
from services.governance.states.model import EDGES, Party, State, Transition
from services.governance.transitions.model import TransitionInput, take
from services.kit import codes
from services.kit.city import Area, City, Demo, Topic

SPAN = timedelta(days=212)
"""Seven months, until now."""

_SECRET, _RELEASED, _PLACED, _ASKED, _REFUSED, _REOPENED, _SUPPORTED = 0.03, 0.7, 0.65, 0.07, 0.06, 0.25, 0.12
_NOTHING = UUID(int=0)
"""Stands for the photo that a resolution needs. There are no made-up pictures: the histories name none."""
_NO_INPUT = TransitionInput()
_TIMER = timedelta(seconds=30)
_LEAST = timedelta(minutes=1)


@dataclass
class Life:
    """A complaint as it stands now, and all that happened to it."""

    complaint: Complaint
    entries: list[Entry] = field(default_factory=list)
    told: list[Heard] = field(default_factory=list)
    """What its events would have said of performance."""
    events: int = 0


class Author:
    """Writes lives that end now. The same random numbers tell the same stories."""

    def __init__(self, city: City, demo: Demo, random: Random, now: datetime) -> None:
        """Takes the city, its shares and texts, the chance, and when the stories end."""
        self._city, self._demo, self._random, self._now = city, demo, random, now
        self._calculator = DeadlineCalculator(city.calendar)
        self._terms = {category: terms(city, category) for category in city.categories}
        lowest = [area for area in city.areas.values() if area.is_lowest]
        self._areas = {topic: _within(topic, lowest) for topic in demo.topics}
        self._landmarks: dict[str, list[str]] = defaultdict(list)
        for mark in city.landmarks:
            self._landmarks[mark.area].append(mark.name)
        self._codes: set[str] = set()

    def write(self, count: int | None = None) -> list[Life]:
        """All lives, in the order of their filing; `count` of them when given."""
        topics = [topic for topic in self._demo.topics for _ in range(topic.count)]
        self._random.shuffle(topics)
        topics = topics[:count]
        filed = sorted(self._filing_time() for _ in topics)
        return [self._live(topic, at) for topic, at in zip(topics, filed, strict=True)]

    def _filing_time(self) -> datetime:
        """Any day of the span, most in the hours in which people are awake."""
        while True:
            at = self._now - SPAN * self._random.random()
            if self._random.random() < _AWAKE[at.astimezone(self._city.timezone).hour]:
                return at

    def _live(self, topic: Topic, at: datetime) -> Life:
        life = Life(self._complaint(topic, at))
        self._write(life, Change(life.complaint, (Step(EventKind.FILED, State.FILED, State.FILED),)), at, "reporter")
        chance, outcome = self._random.random(), self._demo.outcome
        seen = self._office(at + timedelta(hours=self._random.expovariate(1 / 14)))
        if chance < outcome.rejected:
            self._take(life, Transition.REJECT, seen, Party.VERIFIER, TransitionInput(note=self._one(words.REJECTED)))
        elif self._take(life, Transition.VERIFY, seen, Party.VERIFIER):
            self._release(life, seen + timedelta(minutes=3))
            self._at_the_agency(life, seen, resolves=chance < outcome.rejected + outcome.resolved)
        self._fall_due(life, self._now)
        # A version for each event that would have been sent, at most two an entry: the next change goes on from there.
        life.complaint = replace(life.complaint, version=2 * len(life.entries))
        return life

    def _at_the_agency(self, life: Life, at: datetime, *, resolves: bool) -> None:
        at = self._office(at + timedelta(hours=self._random.expovariate(1 / 30)))
        if not resolves and self._random.random() < 0.4 and not life.complaint.supporters:
            self._take(life, Transition.WITHDRAW, at, Party.REPORTER)
            return
        if not self._take(life, Transition.START, at, Party.AGENCY, TransitionInput(note=self._one(words.STARTED))):
            return
        if self._random.random() < _ASKED:
            at = self._office(at + timedelta(hours=4))
            self._take(life, Transition.ASK, at, Party.AGENCY, TransitionInput(note=self._one(words.ASKED)))
            at += timedelta(hours=self._random.expovariate(1 / 20))
            self._take(life, Transition.REPLY, at, Party.REPORTER, TransitionInput(note=self._one(words.REPLIED)))
        if resolves:
            self._resolve(life, at)

    def _resolve(self, life: Life, at: datetime) -> None:
        at = self._resolution_time(life.complaint, at)
        refusal = self._random.random() < _REFUSED
        note = self._one(words.REFUSED if refusal else words.RESOLVED)
        given = TransitionInput(note=note, photos=() if refusal else (_NOTHING,), refusal=refusal)
        if not self._take(life, Transition.RESOLVE, at, Party.AGENCY, given):
            return
        outcome = self._demo.outcome
        if self._random.random() >= outcome.rated:
            return
        (rating,) = self._random.choices((1, 2, 3, 4, 5), outcome.ratings)
        at += timedelta(hours=2 + self._random.expovariate(1 / 40))
        reopens = rating <= 2 and State.REOPENED not in {State(entry.state) for entry in life.entries}
        if reopens and self._random.random() < _REOPENED:
            if self._take(life, Transition.REOPEN, at, Party.REPORTER, TransitionInput(note=self._one(words.REOPENED))):
                self._resolve(life, self._office(at + timedelta(hours=20)))
            return
        self._take(life, Transition.RATE, at, Party.REPORTER, TransitionInput(rating=rating))

    def _resolution_time(self, complaint: Complaint, at: datetime) -> datetime:
        due = complaint.deadlines.resolution
        if due is None or due <= at:
            return self._office(at + timedelta(days=1 + self._random.expovariate(1 / 9)))
        if self._random.random() < self._demo.outcome.on_time:
            # Never in the last hours before the deadline: the next office hour may lie behind it.
            return min(self._office(at + (due - at) * self._random.betavariate(1.6, 2.2)), due - timedelta(hours=8))
        return self._office(due + timedelta(days=self._random.expovariate(1 / 6)))

    def _release(self, life: Life, at: datetime) -> None:
        if at <= self._now and self._random.random() < _RELEASED:
            change = release(life.complaint, life.complaint.text, self._context(life.complaint, at, Party.VERIFIER))
            self._write(life, change, at, "verifier")

    def _take(
        self, life: Life, transition: Transition, at: datetime, party: Party, given: TransitionInput = _NO_INPUT
    ) -> bool:
        """Takes an edge at that time, after all that fell due before; False when it is yet to come or not open now."""
        at = max(at, life.entries[-1].at + _LEAST)
        self._fall_due(life, min(at, self._now))
        if at > self._now or (life.complaint.state, transition) not in EDGES:
            return False
        change = take(life.complaint, transition, given, self._context(life.complaint, at, party))
        by = {Party.AGENCY: f"officer {life.complaint.agency}"}.get(party, party.value)
        self._write(life, change, at, by)
        return True

    def _fall_due(self, life: Life, until: datetime) -> None:
        """What the timer would have done."""
        while (wake := life.complaint.deadlines.wake) is not None and (at := wake + _TIMER) < until:
            highest = len(self._city.ladder(life.complaint.agency))
            change = due(life.complaint, highest, self._context(life.complaint, at, Party.SYSTEM))
            self._write(life, change, at, "system")

    def _write(self, life: Life, change: Change, at: datetime, by: str) -> None:
        for step in change.steps:
            entry = chain(
                life.entries[-1] if life.entries else None,
                code=life.complaint.code,
                at=at,
                type=type_of(step.kind),
                by=by,
                state=step.after.value,
                note=step.note,
                salt=self._random.randbytes(SALT_BYTES),
                public=step.public,
                refuses=step.refuses(change.complaint),
            )
            life.entries.append(entry)
            self._tell(life, step, change.complaint, at)
        life.complaint = change.complaint

    def _tell(self, life: Life, step: Step, after: Complaint, at: datetime) -> None:
        for message in messages(step, after, self._city):
            life.events += 1
            id_ = uuid5(after.id, str(life.events))
            heard = hear(message, id_=id_, complaint=after.id, version=life.events, at=at, heard_at=at)
            if heard is not None:
                life.told.append(heard)

    def _context(self, complaint: Complaint, at: datetime, party: Party) -> CaseContext:
        return CaseContext(at, frozenset({party}), self._calculator, self._terms[complaint.category])

    def _complaint(self, topic: Topic, at: datetime) -> Complaint:
        category = self._city.categories[topic.category]
        area = self._random.choice(self._areas[topic])
        marks = self._landmarks.get(area.code, ())
        name = self._random.choice(marks) if marks and self._random.random() < 0.4 else area.name
        return Complaint(
            id=self._uuid7(at),
            code=self._code(),
            version=1,
            state=State.FILED,
            kind=Class(category.class_),
            category=category.id,
            location=self._place(area),
            text=self._random.choice(topic.texts).replace("{place}", name),
            assignment=routed(self._city, category.id, area.code),
            deadlines=self._calculator.filed(at, self._terms[category.id]),
            channel=Channel.DEMO,
            created_at=at,
            updated_at=at,
            link_hash=self._random.randbytes(32),  # of no key: nobody reported it
            secret=category.private or self._random.random() < _SECRET,
            supporters=self._random.randint(1, 9) if self._random.random() < _SUPPORTED else 0,
        )

    def _place(self, area: Area) -> Location:
        if self._random.random() >= _PLACED:
            return Location(area=area.code)
        lon, lat = (value + self._random.uniform(-0.0008, 0.0008) for value in (area.lon, area.lat))
        return Location(area.code, round(lon, 6), round(lat, 6))

    def _drawn(self, count: int) -> bytes:
        """Characters of a code, each drawn by itself: the story stays what it was."""
        return bytes(codes.ALPHABET.index(self._random.choice(codes.ALPHABET)) for _ in range(count))

    def _code(self) -> str:
        while (made := codes.new(self._city.code_prefix, draw=self._drawn)) in self._codes:
            pass
        self._codes.add(made)
        return made

    def _uuid7(self, at: datetime) -> UUID:
        """RFC 9562, with the time of the story."""
        milliseconds = int(at.timestamp() * 1000)
        low = 0b10 << 62 | self._random.getrandbits(62)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | self._random.getrandbits(12) << 64 | low)

    def _office(self, at: datetime) -> datetime:
        """The first office hour from then on: a working day, from eight until half past three."""
        local = at.astimezone(self._city.timezone)
        day = local.date() if local.time() < _CLOSING else local.date() + timedelta(days=1)
        while not self._city.calendar.is_working_day(day):
            day += timedelta(days=1)
        if day == local.date() and local.time() >= _OPENING:
            return at
        opening = datetime.combine(day, _OPENING, self._city.timezone)
        return (opening + timedelta(minutes=self._random.uniform(0, 400))).astimezone(UTC)

    def _one(self, texts: Sequence[str]) -> str:
        return self._random.choice(texts)


def _within(topic: Topic, areas: Sequence[Area]) -> Sequence[Area]:
    """The areas in which a topic happens; all when it names none."""
    inside = tuple(f"{code}." for code in topic.areas)
    return [area for area in areas if not inside or f"{area.code}.".startswith(inside)]


_OPENING, _CLOSING = time(8), time(15, 30)
_AWAKE = [0.05] * 5 + [0.3, 0.6, 0.9, 1, 1, 1, 0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.8, 0.8, 0.7, 0.6, 0.3, 0.1]
"""How likely somebody writes, by the hour of the day."""
