"""What the mails of subscriptions say. Pure.

A warning is told in the language that was chosen. The confirmation speaks both: who reads it may not have chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime

from services.environment.bulletins.wording import Words
from services.environment.criteria.model import Criteria, Level, Step
from services.kit.city import City
from services.kit.mail.wording import Text, in_both


@dataclass(frozen=True)
class News:
    """What a warning says to one subscriber."""

    step: Step
    level: Level
    areas: Sequence[str]
    """Codes of those of their kelurahan that it is about."""
    expires_at: datetime
    words: Words
    """In their language."""
    link: str
    """To the warning."""
    stop: str
    """Ends the subscription."""


_TITLES = {
    "id": {
        "areas": "Kelurahan Anda",
        "level": "Tingkat",
        "until": "Berlaku sampai",
        "do": "Yang perlu dilakukan",
        "more": "Selengkapnya dan kabar terbaru",
        "stop": "Berhenti berlangganan",
    },
    "en": {
        "areas": "Your kelurahan",
        "level": "Level",
        "until": "In force until",
        "do": "What to do",
        "more": "More, and the latest",
        "stop": "Unsubscribe",
    },
}
_ENDED = {
    "id": {Step.CLEAR: "AMAN, peringatan berakhir", Step.CANCEL: "DITARIK, peringatan keliru"},
    "en": {Step.CLEAR: "ALL CLEAR, the warning is over", Step.CANCEL: "WITHDRAWN, the warning was a mistake"},
}
_FROM = {
    "id": "E-mail ini dari {sender}, karena alamat ini berlangganan peringatan di {city}. Jangan dibalas.",
    "en": "This mail is from {sender}, since this address is subscribed to warnings in {city}. Do not reply.",
}
_HOURS = {"id": "EEEE, d MMMM y 'pukul' HH.mm", "en": "EEEE, d MMMM y, HH:mm"}


def warning(city: City, criteria: Criteria, language: str, news: News) -> Text:
    """The mail of a warning's message."""
    titles, words, over = _TITLES[language], news.words, news.step in (Step.CLEAR, Step.CANCEL)
    at = news.expires_at.astimezone(city.timezone)
    until = f"{format_datetime(at, _HOURS[language], locale=language)} {at.tzname()}"
    level = _ENDED[language][news.step] if over else news.level.value.upper()
    lines = [
        words.headline,
        "",
        f"{titles['areas']}: {_names(city, news.areas)}",
        f"{titles['level']}: {level}",
        *([] if over else [f"{titles['until']}: {until}"]),
        "",
        words.description,
        "",
        f"{titles['do']}:",
        words.instruction,
        "",
        f"{titles['more']}: {news.link}",
        "",
        "-- ",
        _FROM[language].format(sender=criteria.sender_name, city=city.name_en if language == "en" else city.name_id),
        f"{titles['stop']}: {news.stop}",
        "",
    ]
    return Text(words.headline, "\n".join(lines))


def confirmation(
    city: City, criteria: Criteria, language: str, areas: Sequence[str], *, confirm: str, stop: str, days: int
) -> Text:
    """The one mail that goes to an address before its owner has confirmed it, in the chosen language first."""
    names = _names(city, areas)
    parts = {
        "id": [
            f"Alamat e-mail ini didaftarkan untuk menerima peringatan banjir dan rob di: {names}.",
            "Jika memang Anda yang mendaftar, buka tautan ini dan tekan tombolnya. Daftar ini menggantikan yang dulu.",
            f"Konfirmasi, dalam {days} hari: {confirm}",
            "Jika bukan Anda, abaikan e-mail ini: tidak ada peringatan yang akan dikirim.",
        ],
        "en": [
            f"This e-mail address was given for warnings of floods and tidal floods in: {names}.",
            "If it was you, open this link and press the button. The list replaces the one before it.",
            f"Confirm, within {days} days: {confirm}",
            "If it was not you, ignore this mail: no warning will come.",
        ],
    }
    subjects = {"id": "Konfirmasi peringatan banjir", "en": "Confirm flood warnings"}
    return in_both(city, criteria.sender_name, language, subjects, parts, stop)


def _names(city: City, codes: Sequence[str]) -> str:
    return ", ".join(filter(None, map(city.told_apart, codes)))
