"""NATS subjects: of events, and of what is no event.

The subject of an event is its type, the full name of its message: ``smartcity.<pillar>.v1.<Event>``, in that pillar's
stream. A type in ``smartcity.types.v1`` is shared: every pillar may publish it, each in its own stream under a subject
of its own, ``smartcity.types.v1.<Event>.<pillar>``, so that the server can tell them apart and hold each to its own.
"""

_SHARED = "types"


def publisher(event_type: str) -> str | None:
    """The pillar whose events of this type are; None for a shared type, which any may publish."""
    package = event_type.split(".")[1]
    return None if package == _SHARED else package


def event_subject(event_type: str, pillar: str) -> str:
    """Where ``pillar`` publishes events of this type; ``*`` for the pillar means all that do."""
    return event_type if publisher(event_type) is not None else f"{event_type}.{pillar}"


def inbox_prefix(user: str) -> str:
    """Where answers to this user arrive; its permissions name exactly this."""
    return f"_INBOX_{user}"


def nudge_subject(pillar: str) -> str:
    """Core NATS subject that says a pillar has committed events."""
    return f"nudge.{pillar}"
