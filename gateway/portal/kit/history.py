"""The history of a case in words: what happened, and who did it."""

from __future__ import annotations

from typing import Any

from gateway.portal.kit.city_words import CityWords
from gateway.portal.kit.texts import Texts

_STATE_TELLS_MORE = frozenset({"ComplaintStatusChanged"})


def event_words(texts: Texts, entry: Any) -> str:
    """What a timeline entry tells, by its event type (proto full name) and the state after it."""
    event = entry.type.rpartition(".")[2]
    if entry.refusal:
        return texts("event.refused")
    if event in _STATE_TELLS_MORE and entry.by == "reporter" and entry.state != "withdrawn":
        return texts("event.answered")
    if event in _STATE_TELLS_MORE and entry.state:
        return texts(f"state.{entry.state}")
    return texts.maybe(f"event.{event}", texts("event.other"))


def actor_words(texts: Texts, city: CityWords, by: str) -> str:
    """Who did it, from a role and perhaps an agency, or another pillar. "officer dlh" -> petugas Dinas …"""
    role, _, agency = by.partition(" ")
    words = texts.maybe(f"role.{role}", texts.maybe(f"pillar.{role}", role))
    return f"{words} {city.agency_names.get(agency, agency)}".strip()
