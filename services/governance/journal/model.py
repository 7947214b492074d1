"""A line of the journal. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class What(StrEnum):
    """What happened."""

    CALL_TAKEN = "call_taken"
    CALL_CLOSED = "call_closed"
    CALL_REOPENED = "call_reopened"
    CALL_LINKED = "call_linked"
    CALL_UNLINKED = "call_unlinked"
    CALL_BACK = "call_back"
    OPENED = "incident_opened"
    GRADED = "incident_graded"
    NOTED = "incident_noted"
    MERGED = "incident_merged"
    UNMERGED = "incident_unmerged"
    CLOSED = "incident_closed"
    ASSIGNED = "unit_assigned"
    MOVED = "unit_moved"
    SIGNED_ON = "unit_signed_on"
    SIGNED_OFF = "unit_signed_off"
    LATE = "unit_late"
    ASKED = "welfare_asked"
    ANSWERED = "welfare_answered"
    SILENT = "unit_silent"
    HANDED_OFF = "handed_off"
    ACKNOWLEDGED = "hand_off_acknowledged"
    WITHDRAWN = "hand_off_withdrawn"
    ESCALATED = "hand_off_escalated"
    FLOOD_LEVEL = "flood_level"
    FLOOD_OVER = "flood_over"
    TAKEN_OUT = "caller_taken_out"
    SHIFT_OVER = "shift_handed_over"
    SHIFT_TAKEN = "shift_taken_over"
    PAPER_RESERVED = "paper_reserved"
    PAPER_VOIDED = "paper_voided"


TYPED = frozenset({What.NOTED, What.GRADED, What.HANDED_OFF, What.ACKNOWLEDGED, What.WITHDRAWN, What.PAPER_VOIDED})
"""Lines whose text a dispatcher typed; behind others stand numbers and codes."""


class Entry(NamedTuple):
    """One of them. ``by`` is a role, never a person."""

    number: int
    incident: UUID | None
    unit: str
    what: str
    """A ``What``, or one that a later version writes while both run."""
    text: str
    by: str
    at: datetime
    exercise: bool
