"""What warnings say, in Indonesian and in English. Pure.

What to do follows the advice of Indonesia's disaster agency (BNPB, Buku Saku Tanggap Tangkas Tangguh Menghadapi
Bencana) for floods, in few words.
"""

from dataclasses import dataclass

from services.environment.criteria.model import Hazard, Level, Step

TAGS = {"id": "id-ID", "en": "en-GB"}


@dataclass(frozen=True)
class Words:
    """What a warning says in one language."""

    language: str
    """RFC 3066: id-ID, en-GB."""
    event: str
    headline: str
    description: str
    instruction: str
    area: str


_EVENTS = {
    "id": {Hazard.FLOOD: "Banjir", Hazard.ROB: "Banjir rob"},
    "en": {Hazard.FLOOD: "Flood", Hazard.ROB: "Tidal flood"},
}
_LEVELS = {level: level.value.upper() for level in Level}
# In English a zone may be called "Along the East Flood Canal", which takes no preposition.
_HEADLINES = {
    "id": {
        Step.RAISE: "{level}: {event} di {area}",
        Step.UPDATE: "{level} (diperbarui): {event} di {area}",
        Step.CLEAR: "AMAN: peringatan {event} di {area} berakhir",
        Step.CANCEL: "DITARIK: peringatan {event} di {area} keliru",
    },
    "en": {
        Step.RAISE: "{level}: {event}, {area}",
        Step.UPDATE: "{level} (updated): {event}, {area}",
        Step.CLEAR: "ALL CLEAR: the {event} warning is over, {area}",
        Step.CANCEL: "WITHDRAWN: the {event} warning was a mistake, {area}",
    },
}
_DRILL = {"id": "LATIHAN. ", "en": "EXERCISE. "}
_MEANINGS = {
    "id": {
        Level.WASPADA: "Air naik dan dapat menggenangi tempat rendah.",
        Level.SIAGA: "Air tinggi; genangan di permukiman mungkin terjadi dalam beberapa jam.",
        Level.AWAS: "Air sangat tinggi; banjir terjadi atau segera terjadi.",
    },
    "en": {
        Level.WASPADA: "Water is rising and may stand in low places.",
        Level.SIAGA: "Water is high; homes may be flooded within hours.",
        Level.AWAS: "Water is very high; it floods, or is about to.",
    },
}
_OVER = {
    "id": {Step.CLEAR: "Bahaya sudah lewat.", Step.CANCEL: "Peringatan ini keliru dan ditarik kembali."},
    "en": {Step.CLEAR: "The danger is over.", Step.CANCEL: "This warning was a mistake and is withdrawn."},
}
_GAUGE = {
    "id": "Dinaikkan oleh alat ukur menurut kriteria kota.",
    "en": "Raised by a gauge, by the city's criteria.",
}
_APPROVED = {
    "id": "Diminta oleh alat ukur menurut kriteria kota, disetujui petugas.",
    "en": "Asked for by a gauge, by the city's criteria, and approved by an officer.",
}
_ADVICE = {
    "id": {
        Level.WASPADA: "Pantau kabar ini. Naikkan barang penting. Jauhkan anak dari sungai dan saluran.",
        Level.SIAGA: "Siapkan tas siaga, obat dan surat penting. Pindahkan kendaraan ke tempat tinggi. "
        "Bantu lansia dan anak bersiap mengungsi.",
        Level.AWAS: "Mengungsi sekarang ke tempat tinggi. Matikan listrik dan gas. Jangan menerobos arus.",
    },
    "en": {
        Level.WASPADA: "Follow the city's warnings. Move valuables to a higher place. "
        "Keep children away from rivers and drains.",
        Level.SIAGA: "Pack a bag with medicine and papers. Move vehicles to high ground. "
        "Help the old and the young to get ready to leave.",
        Level.AWAS: "Go to high ground now. Switch off electricity and gas. Do not walk or drive through the current.",
    },
}
_CALL = {"id": "Keadaan darurat: hubungi {contact}.", "en": "In an emergency call {contact}."}
_AFTER = {
    "id": {
        Step.CLEAR: "Periksa listrik dan bangunan sebelum masuk rumah. Laporkan kerusakan kepada kota.",
        Step.CANCEL: "Tidak ada yang perlu dilakukan.",
    },
    "en": {
        Step.CLEAR: "Check wiring and walls before you go in. Report damage to the city.",
        Step.CANCEL: "There is nothing to do.",
    },
}


def words(
    language: str,
    *,
    hazard: Hazard,
    level: Level,
    step: Step,
    area: str,
    areas: str,
    note: str,
    contact: str,
    automatic: bool,
    approved: bool,
    exercise: bool,
) -> Words:
    """What a step says in a language. ``area`` names where in short, ``areas`` each kelurahan.

    ``approved``: what is ``automatic`` needed an officer besides.
    """
    event = _EVENTS[language][hazard]
    headline = _HEADLINES[language][step].format(level=_LEVELS[level], event=event.lower(), area=area)
    over = step in (Step.CLEAR, Step.CANCEL)
    meaning = _OVER[language][step] if over else _MEANINGS[language][level]
    why = (_APPROVED if approved else _GAUGE)[language] if automatic and not over else ""
    drill = _DRILL[language] if exercise else ""
    advice = _AFTER[language][step] if over else _ADVICE[language][level]
    call = _CALL[language].format(contact=contact) if contact and level is Level.AWAS and not over else ""
    return Words(
        language=TAGS[language],
        event=event,
        headline=f"{drill}{headline}",
        description=" ".join(filter(None, (drill.strip(), meaning, note, why))),
        instruction=" ".join(filter(None, (drill.strip(), advice, call))),
        area=areas,
    )
