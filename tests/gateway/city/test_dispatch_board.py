"""What dispatchers watch, read as it is in a disaster."""

from types import SimpleNamespace
from typing import Any

import grpc.aio
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from gateway.city import dispatch_board
from gateway.city.dispatch_board import PAGE
from services.kit.caller import Caller
from smartcity.governance.v1 import emergency_calls_pb2, incidents_pb2

DISPATCHER = Caller("dispatcher-1", frozenset({"dispatcher"}))


FIELDS = {
    emergency_calls_pb2.ListEmergencyCallsResponse: "calls",
    incidents_pb2.ListIncidentsResponse: "incidents",
}


def pillars(lists: dict[type, list[Any]]) -> Any:
    """A pillar that has such lists, each of them as the version now or the one before would tell it."""

    async def look(asked: Any, answer: Any, **_: Any) -> Any:
        if answer not in lists:
            return answer()
        found, start = lists[answer], int(asked.page_token or 0)
        after = start + asked.page_size
        token, total = (str(after), len(found)) if after < len(found) else ("", 0)
        return answer(**{FIELDS[answer]: found[start:after]}, next_page_token=token, total_size=total)

    return SimpleNamespace(look=look)


def refused(reason: str) -> grpc.aio.AioRpcError:
    """What a pillar answers that refuses."""
    status = Status()
    status.details.add().Pack(ErrorInfo(reason=reason))
    told = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString()))
    return grpc.aio.AioRpcError(grpc.StatusCode.INVALID_ARGUMENT, grpc.aio.Metadata(), told)


async def test_whoever_waits_the_longest_stays_on_the_board_however_many_call() -> None:
    found = pillars({
        emergency_calls_pb2.ListEmergencyCallsResponse: [
            emergency_calls_pb2.EmergencyCall(id=str(number), number=number) for number in range(PAGE + 5, 0, -1)
        ],
        incidents_pb2.ListIncidentsResponse: [
            incidents_pb2.Incident(id=str(number), number=number, priority=3) for number in range(PAGE + 5, 0, -1)
        ],
    })  # fmt: skip
    board = await dispatch_board.read(found, DISPATCHER)
    assert [board.calls[0].number, len(board.calls)] == [1, PAGE + 5]
    assert [board.incidents[0].number, len(board.incidents)] == [1, PAGE + 5]
    assert (board.more_calls, board.more_incidents) == (0, 0)


async def test_of_more_than_a_board_holds_it_asks_for_the_longest_waiting_and_the_most_urgent_and_says_how_many_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch_board, "PAGE", 2)
    asked: list[Any] = []
    found = pillars({
        emergency_calls_pb2.ListEmergencyCallsResponse: [
            emergency_calls_pb2.EmergencyCall(id=str(number), number=number) for number in range(1, 10)
        ],
        incidents_pb2.ListIncidentsResponse: [
            incidents_pb2.Incident(id=str(number), number=number, priority=1) for number in range(1, 8)
        ],
    })  # fmt: skip

    async def look(request: Any, answer: Any, **more: Any) -> Any:
        asked.append(request)
        return await found.look(request, answer, **more)

    listening: Any = SimpleNamespace(look=look)
    board = await dispatch_board.read(listening, DISPATCHER)
    assert [one.number for one in board.calls] == [1, 2, 3, 4, 5, 6]
    assert (board.more_calls, board.more_incidents) == (3, 1)
    assert all(one.oldest_first for one in asked if isinstance(one, emergency_calls_pb2.ListEmergencyCallsRequest))
    assert all(one.urgent_first for one in asked if isinstance(one, incidents_pb2.ListIncidentsRequest))


async def test_a_board_of_which_a_later_page_is_asked_of_a_pillar_of_another_version_says_how_many_more_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch_board, "PAGE", 2)
    found = pillars({
        emergency_calls_pb2.ListEmergencyCallsResponse: [
            emergency_calls_pb2.EmergencyCall(id=str(number), number=number) for number in range(1, 6)
        ],
    })  # fmt: skip

    def listening(reason: str, of: str) -> Any:
        async def look(request: Any, answer: Any, **more: Any) -> Any:
            if answer is emergency_calls_pb2.ListEmergencyCallsResponse and request.page_token == of:
                raise refused(reason)
            return await found.look(request, answer, **more)

        return SimpleNamespace(look=look)

    board = await dispatch_board.read(listening("PAGE_TOKEN_INVALID", "2"), DISPATCHER)
    assert ([one.number for one in board.calls], board.more_calls) == ([1, 2], 3)
    for reason, of in (("PAGE_TOKEN_INVALID", ""), ("NOT_ALLOWED", "2")):
        with pytest.raises(grpc.aio.AioRpcError):
            await dispatch_board.read(listening(reason, of), DISPATCHER)
