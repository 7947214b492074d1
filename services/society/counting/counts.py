"""Counting by whichever method."""

from services.society.counting import approval, equal_shares
from services.society.counting.votes import Method, Outcome, Profile, Terms


def count(terms: Terms, votes: Profile) -> Outcome:
    """What votes come to."""
    return equal_shares.count(terms, votes) if terms.method is Method.EQUAL_SHARES else approval.count(terms, votes)


def rule(method: Method) -> str:
    """The method with its completion and how ties are broken, in words; a change of it is another rule."""
    return equal_shares.RULE if method is Method.EQUAL_SHARES else approval.RULE
