"""What there is to tell about a case, and how a mail says it: Indonesian first, English below. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID

from services.governance.cases.model import Complaint
from services.governance.deadlines.model import Clock
from services.governance.keys.acting import EVERYTHING, Act
from services.governance.keys.mail import Purpose, token
from services.governance.states.model import State
from services.kit.city import City
from services.kit.mail import messages
from services.kit.mail.wording import day


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
    LINK = "link"
    """Not news: another link to the case, for its reporter, who asked for it."""
    LINKS = "links"
    """Not news: the links to all cases of an address, which somebody asked for."""


_TEXTS: Mapping[Kind, tuple[str, str]] = {
    Kind.FILED: (
        "{Laporan} sudah kami terima dan akan kami periksa.",
        "We received {complaint} and will look at it.",
    ),
    Kind.ASSIGNED: ("{Laporan} sekarang ditangani {agency}.", "{Complaint} is now with {agency}."),
    Kind.STARTED: ("{agency} mulai mengerjakan {laporan}.", "{agency} has begun to work on {complaint}."),
    Kind.ASKED: (
        "{agency} bertanya kepada Anda. Buka tautan di bawah untuk menjawab; penanganan menunggu jawaban Anda.",
        "{agency} has a question for you. Open the link below to answer; the work waits for your answer.",
    ),
    Kind.RESOLVED: (
        "{agency} menyatakan {laporan} selesai. Lihat buktinya, beri nilai, atau buka kembali bila belum selesai.",
        "{agency} says that {complaint} is resolved. See the evidence, rate it, or reopen it if it is not.",
    ),
    Kind.REFUSED: (
        "{agency} menjelaskan mengapa {laporan} tidak dapat dikerjakan. Anda dapat menilai atau membukanya kembali.",
        "{agency} explains why it cannot do what you asked for. You can rate the answer or reopen the report.",
    ),
    Kind.REJECTED: ("{Laporan} tidak dapat kami terima.", "We cannot take up {complaint}."),
    Kind.TRANSFERRED: ("{Laporan} dialihkan kepada {agency}.", "{Complaint} was transferred to {agency}."),
    Kind.DUPLICATE: (
        "{Laporan} sama dengan laporan {other}; ikuti perkembangannya di sana.",
        "{Complaint} is the same matter as {other}; follow it there.",
    ),
    Kind.REOPENED: ("{Laporan} dibuka kembali dan ada di {agency}.", "{Complaint} is open again, with {agency}."),
    Kind.CLOSED: ("{Laporan} sudah ditutup. Terima kasih.", "{Complaint} is closed. Thank you."),
    Kind.ESCALATED: (
        "Tenggat {laporan} terlewati. Ini tercatat dalam riwayatnya.",
        "A deadline of {complaint} has passed. That is recorded in its history.",
    ),
    Kind.CONFIRM: (
        "Alamat e-mail ini diberikan untuk menerima kabar tentang sebuah laporan warga. Jika memang Anda yang "
        "memberikannya, buka tautan di bawah dan tekan tombolnya. Jika bukan, abaikan e-mail ini: tidak ada kabar yang "
        "akan dikirim.",
        "This e-mail address was given for news of a citizen's report. If it was you, open the link below and press "
        "the button. If it was not, ignore this mail: no news will come.",
    ),
    Kind.LINK: (
        "Ini tautan baru untuk laporan Anda. Tautan dalam e-mail sebelumnya tidak berlaku lagi.",
        "This is a new link to your report. The links in earlier mails have ended.",
    ),
    Kind.LINKS: (
        "Seseorang, semoga Anda, meminta tautan laporan yang memakai alamat e-mail ini. Buka tautan pertama, yang "
        "berlaku satu hari, untuk melihat semuanya dan mendapat kembali kuncinya. Jika bukan Anda, abaikan e-mail ini.",
        "Somebody, we hope you, asked for the links of the reports that go with this e-mail address. Open the first "
        "one, within a day, to see all of them and to have their keys again. If it was not you, ignore this mail.",
    ),
}

_TO_SUPPORTERS: Mapping[Kind, tuple[str, str]] = {
    Kind.ASKED: (
        "{agency} bertanya kepada pelapor {laporan}; penanganan menunggu jawabannya.",
        "{agency} has a question for whoever filed {complaint}; the work waits for the answer.",
    ),
    Kind.RESOLVED: (
        "{agency} menyatakan {laporan} selesai. Buka tautan di bawah untuk melihat perkembangannya.",
        "{agency} says that {complaint} is resolved. Open the link below to see how it went.",
    ),
    Kind.REFUSED: (
        "{agency} menjelaskan mengapa {laporan} tidak dapat dikerjakan.",
        "{agency} explains why it cannot do what {complaint} asks for.",
    ),
}
"""Who joined a case may neither answer, rate nor reopen."""
_OWN: Mapping[str, str] = {
    "laporan": "laporan Anda", "Laporan": "Laporan Anda",
    "complaint": "your report", "Complaint": "Your report",
}  # fmt: skip
_JOINED: Mapping[str, str] = {
    "laporan": "laporan yang Anda dukung", "Laporan": "Laporan yang Anda dukung",
    "complaint": "the report that you joined", "Complaint": "The report that you joined",
}  # fmt: skip
"""What a case is to the reader of a mail: their own, or one that they joined."""

ACTS: Mapping[Kind, Act] = {
    Kind.ASKED: Act.READ | Act.ADD_PHOTOS | Act.REPLY,
    Kind.RESOLVED: Act.READ | Act.ADD_PHOTOS | Act.RATE | Act.REOPEN,
    Kind.REFUSED: Act.READ | Act.ADD_PHOTOS | Act.RATE | Act.REOPEN,
    Kind.CLOSED: Act.READ | Act.ADD_PHOTOS | Act.REOPEN,
    Kind.LINK: EVERYTHING,
}
"""What the reporter may do by the link of a mail: what it tells of, and no more."""
TO_READ = Act.READ | Act.ADD_PHOTOS
"""By the links of all other mails."""

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

_MOST_NOTE = 2000
"""As the contract has it: a question whose end is cut off cannot be answered."""


def facts(city: City, complaint: Complaint, note: str = "") -> Mapping[str, str]:
    """What a mail about the case tells."""
    agency = city.agency(complaint.agency)
    due, clock, waiting = complaint.deadlines.next_due, complaint.deadlines.next_clock, complaint.deadlines.waiting
    due, due_of = (waiting, "waiting") if waiting else (due, clock.value if clock else "")
    return {
        "code": complaint.code,
        "agency": agency.name_id if agency else complaint.agency,
        "agency_en": agency.name_en if agency else complaint.agency,
        "note": note,
        "due": day(due.astimezone(city.timezone), "id") if due else "",
        "due_en": day(due.astimezone(city.timezone), "en") if due else "",
        "due_of": due_of,
        "other": complaint.duplicate_of,
    }


@dataclass(frozen=True)
class Links:
    """What the reader of a mail may do, by links that are theirs alone."""

    confirm: str
    stop: str
    case: str
    """To the case: for its reporter one that acts, for others its public page."""
    mine: str = ""
    """To all cases of the address."""
    cases: tuple[tuple[str, str], ...] = ()
    """The codes of some of them, each with its link."""
    until: datetime | None = None
    """When the links to cases end; None where none of them acts."""

    @classmethod
    def of(cls, public_url: str, secret: bytes, subject: UUID, code: str, acting: str, *, round_: int = 0) -> Links:
        """The links to the portal for a contact, in its `round_`. `acting`: the token that its reporter acts by; empty
        for others.
        """
        base = public_url.rstrip("/")
        return cls(
            f"{base}/surat/konfirmasi/{token(secret, Purpose.CONFIRM, subject, round_)}",
            f"{base}/surat/berhenti/{token(secret, Purpose.STOP, subject, round_)}",
            case_link(public_url, code, acting),
        )


def case_link(public_url: str, code: str, acting: str) -> str:
    """The address of a case: by the token that its reader acts by, or of its public page where there is none."""
    base = public_url.rstrip("/")
    return f"{base}/surat/laporan/{acting}" if acting else f"{base}/lapor/{quote(code)}"


def mail(
    id: UUID,  # noqa: A002 -- the row's own word
    kind: Kind,
    facts: Mapping[str, str],
    *,
    city: City,
    recipient: str,
    sender: str,
    host: str,
    links: Links,
    created: datetime,
    supporter: bool = False,
    drill: bool = False,
) -> EmailMessage:
    """The mail of a queued row. The same row always has the same Message-ID, so that a repeat is recognised as one.

    `sender` is an address, `host` the portal's. No mail holds words of whoever gave the address, their name
    neither: the city does not speak for them. A `supporter` joined the case, and is told what becomes of it. Nobody
    shall take a `drill` for real.
    """
    subject = _SUBJECT_TO_SUPPORTERS if supporter and kind is Kind.ASKED else _SUBJECTS[kind]
    subject = subject if kind is Kind.LINKS else f"{facts['code']}: {subject}"
    return messages.automatic(
        id,
        f"LATIHAN / EXERCISE. {subject}" if drill else subject,
        _body(kind, facts, city, links, supporter=supporter, drill=drill),
        sender=sender,
        recipient=recipient,
        host=host,
        created=created,
        stop=links.stop,
    )


def _body(kind: Kind, facts: Mapping[str, str], city: City, links: Links, *, supporter: bool, drill: bool) -> str:
    facts_en = {**facts, **{name: facts[f"{name}_en"] for name in ("agency", "due") if f"{name}_en" in facts}}
    whose = _JOINED if supporter else _OWN
    texts = _TO_SUPPORTERS.get(kind, _TEXTS[kind]) if supporter else _TEXTS[kind]
    text_id, text_en = (
        before + text.format_map(_Words({**each, **whose}))
        for before, text, each in zip(_DRILL if drill else ("", ""), texts, (facts, facts_en), strict=True)
    )
    # What an agency writes may say what the report says: who joined reads it once it is public, on the case's page.
    note = "" if supporter else facts.get("note", "").strip()[:_MOST_NOTE]
    quoted = [f"> {line}" for line in note.splitlines()]
    due, due_en = (
        text.format(due=each["due"]) if each.get("due") else ""
        for text, each in zip(_DUE[facts.get("due_of", "")], (facts, facts_en), strict=True)
    )
    warning_id, warning_en = _warnings(city, links.until)
    return "\n".join(
        [
            "Halo,",
            "",
            text_id,
            *([due] if due else []),
            *(["", *quoted] if quoted else []),
            "",
            *_linked(kind, facts, links, _WORDS_ID),
            *warning_id,
            "",
            "--",
            "",
            "Hello,",
            "",
            text_en,
            *([due_en] if due_en else []),
            "",
            *_linked(kind, facts, links, _WORDS_EN),
            *warning_en,
            "",
            f"{city.name_id} · {city.name_en}",
            f"Berhenti menerima e-mail ini / stop these mails: {links.stop}",
            "",
        ]
    )


_DRILL = ("LATIHAN. ", "EXERCISE. ")

_DUE: Mapping[str, tuple[str, str]] = {
    Clock.VERIFICATION: ("Tenggat pemeriksaan: {due}.", "Due to be looked at by {due}."),
    Clock.RESPONSE: ("Tenggat tanggapan pertama: {due}.", "First answer due by {due}."),
    Clock.RESOLUTION: ("Tenggat penyelesaian: {due}.", "Due to be resolved by {due}."),
    "waiting": (
        "Jawaban ditunggu sampai {due}; sesudah itu penanganan dilanjutkan tanpa jawaban.",
        "The answer is awaited until {due}; after that the work goes on without it.",
    ),
    "": ("Tenggat: {due}.", "Due: {due}."),  # queued before it was said of what
}
"""By when what is done."""

_WORDS_ID, _WORDS_EN = ("Konfirmasi", "Laporan", "Semua laporan saya"), ("Confirm", "Report", "All my reports")


def _linked(kind: Kind, facts: Mapping[str, str], links: Links, words: tuple[str, str, str]) -> list[str]:
    """The lines with the links that a mail is about."""
    confirm, case, mine = words
    if kind is Kind.CONFIRM:
        return [f"{confirm}: {links.confirm}"]
    if kind is Kind.LINKS:
        return [f"{mine}: {links.mine}", *(f"{case} {code}: {link}" for code, link in links.cases)]
    return [f"{case} {facts['code']}: {links.case}"]


def _warnings(city: City, until: datetime | None) -> tuple[list[str], list[str]]:
    """What to know of links that act, in both languages; nothing where none does."""
    if until is None:
        return [], []
    last = until.astimezone(city.timezone)
    return (
        [f"Tautan ini untuk Anda sendiri, sampai {day(last, 'id')}: siapa pun yang "
         "memegangnya dapat menjawab sebagai Anda. Jangan meneruskan e-mail ini."],
        [f"The link is for you alone, until {day(last, 'en')}: whoever holds it can answer "
         "as you. Do not pass this mail on."],
    )  # fmt: skip


class _Words(dict[str, str]):
    """Facts for a text; one that was not given reads as the city's officers."""

    def __missing__(self, key: str) -> str:
        return "Petugas / the officers"


_SUBJECTS: Mapping[Kind, str] = {
    Kind.FILED: "laporan diterima / report received",
    Kind.ASSIGNED: "laporan ditangani / report assigned",
    Kind.STARTED: "sedang dikerjakan / work has begun",
    Kind.ASKED: "pertanyaan untuk Anda / a question for you",
    Kind.RESOLVED: "selesai / resolved",
    Kind.REFUSED: "penjelasan / an explanation",
    Kind.REJECTED: "tidak dapat diterima / not taken up",
    Kind.TRANSFERRED: "dialihkan / transferred",
    Kind.DUPLICATE: "laporan yang sama / same matter",
    Kind.REOPENED: "dibuka kembali / reopened",
    Kind.CLOSED: "ditutup / closed",
    Kind.ESCALATED: "tenggat terlewati / deadline passed",
    Kind.CONFIRM: "konfirmasi alamat e-mail / confirm your e-mail address",
    Kind.LINK: "tautan baru / a new link",
    Kind.LINKS: "Laporan Anda / your reports",
}
_SUBJECT_TO_SUPPORTERS = "pertanyaan untuk pelapor / a question for the reporter"
