"""What there is to tell about a case, and how a mail says it: Indonesian first, English below. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import quote, urlsplit
from uuid import UUID

from babel.dates import format_date

from services.governance.cases.model import Complaint
from services.governance.keys.mail import Purpose, token
from services.governance.states.model import State
from services.kit.city import City


class Kind(StrEnum):
    """What happened, as the mail's reader sees it."""

    FILED = "filed"
    ASSIGNED = "assigned"
    STARTED = "started"
    ASKED = "asked"
    RESOLVED = "resolved"
    REFUSED = "refused"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"
    CLOSED = "closed"
    ESCALATED = "escalated"
    CONFIRM = "confirm"
    """Not news: whether the address is theirs who gave it. Nothing else goes to an address before."""


_TEXTS: Mapping[Kind, tuple[str, str]] = {
    Kind.FILED: (
        "Laporan Anda sudah kami terima dan akan kami periksa.",
        "We received your complaint and will look at it.",
    ),
    Kind.ASSIGNED: ("Laporan Anda sekarang ditangani {agency}.", "Your complaint is now with {agency}."),
    Kind.STARTED: ("{agency} mulai mengerjakan laporan Anda.", "{agency} has begun to work on your complaint."),
    Kind.ASKED: (
        "{agency} bertanya kepada Anda. Buka tautan di bawah untuk menjawab; penanganan menunggu jawaban Anda.",
        "{agency} has a question for you. Open the link below to answer; the work waits for your answer.",
    ),
    Kind.RESOLVED: (
        "{agency} menyatakan laporan Anda selesai. Lihat buktinya, beri nilai, atau buka kembali bila belum selesai.",
        "{agency} says that your complaint is resolved. See the evidence, rate it, or reopen it if it is not.",
    ),
    Kind.REFUSED: (
        "{agency} menjelaskan mengapa laporan Anda tidak dapat dikerjakan. Anda dapat menilai atau membukanya kembali.",
        "{agency} explains why it cannot do what you asked for. You can rate the answer or reopen the complaint.",
    ),
    Kind.REJECTED: ("Laporan Anda tidak dapat kami terima.", "We cannot take up your complaint."),
    Kind.TRANSFERRED: ("Laporan Anda diteruskan kepada {agency}.", "Your complaint was passed on to {agency}."),
    Kind.DUPLICATE: (
        "Laporan Anda sama dengan laporan {other}; ikuti perkembangannya di sana.",
        "Your complaint is the same matter as {other}; follow it there.",
    ),
    Kind.REOPENED: ("Laporan Anda dibuka kembali dan ada di {agency}.", "Your complaint is open again, with {agency}."),
    Kind.CLOSED: ("Laporan Anda sudah ditutup. Terima kasih.", "Your complaint is closed. Thank you."),
    Kind.ESCALATED: (
        "Batas waktu laporan Anda terlewati; atasan {agency} sudah diberi tahu.",
        "A deadline of your complaint has passed; the superior of {agency} was told.",
    ),
    Kind.CONFIRM: (
        "Alamat e-mail ini diberikan untuk menerima kabar tentang sebuah laporan warga. Jika memang Anda yang "
        "memberikannya, buka tautan di bawah dan tekan tombolnya. Jika bukan, abaikan surat ini: tidak ada kabar yang "
        "akan dikirim.",
        "This e-mail address was given for news of a citizen's report. If it was you, open the link below and press "
        "the button. If it was not, ignore this mail: no news will come.",
    ),
}

AFTER: Mapping[State, Kind] = {
    State.FILED: Kind.FILED,
    State.VERIFIED: Kind.ASSIGNED,
    State.ASSIGNED: Kind.ASSIGNED,
    State.IN_PROGRESS: Kind.STARTED,
    State.WAITING_FOR_REPORTER: Kind.ASKED,
    State.RESOLVED: Kind.RESOLVED,
    State.CLOSED: Kind.CLOSED,
    State.REJECTED: Kind.REJECTED,
    State.TRANSFERRED: Kind.TRANSFERRED,
    State.DUPLICATE: Kind.DUPLICATE,
    State.REOPENED: Kind.REOPENED,
}
"""What there is to tell somebody who begins to hear of a case that stands so."""

_MOST_NOTE = 1000


