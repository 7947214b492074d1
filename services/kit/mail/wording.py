"""What mails say in more than one language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from services.kit.city import City

_STOPS = {"id": "Jangan kirim lagi", "en": "Send no more"}


@dataclass(frozen=True)
class Text:
    """A mail's subject and body."""

    subject: str
    body: str


def day(on: date, language: str) -> str:
    """A day whose month nobody takes for its day. Example: 5 Desember 2026, in English 5 December 2026"""
    return format_date(on, "d MMMM y", locale=language)


def clock(at: datetime, language: str) -> str:
    """Hour and minute, where the city is. Example: 09.00, in English 09:00"""
    return f"{at:%H.%M}" if language == "id" else f"{at:%H:%M}"


def in_both(
    city: City, sender: str, language: str, subjects: Mapping[str, str], parts: Mapping[str, Sequence[str]], stop: str
) -> Text:
    """A mail to who may not have chosen a language, the given one first; ``stop`` is the link that ends such mails."""
    chosen, other = sorted(parts, key=lambda one: one != language)
    lines = [
        *parts[chosen],
        "",
        "--",
        "",
        *parts[other],
        "",
        " · ".join(dict.fromkeys((sender, city.name_id, city.name_en))),  # the sender may be the city itself
        f"{_STOPS[chosen]} / {_STOPS[other].lower()}: {stop}",
        "",
    ]
    return Text(f"{subjects[chosen]} / {subjects[other].lower()}", "\n".join(lines))
