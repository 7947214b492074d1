"""A nowcast: a weather warning of the national service for the next hours, as its CAP 1.2 message has it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from services.kit.city import City

KEPT = timedelta(days=7)
"""How long a message is kept after its time is over, so that none is read twice."""
MOST = 50
"""Messages that are fetched in one reading, and the most that are listed: the service lets 60 requests a minute in.
What is left comes with the next."""

Ring = tuple[tuple[float, float], ...]
"""A closed line of points, longitude before latitude."""


@dataclass(frozen=True)
class Item:
    """What the feed says of a message: by what it is known, and where it is."""

    key: str
    link: str


@dataclass(frozen=True)
class Message:
    """A CAP message as it was read; the words are those of the service."""

    identifier: str
    sender: str
    sender_name: str
    sent_at: datetime
    status: str
    kind: str
    """Alert, Update or Cancel."""
    refers: tuple[str, ...]
    """Identifiers of messages that it takes the place of."""
    language: str = ""
    event: str = ""
    headline: str = ""
    description: str = ""
    severity: str = ""
    urgency: str = ""
    certainty: str = ""
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    web: str = ""
    area: str = ""
    """What the service calls the area."""
    rings: tuple[Ring, ...] = ()


@dataclass(frozen=True)
class Nowcast:
    """A message that is kept; ``here``: it is in earnest and concerns the city, and may be shown while it holds."""

    id: UUID
    item: str
    """The feed's key of it."""
    link: str
    identifier: str
    sender: str
    sender_name: str
    sent_at: datetime
    kind: str
    refers: tuple[str, ...]
    """What it takes the place of; nothing where it is no more than a test or an exercise."""
    here: bool
    areas: tuple[str, ...]
    """Kelurahan that its polygons cover; none where it has no polygon and names the city."""
    language: str
    event: str
    headline: str
    description: str
    severity: str
    urgency: str
    certainty: str
    effective_at: datetime
    expires_at: datetime
    web: str
    area: str
    replaced: bool = False
    """Whether an update or a cancellation has taken its place."""


@dataclass(frozen=True)
class Feed:
    """How the feed was read; there is one. ``since`` is when its address was first tried."""

    id: int
    url: str
    since: datetime
    read_at: datetime | None = None
    """When all of it was last read and understood."""
    etag: str = ""
    modified: str = ""
    problem: str = ""
    """Why the last try failed; empty when it did not."""


def nowcast(city: City, item: Item, message: Message) -> Nowcast:
    """What is kept of a message of the feed."""
    areas, here = _concerned(city, message)
    earnest = message.status == "Actual"
    effective = message.effective_at or message.sent_at
    return Nowcast(
        id=uuid5(NAMESPACE_URL, message.identifier),
        item=item.key,
        link=item.link,
        identifier=message.identifier,
        sender=message.sender,
        sender_name=message.sender_name,
        sent_at=message.sent_at,
        kind=message.kind,
        refers=message.refers if earnest else (),
        here=here and earnest and message.kind in {"Alert", "Update"},
        areas=areas,
        language=message.language,
        event=message.event,
        headline=message.headline,
        description=message.description,
        severity=message.severity,
        urgency=message.urgency,
        certainty=message.certainty,
        effective_at=effective,
        expires_at=message.expires_at or effective,
        web=message.web,
        area=message.area,
    )


def _concerned(city: City, message: Message) -> tuple[tuple[str, ...], bool]:
    """Kelurahan within its polygons, and whether it concerns the city; without polygons its words decide."""
    if message.rings:
        areas = tuple(sorted(city.covered(message.rings)))
        return areas, bool(areas)
    return (), city.name_id.casefold() in message.area.casefold()
