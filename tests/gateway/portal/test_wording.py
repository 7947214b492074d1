"""The portal's words where another word would have people do another thing."""

import re

import pytest

from gateway.portal.kit import money
from gateway.portal.kit.texts import Texts, catalogue
from services.environment.bulletins.wording import words
from services.environment.criteria.model import Hazard, Level, Step
from smartcity.types.v1.money_views import Money


def test_officers_are_told_not_to_show_what_insults_and_not_to_save_it() -> None:
    said = Texts("id")("comment.desk_help")
    assert ("Jangan tampilkan yang menghina" in said, "Simpan" in said) == (True, False)


@pytest.mark.parametrize("key", ["permit.dismissed_next", "reason.PERMIT_OBJECTED_BEFORE"])
def test_after_a_dismissed_objection_comes_an_appeal_to_the_superior_and_then_the_court(key: str) -> None:
    """UU 30/2014 Pasal 76 and 78: who goes to the court first, or waits for it, loses the ten days and the suit."""
    for language, appeal, days, court in (
        ("id", "banding", "10 hari kerja", "pengadilan"),
        ("en", "appeal", "10 working days", "court"),
    ):
        said = Texts(language)(key)
        assert -1 < said.find(appeal) < said.find(court), said
        assert days in said


PAPER = re.compile(r"surat (?:izin|tagihan|kematian|keterangan|kuasa|asli)|pada suratnya", re.I)
"""Letters on paper, and documents that are called so."""
OF_PAPER = "permit_check."
"""The page that a permit's QR code leads to speaks of the permit alone."""


def test_a_letter_is_a_paper_and_mail_is_called_e_mail() -> None:
    said = {key: PAPER.sub("", text) for key, text in catalogue("id").items() if not key.startswith(OF_PAPER)}
    assert [key for key, text in said.items() if re.search(r"\bsurat(?:nya)?\b", text, re.I)] == []


def test_the_first_advice_of_a_flood_warning_can_be_followed_where_it_is_read() -> None:
    """It goes into CAP messages and mails, where there is no page, and says what to do with what."""
    cap = words(
        "en", hazard=Hazard.ROB, level=Level.WASPADA, step=Step.RAISE, area="A", areas="A", note="", contact="112",
        automatic=False, approved=False, exercise=False,
    )  # fmt: skip
    for said in (cap.instruction, Texts("en")("warnings.means_waspada")):
        assert "move valuables to a higher place" in said.lower()
        assert "this page" not in said


@pytest.mark.parametrize(
    ("language", "key", "wanted", "unwanted"),
    [
        ("id", "done.asked", "hari ini alamat ini", "beberapa hari ini"),
        ("id", "receipt.sealed", "sampai dengan {day}", "Tersegel sampai"),
        ("en", "receipt.sealed", "up to and including {day}", "until"),
        ("id", "left.about.other", "sesi Anda", "masuknya Anda"),
        ("id", "own_data.logins", "setiap sesi", "setiap kali masuk"),
        ("id", "tide.title", "Prakiraan pasang", "ke depan"),
        ("id", "case.redacted", "hash", "menyimpan sidiknya"),
        ("id", "reporter.redact_help", "hash", "Sidiknya"),
        ("id", "reason.ACCOUNT_FROZEN", "Kas daerah dapat membukanya lagi", "Hubungi"),  # the treasury reads it too
        ("en", "reason.ACCOUNT_FROZEN", "The city treasury can open it again", "Ask"),
    ],
)
def test_a_sentence_says_what_is_meant(language: str, key: str, wanted: str, unwanted: str) -> None:
    said = catalogue(language)[key]
    assert (wanted in said, unwanted in said) == (True, False), said


@pytest.mark.parametrize(("language", "permits"), [("id", "ermohonan izin"), ("en", "pplications for permits")])
@pytest.mark.parametrize("key", ["own_data.export_help", "own_data.erase_help"])
def test_who_asks_for_their_data_reads_that_permits_are_among_it(language: str, permits: str, key: str) -> None:
    assert permits in catalogue(language)[key]


