"""Another city is another folder: Kabupaten Semarang starts by its name alone."""

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from services.kit.city import load_city
from tests.fixtures.house import SECOND_CITY, House, left_of, new_key

pytestmark = pytest.mark.timeout(240)

STOPPED_WITHIN_S = 10.0


@pytest.fixture
def client(regency: House) -> Iterator[httpx.Client]:
    """Somebody without login."""
    with httpx.Client(base_url=regency.url, timeout=15) as made:
        yield made


def test_the_second_city_shows_its_own_areas_and_agencies(client: httpx.Client) -> None:
    areas = client.get("/v1/areas").json()["areas"]
    counts = {level: sum(area["level"] == level for area in areas) for level in ("kecamatan", "desa", "kelurahan")}
    assert counts == {"kecamatan": 19, "desa": 208, "kelurahan": 27}
    assert all(area["code"].startswith("33.22") for area in areas)
    agencies = {agency["id"] for agency in client.get("/v1/agencies").json()["agencies"]}
    assert agencies == set(load_city(SECOND_CITY).agencies)
    assert len(agencies) == 14


def test_the_second_city_files_routes_and_codes_a_complaint_as_its_own(client: httpx.Client) -> None:
    body = {
        "text": "Sampah menumpuk di dekat museum kereta api Ambarawa",
        "location": {"lon": 110.4025, "lat": -7.2647},
    }
    answer = client.post("/v1/complaints", json=body, headers={"Idempotency-Key": new_key()})
    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert filed["code"].startswith("KBS-")
    assert filed["area"]["district"] == "Ambarawa"
    assert filed["agency"]["id"] == "kab-dlh"
    assert client.get(f"/v1/complaints/{filed['code']}").json()["code"] == filed["code"]


def test_the_second_city_refuses_what_lies_in_the_first(client: httpx.Client) -> None:
    body = {"text": "Lampu jalan mati di depan Lawang Sewu", "location": {"lon": 110.4105, "lat": -6.9837}}
    answer = client.post("/v1/complaints", json=body, headers={"Idempotency-Key": new_key()})
    assert (answer.status_code, answer.json()["reason"]) == (422, "OUTSIDE_CITY")


def test_the_second_citys_portal_speaks_of_itself(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Kabupaten Semarang" in page.text
    assert "Kota Semarang" not in page.text


def test_the_second_city_runs_beside_the_first_and_ctrl_c_stops_it_whole(house: House, regency: House) -> None:
    assert regency.json("status")["healthy"]
    pids = regency.pids()
    assert len(pids) > 20
    began = time.monotonic()
    assert regency.stop() == 0
    while left := left_of(pids):  # what reads modules for the others ends a moment after the last of them
        assert time.monotonic() - began < STOPPED_WITHIN_S, left
        time.sleep(0.02)
    assert house.json("status")["attention"] == []


def test_the_first_city_does_not_start_on_the_data_of_the_second(regency: House) -> None:
    assert regency.stop() == 0
    command = [sys.executable, "-m", "deploy.cli", "up"]
    env = {**regency.surroundings, **regency.env, "SMARTCITY_CITY": "semarang"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout
    assert f"this database is of the city {SECOND_CITY}, and semarang is configured" in done.stderr
    assert "another SMARTCITY_HOME" in done.stderr
    regency.start()
    assert regency.json("status")["attention"] == []
