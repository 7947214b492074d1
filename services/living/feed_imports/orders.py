"""What the process of an import is told, and what it tells of itself: a line of JSON each."""

from datetime import date

from msgspec import Struct


class Order(Struct, frozen=True):
    """What is to be done."""

    database: str
    id: str
    """Of the import."""
    run: str
    source: str
    """What the feed is called in the list."""
    address: str
    """Where it is fetched; empty where its archive lies in the database."""
    digest: str
    """Of the archive that was checked; empty before."""
    load: bool
    """Whether it was accepted and is to hold; else it is checked."""
    agency: str
    by: str
    """Subject of who accepted it."""
    today: date


class Progress(Struct, frozen=True):
    """How far it is."""

    step: str
    about: str
    percent: int
