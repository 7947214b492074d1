"""The crews' list: filtered, soonest due date first, page by page."""

import base64
import binascii
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from services.environment.cleanups import model, store
from services.environment.cleanups.model import Cleanup
from services.environment.cleanups.store import Filter, Place
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid

DEFAULT, MOST = 50, 200
_TOKEN_MOST = 400


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> tuple[list[Cleanup], str]:
    """One page, and the token of the next (empty on the last). Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    if not 0 <= size <= MOST:
        raise invalid("PAGE_SIZE_INVALID", f"A page holds 1 to {MOST} clean-ups.", field="page_size")
    size = size or DEFAULT
    after = _after(token, wanted) if token else None
    found = _scoped(tx, wanted)
    cleanups = await store.page(tx, found, after, size + 1) if found else []
    return cleanups[:size], _token(cleanups[size - 1], wanted) if len(cleanups) > size else ""


def _scoped(tx: Transaction, wanted: Filter) -> Filter | None:
    """The filter within the caller's scope; None when nothing can match."""
    if wanted.complaint:
        code = model.complaint_code(wanted.complaint)
        if not code:
            return None
        wanted = replace(wanted, complaint=code)
    if tx.scope is Scope.ANY:
        return wanted
    return replace(wanted, agency=tx.caller.agency) if tx.caller.agency else None


def _token(last: Cleanup, wanted: Filter) -> str:
    place = [last.due_at.isoformat() if last.due_at else None, str(last.id), _fingerprint(wanted)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(token: str, wanted: Filter) -> Place:
    if len(token) > _TOKEN_MOST:
        raise _refused("It is not a token of this list.")
    try:
        due, identity, fingerprint = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        at = datetime.fromisoformat(due) if due is not None else None
        if at is not None and at.tzinfo is None:
            raise ValueError("a time without zone")
        place = (at.astimezone(UTC) if at else None, UUID(identity))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _refused("It is not a token of this list.") from error
    if fingerprint != _fingerprint(wanted):
        raise _refused("It belongs to another filter.")
    return place


def _refused(why: str) -> DomainError:
    return invalid("PAGE_TOKEN_INVALID", f"{why} Start again without `page_token`.", field="page_token")


def _fingerprint(wanted: Filter) -> str:
    states = sorted(state.value for state in wanted.states)
    return hashlib.sha256(repr((states, wanted.complaint)).encode()).hexdigest()[:12]
