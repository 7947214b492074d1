"""How long 50 complaints take to become JSON: the generated views against `json_format`, in one run."""

import json
import timeit
from collections.abc import Callable

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict

from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1.complaints_views import list_complaints_response


def _page() -> complaints_pb2.ListComplaintsResponse:
    """A page of the officers' list."""
    page = complaints_pb2.ListComplaintsResponse()
    for number in range(50):
        complaint = page.complaints.add(code=f"SMG-{number:04}-00", state=complaints_pb2.COMPLAINT_STATE_ASSIGNED)
        complaint.area.code, complaint.area.name, complaint.area.district = "33.74.01.1001", "Sekayu", "Semarang Tengah"
        complaint.agency.id, complaint.agency.name = "dpu", "Dinas Pekerjaan Umum"
        complaint.location.lon, complaint.location.lat = 110.41, -6.98
        complaint.create_time.FromSeconds(1_764_000_000 + number)
        complaint.due.resolution.FromSeconds(1_765_000_000 + number)
    return page


@pytest.mark.bench
def test_a_view_is_at_least_three_times_faster_than_json_format_for_the_same_json() -> None:
    page, encode = _page(), msgspec.json.Encoder().encode
    ways: dict[str, Callable[[], object]] = {
        "view": lambda: encode(list_complaints_response(page)),
        "json_format": lambda: json.dumps(
            MessageToDict(page, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        ),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(20):  # in turns, so that both meet the same neighbours on the machine
        for way, call in ways.items():
            best[way] = min(best[way], timeit.timeit(call, number=10) / 10)
    ratio = best["json_format"] / best["view"]
    print(", ".join(f"{way} {seconds * 1e6:.0f} us" for way, seconds in best.items()), f"ratio {ratio:.1f}")
    assert ratio >= 3
