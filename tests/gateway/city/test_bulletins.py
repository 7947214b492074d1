"""The feed of warnings in memory: it does not wait for a message that cannot be read."""

from collections import Counter
from typing import Any

import grpc
import grpc.aio

from gateway.city.bulletins import Bulletins
from smartcity.environment.v1 import warnings_pb2 as pb


class Pillar:
    """Tells of three messages, one of which it cannot tell."""

    def __init__(self) -> None:
        self.edition, self.broken, self.asked = "1", {2}, Counter[int]()

    async def look(self, asked: Any, answer: Any, *, within: float) -> Any:
        """As ``Pillars`` does."""
        if isinstance(asked, pb.GetWarningFeedRequest):
            if asked.edition == self.edition:
                return pb.GetWarningFeedResponse(edition=self.edition, same=True)
            told = [pb.PublishedMessage(warning="w", number=n, path=f"/v1/w/{n}.cap") for n in (3, 2, 1)]
            return pb.GetWarningFeedResponse(edition=self.edition, messages=told, agencies=["bpbd"])
        number = int(asked.number)
        self.asked[number] += 1
        if number in self.broken:
            raise grpc.aio.AioRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, grpc.aio.Metadata(), grpc.aio.Metadata())
        return pb.GetWarningMessageResponse(message=pb.PublishedMessage(body=b"<alert/>"))


async def test_the_feed_stands_though_a_message_cannot_be_read() -> None:
    pillar = Pillar()
    kept = Bulletins(pillar, "https://kota.example", "Peringatan")  # type: ignore[arg-type]
    for _ in range(3):
        await kept._look()
    assert kept.feed is not None
    assert kept.warns, "an older pillar does not say whether"
    assert kept.feed.body.count(b"<entry>") == 3
    assert [kept.message("w", n) is not None for n in (1, 2, 3)] == [True, False, True]
    assert pillar.asked == {1: 1, 2: 1, 3: 1}, "nothing is read again and again"
    pillar.edition, pillar.broken = "2", set()
    await kept._look()
    assert kept.message("w", 2) is not None
    assert pillar.asked == {1: 1, 2: 2, 3: 1}
