"""What pages need of the city profile agrees with what the pillars do by it."""

from dataclasses import replace

import pytest

from gateway.portal.kit.city_words import words_of
from services.kit.city import load_city

HEADER = "order,category,area,agency,why_id,why_en\n"
PILES = "10,sampah-menumpuk,33.74.01,kec-semarang-tengah,Kecamatan.,The district.\n"
PASSED_ON = "20,sampah-liar-bakar,*,diskominfo,Diteruskan.,Passed on.\n"
ALL_TO_ONE = "30,*,*,dlh,Semua.,All.\n"
ROADS = "5,jalan-rusak,*,dpu,Jalan.,Roads.\n"


@pytest.mark.parametrize(
    ("rules", "agencies"),
    [
        (ALL_TO_ONE, {"dlh"}),
        (f"{ROADS}{PILES}{PASSED_ON}{ALL_TO_ONE}", {"kec-semarang-tengah", "diskominfo", "dlh"}),
        (f"{ROADS}25,*,33.74.02,bpbd,Utara.,North.\n{ALL_TO_ONE}", {"bpbd", "dlh"}),
    ],
    ids=["one rule for all", "the rest of one kind", "all of a district"],
)
def test_the_agencies_that_clean_up_are_those_that_waste_comes_to(rules: str, agencies: set[str]) -> None:
    city = load_city("semarang")
    city = replace(city, rules=city.parse_rules(HEADER + rules))
    assert words_of(city, "en").cleaning_agencies == agencies
