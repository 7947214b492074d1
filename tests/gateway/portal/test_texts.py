"""The portal's words: complete in both languages, and chosen as the reader wishes."""

import csv
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from google.protobuf.descriptor import Descriptor
from starlette.requests import Request

from deploy.pillars import NAMES
from gateway import portal
from gateway.answers.problems import TITLES, FieldError, Problem
from gateway.portal.economy.desk import MCCS
from gateway.portal.kit import faults, texts
from gateway.portal.kit.texts import LANGUAGES, Texts, catalogue, language_of
from gateway.portal.kit.trouble import Trouble, told
from services.governance.journal.model import What
from services.kit.city import load_city
from services.kit.rpc.rules import REASON, Field, _miscounted, fields_of
from smartcity.contracts import SERVICES
from smartcity.economy.v1 import ledger_views, levies_views, merchants_views, payments_views, settlement_views
from smartcity.environment.v1 import cleanups_views
from smartcity.governance.v1 import complaints_views, emergency_calls_views, incidents_views, units_views

PORTAL = Path(texts.__file__).parents[1]
PILLARS = Path(__file__).parents[3] / "services"
REFUSED = re.compile(r'\b(?:invalid|forbidden|not_found|conflict|precondition|unavailable|exhausted)\(\s*"([A-Z_]+)"')
FOR_PROGRAMS = {
    "AGENCY_NOT_EXPECTED",
    "BBOX_INVALID",
    "CARD_UNKNOWN",
    "CHANNEL_NOT_ALLOWED",
    "DESTINATION_UNKNOWN",
    "DRILL_NOT_ALLOWED",
    "EVENT_UNKNOWN",
    "GROUP_UNKNOWN",
    "HOLD_REUSED",
    "KIND_UNKNOWN",
    "LANGUAGE_INVALID",
    "LAST_INVALID",
    "PAGE_SIZE_INVALID",
    "PHOTO_EXISTS",
    "REFERENCE_MISSING",
    "REQUEST_ID_REQUIRED",
    "REQUEST_MISSING",
    "ROUTE_INVALID",
    "SCAN_INVALID",
    "SEAL_NOT_FOUND",
    "SEQUENCE_INVALID",
    "STATE_UNKNOWN",
    "STATUS_UNKNOWN",
    "STOP_INVALID",
    "TOO_MANY_SCANS",
    "TOO_MANY_TAPS",
    "TRANSITION_UNKNOWN",
    "VALIDATOR_INVALID",
    "VERSION_INVALID",
    "VISITS_OF_ONE_PLACE",
    "VOTE_UNKNOWN",
}
"""Reasons that no form of a page can lead to; all of reading a foreign QRIS are such too."""
SAYS_MORE = {REASON, "RULES_INVALID"}
"""Reasons whose own words name the place and what is wrong there, which no fixed text could."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_texts() -> None:
    assert set(catalogue("id")) == set(catalogue("en"))


def test_no_text_writes_one_citys_codes() -> None:
    prefix = load_city("semarang").code_prefix
    assert [key for language in LANGUAGES for key, text in catalogue(language).items() if prefix in text] == []


def test_both_languages_fill_in_the_same_values() -> None:
    unlike = [
        key
        for key in catalogue("id")
        if set(PLACEHOLDER.findall(catalogue("id")[key])) != set(PLACEHOLDER.findall(catalogue("en")[key]))
    ]
    assert unlike == []


def test_every_text_that_a_template_names_exists() -> None:
    named = re.compile(r"""\bt(?:\.count)?\(["']([a-z_]+\.\w+)["'](?!\s*~)""")
    missing = {
        key
        for template in PORTAL.rglob("*.html")
        for key in named.findall(template.read_text(encoding="utf-8"))
        if key not in catalogue("id") and f"{key}.other" not in catalogue("id")
    }
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_step_has_a_word(language: str) -> None:
    known = catalogue(language)
    wanted = {f"state.{each}" for each in complaints_views.COMPLAINT_STATE_NUMBERS}
    wanted |= {f"class.{each}" for each in complaints_views.COMPLAINT_CLASS_NUMBERS}
    wanted |= {f"cleanup_state.{each}" for each in cleanups_views.CLEANUP_STATE_NUMBERS}
    for name in complaints_views.TRANSITION_NUMBERS:
        wanted |= {f"transition.{name}", f"transition.{name}_help", f"transition.{name}_note"}
    assert wanted - set(known) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_payments_has_a_text(language: str) -> None:
    words: dict[str, Iterable[str]] = {
        "payment_state": payments_views.PAYMENT_STATE_NUMBERS,
        "payment_method": payments_views.PAYMENT_METHOD_NUMBERS,
        "refund_state": payments_views.REFUND_STATE_NUMBERS,
        "refund_way": payments_views.REFUND_WAY_NUMBERS,
        "suspense_state": payments_views.SUSPENSE_STATE_NUMBERS,
        "suspense_reason": payments_views.SUSPENSE_REASON_NUMBERS,
        "bill_state": levies_views.BILL_STATE_NUMBERS,
        "merchant_state": merchants_views.MERCHANT_STATE_NUMBERS,
        "size": merchants_views.BUSINESS_SIZE_NUMBERS,
        "batch_state": settlement_views.BATCH_STATE_NUMBERS,
        "difference_kind": settlement_views.DIFFERENCE_KIND_NUMBERS,
        "account_kind": ledger_views.ACCOUNT_KIND_NUMBERS,
        "account_status": ledger_views.ACCOUNT_STATUS_NUMBERS,
        "act_kind": settlement_views.ACT_KIND_NUMBERS,
    }
    wanted = {f"{table}.{word}" for table, given in words.items() for word in given}
    wanted |= {f"mcc.c{code}" for code in MCCS}
    assert wanted - set(catalogue(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_dispatching_has_a_text(language: str) -> None:
    words: dict[str, Iterable[str]] = {
        "dispatch_entry": What,
        "call_closing": emergency_calls_views.EMERGENCY_CALL_CLOSING_NUMBERS,
        "incident_state": incidents_views.INCIDENT_STATE_NUMBERS,
        "incident_outcome": incidents_views.INCIDENT_OUTCOME_NUMBERS,
        "unit_state": units_views.UNIT_STATE_NUMBERS,
    }
    wanted = {f"{table}.{word}" for table, given in words.items() for word in given}
    assert wanted - set(catalogue(language)) == set()


def ruled(message: Descriptor, *around: Descriptor) -> Iterator[Field]:
    """The fields of a message that may be refused."""
    for field in fields_of(message):
        inner = field.descriptor.message_type
        if field.rules.ByteSize() or field.names:
            yield field
        if inner is not None and inner not in around:
            yield from ruled(inner, message, *around)


def refusals(pillar: str) -> set[str]:
    """The reasons of a pillar's refusals: those of its code, and those of the rules of its contracts."""
    code = {
        each for path in (PILLARS / pillar).rglob("*.py") for each in REFUSED.findall(path.read_text(encoding="utf-8"))
    }
    ours = [service for service in SERVICES if service.file.package.split(".")[1] == pillar]
    return code.union(
        field.reason for service in ours for method in service.methods for field in ruled(method.input_type)
    )


@pytest.mark.parametrize("pillar", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_that_people_may_meet_is_said_in_their_words(language: str, pillar: str) -> None:
    given = refusals(pillar)
    assert len(given) >= 90
    people = {reason for reason in given if not reason.startswith("QRIS_") or reason == "QRIS_NOT_AVAILABLE"}
    assert {f"reason.{reason}" for reason in people - FOR_PROGRAMS - SAYS_MORE} - set(catalogue(language)) == set()


LENGTH = re.compile(
    r"(\d[\d.,]*)(?: (?:sampai|to) (\d[\d.,]*))?(?: [a-z]+){0,2} (?:huruf|karakter|characters|letters)\b", re.I
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_gives_no_length_that_another_field_with_its_reason_does_not_have(language: str) -> None:
    wrong = set()
    for field in (each for service in SERVICES for method in service.methods for each in ruled(method.input_type)):
        rules, found = field.rules, LENGTH.search(catalogue(language).get(f"reason.{field.reason}", ""))
        # Of what may be as short as one likes, it is said how much too long it is, whatever the reason.
        if found and field.is_text and (rules.min_len or rules.pattern):
            given = {int(re.sub(r"[.,]", "", each)) for each in found.groups() if each}
            if given - {rules.min_len or int(rules.required), rules.max_len}:
                wrong.add(f"{field.reason}: {field.descriptor.full_name}")
    assert wrong == set()


def test_no_text_is_written_in_two_files() -> None:
    for language in LANGUAGES:
        keys = [key for path in texts.files(language) for key in texts.keys_of(path)]
        assert len(keys) == len(set(keys))


def test_a_number_of_one_has_its_own_form_where_the_language_has_one() -> None:
    assert Texts("en").count("due.in_days", 1) == "in 1 day"
    assert Texts("en").count("due.in_days", 2) == "in 2 days"


NEVER_ONE = {
    "air.how_text",
    "alarm_desk.try",
    "course.sessions",
    "emergency.minutes",
    "emergency.target",
    "measured.minutes",
    "performance.least",
    "tide.how",
    "tide.series",
    "tide.too_short",
    "trip.minutes",
    "trip.stay",
}
"""Texts whose number is more than one where they are shown, or has a decimal place."""
COUNTED = re.compile(r"\{(?!agency)\w+\} (?:\w+ )?(\w{3,}s)\b")


def test_english_tells_one_from_many() -> None:
    """The things that are counted anywhere are known from the texts that have a form for one."""
    said = catalogue("en")
    things = {each for key, text in said.items() if key.endswith(".other") for each in COUNTED.findall(text)}
    alike = {key for key, text in said.items() if things & set(COUNTED.findall(text))} - NEVER_ONE
    assert sorted(key for key in alike if not key.endswith((".one", ".other"))) == []


def _request(query: str, headers: dict[str, str], languages: tuple[str, ...] = LANGUAGES) -> Request:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    app = SimpleNamespace(state=SimpleNamespace(gateway=SimpleNamespace(city=SimpleNamespace(languages=languages))))
    asked = {"type": "http", "query_string": query.encode(), "headers": encoded, "path": "/", "method": "GET"}
    return Request({**asked, "app": app})


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "id"),
        ("", {"accept_language": "en-GB,en;q=0.9,id;q=0.5"}, "en"),
        ("", {"accept_language": "de,fr;q=0.8"}, "id"),
        ("", {"accept_language": "id;q=0.4, en;q=0.3"}, "id"),
        ("", {"accept_language": "en;q=nonsense"}, "id"),
        ("", {"cookie": "lang=en", "accept_language": "id"}, "en"),
        ("lang=id", {"cookie": "lang=en"}, "id"),
        ("lang=xx", {"accept_language": "en"}, "en"),
    ],
)
def test_the_language_is_the_chosen_one_before_the_browsers(query: str, headers: dict[str, str], language: str) -> None:
    assert language_of(_request(query, headers)) == language


@pytest.mark.parametrize(
    ("languages", "query", "headers", "language"),
    [
        (("en", "id"), "", {}, "en"),
        (("en", "id"), "", {"accept_language": "de"}, "en"),
        (("en", "id"), "", {"accept_language": "id"}, "id"),
        (("id",), "lang=en", {"cookie": "lang=en", "accept_language": "en"}, "id"),
        (("en",), "", {"accept_language": "id"}, "en"),
    ],
)
def test_the_language_is_one_that_the_city_offers_and_its_first_where_nothing_else_is_asked_for(
    languages: tuple[str, ...], query: str, headers: dict[str, str], language: str
) -> None:
    assert language_of(_request(query, headers, languages)) == language


def test_each_language_of_a_profile_has_texts() -> None:
    assert {path.name.partition(".")[0].partition("-")[0] for path in PORTAL.glob("*/texts/*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("status", sorted(TITLES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_title_and_a_word_of_its_own_in_both_languages(language: str, status: int) -> None:
    known = catalogue(language)
    assert f"problem.p{status}" in known
    assert f"problem.m{status}" in known or status == 422
    trouble = Trouble.of(Problem(status, "NEVER_HEARD_OF", "Said in English."), Texts(language))
    assert ("Said in English." in trouble.message) == (language == "en" and status in (409, 422))


@pytest.mark.parametrize("reason", ["SECOND_PERSON_REQUIRED", "OWN_MATTER", "OWN_CORRECTION", "BALLOT_CANCEL_ANOTHER"])
def test_what_takes_two_people_is_headed_by_that_somebody_else_has_to_do_it(reason: str) -> None:
    titles = [Trouble.of(Problem(403, reason, ""), Texts(language)).title for language in ("id", "en")]
    assert titles == ["Orang lain yang harus melakukannya", "Somebody else has to do this"]


@pytest.mark.parametrize(
    ("said", "indonesian", "english"),
    [
        ("landmark has 480 characters; give at most 300.", "paling banyak 300, sekarang 480", "at most 300, now 480"),
        ("text has 5,001 characters; give 10 to 5,000.", "10 sampai 5.000", "10 to 5,000"),
        ("note has 3 characters; give at least 10.", "sedikitnya 10", "at least 10"),
        ("name is empty; give some text.", "kosong", "empty"),
        ("code is missing.", "kosong", "empty"),
        ("rating is 9; give 1 to 5.", "dari 1 sampai 5", "from 1 to 5"),
        ("code is not of the form ^[A-Z]$.", "Periksa isian ini", "check this entry"),
    ],
)
def test_what_a_rule_finds_wrong_is_said_in_the_pages_language(said: str, indonesian: str, english: str) -> None:
    assert indonesian in faults.in_words(said, Texts("id"))
    assert english in faults.in_words(said, Texts("en"))


@pytest.mark.parametrize(("least", "most"), [(3, 500), (10, 500), (3, 0)])
def test_a_reason_that_is_too_short_says_what_its_own_field_needs(least: int, most: int) -> None:
    said = f"reason {_miscounted('character', 2, least, most)}."
    assert told(Texts("id"), "REASON_REQUIRED", "reason", said).endswith(f"sedikitnya {least}, sekarang 2.")


def test_a_wording_that_gives_the_length_does_not_give_it_twice() -> None:
    said = f"text {_miscounted('character', 2, 10, 5000)}."
    assert told(Texts("en"), "TEXT_LENGTH", "text", said) == "Describe it in 10 to 5,000 characters."


def test_every_sentence_of_the_rules_is_known() -> None:
    """So that a new one is not shown as "check this entry" without anybody noticing."""
    assert faults.in_words(f"x {_miscounted('character', 7, 0, 5)}.", Texts("en")) == "Too long: at most 5, now 7."
    assert faults.in_words(f"x {_miscounted('item', 1, 2, 0)}.", Texts("en")) == "Too few: at least 2, now 1."
    assert faults.in_words(f"x {_miscounted('item', 9, 2, 5)}.", Texts("en")) == "The length may be 2 to 5, now 9."
    assert faults.in_words(f"x {_miscounted('character', 0, 1, 0)}.", Texts("en")) == "This is empty."


def test_how_many_were_chosen_is_told_without_the_contracts_name_of_it() -> None:
    detail = f"areas {_miscounted('item', 12, 1, 10)}."
    problem = Problem(422, "AREAS_INVALID", detail, errors=[FieldError("areas", detail)])
    assert "Too many: at most 10, now 12." in Trouble.of(problem, Texts("en")).message
    assert "areas has" not in Trouble.of(problem, Texts("en")).message


def test_too_many_things_are_not_called_too_long() -> None:
    assert faults.too_long(f"x {_miscounted('item', 12, 1, 10)}.", Texts("en")) == "Too many: at most 10, now 12."
    assert faults.too_long(f"x {_miscounted('character', 12, 1, 10)}.", Texts("id")).startswith("Terlalu panjang")


def test_whatever_a_page_says_was_done_has_its_words() -> None:
    said = {"place_corrected", "facility_corrected"}  # by texts of their own pages
    done = {
        one
        for each in pkgutil.walk_packages(portal.__path__, f"{portal.__name__}.")
        for one in getattr(importlib.import_module(each.name), "DONE", ())
    }
    assert [one for one in sorted(done - said) if f"done.{one}" not in catalogue("id")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_that_the_city_begins_with_has_a_word(language: str) -> None:
    path = load_city("semarang").folder / "rules.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert [name for name in sorted(names) if f"level.{name}" not in catalogue(language)] == []


@pytest.mark.parametrize(
    ("language", "link", "mail", "button"),
    [
        ("id", r"buka tautan|tautannya dibuka", "mail|surat|konfirmasi", "tombol"),
        ("en", r"(open(ed)?|follow) (the|its) link", "mail|confirmation", "button"),
    ],
)
def test_whoever_is_to_open_a_link_of_a_mail_is_told_of_its_button(
    language: str, link: str, mail: str, button: str
) -> None:
    """Opening it does nothing: programs that look at mails open links too."""
    said = {key: text for key, text in catalogue(language).items() if re.search(mail, text)}
    assert [key for key, text in said.items() if re.search(link, text, re.I) and button not in text] == []


@pytest.mark.parametrize("other", ["surel", "bukti bayar"])
def test_mail_and_receipts_are_called_one_word_each(other: str) -> None:
    """E-mail, as the letters themselves call it, and kuitansi; what is typed into the search may be another."""
    said = {key: text for key, text in catalogue("id").items() if not key.endswith(".words")}
    assert [key for key, text in said.items() if other in text.casefold()] == []
