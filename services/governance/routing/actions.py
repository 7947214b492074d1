"""What can be done with routing: suggest and simulate. Neither changes anything."""

import asyncio
from dataclasses import replace

from services.governance.routing import store
from services.governance.routing.model import Comparison, Difference, compare
from services.kit.caller import Scope
from services.kit.city import Category, City, CityError, Route
from services.kit.database import Transaction
from services.kit.errors import invalid

MOST_SUGGESTIONS = 3
USUAL_CASES = 1_000
_MOST_PROBLEMS = 10


def suggest(city: City, text: str, area_code: str) -> list[tuple[Category, float, Route]]:
    """The likeliest categories of a text, best first, with their likeness and where each would lead.

    Errors: INVALID AREA_UNKNOWN.
    """
    if area_code and city.area(area_code) is None:
        raise invalid("AREA_UNKNOWN", f"There is no area {area_code[:20]!r}; see /v1/areas.", field="area_code")
    return [
        (category, score, city.route(category.id, area_code or None))
        for category, score in city.suggest(text, MOST_SUGGESTIONS)
    ]


async def simulate(tx: Transaction, rules_csv: str, last: int) -> Comparison:
    """Runs a draft over the last complaints.

    Officers see differences of their own agency only, and no secret case; the loads are for all. Errors: INVALID
    RULES_INVALID.
    """
    city = tx.runtime.city
    try:
        draft = await asyncio.to_thread(city.parse_rules, rules_csv)
    except CityError as error:
        raise invalid("RULES_INVALID", _told(error), field="rules_csv") from None
    samples = await store.last(tx, last or USUAL_CASES)
    found = await asyncio.to_thread(compare, city, draft, samples)
    return replace(found, differences=[one for one in found.differences if _may_see(tx, one)])


def _may_see(tx: Transaction, difference: Difference) -> bool:
    if tx.scope is Scope.ANY:
        return True
    own = tx.caller.agency in {difference.before.agency.id, difference.after.agency.id}
    return own and not difference.sample.secret


def _told(error: CityError) -> str:
    told = "; ".join(str(problem) for problem in error.problems[:_MOST_PROBLEMS])
    more = len(error.problems) - _MOST_PROBLEMS
    return f"The draft is not sound: {told}{f'; and {more} more' if more > 0 else ''}"
