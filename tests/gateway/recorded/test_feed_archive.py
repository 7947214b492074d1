"""The archive of a timetable is sent as a whole; of every import the recorded pillars say that it has nine bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.calls import archives
from tests.gateway.recorded.edge import Edge

ID = "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"
WHOLE = b"PK\3\4whole"


async def test_an_archive_of_the_length_that_was_said_reaches_the_pillar(edge: Edge) -> None:
    answer = await _put(edge, WHOLE)
    assert answer.status_code == 200
    assert "PutFeedImportPart" in _reached(edge, answer)


@pytest.mark.parametrize("sent", [WHOLE[:-1], WHOLE + b"!"])
async def test_an_archive_of_another_length_is_refused_before_any_of_it_is_kept(edge: Edge, sent: bytes) -> None:
    answer = await _put(edge, sent)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], f"has {len(sent)} bytes" in error["message"], "said 9" in error["message"]) == (
        "body", True, True,
    )  # fmt: skip
    assert "PutFeedImportPart" not in _reached(edge, answer)


@pytest.mark.parametrize("sent", [WHOLE, WHOLE + b"!" * (2 * archives.PART_BYTES), b""])
async def test_an_archive_whose_length_shows_at_its_end_alone_is_refused_before_any_of_it_is_kept(
    edge: Edge, sent: bytes
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield sent[:5]
        yield sent[5:]

    answer = await _put(edge, pieces())
    assert (answer.status_code, answer.json()["reason"]) == (411, "LENGTH_MISSING")
    assert "PutFeedImportPart" not in _reached(edge, answer)


async def test_an_archive_of_several_parts_that_is_too_long_is_refused_before_any_of_it_is_kept(edge: Edge) -> None:
    answer = await _put(edge, WHOLE + b"!" * (2 * archives.PART_BYTES))
    assert answer.status_code == 422
    assert "PutFeedImportPart" not in _reached(edge, answer)


async def test_an_archive_that_is_packed_is_refused_as_packed_json_is(edge: Edge) -> None:
    answer = await _put(edge, WHOLE, **{"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["reason"]) == (415, "MEDIA_TYPE_NOT_TAKEN")
    assert "packed (gzip)" in answer.json()["detail"]
    assert answer.headers["accept-encoding"] == "identity"


async def test_an_archive_that_says_that_it_is_not_packed_is_taken(edge: Edge) -> None:
    assert (await _put(edge, WHOLE, **{"content-encoding": "identity"})).status_code == 200


async def _put(edge: Edge, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    sent = {"authorization": f"Bearer {edge.tokens['admin']}", "content-type": "application/zip", **headers}
    async with edge.stand.client() as client:
        return await client.put(f"/v1/feed-imports/{ID}/archive", content=content, headers=sent)


def _reached(edge: Edge, answer: httpx.Response) -> set[str]:
    return {call.rpc.rpartition("/")[2] for call in edge.pillars.taken(answer.headers["x-trace-id"])}
