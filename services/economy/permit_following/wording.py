"""What the mails of permits say. Pure.

The reminder is in the language that was chosen, and names neither the business nor its holder. The confirmation speaks
both, and names no permit: who reads it may not be who holds one.
"""

from datetime import date

from services.economy.permit_kinds.profile import Kind
from services.kit.city import City
from services.kit.mail.wording import Text, day, in_both

_SUBJECT = {"id": "Izin Anda segera berakhir", "en": "Your permit ends soon"}
_LAST = {"id": "Hari terakhir berlaku", "en": "Last day that it holds"}
_EXTEND = {
    "id": "Jika ingin memakainya terus, ajukan perpanjangan sebelum hari itu. Tautan ini membuka formulirnya:",
    "en": "If you want to go on using it, apply for its extension before that day. This link opens the form:",
}
_NONE = {
    "id": "Jika tidak diperpanjang, izin berakhir dengan sendirinya; Anda tidak perlu berbuat apa-apa.",
    "en": "If you do not extend it, it ends by itself; there is nothing that you have to do.",
}
_STOP = {"id": "Jangan kirim lagi", "en": "Stop these mails"}
_FROM = {
    "id": "E-mail ini dari {sender}, karena alamat ini diminta diingatkan. Jangan dibalas.",
    "en": "This mail is from {sender}, since this address is to be reminded. Do not reply.",
}


def ending(city: City, language: str, kind: Kind, last: date, *, extend: str, stop: str) -> Text:
    """The reminder."""
    english = language == "en"
    name = kind.name_en if english else kind.name_id
    lines = [
        f"{_SUBJECT[language]}: {name}",
        f"{_LAST[language]}: {day(last, language)}",
        "",
        _EXTEND[language],
        extend,
        "",
        _NONE[language],
        "",
        "-- ",
        _FROM[language].format(sender=city.name_en if english else city.name_id),
        f"{_STOP[language]}: {stop}",
        "",
    ]
    return Text(f"{_SUBJECT[language]}: {name}", "\n".join(lines))


def confirmation(city: City, language: str, *, confirm: str, stop: str, days: int) -> Text:
    """The one mail that goes to an address before its owner has confirmed it, in the chosen language first."""
    parts = {
        "id": [
            "Alamat e-mail ini diberikan untuk diingatkan sebelum sebuah izin dari kota berakhir.",
            "Jika memang Anda yang memberikannya, buka tautan ini dan tekan tombolnya.",
            f"Konfirmasi, dalam {days} hari: {confirm}",
            "Jika bukan Anda, abaikan e-mail ini: tidak ada pengingat yang akan dikirim.",
        ],
        "en": [
            "This e-mail address was given to be reminded before a permit of the city ends.",
            "If it was you, open this link and press the button.",
            f"Confirm, within {days} days: {confirm}",
            "If it was not you, ignore this mail: no reminder will come.",
        ],
    }
    subjects = {"id": "Konfirmasi pengingat izin", "en": "Confirm the reminder of a permit"}
    return in_both(city, city.name_id, language, subjects, parts, stop)
