"""What a crew adds is looked at before everybody may see it, and everybody is told so."""

import time
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser

from tests.fixtures.browser import chromium
from tests.fixtures.house import House, new_key
from tests.stories.test_browser_story import log_in, person, picture, pytestmark, see

__all__ = ["chromium", "picture", "pytestmark"]


async def filed(house: House) -> str:
    """A complaint about waste, filed over the API; its code."""
    body = {
        "text": f"Sampah menumpuk di depan pasar, pengamatan {time.time_ns()}",
        "category": "sampah-menumpuk",
        "location": {"lon": 110.4105, "lat": -6.9837},
    }
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.post("/v1/complaints", json=body, headers={"Idempotency-Key": new_key()})
    return str(answer.raise_for_status().json()["code"])


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_crews_evidence_becomes_public_through_its_queue(
    chromium: Browser, house: House, picture: Path, javascript: bool
) -> None:
    code = await filed(house)
    verifier = await person(chromium, house, phone=False, javascript=javascript)
    await log_in(verifier, house, "verifikator")
    await verifier.goto(f"/petugas/{code}")
    await verifier.click("#release summary")
    await verifier.click("#release-form button[type=submit]")
    await verifier.click("#move-verify summary")
    await verifier.click("#verify-form button[type=submit]")

    crew = await person(chromium, house, javascript=javascript)
    await log_in(crew, house, "petugas-dlh")
    await see(crew, f"/petugas/{code}", "#cleanup[data-state=open]")
    await crew.fill("#dispatch input[name=crew]", "Semarang Tengah 1")
    await crew.click("#dispatch button[type=submit]")
    await see(crew, f"/petugas/{code}", "#complete")
    await crew.fill("#complete textarea[name=note]", "Sampah sudah diangkut, lokasi disapu bersih.")
    await crew.set_input_files("#complete-photos", str(picture))
    await crew.click("#complete button[type=submit]")

    stranger = await person(chromium, house, javascript=javascript)
    await see(stranger, f"/lapor/{code}", "#evidence-checked")
    assert "sedang diperiksa" in await stranger.inner_text("#evidence-checked")
    assert await stranger.query_selector(f"img[src*='/lapor/{code}/foto/']") is None
    await verifier.goto("/petugas/bukti")
    await verifier.click(f"#evidence-queue a[href*='{code}']")
    await verifier.check("#review-form input[value=show]")
    await verifier.click("#review-form button[type=submit]")
    await verifier.click("#back")
    await verifier.wait_for_url("**/petugas/bukti")
    await verifier.wait_for_load_state()
    assert await verifier.query_selector(f"#evidence-queue a[href*='{code}']") is None
    await stranger.reload()
    assert await stranger.query_selector(f"img[src*='/lapor/{code}/foto/']")
    assert await stranger.query_selector("#evidence-checked") is None
    for page in (verifier, crew, stranger):
        await page.context.close()
