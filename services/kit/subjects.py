"""NATS subjects that are not events."""


def inbox_prefix(user: str) -> str:
    """Where answers to this user arrive; its permissions name exactly this."""
    return f"_INBOX_{user}"


def nudge_subject(pillar: str) -> str:
    """Core NATS subject that says a pillar has committed events."""
    return f"nudge.{pillar}"
