"""Where devices say and hear something: each below its own topic, in an account of NATS that is theirs alone.

What MQTT calls a topic (``devices/duga-1/observations``) is a subject of NATS (``devices.duga-1.observations``). Who
grants, publishes or reads one takes it from here; the supervisor does, too, so this module needs no other.
"""

CALLOUT = "callout"
"""Who lets devices in, by this name as a user of NATS and as a role of the database."""
ACCOUNT = "DEVICES"
"""Account of NATS that devices are let into."""
OBSERVATIONS, ANSWERS = "observations", "answers"
COMMANDS, PROBLEMS = "commands", "problems"
SAYS = (OBSERVATIONS, ANSWERS)
"""What a device may publish below its own topic: each further name could hold a retained message for ever."""
HEARS = (COMMANDS, PROBLEMS)
"""What a device is told."""


def subject(device: str, what: str) -> str:
    """A device's subject; ``*`` for the device means each."""
    return f"devices.{device}.{what}"


SAID = tuple(subject("*", what) for what in SAYS)
TOLD = tuple(subject("*", what) for what in HEARS)


def topic(device: str, what: str) -> str:
    """The same as MQTT writes it; ``+`` for the device means each."""
    return f"devices/{device}/{what}"


def parts(of: str) -> tuple[str, str]:
    """The device and what it said, of an MQTT topic that was read."""
    _, device, what = of.split("/")
    return device, what
