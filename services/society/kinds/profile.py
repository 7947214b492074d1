"""The kinds of a city, read from ``participation.toml`` of its profile. A mistake is named with its file and line.

In a city without the file residents take part in nothing here, and pages say so.
"""

from collections.abc import Iterator
from functools import lru_cache

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.errors import precondition
from services.society.kinds.model import Participation

FILE = "participation.toml"


@lru_cache(maxsize=8)
def participation_of(city: City) -> Participation | None:
    """What a city says of it; None where it says nothing. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Participation, _faults)


def required(city: City) -> Participation:
    """The same of a city in which residents take part. Errors: PARTICIPATION_OFF."""
    found = participation_of(city)
    if found is None:
        raise precondition("PARTICIPATION_OFF", "This city has no processes to take part in.")
    return found


def _faults(given: Participation) -> Iterator[Fault]:
    names = [one.id for one in given.kinds]
    if not names:
        yield (("kinds",), "there is no kind", "add one, or take the file away")
    for place, one in enumerate(given.kinds):
        at = f"kinds[{place}]"
        if names.index(one.id) != place:
            yield ((at, "id"), f'kind "{one.id}" is there twice', "remove or rename one")
        if one.moves_on and (one.moves_on == one.id or one.moves_on not in names):
            yield ((at, "moves_on"), f'"{one.moves_on}" is no other kind', "name one of this file")
        if one.days.vote and not one.votes:
            yield ((at, "days"), "a vote has days and there is none", "set votes, or take its days away")
        if one.winners and (not one.votes or one.budget):
            yield ((at, "winners"), "it has no vote without a budget", "take it away")
        if one.most_choices and not one.votes:
            yield ((at, "most_choices"), "there is no vote", "take it away")
        if one.per_rt and not one.budget:
            yield ((at, "per_rt"), "it is per RT and has no budget", "give the budget of an RT")
