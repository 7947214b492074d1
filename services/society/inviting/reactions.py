"""What ends in other pillars. Drills are nobody's case."""

from services.kit.database import Transaction
from services.kit.events import Event
from services.society.inviting import actions
from services.society.inviting.model import Kind
from services.society.satisfaction.profile import surveys_of
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import events_pb2 as governance

_ENDED = frozenset({complaints_pb2.COMPLAINT_STATE_CLOSED, complaints_pb2.COMPLAINT_STATE_REJECTED})
"""Also what was not taken up: who is content is not asked alone."""
_NOBODYS = frozenset({complaints_pb2.COMPLAINT_STATE_FILED, complaints_pb2.COMPLAINT_STATE_VERIFIED})
"""Where no agency has had it yet that could be judged."""
_GRANTED = frozenset(
    {permits_pb2.PERMIT_STATE_GRANTED, permits_pb2.PERMIT_STATE_DEEMED_GRANTED, permits_pb2.PERMIT_STATE_PAYABLE}
)
_DECIDED = {
    permits_pb2.PERMIT_STATE_CHECKING: _GRANTED,
    permits_pb2.PERMIT_STATE_DECIDING: _GRANTED | {permits_pb2.PERMIT_STATE_REFUSED, permits_pb2.PERMIT_STATE_ENDED},
}
"""By where an application stood before, where it stands once it was decided on, paid or not. What is no permit but a
service has ended when it is granted. What is paid, objected to or suspended was decided on before.
"""


async def on_complaint_status_changed(tx: Transaction, event: Event[governance.ComplaintStatusChanged]) -> None:
    """A complaint has come to another state."""
    told = event.message
    if told.after in _ENDED and told.before not in _NOBODYS and not event.exercise:
        await actions.invite(tx, Kind.COMPLAINT, told.code, told.agency)


async def on_payment_captured(tx: Transaction, event: Event[economy.PaymentCaptured]) -> None:
    """A payment was made; what businesses are paid is none of the city's services."""
    terms, paid = surveys_of(tx.runtime.city), event.message
    if terms is None or event.exercise or not paid.agency or paid.payment.purpose in terms.not_asked:
        return
    await actions.invite(tx, Kind.PAYMENT, paid.payment.code, paid.agency)


async def on_permit_advanced(tx: Transaction, event: Event[economy.PermitAdvanced]) -> None:
    """An application was decided on. One that is decided again, as after an objection, is asked about once."""
    told = event.message
    if told.state in _DECIDED.get(told.from_state, ()) and not event.exercise:
        await actions.invite(tx, Kind.PERMIT, told.code, told.agency)
