"""Whom followers concern: nobody of the city."""

from tests.fixtures.nouns import Row

ROWS: dict[str, Row] = {}
NOBODY_OWNS = {
    "FollowerService.CreateFollower": "asking for news is everybody's right",
    "FollowerService.ConfirmFollower": "whoever holds the link",
    "FollowerService.EndFollower": "whoever holds the link",
}
"""Why a change is no decision on a matter of somebody's own."""
