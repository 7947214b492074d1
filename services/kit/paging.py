"""Pages of a list sorted by a due date and an id: where to go on is an opaque token (AIP-158), bound to the filter."""

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID

from services.kit.errors import DomainError, invalid

DEFAULT, MOST = 50, 200
_TOKEN_MOST = 400

Place = tuple[datetime | None, UUID]
"""The last line of a page: its due date (None: none, which sorts last) and its id."""


def page_size(wanted: int) -> int:
    """Lines of a page; ``DEFAULT`` for 0. Errors: PAGE_SIZE_INVALID."""
    if not 0 <= wanted <= MOST:
        raise invalid(
            "PAGE_SIZE_INVALID", f"A page holds 1 to {MOST} lines; leave it out for {DEFAULT}.", field="page_size"
        )
    return wanted or DEFAULT


def token(place: Place, wanted: object) -> str:
    """The token that goes on after ``place`` in the list of ``wanted`` (a filter whose ``repr`` tells all of it)."""
    due, identity = place
    content = [due.isoformat() if due else None, str(identity), _fingerprint(wanted)]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def after(given: str, wanted: object) -> Place | None:
    """Where a token goes on; None for the first page. Errors: PAGE_TOKEN_INVALID, also when it is of another filter."""
    if not given:
        return None
    if len(given) > _TOKEN_MOST:
        raise _refused("It is not a token of this list.")
    try:
        due, identity, fingerprint = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        at = datetime.fromisoformat(due) if due is not None else None
        if at is not None and at.tzinfo is None:
            raise ValueError("a time without zone")
        place = (at.astimezone(UTC) if at else None, UUID(identity))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _refused("It is not a token of this list.") from error
    if fingerprint != _fingerprint(wanted):
        raise _refused("It belongs to another filter.")
    return place


def _fingerprint(wanted: object) -> str:
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]


def _refused(why: str) -> DomainError:
    return invalid("PAGE_TOKEN_INVALID", f"{why} Start again without `page_token`.", field="page_token")
