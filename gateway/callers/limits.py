"""Rates: a token bucket per caller and policy, in this process's memory."""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass

from gateway.settings import GatewaySettings

MOST = 50_000
"""Buckets kept; the least recently used go first (a forgotten bucket is a full one)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How much one caller may do: ``rate`` a second for long, ``quota`` at once."""

    name: str
    rate: float
    quota: int
    window: int
    """Seconds in which an empty bucket fills up."""

    @property
    def header(self) -> bytes:
        """The policy as value of ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers-10)."""
        return f'"{self.name}";q={self.quota};w={self.window}'.encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and what is left."""

    passed: bool
    left: int
    wait: int
    """Seconds until one more may pass (refused), or until the bucket is full again."""


class Limits:
    """The buckets. Each gateway process counts for itself: with N processes callers get up to N times the rate."""

    def __init__(self, settings: GatewaySettings) -> None:
        seconds = settings.burst_seconds

        def policy(name: str, rate: float, seconds: float = seconds) -> Policy:
            return Policy(name, rate, max(1, int(rate * seconds)), math.ceil(max(1, int(rate * seconds)) / rate))

        self.read = policy("read", settings.read_rate)
        self.write = policy("write", settings.write_rate)
        self.sensors = policy("sensor-things", settings.sensor_rate)
        self.journeys = policy("journeys", settings.journey_rate)
        self.bank = policy("bank", settings.bank_rate)
        self.provider = policy("identity-provider", settings.provider_rate)
        self.anonymous_write = policy("anonymous-write", settings.anonymous_write_rate)
        self.corrections = policy("corrections", settings.correction_rate, 3600)
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, policy: Policy, who: str) -> Verdict:
        """Takes one token of ``who``'s bucket."""
        key, now = (policy.name, who), time.monotonic()
        tokens, then = self._buckets.get(key, (float(policy.quota), now))
        tokens = min(float(policy.quota), tokens + (now - then) * policy.rate)
        passed = tokens >= 1
        if passed:
            tokens -= 1
        self._buckets[key] = (tokens, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        missing = (policy.quota if passed else 1) - tokens
        return Verdict(passed, int(tokens), math.ceil(missing / policy.rate))
