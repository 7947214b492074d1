"""What a pillar keeps of a person, as it answers who asked for it: kinds and numbers, and nothing of the person's."""

from collections.abc import Iterable
from typing import NamedTuple

from services.kit.database import Transaction
from smartcity.types.v1.personal_data_pb2 import PersonalDataReported


class Kind(NamedTuple):
    """What is kept of one kind."""

    kind: str
    held: int
    erased: int = 0
    reason: str = ""
    """Why what is not erased is kept, a word that pages explain."""


def report(tx: Transaction, request: str, correlation: str, kinds: Iterable[Kind]) -> None:
    """Answers a request of society's, once for each pillar: the request's own event comes once."""
    told = [
        PersonalDataReported.Kind(
            kind=one.kind, held=one.held, erased=one.erased, reason=one.reason if one.held > one.erased else ""
        )
        for one in kinds
    ]
    event = PersonalDataReported(request=request, kinds=told)
    tx.emit(event, aggregate=f"personal:{request}", version=1, correlation=correlation)


def rows(tag: str) -> int:
    """How many rows a command tag of PostgreSQL tells: ``DELETE 3``."""
    return int(tag.rsplit(" ", 1)[1])
