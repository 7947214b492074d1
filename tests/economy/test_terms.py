"""The cities' terms are sound; what is wrong in one is named with file, place and remedy; fees are as they say."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.terms import FILE, terms_of
from services.kit.city import City, CityError, load_city

SEMARANG = load_city("semarang")
GOOD = (SEMARANG.folder / FILE).read_text(encoding="utf-8")
CITIES = sorted(path.parent.name for path in SEMARANG.folder.parent.glob(f"*/{FILE}"))


def _city(folder: Path, text: str | None) -> City:
    """Semarang with another file of terms; None: with none."""
    folder = folder / "semarang"
    folder.mkdir()
    if text is not None:
        (folder / FILE).write_text(text, encoding="utf-8")
    return replace(SEMARANG, folder=folder)


@pytest.mark.parametrize("city", CITIES)
def test_the_terms_of_every_city_are_sound(city: str) -> None:
    terms = terms_of(load_city(city))
    assert terms.sectors
    assert terms.counters
    assert terms.sector("government") is not None
    assert terms.sector("mining") is None


def test_semarang_can_be_paid_by_qris_and_the_kabupaten_has_no_acquirer_yet() -> None:
    assert all(counter.nmid and counter.pan for counter in terms_of(SEMARANG).counters)
    kabupaten = terms_of(load_city("kabupaten-semarang"))
    assert not any(counter.nmid or counter.pan for counter in kabupaten.counters)
    assert not kabupaten.wallets.on


def test_terms_are_read_once() -> None:
    assert terms_of(SEMARANG) is terms_of(SEMARANG)


MISTAKES = {
    "no file at all": (None, "the file is missing; copy that of another city"),
    "no TOML": ("payment_minutes = ", "economy.toml:1: not TOML"),
    "an unknown word": (f"colour = 1\n{GOOD}", "colour"),
    "no deadline at all": (GOOD.replace("payment_minutes = 15", "payment_minutes = 0"), "payment_minutes"),
    "money in fractions": (GOOD.replace("refund_alone = 500_000", "refund_alone = 0.5"), "refund_alone"),
    "a treasury that is no agency": (
        GOOD.replace('treasury_agency = "bpkad"', 'treasury_agency = "kas"'),
        'treasury_agency "kas" is no agency; use an id of agencies.csv',
    ),
    "a counter of no agency": (
        GOOD.replace('agency = "disdag"', 'agency = "pasar"'),
        'counter "pasar" is no agency; use an id of agencies.csv',
    ),
    "a counter in a whole kecamatan": (
        GOOD.replace('area = "33.74.01.1010"', 'area = "33.74.01"'),
        'counter disdag: area "33.74.01" is no kelurahan or desa; use a code of areas.csv',
    ),
    "two counters of one agency": (
        GOOD.replace('agency = "dlh"', 'agency = "disdag"'),
        'counter of agency "disdag" is there twice',
    ),
    "two counters with one NMID": (
        GOOD.replace("ID0000000000102", "ID0000000000101"),
        'nmid "ID0000000000101" is there twice',
    ),
    "an NMID that is too short": (GOOD.replace("ID0000000000101", "ID101"), 'nmid "ID101" is wrong; it is ID and 13'),
    "a PAN whose check digit is wrong": (
        GOOD.replace("9360000000000001015", "9360000000000001016"),
        "counter disdag: pan is wrong; it has 16 to 19 digits",
    ),
    "an NMID without a PAN": (
        GOOD.replace('pan = "9360000000000001015"\n', ""),
        "counter disdag: nmid and pan belong together",
    ),
    "a name that QRIS cannot have": (GOOD.replace("PEMKOT KEBERSIHAN", "KEBERSIHAN \u00e9"), "counters[1].name"),
    "a name with a line end": (GOOD.replace("PEMKOT KEBERSIHAN", "KEBERSIHAN\\n"), "counters[1].name"),
    "no sector for counters": (GOOD.replace('id = "government"', 'id = "city"'), 'there is no sector "government"'),
    "a sector twice": (GOOD.replace('id = "retail"', 'id = "food"'), 'sector "food" is there twice'),
    "a size without a fee": (GOOD.replace('size = "ube"', 'size = "ume"'), 'fees of "ube" end before the largest'),
    "a fee only for small amounts": (
        GOOD.replace('size = "counter" # payments to government', 'size = "counter"\nup_to = 1_000'),
        'fees of "counter" end before the largest amount',
    ),
    "a fee that is never reached": (
        GOOD.replace('size = "umi"\nup_to = 500_000', 'size = "umi"'),
        'fees of "umi" are out of order; write them by rising up_to',
    ),
    "a share above a tenth": (GOOD.replace("basis_points = 70", "basis_points = 1_001", 1), "basis_points"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_the_file_and_the_remedy(mistake: str, tmp_path: Path) -> None:
    text, told = MISTAKES[mistake]
    with pytest.raises(CityError) as caught:
        terms_of(_city(tmp_path, text))
    assert f"semarang/{FILE}:" in str(caught.value)
    assert told in str(caught.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"bpkad"', '"kas"').replace("ID0000000000102", "ID102").replace('size = "ube"', 'size = "ume"')
    with pytest.raises(CityError) as caught:
        terms_of(_city(tmp_path, text))
    lines = str(caught.value).splitlines()
    assert len(lines) == 5  # two places name the treasury; the fees of one size are missing, of another out of order
    assert all(f"semarang/{FILE}:" in line for line in lines)
    changed = {number for number, line in enumerate(text.splitlines(), 1) if '"kas"' in line or "ID102" in line}
    assert {problem.line for problem in caught.value.problems} > changed


@pytest.mark.parametrize(
    ("size", "amount", "fee"),
    [
        ("umi", 1, 0),
        ("umi", 500_000, 0),
        ("umi", 500_001, 1_500),
        ("umi", 1_000_000, 3_000),
        ("uke", 142, 0),
        ("uke", 143, 1),
        ("ume", 100_000, 700),
        ("ube", 10**12, 7 * 10**9),
        ("counter", 10**12, 0),
        ("none of them", 10**6, 0),
    ],
)
def test_the_fee_is_that_of_size_and_amount_rounded_down(size: str, amount: int, fee: int) -> None:
    assert terms_of(SEMARANG).fee(size, amount) == fee


@given(st.sampled_from(["umi", "uke", "ume", "ube", "counter"]), st.integers(1, 10**12))
def test_a_fee_is_never_below_zero_or_above_the_amount_and_more_never_costs_less(size: str, amount: int) -> None:
    fee = terms_of(SEMARANG).fee(size, amount)
    assert 0 <= fee <= amount
    assert fee <= terms_of(SEMARANG).fee(size, amount + 1)
