"""What others answer, bounded as it comes over the wire.

A few bytes of a body that is packed, or packed several times, may unpack to gigabytes before anybody counts them:
so nothing packed is asked for, and nothing packed is read.
"""

import httpx

AS_IT_IS = {"accept-encoding": "identity"}
"""Headers of a client that reads so."""


class BodyError(Exception):
    """A body is not read; says why."""


async def read(answer: httpx.Response, most: int) -> bytes:
    """The body of an answer that is streamed, of at most so many bytes. Raises BodyError."""
    encodings = [each.strip().lower() for each in answer.headers.get("content-encoding", "").split(",")]
    if any(each not in ("", "identity") for each in encodings):
        raise BodyError("the answer is packed, which was not asked for")
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > most:
            raise BodyError("the answer is too large")
    return bytes(content)
