"""Finding open cases that may be the same matter."""

from services.governance.cases.model import Complaint
from services.governance.filing.model import known_area, point_area
from services.governance.routing.model import choose
from services.governance.similarity import model, store
from services.governance.similarity.model import Features, Similar
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
    likely = [found.id for found, _ in city.suggest(text, 1)]
    about = choose(city, category, text).id if category else "".join(likely)
    wanted = Features(about, text, area, lon, lat, tx.now)
    box = model.box(*position) if position else None
    found = await store.near(tx, area, box, tx.now - model.WINDOW)
    ranked = [_compare(wanted, complaint) for complaint in found]
    ranked = sorted((item for item in ranked if item.score >= model.THRESHOLD), key=lambda item: -item.score)
    return ranked[: model.MOST]


def _compare(wanted: Features, complaint: Complaint) -> Similar:
    location = complaint.location
    other = Features(
        complaint.category, complaint.text, location.area, location.lon, location.lat, complaint.created_at
    )
    return Similar(complaint, model.distance(wanted, other), model.score(wanted, other))