def facts(city: City, complaint: Complaint, note: str = "") -> Mapping[str, str]:
    """What a mail about the case tells."""
    agency = city.agency(complaint.agency)
    due = complaint.deadlines.next_due
    return {
        "code": complaint.code,
        "agency": agency.name_id if agency else complaint.agency,
        "note": note,
        "due": format_date(due.astimezone(city.timezone), "d MMMM y", locale="id") if due else "",
        "other": complaint.duplicate_of,
    }


@dataclass(frozen=True)
class Links:
    """What the reader of a mail may do, by links that are theirs alone."""

    confirm: str
    stop: str

    @classmethod
    def of(cls, public_url: str, secret: bytes, subject: UUID) -> Links:
        """The links to the portal for a contact."""
        base = f"{public_url.rstrip('/')}/surat"
        return cls(
            f"{base}/konfirmasi/{token(secret, Purpose.CONFIRM, subject)}",
            f"{base}/berhenti/{token(secret, Purpose.STOP, subject)}",
        )


def mail(
    id: UUID,  # noqa: A002 -- the row's own word
    kind: Kind,
    facts: Mapping[str, str],
    *,
    city: tuple[str, str],
    recipient: str,
    sender: str,
    public_url: str,
    links: Links,
    created: datetime,
) -> EmailMessage:
    """The mail of a queued row. The same row always has the same Message-ID, so that a repeat is recognised as one.

    `city` is the city's name in Indonesian and English, `sender` an address, `public_url` the portal. No mail holds
    words of whoever gave the address, their name neither: the city does not speak for them.
    """
    message = EmailMessage()
    message["Subject"] = f"{facts['code']}: {_SUBJECTS[kind]}"
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(created)
    message["Message-ID"] = f"<{id}@{urlsplit(public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in return
    message["List-Unsubscribe"] = f"<{links.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(_body(kind, facts, city, public_url, links))
    return message


def _body(kind: Kind, facts: Mapping[str, str], city: tuple[str, str], public_url: str, links: Links) -> str:
    words = _Words(facts)
    text_id, text_en = (text.format_map(words) for text in _TEXTS[kind])
    note = facts.get("note", "").strip()[:_MOST_NOTE]
    quoted = [f"> {line}" for line in note.splitlines()]
    due = facts.get("due", "")
    link = f"{public_url.rstrip('/')}/lapor/{quote(facts['code'])}"
    confirming = kind is Kind.CONFIRM
    return "\n".join(
        [
            "Halo,",
            "",
            text_id,
            *([f"Batas waktu: {due}."] if due else []),
            *(["", *quoted] if quoted else []),
            "",
            f"Konfirmasi: {links.confirm}" if confirming else f"Laporan {facts['code']}: {link}",
            "",
            "--",
            "",
            "Hello,",
            "",
            text_en,
            *([f"Due: {due}."] if due else []),
            "",
            f"Confirm: {links.confirm}" if confirming else f"Complaint {facts['code']}: {link}",
            "",
            f"{city[0]} · {city[1]}",
            f"Berhenti menerima surat ini / stop these mails: {links.stop}",
            "",
        ]
    )


class _Words(dict[str, str]):
    """Facts for a text; one that was not given reads as the city's officers."""

    def __missing__(self, key: str) -> str:
        return "Petugas / the officers"


_SUBJECTS: Mapping[Kind, str] = {
    Kind.FILED: "laporan diterima / complaint received",
    Kind.ASSIGNED: "laporan ditangani / complaint assigned",
    Kind.STARTED: "sedang dikerjakan / work has begun",
    Kind.ASKED: "pertanyaan untuk Anda / a question for you",
    Kind.RESOLVED: "selesai / resolved",
    Kind.REFUSED: "penjelasan / an explanation",
    Kind.REJECTED: "tidak dapat diterima / not taken up",
    Kind.TRANSFERRED: "diteruskan / passed on",
    Kind.DUPLICATE: "laporan yang sama / same matter",
    Kind.REOPENED: "dibuka kembali / reopened",
    Kind.CLOSED: "ditutup / closed",
    Kind.ESCALATED: "batas waktu terlewati / deadline passed",
    Kind.CONFIRM: "konfirmasi alamat e-mail / confirm your e-mail address",
}
