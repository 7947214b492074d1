"""What there is to tell about a case."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened, as the mail's reader sees it."""

    FILED = "filed"
    ASSIGNED = "assigned"
    STARTED = "started"
    ASKED = "asked"
    RESOLVED = "resolved"
    REFUSED = "refused"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    CLOSED = "closed"
    ESCALATED = "escalated"
