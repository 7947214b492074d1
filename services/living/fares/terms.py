"""What a city's profile says of rides: ``rides.toml``, and the fares of ``transit_fares.csv``. A mistake is named with
its file and line. A city without ``rides.toml`` takes no taps.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city import City, CityError
from services.kit.city.counters import agencies_with_counters, without_counter
from services.kit.city.files import Fault, Problems, parse_table, read_optional, read_text, wrong_beside
from services.kit.city.model import Identifier, Text
from services.kit.errors import precondition

FILE, FARES = "rides.toml", "transit_fares.csv"

Units = Annotated[int, Meta(ge=0, le=100_000_000)]


class Fare(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ride costs a class of passengers, in whole units; without a medium whatever they pay with."""

    rider: Identifier
    name: Text
    medium: str = ""
    amount: Units
    since: date | None = None
    """First day that it holds; None: it always has."""
    until: date | None = None
    """Last day that it holds; None: until it is changed."""

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Concession(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class that is granted on proof; ``days`` is the longest that it is granted for at once."""

    rider: Identifier
    name_en: Text
    proof_id: Text
    proof_en: Text
    days: Annotated[int, Meta(ge=1, le=3_660)]

    def proof(self, language: str) -> str:
        """What is to be shown: in English for "en", else in Indonesian."""
        return self.proof_en if language == "en" else self.proof_id


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``rides.toml``. Amounts are whole units of the city's currency; 0 switches changes and the day's most off."""

    agency: Identifier
    """Whose officers decide, and whose counter in ``economy.toml`` gets the money."""
    medium: Identifier
    """Of the fares: how a card pays."""
    most_owed: Annotated[int, Meta(ge=1, le=100_000_000)]
    """What one card may owe before it is denied."""
    offline_times: Annotated[int, Meta(ge=1, le=100)] = 5
    """How many times ``most_owed`` a card's rides without a connection may cost within ``late_days``; no more count."""
    late_days: Annotated[int, Meta(ge=1, le=30)]
    """How old a tap may be when it is uploaded."""
    keep_days: Annotated[int, Meta(ge=1, le=3_650)]
    """For how long it is known who took a ride that is settled."""
    owed_days: Annotated[int, Meta(ge=30, le=3_650)] = 365
    """For how long a ride that could not be paid is owed; then it is given up."""
    transfer_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 0
    day_most: Units = 0
    again_seconds: Annotated[int, Meta(ge=0, le=600)] = 0
    """Within it a card on the same validator is the same ride, whoever holds it there; 0: each tap is a ride."""
    usual_en: Text
    """The usual class, in English."""
    concessions: tuple[Concession, ...] = ()
    made_up: tuple[str, ...] = ()
    """What of it nobody decided: names of the settings above."""


class Terms(Struct, frozen=True):
    """All of it."""

    settings: Settings
    fares: tuple[Fare, ...]

    @property
    def usual(self) -> str:
        """The class of who has no concession: the first of the fares."""
        return self.fares[0].rider

    @property
    def late(self) -> timedelta:
        """For so long a tap may still come in that a ride, its card or a concession decides on: the age of the oldest
        that is taken, and a day.
        """
        return timedelta(days=self.settings.late_days + 1)

    def concession(self, rider: str) -> Concession | None:
        """The class that is granted on proof."""
        return next((one for one in self.settings.concessions if one.rider == rider), None)

    def name(self, rider: str, language: str) -> str:
        """A class in words; its id where the profile no longer has it."""
        if language == "en":
            found = self.concession(rider)
            return found.name_en if found else self.settings.usual_en if rider == self.usual else rider
        return next((one.name for one in self.fares if one.rider == rider), rider)


def terms_of(city: City) -> Terms | None:
    """The terms of a city; None where it takes no taps. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies), agencies_with_counters(city.folder))


def required(city: City) -> Terms:
    """The terms of a city that takes taps. Errors: RIDES_OFF."""
    found = terms_of(city)
    if found is None:
        raise precondition("RIDES_OFF", "This city takes no taps. Pay as it is usual on its buses.")
    return found


@lru_cache
def _read(folder: Path, agencies: frozenset[str], counters: frozenset[str] | None = None) -> Terms | None:
    if not (folder / FILE).exists():
        return None
    try:
        fares = _fares(folder)
    except CityError as error:
        raise wrong_beside(error, lambda: read_optional(folder, FILE, Settings, lambda _: ())) from error
    settings = read_optional(folder, FILE, Settings, lambda given: _faults(given, fares, agencies, counters))
    assert settings is not None, "the file is there"
    return Terms(settings, fares)


def _fares(folder: Path) -> tuple[Fare, ...]:
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    text = read_text(folder / FARES, problems)
    rows = parse_table(FARES, text, Fare, problems) if text is not None else []
    if text is not None and not rows:
        problems.add(FARES, 1, "there is no fare", f"add one, or take {FILE} away")
    problems.raise_if_any()
    fares = tuple(row.value for row in rows)
    for row in rows:
        for message, remedy in faults(row.value, fares):
            problems.add(FARES, row.line, message, remedy)
    problems.raise_if_any()
    return fares


def faults(fare: Fare, fares: Sequence[Fare]) -> Iterator[tuple[str, str]]:
    """What is wrong with a fare among all, each with its remedy."""
    if fare.since and fare.until and fare.since > fare.until:
        yield "it ends before it begins", "correct since and until"
    alike = [one for one in fares if (one.rider, one.medium) == (fare.rider, fare.medium) and one is not fare]
    if any(_meet(fare, one) for one in alike):
        yield f"another fare of {fare.rider} holds on the same days", "let since and until meet without a day of both"


def _meet(one: Fare, other: Fare) -> bool:
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def _faults(
    given: Settings, fares: Sequence[Fare], agencies: frozenset[str], counters: frozenset[str] | None
) -> Iterator[Fault]:
    if given.agency not in agencies:
        yield (("agency",), f'agency "{given.agency}" is unknown', "name one of agencies.csv")
    elif counters is not None and given.agency not in counters:
        yield (("agency",), *without_counter(given.agency))
    riders = {one.rider for one in fares if one.medium in ("", given.medium)}
    if fares[0].rider not in riders:
        yield (("medium",), f'the usual class has no fare for "{given.medium}"', f"name a medium of {FARES}")
    for place, each in enumerate(given.concessions):
        if each.rider not in riders or each.rider == fares[0].rider:
            remedy = f"name a class of {FARES} that is not the usual one"
            yield ((f"concessions[{place}]", "rider"), f'"{each.rider}" is no class with a fare of its own', remedy)
    for name in given.made_up:
        if name not in Settings.__struct_fields__:
            yield (("made_up",), f'"{name}" is no setting', "name settings of this file")
