"""Subscriptions concern nobody of the city: whoever has a link of a mail does what it is for."""

from tests.fixtures.nouns import Row

ROWS: dict[str, Row] = {}
"""All is for everybody."""
NOBODY_OWNS = {
    "WarningSubscriptionService.CreateWarningSubscription": "asking for warnings is everybody's right",
    "WarningSubscriptionService.ConfirmWarningSubscription": "whoever holds the link",
    "WarningSubscriptionService.EndWarningSubscription": "whoever holds the link",
}
"""Why a change is no decision on a matter of somebody's own."""
