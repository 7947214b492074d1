"""What a city's profile says of courses: ``courses.toml``. A mistake is named with its file and line.

In a city without the file nobody offers any.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier
from services.kit.errors import precondition

FILE = "courses.toml"


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``courses.toml``."""

    agencies: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=20)]
    """Whose officers offer courses."""
    move_up_hours: Annotated[int, Meta(ge=0, le=168)]
    """Until how long before the first session a seat goes to who waits, once nobody can enrol: nobody is called up
    overnight.
    """
    finish_days: Annotated[int, Meta(ge=1, le=90)]
    """After how long a course that is over is finished by itself."""
    kept_days: Annotated[int, Meta(ge=1, le=365)]
    """For how long names of those without a certificate are kept."""
    certificate_days: Annotated[int, Meta(ge=30, le=3_650)]
    """For how long names of those with one are kept; its number can be verified for ever."""
    made_up: tuple[str, ...] = ()
    """What of it nobody decided: names of the settings above."""

    @property
    def move_up(self) -> timedelta:
        """The same as a span."""
        return timedelta(hours=self.move_up_hours)

    @property
    def kept(self) -> timedelta:
        """The same as a span."""
        return timedelta(days=self.kept_days)

    @property
    def certificate_kept(self) -> timedelta:
        """The same as a span."""
        return timedelta(days=self.certificate_days)

    @property
    def finish(self) -> timedelta:
        """The same as a span."""
        return timedelta(days=self.finish_days)


_BEGUN = Terms(agencies=(), move_up_hours=24, finish_days=14, kept_days=90, certificate_days=1_095)
"""What holds of that where the file is gone."""


def terms_of(city: City) -> Terms | None:
    """The terms of a city; None where nobody offers courses. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies))


def required(city: City) -> Terms:
    """The terms of a city with courses. Errors: COURSES_OFF."""
    found = terms_of(city)
    if found is None:
        raise precondition("COURSES_OFF", "This city offers no courses here.")
    return found


def of_begun(city: City) -> Terms:
    """The terms for courses that were offered, which outlive the file: they are held and ended all the same."""
    return terms_of(city) or _BEGUN


@lru_cache
def _read(folder: Path, agencies: frozenset[str]) -> Terms | None:
    return read_optional(folder, FILE, Terms, lambda given: _faults(given, agencies))


def _faults(given: Terms, agencies: frozenset[str]) -> Iterator[Fault]:
    for place, name in enumerate(given.agencies):
        if name not in agencies:
            yield (("agencies",), f'agency "{name}" is unknown', "name agencies of agencies.csv")
        if name in given.agencies[:place]:
            yield (("agencies",), f'"{name}" stands twice', "keep one of them")
    for name in given.made_up:
        if name not in Terms.__struct_fields__:
            yield (("made_up",), f'"{name}" is no setting', "name settings of this file")
