"""Approval: the options win that most voters approve of."""

from services.society.counting.votes import Outcome, Profile, Terms, approvals, before

RULE = "approval; ties: lower cost, lower number drawn by lot"


def count(terms: Terms, votes: Profile) -> Outcome:
    """What is chosen. What nobody approves of does not win."""
    found = approvals(terms, votes)
    wanted = sorted((one for one in terms.options if found[one.number]), key=lambda option: before(found, option))
    chosen = wanted[: terms.winners]
    return Outcome(
        sum(votes.values()), found, tuple(sorted(one.number for one in chosen)), sum(one.cost for one in chosen)
    )
