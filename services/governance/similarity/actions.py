"""Finding open cases that may be the same matter."""

from services.governance.filing.model import known_area, point_area
from services.governance.routing.model import choose
from services.governance.similarity import model, store
from services.governance.similarity.model import Similar, Wanted
from services.governance.similarity.store import Asker
from services.kit.caller import Caller
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.errors import invalid


async def similar(
    tx: Transaction, text: str, category: str, position: tuple[float, float] | None, area_code: str
) -> list[Similar]:
    """Open cases that look like this one, the likeliest first; secret ones never show."""
    city = tx.runtime.city
    if position is None and not area_code:
        raise invalid("LOCATION_REQUIRED", "Say where it is: a position or the code of a kelurahan.", field="location")
    area = point_area(city, *position).code if position else known_area(city, area_code).code
    lon, lat = position or (None, None)
    wanted = Wanted(_about(city, category, text), area, lon, lat, tx.now)
    box = model.box(*position) if position else None
    found = await store.near(tx, _asker(city, tx.caller), text, area, box, tx.now - model.WINDOW)
    ranked = model.likeliest(wanted, found)
    whole = await store.whole(tx, [one.id for one, _ in ranked]) if ranked else {}
    return [
        Similar(complaint, model.distance(wanted, one), score)
        for one, score in ranked
        if (complaint := whole.get(one.id))
    ]


def _about(city: City, category: str, text: str) -> str:
    """The category meant, by id; empty where neither it nor the text tells."""
    if category:
        return choose(city, category, text).id
    return "".join(found.id for found, _ in city.suggest(text, 1))


def _asker(city: City, caller: Caller) -> Asker:
    """What the caller may know of other people's cases, as the views of a case have it."""
    private = [one.id for one in city.categories.values() if one.private]
    agency = caller.agency if caller.has("officer") else ""
    return Asker(bool(caller.roles & {"verifier", "admin", "system"}), agency, private)
