"""Asks economy for fares. Nothing personal but the payer's subject, which economy finds the wallet by; nor where they
rode: economy keeps its payments for years, and the ride's id leads nowhere once living has forgotten who took it.
"""

from services.kit.database import Transaction
from services.living.fares.terms import Terms
from services.living.rides.model import Ride
from smartcity.types.v1 import payments_pb2
from smartcity.types.v1.money_pb2 import Money

PURPOSE = "fare"


def ask(tx: Transaction, ride: Ride, terms: Terms, aggregate: str = "") -> None:
    """Asks for a ride's fare, from the wallet of its owner; as an event of the ride's unless ``aggregate`` is given."""
    asked = payments_pb2.PaymentRequested(
        request=ride.request,
        amount=Money(currency=tx.runtime.city.currency, units=ride.fare),
        purpose=PURPOSE,
        agency=terms.settings.agency,
        payer=ride.owner,
        from_wallet=True,
    )
    tx.emit(asked, aggregate=aggregate or str(ride.id), version=ride.version, correlation=str(ride.id))
