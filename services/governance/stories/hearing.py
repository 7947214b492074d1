"""Which events make stories, by their contracts: all that pillars publish for everybody, and of some others that they
happened. What a complaint tells is read from its history. Pure.
"""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.governance.stories.model import FACTS_MOST, VALUE_MOST, Told
from services.kit.events import Event
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.branding.v1 import ticket_events_pb2 as tickets
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.living.v1 import events_pb2 as living
from smartcity.society.v1 import events_pb2 as society
from smartcity.society.v1 import proposals_pb2 as proposals
from smartcity.types.v1 import options_pb2

_FILES = (governance, economy, living, environment, society, branding, tickets)
_LEFT_OUT = frozenset({"agency", "signature", "root", "previous", "digest", "key_id", "message"})
_SAID = frozenset(
    {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_ENUM, FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64}
)
_BY_AUTHORS = frozenset({proposals.PROPOSAL_STEP_KIND_MADE, proposals.PROPOSAL_STEP_KIND_WITHDRAWN})
_FARE = "fare"
"""What payments of rides are for: millions a day, of which each is a story of its own that nobody reads."""


def told() -> list[type[Message]]:
    """The types of all events that are told."""
    return [
        GetMessageClass(message)
        for file in _FILES
        for message in file.DESCRIPTOR.message_types_by_name.values()
        if _is_public(message) or message.GetOptions().Extensions[options_pb2.event].told
    ]


def is_part(event: Event[Any]) -> bool:
    """Whether it is part of a story that somebody may want to read: a payment that no pillar asked for is none, nor is
    a fare or that of a bill, which tells itself; and that a business takes payments or does not is told where it comes
    of something else, not of itself.
    """
    if isinstance(event.message, economy.MerchantActivated | economy.MerchantSuspended):
        return event.correlation != event.aggregate
    payment = getattr(event.message, "payment", None)
    return payment is None or bool(payment.requester and not payment.bill and payment.purpose != _FARE)


def tell(event: Event[Any]) -> Told:
    """The event as a story tells it; of one that is not public nothing but that it happened."""
    said = _facts(event.message) if _is_public(event.message.DESCRIPTOR) else []
    return Told(
        id=event.id,
        correlation=event.correlation,
        at=event.time,
        type=event.type,
        pillar=event.publisher,
        agency=_acted(event.message),
        facts=tuple(said)[:FACTS_MOST],
        trace_id=_trace(event.traceparent),
        cause=event.causation,
        exercise=event.exercise,
    )


def is_fact(field: Any) -> bool:
    """Whether a story tells what a field of a public event says."""
    return field.name not in _LEFT_OUT and field.type in _SAID and not field.is_repeated


def _acted(message: Any) -> str:
    """The agency that did it; empty where the event names none, or one that has to do with it and did not do this."""
    by_others = (
        isinstance(message, economy.PermitAdvanced)  # it names who decides: applicants send, answer and object
        or (isinstance(message, economy.PermitGranted) and message.deemed)
        or (isinstance(message, society.ProposalAdvanced) and message.kind in _BY_AUTHORS)
    )
    return "" if by_others else str(getattr(message, "agency", ""))


def _is_public(message: Descriptor) -> bool:
    return bool(message.GetOptions().Extensions[options_pb2.event].public)


def _facts(message: Any) -> list[tuple[str, str]]:
    """What single texts, numbers and words of a contract say; places, lists and times are left out."""
    found = []
    for field, value in message.ListFields():
        if not is_fact(field) or not isinstance(value, str | int):
            continue
        said = _word(field, int(value)) if field.enum_type else str(value)
        found.append((field.name, said[:VALUE_MOST]))
    return found


def _word(field: Any, number: int) -> str:
    """A word of a contract without the enum's name: WARNING_LEVEL_SIAGA of WarningLevel is siaga."""
    known = field.enum_type.values_by_number.get(number)
    if known is None:
        return str(number)
    zero = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(known.name.removeprefix(zero).lower())


def _trace(traceparent: str | None) -> str:
    """The trace's id of a W3C traceparent; empty for none."""
    parts = (traceparent or "").split("-")
    return parts[1] if len(parts) == 4 else ""
