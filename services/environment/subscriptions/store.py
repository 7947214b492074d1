"""SQL of subscriptions."""

from collections.abc import Sequence
from uuid import UUID

from services.environment.subscriptions.model import Subscription
from services.kit.database import Transaction
from services.kit.mail.followers import Followers

SUBSCRIPTIONS = Followers(Subscription, "warning_subscription", asked="warning_asked")


async def of_address(tx: Transaction, address: bytes) -> Subscription | None:
    """The confirmed one of an address, locked."""
    return await SUBSCRIPTIONS.first(tx, "address = $1 AND state = 'confirmed'", address, lock=True)


async def hear(tx: Transaction, subscription: UUID, areas: Sequence[str]) -> None:
    """From now on it hears of these kelurahan and of no other."""
    await tx.execute("DELETE FROM warning_subscriber WHERE subscription = $1", subscription)
    await tx.execute(
        "INSERT INTO warning_subscriber (area, subscription) SELECT area, $1 FROM unnest($2::text[]) AS area",
        subscription,
        list(areas),
    )
