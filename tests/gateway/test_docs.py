"""The reference at /docs shows what the document says."""

import httpx


async def test_fields_of_an_object_in_a_body_stand_below_it_under_their_path(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/operations/complaints")).text
    shown = [f"<code>{name}</code>" for name in ("location", "location.lon", "location.landmark", "contact")]
    assert all(one in page for one in shown)
    assert [page.index(one) for one in shown] == sorted(page.index(one) for one in shown)
