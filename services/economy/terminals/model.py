"""Which tills a merchant can have beside those that are there. Pure rules."""

from collections.abc import Sequence

from services.economy.merchants.model import Terminal
from services.kit.errors import invalid, not_found, precondition

MOST = 50
"""Tills of one merchant."""


def add(wanted: Terminal, known: Sequence[Terminal]) -> Terminal:
    """A new till beside those ``known``. Errors: PLACE_INVALID, TERMINAL_EXISTS, TERMINALS_TOO_MANY."""
    _check(wanted, known)
    if len(known) >= MOST:
        raise precondition("TERMINALS_TOO_MANY", f"A merchant has at most {MOST} tills.")
    return wanted


def change(label: str, wanted: Terminal, known: Sequence[Terminal]) -> Terminal:
    """The till of that label as it is to be. Errors: TERMINAL_NOT_FOUND, PLACE_INVALID, TERMINAL_EXISTS."""
    others = [each for each in known if each.label != label]
    if len(others) == len(known):
        message = "This merchant has no till of that label; it may be called otherwise by now."
        raise not_found("TERMINAL_NOT_FOUND", message, field="label")
    _check(wanted, others)
    return wanted


def _check(wanted: Terminal, others: Sequence[Terminal]) -> None:
    if not wanted.place.isprintable():
        message = "Say in plain text where the till stands, or leave it out."
        raise invalid("PLACE_INVALID", message, field="terminal.place")
    if wanted.label in {each.label for each in others}:
        message = "This merchant has a till with that label; take another one."
        raise precondition("TERMINAL_EXISTS", message, field="terminal.label")
