"""Pages of a list sorted by a due date and an id: where to go on is an opaque token (AIP-158), bound to the filter."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
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


def written(values: Sequence[Any], wanted: object) -> str:
    """The token that goes on after these values in the list of ``wanted`` (a filter whose ``repr`` tells all of it)."""
    plain = [each.isoformat() if isinstance(each, datetime) else str(each) if isinstance(each, UUID) else each
             for each in values]  # fmt: skip
    content = json.dumps([*plain, _fingerprint(wanted)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read(given: str, wanted: object, kinds: Sequence[type]) -> list[Any] | None:
    """The values a token goes on after, of the given kinds or None; None for the first page.

    Errors: PAGE_TOKEN_INVALID, also when it is of another filter.
    """
    if not given:
        return None
    if len(given) > _TOKEN_MOST:
        raise _refused("It is not a token of this list.")
    try:
        *values, fingerprint = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        found = [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _refused("It is not a token of this list.") from error
    if fingerprint != _fingerprint(wanted):
        raise _refused("It belongs to another filter.")
    return found


def token(place: Place, wanted: object) -> str:
    """The token that goes on after ``place`` in the list of ``wanted``."""
    return written(place, wanted)


def after(given: str, wanted: object) -> Place | None:
    """Where a token goes on; None for the first page. Errors: PAGE_TOKEN_INVALID."""
    found = read(given, wanted, (datetime, UUID))
    return None if found is None else (found[0], found[1])


def _value(value: Any, kind: type[Any]) -> Any:
    """A value of a token in its own type. Errors: ValueError, TypeError."""
    if value is None and kind is datetime:
        return None
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("a time without zone")
        return at.astimezone(UTC)
    if kind is UUID:
        return UUID(value)
    if not isinstance(value, kind) or isinstance(value, bool) or (kind is int and abs(value) >= 1 << 63):
        raise ValueError(f"no {kind.__name__}")
    if kind is str and b"\0" in value.encode():  # which fails for half a surrogate
        raise ValueError("no text of ours")
    return value


def _fingerprint(wanted: object) -> str:
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]


def _refused(why: str) -> DomainError:
    return invalid("PAGE_TOKEN_INVALID", f"{why} Start again without `page_token`.", field="page_token")
