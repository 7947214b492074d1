"""What the time of a way on foot rests on. Pure, and without NumPy: the pillar reads it too."""

from enum import IntEnum


class WayKind(IntEnum):
    """As it travels in answers."""

    STRAIGHT = 0
    """A straight line times a factor."""
    FEED = 1
    """The feed's ``min_transfer_time``."""
    STATION = 2
    """A straight line inside a station."""
    PATHWAY = 3
    """The feed's pathways."""
