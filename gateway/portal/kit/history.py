"""The history of a case in words: what happened, and who did it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gateway.portal.kit.city_words import CityWords
from gateway.portal.kit.texts import Texts

_UNANSWERED = "Pelapor belum menjawab. Penanganan dilanjutkan tanpa jawaban; jawaban tetap diterima."
_LATE = re.compile(
    r"(?:Tenggat|Batas waktu) (verifikasi|tanggapan pertama|penyelesaian|pemeriksaan bukti) terlewati\."
    r"(?: Eskalasi tingkat (\d+)\.| Diteruskan kepada .+\.)?"
)
"""What the system writes of a deadline that passed. Until 0.1.0 it named a step of the ladder, whom nobody told."""
_CLOCKS = {
    "verifikasi": "verification",
    "tanggapan pertama": "response",
    "penyelesaian": "resolution",
    "pemeriksaan bukti": "evidence",
}
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


def question_of(timeline: Sequence[Any]) -> str:
    """What the reporter was asked last; empty where nothing was, or its words are not there."""
    asked = (one for one in reversed(timeline) if one.state == "waiting_for_reporter" and _moved(one))
    return next((str(one.note) for one in asked), "")


def _moved(entry: Any) -> bool:
    return entry.type.rpartition(".")[2] in _STATE_TELLS_MORE


def note_words(texts: Texts, entry: Any) -> str:
    """What a timeline entry says; the system's own sentences, kept in Indonesian, in the reader's language."""
    if entry.by != "system":
        return str(entry.note)
    if entry.note == _UNANSWERED:
        return texts("system_note.unanswered")
    if not (late := _LATE.fullmatch(entry.note)):
        return str(entry.note)
    words, step = texts(f"system_note.{_CLOCKS[late[1]]}"), late[2]
    return f"{words} {texts('case.escalated', step=step)}." if step else words


def actor_words(texts: Texts, city: CityWords, by: str) -> str:
    """Who did it, from a role and perhaps an agency, or another pillar. "officer dlh" -> petugas Dinas …"""
    role, _, agency = by.partition(" ")
    words = texts.maybe(f"role.{role}", texts.maybe(f"pillar.{role}", role))
    return f"{words} {city.agency_names.get(agency, agency)}".strip()
