"""What the mails of courses say. Pure.

News are told in the language that was chosen; the words of officers stay as they wrote them. The confirmation speaks
both, and names no course: who reads it may not be who takes part.
"""

from collections.abc import Sequence
from datetime import tzinfo

from services.kit.city import City
from services.kit.mail.wording import Text, clock, day, in_both
from services.society.course_mails.model import News
from services.society.courses.model import Change, Course, Session

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
_WAITS = {
    "id": "Urutan Anda di daftar tunggu tetap. Jika tidak ingin menunggu lagi, keluarlah di halaman ini:",
    "en": "You stay in your place on the waiting list. If you do not want to wait any more, leave it on this page:",
}
_SESSIONS = {"id": "Pertemuan", "en": "Sessions"}
_VENUE = {"id": "Tempat", "en": "Place"}
_BEFORE = {"id": "sebelumnya", "en": "before"}
_STAY = {"id": "Tempat dan waktunya tidak berubah.", "en": "Its place and its times stay as they were."}
_REASON = {"id": "Alasan", "en": "Reason"}
_STOP = {"id": "Berhenti menerima kabar kursus ini", "en": "Stop these mails"}
_FROM = {
    "id": "E-mail ini dari {sender}, karena alamat ini menerima kabar kursus. Jangan dibalas.",
    "en": "This mail is from {sender}, since this address gets news of a course. Do not reply.",
}


def news(
    city: City, language: str, what: News, course: Course, change: Change | None, link: str, stop: str, *, waits: bool
) -> Text:
    """The mail of something that happened, to who has a seat or ``waits`` for one."""
    title = course.title_en if language == "en" and course.title_en else course.title
    held = what in (News.MOVED_UP, News.CHANGED)
    lines = [
        f"{_NEWS[language][what]}: {title}",
        *(_meets(city, language, course, change) if held else []),
        *_why(language, change),
        "",
        _WAITS[language] if waits and what is News.CHANGED else _HELP[language][what],
        link,
        "",
        "-- ",
        _FROM[language].format(sender=city.name_en if language == "en" else city.name_id),
        f"{_STOP[language]}: {stop}",
        "",
    ]
    return Text(f"{_NEWS[language][what]}: {title}", "\n".join(lines))


def _meets(city: City, language: str, course: Course, change: Change | None) -> list[str]:
    """Where and when it meets, and before the change, where that was otherwise."""
    venue = f"{_VENUE[language]}: {_place(city, course.venue, course.area)}"
    lines = [f"{_SESSIONS[language]}:", *_spans(course.sessions, city.timezone, language)]
    if change is None or not change.venue_before:
        return [venue, *lines]
    moved = (change.venue_before, change.area_before) != (course.venue, course.area)
    at_other_times = list(change.sessions_before) != list(course.sessions)
    if moved:
        venue += f" ({_BEFORE[language]}: {_place(city, change.venue_before, change.area_before)})"
    if at_other_times:
        lines += [
            f"{_SESSIONS[language]} ({_BEFORE[language]}):",
            *_spans(change.sessions_before, city.timezone, language),
        ]
    return [venue, *lines, *([] if moved or at_other_times else [_STAY[language]])]


def _why(language: str, change: Change | None) -> list[str]:
    if change is None or not change.reason:
        return []
    return ["", f"{_REASON[language]}:", *(f"> {line}" for line in change.reason.splitlines())]


def confirmation(city: City, language: str, *, confirm: str, stop: str, days: int) -> Text:
    """The one mail that goes to an address before its owner has confirmed it, in the chosen language first."""
    parts = {
        "id": [
            "Alamat e-mail ini diberikan untuk menerima kabar kursus yang diikuti seseorang.",
            "Jika memang Anda yang memberikannya, buka tautan ini dan tekan tombolnya.",
            f"Konfirmasi, dalam {days} hari: {confirm}",
            "Jika bukan Anda, abaikan e-mail ini: tidak ada kabar yang akan dikirim.",
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


def _place(city: City, venue: str, code: str) -> str:
    area = city.area(code)
    return f"{venue}, {area.name}" if area else venue


def _spans(sessions: Sequence[Session], zone: tzinfo, language: str) -> list[str]:
    return [f"- {_span(one, zone, language)}" for one in sessions]


def _span(one: Session, zone: tzinfo, language: str) -> str:
    start, end = one.start.astimezone(zone), one.end.astimezone(zone)
    return f"{day(start, language)}, {clock(start, language)}–{clock(end, language)}"