def test_that_one_is_logged_in_has_one_name_in_indonesian() -> None:
    """It is a session; "login" and "masa masuk" were the same."""
    other = re.compile(r"\b(?:masa masuk|masuknya Anda|sesi masuk|login)\b", re.I)
    assert [key for key, text in catalogue("id").items() if other.search(text)] == []


def test_a_kelurahan_has_one_name_in_english() -> None:
    assert [key for key, text in catalogue("en").items() if "neighbourhood" in text.lower()] == []


@pytest.mark.parametrize(
    ("language", "key", "button"),
    [
        ("id", "report.photos_lost", "report.photos_keep"),
        ("en", "report.photos_lost", "report.photos_keep"),
        ("id", "report.photos_lost", "report.send"),
        ("en", "report.photos_lost", "report.send"),
        ("id", "redaction.help", "officer.release"),
    ],
)
def test_an_instruction_names_the_button_as_it_is_written(language: str, key: str, button: str) -> None:
    said = catalogue(language)
    assert said[button].lower() in said[key].lower()


def test_the_crews_page_and_the_stops_of_a_round_have_one_name() -> None:
    for key in ("reason.TRUCK_LEFT", "reason.TICK_OF_ANOTHER"):
        assert not re.search(r"\bkru\b|Perhentian", catalogue("id")[key])


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("dibuat-buat", "rekaan"),
        ("administrator", "pengelola"),
        ("pengurus", "pengelola"),
        ("bendahara", "kas daerah"),
        ("acuan bank|dengan acuan ini", "rujukan"),
        ("dijeda", "dihentikan sementara"),
    ],
)
def test_one_thing_has_one_name(word: str, instead: str) -> None:
    """Of two names of a thing, the one that no page uses any more."""
    assert [key for key, text in catalogue("id").items() if re.search(rf"\b(?:{word})\b", text, re.I)] == [], instead


@pytest.mark.parametrize("key", ["story_fact.zone", "warning_desk.zone", "reason.ZONE_WARNED", "reason.ZONE_UNKNOWN"])
def test_a_zone_of_warnings_is_no_kelurahan_and_called_a_zone(key: str) -> None:
    assert catalogue("id")[key].lower().startswith("zona")


def test_amounts_and_shares_are_written_as_each_language_does() -> None:
    """EYD V writes Rp50.000 and 100%; English pages have IDR, in sentences too."""
    amount = Money(currency="IDR", units=50_000)
    assert [money.words(amount, Texts(each)) for each in ("id", "en")] == ["Rp50.000", "IDR\xa050,000"]
    assert [money.share(1, Texts(each)) for each in ("id", "en")] == ["100%", "100%"]
    assert [key for key, text in catalogue("en").items() if re.search(r"\bRp\s?\d", text)] == []
    assert [key for key, text in catalogue("id").items() if re.search(r"\bRp\s\d|[\d}]\s%", text)] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_abbreviation_is_explained_where_people_meet_it_first(language: str) -> None:
    said = catalogue(language)
    meant = {
        "desk.applied": "NMID (",
        "apply.lead": "NMID (",
        "warnings.lead": "CAP (",
        "transit_rider.kia-balita": "KIA (",
    }
    assert [key for key, words in meant.items() if words not in said[key]] == []


def test_how_many_answers_all_agencies_had_is_written_with_separators() -> None:
    assert "{answers}" in catalogue("id")["survey.together.other"]


@pytest.mark.parametrize(
    "reason", ["PAYMENT_QRIS_USED", "QRIS_NOT_AVAILABLE", "QRIS_AMOUNT_TOO_LARGE", "PROVIDER_REFUSED"]
)
def test_why_there_is_no_qris_leaves_it_to_the_page_to_say_how_else_this_payment_can_be_paid(reason: str) -> None:
    """No cash is taken for a business, and no wallet fills a wallet."""
    said = " ".join(Texts(language)(f"reason.{reason}") for language in ("id", "en"))
    assert not re.search(r"cash|counter|wallet|tunai|loket|dompet", said)
