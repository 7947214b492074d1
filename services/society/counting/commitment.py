"""The commitment to all votes of a ballot: who has it finds each vote that is altered, added or dropped."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from services.society.counting.votes import numbers


def line(vote: UUID, bits: int) -> str:
    """A vote as it stands in the file."""
    return f"{vote};{','.join(map(str, numbers(bits)))}"


def digest(ballot: UUID, lines: Iterable[str]) -> str:
    """SHA-256 in hexadecimal, over the ballot and the lines of its votes, sorted."""
    made = hashlib.sha256(f"smartcity ballot 1\n{ballot}\n".encode())
    for each in sorted(lines):
        made.update(each.encode() + b"\n")
    return made.hexdigest()
