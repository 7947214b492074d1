"""What the mails to followers say. Pure.

News are told in the language that was chosen; the words of officers stay as they wrote them. Nobody else's are mailed
in the city's name: not why an author took their proposal back, nor, in the confirmation, anything of whoever gave the
address. That speaks both: who reads it may not have chosen.
"""

from services.kit.city import City
from services.kit.mail.wording import Text, in_both
from services.society.proposals.model import Proposal, Step, StepKind

MOST_NOTE = 2000
"""Characters of what officers wrote, as the contract has it."""


_STEPS = {
    "id": {
        StepKind.PUBLISHED: "Usulan diterbitkan dan terbuka untuk didukung",
        StepKind.REFUSED: "Usulan tidak ditampilkan lagi",
        StepKind.ACCEPTED: "Usulan diterima",
        StepKind.DECLINED: "Usulan tidak diterima",
        StepKind.MERGED: "Usulan digabungkan dengan {reference}",
        StepKind.WITHDRAWN: "Usulan ditarik kembali oleh pengusulnya",
        StepKind.CARRIED_ON: "Usulan dibawa ke proses berikutnya",
        StepKind.REPORTED: "Ada kabar pelaksanaan",
        StepKind.FINISHED: "Usulan selesai dikerjakan",
        StepKind.CLEANED_UP: "Pembersihan yang terkait sudah selesai",
        StepKind.PAID: "Pembayaran yang terkait sudah diterima",
        StepKind.PERMITTED: "Izin {reference} yang terkait sudah diberikan",
        StepKind.RESOLVED: "Laporan {reference} yang terkait terselesaikan",
        StepKind.CHOSEN: "Usulan terpilih dengan {approvals} dari {votes} suara",
        StepKind.NOT_CHOSEN: "Usulan tidak terpilih: {approvals} dari {votes} suara",
    },
    "en": {
        StepKind.PUBLISHED: "The proposal is published and open for support",
        StepKind.REFUSED: "The proposal is no longer shown",
        StepKind.ACCEPTED: "The proposal is accepted",
        StepKind.DECLINED: "The proposal is declined",
        StepKind.MERGED: "The proposal is joined to {reference}",
        StepKind.WITHDRAWN: "The proposal is taken back by its author",
        StepKind.CARRIED_ON: "The proposal is carried on to the next process",
        StepKind.REPORTED: "There is news of the work",
        StepKind.FINISHED: "The proposal is carried out",
        StepKind.CLEANED_UP: "The clean-up that it is linked to is done",
        StepKind.PAID: "The payment that it is linked to was made",
        StepKind.PERMITTED: "The permit {reference} that it is linked to is granted",
        StepKind.RESOLVED: "The report {reference} that it is linked to is resolved",
        StepKind.CHOSEN: "The proposal is chosen, with {approvals} of {votes} votes",
        StepKind.NOT_CHOSEN: "The proposal is not chosen: {approvals} of {votes} votes",
    },
}
_SAID = {"id": "{agency} menulis:", "en": "{agency} writes:"}
_MORE = {"id": "Selengkapnya", "en": "More"}
_STOP = {"id": "Berhenti menerima kabar usulan ini", "en": "Stop these mails"}
_FROM = {
    "id": "E-mail ini dari {sender}, karena alamat ini mengikuti usulan {code}. Jangan dibalas.",
    "en": "This mail is from {sender}, since this address follows the proposal {code}. Do not reply.",
}


def news(city: City, sender: str, language: str, one: Proposal, step: Step, link: str, stop: str) -> Text:
    """The mail of a step."""
    happened = _STEPS[language][step.kind].format(
        reference=step.reference, approvals=one.approvals, votes=one.votes
    )  # fmt: skip
    agency = city.agency(step.agency)
    by = (agency.name_en if language == "en" else agency.name_id) if agency else step.agency
    note = [f"> {line}" for line in step.note[:MOST_NOTE].splitlines()] if by else []
    lines = [
        f"{happened}: {one.title}" if one.title and step.kind is not StepKind.REFUSED else happened,
        *(["", _SAID[language].format(agency=by), *note] if note else []),
        "",
        f"{_MORE[language]}: {link}",
        "",
        "-- ",
        _FROM[language].format(sender=sender, code=one.code),
        f"{_STOP[language]}: {stop}",
        "",
    ]
    return Text(f"{one.code}: {happened}", "\n".join(lines))


def confirmation(
    city: City, sender: str, language: str, code: str, *, confirm: str, stop: str, days: int
) -> Text:  # fmt: skip
    """The one mail that goes to an address before its owner has confirmed it, in the chosen language first."""
    parts = {
        "id": [
            f"Alamat e-mail ini diberikan untuk menerima kabar usulan warga {code}.",
            "Jika memang Anda yang memberikannya, buka tautan ini dan tekan tombolnya.",
            f"Konfirmasi, dalam {days} hari: {confirm}",
            "Jika bukan Anda, abaikan e-mail ini: tidak ada kabar yang akan dikirim.",
        ],
        "en": [
            f"This e-mail address was given for news of the proposal {code}.",
            "If it was you, open this link and press the button.",
            f"Confirm, within {days} days: {confirm}",
            "If it was not you, ignore this mail: no news will come.",
        ],
    }
    subjects = {"id": "Konfirmasi kabar usulan", "en": "Confirm news of a proposal"}
    return in_both(city, sender, language, subjects, parts, stop)
