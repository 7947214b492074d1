"""Messages that cannot be stored: kept with the kit's dead letters, whose list, count and replay they share.

They are not parked behind each other: the messages of one sender need no order.
"""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from services.kit.database import Transaction
from services.kit.events import dead_letters
from services.kit.mqtt.session import Received
from services.kit.mqtt.topics import Topics

DELIVERIES = 3
"""So often a message may fail before it is set aside: what was wrong may be over when the broker sends it again."""
MOST_ASIDE = 10_000
"""Of all who send. Where more fail it is no message that is at fault: the rest waits with the broker, whose store is
bounded, and then with who sends."""
MOST_COUNTED = 10_000

# The number stands in the statement, since for a LIMIT that is not known the planner expects a tenth of the table.
_ASIDE = f"""
SELECT count(*) FROM
       (SELECT 1 FROM dead_letter WHERE consumer = $1 AND replayed_at IS NULL LIMIT {MOST_ASIDE}) AS waiting
"""  # noqa: S608 - our own number


class Failed:
    """How often messages have failed, as long as this process reads."""

    def __init__(self) -> None:
        """None has."""
        self._times: Counter[bytes] = Counter()

    def again(self, one: Received) -> bool:
        """Notes that a message failed; whether that was the last time: it comes no more, or came often enough."""
        if not one.comes_again:
            return True
        key = sha256(f"{one.topic}\n".encode() + one.payload).digest()
        times = self._times.pop(key, 0) + 1
        if times >= DELIVERIES:
            return True
        self._times[key] = times
        if len(self._times) > MOST_COUNTED:
            del self._times[next(iter(self._times))]
        return False


async def put(tx: Transaction, topics: Topics, one: Received, reason: str) -> bool:
    """Sets a message aside, among the dead letters of its topics' root; False: there are too many already."""
    if await tx.fetchval(_ASIDE, topics.root) >= MOST_ASIDE:
        return False
    name, what = topics.parts(one.topic)
    about = {"ce-type": topics.subject("*", what), "ce-subject": name, "topic": one.topic}
    await dead_letters.bury(tx, topics.root, about, one.payload, "poison", reason)
    return True


def found(about: Mapping[str, str], payload: bytes) -> Received:
    """The message that was set aside."""
    return Received(about["topic"], payload, 0)
