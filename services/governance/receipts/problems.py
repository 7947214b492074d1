"""What can be wrong with a receipt, in words for citizens."""

from dataclasses import dataclass

_TEXTS = {
    "UNREADABLE": (
        "Berkas ini bukan tanda terima yang lengkap: {detail}",
        "This file is not a complete receipt: {detail}",
    ),
    "ENTRY_NUMBER": (
        "Nomor catatan tidak berurutan; ada catatan yang hilang atau disisipkan.",
        "The entries are not numbered in order; one is missing or was put in.",
    ),
    "ENTRY_CHAIN": (
        "Catatan ini tidak menyambung dengan catatan sebelumnya.",
        "This entry does not follow from the one before.",
    ),
    "ENTRY_HASH": (
        "Isi catatan ini tidak sesuai dengan sidiknya; catatan telah diubah.",
        "This entry does not match its hash; it was changed.",
    ),
    "NOTE_CHANGED": (
        "Keterangan pada catatan ini tidak sesuai dengan sidiknya; keterangan telah diubah.",
        "The note of this entry does not match its digest; it was changed.",
    ),
    "KEYS_INVALID": (
        "Kunci publik di dalam tanda terima tidak dapat dipakai.",
        "The public keys in the receipt cannot be used.",
    ),
    "KEY_UNKNOWN": (
        "Segel ini ditandatangani dengan kunci yang tidak dikenal.",
        "This seal is signed with an unknown key.",
    ),
    "SEAL_SIGNATURE": (
        "Tanda tangan segel ini tidak sah; segel telah diubah atau dipalsukan.",
        "The signature of this seal is not valid; the seal was changed or forged.",
    ),
    "SEAL_ORDER": (
        "Segel-segel tidak berurutan menurut hari dan catatan.",
        "The seals are not in order of day and entry.",
    ),
    "SEAL_PROOF": (
        "Segel hari ini tidak memuat riwayat seperti yang tertulis; riwayat telah diubah setelah disegel.",
        "The seal of this day does not hold the history as written; it was changed after it was sealed.",
    ),
    "SEAL_LATE": (
        "Catatan ini baru disegel lama setelah tanggalnya; catatan mungkin dibuat mundur atau ditulis ulang.",
        "This entry was sealed long after its date; it may have been backdated or rewritten.",
    ),
    "TRUNCATED": (
        "Segel memuat catatan nomor {detail}, tetapi riwayat berakhir sebelum itu; riwayat telah dipotong.",
        "The seal holds entry {detail}, but the history ends before it; it was cut short.",
    ),
    "SEAL_CHAIN": (
        "Segel yang diumumkan ini tidak menyambung dengan segel sebelumnya.",
        "This published seal does not follow from the one before.",
    ),
    "SEAL_REPLACED": (
        "Segel ini berbeda dari segel yang diumumkan untuk hari itu; riwayat telah ditulis ulang.",
        "This seal differs from the one published for that day; the history was rewritten.",
    ),
    "SEAL_MISSING": (
        "Catatan ini tidak ada di segel yang diumumkan untuk harinya; riwayat telah ditulis ulang atau disisipi.",
        "No published seal of its day holds this entry; the history was rewritten or added to.",
    ),
    "EARLIER_RECEIPT": (
        "Tanda terima terdahulu menunjukkan catatan lain; riwayat telah ditulis ulang atau dipotong.",
        "The earlier receipt shows another entry; the history was rewritten or cut short.",
    ),
    "LEAVES": (
        "Daun-daun ini tidak menghasilkan akar segel.",
        "These leaves do not lead to the root of the seal.",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not add up. `where` is "receipt", "entry 3" or "seal 2026-11-24"; `reason` is UPPER_SNAKE."""

    where: str
    reason: str
    what_id: str
    what_en: str


def problem(where: str, reason: str, detail: str = "") -> Problem:
    """The problem of this reason, in both languages."""
    what_id, what_en = _TEXTS[reason]
    return Problem(where, reason, what_id.format(detail=detail), what_en.format(detail=detail))
