"""What the mails of courses say. Pure.

News are told in the language that was chosen; the words of officers stay as they wrote them. The confirmation speaks
both, and names no course: who reads it may not be who takes part.
"""

from datetime import tzinfo

from services.kit.city import City
from services.kit.mail.wording import Text, clock, day, in_both
from services.society.course_mails.model import News
from services.society.courses.model import Course, Session

_NEWS = {
    "id": {
        News.MOVED_UP: "Anda mendapat tempat",
        News.CHANGED: "Kursus berubah",
        News.CANCELLED: "Kursus dibatalkan",
        News.CERTIFIED: "Sertifikat Anda sudah terbit",
    },
    "en": {
        News.MOVED_UP: "You have a seat",
        News.CHANGED: "The course has changed",
        News.CANCELLED: "The course is called off",
        News.CERTIFIED: "Your certificate is ready",
    },
}
_HELP = {
    "id": {
        News.MOVED_UP: "Anda naik dari daftar tunggu. Jika tidak dapat hadir, kembalikan tempat Anda di halaman ini:",
        News.CHANGED: "Tempat Anda tetap. Jika tidak dapat hadir, kembalikan di halaman ini:",
        News.CANCELLED: "Keterangan lebih lanjut:",
        News.CERTIFIED: "Unduh dan cetak di halaman ini:",
    },
    "en": {
        News.MOVED_UP: "You moved up from the waiting list. If you cannot come, give your seat back on this page:",
        News.CHANGED: "Your place stays yours. If you cannot come, give it back on this page:",
        News.CANCELLED: "More:",
        News.CERTIFIED: "Download and print it on this page:",
    },
}
_SESSIONS = {"id": "Pertemuan", "en": "Sessions"}
_VENUE = {"id": "Tempat", "en": "Place"}
_REASON = {"id": "Alasan", "en": "Reason"}
_STOP = {"id": "Berhenti menerima kabar kursus ini", "en": "Stop these mails"}
_FROM = {
    "id": "Surat ini dari {sender}, karena alamat ini menerima kabar kursus. Jangan dibalas.",
    "en": "This mail is from {sender}, since this address gets news of a course. Do not reply.",
}


def news(city: City, language: str, what: News, course: Course, reason: str, link: str, stop: str) -> Text:
    """The mail of something that happened."""
    title = course.title_en if language == "en" and course.title_en else course.title
    held = what in (News.MOVED_UP, News.CHANGED)
    sessions = [f"- {_span(one, city.timezone, language)}" for one in course.sessions] if held else []
    lines = [
        f"{_NEWS[language][what]}: {title}",
        *([f"{_VENUE[language]}: {course.venue}", f"{_SESSIONS[language]}:", *sessions] if held else []),
        *(["", f"{_REASON[language]}:", *(f"> {line}" for line in reason.splitlines())] if reason else []),
        "",
        _HELP[language][what],
        link,
        "",
        "-- ",
        _FROM[language].format(sender=city.name_en if language == "en" else city.name_id),
        f"{_STOP[language]}: {stop}",
        "",
    ]
    return Text(f"{_NEWS[language][what]}: {title}", "\n".join(lines))


def confirmation(city: City, language: str, *, confirm: str, stop: str, days: int) -> Text:
    """The one mail that goes to an address before its owner has confirmed it, in the chosen language first."""
    parts = {
        "id": [
            "Alamat e-mail ini diberikan untuk menerima kabar kursus yang diikuti seseorang.",
            "Jika memang Anda yang memberikannya, buka tautan ini dan tekan tombolnya.",
            f"Konfirmasi, dalam {days} hari: {confirm}",
            "Jika bukan Anda, abaikan surat ini: tidak ada kabar yang akan dikirim.",
        ],
        "en": [
            "This e-mail address was given for news of a course that somebody takes part in.",
            "If it was you, open this link and press the button.",
            f"Confirm, within {days} days: {confirm}",
            "If it was not you, ignore this mail: no news will come.",
        ],
    }
    subjects = {"id": "Konfirmasi kabar kursus", "en": "Confirm news of a course"}
    return in_both(city, city.name_id, language, subjects, parts, stop)


def _span(one: Session, zone: tzinfo, language: str) -> str:
    start, end = one.start.astimezone(zone), one.end.astimezone(zone)
    return f"{day(start, language)}, {clock(start, language)}–{clock(end, language)}"
