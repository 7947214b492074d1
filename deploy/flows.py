"""Who may talk to whom in a cluster; everything else is refused. The chart's network policies are held against it.

Pillars talk in events, so none reaches another. Nothing outside is reached unless it is in use: a photo store, an
identity provider, an acquirer, a mail server, a weather service and operators of public transport are there only where
the values name them.
"""

from deploy.pillars import NAMES

INSIDE = frozenset({"dns", "postgres", "nats", "otlp"})
"""What every service needs."""

OUTSIDE = frozenset({"keystore", "s3", "idp", "bank", "mail", "weather", "operators"})
"""What the values call `reaches`: ways that a component may have when they are in use."""

DEVICES = "mqtt"
"""Where environment reads devices, and living vehicles, in a city that takes them."""

FLOWS: dict[str, frozenset[str]] = {
    **dict.fromkeys(NAMES, INSIDE),
    "governance": INSIDE | {"keystore", "mail"},
    "economy": INSIDE | {"bank", "mail"},
    "environment": INSIDE | {DEVICES, "mail", "weather"},
    "living": INSIDE | {DEVICES, "operators"},
    "society": INSIDE | {"mail"},
    "callout": INSIDE,
    "gateway": INSIDE | {"idp", "s3", *NAMES},
    "migrate": INSIDE - {"otlp"},
    "operator": INSIDE - {"otlp"} | {"keystore", "operators"},
    "test": frozenset({"dns", "gateway"}),
}
"""Destinations by component, Jobs included."""
