"""A file that is packed on its way is refused as that, not as a broken one."""

from __future__ import annotations

import gzip

import pytest

from tests.gateway.recorded.edge import Edge
from tests.gateway.recorded.operations import PATHS
from tests.gateway.recorded.uploads import photo

MADE = "author=Ani&licence=CC0-1.0&source=https://example.org/1&text=Gedung+di+pagi+hari&text_en=The+house"


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (f"/v1/complaints/{PATHS['code']}/photos", "admin"),
        (f"/v1/destinations/{PATHS['id']}/photos?{MADE}", "admin"),
        (f"/v1/permits/{PATHS['code']}/documents?document=ktp", "citizen"),
    ],
)
async def test_a_photo_that_is_packed_is_refused_as_packed_json_is(edge: Edge, path: str, role: str) -> None:
    sent = {"authorization": f"Bearer {edge.tokens[role]}", "idempotency-key": PATHS["id"]}
    kind = {"content-type": "image/jpeg", "content-encoding": "gzip"}
    async with edge.stand.client() as client:
        answer = await client.post(path, content=gzip.compress(photo("JPEG")), headers=sent | kind)
    assert (answer.status_code, answer.json()["reason"]) == (415, "MEDIA_TYPE_NOT_TAKEN")
    assert "packed (gzip)" in answer.json()["detail"]
    assert answer.headers["accept-encoding"] == "identity"
