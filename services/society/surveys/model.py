"""A survey: its states and its times. Pure rules.

That of satisfaction is one for an agency at a time, of a period; with too few answers it goes on for another, so that
whatever is published is of enough people. Others are written by officers and asked of everybody.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.errors import DomainError, invalid, precondition
from services.society.questionnaires import model as questionnaires
from services.society.questionnaires.model import Question
from services.society.tallies.model import LEAST

LONGEST = timedelta(days=366)
_MONTHS_OF_A_YEAR = 12


class Kind(Enum):
    """Of whom it asks what."""

    SATISFACTION = "satisfaction"
    """The nine elements, of those whose case, payment or permit has ended."""
    FREE = "free"
    """An agency's own questions, of everybody."""


class State(Enum):
    """Where a survey stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class Period(NamedTuple):
    """Days of the city's calendar, both within."""

    first: date
    last: date


@dataclass(frozen=True)
class Survey:
    """One of them. Times are UTC; ``version`` counts its changes."""

    id: UUID
    version: int
    kind: Kind
    state: State
    agency: str
    title: str
    title_en: str
    about: str
    about_en: str
    questions: str
    """As ``questionnaires`` writes them."""
    first_day: date | None
    last_day: date | None
    """Its period, where it is of satisfaction."""
    opens_at: datetime | None
    closes_at: datetime | None
    words_until: datetime | None
    """When what was said in words is erased; None while it is open, and afterwards."""
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    published_at: datetime | None
    made_up: bool = False
    """Whether nobody answered it: a local start shows what judged agencies look like."""

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """Its questions."""
        return questionnaires.read(self.questions)

    @property
    def ended_at(self) -> datetime | None:
        """When it took no more answers: at its end, or before where its agency ended it; None until it is closed."""
        return min(self.closed_at, self.closes_at) if self.closed_at and self.closes_at else self.closed_at

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered."""
        return self.state is State.OPEN and self.closes_at is not None and now < self.closes_at

    def require_open(self, now: datetime) -> None:
        """Lets only an open one pass. Errors: PRECONDITION SURVEY_NOT_OPEN."""
        if not self.is_open(now):
            raise precondition("SURVEY_NOT_OPEN", "This survey takes no answers now.", state=self.state.value)


def period_of(day: date, months: int) -> Period:
    """The period of so many months that a day lies in; periods begin with the year."""
    month = (day.month - 1) // months * months + 1
    first = day.replace(month=month, day=1)
    after = month - 1 + months
    following = date(first.year + after // _MONTHS_OF_A_YEAR, after % _MONTHS_OF_A_YEAR + 1, 1)
    return Period(first, following - timedelta(days=1))


def end_of(period: Period, timezone: ZoneInfo) -> datetime:
    """When a period is over."""
    following = period.last + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=timezone)


def drafted(
    id_: UUID,
    kind: Kind,
    agency: str,
    questions: str,
    now: datetime,
    *,
    title: str,
    title_en: str,
    about: str,
    about_en: str,
) -> Survey:
    """A new one that nobody is asked yet."""
    return Survey(
        id=id_,
        version=1,
        kind=kind,
        state=State.DRAFT,
        agency=agency,
        title=title,
        title_en=title_en,
        about=about,
        about_en=about_en,
        questions=questions,
        first_day=None,
        last_day=None,
        opens_at=None,
        closes_at=None,
        words_until=None,
        created_at=now,
        updated_at=now,
        closed_at=None,
        published_at=None,
    )


def of_period(one: Survey, period: Period, timezone: ZoneInfo) -> Survey:
    """One of satisfaction, open from its beginning on until its period is over."""
    return replace(
        one,
        state=State.OPEN,
        first_day=period.first,
        last_day=period.last,
        opens_at=one.created_at,
        closes_at=end_of(period, timezone),
    )


def silenced(one: Survey) -> Survey:
    """What was said in words is erased; nothing else is another than before."""
    return replace(one, words_until=None)


def begun(one: Survey, closes_at: datetime, now: datetime) -> Survey:
    """A draft is asked from now on. Errors: PRECONDITION INVALID_TRANSITION; INVALID SURVEY_TIMES_INVALID."""
    _require(one, State.DRAFT)
    if not now < closes_at <= now + LONGEST:
        message = f"A survey ends after now, and within {LONGEST.days} days."
        raise invalid("SURVEY_TIMES_INVALID", message, field="close_time")
    return _changed(replace(one, state=State.OPEN, opens_at=now, closes_at=closes_at), now)


def rewritten(one: Survey, said: Survey, now: datetime) -> Survey:
    """A draft says what another says. Errors: PRECONDITION INVALID_TRANSITION."""
    _require(one, State.DRAFT)
    return _changed(
        replace(
            one,
            title=said.title,
            title_en=said.title_en,
            about=said.about,
            about_en=said.about_en,
            questions=said.questions,
        ),
        now,
    )


def require_draft(one: Survey) -> None:
    """Lets only what nobody was ever asked pass. Errors: PRECONDITION INVALID_TRANSITION."""
    _require(one, State.DRAFT)


def went_on(one: Survey, period: Period, timezone: ZoneInfo, now: datetime) -> Survey:
    """One of satisfaction with too few answers goes on until the end of another period."""
    return _changed(replace(one, last_day=period.last, closes_at=end_of(period, timezone)), now)


def closed(one: Survey, now: datetime, words_days: int) -> Survey:
    """It takes no more answers. One of satisfaction is published by that. Errors: PRECONDITION INVALID_TRANSITION."""
    _require(one, State.OPEN)
    at_once = one.kind is Kind.SATISFACTION
    return _changed(
        replace(
            one,
            state=State.PUBLISHED if at_once else State.CLOSED,
            closed_at=now,
            published_at=now if at_once else None,
            words_until=now + timedelta(days=words_days),
        ),
        now,
    )


def published(one: Survey, answers: int, now: datetime) -> Survey:
    """Everybody may see what came of it. Errors: PRECONDITION INVALID_TRANSITION, SURVEY_ANSWERS_TOO_FEW."""
    _require(one, State.CLOSED)
    if answers < LEAST:
        message = f"Fewer than {LEAST} have answered: what came of it would tell what somebody said."
        raise precondition("SURVEY_ANSWERS_TOO_FEW", message)
    return _changed(replace(one, state=State.PUBLISHED, published_at=now), now)


def _changed(one: Survey, now: datetime) -> Survey:
    return replace(one, version=one.version + 1, updated_at=now)


def _require(one: Survey, state: State) -> None:
    if one.state is not state:
        raise _unfit(one)


def _unfit(one: Survey) -> DomainError:
    message = f"This survey is {one.state.value}: that cannot be done with it now."
    return precondition("INVALID_TRANSITION", message, state=one.state.value)
