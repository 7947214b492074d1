"""SQL of published messages. They are written once and never changed: the database sees to it."""

from typing import Any, NamedTuple
from uuid import UUID

from services.environment.bulletins.model import Published
from services.environment.criteria.model import Level, Step
from services.kit.database import Transaction

FEED = 20
"""Messages of the feed."""

_NAMES = tuple(Published.__dataclass_fields__)
_COLUMNS = ", ".join(_NAMES)
_PLACES = ", ".join(f"${place}" for place in range(1, len(_NAMES) + 2))
_PUBLISH = f"INSERT INTO warning_message ({_COLUMNS}, body) VALUES ({_PLACES})"
_OF_WARNING = f"SELECT {_COLUMNS} FROM warning_message WHERE warning = $1 ORDER BY number"
_NEWEST = f"SELECT {_COLUMNS} FROM warning_message ORDER BY sent DESC, warning DESC, number DESC LIMIT {FEED}"
_ONE = f"SELECT {_COLUMNS}, body FROM warning_message WHERE warning = $1 AND number = $2"


class Kept(NamedTuple):
    """A message with its bytes."""

    message: Published
    body: bytes


async def publish(tx: Transaction, one: Published, body: bytes) -> None:
    """Keeps a message for ever."""
    values = (getattr(one, name) for name in _NAMES)
    await tx.execute(_PUBLISH, *(each.value if isinstance(each, Level | Step) else each for each in values), body)


async def of_warning(tx: Transaction, warning: UUID) -> list[Published]:
    """The messages of a warning, the oldest first."""
    return [_published(row) for row in await tx.fetch(_OF_WARNING, warning)]


async def newest(tx: Transaction) -> list[Published]:
    """The newest messages of all warnings."""
    return [_published(row) for row in await tx.fetch(_NEWEST)]


async def one(tx: Transaction, warning: UUID, number: int) -> Kept | None:
    """A message with its bytes."""
    row = await tx.fetchrow(_ONE, warning, number)
    return None if row is None else Kept(_published(row), row["body"])


def _published(row: Any) -> Published:
    values = {name: row[name] for name in _NAMES}
    return Published(**{**values, "level": Level(values["level"]), "step": Step(values["step"])})
