"""A pile of waste, from the phone to the proof: two pillars, one story, told over the API."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.fixtures.house import House, new_key, until
from tests.stories.judging import judge_from

pytestmark = pytest.mark.timeout(240)

ENVIRONMENT = "smartcity.environment.v1."
GOVERNANCE = "smartcity.governance.v1."


def photo() -> bytes:
    """A small JPEG with a position in its EXIF, as phones write it."""
    picture = Image.new("RGB", (64, 48), (40, 120, 90))
    exif = Image.Exif()
    exif[0x010E] = "at my home"
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.fixture(scope="module")
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client without login."""
    async with httpx.AsyncClient(base_url=house.url, timeout=15) as client:
        yield client


async def bearer(house: House, user: str) -> dict[str, str]:
    """Headers of a demo user."""
    return {"Authorization": f"Bearer {await house.token(user)}"}


async def file(api: httpx.AsyncClient) -> dict[str, Any]:
    """Files a complaint about waste."""
    body = {
        "text": "Sampah menumpuk di depan pasar sejak tiga hari dan mulai berbau",
        "category": "sampah-menumpuk",
        "location": {"lon": 110.4105, "lat": -6.9837},
        "contact": {"name": "Siti", "email": f"siti-{new_key()}@example.org"},
    }
    answer = await api.post("/v1/complaints", json=body, headers={"Idempotency-Key": new_key()})
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def test_waste_is_reported_cleaned_up_proven_and_rated(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)
    code, key = filed["code"], {"X-Link-Key": filed["link_key"]}
    assert filed["agency"]["id"] == "dlh"
    assert filed["area"]["name"]
    assert filed["routing"]["why_id"]

    verifier, crew = await bearer(house, "verifikator"), await bearer(house, "petugas-dlh")
    move = {"Idempotency-Key": new_key(), "If-Match": f'"{filed["etag"]}"', **verifier}
    verified = await api.post(f"/v1/complaints/{code}/transitions", json={"transition": "verify"}, headers=move)
    assert verified.status_code == 200, verified.text

    async def job() -> Any:
        found = await api.get("/v1/cleanups", params={"complaint": code}, headers=crew)
        return found.json().get("cleanups")

    cleanup = (await until(job, 15, "environment opens a clean-up"))[0]
    stored = await api.post(
        f"/v1/complaints/{code}/photos",
        content=photo(),
        headers={"Content-Type": "image/jpeg", "Idempotency-Key": new_key(), **crew},
    )
    assert stored.status_code == 201, stored.text
    sent = await api.post(
        f"/v1/cleanups/{cleanup['id']}/dispatch",
        json={"crew": "Semarang Tengah 1"},
        headers={"Idempotency-Key": new_key(), "If-Match": f'"{cleanup["etag"]}"', **crew},
    )
    assert sent.status_code == 200, sent.text
    done = await api.post(
        f"/v1/cleanups/{cleanup['id']}/completion",
        json={"note": "Sampah sudah diangkut dan lokasi disapu.", "photos": [stored.json()["id"]]},
        headers={"Idempotency-Key": new_key(), "If-Match": f'"{sent.json()["etag"]}"', **crew},
    )
    assert done.status_code == 200, done.text

    async def resolved() -> Any:
        found = (await api.get(f"/v1/complaints/{code}", headers=key)).json()
        return found if found["state"] == "resolved" else None

    case = await until(resolved, 15, "the clean-up resolves the complaint")
    types = [entry["type"] for entry in case["timeline"]]
    assert types[0] == GOVERNANCE + "ComplaintFiled"
    for wanted in ("CleanupOpened", "CleanupDispatched", "CleanupCompleted"):
        assert ENVIRONMENT + wanted in types
    assert all(len(entry["trace_id"]) == 32 for entry in case["timeline"])

    rated = await api.post(
        f"/v1/complaints/{code}/rating", json={"rating": 5}, headers={"Idempotency-Key": new_key(), **key}
    )
    assert rated.status_code == 200, rated.text
    assert rated.json()["state"] == "closed"
    await judge_from(house, f"/lapor/{code}?k={filed['link_key']}")


