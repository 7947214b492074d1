"""The platform's own rules with shorter windows, so that hours become minutes; nothing else about them changes.

- Ranges and `for:` are divided by ``DIVISOR``; a range is never shorter than ``SHORTEST_S``, since processes report
  every ten seconds.
- What is told of in reports alone is pending for longer than from one to the next (``PENDING``).
- The least number of bad calls in a burn's long window stays what it is, in the shorter window.
- Ages that are waited for become those of ``AGES``; they too leave room for a report every ten seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

DIVISOR = 60
SHORTEST_S = 15
AGES = {
    "OutboxStuck": ("> 60", "> 15"),
    "ConsumerStuck": ("> 60", "> 15"),
    "HeartbeatMissing": ("> 60", "> 22"),
    "SectionStale": ("> 30", "> 12"),
    "SuspenseOld": ("> 172800", "> 5"),
    "DevicesUnread": ("> 60", "> 15"),
    "ProposalWaiting": ("> 600", "> 5"),
    "WarningMailsWaiting": ("> 600", "> 15"),
    "MailsWaiting": ("> 3600", "> 15"),
    "PlanningStuck": ("> 600", "> 15"),
    "CorrectionsWaiting": ("> 604800", "> 5"),
    "RidesUnsettled": ("> 900", "> 15"),
    "JourneysBehind": ("> 60", "> 15"),
    "TicketRefundsWaiting": ("> 43200", "> 5"),
    "PaymentReturnsWaiting": ("> 43200", "> 5"),
    "TicketHoldsOverdue": ("> 300", "> 15"),
    "FilesNotErased": ("> 900", "> 25"),
    "TimerFailing": ("> 600", "> 30"),
}
"""By alert: the age as written, and here. All others compare with what is no time to wait."""

PENDING = {"ConsumerStuck": 15, "DevicesUnread": 15}
"""By alert: the least seconds of its ``for:`` here. One report of a lease that lapsed for a moment, as when its owner
starts again, or of a consumer that begins to catch up, is no news: the next one, ten seconds later, says more.
"""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RANGE = re.compile(r"\[(\d+)([smhd])\]")
_BAD_CALLS = re.compile(r"\* (\d+) >= ")


def scaled(files: Sequence[Path], folder: Path) -> list[Path]:
    """Writes the scaled rules into ``folder``; answers with the files."""
    made = []
    for path in files:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for group in content["groups"]:
            group["rules"] = [_rule(rule) for rule in group["rules"]]
        made.append(folder / path.name)
        made[-1].write_text(yaml.safe_dump(content), encoding="utf-8")
    return made


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    expression = _RANGE.sub(lambda found: f"[{_window(int(found[1]) * _SECONDS[found[2]])}s]", rule["expr"])
    expression = _BAD_CALLS.sub(lambda found: f"* {_window(int(found[1]))} >= ", expression)
    if rule.get("alert") in AGES:
        written, here = AGES[rule["alert"]]
        assert written in expression, f"{rule['alert']} no longer says {written}"
        expression = expression.replace(written, here)
    changed = {**rule, "expr": expression}
    if "for" in rule:
        amount, unit = int(rule["for"][:-1]), rule["for"][-1]
        changed["for"] = f"{max(PENDING.get(rule['alert'], 1), amount * _SECONDS[unit] // DIVISOR)}s"
    return changed


def _window(seconds: int) -> int:
    return max(SHORTEST_S, seconds // DIVISOR)
