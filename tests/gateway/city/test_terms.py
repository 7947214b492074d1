"""What the pages know of a city's terms of payments."""

from dataclasses import replace
from pathlib import Path

from gateway.city.terms import GOVERNMENT, Terms, terms_of
from services.kit.city import load_city


def test_a_city_says_who_looks_after_money_and_how_it_can_be_paid() -> None:
    terms = terms_of(load_city("semarang"))
    assert (terms.treasury_agency, terms.business_agency) == ("bpkad", "dinkop-um")
    assert (terms.wallets, terms.qris) == (True, True)
    assert {"disdag", "dlh"} <= terms.counters & terms.levying
    assert GOVERNMENT in {each.id for each in terms.sectors}


def test_a_city_without_an_acquirer_has_neither_qris_nor_wallets() -> None:
    terms = terms_of(load_city("kabupaten-semarang"))
    assert (terms.wallets, terms.qris) == (False, False)
    assert terms.counters


def test_a_city_without_terms_has_none_of_it(tmp_path: Path) -> None:
    assert terms_of(replace(load_city("semarang"), folder=tmp_path)) == Terms()