async def test_one_action_is_one_trace_across_pillars(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)
    verifier = await bearer(house, "verifikator")
    move = {"Idempotency-Key": new_key(), "If-Match": f'"{filed["etag"]}"', **verifier}
    foreign = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    verified = await api.post(
        f"/v1/complaints/{filed['code']}/transitions",
        json={"transition": "verify"},
        headers={**move, "traceparent": foreign},
    )
    trace_id = verified.json()["timeline"][-1]["trace_id"]
    assert trace_id != foreign.split("-")[1]

    expected = [
        "POST /v1/complaints/{code}/transitions",
        f"{GOVERNANCE}ComplaintService/TransitionComplaint",
        "transaction governance",
        f"send {GOVERNANCE}ComplaintAssigned",
        f"process {GOVERNANCE}ComplaintAssigned",
        f"send {ENVIRONMENT}CleanupOpened",
        f"process {ENVIRONMENT}CleanupOpened",
    ]

    async def whole() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/traces/{trace_id}")
        spans = found.json()["spans"] if found.status_code == 200 else []
        # Each process sends its own spans when it likes, so the first of the trace may be the last to come.
        return spans if {span["name"] for span in spans} >= set(expected) else None

    spans = await until(whole, 20, "the trace reaches environment and comes back to governance")
    by_id = {span["span_id"]: span for span in spans}

    def chain(span: dict[str, Any] | None) -> list[str]:
        names = []
        while span is not None:
            names.append(span["name"])
            span = by_id.get(span.get("parent_span_id") or "")
        return names[::-1]

    last = next(span for span in spans if span["name"] == f"process {ENVIRONMENT}CleanupOpened")
    way = chain(last)
    positions = [way.index(name) for name in expected]
    assert positions == sorted(positions)
    first = by_id[next(span["span_id"] for span in spans if span["name"] == expected[0])]
    assert any(link["trace_id"] == foreign.split("-")[1] for link in first["links"])


async def test_the_story_of_a_case_is_found_by_its_code(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)

    async def story() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/stories/{filed['code']}")
        return found.json() if found.status_code == 200 and found.json()["traces"] else None

    told = await until(story, 20, "the viewer knows the story")
    assert told["correlation_ids"] == [filed["correlation_id"]]


async def test_a_photo_loses_its_position_on_the_way_in(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)
    key = {"X-Link-Key": filed["link_key"]}
    stored = await api.post(
        f"/v1/complaints/{filed['code']}/photos",
        content=photo(),
        headers={"Content-Type": "image/jpeg", "Idempotency-Key": new_key(), **key},
    )
    assert stored.status_code == 201, stored.text
    seen = await api.get(f"/v1/complaints/{filed['code']}/photos/{stored.json()['id']}", headers=key)
    assert seen.status_code == 200
    assert not Image.open(io.BytesIO(seen.content)).getexif()
    assert b"at my home" not in seen.content


async def test_the_reporter_gets_mail_that_names_the_case(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)

    async def mail() -> Any:
        async with httpx.AsyncClient(base_url=house.about["urls"]["mailbox"]) as mailbox:
            return filed["code"] in (await mailbox.get("/api/messages")).text

    await until(mail, 20, "a mail with the code")


async def test_a_receipt_is_checked_offline_and_a_changed_one_is_found(house: House, api: httpx.AsyncClient) -> None:
    filed = await file(api)
    receipt = await api.get(f"/v1/complaints/{filed['code']}/receipt", headers={"X-Link-Key": filed["link_key"]})
    assert receipt.status_code == 200, receipt.text
    path = house.home / "receipt.json"
    path.write_text(receipt.text)
    good = house.smartcity("receipt", "verify", str(path))
    assert good.returncode == 0, good.stdout + good.stderr
    path.write_text(receipt.text.replace("filed", "resolved", 1))
    assert house.smartcity("receipt", "verify", str(path)).returncode != 0


async def test_the_city_home_is_answered_from_memory_with_every_pillar(house: House, api: httpx.AsyncClient) -> None:
    async def all_fresh() -> Any:
        sections = (await api.get("/v1/city")).json()["sections"]
        return sections if all(section["status"] == "ok" for section in sections.values()) else None

    sections = await until(all_fresh, 15, "all six sections are fresh")
    assert set(sections) == {"governance", "economy", "living", "environment", "society", "branding"}
    assert all(section["as_of"] for section in sections.values())


async def test_status_tells_that_everything_is_well(house: House) -> None:
    status = house.smartcity("status", "-o", "json")
    assert status.returncode == 0, status.stdout + status.stderr
