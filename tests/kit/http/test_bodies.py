"""Bodies of others' answers: bounded as they come over the wire, and never unpacked."""

import gzip

import httpx
import pytest

from services.kit.http import bodies

BOMB = gzip.compress(gzip.compress(bytes(16 << 20)))


@pytest.mark.parametrize(
    ("content", "encoding", "refused"),
    [
        (b"whole", "", ""),
        (b"whole", "identity", ""),
        (b"x" * 2_000, "", "too large"),
        (BOMB, "gzip, gzip", "packed"),
        (BOMB, "GZIP", "packed"),
    ],
)
async def test_what_is_packed_or_too_large_is_not_read(content: bytes, encoding: str, refused: str) -> None:
    asked = list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["accept-encoding"])
        headers = {"content-encoding": encoding} if encoding else {}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer), headers=bodies.AS_IT_IS) as client,
        client.stream("GET", "https://one.example/") as found,
    ):
        if refused:
            with pytest.raises(bodies.BodyError, match=refused):
                await bodies.read(found, 1_000)
        else:
            assert await bodies.read(found, 1_000) == content
    assert asked == ["identity"]
