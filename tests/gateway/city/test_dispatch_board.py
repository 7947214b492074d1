"""What dispatchers watch, read as it is in a disaster."""

from types import SimpleNamespace
from typing import Any

from gateway.city import dispatch_board
from gateway.city.dispatch_board import PAGE
from services.kit.caller import Caller
from smartcity.governance.v1 import emergency_calls_pb2, incidents_pb2

DISPATCHER = Caller("dispatcher-1", frozenset({"dispatcher"}))


async def test_whoever_waits_the_longest_stays_on_the_board_however_many_call() -> None:
    pages: dict[type, list[Any]] = {
        emergency_calls_pb2.ListEmergencyCallsResponse: [
            emergency_calls_pb2.EmergencyCall(id=str(number), number=number) for number in range(PAGE + 5, 0, -1)
        ],
        incidents_pb2.ListIncidentsResponse: [
            incidents_pb2.Incident(id=str(number), number=number, priority=3) for number in range(PAGE + 5, 0, -1)
        ],
    }
    fields = {
        emergency_calls_pb2.ListEmergencyCallsResponse: "calls",
        incidents_pb2.ListIncidentsResponse: "incidents",
    }

    async def look(asked: Any, answer: Any, **_: Any) -> Any:
        if answer not in pages:
            return answer()
        start = int(asked.page_token or 0)
        part, more = pages[answer][start : start + asked.page_size], start + asked.page_size < len(pages[answer])
        return answer(**{fields[answer]: part}, next_page_token=str(start + asked.page_size) if more else "")

    pillars: Any = SimpleNamespace(look=look)
    board = await dispatch_board.read(pillars, DISPATCHER)
    assert [board.calls[0].number, len(board.calls)] == [1, PAGE + 5]
    assert [board.incidents[0].number, len(board.incidents)] == [1, PAGE + 5]
