"""What a city's profile says of surveys: ``surveys.toml``. A mistake is named with its file and line.

In a city without the file nobody is asked, and pages say so.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.errors import precondition
from services.society.satisfaction.model import ELEMENTS, LEVELS, Samples, Terms

FILE = "surveys.toml"


@lru_cache(maxsize=8)
def surveys_of(city: City) -> Terms | None:
    """What a city says of surveys; None where it says nothing. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Terms, _faults)


def required(city: City) -> Terms:
    """The same of a city that asks. Errors: SURVEYS_OFF."""
    found = surveys_of(city)
    if found is None:
        raise precondition("SURVEYS_OFF", "This city holds no surveys here.")
    return found


def _faults(given: Terms) -> Iterator[Fault]:
    names = [one.id for one in given.formulas]
    if given.formula not in names:
        yield (("formula",), f'there is no formula "{given.formula}"', "name one of this file")
    if len(set(names)) != len(names):
        yield (("formulas",), "a formula is there twice", "remove or rename one")
    if len(given.elements) != ELEMENTS:
        yield (("elements",), f"there are {len(given.elements)} elements", f"the regulation has {ELEMENTS}")
    for place, one in enumerate(given.elements):
        if not len(one.answers_id) == len(one.answers_en) == LEVELS:
            yield ((f"elements[{place}]", "answers_id"), "an element has four answers", "give four in both languages")
    least = [Decimal(one.least) for one in given.grades]
    if not least or least != sorted(least, reverse=True) or least[-1] != 0:
        yield (("grades",), "grades go from the best down to 0.00", "put them in order")
    yield from _of_samples(given.samples)


def _of_samples(given: Samples) -> Iterator[Fault]:
    for name, column in (("populations", given.populations), ("answers", given.answers)):
        if not column or list(column) != sorted(column) or len(given.populations) != len(given.answers):
            yield (("samples", name), "both columns grow and are of one length", "compare with the regulation's table")
