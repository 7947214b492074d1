"""Who has a ticket or an order in hand: by login, or by a link key. Nobody else learns that there is one."""

from uuid import UUID

from services.branding.keys import links
from services.branding.resources import secret_of
from services.branding.tickets.model import Ticket
from services.kit.database import Transaction

_RECALLS = 20
"""Of a ticket, the last so many are known to who has one of the links that died by them."""


def has_order(tx: Transaction, order: UUID, buyer: str, link_key: str) -> bool:
    """Whether the caller made an order."""
    return _is_caller(tx, buyer) or links.proves(link_key, links.of_order(secret_of(tx.runtime), order))


def has_ticket(tx: Transaction, ticket: Ticket, link_key: str) -> bool:
    """Whether the caller has a ticket: with its key of now, or its order's until it changes hands. Nobody has one that
    is not taken over yet.
    """
    if ticket.offered:
        return False
    secret = secret_of(tx.runtime)
    if _is_caller(tx, ticket.holder):
        return True
    if links.proves(link_key, links.of_ticket(secret, ticket.id, ticket.hands)):
        return True
    return not ticket.transferred and links.proves(link_key, links.of_order(secret, ticket.order_id))


def is_offered(tx: Transaction, ticket: Ticket, link_key: str) -> bool:
    """Whether a ticket was passed on to whoever has this key, and nobody has taken it over yet."""
    key = links.of_offer(secret_of(tx.runtime), ticket.id, ticket.hands, ticket.recalls)
    return ticket.offered and links.proves(link_key, key)


def was_recalled(tx: Transaction, ticket: Ticket, link_key: str) -> bool:
    """Whether a ticket was passed on to whoever has this key, and taken back before anybody had it."""
    secret, hands = secret_of(tx.runtime), ticket.hands + (not ticket.offered)
    before = range(ticket.recalls)[-_RECALLS:]
    return any(links.proves(link_key, links.of_offer(secret, ticket.id, hands, recalls)) for recalls in before)


def has_passed_on(tx: Transaction, ticket: Ticket, buyer: str, link_key: str) -> bool:
    """Whether the caller passed a ticket on that nobody has taken over yet: by what opened it before. ``buyer`` is
    who ordered it.
    """
    if not ticket.offered:
        return False
    if links.proves(link_key, links.of_ticket(secret_of(tx.runtime), ticket.id, ticket.hands - 1)):
        return True
    return ticket.ordered and has_order(tx, ticket.order_id, buyer, link_key)


def _is_caller(tx: Transaction, subject: str) -> bool:
    return subject != "" and subject == tx.caller.subject and bool(tx.caller.roles - {"anonymous", "system"})
