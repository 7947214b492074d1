"""Pump stations that do as they are told: what switches them, and what that does to their water. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_FOLLOWS_S = 900.0
"""How long water takes to follow the pumps, by the most part."""


class Switching(NamedTuple):
    """From when on (seconds since 1970) how many pumps are to run; None: as many as the station needs."""

    at: float
    pumps: int | None


def told(switched: Sequence[Switching], at: float) -> int | None:
    """How many pumps a station was told last; None where it is left to itself."""
    return next((one.pumps for one in reversed(switched) if one.at <= at), None)


def offset(switched: Sequence[Switching], need: Callable[[float], float], at: float) -> float:
    """For how many pumps too few (below 0: too many) the water stands higher than the station would have let it."""
    high = 0.0
    known = [one for one in switched if one.at <= at]
    for place, one in enumerate(known):
        until = known[place + 1].at if place + 1 < len(known) else at
        aim = 0.0 if one.pumps is None else _lacking(need(until), one.pumps)
        high = aim + (high - aim) * math.exp(-(until - one.at) / _FOLLOWS_S)
    return high


def _lacking(needed: float, pumps: int) -> float:
    """How many pumps too few run (below 0: too many); left to itself a station lets up to one more run than needed."""
    return max(0.0, needed - pumps) - max(0.0, pumps - needed - 1)


@dataclass
class Panel:
    """What switches a station's pumps: it obeys a command once, however often it hears it, and answers each time."""

    pumps: int
    """How many there are."""
    switched: list[Switching]
    """What it was told, as the world sees it."""
    blocked: Callable[[float], float]
    """How far a blockage has gone at a moment; 0: there is none."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def hear(self, body: bytes, now: float) -> bytes | None:
        """The answer to a command that is heard now (seconds since 1970); None to what is none."""
        try:
            command = json.loads(body)
            id_, pumps, deadline = str(command["command"]), int(command["pumps"]), int(command["deadline"])
        except (ValueError, KeyError, TypeError):
            return None
        if id_ not in self.answers:
            note = self._refusal(pumps, deadline, now)
            if not note:
                self.switched.append(Switching(now, pumps))
            self.answers[id_] = {"command": id_, "done": not note, "note": note or f"{pumps} pompa jalan"}
        return json.dumps(self.answers[id_]).encode()

    def restart(self, now: float) -> None:
        """After a power cut the station is left to itself again, and knows no command that it obeyed."""
        self.answers.clear()
        if told(self.switched, now) is not None:
            self.switched.append(Switching(now, None))

    def _refusal(self, pumps: int, deadline: int, now: float) -> str:
        if now * 1000 > deadline:
            return "Perintah terlambat"
        if not 0 <= pumps <= self.pumps:
            return f"Hanya ada {self.pumps} pompa"
        return "Pompa macet" if pumps and self.blocked(now) else ""
