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

HOLDS = timedelta(hours=3)
"""How long it holds where it does not say so, as CAP lets it: so long as the service's nowcasts do."""
_REPLACING = {"Update", "Cancel"}
"""What takes the place of what it refers to; others answer it."""
_GRAVEST = {"Extreme": 0, "Severe": 1, "Moderate": 2, "Minor": 3}

Ring = tuple[tuple[float, float], ...]
"""A closed line of points, longitude before latitude."""


@dataclass(frozen=True)
class Item:
    """What the feed says of a message: by what it is known, and where it is."""

    key: str
    link: str


@dataclass(frozen=True)
class Info:
    """What a message says of some areas for some time; the words are those of the service."""

    effective_at: datetime
    expires_at: datetime
    sender_name: str = ""
    language: str = ""
    event: str = ""
    headline: str = ""
    description: str = ""
    severity: str = ""
    urgency: str = ""
    certainty: str = ""
    web: str = ""
    area: str = ""
    """What the service calls the area."""
    rings: tuple[Ring, ...] = ()


@dataclass(frozen=True)
class Message:
    """A CAP message as it was read."""

    identifier: str
    sender: str
    sent_at: datetime
    status: str
    kind: str
    """Alert, Update or Cancel; of services among themselves Ack or Error."""
    refers: tuple[str, ...]
    """Identifiers of messages that it takes the place of."""
    infos: tuple[Info, ...]
    """In one language: of several areas, or graver in some of them. None of a message that only cancels or answers."""


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
    """What is kept of a message of the feed: of what it says, the gravest that concerns the city."""
    info, areas, here = _chosen(city, message)
    earnest = message.status == "Actual"
    return Nowcast(
        id=uuid5(NAMESPACE_URL, message.identifier),
        item=item.key,
        link=item.link,
        identifier=message.identifier,
        sender=message.sender,
        sender_name=info.sender_name,
        sent_at=message.sent_at,
        kind=message.kind,
        refers=message.refers if earnest and message.kind in _REPLACING else (),
        here=here and earnest and message.kind in {"Alert", "Update"},
        areas=areas,
        language=info.language,
        event=info.event,
        headline=info.headline,
        description=info.description,
        severity=info.severity,
        urgency=info.urgency,
        certainty=info.certainty,
        effective_at=info.effective_at,
        expires_at=info.expires_at,
        web=info.web,
        area=info.area,
    )


def _chosen(city: City, message: Message) -> tuple[Info, tuple[str, ...], bool]:
    """The gravest that concerns the city, with its kelurahan; else the first, and that it does not."""
    for info in sorted(message.infos, key=lambda one: _GRAVEST.get(one.severity, len(_GRAVEST))):
        areas, here = _concerned(city, info)
        if here:
            return info, areas, True
    first = message.infos[0] if message.infos else Info(message.sent_at, message.sent_at)
    return first, (), False


def _concerned(city: City, info: Info) -> tuple[tuple[str, ...], bool]:
    """Kelurahan within its polygons, and whether it concerns the city; without polygons its words decide."""
    if info.rings:
        areas = tuple(sorted(city.covered(info.rings)))
        return areas, bool(areas)
    return (), city.name_id.casefold() in info.area.casefold()
