"""Permits of a city whose kecamatan have no offices: none that they would have to check, and all others."""

from pathlib import Path

import pytest

from services.economy.permit_kinds import profile
from services.kit.city.files import CityError
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import Applying
from tests.economy.second_city import OFFICE, permits, second_city
from tests.governance.conftest import RefusedError, officer

BY_OFFICE = permits().replace('agency = "kecamatan"', f'agency = "{OFFICE}"').replace("two = true\n", "")
DECIDED = BY_OFFICE.replace('steps = ["decide"]', "").replace("basis = ", 'steps = ["decide"]\nbasis = ')


@pytest.mark.parametrize("text", [permits(), BY_OFFICE])
def test_each_kecamatan_that_could_not_check_what_is_offered_is_named(tmp_path: Path, text: str) -> None:
    city = second_city(tmp_path, {"permits.toml": text}, districts=False)
    with pytest.raises(CityError) as wrong:
        profile.terms_of_permits(city)
    lines = [str(each) for each in wrong.value.problems]
    assert len(lines) == 19
    assert 'kecamatan Getasan (33.22.01) has no agency that could check or decide on "kios-pasar"; add one' in lines[0]


def test_a_city_whose_kecamatan_all_have_an_office_is_sound(tmp_path: Path) -> None:
    assert profile.terms_of_permits(second_city(tmp_path, {"permits.toml": permits()}))


async def test_what_nobody_checks_is_applied_for_where_the_kecamatan_has_no_office(
    applying: Applying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = second_city(tmp_path, {"permits.toml": DECIDED}, districts=False)
    monkeypatch.setattr(applying.served.runtime, "city", city)
    sent = await applying.sent(area="33.22.01.2001")
    assert (sent.state, sent.checker) == (pb.PERMIT_STATE_DECIDING, "")
    done = await applying.move(sent, "grant", officer(OFFICE))
    assert done.state == pb.PERMIT_STATE_GRANTED
    with pytest.raises(RefusedError) as refused:
        await applying.begun(area="33.22.01")
    assert refused.value.reason == "AREA_UNKNOWN"
