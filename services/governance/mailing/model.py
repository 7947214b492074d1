"""How much the city writes to one address. Pure figures."""

from datetime import timedelta

CONFIRMATIONS_A_DAY = 3
"""Whoever types an address of somebody else makes us write to them no more often than this."""
MAILS_A_DAY = 20
"""All mails to an address, confirmations included. What is one too many waits for the next day."""
LINKS_A_DAY = 3
"""Mails with the links of an address: whoever types one of somebody else takes no news from them, nor the link that
the reporter of a case asks for.
"""
REST = timedelta(days=30)
"""An address that said stop, or bounced, gets one confirmation more, by which its owner can come back; the next not
before this."""
LINK_LIFE = timedelta(days=14)
"""How long the link of a confirmation can be used; the page of the case sends another."""
